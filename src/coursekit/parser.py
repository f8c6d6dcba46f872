"""The one parser of course pages.

A page is Markdown. :func:`parse` finds its fenced blocks, resolves what they embed, checks that each
keeps the promise of its fence as far as that shows without running it, and returns a :class:`Page`.
The tests, the downloads and the site all read that.

A fence is of one of the kinds of :mod:`coursekit.kinds`; an unknown one is an error. With attributes it
takes the brace form, ``{.python title="x"}``, the only one that Markdown renders together with attributes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from coursekit import kinds, yamltext
from coursekit.config import Config
from coursekit.page.contents import Block, Page
from coursekit.page.sections import Code, resolve_include
from coursekit.problems import ContractError, Problem
from coursekit.text import plain_ends, read_text, with_ends

__all__ = ["FENCE", "load", "parse", "readable"]

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)$")
BRACES = re.compile(r"^\{\s*(?P<inside>.*?)\s*\}$")
ATTRIBUTE = re.compile(r'\.(?P<cls>[\w-]+)|#(?P<id>[\w-]+)|(?P<key>[\w-]+)="(?P<value>[^"]*)"')
FRONT_MATTER = re.compile(r"\A---\n(?P<yaml>.*?\n)---\n", re.DOTALL)
INCLUDES = re.compile(r"^\s*;*-+8<-+", re.MULTILINE)
# What Markdown uses as its own marks, and takes out of a page; HTML and Python know no NUL. It makes
# blanks of a tab, also in code.
UNSHOWN = re.compile(r"[\x00-\x04\t]")


def _anywhere(block: Block) -> Iterator[str]:
    """What no fence may say or show, whatever its kind."""
    if block.skip is not None and not block.skip.strip():
        yield 'skip="" gives no reason; say why the block is not run'
    if unshown := UNSHOWN.search(block.code.text):
        yield f"the site cannot show the character {unshown.group()!r}; write or print an escape"


class _Parser:
    """Collects the blocks of one page and everything that is wrong with them."""

    def __init__(self, path: Path, text: str, config: Config) -> None:
        self.path, self.text, self.config = path, text, config
        self.shown = config.relative(path)
        self.problems: list[Problem] = []

    def problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.shown, line, message))

    def parse(self) -> Page:
        meta, start = self.front_matter()
        blocks = self.attach_outputs(list(self.blocks(start)))
        for block in blocks:
            for message in (*_anywhere(block), *block.kind.problems(block, self.config)):
                self.problem(block.line, message)
        for kind in kinds.KINDS:
            for line, message in kind.problems_together(b for b in blocks if b.kind is kind):
                self.problem(line, message)
        names = [b.attributes["id"] for b in blocks if "id" in b.attributes]
        for name in sorted({n for n in names if names.count(n) > 1}):
            self.problem(1, f"{names.count(name)} blocks are named #{name}; a name is used once")
        if self.problems:
            raise ContractError(*sorted(self.problems))
        return Page(self.path, self.text, meta, start, tuple(blocks))

    def front_matter(self) -> tuple[Mapping[str, Any], int]:
        match = FRONT_MATTER.match(self.text)
        if match is None:
            return {}, 0
        try:
            meta = yamltext.read(match["yaml"]) or {}
        except yaml.YAMLError as error:
            self.problem(1, f"front matter is not YAML: {error}")
            return {}, match.end()
        if not isinstance(meta, dict):
            self.problem(1, "front matter must be a mapping of names to values")
            return {}, match.end()
        return meta, match.end()

    def blocks(self, start: int) -> Iterator[Block]:
        lines = with_ends(self.text[start:])
        number, offset, at = self.text.count("\n", 0, start) + 1, start, 0
        while at < len(lines):
            opening = FENCE.match(lines[at].rstrip("\n"))
            if opening is None:
                offset += len(lines[at])
                at += 1
                continue
            closing = re.compile(rf"^[ \t]*{re.escape(opening['fence'])}[ \t]*$")
            last = at + 1
            while last < len(lines) and not closing.match(lines[last].rstrip("\n")):
                last += 1
            if last == len(lines):
                self.problem(number + at, f"fence {opening['fence']} is never closed")
                return
            whole = "".join(lines[at : last + 1])
            body = "".join(lines[at + 1 : last])
            block = self.block(opening, body, number + at, offset, offset + len(whole.rstrip("\n")))
            if block is not None:
                yield block
            offset += len(whole)
            at = last + 1

    def block(
        self, opening: re.Match[str], body: str, line: int, start: int, end: int
    ) -> Block | None:
        info = opening["info"].strip()
        parsed = self.info(info, line)
        if parsed is None:
            return None
        language, classes, attributes = parsed
        kind = kinds.kind_of(language, classes)
        if kind is None:
            known = ", ".join(kinds.languages())
            self.problem(line, f"unknown fence {info!r}; known: {known}")
            return None
        if wrong := sorted(set(classes) - kind.classes):
            known = str(sorted(kind.classes))
            self.problem(line, f"a {kind.name} fence knows no class {wrong}; known: {known}")
        if wrong := sorted(set(attributes) - kind.keys - {"id"}):
            self.problem(line, f"a {kind.name} fence knows no {wrong}; known: {sorted(kind.keys)}")
        indent = opening["indent"]
        body = "".join(row.removeprefix(indent) for row in with_ends(body))
        code = Code(body, self.path, line + 1)
        if kind.embeds and INCLUDES.search(body):
            try:
                code = resolve_include(body.rstrip("\n"), self.config.root, self.shown, line + 1)
            except ContractError as error:
                self.problems.extend(error.problems)
        return Block(kind, language, classes, attributes, body, code, start, end, line, indent)

    def info(self, info: str, line: int) -> tuple[str, tuple[str, ...], dict[str, str]] | None:
        """Split an info string into language, further classes and attributes."""
        if re.fullmatch(r"[\w+-]+", info):
            return info, (), {}
        braces = BRACES.match(info)
        if braces is None:
            found = f"fence {info!r}" if info else "a fence without a language"
            self.problem(line, f'{found}; write a known word or {{.word key="value"}}')
            return None
        inside = braces["inside"]
        if rest := ATTRIBUTE.sub("", inside).strip():
            self.problem(
                line, f'cannot read {rest!r} in {info!r}; write .class, #id or key="value"'
            )
            return None
        classes: list[str] = []
        attributes: dict[str, str] = {}
        for part in ATTRIBUTE.finditer(inside):
            if part["cls"]:
                classes.append(part["cls"])
            elif part["id"]:
                attributes["id"] = part["id"]
            else:
                attributes[part["key"]] = part["value"]
        if not classes:
            self.problem(line, f"fence {info!r} names no language; begin with {{.python …}}")
            return None
        return classes[0], tuple(classes[1:]), attributes

    def attach_outputs(self, blocks: list[Block]) -> list[Block]:
        """Give each output to the block directly above it."""
        result: list[Block] = []
        for block in blocks:
            above = result[-1] if result else None
            if block.kind.printed:
                if (
                    above is None
                    or not above.kind.runs
                    or self.text[above.end : block.start].strip()
                ):
                    self.problem(
                        block.line,
                        "output without a block; it belongs directly below the block that prints it",
                    )
                else:
                    result[-1] = replace(above, output=block)
            result.append(block)
        return result


def parse(text: str, path: Path, config: Config) -> Page:
    """Parse a page.

    Args:
        text: all of the page.
        path: its file, for errors and tracebacks.
        config: the course it belongs to.

    Raises:
        ContractError: everything that is wrong with the page, in one error.
    """
    return _Parser(path, plain_ends(text), config).parse()


# The last result of `load` for each page, with all that went into it beside the page's own text.
_loaded: dict[Path, tuple[Page, Config, dict[Path, str]]] = {}


def load(path: Path, config: Config) -> Page:
    """Read a page, and parse it unless neither it nor a file that it embeds has changed since.

    Callers share the page, so none may change what it holds.

    Raises:
        ContractError: everything that is wrong with the page, in one error.
    """
    path = path.resolve()
    text = plain_ends(read_text(path, config.relative(path)))
    if path in _loaded:
        page, parsed_with, embedded = _loaded[path]
        same = page.text == text and parsed_with == config
        if same and all(f.is_file() and read_text(f) == t for f, t in embedded.items()):
            return page
    page = parse(text, path, config)
    sources = {block.code.path for block in page.blocks if block.embedded}
    _loaded[path] = page, config, {file: read_text(file) for file in sources}
    return page


def readable(paths: Iterable[Path], config: Config) -> Iterator[Page]:
    """The pages that can be parsed, for checks of the whole course: each other one reports itself."""
    for path in paths:
        try:
            yield load(path, config)
        except ContractError:
            continue
