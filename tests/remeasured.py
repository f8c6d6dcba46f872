"""Which cells of the records a run of the tests measures again, and what has to come out.

Measuring all takes hours, so a run takes one cell of each record that a change touches, and as many of
the others as a budget allows: other ones after each commit, so that every record has its turn.
"""

import hashlib
import json
import math
import shutil
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from lessons.catalog.experiment import Experiment, Record, Values

ROOT = Path(__file__).parents[1]
RESULTS = "src/lessons/results"
BUDGET = (
    8.0  # CPU seconds for the records that no change touched; a dearer cell waits for the night
)
SHARE = (
    0.05  # how far the share of a list of hits may be off, whatever the record says of a single one
)
MOST = 400.0  # CPU seconds that a cell of a changed record may take in a run that gates
BRANCHES = ("origin/main", "main")
# What a record says that measuring again can refute.
REFUTABLE = ("cells", "tolerance", "definitions", "data")


AT_NIGHT = (pytest.mark.nightly, pytest.mark.timeout(4 * 3600))


def marks(experiment: Experiment, chosen: bool) -> tuple[pytest.MarkDecorator, ...]:
    """Mark what measures a record again: in which run it has its turn.

    Args:
        experiment: what is measured.
        chosen: whether its turn is in each run. What reads real models or texts never is in a run that
            gates, only in one that asks for what is ``real``: ``make test-real`` takes what is chosen,
            ``pytest -m real tests/test_records.py`` all.
    """
    if experiment.models:
        always = (pytest.mark.real, pytest.mark.timeout(4 * 3600))
        return always if chosen else (*always, pytest.mark.nightly)
    return () if chosen else AT_NIGHT


def assert_same_numbers(
    again: Values, recorded: Values, tolerance: float | Mapping[str, float | None]
) -> None:
    """Compare all scores; counts of tokens are large, and compared to a thousandth.

    Single hits may differ, where two answers are nearly equally likely. Their shares are compared, since a
    tolerance of 1 lets each hit pass.

    A text that a model wrote by chance is not compared: another last digit of a weight changes it. Neither
    is a time, of which the record says so; it must be one.
    """
    assert again.keys() == recorded.keys()
    for stem, names in hits(recorded).items():
        before, after = (
            fmean(float(values[name]) for name in names) for values in (recorded, again)
        )
        assert abs(after - before) <= SHARE, stem
    for name, value in recorded.items():
        if isinstance(value, str):
            assert isinstance(again[name], str), name
            continue
        slack = value * 0.001 if name == "tokens" else band(name, tolerance)
        if slack is None:
            assert 0 < again[name] < math.inf, name
            continue
        assert math.isclose(again[name], value, rel_tol=0, abs_tol=slack), name


def hits(values: Values) -> dict[str, list[str]]:
    """Names of numbered scores that are all 0 or 1, by what stands before their number."""
    found: dict[str, list[str]] = {}
    for name in values:
        stem, _, number = name.rpartition(".")
        if stem and number.isdigit():
            found.setdefault(stem, []).append(name)
    return {
        stem: names
        for stem, names in found.items()
        if len(names) > 1 and {values[name] for name in names} <= {0, 1}
    }


def band(name: str, tolerance: float | Mapping[str, float | None]) -> float | None:
    """How far a score may be off, of a record whose scores may differ in that; None for a time.

    Numbered scores (``nats.0``, ``nats.1``) are named once, by what stands before the number.
    """
    if not isinstance(tolerance, Mapping):
        return tolerance
    stem, _, number = name.rpartition(".")
    called = stem if stem and number.isdigit() else name
    return tolerance.get(name, tolerance.get(called, tolerance["others"]))


def cost(record: Record) -> float:
    """Return the CPU seconds that one cell of a record took at most: all cores, all the time."""
    return float(record["seconds"] / record["n"] * record["machine"]["cores"])


def rank(commit: str, name: str) -> int:
    """Return a number that looks drawn, and is the same in each process of a run."""
    return int(hashlib.sha256(f"{commit} {name}".encode()).hexdigest(), 16)


def choose(
    records: Mapping[str, Record], changed: Collection[str], commit: str, budget: float = BUDGET
) -> dict[str, int]:
    """Choose the cells of a run: name of the record -> index of the cell.

    Args:
        records: those that can be measured again.
        changed: names of those that the change touches; their cells are on top of the budget.
        commit: hash of the commit; another one chooses other records and cells.
        budget: CPU seconds for the other records; a cell that costs more is never chosen.
    """
    chosen: list[str] = []
    left = budget
    for name in sorted(records, key=lambda name: rank(commit, name)):
        price = cost(records[name])
        if name in changed and price <= max(budget, MOST):
            chosen.append(name)
        elif name not in changed and price <= left:
            chosen.append(name)
            left -= price
    return {name: rank(commit, name) % records[name]["n"] for name in sorted(chosen)}


def choose_real(
    names: Collection[str], records: Mapping[str, Record], commit: str
) -> dict[str, int]:
    """Choose a cell of each record of real models: name -> index, another one after each commit."""
    return {name: rank(commit, name) % records[name]["n"] for name in sorted(names)}


def label(name: str, cell: Mapping[str, Any]) -> str:
    """Name a cell, for people and as the id of a test."""
    return f"{name}:{','.join(f'{key}={value}' for key, value in cell['parameters'].items())}"


def git(*arguments: str, root: Path = ROOT) -> str:
    """Return what git says, or nothing where there is no git, no repository or no such thing."""
    if (program := shutil.which("git")) is None:
        return ""
    done = subprocess.run(
        [program, "-C", str(root), *arguments], capture_output=True, text=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    return done.stdout.strip() if done.returncode == 0 else ""


def changed_records(records: Mapping[str, Record], root: Path = ROOT) -> set[str]:
    """Name the records of which something that measuring can refute changed since the main branch.

    Without git, or without a main branch, there are none.
    """
    bases: Sequence[str] = [
        base for b in BRANCHES if (base := git("merge-base", "HEAD", b, root=root))
    ]
    return {name for name in records if bases and _changed(records[name], bases[0], root)}


def _changed(record: Record, base: str, root: Path) -> bool:
    text = git("show", f"{base}:{RESULTS}/{record['name']}.json", root=root)
    before = json.loads(text) if text else {"cells": []}
    return any(before.get(key, record[key]) != record[key] for key in REFUTABLE)
