"""A test that writes into the course's own files fails the run of all tests, and is named."""

import os
import sys

import pytest

from coursekit.commands import gate
from coursekit.testing import untouched

HARMLESS = """
from pathlib import Path

def test_that_writes_elsewhere(tmp_path):
    (tmp_path / "page.md").write_text("a copy")
    Path(".cache").mkdir(exist_ok=True)
    Path(".cache/kept.json").write_text("{}")
    assert Path("docs/page.md").read_text()
"""
PUTS_BACK = """
from pathlib import Path

def test_that_edits_in_place_and_puts_back():
    page = Path("docs/page.md")
    text = page.read_text()
    page.write_text("other")
    page.write_text(text)
"""
OTHERS = """
from pathlib import Path

def test_that_adds_and_takes_away():
    Path("snippets/made.py").write_text("")
    Path("mkdocs.yml").unlink()
"""


@pytest.fixture
def files(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    # No folder `src`: whoever counts lines in this process would look for the course's packages there.
    for name in ("docs/page.md", "snippets/code.py", "mkdocs.yml", "notes.txt"):
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("as it was")
        os.utime(path, (1e9, 1e9))
    return pytester


def run(pytester: pytest.Pytester, **tests: str) -> pytest.RunResult:
    places = [pytester.path / "tests" / f"{name}.py" for name in tests]
    (pytester.path / "tests").mkdir(exist_ok=True)
    for place, text in zip(places, tests.values(), strict=True):
        place.write_text(text)
    plugins = ("-p", "coursekit.testing.untouched", "-p", "no:cacheprovider", "-p", "no:slipcover")
    return pytester.runpytest_inprocess(*plugins, "tests")


def test_a_run_that_leaves_the_files_alone_passes(files):
    result = run(files, test_harmless=HARMLESS)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*own files*")


def test_a_file_that_is_put_back_was_another_one_meanwhile(files):
    result = run(files, test_harmless=HARMLESS, test_in_place=PUTS_BACK)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "docs/page.md was written while the tests ran",
            "  during tests/test_in_place.py::test_that_edits_in_place_and_puts_back",
            "Others read them meanwhile: let the test write into a copy*",
        ]
    )
    assert "during tests/test_harmless.py" not in result.stdout.str()
    result.assert_outcomes(passed=2)


def test_a_new_file_and_one_that_is_gone_are_told(files):
    result = run(files, test_others=OTHERS)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "mkdocs.yml was taken away while the tests ran",
            "snippets/made.py appeared while the tests ran",
        ]
    )


def test_what_lies_elsewhere_is_none_of_the_courses_own(files):
    assert set(untouched.stamps(files.path)) == {"docs/page.md", "snippets/code.py", "mkdocs.yml"}


def test_processes_that_share_out_the_tests_leave_it_to_the_one_that_starts_them(pytestconfig):
    class Worker:
        workerinput: dict[str, str] = {}  # noqa: RUF012 - as xdist's own
        pluginmanager = None

    untouched.pytest_configure(Worker())


@pytest.mark.parametrize("fresh", [True, False])
def test_the_run_of_all_tests_looks_after_them(fresh, monkeypatch, tmp_path):
    ran = []
    monkeypatch.setattr(gate, "run_step", lambda _, *step, **__: ran.append(step) or 0)
    monkeypatch.setattr(gate.coverage, "judge", lambda *_: 0)
    gate.run_tests(tmp_path, fresh=fresh)
    assert sum("coursekit.testing.untouched" in step for step in ran) == 1
