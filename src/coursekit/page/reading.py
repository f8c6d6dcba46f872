"""How long a page takes to read."""

import re

from coursekit.page.contents import Page
from coursekit.page.numbers import BINDING

__all__ = ["reading_minutes"]

WORDS_PER_MINUTE = 200
LINES_PER_MINUTE = 30  # of code and output, which is read slower than prose
COLLAPSED = re.compile(r"^\?\?\?(?!\+)[^\n]*\n(?:(?:[ ]{4}[^\n]*)?\n)*", re.MULTILINE)
WORD = re.compile(r"[^\W_][\w'’-]*")


def reading_minutes(page: Page) -> float:
    """Minutes to read a page: its prose, code and outputs, without what is collapsed."""
    hidden = [match.span() for match in COLLAPSED.finditer(page.text)]

    def shown(offset: int) -> bool:
        return not any(start <= offset < end for start, end in hidden)

    lines = sum(block.kind.lines_read(block) for block in page.blocks if shown(block.start))
    words = 0
    for offset, text in page.prose():
        # A binding is one number to a reader, however many words name it.
        text = BINDING.sub(lambda m: "0".ljust(len(m.group())), text)
        words += sum(1 for word in WORD.finditer(text) if shown(offset + word.start()))
    return words / WORDS_PER_MINUTE + lines / LINES_PER_MINUTE
