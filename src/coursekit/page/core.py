"""A page's core: all that stands before its heading "Deeper", complete in itself, and its minutes.

Position tells the layers apart, so that code of the core cannot need what stands deeper. The site shows of
deeper sections closed headings until a reader opens one, or asks for everything.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from coursekit.page.contents import Page
from coursekit.page.reading import minutes

__all__ = [
    "BY_HAND",
    "DEEPER",
    "IN_SHORT",
    "QUESTIONS",
    "Section",
    "core_end",
    "core_minutes",
    "core_sections",
    "goals",
    "layered",
    "sections",
    "whole_minutes",
]

DEEPER = "Deeper"
BY_HAND = "By hand"  # how the heading of an example begins that is worked without code
IN_SHORT = "In short"
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
        shown: whether a first reader sees it: the core, and the heading that says what follows.
    """

    title: str
    level: int
    start: int
    end: int
    shown: bool


def sections(page: Page) -> list[Section]:
    """The sections of a page in order; all are shown where the page has no layers."""
    headings = [
        (offset + match.start(), len(match["marks"]), match["title"])
        for offset, text in page.prose()
        for match in HEADING.finditer(text)
    ]
    last = next((at for at, *named in headings if named == [2, DEEPER]), len(page.text))
    places = [(page.body_start, 1, ""), *headings, (len(page.text), 1, "")]
    return [
        Section(title, level, start, end, start <= last)
        for (start, level, title), (end, _, _) in pairwise(places)
    ]


def layered(page: Page) -> bool:
    """Whether a page has a layer below its core."""
    return any(part.title == DEEPER and part.level == 2 for part in sections(page))


def core_end(page: Page) -> int:
    """Offset behind a page's core: of the heading that goes deeper, or of the page's end."""
    return next(
        (part.start for part in sections(page) if part.title == DEEPER and part.level == 2),
        len(page.text),
    )


def core_sections(page: Page) -> list[Section]:
    """The sections of a page's core in order; what stands above the first heading comes first."""
    return [part for part in sections(page) if part.start < core_end(page)]


def goals(page: Page) -> tuple[list[str], list[str]]:
    """What a page says that its readers can do: after its core, and what the rest adds to that.

    The two lists are ``objectives:`` and ``deeper:`` of its front matter; either may be missing.
    """
    stated = (page.meta.get(key) or [] for key in ("objectives", "deeper"))
    first, more = ([str(goal) for goal in named] for named in stated)
    return first, more


def core_minutes(page: Page) -> float:
    """Minutes that a page's core takes to read."""
    return minutes(page, (page.body_start, core_end(page)))


def whole_minutes(page: Page) -> float:
    """Minutes that all of a page takes to read, without what is collapsed."""
    return minutes(page)
