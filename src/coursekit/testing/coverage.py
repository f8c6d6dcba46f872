"""Which lines of the packages no page and no test ran, from the run of all tests itself.

``slipcover`` counts while the tests run, in the processes that share them out. What a page embeds is
compiled by its session and not imported: the session hands it over to be counted, too. Processes that
tests start count for themselves, where they are told to by :func:`counting`.
"""

import ast
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

from coursekit.syntax import is_main_guard

__all__ = ["alone", "command", "counting", "instrument", "judge", "keep_counting", "missing"]

SOURCES = ("src/lessons", "src/coursekit")
FOLDER = Path(".cache") / "coverage"
# Where processes that tests start leave what they counted; set while all tests run.
VARIABLE = "COURSEKIT_COVERAGE"
NEVER = 2**31 - 1


def command(root: Path, arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return pytest's command line with counting, and the environment that it needs.

    What an earlier run counted is taken away.

    Args:
        root: the repository.
        arguments: pytest's, the word ``pytest`` first.
    """
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    counted = [
        "slipcover",
        "--source",
        ",".join(SOURCES),
        "--json",
        "--out",
        str(FOLDER / "run.json"),
    ]
    return [*counted, "-m", *arguments], {VARIABLE: str(folder)}


def counting(module: str, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the beginning of a command that runs a module, counted while all tests run.

    Args:
        module: what stands behind ``-m``.
        environment: tells whether all tests run.
    """
    if folder := environment.get(VARIABLE):
        handle, out = tempfile.mkstemp(".json", "process-", folder)
        os.close(handle)
        sources = ",".join(str(Path(folder).parents[1] / source) for source in SOURCES)
        counted = ["-m", "slipcover", "--source", sources, "--json", "--out", out]
        return [sys.executable, *counted, "-m", module]
    return [sys.executable, "-m", module]


def alone(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables for a process that counts for itself.

    Told of the run around it, it would take that run's counts for its own, and remove them.
    """
    return {name: value for name, value in environment.items() if not name.startswith("SLIPCOVER_")}


def keep_counting() -> None:
    """Leave what is counted as it is for the whole run, in this process.

    The counter would replace the code of lines that it has seen often, and look for all functions that
    hold it, in every frame's variables: with the libraries of a page loaded, that takes most of the
    time of a run. To count a line that was counted before costs next to nothing.
    """
    plugin = sys.modules.get("slipcover.pytest_plugin")
    if counter := getattr(plugin, "_slipcover_instance", None):
        counter.d_miss_threshold = NEVER


def instrument(code: CodeType) -> CodeType:
    """Let the lines of compiled code be counted, where this process counts."""
    plugin = sys.modules.get("slipcover.pytest_plugin")
    counter = getattr(plugin, "_slipcover_instance", None)
    return code if counter is None else counter.instrument(code)


def _runs(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.json")):
        try:
            yield json.loads(file.read_text("utf-8"))["files"]
        except json.JSONDecodeError:
            print(f"coverage: {file.name} is no whole count; its process was killed")


def missing(root: Path, folder: Path | None = None) -> dict[str, list[int]]:
    """Return the lines that nothing ran: file -> lines.

    What lies elsewhere is none of it: pages, whose blocks are compiled too, and copies of a course that
    tests make.

    Raises:
        FileNotFoundError: nothing was counted.
    """
    folder = folder or root / FOLDER
    known: dict[Path, set[int]] = {}
    ran: dict[Path, set[int]] = {}
    for files in _runs(folder):
        for name, lines in files.items():
            file = (root / name).resolve()
            known.setdefault(file, set()).update(lines["executed_lines"], lines["missing_lines"])
            ran.setdefault(file, set()).update(lines["executed_lines"])
    if not known:
        raise FileNotFoundError(f"nothing was counted in {folder}; run all tests: make test")
    here = root.resolve()
    return {
        file.relative_to(here).as_posix(): sorted(left)
        for file in sorted(known)
        if any(file.is_relative_to(here / source) for source in SOURCES)
        and (left := known[file] - ran[file] - _starts(file))
    }


def _starts(file: Path) -> set[int]:
    """The lines of a module's main guard, with its test.

    They run where the module is started as a program, which is a process of its own: no import by a
    test reaches them, and what they call is tested by its name.
    """
    body = ast.parse(file.read_bytes()).body if file.is_file() else []
    return {
        line
        for node in filter(is_main_guard, body)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def judge(root: Path, held: int = 0) -> int:
    """Print the lines that nothing ran, and return 1 if there are any.

    Args:
        root: the repository.
        held: blocks that were held before: what they run was not counted, so nothing is judged.
    """
    if held:
        print(f"coverage: not judged, {held} blocks were held before (FRESH=1 runs all)")
        return 0
    found = missing(root)
    for name, lines in found.items():
        print(f"{name}: no page and no test runs line {_ranges(lines)}")
    total = sum(map(len, found.values()))
    print(f"coverage of {' and '.join(SOURCES)}: {f'{total} lines missing' if total else '100 %'}")
    return 1 if found else 0


def _ranges(lines: Sequence[int]) -> str:
    parts: list[list[int]] = []
    for line in lines:
        if parts and line == parts[-1][-1] + 1:
            parts[-1].append(line)
        else:
            parts.append([line])
    return ", ".join(f"{p[0]}-{p[-1]}" if p[1:] else f"{p[0]}" for p in parts)
