"""How long a page takes to read."""

import re
from collections.abc import Iterable

from coursekit.page.contents import Page
from coursekit.page.numbers import BINDING

__all__ = ["minutes", "reading_minutes"]

WORDS_PER_MINUTE = 200
LINES_PER_MINUTE = 30  # of code and output, which is read slower than prose
COLLAPSED = re.compile(r"^\?\?\?(?!\+)[^\n]*\n(?:(?:[ ]{4}[^\n]*)?\n)*", re.MULTILINE)
WORD = re.compile(r"[^\W_][\w'’-]*")


def reading_minutes(page: Page) -> float:
    """Minutes to read a page: its prose, code and outputs, without what is collapsed."""
    return minutes(page, WORDS_PER_MINUTE, LINES_PER_MINUTE)


def minutes(
    page: Page, words_rate: int, lines_rate: int, spans: Iterable[tuple[int, int]] | None = None
) -> float:
    """Minutes to read parts of a page, without what is collapsed.

    Args:
        page: the page.
        words_rate: words of prose that are read in a minute.
        lines_rate: lines of code and output that are read in a minute.
        spans: offsets where the parts begin and end; all of the page if None.
    """
    hidden = [match.span() for match in COLLAPSED.finditer(page.text)]
    parts = [(0, len(page.text))] if spans is None else list(spans)

    def shown(offset: int) -> bool:
        return any(start <= offset < end for start, end in parts) and not any(
            start <= offset < end for start, end in hidden
        )

    lines = sum(block.kind.lines_read(block) for block in page.blocks if shown(block.start))
    words = 0
    for offset, text in page.prose():
        # A binding is one number to a reader, however many words name it.
        text = BINDING.sub(lambda m: "0".ljust(len(m.group())), text)
        words += sum(1 for word in WORD.finditer(text) if shown(offset + word.start()))
    return words / words_rate + lines / lines_rate
