"""The picture of the page on prompting that shows what the order of examples does to a real model."""

from collections.abc import Mapping, Sequence
from statistics import fmean
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
        percent(axes.xaxis, step=50)
    return figure


ORDERS = ("NNPP", "PNNP", "NPNP", "PNPN", "NPPN", "PPNN")  # from most to fewest called positive


def order_rows(
    orders: Mapping[str, Any], alone: Mapping[str, Any], course: Mapping[str, Any]
) -> dict[str, dict[str, Spread]]:
    """Gather the rows of `orders_chart` from the summaries of records.

    Args:
        orders: of ``prompting_real_order``.
        alone: of one wording without examples, of ``prompting_real_wording``.
        course: of ``prompting_order``; of each of its sets of examples, the worst and the best order.
    """
    once = {"positive": alone["positive"]} | {at: alone[at]["value"] for at in ("zero", "middle")}
    rows: dict[str, dict[str, Spread]] = {
        "no examples": {score: _ends([share]) for score, share in once.items()}
    }
    sets = [name for name in orders if name.startswith("seed")]
    for order in ORDERS:
        name = " ".join(order.translate({ord("P"): "+", ord("N"): "−"}))
        rows[name] = {score: _ends([orders[each][order][score] for each in sets]) for score in once}
    ours = [
        found[end]["right"]
        for name, found in course.items()
        if name.startswith("examples")
        for end in ("worst", "best")
    ]
    return {**rows, "base": {"zero": _ends(ours)}}


def order_table(rows: Mapping[str, Mapping[str, Spread]]) -> list[list[str]]:
    """Write the rows as a table, its head first."""
    heads = {
        "positive": "called positive",
        "zero": "right, likelier word",
        "middle": "right, better half",
    }
    table = [["examples", *heads.values()]]
    for name, found in rows.items():
        cells = (found.get(score) for score in heads)
        table.append(
            [
                name,
                *(
                    f"{c['value']:.0%} [{c['low']:.0%}, {c['high']:.0%}]" if c else ""
                    for c in cells
                ),
            ]
        )
    return table


def _ends(values: Sequence[float]) -> Spread:
    return {"value": fmean(values), "low": min(values), "high": max(values)}
