"""The check as a notebook calls it: ``check("tokenizer", train)`` after the cell that defines ``train``."""

import ast
import builtins
import inspect
import linecache
import os
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from lessons.labs import catalog, judging, progress
from lessons.labs.child import RUNS
from lessons.labs.verdicts import Verdict

DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPUTING = (ast.Call, ast.Await, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def check(lab: str, *functions: Callable[..., Any], seed: int | None = None) -> None:
    """Check functions of a lab, print what is right and what is wrong, and note what passed.

    What the notebook defines runs again in a process of its own: its imports and functions, and not what
    it computed with them.

    Args:
        lab: its name.
        functions: your functions; those parts are checked that need no other ones.
        seed: chooses the hidden inputs; a new one each time by default.

    Raises:
        ValueError: no such lab, no function of it, or a function without source.
    """
    if os.environ.get(RUNS):  # the learner's own file, running inside of a check
        return
    found = catalog.find(lab)
    names = {function.__name__ for function in functions}
    parts = tuple(
        number for number, part in enumerate(found.parts, 1) if part.functions.keys() <= names
    )
    if not parts:
        asked = "; ".join(", ".join(part.functions) for part in found.parts)
        raise ValueError(f"give the functions of at least one part: {asked}")
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    source = source_of(*functions)
    print(report(found, source, judging.judge(found, source, parts, chosen), chosen))


def source_of(*functions: Callable[..., Any]) -> str:
    """The definitions of the notebook or file that functions stand in, as a file of its own.

    Taken are imports, functions, classes, and plain assignments, from all that ran so far.
    What computes is left out: a check must not train again all that the notebook trained.

    Raises:
        ValueError: a function was not written in Python, or its text is gone.
    """
    cells = functions[0].__globals__.get("In") if inspect.isfunction(functions[0]) else None
    texts = dict.fromkeys(cells if isinstance(cells, list) else map(_file_text, functions))
    known: set[str] = set()
    return "\n\n".join(part for text in texts for part in _definitions(text, known))


def _file_text(function: Callable[..., Any]) -> str:
    """The whole file that defines a function."""
    file = inspect.getsourcefile(function) if inspect.isfunction(function) else None
    lines = linecache.getlines(file) if file else []
    if not lines:
        raise ValueError(f"no source of {function!r}: define it with def, in a cell or a file")
    return "".join(lines)


def _definitions(text: str, known: set[str]) -> Iterator[str]:
    """The statements of a cell that define something; none for a cell that is no plain Python.

    Args:
        text: the cell.
        known: the names that are defined so far; those of the cell are added.
    """
    try:
        body = ast.parse(text).body
    except SyntaxError:  # a cell with a command of the notebook's: what it does is not Python
        return
    for node in body:
        if isinstance(node, DEFINING) or _is_plain(node, known):
            known |= _names(node)
            yield _with_decorators(text, node)


def _names(node: ast.stmt) -> set[str]:
    """The names that a statement defines."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(name.asname or name.name).partition(".")[0] for name in node.names}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return {str(getattr(node, "name", ""))}


def _is_plain(node: ast.stmt, known: set[str]) -> bool:
    """Whether a statement gives a name to something that takes no computing."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    parts = list(ast.walk(node.value))
    used = {part.id for part in parts if isinstance(part, ast.Name)}
    return used <= known | vars(builtins).keys() and not any(
        isinstance(p, COMPUTING) for p in parts
    )


def _with_decorators(text: str, node: ast.stmt) -> str:
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])


def report(lab: catalog.Lab, source: str, verdicts: list[Verdict], seed: int) -> str:
    """What to tell the learner; what passed is noted in the file of progress."""
    rows = [part_text(lab, verdict) for verdict in verdicts]
    if passed := [verdict.part for verdict in verdicts if verdict.passed]:
        rows.append(_noted(lab, passed, seed, judging.digest(source)))
    if any(verdict.begun and not verdict.passed for verdict in verdicts):
        rows.append(f"The hidden inputs were those of seed={seed}; another seed asks for others.")
    return "\n".join(rows)


def part_text(lab: catalog.Lab, verdict: Verdict) -> str:
    """A verdict in words, with what the code printed."""
    names = ", ".join(lab.parts[verdict.part - 1].functions)
    text = f"Part {verdict.part} of {len(lab.parts)} ({names}): {verdict.text}"
    if verdict.printed:
        text += "\n  your code printed: " + verdict.printed[:500].rstrip().replace("\n", "\n    ")
    return text


def _noted(lab: catalog.Lab, passed: list[int], seed: int, digest: str) -> str:
    try:
        file = progress.place()
        progress.record(file, lab.name, passed, seed, digest)
        done = len(progress.read(file)[lab.name])
    except (OSError, ValueError, ImportError) as error:
        return f"This could not be noted in your file of progress: {error}"
    return f"{done} of {len(lab.parts)} parts passed so far, noted in {file.name}"
