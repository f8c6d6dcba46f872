"""Pictures of the page on reward modeling: a reward that is pressed, and how many pairs teach it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lessons.charts import name_lines, percent, plot_range

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Spread = Mapping[str, float]  # mean, low and high over seeds
WIDE = 6  # inches, from which two panels stand side by side


def _panels(width: float, height: float) -> dict[str, Any]:
    """Two panels side by side, or where that is too narrow one above the other, in so many inches."""
    return (
        {"ncols": 2, "figsize": (width, 3)}
        if width > WIDE
        else {"nrows": 2, "figsize": (width, height)}
    )


def pressed_chart(
    width: float, steps: Sequence[int], lines: Mapping[str, Mapping[str, Sequence[Spread]]]
) -> "Figure":
    """Draw the reward in one panel, and the right answers that it stands for in the other.

    Args:
        width: in inches.
        steps: of training, at which both were measured.
        lines: name -> ``reward`` and ``right`` -> a spread at each step.
    """
    from matplotlib import pyplot as plt  # here, so that importing a page's code needs it not

    plt.style.use("lessons.course")
    layout = _panels(width, 5)
    figure: Figure
    figure, (left, right) = plt.subplots(**layout, sharex=True)
    for name, scores in lines.items():
        plot_range(left, steps, scores["reward"])
        plot_range(right, steps, scores["right"], label=name)
    left.set(title="The reward", ylim=(-0.12, 0.12))
    left.set_yticks((-0.1, -0.05, 0, 0.05, 0.1), ("-0.10", "-0.05", "0.00", "0.05", "0.10"))
    right.set(title="Right answers", ylim=(0, 1))
    percent(right.yaxis)
    for axes in (left, right):
        is_lowest = width > WIDE or axes is right
        axes.set(xlabel="steps" if is_lowest else "", xticks=range(0, steps[-1] + 1, 20))
    name_lines(right, wrap=8)
    return figure


def pairs_chart(width: float, panels: Mapping[str, Mapping[str, Mapping[int, Spread]]]) -> "Figure":
    """Draw how many pairs are put in the right order, against the pairs that taught it.

    Args:
        width: in inches.
        panels: title of a panel -> name of a line -> number of pairs -> share, 0 to 1.
    """
    from matplotlib import pyplot as plt  # here, so that importing a page's code needs it not

    plt.style.use("lessons.course")
    layout = _panels(width, 5.5)
    figure: Figure
    figure, places = plt.subplots(**layout, sharex=True, sharey=True)
    for axes, (title, lines) in zip(places, panels.items(), strict=True):
        for name, scores in lines.items():
            plot_range(axes, list(scores), list(scores.values()), label=name, marker="o")
        axes.set(title=title, xscale="log", xlim=(35, 3000), ylim=(0.4, 1))
        axes.set_xticks((40, 160, 640, 2560), ("40", "160", "640", "2560"))
        axes.minorticks_off()
        percent(axes.yaxis, 40, 100, 20)
        name_lines(axes, wrap=12)
    places[-1].set_xlabel("pairs")
    return figure
