"""The picture of the page on quantization that compares the course's model with one of other people."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lessons.charts import reach

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TICKS = (1, 1.5, 2, 3, 4)


def ways_chart(
    ways: Sequence[str], models: Mapping[str, Mapping[str, Mapping[str, float]]], width: float
) -> "Figure":
    """Draw a line for each way to quantize, and on it how many times the perplexity each model then has.

    Args:
        ways: from top to bottom.
        models: name of a model -> way -> ``value``, and ``low`` and ``high`` where there is an interval; a
            way may be missing.
        width: in inches.
    """
    from matplotlib import pyplot as plt  # here, so that importing a page's code needs it not

    figure, axes = plt.subplots(figsize=(width, 0.8 + 0.62 * len(ways)))
    for shift, (name, found) in zip((0.15, -0.17), models.items(), strict=True):
        rows = [len(ways) - place - 0.2 + shift for place, way in enumerate(ways) if way in found]
        scores = [
            {"low": score["value"], "high": score["value"], **score}
            for score in (found[way] for way in ways if way in found)
        ]
        middles = [score["value"] for score in scores]
        (points, *_) = axes.errorbar(middles, rows, xerr=reach(scores), linestyle="", label=name)
        axes.annotate(
            name, (middles[0], rows[0]), (12, 0), textcoords="offset points", va="center",
            color=points.get_color(),
        )  # fmt: skip
    for place, way in enumerate(ways):
        axes.annotate(way, (1, len(ways) - place + 0.22), (0, 0), textcoords="offset points")
    axes.set_xscale("log")
    axes.set(xlim=(0.96, 4.2), ylim=(0.4, len(ways) + 0.6), xlabel="times the perplexity")
    axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    axes.set_xticks([], minor=True)
    axes.set_yticks([])
    return figure
