"""Finds a Chromium for the tests that look at the site as a reader does."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ARGUMENTS", "NoBrowserError", "find", "install"]

# No sandbox inside containers, and nothing that calls home while a test counts requests.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COMMANDS = (
    "chromium-headless-shell",  # draws the same pages for a third of the CPU seconds: it has no windows
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
    "msedge",
)
MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")


class NoBrowserError(Exception):
    """There is no browser; the message says how to get one."""


def find() -> str:
    """The path of a Chromium, Chrome or Edge: ``CHROME_PATH``, the usual places, Playwright's own.

    Raises:
        NoBrowserError: there is none, or ``CHROME_PATH`` names no file.
    """
    if wanted := os.environ.get("CHROME_PATH"):
        if Path(wanted).is_file():
            return wanted
        raise NoBrowserError(f"CHROME_PATH={wanted} is no file; unset it or name a Chromium")
    for candidate in _candidates():
        if candidate.is_file():
            return str(candidate)
    raise NoBrowserError(
        "no Chromium, Chrome or Edge found; run `python -m coursekit browser` to install one, "
        "or set CHROME_PATH"
    )


def _candidates() -> Iterator[Path]:
    for command in COMMANDS:
        if path := shutil.which(command):
            yield Path(path)
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (folder / name for name in MAC)
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if folder_name := os.environ.get(variable):
            yield from (Path(folder_name) / name for name in WINDOWS)
    yield from _playwrights_own()


def _playwrights_own() -> Iterator[Path]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return
    with sync_playwright() as playwright:
        yield Path(playwright.chromium.executable_path)


def install() -> None:
    """Install a Chromium: Debian's package for root, Playwright's download for everybody else.

    Both without windows, where there is such a one.

    Raises:
        subprocess.CalledProcessError: the installation failed.
    """
    debian = shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0
    if debian:
        subprocess.run(["apt-get", "update", "--quiet"], check=True)  # a new machine has no lists
        known = subprocess.run(["apt-cache", "show", COMMANDS[0]], capture_output=True, check=False)
        package = COMMANDS[0] if known.returncode == 0 else COMMANDS[1]
        command = ["apt-get", "install", "--yes", "--no-install-recommends", package]
    else:
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, check=True)
