"""Signatures are formatted by one process, exactly as each would be by a process of its own."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from mkdocstrings_handlers.python._internal import rendering

from coursekit import formatting

CODES = [
    "def xxxx(first: int, second: str = 'two', third: float = 3.0, *, fourth: bool = False): pass",
    "def xxxx(first: dict[str, list[int]], second: dict[str, list[str]]) -> list[str]: pass",
    "def xxxx(\n    first: int,\n    second: str = 'a\U0001d7d9',  # kept\n) -> None: pass",
    "def xxxx(first): pass",
    "def xxxx():\n    pass\n",
    "x = 1\n\n\n\n\ny = '\U0001d7d9\U0001d7d9' 'b'",
    "def xxxx(first: : pass",
]


@pytest.fixture
def formatter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, int], str]]:
    """What the reference formats with."""
    formatting.begin()
    yield rendering._get_formatter()
    formatting.end()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("length", [30, 60])
def test_code_is_formatted_as_by_a_process_of_its_own(formatter, code, length):
    alone = formatting._get_library_formatter()
    assert alone is not None
    assert formatter(code, length) == alone(code, length)


def test_one_process_formats_all_and_ends_with_the_build(formatter, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a process was started for one signature")

    monkeypatch.setattr(subprocess, "run", refuse)
    shown = {formatter(code, 60) for code in CODES}
    assert len(shown) == len(CODES)
    (ruff,) = formatting._running.values()
    assert ruff.process.poll() is None
    formatting.end()
    assert ruff.process.poll() is not None
    assert not formatting._running


def test_where_the_process_dies_the_signatures_are_formatted_all_the_same(formatter):
    formatted = formatter(CODES[0], 60)
    (ruff,) = formatting._running.values()
    ruff.process.kill()
    ruff.process.wait()
    assert formatter(CODES[0], 60) == formatted
    assert not formatting._running
    assert formatter(CODES[0], 60) == formatted
    assert formatting._running[60] is not ruff


@pytest.mark.parametrize("says", ["", "print('Content-Length: many')"])
def test_a_command_that_is_no_server_is_noticed(says):
    with pytest.raises((OSError, ValueError)):
        formatting.Ruff([sys.executable, "-c", says], 60)


def test_without_ruff_nothing_is_formatted_by_it(monkeypatch):
    monkeypatch.setattr(formatting, "_get_library_formatter", lambda: None)
    assert formatting._get_formatter() is None
