"""How long somebody who edits a page waits until ``make serve`` shows it: a figure, no verdict."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from coursekit.config import Config

__all__ = ["line"]

FOLDERS = ("docs", "src", "snippets", ".cache/pages")
NEW = "This sentence is new."
PARAGRAPH = re.compile(r"(?<=\n\n)(?=[A-Z])")
PATIENCE = 600  # seconds for a first build on a slow machine: a net below it


def line(config: Config) -> str:
    """Change the longest page in a copy of the course that is served, and wait until it shows.

    Raises:
        RuntimeError: the server ended, or did not show the page in minutes.
    """
    longest = max(config.page_files, key=lambda path: path.stat().st_size)
    page = config.relative(longest).as_posix()
    with tempfile.TemporaryDirectory() as folder:
        copy = _copy(config.root, Path(folder, "course"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        place = page.removeprefix("docs/").removesuffix(".md").removesuffix("index")
        url = f"http://{address}/{place}".rstrip("/") + "/"
        command = ["mkdocs", "serve", "--quiet", "--livereload", "--dev-addr", address]
        # mkdocs keeps the site among the system's temporary files, and is ended before it can remove it.
        own = {"PYTHONPATH": str(copy / "src"), "TMPDIR": folder, "TEMP": folder}
        server = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=copy, env={**os.environ, **own}
        )
        try:
            _wait(url, "</html>", server)
            text = longest.read_text("utf-8")
            (copy / page).write_text(PARAGRAPH.sub(f"{NEW} ", text, count=1), "utf-8")
            seconds = _wait(url, NEW, server)
        finally:
            server.terminate()
            server.wait()
    return f"a change of {page} shows under `make serve` after {seconds:.1f} s"


def _copy(root: Path, to: Path) -> Path:
    """What a site is made of, elsewhere: nothing that somebody edits is touched."""
    for name in FOLDERS:
        if (root / name).is_dir():
            shutil.copytree(root / name, to / name)
    for file in root.iterdir():
        if file.is_file():
            shutil.copy(file, to / file.name)
    return to


def _wait(url: str, text: str, server: subprocess.Popen[bytes]) -> float:
    """Ask until a page shows a text.

    Returns:
        The seconds that it took.
    """
    start = time.monotonic()
    while time.monotonic() < start + PATIENCE and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - our own
                if text in answer.read().decode():
                    return time.monotonic() - start
        except (urllib.error.URLError, ConnectionError):
            pass  # it still builds
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not show {text!r}")
