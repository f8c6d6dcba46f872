"""A page's core: the sections that a first reader sees, named in its front matter, and their minutes.

All other sections go deeper. The site shows of them closed headings until a reader opens one, or asks for
everything. The questions at the end belong to the core, and their minutes are the reader's own.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from coursekit.page.contents import Page
from coursekit.page.reading import minutes

__all__ = ["QUESTIONS", "Section", "core_minutes", "names", "sections", "whole_minutes"]

WORDS_PER_MINUTE = 150  # of somebody to whom all of it is new
LINES_PER_MINUTE = 12
QUESTIONS = "Check yourself"
HEADING = re.compile(r"^(?P<marks>#{2,3}) +(?P<title>.+?) *#*$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A part of a page, up to its next heading of the second or third level.

    Attributes:
        title: its heading; empty for what stands above the first.
        level: 2 or 3; 1 for what stands above the first heading.
        start: offset of its heading in the page's text.
        end: offset behind its last character.
        core: whether a first reader sees it.
    """

    title: str
    level: int
    start: int
    end: int
    core: bool


def names(page: Page) -> list[str]:
    """The headings of a page's core; empty for a page that has no core of its own."""
    named = page.meta.get("core") or []
    return [str(name) for name in (named if isinstance(named, list) else [named])]


def sections(page: Page) -> list[Section]:
    """The sections of a page in order; all are core where the page names none.

    What stands above the first heading is core on every page.
    """
    named = names(page)
    found = [
        (offset + match.start(), len(match["marks"]), match["title"])
        for offset, text in page.prose()
        for match in HEADING.finditer(text)
    ]
    places = [(page.body_start, 1, ""), *found, (len(page.text), 1, "")]
    return [
        Section(title, level, start, end, not named or level == 1 or title in named)
        for (start, level, title), (end, _, _) in pairwise(places)
    ]


def core_minutes(page: Page) -> float:
    """Minutes that a page's core takes somebody to whom all of it is new."""
    shown = [(p.start, p.end) for p in sections(page) if p.core and p.title != QUESTIONS]
    return minutes(page, WORDS_PER_MINUTE, LINES_PER_MINUTE, shown)


def whole_minutes(page: Page) -> float:
    """Minutes that all of a page takes somebody to whom all of it is new, without what is collapsed."""
    return minutes(page, WORDS_PER_MINUTE, LINES_PER_MINUTE)
