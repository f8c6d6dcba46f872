"""Numbers in prose: bound to what was measured, sourced, or marked as constant.

``{{ result.NAME.KEY }}`` is a value of a recorded experiment, ``{{ output.NAME.ROW.N }}`` the N-th
number on the line ROW of the output named NAME, ``{{ constant 0.5 }}`` a constant by definition. A
format may follow a bar: ``{{ result.vocabulary.best | .1f }}``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coursekit.config import Config
from coursekit.outputs import NUMBER, numbers_in
from coursekit.page import Block, Page
from coursekit.problems import ContractError, Problem
from coursekit.text import lines, read_text

__all__ = ["BINDING", "CODE_SPAN", "fill", "loose_numbers", "row_label"]

BINDING = re.compile(r"\{\{\s*(?P<expression>[^{}]*?)\s*\}\}")
CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TAG = re.compile(r"<[a-zA-Z/][^>]*>")
LINK_TARGET = re.compile(r"\]\([^)\s]*\)")
SOURCE = re.compile(r"\]\(https?://|<https?://|\[\^[\w-]+\]")
DECIMAL_OR_PERCENT = re.compile(
    r"(?<![\w.])\d+(?:,\d{3})*\.\d+(?![\w.])|(?<![\w.])\d+(?:\.\d+)?\s?%"
)


def row_label(line: str) -> str:
    """The name of a line of output: the text before its first number, as a slug."""
    first = NUMBER.search(line)
    text = line[: first.start()] if first else line
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _from_output(block: Block, parts: list[str]) -> str:
    row, position = parts[0], parts[1] if len(parts) > 1 else "1"
    rows: dict[str, list[str]] = {}
    for line in lines(block.body):
        rows.setdefault(row_label(line), numbers_in(line))
    if row not in rows:
        raise KeyError(f"no line {row!r}; it has {[r for r in rows if r]}")
    if not position.isdigit() or not 1 <= int(position) <= len(rows[row]):
        raise KeyError(f"no number {position!r} on line {row!r}; it has {len(rows[row])}")
    return rows[row][int(position) - 1]


def _from_result(results: Path, name: str, keys: list[str]) -> Any:
    file = results / f"{name}.json"
    if not file.is_file():
        raise KeyError(f"no recorded experiment {name!r}; there are {_names(results)}")
    value: Any = json.loads(read_text(file))["summary"]
    for key in keys:
        if not isinstance(value, Mapping) or key not in value:
            known = sorted(value) if isinstance(value, Mapping) else "no keys"
            raise KeyError(f"no {key!r} in the summary of {name!r}; there: {known}")
        value = value[key]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise KeyError(f"{'.'.join([name, *keys])} is {type(value).__name__}, not a number")
    return value


def _names(results: Path) -> list[str]:
    return sorted(file.stem for file in results.glob("*.json"))


def _value(expression: str, page: Page, config: Config) -> str:
    reference, _, form = (part.strip() for part in expression.partition("|"))
    if reference.startswith("constant "):
        return reference.removeprefix("constant ").strip()
    kind, _, rest = reference.partition(".")
    name, *parts = rest.split(".")
    if kind == "output" and parts:
        outputs = page.outputs_by_name()
        if name not in outputs:
            raise KeyError(f"no output named #{name}; there are {sorted(outputs)}")
        value: Any = _from_output(outputs[name], parts)
        if form:
            value = float(value.replace(",", ""))
    elif kind == "result" and parts:
        value = _from_result(config.root / config.results, name, parts)
    else:
        raise KeyError("write output.NAME.ROW, result.NAME.KEY or constant VALUE")
    return str(format(value, form))


def fill(page: Page, config: Config) -> list[tuple[int, int, str]]:
    """What to write in place of each binding of a page's prose.

    Args:
        page: the page.
        config: the course it belongs to.

    Returns:
        Start and end offset in the page's text, and the text to put there, in order.

    Raises:
        ContractError: bindings that name nothing.
    """
    filled: list[tuple[int, int, str]] = []
    problems: list[Problem] = []
    for offset, text in page.prose():
        for match in BINDING.finditer(_without(CODE_SPAN, text)):
            expression = match["expression"]
            if expression.startswith(("outline.", "errors.")):
                continue  # the lesson's outline and the index of errors, which the site fills
            start = offset + match.start()
            try:
                value = _value(expression, page, config)
            except (KeyError, ValueError) as error:
                message = f"{{{{ {expression} }}}}: {error.args[0]}"
                problems.append(Problem(config.relative(page.path), page.line_at(start), message))
            else:
                filled.append((start, offset + match.end(), value))
    if problems:
        raise ContractError(*problems)
    return filled


def _without(pattern: re.Pattern[str], text: str) -> str:
    """Blank out what the pattern finds, keeping every offset and line."""
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for part in re.split(r"(\n\s*\n)", text):
        if part.strip():
            yield at, part
        at += len(part)


def loose_numbers(page: Page, config: Config) -> list[Problem]:
    """Decimals and percentages in prose that are neither bound, nor sourced, nor constant."""
    problems = []
    for offset, text in page.prose():
        for pattern in (CODE_SPAN, COMMENT, BINDING):
            text = _without(pattern, text)
        for at, paragraph in _paragraphs(text):
            if SOURCE.search(paragraph):
                continue
            plain = _without(TAG, _without(LINK_TARGET, paragraph))
            for match in DECIMAL_OR_PERCENT.finditer(plain):
                line = page.line_at(offset + at + match.start())
                message = (
                    f"{match.group()!r} in prose is bound to no measurement; write "
                    "{{ output.NAME.ROW }}, {{ result.NAME.KEY }} or {{ constant VALUE }}, "
                    "or link its source in the same paragraph"
                )
                problems.append(Problem(config.relative(page.path), line, message))
    return problems
