import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit.config import Config
from coursekit.parser import load
from coursekit.problems import ContractError
from minicourse import MiniCourse
from smallcourse import write_small


@pytest.fixture
def course(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> MiniCourse:
    monkeypatch.setenv(
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"
    )  # hypothesis alone takes over a second
    monkeypatch.delenv(
        "CI", raising=False
    )  # there pytest repeats each failure's text in its summary
    # A test changes a module within the second by which Python tells whether it was changed.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    return MiniCourse(pytester)


@pytest.fixture
def parse_error(course: MiniCourse) -> Callable[[str], str]:
    """Parse a page that must be wrong, and return what is said about it."""

    def problems(text: str) -> str:
        with pytest.raises(ContractError) as caught:
            load(course.page(text), Config.load(course.root))
        return str(caught.value)

    return problems


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small course with one of each place that lists pages, experiments and scripts; one stands in it."""
    monkeypatch.chdir(write_small(tmp_path))
    return tmp_path
