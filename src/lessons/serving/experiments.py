"""Recorded for the lab on serving: what users of one server wait for. Times, so none comes out again."""

from collections.abc import Sequence
from math import ceil
from statistics import median

from lessons.catalog.experiment import Experiment, Record

PACKAGES = ("fastapi", "openai", "tokenizers", "torch", "transformers", "uvicorn")
WAYS = ("one", "two", "four", "eight", "half", "most", "over")


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least so many percent of all do not exceed."""
    return sorted(values)[ceil(percent * len(values) / 100) - 1]


def summarise_serving(cells: Sequence[Record]) -> Record:
    """Sum up each server: with batching ``on`` or ``off``.

    Returns:
        Of each way, requests that were sent so many at a time or as they came: ``n``; ``first``, the median
        time to the first text, and ``first95``, the 95 % point; ``done`` and ``done95``, the same for the
        end; ``token``, the median time of a further token; ``rate``, tokens of all answers a second;
        ``share``, the processor time by the seconds. ``stop``: what `stop_cell` says.
    """
    summary: Record = {"on": {}, "off": {}}
    for cell in cells:
        branch = summary["on" if cell["parameters"]["batching"] else "off"]
        values = cell["values"]
        if cell["parameters"]["about"] == "stop":
            branch["stop"] = values
            continue
        branch |= {"ready": values["ready"], "warm": values["warm"]}
        for way in WAYS:
            branch[way] = _way(values, way)
    return summary


def _way(values: dict[str, float], way: str) -> dict[str, float]:
    """Describe the requests that were sent one way."""
    due, first, done, tokens = (
        [v for k, v in values.items() if k.startswith(f"{way}.") and k.endswith(f".{field}")]
        for field in ("due", "first", "done", "tokens")
    )
    starts = [a - b for a, b in zip(first, due, strict=True)]
    ends = [a - b for a, b in zip(done, due, strict=True)]
    steps = [(e - f) / (t - 1) for f, e, t in zip(first, done, tokens, strict=True) if t > 1]
    return {
        "n": len(due),
        "first": median(starts),
        "first95": percentile(starts, 95),
        "done": median(ends),
        "done95": percentile(ends, 95),
        "token": median(steps),
        "rate": sum(tokens) / max(done),
        "share": values[f"{way}.share"],
    }


def _cells(model: str, count: int) -> tuple[Record, ...]:
    return tuple(
        {"about": about, "model": model, "batching": batching, "count": many, "seed": 0}
        for batching in (False, True)
        for about, many in (("load", count), ("stop", 4))
    )


EXPERIMENTS = (
    Experiment(
        name="serving_smollm2",
        question="What do users of SmolLM2 wait for behind one server, and if it has to stop?",
        measure="lessons.serving.measuring:serving_cell",
        cells=_cells("smollm2", 24),
        summarise=summarise_serving,
        packages=PACKAGES,
        repeatable=False,
        models=("smollm2",),
    ),
)
