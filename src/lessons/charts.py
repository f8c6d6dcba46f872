"""Pictures drawn by hand as small SVG files: no library, no script, the same bytes every time.

They take their ink from the page around them (``currentColor``), so they fit light and dark. Series
differ by dash and marker, not by color alone. All styling is in presentation attributes, because a
strict Content-Security-Policy forbids ``style``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 420  # user units: at most a phone's width, so that text stays readable there
SHOWN = 560  # pixels, where there is room
FONT = 13
COLORS = ("#1f86c9", "#d1660a", "#2b9448", "#b35cc4", "#c9444d", "#80810b")  # >= 3:1 on both
DASHES = ("", "7 4", "2 3", "10 3 2 3", "5 2", "1 4")
MARKERS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",  # circle
    "M-4 -4h8v8h-8z",  # square
    "M0 -5l5 9h-10z",  # triangle
    "M0 -5l5 5l-5 5l-5 -5z",  # diamond
    "M-5 -4h10l-5 9z",  # triangle, upside down
    "M-5 -2h3v-3h4v3h3v4h-3v3h-4v-3h-3z",  # cross
)


@dataclass(frozen=True)
class Series:
    """One line of a chart.

    Attributes:
        name: what the legend says.
        points: (x, y) pairs, from left to right.
        spread: for each point the lowest and the highest y measured, or nothing.
    """

    name: str
    points: Sequence[tuple[float, float]]
    spread: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart.

    Attributes:
        name: what stands above the bar.
        value: its length.
        low, high: ends of its interval; the value itself if there is none.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None


FEW = 16  # points up to which each gets a marker


def line_chart(
    title: str,
    series: Sequence[Series],
    x_label: str,
    y_label: str,
    log_x: bool = False,
    x_ticks: Sequence[float] = (),
) -> str:
    """Draw lines with a legend below; a line of a few points has a marker on each.

    Args:
        title: text for readers who cannot see the picture.
        series: one to six lines.
        x_label: name of the horizontal axis, with its unit.
        y_label: name of the vertical axis, with its unit.
        log_x: whether x is spaced by its logarithm.
        x_ticks: marks of the horizontal axis, between the first and the last x; one under each x
            that occurs if empty.

    Returns:
        The SVG, without blank lines.

    Raises:
        ValueError: no line, more than six, a line without points, a logarithm of what is not
            positive, or a mark beyond the first or the last x.
    """
    if not 1 <= len(series) <= len(COLORS):
        raise ValueError(f"{len(series)} series: a chart shows 1 to {len(COLORS)}")
    for line in series:
        if not line.points:
            raise ValueError(f"series {line.name!r} has no points")
    xs = sorted({x for line in series for x, _ in line.points})
    if log_x and xs[0] <= 0:
        raise ValueError(f"x = {xs[0]} has no logarithm: a log_x chart needs positive x")
    for tick in x_ticks:
        if not xs[0] <= tick <= xs[-1]:  # it would lie outside the picture, which cuts it off
            raise ValueError(
                f"x tick {tick} lies outside the chart, which has x {xs[0]} to {xs[-1]}"
            )
    ys = [y for line in series for _, y in line.points]
    ys += [y for line in series for pair in line.spread for y in pair]
    ticks = _ticks(min(0.0, *ys), max(ys))
    left, right, top, bottom = 44, WIDTH - 14, 30, 230
    place = math.log if log_x else float
    first, last = place(xs[0]), place(xs[-1])

    def at_x(x: float) -> str:
        share = (place(x) - first) / (last - first) if last > first else 0.5
        return f"{left + 10 + share * (right - left - 20):.1f}"

    def at_y(y: float) -> str:
        return f"{bottom - (y - ticks[0]) / (ticks[-1] - ticks[0]) * (bottom - top):.1f}"

    grid = "".join(f"M{left} {at_y(tick)}H{right}" for tick in ticks)
    body = [
        f'<path d="{grid}" stroke="currentColor" stroke-opacity="0.25"/>',
        _text(6, 16, y_label),
        '<g text-anchor="end">',
        *(_text(left - 6, float(at_y(tick)) + 4, _number(tick)) for tick in ticks),
        '</g><g text-anchor="middle">',
        *(_text(float(at_x(x)), bottom + 18, _number(x)) for x in x_ticks or xs),
        _text((left + right) / 2, bottom + 38, x_label),
        "</g>",
    ]
    for i, line in enumerate(series):
        row = bottom + 62 + 20 * i
        bars = "".join(
            f"M{at_x(x)} {at_y(low)}V{at_y(high)}"
            for (x, _), (low, high) in zip(line.points, line.spread, strict=False)
        )
        body += _line(i, [(at_x(x), at_y(y)) for x, y in line.points], bars)
        body += _line(i, [(f"{left}", f"{row - 4}"), (f"{left + 36}", f"{row - 4}")])
        body.append(_text(left + 46, row, line.name))
    return _svg(title, bottom + 62 + 20 * len(series), body)


def bar_chart(title: str, bars: Sequence[Bar], x_label: str, top: float | None = None) -> str:
    """Draw bars from zero to the right, each below its name, with its interval and its value.

    Args:
        title: text for readers who cannot see the picture.
        bars: rows, from the first to the last.
        x_label: meaning of the length, with its unit.
        top: the right end of the axis; what the bars need if None.

    Returns:
        The SVG, without blank lines.

    Raises:
        ValueError: no bars, or one that is negative or longer than ``top``.
    """
    if not bars:
        raise ValueError("no bars: there is nothing to draw")
    longest = max(max(bar.value, bar.high or 0.0) for bar in bars)
    if min(bar.value for bar in bars) < 0 or (top is not None and longest > top):
        raise ValueError(f"bars must lie between 0 and {top if top is not None else 'their end'}")
    ticks = _ticks(0.0, longest if top is None else top)
    left, right, row = 8, WIDTH - 56, 40
    bottom = row * len(bars) + 8

    def at(value: float) -> float:
        return left + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (right - left)

    grid = "".join(f"M{_short(at(tick))} 4V{bottom}" for tick in ticks)
    body = [f'<path d="{grid}" stroke="currentColor" stroke-opacity="0.25"/>']
    for i, bar in enumerate(bars):
        y = row * i + 16
        body.append(_text(left + 4, y, bar.name))
        box = f"M{left} {y + 5}H{_short(at(bar.value))}v12H{left}z"
        body.append(f'<path d="{box}" fill="{COLORS[0]}" fill-opacity="0.55"/>')
        if bar.low is not None and bar.high is not None:
            ends = f"M{_short(at(bar.low))} {y + 11}H{_short(at(bar.high))}"
            body.append(f'<path d="{ends}" stroke="currentColor" stroke-width="2"/>')
        body.append(_text(at(max(bar.value, bar.high or 0.0)) + 6, y + 16, _number(bar.value)))
    body += [
        '<g text-anchor="middle">',
        *(_text(at(tick), bottom + 18, _number(tick)) for tick in ticks),
        _text((left + right) / 2, bottom + 38, x_label),
        "</g>",
    ]
    return _svg(title, bottom + 46, body)


def token_rows(title: str, rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Draw texts cut into tokens, one box a token, a heading above each text.

    Args:
        title: text for readers who cannot see the picture.
        rows: heading and tokens of each text; blanks are shown as an open box.

    Returns:
        The SVG, without blank lines.

    Raises:
        ValueError: no rows.
    """
    if not rows:
        raise ValueError("no rows: there is nothing to draw")
    body, y = [], 16
    for i, (heading, tokens) in enumerate(rows):
        body.append(_text(4, y, heading))
        x, y, boxes, words = 4, y + 10, "", []
        for token in tokens:
            shown = token.replace(" ", "␣").replace("\n", "⏎")
            width = 8 * len(shown) + 6
            if x > 4 and x + width > WIDTH - 4:
                x, y = 4, y + 30
            boxes += f"M{x} {y}h{width}v24h-{width}z"
            words.append(_text(x + width / 2, y + 16, shown))
            x += width + 2
        color = COLORS[i % len(COLORS)]
        body.append(f'<path d="{boxes}" fill="{color}" fill-opacity="0.15" stroke="{color}"/>')
        body += ['<g font-family="monospace" text-anchor="middle">', *words, "</g>"]
        y += 52
    return _svg(title, y - 24, body)


