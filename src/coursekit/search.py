"""The search index: made without what it leaves out, and fetched when a reader searches.

The theme's plugin reads all of a page's HTML, also the listings that are excluded from the index, and
reads it again on every rebuild. Both take more time than all the rest of a page.

The index holds the prose of all pages, and the theme asks for it as soon as a page is open. On ``file:``
the theme already waits until the search field is used; this makes it wait everywhere.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from coursekit.files import write_atomically
from coursekit.problems import ContractError, Problem

__all__ = ["index_once", "load_on_first_use", "searchable"]

AT_ONCE = re.compile(r'([\w$]+)\(location\.protocol!=="file:"\)')  # an observable of one value
EXCLUDED = re.compile(r'<div\b[^>]*\bdata-search-exclude="true"[^>]*>')
# The code behind its caption, or in a table with the numbers of its lines.
LISTING = re.compile(r'(?:<span class="filename">[^\n]*?(?=<pre\b))?<(?P<tag>pre|table)\b')

# What a page adds to the index, by its address: what the entries were made of, and the entries.
_indexed: dict[str, tuple[tuple[str, ...], list[dict[str, Any]]]] = {}


def searchable(html: str) -> str:
    """A page without the listings that are excluded from the search."""
    parts, at = [], 0
    for excluded in EXCLUDED.finditer(html):
        if listing := LISTING.match(html, excluded.end()):
            parts.append(html[at : excluded.end()])
            end = f"</{listing['tag']}>"
            at = html.index(end, listing.end()) + len(end)
    return "".join([*parts, html[at:]])


def index_once(config: MkDocsConfig) -> None:
    """Let the theme's plugin read each page only after a change, and only what can be found."""
    index: Any = config.plugins["material/search"].search_index  # type: ignore[attr-defined]
    add: Callable[[Page], None] = index.add_entry_from_context

    def add_entry_from_context(page: Page) -> None:
        content = page.content or ""
        made_of = (content, repr(page.title), repr(page.meta))
        if page.url not in _indexed or _indexed[page.url][0] != made_of:
            known = len(index.entries)
            page.content = searchable(content)
            add(page)
            page.content = content
            _indexed[page.url] = made_of, index.entries[known:]
        else:
            index.entries += _indexed[page.url][1]

    index.add_entry_from_context = add_entry_from_context


def load_on_first_use(site: str | Path) -> None:
    """Change the theme's script below ``site``.

    Raises:
        ContractError: the script is not there, or another version of the theme decides elsewhere.
    """
    folder = Path(site) / "assets" / "javascripts"
    bundles = sorted(folder.glob("bundle.*.min.js"))
    found = [AT_ONCE.subn(r"\1(!1)", bundle.read_text("utf-8")) for bundle in bundles]
    if [count for _, count in found] != [1]:
        message = (
            f"cannot make the theme's script ({len(bundles)} found) fetch the search index on first "
            "use; look where it decides to, and change coursekit.search"
        )
        raise ContractError(Problem(folder, 1, message))
    write_atomically(bundles[0], found[0][0])
