"""The one parser of course pages.

A page is Markdown. :func:`parse` finds its fenced blocks, resolves what they embed, checks that each
keeps the promise of its fence as far as that shows without running it, and returns a :class:`Page`.
The tests, the downloads and the site all read that.

Fences (an unknown one is an error): ``python``, ``output``, ``figure``, ``quiz``, the command languages
and the listing languages below. A fence with attributes takes the brace form, ``{.python title="x"}``,
the only one that Markdown renders together with attributes.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from coursekit import yamltext
from coursekit.config import Config
from coursekit.problems import ContractError, Problem
from coursekit.scripts import argument_problems
from coursekit.sections import Code, resolve_include

__all__ = ["Block", "Kind", "Page", "Tolerance", "load", "parse"]

COMMANDS = frozenset({"bash", "powershell", "console"})
LISTINGS = frozenset({"text", "json", "yaml", "toml", "markdown", "html", "css", "js", "diff"})
LANGUAGES = frozenset({"python", "output", "figure", "quiz"}) | COMMANDS | LISTINGS

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)$")
BRACES = re.compile(r"^\{\s*(?P<inside>.*?)\s*\}$")
ATTRIBUTE = re.compile(r'\.(?P<cls>[\w-]+)|#(?P<id>[\w-]+)|(?P<key>[\w-]+)="(?P<value>[^"]*)"')
FRONT_MATTER = re.compile(r"\A---\n(?P<yaml>.*?\n)---\n", re.DOTALL)


class Kind(Enum):
    """What a fence promises."""

    PYTHON = "python"
    SCRIPT = "script"
    COMMAND = "command"
    OUTPUT = "output"
    FIGURE = "figure"
    QUIZ = "quiz"
    LISTING = "listing"

    @property
    def runs(self) -> bool:
        """Whether the tests execute such a block."""
        return self in (Kind.PYTHON, Kind.SCRIPT, Kind.COMMAND)


class Tolerance(Enum):
    """How an output is compared with what was printed."""

    EXACT = "exact"
    MEASURED = "measured"
    COST = "cost"
    SAMPLE = "sample"


ALLOWED = {  # kind: (extra classes, keys)
    Kind.PYTHON: (set(), {"title", "raises", "cause", "skip", "hl_lines"}),
    Kind.SCRIPT: ({"script"}, {"title", "args", "skip"}),
    Kind.COMMAND: (set(), {"title", "skip"}),
    Kind.OUTPUT: ({"measured", "cost", "sample"}, {"within"}),
    Kind.FIGURE: (set(), {"src"}),
    Kind.QUIZ: (set(), set()),
    Kind.LISTING: (set(), {"title"}),
}


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        kind: what the fence promises.
        language: its first class or its only word.
        classes: further classes of the brace form.
        attributes: its ``key="value"`` pairs; ``id`` for ``#name``.
        body: the text between the fences as it stands in the page, dedented.
        code: the same with an include resolved, and where it stands.
        start: offset in the page's text of the opening fence's line.
        end: offset just behind the closing fence.
        line: line of the opening fence, from 1.
        indent: blanks in front of the fence.
        output: the output block directly below, if there is one.
    """

    kind: Kind
    language: str
    classes: tuple[str, ...]
    attributes: Mapping[str, str]
    body: str
    code: Code
    start: int
    end: int
    line: int
    indent: str = ""
    output: "Block | None" = None

    @property
    def tolerance(self) -> Tolerance:
        """How an output block is compared."""
        for tolerance in Tolerance:
            if tolerance.value in self.classes:
                return tolerance
        return Tolerance.EXACT

    @property
    def embedded(self) -> bool:
        """Whether the body is an include."""
        return self.body.startswith("--8<--")

    @property
    def raises(self) -> str | None:
        """Name of the exception the block must raise."""
        return self.attributes.get("raises")

    @property
    def skip(self) -> str | None:
        """Why the block is not run."""
        return self.attributes.get("skip")


