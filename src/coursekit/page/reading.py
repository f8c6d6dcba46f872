"""How long a page takes to read."""

import re

from coursekit.numbers import BINDING
from coursekit.page import Kind, Page
from coursekit.text import lines as split

__all__ = ["reading_minutes"]

WORDS_PER_MINUTE = 200
LINES_PER_MINUTE = 30  # of code and output, which is read slower than prose
COLLAPSED = re.compile(r"^\?\?\?(?!\+)[^\n]*\n(?:(?:[ ]{4}[^\n]*)?\n)*", re.MULTILINE)
WORD = re.compile(r"[^\W_][\w'’-]*")


def reading_minutes(page: Page) -> float:
    """Minutes to read a page: its prose, code and outputs, without what is collapsed.

    A stand-alone script does not count: it is there to be copied, and its page explains what matters in
    it. What it printed counts.
    """
    hidden = [match.span() for match in COLLAPSED.finditer(page.text)]

    def shown(offset: int) -> bool:
        return not any(start <= offset < end for start, end in hidden)

    lines = sum(
        sum(1 for line in split(block.code.text) if line.strip())
        for block in page.blocks
        if block.kind not in (Kind.FIGURE, Kind.SCRIPT) and shown(block.start)
    )
    words = 0
    for offset, text in page.prose():
        # A binding is one number to a reader, however many words name it.
        text = BINDING.sub(lambda m: "0".ljust(len(m.group())), text)
        words += sum(1 for word in WORD.finditer(text) if shown(offset + word.start()))
    return words / WORDS_PER_MINUTE + lines / LINES_PER_MINUTE
