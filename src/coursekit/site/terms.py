"""Marks terms of the glossary in a page's HTML: each becomes a link to its entry.

A small script shows the definition where the link is; without it the link leads there.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from coursekit.course.glossary import Term, pattern
from coursekit.markup import VOID

__all__ = ["mark"]

PIECE = re.compile(  # a listing is one, for all its elements
    r"""<!--.*?-->|<pre\b.*?</pre>|<(?P<end>/?)(?P<tag>[a-zA-Z][\w-]*)(?P<attributes>(?:[^<>"']|"[^"]*"|'[^']*')*)>"""
    r"|(?P<text>[^<]+)|<",
    re.DOTALL,
)
CLASS = re.compile(r'\bclass="([^"]*)"')
# What is no running text, or leads elsewhere when it is pressed, or gives a question away.
SKIPPED = frozenset(
    [
        *("a", "button", "code", "figure", "kbd", "label", "nav", "pre", "script", "style"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "summary", "svg", "th", "check-yourself"),
    ]
)
SKIPPED_CLASSES = frozenset(
    [
        *("admonition-title", "card", "errors", "filename", "hero", "moved", "pipeline", "plan"),
        *("quiz", "recorded"),
    ]
)


def mark(html: str, terms: Iterable[Term], glossary: str) -> str:
    """Make each term's first occurrence in a page's prose a link to its entry.

    Args:
        html: the content of a page.
        terms: the entries of the glossary.
        glossary: address of the glossary, relative to the page.
    """
    marked = (term for term in terms if not term.unmarked)
    return _mark(html, tuple((form, term.slug) for term in marked for form in term.forms), glossary)


@lru_cache(maxsize=64)  # for all pages that a change leaves as they were
def _mark(html: str, known: tuple[tuple[str, str], ...], glossary: str) -> str:
    """Make links of terms, given by form and the id of their entry."""
    forms = sorted(known, key=lambda pair: -len(pair[0]))
    if not forms:
        return html
    finder = pattern([form for form, _ in forms])
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        _, slug = forms[int(str(match.lastgroup)[1:])]
        if slug in seen:
            return match.group()
        seen.add(slug)
        return f'<a class="term" href="{glossary}#{slug}">{match.group()}</a>'

    return "".join(finder.sub(link, text) if prose else text for text, prose in _pieces(html))


def _pieces(html: str) -> Iterator[tuple[str, bool]]:
    """Tags and texts in order, and whether a text is running text."""
    opened: list[tuple[str, bool]] = []  # tag, and whether it or one around it is skipped
    for piece in PIECE.finditer(html):
        if piece["text"] is not None:
            yield piece.group(), not (opened and opened[-1][1])
            continue
        yield piece.group(), False
        tag = (piece["tag"] or "").lower()
        if not tag or tag in VOID or piece["attributes"].endswith("/"):
            continue
        if not piece["end"]:
            found = CLASS.search(piece["attributes"])
            skipped = tag in SKIPPED or (
                found is not None and not SKIPPED_CLASSES.isdisjoint(found[1].split())
            )
            opened.append((tag, skipped or bool(opened and opened[-1][1])))
        elif tag in (tags := [name for name, _ in opened]):
            del opened[len(tags) - 1 - tags[::-1].index(tag) :]
