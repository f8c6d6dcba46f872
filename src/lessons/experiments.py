"""Measurements that take longer than a page may: run once, recorded with all that they depend on.

``python -m lessons.experiments NAME`` measures every cell of an experiment and writes
``results/NAME.json``. Pages load that file; tests reject it when the code behind it has changed, and
measure one of its cells again.
"""

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from lessons.catalog import EXPERIMENTS
from lessons.catalog.experiment import Experiment, Record, Values
from lessons.machine import machine, peak_memory

RESULTS = Path(__file__).parent / "results"


def find(name: str) -> Experiment:
    """Look an experiment up by name.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in EXPERIMENTS:
        raise ValueError(f"no experiment {name!r}: take one of {', '.join(sorted(EXPERIMENTS))}")
    return EXPERIMENTS[name]


def run(experiment: Experiment) -> Record:
    """Measure every cell and return the record: values, summary, and all that they depend on."""
    start, day = time.perf_counter(), datetime.now(UTC).date().isoformat()
    cells = []
    for number, cell in enumerate(experiment.cells, start=1):
        cells.append({"parameters": cell, "values": experiment.run(cell)})
        seconds = time.perf_counter() - start
        print(f"{number}/{len(experiment.cells)} {seconds:.0f} s {cells[-1]}", file=sys.stderr)
    return {
        "name": experiment.name,
        "question": experiment.question,
        "date": day,
        "seconds": round(time.perf_counter() - start, 1),
        "memory_mb": peak_memory(),
        "n": len(cells),
        "seeds": sorted({cell["seed"] for cell in experiment.cells if "seed" in cell}),
        "tolerance": experiment.tolerance,
        "machine": machine(),
        "versions": {"python": platform.python_version(), **_versions(experiment.packages)},
        "sources": experiment.sources(),
        "summary": experiment.summarise(cells),
        "cells": cells,
    }


def _versions(packages: Sequence[str]) -> dict[str, str]:
    return {package: version(package) for package in packages}


def save_result(record: Record, folder: Path = RESULTS) -> Path:
    """Write a record whole or not at all, and return its path."""
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    path = folder / f"{record['name']}.json"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        whole = Path(scratch) / path.name
        whole.write_text(text, encoding="utf-8")
        whole.replace(path)
    return path


def load_result(name: str, folder: Path = RESULTS) -> Record:
    """Load what was recorded.

    Raises:
        FileNotFoundError: nothing was recorded under that name.
    """
    path = folder / f"{name}.json"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.json"))) or "none"
        raise FileNotFoundError(
            f"no record of {name!r} (recorded: {known}); "
            f"make it with: python -m lessons.experiments {name}"
        )
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    return record


def stale_sources(record: Record) -> list[str]:
    """Name the files that have changed, come or gone since the record was made."""
    now, then = find(record["name"]).sources(), record["sources"]
    return sorted(path for path in now.keys() | then.keys() if now.get(path) != then.get(path))


def recompute(record: Record, index: int) -> Values:
    """Measure one cell of a record again, here and now."""
    return find(record["name"]).run(record["cells"][index]["parameters"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run experiments by name, or list them."""
    parser = argparse.ArgumentParser(prog="python -m lessons.experiments", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="experiments to run and record")
    parser.add_argument("--all", action="store_true", help="run all of them")
    parser.add_argument("--list", action="store_true", help="list them and stop")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the records")
    options = parser.parse_args(arguments)
    if options.list:
        for name in sorted(EXPERIMENTS):
            print(f"{name}: {EXPERIMENTS[name].question}")
        return 0
    names = sorted(EXPERIMENTS) if options.all else options.names
    if not names:
        parser.error(f"name an experiment, or --all: {', '.join(sorted(EXPERIMENTS))}")
    try:
        chosen = [find(name) for name in names]
    except ValueError as error:
        parser.error(str(error))
    for experiment in chosen:
        record = run(experiment)
        path = save_result(record, options.results)
        print(f"{path}: {record['n']} cells in {record['seconds']} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
