"""The pictures of the page on fine-tuning, drawn from its records."""

from collections.abc import Mapping, Sequence

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from lessons.charts import name_lines, percent, plot_range

Spread = Mapping[str, float]  # mean, low and high over seeds


def labels_chart(
    width: float, counts: Sequence[int], lines: Mapping[str, Sequence[Spread]], level: float
) -> Figure:
    """Draw accuracy against the number of labels.

    Args:
        width: of the figure, in inches.
        counts: numbers of labels.
        lines: name -> a score for each of these.
        level: accuracy without a label, drawn as a broken line.
    """
    plt.style.use("lessons.course")
    figure, axes = plt.subplots(figsize=(width, 3.4))
    axes.hlines(level, counts[0], counts[-1], color="black", linewidth=1, linestyle="--")
    axes.annotate("no label at all", (counts[0], level), (0, 5), textcoords="offset points")
    for name, scores in lines.items():
        plot_range(axes, counts, scores, label=name)
    axes.set(xlabel="labeled reviews", xscale="log", ylim=(0.5, 1.03))
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    percent(axes.yaxis, 50, 100, 10)
    name_lines(axes, wrap=10)
    return figure


def overfitting_chart(
    width: float, epochs: Sequence[int], panels: Mapping[str, Mapping[str, Sequence[Spread]]]
) -> Figure:
    """Draw losses against epochs, a panel for each kind of labels.

    Args:
        width: of the figure, in inches.
        epochs: those after which the loss was looked at.
        panels: title -> name of a loss -> its values.
    """
    plt.style.use("lessons.course")
    wide = width > 6
    figure, places = plt.subplots(
        1 if wide else 2, 2 if wide else 1, figsize=(width, 3 if wide else 5),
        sharex=True, sharey=True,
    )  # fmt: skip
    for axes, (title, losses) in zip(places, panels.items(), strict=True):
        for name, values in losses.items():
            plot_range(axes, epochs, values, label=name, marker="")
        axes.set(title=title, xlabel="epoch", xticks=(1, 10, 20, 30), ylim=(0, 1.5))
        axes.set_yticks((0, 0.5, 1, 1.5), ("0.0", "0.5", "1.0", "1.5"))
        axes.label_outer()
        name_lines(axes)
    return figure


def real_chart(
    width: float, panels: Mapping[str, Mapping[str, Mapping[int, float]]], levels: Sequence[float]
) -> Figure:
    """Draw accuracy against the number of labels, for the course's model and for a real one.

    Args:
        width: of the figure, in inches.
        panels: title -> name of a line -> accuracy by number of labels.
        levels: accuracy without any label in each panel, drawn as a broken line.
    """
    plt.style.use("lessons.course")
    wide = width > 6
    figure, places = plt.subplots(
        1 if wide else 2, 2 if wide else 1, figsize=(width, 3.2 if wide else 5.6),
        sharex=True, sharey=True,
    )  # fmt: skip
    ticks = (16, 64, 256, 1000)
    for axes, (title, lines), level in zip(places, panels.items(), levels, strict=True):
        axes.hlines(level, ticks[0], ticks[-1], color="black", linewidth=1, linestyle="--")
        for name, scores in lines.items():
            alone = len(scores) == 1  # its name stands at its left, where there is room
            (line,) = axes.plot(
                [*scores], [*scores.values()], label=None if alone else name, marker="o"
            )
            if alone:
                axes.annotate(
                    name, line.get_xydata()[-1], (-9, -7), textcoords="offset points", ha="right",
                    va="center", color=line.get_color(),
                )  # fmt: skip
        axes.set(title=title, xscale="log", xlabel="labels", ylim=(0.48, 1.02))
        axes.set_xticks(ticks, [f"{count:,}" for count in ticks])
        percent(axes.yaxis, 50, 100, 25)
        axes.label_outer()
        name_lines(axes, wrap=10)
    return figure
