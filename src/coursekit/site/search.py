"""The search index: made without what it leaves out, and fetched when a reader searches.

The theme's plugin reads all of a page's HTML, also the listings that are excluded from the index, and
reads it again on every rebuild. Both take more time than all the rest of a page.

The index holds the prose of all pages, and the theme asks for it as soon as a page is open. On ``file:``
the theme already waits until the search field is used; this makes it wait everywhere.

What is pasted into the field is read as ``search.js`` says, which stands beside this module. Of the
reference only names and first sentences can be found, behind the prose that has the same words.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from coursekit.files import write_atomically
from coursekit.problems import ContractError, Problem

__all__ = ["answer_pasted_texts", "index_once", "load_on_first_use", "searchable", "weighed"]

AT_ONCE = re.compile(r'([\w$]+)\(location\.protocol!=="file:"\)')  # an observable of one value
ASKED = re.compile(r"\bdata:([\w$]+)\.search\(([\w$]+)\)")  # the index, by the theme's worker
OURS = Path(__file__).with_suffix(".js")
CODE = "reference/"
BEHIND = 1e-4  # of what prose weighs; a title weighs a thousand times as much as a text
FIRST_PARAGRAPH = re.compile(r"<p>(?P<text>.*?)</p>", re.DOTALL)
FIRST_SENTENCE = re.compile(r".*?[.!?:](?=\s|$)", re.DOTALL)
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


def weighed(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the index as it is searched: of code its name and what it does, behind prose."""
    if not entry["location"].startswith(CODE):
        return entry
    paragraph = FIRST_PARAGRAPH.search(entry["text"])
    text = paragraph["text"] if paragraph else ""
    sentence = FIRST_SENTENCE.match(text)
    # A sentence that ends inside an element would leave it open.
    first = sentence[0] if sentence and sentence[0].count("<") % 2 == 0 else text
    return {**entry, "text": f"<p>{first}</p>" if first else "", "boost": BEHIND}


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
            index.entries[known:] = map(weighed, index.entries[known:])
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


def answer_pasted_texts(site: str | Path) -> None:
    """Let the theme's search below ``site`` read a pasted text as ``search.js`` does.

    Raises:
        ContractError: the script is not there, or another version of the theme asks elsewhere.
    """
    folder = Path(site) / "assets" / "javascripts" / "workers"
    workers = sorted(folder.glob("search.*.min.js"))
    found = [ASKED.subn(r"data:courseAnswer(\1,\2)", file.read_text("utf-8")) for file in workers]
    if [count for _, count in found] != [1]:
        message = (
            f"cannot let the theme's search ({len(workers)} found) answer pasted texts; look where it "
            "asks its index, and change coursekit.search"
        )
        raise ContractError(Problem(folder, 1, message))
    write_atomically(workers[0], f"{OURS.read_text('utf-8')}\n{found[0][0]}")
