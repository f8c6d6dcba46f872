"""A text that a model wrote, each piece shaded by how much it surprised the model.

A page prints such a text in an output, and the test of the page holds it to that: what wrote it on the
first line, then each piece with its surprise in bits, then ``instead of`` and one of the pieces, and what
else could have stood in its place, each with its probability::

    base, 3.1 million weights
    'It'         2.01
    ' was'       0.02
    ' sunny'     3.10
    instead of ' sunny'
    ' cold'      35.2%
    ' sunny'     11.7%

``{{ surprise.PAGE.NAME }}`` shows the output NAME of a page of ``docs/`` as HTML, on any page.
"""

import ast
import html
import re
from dataclasses import dataclass

from coursekit.page.contents import Block
from coursekit.text import lines

__all__ = ["PLACEHOLDER", "Piece", "Written", "read", "render"]

PLACEHOLDER = re.compile(r"\{\{\s*surprise\.(?P<page>[\w/-]+)\.(?P<name>[\w-]+)\s*\}\}")
ROW = re.compile(r"""(?P<piece>'.*'|".*") +(?P<number>\d+(?:\.\d+)?)(?P<percent>%?)""")
PLACE = re.compile(r"""instead of (?P<piece>'.*'|".*")""")
# Bits from which a piece is shaded, ever stronger: one chance in two, in four, in sixteen.
SHADES = (1.0, 2.0, 4.0)
SURPRISING = 3.0  # bits: one chance in eight


@dataclass(frozen=True)
class Piece:
    """A piece of a text.

    Attributes:
        text: with the blank before it, where it has one.
        bits: how much it surprised the model that wrote it.
    """

    text: str
    bits: float

    @property
    def shade(self) -> int:
        """How strongly it is shaded, from 0 to 3."""
        return sum(self.bits >= least for least in SHADES)


@dataclass(frozen=True)
class Written:
    """A text with the surprise of its pieces.

    Attributes:
        by: what wrote it.
        pieces: the text.
        place: index of the piece at whose place the chances are known.
        chances: what could have stood there, with the probability in percent.
    """

    by: str
    pieces: tuple[Piece, ...]
    place: int
    chances: tuple[tuple[str, float], ...]

    @property
    def surprising(self) -> list[str]:
        """The words that hold a surprising piece, each once, in order."""
        words: list[list[Piece]] = []
        for piece in self.pieces:
            if not words or piece.text[:1].isspace():
                words.append([])
            words[-1].append(piece)
        found = (
            "".join(piece.text for piece in word).strip(" .,;:!?\"'")
            for word in words
            if max(piece.bits for piece in word) >= SURPRISING
        )
        return list(dict.fromkeys(found))


def read(output: Block) -> Written:
    """Read what a page printed.

    Raises:
        ValueError: it is no such text.
    """
    by, *rows = lines(output.body)
    pieces: list[Piece] = []
    chances: list[tuple[str, float]] = []
    instead = ""
    for row in rows:
        if place := PLACE.fullmatch(row.strip()):
            instead = ast.literal_eval(place["piece"])
        elif found := ROW.fullmatch(row.strip()):
            text, number = ast.literal_eval(found["piece"]), float(found["number"])
            if found["percent"]:
                chances.append((text, number))
            else:
                pieces.append(Piece(text, number))
        else:
            raise ValueError(f"{row!r} is no piece of a text with its bits or its probability")
    texts = [piece.text for piece in pieces]
    if instead not in texts or not chances:
        raise ValueError("no line 'instead of' a piece of the text, with probabilities below it")
    return Written(by.strip(), tuple(pieces), texts.index(instead), tuple(chances))


def render(written: Written) -> str:
    """The text as HTML, with its chances below it."""
    said = html.escape(written.pieces[written.place].text.strip(), quote=False)
    surprising = html.escape(", ".join(written.surprising), quote=False)
    others = [piece for piece in written.pieces if piece.bits < SURPRISING]
    expected = sum(piece.bits < SHADES[0] for piece in others)
    chances = "".join(_chance(text, percent) for text, percent in written.chances)
    _, highest = max(written.chances, key=lambda chance: chance[1])
    shades = " ".join(
        f'<span class="surprise__{shade}">{least:.0f}{"" if shade < len(SHADES) else " or more"}</span>'
        for shade, least in enumerate(SHADES, start=1)
    )
    return (
        '<figure class="surprise" data-search-exclude="true">'
        f'<figcaption class="surprise__by">{html.escape(written.by, quote=False)}</figcaption>'
        f'<p class="surprise__text">{_shaded(written)}</p>'
        f'<p class="surprise__words">It was surprised most by <b>{surprising}</b>. '
        f"Of the other {len(others)} pieces, {expected} surprised it by less than one bit.</p>"
        f'<p class="surprise__label" id="surprise-chances">Where it wrote <b>{said}</b>, the likeliest '
        f"piece had {highest:.0f}%:</p>"
        f'<ol class="surprise__chances" aria-labelledby="surprise-chances">{chances}</ol>'
        f'<p class="surprise__legend">Shade: bits of surprise, {shades}</p></figure>'
    )


def _shaded(written: Written) -> str:
    """The text, its surprising pieces in elements of their own."""
    parts = []
    for index, piece in enumerate(written.pieces):
        bare = piece.text.lstrip()
        shown = html.escape(bare, quote=False)
        here = " surprise__place" if index == written.place else ""
        if piece.shade or here:
            shown = f'<span class="surprise__{piece.shade}{here}">{shown}</span>'
        parts.append(piece.text[: len(piece.text) - len(bare)] + shown)
    return "".join(parts).strip()


def _chance(text: str, percent: float) -> str:
    """A row of the chances; its bar is drawn without a style, which the site's policy forbids."""
    bar = (
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect width="{percent:.1f}" height="8"/></svg>'
    )
    word = html.escape(text.strip(), quote=False)
    return f"<li><span>{word}</span>{bar}<span>{percent:.0f}%</span></li>"
