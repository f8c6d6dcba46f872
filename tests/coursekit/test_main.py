"""The commands, called in a small course: what they make, say and return."""

import json
import os
import re
import subprocess
import sys
import types

import pytest

from coursekit import __main__ as commands
from coursekit.commands import browser, gate, preview_time
from coursekit.config import Config
from coursekit.testing import spent

PAGE = "```python\nprint(1)\n```\n\n```output\n1\n```\n"


def test_a_command_outside_a_course_says_where_to_run_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="run this inside the course's repository"):
        commands.main(["site"])


def test_a_command_runs_at_the_root_wherever_in_the_course_it_is_typed(course, monkeypatch, capsys):
    course.write("pyproject.toml", '[tool.coursekit]\npromises = "promises.txt"\n')
    course.page(PAGE)
    monkeypatch.chdir(course.root / "docs")
    assert commands.main(["promises"]) == 0
    assert capsys.readouterr().out == "promises.txt\n"
    assert "docs/page.md | outputs: exact 1" in (course.root / "promises.txt").read_text("utf-8")


def test_a_command_that_is_interrupted_ends_as_a_shell_expects(course, monkeypatch):
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(gate, "run_check", interrupt)
    assert commands.main(["check"]) == 130


def test_serve_takes_a_free_port_and_ends_quietly(course, monkeypatch, capsys):
    steps = []

    def serve(_: object, *step: str) -> int:
        steps.append(step)
        raise KeyboardInterrupt

    monkeypatch.setattr(gate, "run_step", serve)
    assert commands.main(["serve"]) == 0
    ((*_, option, address),) = steps
    assert option == "--dev-addr"
    assert f"the course is at http://{address}/ (stop with Ctrl+C)" in capsys.readouterr().out
    assert int(address.removeprefix("127.0.0.1:")) in range(8000, 8100)


def test_site_makes_the_site(course):
    course.write("docs/index.md", "# Home\n")
    assert commands.main(["site"]) == 0
    assert "Home" in (course.root / "site/index.html").read_text("utf-8")


def test_bench_weighs_the_pages_and_says_what_tests_and_a_preview_cost(course, capsys):
    course.write("docs/index.md", "# Home\n\nA course.\n")
    (course.root / spent.LAST).parent.mkdir()
    (course.root / spent.LAST).write_text(json.dumps({"held": 0, "tests": {"test_a.py::a": 2.0}}))
    assert commands.main(["bench"]) == 0
    shown = capsys.readouterr().out
    assert "build of the site, what changed: " in shown
    assert "build of the site, nothing changed: " in shown
    assert " gz  index.html\n" in shown
    assert " gz  search/search_index.json\n" in shown
    assert "2.0 CPU s  test_a.py::a\n" in shown
    assert re.search(r"a change of docs/index.md shows under `make serve` after \d+\.\d s\n", shown)
    assert (course.root / "docs/index.md").read_text("utf-8") == "# Home\n\nA course.\n"
    assert not (course.root / "site").exists()


def test_a_preview_that_does_not_come_has_no_time(course):
    course.write("mkdocs.yml", "theme: readthedocs\n")  # and no name, so nothing serves it
    course.write("docs/index.md", "# Home\n")
    with pytest.raises(RuntimeError, match=r"http://127.0.0.1:\d+/ does not show '</html>'"):
        preview_time.line(Config.load(course.root))


def test_bench_measures_no_site_that_was_not_built(course, capsys):
    course.write("docs/index.md", "# Home\n")
    course.write("mkdocs.yml", "theme: readthedocs\n")  # and no name
    assert commands.main(["bench"]) == 1
    assert capsys.readouterr().err == "error: the site was not built\n"


def test_a_step_is_shown_and_gets_its_variables_and_returns_its_status(course, capsys, monkeypatch):
    for name in ("OMP_NUM_THREADS", "GLIBC_TUNABLES", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(gate.os, "cpu_count", lambda: 8)
    monkeypatch.setattr(gate, "workers", lambda: 2)
    course.write(
        "tell.py",
        "import gc, json, os, sys\nfrom pathlib import Path\n"
        "told = [sys.argv[1:], dict(os.environ), gc.get_threshold()[0]]\n"
        "Path('told').write_text(json.dumps(told))\nsys.exit(3)\n",
    )
    assert gate.run_step(course.root, "tell", "one", COLOR="red") == 3
    assert capsys.readouterr().out == "+ tell one\n"
    arguments, variables, usual = json.loads((course.root / "told").read_text("utf-8"))
    assert arguments == ["one"]
    assert variables["COLOR"] == "red"
    assert not {"OMP_NUM_THREADS", "GLIBC_TUNABLES"} & variables.keys()
    assert "PYTHONDONTWRITEBYTECODE" not in variables, "what is compiled once is kept"
    gate.run_step(course.root, "tell", "--numprocesses", "2")
    _, variables, threshold = json.loads((course.root / "told").read_text("utf-8"))
    assert variables["OMP_NUM_THREADS"] == "4", "processes side by side share the cores out"
    assert usual < threshold == 100_000, "and look for garbage seldom"
    assert "glibc.malloc.trim_threshold=" in variables["GLIBC_TUNABLES"]


@pytest.fixture
def installing(monkeypatch):
    """A machine on which a browser is there as soon as a command has run; returns the commands."""
    found: list[list[str]] = []

    def find() -> str:
        if not found:
            raise browser.NoBrowserError("no Chromium here")
        return "/usr/bin/chromium"

    monkeypatch.setattr(browser, "find", find)

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        found.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(browser.subprocess, "run", run)
    return found


def test_browser_installs_one_where_there_is_none_and_names_it(installing, capsys):
    assert commands.main(["browser"]) == 0
    assert "chromium" in " ".join(installing[-1])
    said = capsys.readouterr().out.splitlines()
    assert (said[0], said[-1]) == ("no Chromium here", "/usr/bin/chromium")


def test_browser_installs_nothing_where_there_is_one(installing, capsys):
    installing.append(["installed before"])
    assert commands.main(["browser"]) == 0
    assert capsys.readouterr().out == "/usr/bin/chromium\n"
    assert installing == [["installed before"]]


@pytest.fixture
def uv(monkeypatch):
    """Stands for the program that resolves versions: no test asks an index."""
    told = types.SimpleNamespace(status=0, prints="", command=[])

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        told.command = command
        return subprocess.CompletedProcess(command, told.status, told.prints)

    monkeypatch.setattr(commands.subprocess, "run", run)
    return told


def test_lock_writes_what_uv_found_under_a_header_and_without_its_options(course, uv):
    uv.prints = "--extra-index-url https://example.org\na==1\nb==2 ; sys_platform == 'linux'\n"
    assert commands.main(["lock"]) == 0
    assert uv.command[:5] == [sys.executable, "-m", "uv", "pip", "compile"]
    text = (course.root / "constraints.txt").read_text("utf-8")
    assert text.startswith("# ")
    assert [line for line in text.splitlines() if not line.startswith("# ")] == [
        "a==1",
        "b==2 ; sys_platform == 'linux'",
    ]


def test_lock_leaves_the_versions_alone_where_uv_finds_none(course, uv):
    course.write("constraints.txt", "a==1\n")
    uv.status, uv.prints = 2, "a=="
    assert commands.main(["lock"]) == 2
    assert (course.root / "constraints.txt").read_text("utf-8") == "a==1\n"


def test_a_reader_who_stops_reading_ends_a_command_without_an_error(
    course, uv, monkeypatch, capsys
):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        print("waits in the buffer")
        assert commands.main(["lock"]) == 0
    assert capsys.readouterr().err == ""