@dataclass(frozen=True)
class Page:
    """A parsed page.

    Attributes:
        path: the file, absolute.
        text: all of it, each line break one character.
        meta: its front matter.
        body_start: offset of the first character behind the front matter.
        blocks: all fenced blocks in order; an output is also found as ``output`` of its block.
    """

    path: Path
    text: str
    meta: Mapping[str, Any]
    body_start: int
    blocks: tuple[Block, ...] = field(default=())

    def of_kind(self, *kinds: Kind) -> list[Block]:
        """The blocks of these kinds, in order."""
        return [block for block in self.blocks if block.kind in kinds]

    def prose(self) -> Iterator[tuple[int, str]]:
        """The text between the blocks, with the offset of each piece."""
        at = self.body_start
        for block in self.blocks:
            yield at, self.text[at : block.start]
            at = block.end
        yield at, self.text[at:]

    @property
    def install(self) -> str:
        """The extras of the course's package that its code needs, as pip takes them."""
        return ",".join(["run", *self.meta.get("extras", [])])

    def line_at(self, offset: int) -> int:
        """Line of an offset into ``text``, from 1."""
        return self.text.count("\n", 0, offset) + 1

    def outputs_by_name(self) -> dict[str, Block]:
        """The output blocks that carry an ``#id``."""
        return {b.attributes["id"]: b for b in self.of_kind(Kind.OUTPUT) if "id" in b.attributes}


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
            self.check(block)
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
        lines = self.text[start:].splitlines(keepends=True)
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
        if language not in LANGUAGES:
            known = ", ".join(sorted(LANGUAGES))
            self.problem(line, f"unknown fence {info!r}; known: {known}")
            return None
        kind = self.kind(language, classes)
        extra, keys = ALLOWED[kind]
        if wrong := sorted(set(classes) - extra):
            self.problem(
                line, f"a {kind.value} fence knows no class {wrong}; known: {sorted(extra)}"
            )
        if wrong := sorted(set(attributes) - keys - {"id"}):
            self.problem(line, f"a {kind.value} fence knows no {wrong}; known: {sorted(keys)}")
        indent = opening["indent"]
        body = "".join(row.removeprefix(indent) for row in body.splitlines(keepends=True))
        code = Code(body, self.path, line + 1)
        if kind in (Kind.PYTHON, Kind.SCRIPT) and re.search(r"^\s*;*-+8<-+", body, re.MULTILINE):
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

    @staticmethod
    def kind(language: str, classes: tuple[str, ...]) -> Kind:
        if language == "python":
            return Kind.SCRIPT if "script" in classes else Kind.PYTHON
        if language in COMMANDS:
            return Kind.COMMAND
        return Kind(language) if language in ("output", "figure", "quiz") else Kind.LISTING

    def attach_outputs(self, blocks: list[Block]) -> list[Block]:
        """Give each output to the block directly above it."""
        result: list[Block] = []
        for block in blocks:
            above = result[-1] if result else None
            if block.kind is Kind.OUTPUT:
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
                    result[-1] = Block(**{**above.__dict__, "output": block})
            result.append(block)
        return result

    def check(self, block: Block) -> None:
        """Check what a fence promises as far as it shows without running it."""
        if block.skip is not None and not block.skip.strip():
            self.problem(block.line, 'skip="" gives no reason; say why the block is not run')
        if block.kind is Kind.PYTHON:
            self.check_python(block)
        elif block.kind is Kind.SCRIPT:
            self.check_script(block)
        elif block.kind is Kind.OUTPUT:
            self.check_output(block)
        elif block.kind is Kind.FIGURE:
            self.check_figure(block)
        elif block.kind is Kind.QUIZ:
            self.check_quiz(block)
        elif block.kind is Kind.LISTING:
            self.check_listing(block)

    def check_python(self, block: Block) -> None:
        if not block.body.strip():
            self.problem(block.line, "empty Python block")
        if block.raises is not None:
            if not block.raises.isidentifier():
                self.problem(block.line, f"raises={block.raises!r} is no exception's name")
            if block.output is None and block.skip is None:
                self.problem(
                    block.line, "a raising block needs an output: the last line of the error"
                )

    def check_script(self, block: Block) -> None:
        folder = self.config.root / self.config.snippets
        if not block.embedded or not block.code.path.is_relative_to(folder) or block.code.section:
            self.problem(
                block.line, f'a script is one whole file: --8<-- "{self.config.snippets}/name.py"'
            )
        for message in argument_problems(block.attributes.get("args", "")):
            self.problem(block.line, message)

    def check_output(self, block: Block) -> None:
        measured = "measured" in block.classes
        if len({"measured", "cost", "sample"}.intersection(block.classes)) > 1:
            self.problem(block.line, "an output is measured, a cost or a sample: one of them")
        if measured != ("within" in block.attributes):
            self.problem(block.line, 'write {.output .measured within="0.03"}: both or neither')
        elif measured:
            try:
                good = float(block.attributes["within"]) > 0
            except ValueError:
                good = False
            if not good:
                self.problem(
                    block.line, f"within={block.attributes['within']!r} is no positive number"
                )

    def check_figure(self, block: Block) -> None:
        if not block.attributes.get("src", "").endswith(".svg"):
            self.problem(block.line, 'a figure names its file: {.figure src="figures/name.svg"}')
        if not block.body.strip():
            self.problem(block.line, "a figure's body is its text equivalent; say what it shows")

    def check_quiz(self, block: Block) -> None:
        try:
            quiz = yamltext.read(block.body)
        except yaml.YAMLError as error:
            self.problem(block.line, f"quiz is not YAML: {error}")
            return
        for message in quiz_problems(quiz):
            self.problem(block.line, message)

    def check_listing(self, block: Block) -> None:
        loaders: dict[str, Callable[[str], Any]] = {
            "json": json.loads,
            "yaml": yamltext.read,
            "toml": tomllib.loads,
        }
        if block.language in loaders:
            try:
                loaders[block.language](block.body)
            except (ValueError, yaml.YAMLError) as error:
                self.problem(block.line, f"{block.language} does not parse: {error}")


