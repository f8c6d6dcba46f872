"""A page's deeper sections, each in an element of its own that the reader's script can close.

Without the script, and for a page without layers, everything is shown.
"""

import re
from pathlib import Path

from coursekit.page import core
from coursekit.page.contents import Page
from coursekit.problems import ContractError, Problem

__all__ = ["folded"]

HEADING = re.compile(r'<h(?P<level>[23]) id="[^"]*">.*?</h(?P=level)>', re.DOTALL)


def folded(html: str, page: Page, place: Path) -> str:
    """A page's HTML with each of its deeper sections in an element behind its heading.

    Args:
        html: what Markdown made of the page.
        page: the page; it may have a layer below its core.
        place: the page's path, as messages name it.

    Raises:
        ContractError: the page has other headings than its Markdown, so that nobody knows which is which.
    """
    if not core.layered(page):
        return html
    sections = core.sections(page)[1:]
    headings = list(HEADING.finditer(html))
    if [int(found["level"]) for found in headings] != [part.level for part in sections]:
        text = f"{len(headings)} headings in the HTML, {len(sections)} in the page's Markdown"
        raise ContractError(Problem(place, 1, text))
    parts, opened = [html[: headings[0].start()]], 0
    ends = [*(found.start() for found in headings[1:]), len(html)]
    for found, end, part in zip(headings, ends, sections, strict=True):
        if opened and part.level <= opened:
            parts.append("</div>")
            opened = 0
        parts.append(found.group())
        if not part.shown and not opened:
            parts.append('<div class="deeper">')
            opened = part.level
        parts.append(html[found.end() : end])
    if opened:
        parts.append("</div>")
    return "".join(parts)
