"""What matplotlib lacks for the course's charts: pictures that fit a page by day and by night, and a phone.

A chart is drawn with the library's own calls and the course's style, ``plt.style.use("lessons.course")``.
"""

import csv
import io
import re
import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

UNITS = 72  # to an inch; one is a pixel of the page
WIDTHS = {".narrow.svg": 358, ".svg": 788}  # a phone's column and a wide page's, in pixels
FONT = 13
LINE = 17  # from one line of text to the next
BLACK = "#000000"  # the page's ink
# Colors of the style sheet for which the page has its own, by class.
CLASSES = {
    "#1b8a7e": "1", "#b8690f": "2", "#5a7fd6": "3", "#9a6fd0": "4", "#ffffff": "paper", "#b0b0b0": "grid",
}  # fmt: skip
# What the page decides, or what no chart of the course varies.
LEFT_OUT = re.compile(r"font-family|font-style|stroke-linejoin|stroke-linecap|stroke-dashoffset")
NUMBER = re.compile(r"-?\d+\.\d+")


def save(
    draw: "Callable[[float], Figure | str]", name: str, table: Sequence[Sequence[object]] = ()
) -> None:
    """Write a chart for the page: one drawing for a wide column, one for a phone, and the numbers.

    They go into the current folder as NAME.svg, NAME.narrow.svg and NAME.csv. The wide figure stays
    open, so that a notebook shows it below the cell.

    Args:
        draw: function that returns the figure for a width in inches, or a drawing as SVG.
        name: what the files are called.
        table: rows of the table below the picture, its head first; none where words say it all.
    """
    for ending, width in WIDTHS.items():
        drawn = draw(width / UNITS)
        if not isinstance(drawn, str):
            figure, drawn = drawn, svg(drawn)
            if ending != ".svg":
                _close(figure)
        Path(name + ending).write_text(drawn, encoding="utf-8", newline="\n")
    if table:
        with Path(f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(table)


def _close(figure: "Figure") -> None:
    from matplotlib import pyplot as plt  # only who draws needs it

    plt.close(figure)


def name_lines(axes: "Axes", wrap: int = 99) -> None:
    """Write each line's label at its right end and in its color, which takes the place of a legend.

    Call it when all lines are drawn: labels that would lie upon one another move apart, up and down.

    Args:
        axes: panel whose lines have labels; a line without one gets none.
        wrap: characters in a line of a label, where the figure is as narrow as a phone.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # now the axis has its place and its height
    handles, labels = axes.get_legend_handles_labels()
    lines: list[Any] = [each[0] if isinstance(each, tuple) else each for each in handles]
    wide = figure.get_figwidth() > 6
    names = labels if wide else [textwrap.fill(label, wrap) for label in labels]
    ends = [line.get_xydata()[-1] for line in lines]
    scale = UNITS / figure.dpi
    heights = [axes.transData.transform(end)[1] * scale for end in ends]
    low, high = (axes.bbox.y0 - LINE / 3) * scale, (axes.bbox.y1 + LINE) * scale
    places = _apart(heights, [LINE * (1 + name.count("\n")) for name in names], low, high)
    for line, name, end, height, place in zip(lines, names, ends, heights, places, strict=True):
        shift = (9, place - height)
        color = line.get_color()
        axes.annotate(name, end, shift, textcoords="offset points", va="center", color=color)


def _apart(places: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Move what overlaps apart, each group about its middle, between two ends."""
    groups: list[
        tuple[float, float, list[int]]
    ] = []  # middle, size, and who stands there, from below
    for i in sorted(range(len(places)), key=places.__getitem__):
        middle, size, members = places[i], sizes[i], [i]
        while True:
            middle = max(low + size / 2, min(high - size / 2, middle))
            if not groups or groups[-1][0] + groups[-1][1] / 2 <= middle - size / 2:
                break
            other, more, before = groups.pop()
            middle = (other * len(before) + middle * len(members)) / (len(before) + len(members))
            size, members = size + more, before + members
        groups.append((middle, size, members))
    moved = {}
    for middle, size, members in groups:
        bottom = middle - size / 2
        for i in members:
            moved[i] = bottom + sizes[i] / 2
            bottom += sizes[i]
    return [moved[i] for i in range(len(places))]


def plot_range(
    axes: "Axes", x: Sequence[float], scores: Sequence[Mapping[str, float]], **options: Any
) -> None:
    """Draw the means of scores as a line, and a band from the lowest to the highest.

    Args:
        axes: panel to draw in.
        x: where the scores stand.
        scores: scores of a record, with ``mean``, ``low`` and ``high``.
        options: label and look of the line, as `plot` takes them.
    """
    (line,) = axes.plot(x, [score["mean"] for score in scores], **options)
    low, high = ([score[end] for score in scores] for end in ("low", "high"))
    color = line.get_color()
    # The edge makes the band stand out: so pale a color would not.
    axes.fill_between(x, low, high, facecolor=(color, 0.15), edgecolor=color, linewidth=0.8)


def percent(axis: "Axis", low: int = 0, high: int = 100, step: int = 25) -> None:
    """Mark an axis of shares in percent.

    Args:
        axis: ``axes.xaxis`` or ``axes.yaxis``.
        low: first mark.
        high: last mark, where the axis ends.
        step: distance between two marks.
    """
    marks = range(low, high + 1, step)
    axis.set_ticks([mark / 100 for mark in marks], [f"{mark}%" for mark in marks])


def reach(scores: Iterable[Mapping[str, float]], middle: str = "value") -> list[list[float]]:
    """Distances from each score down to the low end of its interval and up to the high one.

    This is the form in which `errorbar` takes them.

    Args:
        scores: scores of a record, with ``low`` and ``high``.
        middle: name of what stands between them, such as ``mean``.
    """
    pairs = [(score[middle] - score["low"], score["high"] - score[middle]) for score in scores]
    return [list(side) for side in zip(*pairs, strict=True)]


def with_interval(score: Mapping[str, float], middle: str = "value") -> str:
    """Write a score for a table, with its interval: ``0.16 [0.14, 0.18]``."""
    return f"{score[middle]:.2f} [{score['low']:.2f}, {score['high']:.2f}]"


def svg(figure: "Figure") -> str:
    """Turn a figure into SVG that follows the page's colors and that its content policy lets through.

    The library writes styles, which the policy blocks, and much that a page does without. What it
    drew becomes a flat list of paths, circles and texts; ink becomes the page's, and a series has a
    class, by which the style sheet gives it its color.

    Args:
        figure: chart in the course's style; nothing in it is cut off at the edge of its axes.

    Returns:
        The SVG, a line for each part.
    """
    raw = io.BytesIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(raw, format="svg", transparent=True, metadata=nothing)
    root = ET.fromstring(raw.getvalue())  # noqa: S314 what the library has just written
    parts: list[tuple[str, dict[str, str], str]] = []
    for tag, attributes, words in _parts(root):
        rest = {**attributes, "d": ""}
        if parts and attributes.get("fill") == "none" and {**parts[-1][1], "d": ""} == rest:
            parts[-1][1]["d"] += attributes["d"]  # lines that look the same are one path
        else:
            parts.append((tag, attributes, words))
    size = root.get("viewBox", "")
    width, height = (_short(number) for number in size.split()[2:])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'fill="currentColor" font-family="sans-serif" font-size="{FONT}">'
    )
    return "\n".join([head, *(_written(*part) for part in parts), "</svg>", ""])