def _svg(title: str, height: int, body: Sequence[str]) -> str:
    """Wrap the parts; a page may shrink the picture below its width, to fit a phone."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{SHOWN}" role="img" fill="currentColor" '
        f'font-family="sans-serif" font-size="{FONT}">'
    )
    return "\n".join([head, f"<title>{escape(title)}</title>", *body, "</svg>", ""])


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{_short(x)}" y="{_short(y)}">{escape(words)}</text>'


def _short(value: float) -> str:
    """Write a coordinate, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def _line(i: int, points: Sequence[tuple[str, str]], bars: str = "") -> list[str]:
    """Draw a line in the i-th color, dash and marker, and the bars of its spread."""
    path = "L".join(f"{x} {y}" for x, y in points)
    dash = f' stroke-dasharray="{DASHES[i]}"' if DASHES[i] else ""
    marked = points if len(points) <= FEW else ()
    marks = "".join(f'<path transform="translate({x} {y})" d="{MARKERS[i]}"/>' for x, y in marked)
    spread = f'<path d="{bars}" stroke="{COLORS[i]}" stroke-width="3"/>' if bars else ""
    return [
        f'<path d="M{path}" fill="none" stroke="{COLORS[i]}" stroke-width="2"{dash}/>{spread}',
        f'<g fill="{COLORS[i]}">{marks}</g>',
    ]


def _ticks(low: float, high: float) -> list[float]:
    """Choose four to eight round values that enclose a range."""
    if high == low:
        high = low + 1.0
    span = high - low
    unit = 10.0 ** math.floor(math.log10(span))
    step = next(unit * f for f in (0.2, 0.25, 0.5, 1.0, 2.0) if span / (unit * f) <= 6)
    return [step * i for i in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _number(value: float) -> str:
    """Write a tick: no more digits than it needs, thousands with a comma."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
