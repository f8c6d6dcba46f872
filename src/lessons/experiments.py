"""Measurements that take longer than a page may: run once, recorded with all that they depend on.

``python -m lessons.experiments NAME`` measures every cell of an experiment and writes
``results/NAME.json``. Pages load that file; tests reject it when the code behind it has changed, and
measure one of its cells again.
"""

import argparse
import importlib
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lessons.fingerprint import code_fingerprint, imported_sources
from lessons.machine import machine, peak_memory

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
SEEDS = (0, 1, 2, 3, 4)
STUDENT_T = {4: 2.776}  # degrees of freedom -> half width of a 95 % interval, in standard errors

Values = dict[str, float]
Cell = dict[str, Any]
Record = dict[str, Any]


@dataclass(frozen=True)
class Experiment:
    """A question, and how its answer is measured.

    Attributes:
        name: the name of its record.
        question: what it asks, in one line.
        measure: ``module:function`` in `lessons`; the function takes a cell's parameters by name and
            returns numbers by name. A name and not the function, so that listing imports nothing.
        cells: the parameters of each measurement.
        summarise: turns the cells, each with ``parameters`` and ``values``, into what prose quotes.
        tolerance: how far, absolutely, a number may be off when a cell is measured again.
        packages: distributions whose versions matter.
        repeatable: whether the same numbers come out again; times do not.
        data: files below ``src`` that it depends on beside code: the weights of a shipped model.
    """

    name: str
    question: str
    measure: str
    cells: tuple[Cell, ...]
    summarise: Callable[[Sequence[Record]], Record]
    tolerance: float = 0.0
    packages: tuple[str, ...] = ()
    repeatable: bool = True
    data: tuple[str, ...] = ()

    def run(self, parameters: Cell) -> Values:
        """Measure one cell."""
        module, function = self.measure.split(":")
        values: Values = getattr(importlib.import_module(module), function)(**parameters)
        return values

    def sources(self) -> dict[str, str]:
        """Hash what a measurement depends on, code and data: path below ``src`` -> hash."""
        code = imported_sources(self.measure.split(":")[0], ROOT)
        paths = (*(path.as_posix() for path in code), *self.data)
        return {path: code_fingerprint(ROOT / path) for path in paths}


