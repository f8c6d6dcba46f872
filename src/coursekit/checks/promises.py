"""What the course promises, one line each, in a committed file.

A wider band, an exact output made a sample, an assert taken out, a lint rule switched off, a deleted
test: each leaves everything green, and a reviewer may overlook it among many lines. The file counts what
could be weakened without a word, so each of these changes a line of it. :func:`problems` compares the
file with the course, and ``python -m coursekit promises`` writes it anew; the difference stands in the
pull request.

A line says where, what, and how much::

    docs/lesson-4/prompting.md | asserts: 40
"""

import ast
import difflib
import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from coursekit import text
from coursekit.built.checks import INDEX_LIMIT, LAB_LIMIT, PAGE_LIMIT
from coursekit.checks import form
from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.kinds.output import tolerance
from coursekit.page import comparison, reading
from coursekit.page.comparison import Tolerance
from coursekit.page.contents import Page
from coursekit.page.numbers import fill
from coursekit.page.results import records
from coursekit.parser import load
from coursekit.problems import Problem

__all__ = ["lines", "problems", "write"]

COMMAND = "python -m coursekit promises"
HEADER = f"""\
# What the course promises, so that no promise weakens unseen. `{COMMAND}` writes this file.
"""
# The tables of pyproject.toml that decide what passes.
TOOLS = (
    "coursekit", "coverage", "importlinter", "mypy", "pytest", "ruff", "slipcover", "typos",
)  # fmt: skip
# What code and scripts use to keep a tool quiet.
QUIET = re.compile(r"#\s*(?P<how>noqa|type:\s*ignore|pragma:\s*no cover|fmt:\s*off)")
MARKS = ("skip", "skipif", "xfail", "nightly", "hub", "real", "filterwarnings", "timeout")
WIDTH = 108  # what src is held to; a longer line on a page is scrolled sideways by many readers
SHOWN = 40  # lines of a difference: more would bury what matters, and the command shows all
DIGITS = 16  # of a digest


