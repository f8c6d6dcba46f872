"""The index of errors: every error that a page makes happen, by its text.

A block's error is the last line of its output: of a block that must raise, of one that prints an
error's text, or of a command that has a cause. A Python block with a cause shows as many errors as it
prints lines that begin with ``error: ``, as the course's commands and scripts say them. A block that
is skipped says why no test makes it happen. What went wrong is said where a reader of the page finds
it, too: in the bold words that begin a paragraph above the block, in the title of the box around it, or
in the heading of its section (of the third level or below). Where none of these says it, the attribute
``cause="…"`` of the block does.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from coursekit.config import Config
from coursekit.page.contents import Block, Page
from coursekit.page.errors import WORDS, anchors, errors_of
from coursekit.parser import load
from coursekit.problems import ContractError, Problem

__all__ = ["MARKER", "Entry", "entries", "render"]

MARKER = re.compile(r"^\{\{\s*errors\.index\s*\}\}$", re.MULTILINE)
TITLE = re.compile(
    r"""^[ \t]*\*\*(?:\d+\.\s*)?(?P<bold>[^*]+)\*\*"""
    r'''|^[ \t]*(?:\?{3}\+?|!{3})[ ]\w+[ ]"(?P<box>[^"]+)"'''
    r"""|^(?P<level>\#{1,6})[ ](?P<heading>.+?)[ ]*$""",
    re.MULTILINE | re.VERBOSE,
)


@dataclass(frozen=True)
class Entry:
    """An error that a page makes happen.

    Attributes:
        text: the line that names it.
        kind: its type.
        cause: what went wrong, as Markdown.
        page: the page.
        anchor: id of the block on that page.
        untested: why no test makes it happen; None where one does.
    """

    text: str
    kind: str
    cause: str
    page: Page
    anchor: str
    untested: str | None = None


def _cause(block: Block, page: Page) -> str | None:
    """What went wrong, from the block or from the nearest title above it in its section."""
    if "cause" in block.attributes:
        return block.attributes["cause"]
    cause = None
    for offset, text in page.prose():
        if offset >= block.start:
            break
        for title in TITLE.finditer(text):
            cause = title["bold"] or title["box"]
            if title["heading"] and len(title["level"]) > 2:
                cause = title["heading"]
    return cause


def entries(config: Config) -> list[Entry]:
    """All errors of the course's pages, in the order of their texts.

    Raises:
        ContractError: blocks whose error nothing explains.
    """
    found, problems = [], []
    for path in config.page_files:
        if not path.is_relative_to(config.root / "docs"):
            continue
        page = load(path, config)
        names = anchors(page)
        for block in (block for block in page.blocks if block.start in names):
            cause = _cause(block, page)
            if cause is None:
                message = (
                    "this error goes into the index of errors: say what went wrong in bold words at "
                    'the start of the paragraph above it, or with cause="…"'
                )
                problems.append(Problem(config.relative(path), block.line, message))
                continue
            found += [
                Entry(text, kind, cause.rstrip("."), page, names[block.start], block.skip)
                for text, kind in errors_of(block)
            ]
    if problems:
        raise ContractError(*problems)
    return sorted(found, key=lambda entry: (entry.kind.casefold(), entry.text.casefold()))


def render(found: list[Entry], here: Path, url: Callable[[Path], str]) -> str:
    """The index as Markdown: each error is a heading, so that search leads to it alone.

    Args:
        found: the errors in order.
        here: the page that shows the index.
        url: turns a page into an address relative to that page.
    """
    return "\n".join(
        f"### {kind}\n\n{_section(list(group), here, url)}\n"
        for kind, group in groupby(found, key=lambda entry: entry.kind)
    )


def _section(group: list[Entry], here: Path, url: Callable[[Path], str]) -> str:
    parts, names = [], set[str]()
    for text, same in groupby(group, key=lambda entry: entry.text):
        causes = [_cause_link(entry, here, url) for entry in same]
        words = re.findall(r"[a-z0-9]+", text.lower())
        short, whole = (f"index-{'-'.join(part)}" for part in (words[:WORDS], words))
        name = whole if short in names else short
        names.add(name)
        parts.append(f'<h4 id="{name}"><code>{escape(text, quote=False)}</code></h4>')
        parts.append(f"<ul>{''.join(causes)}</ul>")
    return f'<div class="errors" data-generated="errors">{"".join(parts)}</div>'


def _cause_link(entry: Entry, here: Path, url: Callable[[Path], str]) -> str:
    cause = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(entry.cause, quote=False))
    own = entry.page.path == here
    address = f"{'' if own else url(entry.page.path)}#{entry.anchor}"
    title = "below" if own else escape(str(entry.page.meta.get("title")), quote=False)
    note = f"; not tested: {escape(entry.untested, quote=False)}" if entry.untested else ""
    place = f'<span class="errors__page">({title}{note})</span>'
    return f'<li><a href="{address}">{cause}</a> {place}</li>'
