"""The check as a notebook calls it: ``check("tokenizer", train)`` after the cell that defines ``train``."""

import inspect
import linecache
import os
import secrets
from collections.abc import Callable
from typing import Any

from lessons.labs import catalog, judging, progress
from lessons.labs.child import RUNS
from lessons.labs.gathering import gathered
from lessons.labs.verdicts import Verdict


def check(lab: str, *functions: Callable[..., Any], seed: int | None = None) -> None:
    """Check functions of a lab, print what is right and what is wrong, and note what passed.

    What they need of the notebook runs again in a process of its own: the imports, functions and constants
    that they use, and not what else it computed.

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
    names = {getattr(function, "__name__", "") for function in functions}
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
    """What functions need of the notebook or file that they stand in, as a file of its own.

    Raises:
        ValueError: a function was not written in Python, or its text is gone.
    """
    written = [inspect.unwrap(function) for function in functions]
    cells = written[0].__globals__.get("In") if inspect.isfunction(written[0]) else None
    texts = cells if isinstance(cells, list) else [*dict.fromkeys(map(_file_text, written))]
    return gathered(texts, [function.__name__ for function in functions])


def _file_text(function: Callable[..., Any]) -> str:
    """The whole file that defines a function."""
    file = inspect.getsourcefile(function) if inspect.isfunction(function) else None
    lines = linecache.getlines(file) if file else []
    if not lines:
        raise ValueError(f"no source of {function!r}: define it with def, in a cell or a file")
    return "".join(lines)


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
