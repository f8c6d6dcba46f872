"""The error that a block shows, and the id by which the index of errors leads to it."""

import re

from coursekit.page.contents import Block, Page
from coursekit.text import lines, without_end

__all__ = ["WORDS", "anchors", "error_of", "errors_of"]

ERROR = re.compile(r"^(?:[\w.]+\.)?(?P<kind>[A-Z]\w*(?:Error|Exception|Warning)|ERROR|WARNING)\b")
SAID = "error: "  # what commands and scripts begin the line of an error with
WORDS = 5  # of an error's text, enough to tell one page's errors apart


def error_of(block: Block) -> tuple[str, str] | None:
    """The text and the type of the error that a block shows, or None."""
    if not block.kind.runs or block.output is None or not block.output.body.strip():
        return None
    text = lines(without_end(block.output.body))[-1].strip()
    if block.raises:
        return text, block.raises
    if found := ERROR.match(text):
        return text, found["kind"]
    is_named = block.kind.cause_names_error and "cause" in block.attributes
    return (text, text.partition(":")[0]) if is_named else None


def errors_of(block: Block) -> list[tuple[str, str]]:
    """The texts and the types of all errors that a block shows."""
    if (error := error_of(block)) is not None:
        return [error]
    if not block.kind.shares_names or "cause" not in block.attributes or block.output is None:
        return []
    kind = SAID.partition(":")[0]
    return [(line.strip(), kind) for line in lines(block.output.body) if line.startswith(SAID)]


def anchors(page: Page) -> dict[int, str]:
    """The ids of the blocks that show an error, by their offsets; a block's own name comes first."""
    found: dict[int, str] = {}
    for block in page.blocks:
        if not (errors := errors_of(block)):
            continue
        words = re.findall(r"[a-z0-9]+", errors[0][0].lower())
        names = [block.attributes.get("id", ""), "-".join(words[:WORDS]), "-".join(words)]
        names += [f"{names[-1]}-{number}" for number in range(2, len(page.blocks))]
        found[block.start] = next(n for n in names if n and n not in found.values())
    return found
