"""One cell of a record, measured again: the same numbers have to come out."""

import math
from collections.abc import Iterable
from typing import Any

from lessons.experiments import load_result, recompute

Numbers = dict[str, float]


def assert_same_numbers(again: Numbers, recorded: Numbers, tolerance: float) -> None:
    """Compare all scores; counts of tokens are large, and compared to a thousandth."""
    assert again.keys() == recorded.keys()
    for name, value in recorded.items():
        slack = value * 0.001 if name == "tokens" else tolerance
        assert math.isclose(again[name], value, rel_tol=0, abs_tol=slack), name


def assert_measured_again(
    name: str, parameters: dict[str, Any], scores: Iterable[str] = ()
) -> Numbers:
    """Measure the one cell that has these parameters; compare all its scores, or those named."""
    record = load_result(name)
    (index,) = (
        i
        for i, cell in enumerate(record["cells"])
        if parameters.items() <= cell["parameters"].items()
    )
    again, recorded = recompute(record, index), record["cells"][index]["values"]
    if wanted := set(scores):
        assert_same_numbers(
            {score: again[score] for score in wanted},
            {score: recorded[score] for score in wanted},
            record["tolerance"],
        )
    else:
        assert_same_numbers(again, recorded, record["tolerance"])
    return again
