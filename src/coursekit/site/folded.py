"""A page's deeper sections, each in an element of its own that the reader's script can close.

Without the script, and for a page whose front matter names no core, everything is shown.
"""

import re
from math import ceil

from coursekit.page import core
from coursekit.page.contents import Page
from coursekit.page.reading import minutes
from coursekit.problems import ContractError, Problem

__all__ = ["folded"]

HEADING = re.compile(r'<h(?P<level>[23]) id="[^"]*">.*?</h(?P=level)>', re.DOTALL)


def folded(html: str, page: Page) -> str:
    """A page's HTML with its deeper sections in elements, and the place of the switch below the title.

    Args:
        html: what Markdown made of the page.
        page: the page; its front matter may name a core.

    Raises:
        ContractError: the page has other headings than its Markdown, so that nobody knows which is which.
    """
    if not core.names(page):
        return html
    sections = core.sections(page)[1:]
    headings = list(HEADING.finditer(html))
    if [int(found["level"]) for found in headings] != [part.level for part in sections]:
        text = f"{len(headings)} headings in the HTML, {len(sections)} in the page's Markdown"
        raise ContractError(Problem(page.path, 1, text))
    parts, opened = [html[: headings[0].start()]], 0
    ends = [*(found.start() for found in headings[1:]), len(html)]
    for found, end, part in zip(headings, ends, sections, strict=True):
        if opened and part.level <= opened:
            parts.append("</div>")
            opened = 0
        parts.append(found.group())
        if not part.core and not opened:
            parts.append('<div class="deeper">')
            opened = part.level
        parts.append(html[found.end() : end])
    if opened:
        parts.append("</div>")
    return _with_switch("".join(parts), page)


def _with_switch(html: str, page: Page) -> str:
    """The HTML with what the switch has to say, below the title."""
    short = ceil(core.core_minutes(page))
    everything = ceil(minutes(page, core.WORDS_PER_MINUTE, core.LINES_PER_MINUTE))
    head, title, rest = html.partition("</h1>")
    switch = f'<div class="shown" data-short="{short}" data-everything="{everything}"></div>'
    return f"{head}{title}{switch}{rest}"
