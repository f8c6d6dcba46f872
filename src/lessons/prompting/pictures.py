"""The picture of the page on prompting that shows what the order of examples does to a real model."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lessons.charts import percent, reach

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Spread = Mapping[str, float]
PANELS = {
    "Called positive": {"positive": ""},
    "Right": {"zero": "● likelier word", "middle": "■ better half"},
}


def orders_chart(rows: Mapping[str, Mapping[str, Spread]], width: float) -> "Figure":
    """Draw a row for each order: how often it lets the model say positive, and how often that is right.

    Args:
        rows: name of a row, from top to bottom -> ``positive``, the share of sentences called so;
            ``zero`` and ``middle``, the share of right answers by the likelier word and if the better half
            is called positive -> ``value``, and ``low`` and ``high``, the lowest and highest of the sets
            of examples. A row may lack any of them.
        width: in inches.
    """
    from matplotlib import pyplot as plt  # here, so that importing a page's code needs it not

    plt.style.use("lessons.course")
    tall = 0.9 + 0.36 * len(rows)
    wide = width > 6
    layout: dict[str, Any] = (
        {"ncols": 2, "figsize": (width, tall)}
        if wide
        else {"nrows": 2, "figsize": (width, 2 * tall)}
    )
    figure: Figure
    figure, places = plt.subplots(**layout, sharex=True, sharey=wide)
    for axes, (title, scores) in zip(places, PANELS.items(), strict=True):
        axes.axvline(0.5, color="black", linewidth=1, linestyle=":")
        for number, (score, name) in enumerate(scores.items()):
            found = {y: row[score] for y, row in enumerate(rows.values()) if score in row}
            aside = (number - (len(scores) - 1) / 2) / 3
            (points, *_) = axes.errorbar(
                [spread["value"] for spread in found.values()], [y + aside for y in found],
                xerr=reach(found.values()), linestyle="", label=name,
            )  # fmt: skip
            if name:
                axes.annotate(
                    name, (1 - 0.37 * (len(scores) - 1 - number), 1), (0, 6), ha="right",
                    xycoords="axes fraction", textcoords="offset points", color=points.get_color(),
                )  # fmt: skip
        axes.set(title=title, xlim=(-0.02, 1.02), ylim=(len(rows) - 0.4, -0.6))
        axes.set_yticks(range(len(rows)), list(rows))
        percent(axes.xaxis)
    return figure