def quiz_problems(quiz: object) -> Iterator[str]:
    """Say what keeps a quiz from being asked: ``question``, and ``choices`` with ``text`` and ``why``.

    An ``objective`` is shown with the question: one of those in a page's front matter, word by word.
    """
    if not isinstance(quiz, dict) or not str(quiz.get("question") or "").strip():
        yield "a quiz needs question: and choices:"
        return
    if unknown := set(quiz) - {"question", "choices", "objective"}:
        yield f"a quiz has question:, choices: and perhaps objective:, no {sorted(unknown)}"
    if "objective" in quiz and not str(quiz["objective"] or "").strip():
        yield "objective: says which of a page's objectives the question is about"
    choices = quiz.get("choices")
    if not isinstance(choices, list) or len(choices) < 2:
        yield "a quiz needs at least two choices"
        return
    for number, choice in enumerate(choices, 1):
        if not isinstance(choice, dict) or not choice.get("text") or not choice.get("why"):
            yield f"choice {number} needs text: and why: (an explanation for each choice)"
    right = sum(bool(c.get("right")) for c in choices if isinstance(c, dict))
    if right != 1:
        yield f"a quiz has one choice with right: true, this one has {right}"


def parse(text: str, path: Path, config: Config) -> Page:
    """Parse a page.

    Args:
        text: all of the page.
        path: its file, for errors and tracebacks.
        config: the course it belongs to.

    Raises:
        ContractError: everything that is wrong with the page, in one error.
    """
    return _Parser(path, text.replace("\r\n", "\n"), config).parse()


# The last result of `load` for each page, with all that went into it beside the page's own text.
_loaded: dict[Path, tuple[Page, Config, dict[Path, str]]] = {}


def load(path: Path, config: Config) -> Page:
    """Read a page, and parse it unless neither it nor a file that it embeds has changed since.

    Callers share the page, so none may change what it holds.

    Raises:
        ContractError: everything that is wrong with the page, in one error.
    """
    path = path.resolve()
    text = path.read_text("utf-8")
    if path in _loaded:
        page, parsed_with, embedded = _loaded[path]
        same = page.text == text and parsed_with == config
        if same and all(f.is_file() and f.read_text("utf-8") == t for f, t in embedded.items()):
            return page
    page = parse(text, path, config)
    sources = {block.code.path for block in page.blocks if block.embedded}
    _loaded[path] = page, config, {file: file.read_text("utf-8") for file in sources}
    return page
