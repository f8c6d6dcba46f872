"""Pictures drawn by hand, where a library would be much for little: strips of tokens, a run's loss.

They take their ink from the page around them. All styling is in presentation attributes and classes,
because a strict Content-Security-Policy forbids ``style``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

UNITS = 72  # to an inch; one is a pixel of the page
FONT = 13
SEEN, HIDDEN = ("1", "#1b8a7e"), ("2", "#b8690f")  # the style sheet's class, and a color without it
WIDTH, HEIGHT = 560, 280  # of a loss curve, in pixels


@dataclass(frozen=True)
class Series:
    """A line of a chart.

    Attributes:
        name: what its points are.
        points: (x, y) pairs, from left to right.
    """

    name: str
    points: Sequence[tuple[float, float]]


def token_rows(
    rows: Sequence[tuple[str, Sequence[str]]], width: float, hidden: Sequence[str] = ()
) -> str:
    """Draw texts cut into tokens, one box a token, a heading above each text.

    Args:
        rows: heading and tokens of each text; blanks are shown as an open box.
        width: width of the drawing in inches, 72 pixels each.
        hidden: tokens that stand for what a model does not see; they are drawn in another color.

    Returns:
        The SVG, without blank lines.

    Raises:
        ValueError: no rows.
    """
    if not rows:
        raise ValueError("no rows: there is nothing to draw")
    pixels, body, y = round(UNITS * width), [], 14
    for heading, tokens in rows:
        body.append(_text(1, y, heading))
        x, y, words = 1, y + 9, []
        boxes = {SEEN: "", HIDDEN: ""}
        for token in tokens:
            shown = token.replace(" ", "␣").replace("\n", "⏎")
            length = 8 * len(shown) + 8
            if x > 1 and x + length > pixels - 1:
                x, y = 1, y + 29
            boxes[HIDDEN if token in hidden else SEEN] += f"M{x} {y}h{length}v23h-{length}z"
            words.append(_text(x + length / 2, y + 16, shown))
            x += length + 3
        for (number, color), path in boxes.items():
            if path:
                dash = ' stroke-dasharray="4 3"' if number == HIDDEN[0] else ""
                body.append(
                    f'<path d="{path}" class="fill-{number} stroke-{number}" fill="{color}" '
                    f'fill-opacity="0.12" stroke="{color}"{dash}/>'
                )
        body += ['<g font-family="monospace" text-anchor="middle">', *words, "</g>"]
        y += 48
    return _svg(pixels, y - 22, body)


def line_chart(
    title: str, series: Sequence[Series], x_label: str, y_label: str, log_x: bool = False
) -> str:
    """Draw a line with a mark at each point: a file of its own, to look at while a run goes on.

    Args:
        title: text for readers who cannot see the picture.
        series: the line.
        x_label: name of the horizontal axis.
        y_label: name of the vertical axis, with its unit.
        log_x: whether x is spaced by its logarithm.

    Returns:
        The SVG, without blank lines.

    Raises:
        ValueError: a line without points.
    """
    (line,) = series
    if not line.points:
        raise ValueError(f"series {line.name!r} has no points")
    left, right, top, bottom = 44, WIDTH - 24, 30, HEIGHT - 44
    place = math.log if log_x else float
    xs, ys = zip(*line.points, strict=True)
    first, last, highest = place(xs[0]), place(xs[-1]), math.ceil(max(ys)) or 1

    def at(x: float, y: float) -> str:
        share = (place(x) - first) / (last - first) if last > first else 0.5
        return f"{left + share * (right - left):.1f} {bottom - y / highest * (bottom - top):.1f}"

    points = [at(x, y) for x, y in line.points]
    levels = [bottom - level / highest * (bottom - top) for level in range(highest + 1)]
    grid = "".join(f"M{left} {level:.1f}H{right}" for level in levels)
    body = [
        f"<title>{escape(title)}</title>",
        f'<path d="{grid}" stroke="currentColor" stroke-opacity="0.25"/>',
        f'<path d="M{"L".join(points)}" fill="none" stroke="{SEEN[1]}" stroke-width="2"/>',
        *(f'<circle cx="{x}" cy="{y}" r="3"/>' for x, y in map(str.split, points)),
        _text(6, 16, f"{y_label}: {line.name}"),
        '<g text-anchor="end">',
        *(_text(left - 6, level + 4, f"{number}") for number, level in enumerate(levels)),
        '</g><g text-anchor="middle">',
        *(_text(float(at(x, 0).split()[0]), bottom + 18, f"{x:,.0f}") for x in xs),
        _text((left + right) / 2, bottom + 38, x_label),
        "</g>",
    ]
    return _svg(WIDTH, HEIGHT, body)


def _svg(width: int, height: int, body: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'fill="currentColor" font-family="sans-serif" font-size="{FONT}">'
    )
    return "\n".join([head, *body, "</svg>", ""])


def _text(x: float, y: float, words: str) -> str:
    place = " ".join(
        f'{name}="{value:.1f}"'.replace(".0", "") for name, value in (("x", x), ("y", y))
    )
    return f"<text {place}>{escape(words)}</text>"
