"""Pictures of the page on the inside of the model: a model with its parts, and a grid of its heads."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from lessons.charts import name_lines, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNITS = 72  # to an inch; one is a pixel of the page
FONT = 13
LINE, BOX = 18, 24  # heights of a line of text and of a box


def model_picture(tokens: Sequence[str], blocks: int, answer: str, width: float) -> str:
    """Draw how tokens become scores for the next one: a column for each token, read from top to bottom.

    Args:
        tokens: what the model reads.
        blocks: how many blocks it has; one is drawn.
        answer: the token that gets the highest score after the last.
        width: width of the drawing in inches, 72 pixels each.

    Returns:
        The SVG, without empty lines.

    Raises:
        ValueError: no tokens.
    """
    if not tokens:
        raise ValueError("no tokens: there is nothing to draw")
    pixels = round(UNITS * width)
    column = (pixels - 24) / len(tokens)
    middles = [12 + column * (i + 0.5) for i in range(len(tokens))]
    body: list[str] = []

    def row(y: int, words: Sequence[str], number: int) -> int:
        """Draw a box in each column that has words; returns where the boxes end."""
        for x, word in zip(middles, words, strict=True):
            if word:
                body.append(_box(x - column / 2 + 4, y, column - 8, BOX, number))
                body.append(_text(x, y + 16, word, "middle"))
        return y + BOX

    def down(y: int, length: int = 14) -> int:
        """Draw an arrow in each column; returns where they end."""
        body.extend(_arrow(x, y, x, y + length) for x in middles)
        return y + length

    shown = [token.replace(" ", "␣") for token in tokens]
    y = row(4, shown, 1)
    y = down(y)
    y = row(y, [f"{word} + {place}" for place, word in enumerate(shown)], 1)
    top = down(y)  # where the block begins
    behind = len(body)  # its box lies behind what stands in it
    body.append(_text(24, top + 20, f"a block, {blocks} times; each part adds to what came in"))
    body.append(_text(24, top + 42, "attention: look at this token and earlier ones"))
    first, last = top + 52, top + 92
    for there, x in enumerate(middles):
        body.extend(_arrow(x_seen, first, x, last) for x_seen in middles[: there + 1])
    body.append(_text(24, last + LINE, "MLP: work on each token alone"))
    y = row(last + LINE + 8, ["MLP"] * len(tokens), 2)
    bottom = y + 10
    body.insert(behind, _box(12, top + 2, pixels - 24, bottom - top - 2, 3, 0.05))
    y = down(bottom)
    y = row(y, ["norm"] * len(tokens), 1)
    y = down(y)
    y = row(y, ["scores"] * len(tokens), 1)
    body.append(_arrow(middles[-1], y, middles[-1], y + 14))
    y = row(y + 14, [""] * (len(tokens) - 1) + [answer.replace(" ", "␣")], 2)
    return _svg(pixels, y + 4, body)


def head_grid(shares: Sequence[Sequence[float]], width: float) -> str:
    """Draw a table of shares, a row for each block and a column for each head, the darker the higher.

    Args:
        shares: of each block, from the first; 0 to 1.
        width: width of the drawing in inches, 72 pixels each.

    Returns:
        The SVG, without empty lines.

    Raises:
        ValueError: no shares.
    """
    if not shares:
        raise ValueError("no shares: there is nothing to draw")
    pixels = round(UNITS * width)
    left, cell = 64, (pixels - 66) / len(shares[0])
    body = [
        _text(
            left + cell * (head + 0.5),
            14,
            f"head {head + 1}" if cell > 60 else f"{head + 1}",
            "middle",
        )
        for head in range(len(shares[0]))
    ]
    for block, row in enumerate(shares):
        y = 24 + 30 * block
        body.append(_text(1, y + 18, f"block {block + 1}"))
        for head, share in enumerate(row):
            x = left + cell * head
            body.append(_box(x + 1, y, cell - 2, 27, 1, 0.02 + 0.5 * share))
            body.append(_text(x + cell / 2, y + 18, f"{share:.0%}", "middle"))
    return _svg(pixels, 24 + 30 * len(shares) + 4, body)


def depth_chart(models: Mapping[str, Sequence[Mapping[str, float]]], width: float) -> "Figure":
    """Draw two panels over the depth of models: the largest inputs, and attention to the first token.

    Args:
        models: name of a model -> of each of its blocks ``largest``, a multiple of the median, and
            ``sink``, a share.
        width: in inches.
    """
    from matplotlib import pyplot as plt  # here, so that importing a page's code needs it not

    figure, (above, below) = plt.subplots(nrows=2, figsize=(width, 5.4), sharex=True)
    for name, blocks in models.items():
        depth = [place / len(blocks) for place in range(1, len(blocks) + 1)]
        above.plot(depth, [block["largest"] for block in blocks], label=name, marker="")
        below.plot(depth, [block["sink"] for block in blocks], label=name, marker="")
    above.set_yscale("log")
    above.set(title="largest input of a layer, over the median", ylim=(5, 2e5))
    above.set_yticks([10, 100, 1000, 10_000, 100_000], ["10", "100", "1,000", "10,000", "100,000"])
    above.set_yticks([], minor=True)
    below.set(title="attention on the first token", xlabel="depth of the block", ylim=(-0.03, 0.8))
    percent(below.yaxis, 0, 75, 25)
    percent(below.xaxis, 0, 100, 25)
    for axes in (above, below):
        name_lines(axes)
    return figure


COLORS = {
    1: "#1b8a7e",
    2: "#b8690f",
    3: "#5a7fd6",
}  # the style sheet's classes, and colors without it


def _box(
    x: float, y: float, width: float, height: float, number: int, opacity: float = 0.12
) -> str:
    """Draw a rectangle."""
    return (
        f'<path d="M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}z" '
        f'class="fill-{number} stroke-{number}" fill="{COLORS[number]}" '
        f'fill-opacity="{opacity:.2f}" stroke="{COLORS[number]}"/>'
    )


def _arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    """Draw a line with a head that points down."""
    return (
        f'<path d="M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}m-3 -5l3 5l3 -5" fill="none" '
        'stroke="currentColor" stroke-opacity="0.6"/>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Write words."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(width: int, height: float, body: Sequence[str]) -> str:
    """Put shapes and words together."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" '
        f'fill="currentColor" font-family="sans-serif" font-size="{FONT}">'
    )
    return "\n".join([head, *body, "</svg>", ""])
