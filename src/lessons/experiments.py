"""Measurements that take longer than a page may: run once, recorded with all that they depend on.

``python -m lessons.experiments NAME`` measures every cell of an experiment and writes
``results/NAME.json``. Pages load that file; tests reject it when a definition or a file behind it has
changed, and measure some of its cells again. ``--stale`` says what has changed, and what it costs to
record anew; ``--summarise`` renews what prose quotes of a record, and measures nothing.
"""

import argparse
import hashlib
import json
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from filelock import FileLock, Timeout

from lessons.catalog.experiment import Cell, Experiment, Record, Values
from lessons.machine import machine, peak_memory
from lessons.registry import EXPERIMENTS
from lessons.stopping import STOPPED

RESULTS = Path(__file__).parent / "results"


def find(name: str) -> Experiment:
    """Look an experiment up by name.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in EXPERIMENTS:
        raise ValueError(f"no experiment {name!r}: take one of {', '.join(sorted(EXPERIMENTS))}")
    return EXPERIMENTS[name]


def run(experiment: Experiment, folder: Path = RESULTS, parts: Path | None = None) -> Path:
    """Measure every cell and write the record: values, summary, and all that they depend on.

    What was measured before a stop is not measured again, as long as nothing has changed that the
    measurement depends on, down to the machine and the versions of the libraries.

    Args:
        experiment: the one to measure.
        folder: the records'.
        parts: folder in which cells are kept until all of them are there; the user's cache if None.

    Raises:
        OSError: nothing can be written into the folder, or another process measures the same; known
            before the first cell.
    """
    place = folder.resolve()
    with tempfile.TemporaryDirectory(dir=next(p for p in (place, *place.parents) if p.exists())):
        pass  # that a record can be written is known before hours of measuring
    day = datetime.now(UTC).date().isoformat()
    basis: Record = {
        "machine": machine(),
        "versions": {"python": platform.python_version(), **_versions(experiment.packages)},
        "definitions": experiment.definitions(),
        "data": experiment.data_digests(),
    }
    kept = _Parts(experiment.name, basis, parts)
    with kept.alone():
        cells = []
        for number, cell in enumerate(experiment.cells, start=1):
            cells.append(kept.measure(experiment, cell))
            progress = f"{number}/{len(experiment.cells)} {kept.seconds:.0f} s {cells[-1]}"
            print(progress, file=sys.stderr)
    record = {
        "name": experiment.name,
        "question": experiment.question,
        "date": day,
        "seconds": round(kept.seconds, 1),
        "memory_mb": kept.memory,
        "n": len(cells),
        "seeds": sorted({cell["seed"] for cell in experiment.cells if "seed" in cell}),
        "tolerance": experiment.tolerance,
        **basis,
        "summary": experiment.summarise(cells),
        "cells": cells,
    }
    path = save_result(record, folder)
    kept.forget()
    print(f"{path}: {record['n']} cells in {record['seconds']} s")
    return path


class _Parts:
    """Cells of a record that is not complete yet.

    Attributes:
        name: the record's.
        file: where they are kept; its name depends on all that they depend on.
        seconds: that all cells asked for took.
        memory: the most that measuring one took, in MB.
    """

    def __init__(self, name: str, basis: Record, folder: Path | None) -> None:
        from platformdirs import user_cache_path

        folder = folder or user_cache_path("llm-development-fundamentals") / "cells"
        digest = hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()
        self.name, self.file = name, folder / f"{name}-{digest[:16]}.json"
        self.seconds, self.memory = 0.0, peak_memory()
        self.known: dict[str, Record] = {}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from measuring the same, and take what was measured before a stop.

        Raises:
            OSError: another process is at it.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.file.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise OSError(f"{self.name} is being recorded by another process") from error
        try:
            read = json.loads(self.file.read_text("utf-8")) if self.file.is_file() else []
            self.known = {self._key(part["parameters"]): part for part in read}
            yield
        finally:
            lock.release()
            Path(lock.lock_file).unlink(missing_ok=True)

    @staticmethod
    def _key(cell: Cell) -> str:
        return json.dumps(cell, sort_keys=True)

    def measure(self, experiment: Experiment, cell: Cell) -> Record:
        """Return a cell with its values: as they are kept, or measured now and kept."""
        part = self.known.get(self._key(cell))
        if part is None:
            start = time.perf_counter()
            values = experiment.run(cell)
            part = {
                "parameters": cell, "values": values,
                "seconds": time.perf_counter() - start, "memory_mb": peak_memory(),
            }  # fmt: skip
            self.known[self._key(cell)] = part
            _write(self.file, [*self.known.values()])
        self.seconds += part["seconds"]
        self.memory = max(self.memory or 0, part["memory_mb"] or 0) or None
        return {name: part[name] for name in ("parameters", "values")}

    def forget(self) -> None:
        """Remove the file, when the record is written."""
        self.file.unlink(missing_ok=True)


def _versions(packages: Sequence[str]) -> dict[str, str]:
    return {package: version(package) for package in packages}


def save_result(record: Record, folder: Path = RESULTS) -> Path:
    """Write a record whole or not at all, and return its path."""
    path = folder / f"{record['name']}.json"
    _write(path, record)
    return path


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        whole = Path(scratch) / path.name
        whole.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        whole.replace(path)


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


def summarise(names: Sequence[str], folder: Path = RESULTS) -> None:
    """Sum up what was recorded again: after a change of what prose quotes, and not of what is measured."""
    for name in names:
        record = load_result(name, folder)
        summary = find(name).summarise(record["cells"])
        if summary != record["summary"]:
            save_result(record | {"summary": summary}, folder)
            print(f"{name}: summed up anew")


def changes(record: Record) -> list[str]:
    """Name the definitions, files and cells that have changed, come or gone since the record was made."""
    experiment = find(record["name"])
    wanted = {json.dumps(cell, sort_keys=True) for cell in experiment.cells}
    recorded = {json.dumps(cell["parameters"], sort_keys=True) for cell in record["cells"]}
    now = experiment.definitions() | experiment.data_digests()
    then = record["definitions"] | record["data"]
    return [
        *(f"changed: {name}" for name in sorted(now.keys() & then) if now[name] != then[name]),
        *(f"came: {name}" for name in sorted(now.keys() - then.keys())),
        *(f"went: {name}" for name in sorted(then.keys() - now.keys())),
        *(f"cell came: {cell}" for cell in sorted(wanted - recorded)),
        *(f"cell went: {cell}" for cell in sorted(recorded - wanted)),
    ]


def other_versions(record: Record) -> list[str]:
    """Name what the record was made with and is installed in another version, or not at all."""
    differing = []
    for package, then in record["versions"].items():
        try:
            now = platform.python_version() if package == "python" else version(package)
        except PackageNotFoundError:
            now = "none"
        if now.partition("+")[0] != then.partition("+")[0]:  # `+cpu` says who built it
            differing.append(f"{package} {then}, here {now}")
    return differing


def print_stale(names: Sequence[str], folder: Path) -> bool:
    """Print which records are stale, why, and what it costs to record them anew.

    Returns:
        Whether any is.
    """
    minutes, stale = [], []
    for name in names:
        if not (folder / f"{name}.json").is_file():
            minutes.append(0.0)
            stale.append(name)
            print(f"{name}: stale, never recorded")
            continue
        record = load_result(name, folder)
        if reasons := changes(record):
            minutes.append(record["seconds"] / 60)
            stale.append(name)
            print(f"{name}: stale, {minutes[-1]:.0f} minutes to record anew", *reasons, sep="\n  ")
        if other := other_versions(record):
            print(f"{name}: made with {'; '.join(other)} (no reason to be stale)")
    print(
        f"{len(minutes)} of {len(names)} records stale, {sum(minutes):.0f} minutes to record anew"
    )
    if stale:
        print("record them anew: python -m lessons.experiments", *stale)
    return bool(stale)


def recompute(record: Record, index: int) -> Values:
    """Measure one cell of a record again, here and now."""
    return find(record["name"]).run(record["cells"][index]["parameters"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run experiments by name, list them, or say which records are stale."""
    parser = argparse.ArgumentParser(prog="python -m lessons.experiments", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="experiments to run and record")
    parser.add_argument("--all", action="store_true", help="run all of them")
    parser.add_argument("--list", action="store_true", help="list them and stop")
    parser.add_argument(
        "--stale", action="store_true", help="say which records are stale, and stop: 1 if any is"
    )
    parser.add_argument(
        "--summarise", action="store_true", help="sum their cells up again, and measure nothing"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the records")
    options = parser.parse_args(arguments)
    if options.list:
        for name in sorted(EXPERIMENTS):
            print(f"{name}: {EXPERIMENTS[name].question}")
        return 0
    everything = options.all or (options.stale and not options.names)
    names = sorted(EXPERIMENTS) if everything else options.names
    if not names:
        parser.error(f"name an experiment, or --all: {', '.join(sorted(EXPERIMENTS))}")
    try:
        chosen = [find(name) for name in names]
    except ValueError as error:
        parser.error(str(error))
    if options.stale:
        return int(print_stale(names, options.results))
    if options.summarise:
        summarise(names, options.results)
        return 0
    try:
        for experiment in chosen:
            run(experiment, options.results)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on with the cells that are left", file=sys.stderr)
        return STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
