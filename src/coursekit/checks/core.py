"""What a page owes whose front matter names its core: sections that are there, and fit its minutes."""

from collections.abc import Iterator
from itertools import pairwise

from coursekit.config import Config
from coursekit.page import core
from coursekit.page.contents import Page
from coursekit.problems import Problem

__all__ = ["core_problems"]


def core_problems(page: Page, config: Config) -> list[Problem]:
    """Faults of a page's core; a page that names none has none."""
    place = config.relative(page.path)
    return [Problem(place, page.line_at(at), f"core: {text}") for at, text in _faults(page)]


def _faults(page: Page) -> Iterator[tuple[int, str]]:
    """Offsets of faults, and what they are."""
    names, sections = core.names(page), core.sections(page)
    if not names:
        return
    titles = [part.title for part in sections if part.level > 1]
    for name in names:
        if (count := titles.count(name)) != 1:
            yield 0, f"{name!r} names {count} headings of level 2 or 3, not one"
    if core.QUESTIONS in titles and core.QUESTIONS not in names:
        yield 0, f"{core.QUESTIONS!r} belongs to it"
    around = True  # whether the section of level 2 that one stands in is core
    for part in sections:
        around = part.core if part.level < 3 else around
        if part.core and not around:
            yield part.start, f"{part.title!r} stands in a section that is none"
    for part, after in pairwise(sections):
        if part.core and not after.core and page.text[part.start : part.end].rstrip().endswith(":"):
            yield (
                part.end - 1,
                f"{part.title!r} ends with a colon before {after.title!r}, which is none",
            )
    minutes, limit = core.core_minutes(page), page.meta.get("minutes")
    if isinstance(limit, int) and minutes > limit:
        yield 0, f"takes {minutes:.1f} minutes to read, and `minutes` says {limit}"