def problems(config: Config) -> list[Problem]:
    """Promises that are not those of the committed file, in one problem; none for a course without one.

    Raises:
        ContractError: a page that cannot be read.
    """
    if not config.promises:
        return []
    file = config.root / config.promises
    kept = text.lines(text.read_text(file, Path(config.promises))) if file.is_file() else []
    found = text.lines(_text(config))
    changes = [
        line
        for line in difflib.unified_diff(kept, found, n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]
    if not changes:
        return []
    shown = "\n  ".join(changes[:SHOWN])
    rest = f"\n  and {len(changes) - SHOWN} more" if len(changes) > SHOWN else ""
    message = (
        f"the course promises something else than this file says:\n  {shown}{rest}\n"
        f"if that is meant, run `{COMMAND}`, commit the file, and say why in the pull request"
    )
    return [Problem(config.relative(file), _first(kept, found), message)]


def write(config: Config) -> Path:
    """Write the file anew.

    Returns:
        The file.

    Raises:
        ValueError: the course names no file for its promises.
        ContractError: a page that cannot be read.
    """
    if not config.promises:
        raise ValueError('set [tool.coursekit] promises = "promises.txt"')
    file = config.root / config.promises
    write_atomically(file, _text(config))
    return file


def _text(config: Config) -> str:
    return HEADER + "".join(f"{line}\n" for line in lines(config))


def _first(kept: list[str], found: list[str]) -> int:
    """Line of the file at which the two begin to differ."""
    same = next((n for n, (a, b) in enumerate(zip(kept, found, strict=False)) if a != b), None)
    return 1 + (min(len(kept), len(found)) if same is None else same)


def lines(config: Config) -> Iterator[str]:
    """All promises of the course, in an order that does not change.

    Raises:
        ContractError: a page that cannot be read.
    """
    for path in config.page_files:
        place = config.relative(path).as_posix()
        yield from (f"{place} | {promise}" for promise in _of_page(load(path, config), config))
    for path, record in records(config):
        yield f"{config.relative(path).as_posix()} | {_of_record(record)}"
    yield from (f"pyproject.toml | {promise}" for promise in _of_settings(config))
    yield from (f"limits | {promise}" for promise in _limits(config))
    yield from _of_sources(config)


def _counted(found: Iterable[str]) -> str:
    """Each distinct text, with how often it occurs where that is more than once."""
    counts = Counter(found)
    return ", ".join(f"{text} x{n}" if n > 1 else text for text, n in sorted(counts.items()))


def _of_page(page: Page, config: Config) -> Iterator[str]:
    python = page.code
    printed = page.outputs
    asserts = sum(_asserts(block.code.text) for block in python)
    facts = {
        "blocks": _counts(block.kind.name for block in page.blocks),
        "outputs": _counts(tolerance(block).value for block in printed),
        "bands": _counted(
            block.attributes["within"]
            for block in printed
            if tolerance(block) is Tolerance.MEASURED
        ),
        "provenance": str(sum("provenance" in block.classes for block in printed) or ""),
        "long lines": str(sum(len(line) > WIDTH for _, line in form.own_code(page)) or ""),
        "raises": _counted(block.raises for block in python if block.raises),
        "asserts": str(asserts) if python else "",
    }
    yield from (f"{name}: {value}" for name, value in facts.items() if value)
    for block in page.blocks:
        if block.skip is not None:
            yield f"skip: {block.skip}"
    filled = sorted((page.text[start:end], value) for start, end, value in fill(page, config))
    for (written, value), count in sorted(Counter(filled).items()):
        yield f"{' '.join(written.split())} = {value}" + (f" x{count}" if count > 1 else "")


def _counts(found: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(Counter(found).items()))


def _asserts(source: str) -> int:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return 0  # reported where the block runs
    return sum(isinstance(node, ast.Assert) for node in ast.walk(tree))


def _of_record(record: Mapping[str, Any]) -> str:
    cells = record.get("cells", [])
    measured = json.dumps(cells, sort_keys=True, ensure_ascii=False).encode()
    digest = hashlib.sha256(measured).hexdigest()[:DIGITS]
    return f"tolerance {record.get('tolerance')}, cells {len(cells)}, digest {digest}"


def _of_settings(config: Config) -> Iterator[str]:
    file = config.root / "pyproject.toml"
    settings = tomllib.loads(text.read_text(file, Path(file.name))) if file.is_file() else {}
    for tool in TOOLS:
        if tool in settings.get("tool", {}):
            yield from _leaves(f"tool.{tool}", settings["tool"][tool])


def _leaves(name: str, value: Any) -> Iterator[str]:
    """Each setting on a line; a list of plain values stands on one."""
    if isinstance(value, dict):
        for key, inner in sorted(value.items()):
            yield from _leaves(f"{name}.{key}", inner)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for item in value:
            yield f"{name}: {json.dumps(item, sort_keys=True, ensure_ascii=False)}"
    else:
        yield f"{name}: {json.dumps(value, ensure_ascii=False)}"


def _limits(config: Config) -> Iterator[str]:
    """What is compared with a bound, and the bounds, whether they are settings or constants."""
    yield f"words and lines read in a minute: {reading.WORDS_PER_MINUTE}, {reading.LINES_PER_MINUTE}"
    yield f"seconds and MB of a lesson page: {config.seconds_limit}, {config.memory_limit_mb}"
    yield f"characters in a line of a page's code: {config.line_limit}"
    yield f"exact outputs: {comparison.RELATIVE:g} of a number that is no integer"
    yield f"costs: to a factor of {comparison.FACTOR:g}"
    weights = PAGE_LIMIT, LAB_LIMIT, INDEX_LIMIT
    yield "bytes of a page, a lab and the search index: " + ", ".join(f"{n:,}" for n in weights)


def _of_sources(config: Config) -> Iterator[str]:
    for folder in ("src", config.snippets, "tests"):
        for path in sorted((config.root / folder).rglob("*.py"), key=Path.as_posix):
            name = config.relative(path)
            place, source = name.as_posix(), text.read_text(path, name)
            quiet = _counts("".join(m["how"].split()) for m in QUIET.finditer(source))
            if folder == "tests":
                yield f"{place} | {_of_test(ast.parse(source))}" + (f", {quiet}" if quiet else "")
            elif quiet:
                yield f"{place} | {quiet}"


def _of_test(tree: ast.Module) -> str:
    """What a file of tests holds: functions, the cases listed for them, what they demand, their marks."""
    nodes = list(ast.walk(tree))
    names = [ast.unparse(n.func) for n in nodes if isinstance(n, ast.Call)]
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    counts = {
        "tests": sum(n.name.startswith("test_") for n in functions),
        "cases": sum(map(_cases, nodes)),
        "asserts": sum(isinstance(n, ast.Assert) for n in nodes),
        "raises": sum(name.startswith("pytest.raises") for name in names),
    }
    marks = [n.attr for n in nodes if isinstance(n, ast.Attribute) and n.attr in MARKS]
    return _joined(counts) + (f", {_counts(marks)}" if marks else "")


def _joined(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _cases(node: ast.AST) -> int:
    """How many cases a call of ``parametrize`` lists, where they are listed in place."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(".parametrize"):
        return 0
    listed = node.args[1] if len(node.args) > 1 else None
    return len(listed.elts) if isinstance(listed, ast.List | ast.Tuple) else 0
