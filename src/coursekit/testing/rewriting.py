"""Rewrites the outputs of a page, and nothing else of it.

A new fence keeps the words, the marks and the indent of the old one. The new text is parsed before it may
replace the page: all that differs must be the bodies of outputs.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.page.contents import Block, Page
from coursekit.parser import FENCE, parse
from coursekit.problems import ContractError, Problem
from coursekit.text import BLANKS, lines, plain_ends, raw_text, without_end

__all__ = ["Edit", "output_edit", "rewrite"]

RUN = re.compile(r"^[ \t]*(`+|~+)", re.MULTILINE)


@dataclass(frozen=True)
class Edit:
    """One output that is written anew, added or taken out.

    Attributes:
        start: offset in the page's text of what it replaces.
        end: offset behind that.
        text: what stands there from now on.
        block: the block that printed.
        body: what its output shows from now on; None for none.
    """

    start: int
    end: int
    text: str
    block: Block
    body: str | None


def output_edit(page: Page, block: Block, printed: str) -> Edit:
    """The edit after which a block's output shows what it printed: nothing for nothing."""
    old = block.output
    if not without_end(printed):
        end = old.end if old else block.end
        return Edit(block.end, end, "", block, None)
    body = "".join(f"{line.rstrip(BLANKS)}\n" for line in lines(without_end(printed)))
    opening = FENCE.match(lines(page.text[(old or block).start :])[0])
    assert opening is not None, "a block begins with its fence"
    marks = opening["fence"] if old else opening["fence"][:3]
    longest = max((len(run) for run in RUN.findall(body) if run[0] == marks[0]), default=0)
    if longest >= len(marks):
        marks = marks[0] * (longest + 1)
    info = opening["info"] if old else "output"
    indent = (old or block).indent
    rows = [f"{marks}{info}", *lines(body), marks]
    text = "\n".join(f"{indent}{row}" if row else "" for row in rows)
    if old:
        return Edit(old.start, old.end, text, block, body)
    return Edit(block.end, block.end, f"\n\n{text}", block, body)


def rewrite(page: Page, edits: Iterable[Edit], config: Config) -> list[Problem]:
    """Write a page with its edits, if they do what they are for and nothing else.

    Returns:
        Why nothing was written; nothing if all was.
    """
    ordered = sorted(edits, key=lambda edit: edit.start)
    shown = config.relative(page.path)
    raw = raw_text(page.path, shown)
    if plain_ends(raw) != page.text:
        message = "the page changed while its blocks ran, so nothing was written; run it again"
        return [Problem(shown, 1, message)]
    try:
        made = parse(_edited(page.text, ordered), page.path, config)
    except ContractError as error:
        return [
            Problem(p.path, p.line, f"nothing was written, since the new page would be wrong: {p.message}")
            for p in error.problems
        ]  # fmt: skip
    if _content(made) != _expected(page, ordered):
        lost = next(
            (edit for edit in ordered if edit.body is not None and not _holds(made, edit)),
            ordered[0],
        )
        message = (
            "nothing was written: the page would show something else than the block on this line "
            f"printed, {(lost.body or '')[:200]!r}"
        )
        return [Problem(shown, lost.block.line, message)]
    mark = "\ufeff" if page.path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
    write_atomically(page.path, mark + _in_place(raw, ordered))
    return []


def _edited(text: str, edits: list[Edit]) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _in_place(raw: str, edits: list[Edit]) -> str:
    """Edit the text with the line ends that it has; what is new gets the end of the first line."""
    ends = [match.start() - number for number, match in enumerate(re.finditer("\r\n", raw))]
    first = re.search(r"\r?\n", raw)
    new_line = first.group() if first else "\n"
    for edit in reversed(edits):
        start, end = (at + bisect_left(ends, at) for at in (edit.start, edit.end))
        raw = raw[:start] + edit.text.replace("\n", new_line) + raw[end:]
    return raw


Content = list[tuple[object, ...]]


def _signature(block: Block, body: str | None = None) -> tuple[object, ...]:
    text = block.body if body is None else body
    return (block.language, block.classes, dict(block.attributes), block.indent, text)


def _content(page: Page) -> Content:
    """What a page consists of: its blocks, and the words of its prose."""
    words = [tuple(text.split()) for _, text in page.prose()]
    return [*map(_signature, page.blocks), tuple(word for part in words for word in part)]


def _expected(page: Page, edits: list[Edit]) -> Content:
    """What the edits are to make of a page."""
    by_block = {edit.block.start: edit for edit in edits}
    blocks: Content = []
    for block in page.blocks:
        if block.kind.printed:
            continue  # stands behind its block
        blocks.append(_signature(block))
        edit = by_block.get(block.start)
        if edit is None:
            blocks += [_signature(block.output)] if block.output else []
        elif edit.body is not None and block.output:
            blocks.append(_signature(block.output, edit.body))
        elif edit.body is not None:
            blocks.append(("output", (), {}, block.indent, edit.body))
    return [*blocks, _content(page)[-1]]


def _holds(page: Page, edit: Edit) -> bool:
    """Whether some output of a page shows what an edit wrote."""
    return any(block.body == edit.body for block in page.outputs)
