"""What an experiment is: a question, the cells that are measured, and how they are summed up."""

import importlib
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lessons.fingerprints.fingerprint import SOURCES, code, file_digest
from lessons.real_models import pins

SEEDS = (0, 1, 2, 3, 4)
STUDENT_T = {
    4: 2.776,
    7: 2.365,
}  # degrees of freedom -> half width of a 95 % interval, in standard errors

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
        tolerance: how far, absolutely, a number may be off when a cell is measured again; where scores
            differ in that, name -> how far, of numbered ones what stands before the number, with
            ``others`` for those that are not named. None: a time, which is told, and not compared.
        packages: distributions whose versions matter.
        repeatable: whether the same numbers come out again; times do not.
        data: files below ``src`` that it depends on beside code: the weights of a shipped model.
        models: names of the real models and texts that it reads (`pins.everything`); its record depends on
            their pinned files.
        runs: ``module:function`` of what runs in a process that ``measure`` starts.
    """

    name: str
    question: str
    measure: str
    cells: tuple[Cell, ...]
    summarise: Callable[[Sequence[Record]], Record]
    tolerance: float | Mapping[str, float | None] = 0.0
    packages: tuple[str, ...] = ()
    repeatable: bool = True
    data: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()

    def run(self, parameters: Cell) -> Values:
        """Measure one cell."""
        module, function = self.measure.split(":")
        values: Values = getattr(importlib.import_module(module), function)(**parameters)
        return values

    def definitions(self) -> dict[str, str]:
        """Return what the measurement can reach: name of a definition -> digest."""
        return code().summary(self.measure, *self.runs)

    def data_digests(self) -> dict[str, str]:
        """Name the data that the measurement reads: path below ``src`` -> hash, and real models' pins."""
        shipped = {path: file_digest(SOURCES / path) for path in self.data}
        return shipped | pins.digests(self.models)


def spread(values: Sequence[float]) -> Values:
    """Describe measurements over seeds: mean, lowest, highest and sample standard deviation."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return {
        "mean": statistics.fmean(values),
        "low": min(values),
        "high": max(values),
        "sd": deviation,
    }


def paired_gain(after: Sequence[float], before: Sequence[float]) -> Values:
    """Compare two ways measured with the same seeds: the mean difference and its 95 % t interval."""
    gain = [a - b for a, b in zip(after, before, strict=True)]
    half = STUDENT_T[len(gain) - 1] * statistics.stdev(gain) / len(gain) ** 0.5
    mean = statistics.fmean(gain)
    return {"value": mean, "low": mean - half, "high": mean + half, "seeds": len(gain)}
