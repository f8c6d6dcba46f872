"""How long a page takes somebody to read to whom all of it is new."""

import re
from collections.abc import Iterator

from coursekit.page.contents import Page
from coursekit.page.numbers import BINDING

__all__ = ["COLLAPSED", "LINES_PER_MINUTE", "WORD", "WORDS_PER_MINUTE", "minutes"]

WORDS_PER_MINUTE = 150
LINES_PER_MINUTE = 12  # of code and output, which is read slower than prose
COLLAPSED = re.compile(r"^\?\?\?(?!\+)[^\n]*\n(?:(?:[ ]{4}[^\n]*)?\n)*", re.MULTILINE)
WORD = re.compile(r"[^\W_][\w'’-]*")


def minutes(page: Page, span: tuple[int, int] | None = None) -> float:
    """Minutes to read a page, or a part of it, without what is collapsed.

    Prose, tables, the captions of figures, and the questions and choices of quizzes count by their words,
    code and outputs by their lines.

    Args:
        page: the page.
        span: offsets where the part begins and ends; all of the page if None.
    """
    if span not in page.minutes_read:
        page.minutes_read[span] = _minutes(page, span)
    return page.minutes_read[span]


def _minutes(page: Page, span: tuple[int, int] | None) -> float:
    parts = list(_shown(page.text, *(span or (0, len(page.text)))))
    seen = [block for block in page.blocks if any(a <= block.start < b for a, b in parts)]
    lines = sum(block.kind.lines_read(block) for block in seen)
    words = sum(len(WORD.findall(_bound(block.kind.prose_read(block)))) for block in seen)
    for offset, text in page.prose():
        read = _bound(text)
        for first, last in parts:
            words += len(WORD.findall(read, max(0, first - offset), max(0, last - offset)))
    return words / WORDS_PER_MINUTE + lines / LINES_PER_MINUTE


def _shown(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where a part of a page begins and ends, piece by piece, without what is collapsed."""
    for match in COLLAPSED.finditer(text):
        if start < match.start():
            yield start, min(match.start(), end)
        start = max(start, match.end())
    if start < end:
        yield start, end


def _bound(text: str) -> str:
    """A text in which a binding is one number, as to a reader, however many words name it."""
    return BINDING.sub(lambda m: "0".ljust(len(m.group())), text)