def _parts(root: ET.Element) -> Iterator[tuple[str, dict[str, str], str]]:
    """Everything that can be seen: tag, attributes, text."""
    shapes: dict[str, str] = {}  # of markers, which are defined once and used at each point
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        found = _attributes(element.get("style", ""))
        if tag == "path" and (name := element.get("id")):
            shapes[name] = element.get("d", "")
        elif tag == "path" and (found.get("fill") != "none" or "stroke" in found):
            yield tag, {"d": _compact(element.get("d", "")), **found}, ""
        elif tag == "use":
            at = {key: _short(element.get(key, "0")) for key in ("x", "y")}
            shape = shapes[str(element.get("{http://www.w3.org/1999/xlink}href"))[1:]]
            if shape.count("C") == 8:  # how the library draws a circle
                radius = _short(shape.split()[2])
                yield "circle", {"cx": at["x"], "cy": at["y"], "r": radius, **found}, ""
            else:
                place = {"d": _compact(shape), "transform": f"translate({at['x']} {at['y']})"}
                yield "path", {**place, **found}, ""
        elif tag == "text":
            # A text of several lines has a transform in place of x and y.
            moved = re.match(r"translate\((\S+) (\S+)\)", element.get("transform", ""))
            x, y = moved.groups() if moved else (element.get("x", "0"), element.get("y", "0"))
            yield tag, {"x": _short(x), "y": _short(y), **found}, element.text or ""


def _attributes(style: str) -> dict[str, str]:
    """Attributes in place of a style: the policy blocks the one and lets the other through."""
    found: dict[str, str] = {}
    classes = []
    for part in filter(None, map(str.strip, style.split(";"))):
        key, value = (side.strip() for side in part.split(":", 1))
        if LEFT_OUT.fullmatch(key) or (key, value) == ("font-size", f"{FONT}px"):
            continue
        if value in CLASSES:
            classes.append(f"{key}-{CLASSES[value]}")
        found[key] = "currentColor" if value == BLACK else value
    return {**found, "class": " ".join(classes)} if classes else found


def _compact(path: str) -> str:
    """Write a path with a tenth of a pixel and no blank that it can do without."""
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", NUMBER.sub(lambda m: _short(m[0]), path)).strip()


def _short(number: str) -> str:
    text = f"{float(number):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _written(tag: str, attributes: Mapping[str, str], words: str) -> str:
    listed = " ".join(f'{key}="{escape(value)}"' for key, value in attributes.items())
    return (
        f"<{tag} {listed}>{escape(words, quote=False)}</{tag}>" if words else f"<{tag} {listed}/>"
    )
