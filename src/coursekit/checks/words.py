"""The words of a page: those that are out, and those that a core needs, as ``docs/words.yml`` says."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coursekit import yamltext
from coursekit.config import Config
from coursekit.page.contents import Block, Page
from coursekit.page.numbers import BINDING, CODE_SPAN, blank, inside
from coursekit.problems import Problem
from coursekit.text import read_text

__all__ = ["Words", "any_of", "silent_names", "word_problems", "words"]

FILE = Path("docs/words.yml")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINK_TARGET = re.compile(r"\]\([^)\s]*\)(?:\{[^}\n]*\})?")


@dataclass(frozen=True)
class Words:
    """What a course says of its words; all empty for a course that says nothing.

    Attributes:
        out: words that are out, each with what to write instead.
        names: variable names that say nothing.
        assistants: names of what readers use, of which a core mentions one.
        connectives: what joins the parts of a sentence.
    """

    out: Mapping[str, str]
    names: frozenset[str]
    assistants: tuple[str, ...]
    connectives: tuple[str, ...]


def words(config: Config) -> Words:
    """The words of a course."""
    path = config.root / FILE
    if not path.is_file():
        return Words({}, frozenset(), (), ())
    listed = yamltext.read(read_text(path, FILE))
    return Words(
        out=listed.get("out") or {},
        names=frozenset(listed.get("names") or ()),
        assistants=tuple(listed.get("assistants") or ()),
        connectives=tuple(listed.get("connectives") or ()),
    )


def any_of(choices: Mapping[str, str] | tuple[str, ...]) -> re.Pattern[str]:
    """A pattern that finds each of these words, in any case, across the end of a line, too."""
    ways = [r"\s+".join(map(re.escape, choice.split())) for choice in choices]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(ways)})(?![\w-])", re.IGNORECASE)


def word_problems(page: Page, config: Config) -> list[Problem]:
    """The words of a page's prose, captions and questions that are out, and what to write instead."""
    out = words(config).out
    if not out:
        return []
    place, pattern = config.relative(page.path), any_of(tuple(out))
    return [
        Problem(
            place,
            page.line_at(offset + match.start()),
            f"{match.group()!r} is out (docs/words.yml): write "
            f"{out[' '.join(match.group().lower().split())]}",
        )
        for offset, text in _texts(page)
        for match in pattern.finditer(text)
    ]


def _texts(page: Page) -> Iterator[tuple[int, str]]:
    pieces = list(page.prose())
    for block in page.blocks:
        if block.kind.binds:
            start, end = inside(block, page)
            pieces.append((start, page.text[start:end]))
    for offset, text in pieces:
        for pattern in (COMMENT, CODE_SPAN, BINDING, LINK_TARGET):
            text = blank(pattern, text)
        yield offset, text


def silent_names(block: Block, known: Words) -> set[str]:
    """The names that a block gives to values and that say nothing of what they hold."""
    try:
        tree = ast.parse(block.code.text)
    except SyntaxError:
        return set()  # said where the block runs
    stored = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return stored & known.names
