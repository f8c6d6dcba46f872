"""Numbers that readers see outside of outputs: bound to what was measured, or marked as constant.

``{{ result.NAME.KEY }}`` is a value of a recorded experiment, ``{{ output.NAME.ROW.N }}`` the N-th
number on the line ROW of the output named NAME, ``{{ figure.NAME.ROW.N }}`` the N-th number in the row
ROW of the table below the figure NAME.svg, ``{{ computed 2 / 3 }}`` the arithmetic of an example by hand,
``{{ constant 0.5 }}`` a constant by definition. A format may follow a bar,
``{{ result.vocabulary.best | .1f }}``; behind a constant, a reason. Bindings stand in
prose, in the captions of figures, and in quizzes; :mod:`coursekit.checks.loose` finds numbers that
should be bound and are not.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coursekit.config import Config
from coursekit.page.arithmetic import computed
from coursekit.page.comparison import NUMBER, numbers_in
from coursekit.page.contents import Block, Page
from coursekit.page.results import record
from coursekit.problems import ContractError, Problem
from coursekit.text import lines

__all__ = [
    "BINDING",
    "CODE_SPAN",
    "Bound",
    "blank",
    "bound",
    "fill",
    "filled",
    "filled_body",
    "inside",
    "row_label",
]

BINDING = re.compile(r"\{\{\s*(?P<expression>[^{}]*?)\s*\}\}")
CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
# What the site fills itself: the lesson's outline, a text with its surprises, and the index of errors.
GENERATED = ("outline.", "surprise.", "errors.")


@dataclass(frozen=True)
class Bound:
    """A binding of a page.

    Attributes:
        start: offset in the page's text.
        end: offset just behind it.
        expression: what it names.
        value: the text to put there; empty if it names nothing.
        fault: why it names nothing; empty if it names something.
    """

    start: int
    end: int
    expression: str
    value: str
    fault: str = ""

    @property
    def constant(self) -> bool:
        """Whether it marks a constant, which nothing measured."""
        return self.expression.startswith("constant ")

    @property
    def measured(self) -> bool:
        """Whether it quotes a measurement: it is no constant, and no arithmetic of an example."""
        return not self.constant and not self.computes

    @property
    def computes(self) -> bool:
        """Whether it is the arithmetic of an example."""
        return self.expression.startswith("computed ")

    @property
    def reason(self) -> str:
        """Why a constant is none of the page's measurements, where it says so."""
        return self.expression.partition("|")[2].strip() if self.constant else ""


def row_label(line: str) -> str:
    """The name of a line of output: the text before its first number, as a slug."""
    first = NUMBER.search(line)
    text = line[: first.start()] if first else line
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _from_output(block: Block, parts: list[str]) -> str:
    rows: dict[str, list[str]] = {}
    for line in lines(block.body):
        rows.setdefault(row_label(line), numbers_in(line))
    return _nth(parts, rows, "line")


def _nth(parts: list[str], rows: Mapping[str, list[str]], kind: str) -> str:
    row, position = parts[0], parts[1] if len(parts) > 1 else "1"
    if row not in rows:
        raise KeyError(f"no {kind} {row!r}; it has {[r for r in rows if r]}")
    if not position.isdigit() or not 1 <= int(position) <= len(rows[row]):
        raise KeyError(f"no number {position!r} on {kind} {row!r}; it has {len(rows[row])}")
    return rows[row][int(position) - 1]


def _from_result(name: str, keys: list[str], config: Config) -> Any:
    value: Any = record(name, config)["summary"]
    for key in keys:
        if not isinstance(value, Mapping) or key not in value:
            known = sorted(value) if isinstance(value, Mapping) else "no keys"
            raise KeyError(f"no {key!r} in the summary of {name!r}; there: {known}")
        value = value[key]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise KeyError(f"{'.'.join([name, *keys])} is {type(value).__name__}, not a number")
    return value


def _from_figure(page: Page, name: str, parts: list[str]) -> str:
    """A number of the table that a figure of the page has below it."""
    files = [file for block in page.blocks for file in block.kind.drawings(block, page)]
    known = sorted({file.stem for file in files if file.suffix == ".csv"})
    file = next((f for f in files if (f.stem, f.suffix) == (name, ".csv")), None)
    if file is None:
        raise KeyError(f"no figure {name!r} with a table; there are {known}")
    rows = {
        row_label(f"{row[0]} 0"): numbers_in(" ".join(row[1:]))
        for row in csv.reader(file.read_text("utf-8").splitlines())
        if row
    }
    return _nth(parts, {row: found for row, found in rows.items() if found}, "row")


