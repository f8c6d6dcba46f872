import contextlib
import subprocess
import sys
import types

import pytest

from coursekit.commands import browser


def test_a_browser_named_by_the_environment_is_taken(monkeypatch, tmp_path):
    program = tmp_path / "chromium"
    program.touch()
    monkeypatch.setenv("CHROME_PATH", str(program))
    assert browser.find() == str(program)


def test_a_wrong_name_in_the_environment_is_an_error_not_a_fall_back(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROME_PATH", str(tmp_path / "gone"))
    with pytest.raises(browser.NoBrowserError, match="is no file"):
        browser.find()


def test_a_browser_in_one_of_the_usual_places_is_found(monkeypatch, tmp_path):
    program = tmp_path / "Google/Chrome/Application/chrome.exe"
    program.parent.mkdir(parents=True)
    program.touch()
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(browser.shutil, "which", {}.get)
    monkeypatch.setattr(browser, "MAC", ())
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    assert browser.find() == str(program)


@pytest.fixture
def bare(monkeypatch):
    """A machine without a browser in one of the usual places."""
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(browser.shutil, "which", {}.get)
    monkeypatch.setattr(browser, "MAC", ())
    monkeypatch.setattr(browser, "WINDOWS", ())


def test_the_browser_that_playwright_installed_is_found_where_there_is_no_other(
    monkeypatch, bare, tmp_path
):
    program = tmp_path / "chrome"
    program.touch()
    chromium = types.SimpleNamespace(executable_path=str(program))
    running = contextlib.nullcontext(types.SimpleNamespace(chromium=chromium))
    api = types.SimpleNamespace(sync_playwright=lambda: running)
    monkeypatch.setitem(sys.modules, "playwright.sync_api", api)
    assert browser.find() == str(program)
    program.unlink()
    with pytest.raises(browser.NoBrowserError, match="no Chromium, Chrome or Edge found"):
        browser.find()


def test_without_playwright_the_other_places_are_all(monkeypatch, bare):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(browser.NoBrowserError, match="no Chromium, Chrome or Edge found"):
        browser.find()


def test_where_there_is_none_the_error_says_how_to_get_one(monkeypatch):
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(browser, "_candidates", lambda: iter(()))
    with pytest.raises(browser.NoBrowserError, match="python -m coursekit browser"):
        browser.find()


@pytest.mark.parametrize(
    ("root", "known", "expected"),
    [
        (True, 0, "apt-get install --yes --no-install-recommends chromium-headless-shell"),
        (True, 100, "apt-get install --yes --no-install-recommends chromium"),
        (False, 0, "-m playwright install chromium"),
    ],
)
def test_installing_takes_debians_package_as_root_and_playwrights_elsewhere(
    monkeypatch, root, known, expected
):
    commands = []

    def run(command, **_):
        commands.append(" ".join(command))
        return types.SimpleNamespace(returncode=known if command[0] == "apt-cache" else 0)

    monkeypatch.setattr(browser.shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0 if root else 1000, raising=False)
    monkeypatch.setattr(subprocess, "run", run)
    browser.install()
    assert commands[-1].endswith(expected)
    assert ("apt-get update" in commands[0]) is root