def spread(values: Sequence[float]) -> Values:
    """Describe measurements over seeds: mean, lowest, highest and sample standard deviation."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return {
        "mean": statistics.fmean(values),
        "low": min(values),
        "high": max(values),
        "sd": deviation,
    }


def summarise_vocabulary(cells: Sequence[Record]) -> Record:
    """Gather the seeds: kind -> ``v`` and size (``any`` if it follows from the texts) -> spread."""
    groups: dict[tuple[str, str], list[Values]] = {}
    for cell in cells:
        size = cell["parameters"]["size"]
        key = (cell["parameters"]["kind"], f"v{size}" if size else "any")
        groups.setdefault(key, []).append(cell["values"])
    summary: Record = {}
    for (kind, size), rows in groups.items():
        of = {name: [row[name] for row in rows] for name in rows[0]}
        gap = [
            own - new
            for own, new in zip(of["own_bytes_per_token"], of["bytes_per_token"], strict=True)
        ]
        summary.setdefault(kind, {})[size] = {
            **spread(of["bytes_per_token"]),
            "gap": statistics.fmean(gap),
            "unknown": statistics.fmean(of["unknown"]),
            "exact": statistics.fmean(of["exact"]),
            "vocabulary": statistics.fmean(of["vocabulary"]),
        }
    return summary


def summarise_scores(cells: Sequence[Record]) -> Record:
    """Gather what was scored: ability -> value, low, high, n."""
    summary: Record = {}
    for cell in cells:
        for name, value in cell["values"].items():
            ability, _, part = name.rpartition(".")
            summary.setdefault(ability, {})[part] = value
    return summary


def summarise_sentiment(cells: Sequence[Record]) -> Record:
    """Compare two starts over seeds: labels -> spread of each, and the paired difference."""
    found: dict[str, dict[str, list[float]]] = {}
    for cell in cells:
        start, labels = cell["parameters"]["start"], f"labels{cell['parameters']['labels']}"
        found.setdefault(labels, {}).setdefault(start, []).append(cell["values"]["accuracy"])
    summary: Record = {}
    for labels, of in found.items():
        gain = [a - b for a, b in zip(of["mlm"], of["scratch"], strict=True)]
        half = STUDENT_T[len(gain) - 1] * statistics.stdev(gain) / len(gain) ** 0.5
        mean = statistics.fmean(gain)
        summary[labels] = {
            **{start: spread(values) for start, values in of.items()},
            "gain": {"value": mean, "low": mean - half, "high": mean + half, "seeds": len(gain)},
        }
    return summary


def summarise_race(cells: Sequence[Record]) -> Record:
    """Gather the seeds: optimizer and rate -> spread of the loss."""
    found: dict[str, dict[str, list[float]]] = {}
    for cell in cells:
        optimizer, rate = cell["parameters"]["optimizer"], f"rate{cell['parameters']['rate']}"
        found.setdefault(optimizer, {}).setdefault(rate, []).append(cell["values"]["loss"])
    return {name: {rate: spread(ls) for rate, ls in of.items()} for name, of in found.items()}


def summarise_speed(cells: Sequence[Record]) -> Record:
    """Name the cells: ``native`` or ``avx2`` -> way -> what was measured."""
    summary: Record = {}
    for cell in cells:
        kernels = "avx2" if cell["parameters"]["only_avx2"] else "native"
        summary.setdefault(kernels, {})[cell["parameters"]["way"]] = cell["values"]
    return summary


ABILITIES: tuple[Cell, ...] = (
    {"ability": "translation", "n": 1000, "seed": 0},
    {"ability": "questions", "n": 1000, "seed": 0},
    {"ability": "summaries", "n": 1000, "seed": 0},
    *({"ability": "arithmetic", "n": 1000, "seed": 0, "count": count} for count in (2, 3, 4, 5, 6)),
    *(
        {"ability": "few_shot", "n": 1000, "seed": 0, "name": name, "shots": shots}
        for name in ("sentiment", "category", "review")
        for shots in (0, 1, 2, 4, 8)
    ),
    *(
        {"ability": "formats", "n": 1000, "seed": 0, "kind": kind, "shots": shots}
        for kind in ("train", "new")
        for shots in (1, 2, 4, 8)
    ),
)

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment
    for experiment in (
        Experiment(
            name="tokenization_vocabulary",
            question="How does the size of the vocabulary change bytes per token on held-out text?",
            measure="lessons.tokenization:vocabulary_cell",
            cells=(
                *({"kind": "word", "size": 0, "seed": seed} for seed in SEEDS),
                *({"kind": "character", "size": 0, "seed": seed} for seed in SEEDS),
                *(
                    {"kind": kind, "size": size, "seed": seed}
                    for kind in ("bpe", "wordpiece", "unigram", "unigram_offered")
                    for size in (512, 1024, 2048, 4096, 8192)
                    for seed in SEEDS
                ),
            ),
            summarise=summarise_vocabulary,
            tolerance=0.01,
            packages=("regex", "tokenizers"),
        ),
        Experiment(
            name="base_abilities",
            question="What can the base model do on items that its training never contained?",
            measure="lessons.abilities:measure",
            cells=ABILITIES,
            summarise=summarise_scores,
            tolerance=0.01,
            packages=("rouge-score", "sacrebleu", "tokenizers", "torch", "transformers"),
            data=("lessons/checkpoints/base/model.safetensors",),
        ),
        Experiment(
            name="mlm_sentiment",
            question="How much more accurate is a sentiment classifier that starts from mlm?",
            measure="lessons.classification:sentiment_cell",
            cells=tuple(
                {"start": start, "labels": labels, "seed": seed}
                for start in ("mlm", "scratch")
                for labels in (64, 256)
                for seed in SEEDS
            ),
            summarise=summarise_sentiment,
            tolerance=0.03,
            packages=("tokenizers", "torch", "transformers"),
            data=("lessons/checkpoints/mlm/model.safetensors",),
        ),
        Experiment(
            name="optimizer_race",
            question="Which optimizer learns more in the same steps, each at its best rate?",
            measure="lessons.race:final_loss",
            cells=tuple(
                {"optimizer": optimizer, "rate": rate, "seed": seed}
                for optimizer in ("adamw", "muon")
                for rate in (0.002, 0.004, 0.008, 0.016, 0.032)
                for seed in SEEDS
            ),
            summarise=summarise_race,
            tolerance=0.2,
            packages=("tokenizers", "torch", "transformers"),
        ),
        Experiment(
            name="training_speed",
            question="How fast is the base model trained, in which way, and in how much memory?",
            measure="lessons.benchmark:speed_cell",
            cells=tuple(
                {
                    "way": way,
                    "only_avx2": only_avx2,
                    "steps": 2 if only_avx2 and way == "bf16" else 12,
                }
                for only_avx2 in (False, True)
                for way in ("plain", "fp32", "bf16", "fp32-compiled", "bf16-compiled")
                if (way, only_avx2) != ("bf16-compiled", True)  # as slow as bf16 there
            ),
            summarise=summarise_speed,
            packages=("torch", "transformers"),
            repeatable=False,
        ),
    )
}


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
