"""Judges a learner's code for a lab: part by part, each with a verdict that says what is wrong and why."""

import ast
import hashlib
from pathlib import Path
from random import Random

from lessons.labs.catalog import Lab
from lessons.labs.limits import Limits
from lessons.labs.runner import Solution
from lessons.labs.verdicts import Verdict, WrongError

HERE = Path(__file__).parent
CASES = 40  # hidden inputs of a part, as a guide for its check


def judge(
    lab: Lab, source: str, parts: tuple[int, ...] = (), seed: int = 0, limits: Limits | None = None
) -> list[Verdict]:
    """Check a learner's code.

    Args:
        lab: what it is for.
        source: the code, as a file that stands alone.
        parts: numbers of the parts to check, from 1; all by default.
        seed: chooses the hidden inputs.
        limits: what a process of the code may take; as the lab says by default.

    Returns:
        A verdict for each part, in order.
    """
    wanted = parts or tuple(range(1, len(lab.parts) + 1))
    try:
        waiting = untouched(source)
    except SyntaxError as error:
        text = f"line {error.lineno} is no Python: {error.msg}.\n  {(error.text or '').strip()}"
        return [Verdict(part, False, text, begun=False) for part in wanted]
    return [_one(lab, part, source, waiting, seed, limits) for part in wanted]


def _one(
    lab: Lab, part: int, source: str, waiting: frozenset[str], seed: int, limits: Limits | None
) -> Verdict:
    functions = lab.parts[part - 1].functions
    if begin := [name for name in functions if name in waiting]:
        which = f"{' and '.join(begin)} is " if len(begin) < len(functions) else ""
        text = (
            f"{which}still as the starter left it. Put your own code in place of the ..., "
            "then check again. The page has two hints."
        )
        return Verdict(part, False, text, begun=False)
    before = _files()
    solution = Solution(source, limits or lab.limits)
    try:
        with solution:
            for name, arguments in functions.items():
                solution.require(name, arguments)
            lab.check(part)(solution, Random(f"{lab.name} {part} {seed}"))
        wrong = _put_back(before)
    except WrongError as error:
        _put_back(before)
        wrong = str(error)
    text = wrong or f"passed: {lab.parts[part - 1].asks}."
    if solution.unlimited:
        text += f"\n  ({solution.unlimited})"
    return Verdict(part, not wrong, text, solution.printed)


def _files() -> dict[Path, bytes]:
    """The files of the checks as they are."""
    return {path: path.read_bytes() for path in sorted(HERE.rglob("*.py"))}


def _put_back(before: dict[Path, bytes]) -> str:
    """Undo what a learner's code did to the files of the checks, and say so; nothing if it did nothing."""
    changed = [
        path for path, data in before.items() if not path.is_file() or path.read_bytes() != data
    ]
    for path in changed:
        beside = path.with_suffix(".put-back")
        beside.write_bytes(before[path])
        beside.replace(path)  # in one step, for whoever reads the file meanwhile
    if not changed:
        return ""
    names = ", ".join(path.name for path in changed)
    return (
        f"your code changes the check's own files ({names}), which were put back.\n"
        "Why: a check that is made to say yes says nothing about your function."
    )


def digest(source: str) -> str:
    """A short name of a learner's code, to tell later which one passed."""
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def untouched(source: str) -> frozenset[str]:
    """The functions of a file whose body, where they are last defined, is still the ``...`` of the starter.

    Raises:
        SyntaxError: no Python.
    """
    waits = {
        node.name: _is_open(node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
    return frozenset(name for name, is_open in waits.items() if is_open)


def _is_open(node: ast.FunctionDef) -> bool:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return all(ast.unparse(statement) == "..." for statement in body)