def _value(expression: str, page: Page, config: Config) -> str:
    reference, _, form = (part.strip() for part in expression.partition("|"))
    if reference.startswith("constant "):
        return reference.removeprefix("constant ").strip()
    if reference.startswith("computed "):
        return format(computed(reference.removeprefix("computed ").strip()), form)
    kind, _, rest = reference.partition(".")
    name, *parts = rest.split(".")
    if kind == "output" and parts:
        outputs = page.outputs_by_name()
        if name not in outputs:
            raise KeyError(f"no output named #{name}; there are {sorted(outputs)}")
        value: Any = _number(_from_output(outputs[name], parts), form)
    elif kind == "figure" and parts:
        value = _number(_from_figure(page, name, parts), form)
    elif kind == "result" and parts:
        value = _from_result(name, parts, config)
    else:
        raise KeyError(
            "write output.NAME.ROW, result.NAME.KEY, figure.NAME.ROW, computed ARITHMETIC or constant VALUE"
        )
    return str(format(value, form))


def _number(written: str, form: str) -> str | float:
    """A number that a page shows: as written, or for a format as a value."""
    return float(written.replace(",", "")) if form else written


def blank(pattern: re.Pattern[str], text: str) -> str:
    """Blank out what the pattern finds, keeping every offset and line."""
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def inside(block: Block, page: Page) -> tuple[int, int]:
    """Start and end of the lines between a block's fences, in the page's text."""
    start = page.text.index("\n", block.start, block.end) + 1
    return start, max(start, page.text.rindex("\n", block.start, block.end))


def bound(page: Page, config: Config) -> Iterator[Bound]:
    """Every binding of a page: of its prose in order, then of its captions and quizzes."""
    blocks = [block for block in page.blocks if block.kind.binds]
    yield from _bound([*page.prose(), *(_inner(block, page) for block in blocks)], page, config)


def _inner(block: Block, page: Page) -> tuple[int, str]:
    start, end = inside(block, page)
    return start, page.text[start:end]


def _bound(pieces: Iterable[tuple[int, str]], page: Page, config: Config) -> Iterator[Bound]:
    for offset, text in pieces:
        for match in BINDING.finditer(blank(CODE_SPAN, text)):
            expression, start = match["expression"], offset + match.start()
            if expression.startswith(GENERATED):
                continue
            try:
                value, fault = _value(expression, page, config), ""
            except (KeyError, ValueError) as error:
                value, fault = "", f"{{{{ {expression} }}}}: {error.args[0]}"
            yield Bound(start, offset + match.end(), expression, value, fault)


def fill(page: Page, config: Config, block: Block | None = None) -> list[tuple[int, int, str]]:
    """What to write in place of each binding of a page.

    Args:
        page: the page.
        config: the course it belongs to.
        block: a figure or quiz of the page, to fill nothing else.

    Returns:
        Start and end offset in the page's text, and the text to put there, in order.

    Raises:
        ContractError: bindings that name nothing.
    """
    found = list(_bound([_inner(block, page)], page, config) if block else bound(page, config))
    shown = config.relative(page.path)
    problems = [Problem(shown, page.line_at(b.start), b.fault) for b in found if b.fault]
    if problems:
        raise ContractError(*problems)
    return sorted((b.start, b.end, b.value) for b in found)


def filled(page: Page, start: int, end: int, values: list[tuple[int, int, str]]) -> str:
    """A part of a page's text with its bindings filled.

    Args:
        page: the page.
        start: offset of the part.
        end: offset just behind it.
        values: what :func:`fill` returned for the page.
    """
    text, at = "", start
    for first, last, value in values:
        if start <= first and last <= end:
            text += page.text[at:first] + value
            at = last
    return text + page.text[at:end]


def filled_body(block: Block, page: Page, values: list[tuple[int, int, str]]) -> str:
    """A block's body, dedented, with its bindings filled."""
    lines = filled(page, *inside(block, page), values).split("\n")
    return "\n".join(line.removeprefix(block.indent) for line in lines) + "\n"
