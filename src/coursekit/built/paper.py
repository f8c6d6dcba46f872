"""How a page looks on paper: how many sheets it takes, and how full each of them is.

Chromium writes the sheets of a PDF one behind the other, each with a stream of drawing operators. This
reads as much of them as it takes to find the lowest mark on a sheet, and no other program's PDF.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

__all__ = ["QUARTER_EMPTY", "fullness"]

QUARTER_EMPTY = 0.75  # what is less full has more than a quarter of the sheet to spare
MARGIN = 16 * 72 / 25.4  # points above and below, as docs/assets/css/paper.css has them
SHEET = re.compile(
    rb"/Type /Page\n.*?/MediaBox \[0 0 [\d.]+ (?P<height>[\d.]+)\].*?/Contents (?P<number>\d+) 0 R",
    re.DOTALL,
)
STREAM = rb"\n%s 0 obj\n<<.*?>> stream\n(?P<data>.*?)\nendstream"
# Text in brackets of either kind, names, numbers, operators.
TOKEN = re.compile(r"<[0-9A-Fa-f]*>|\((?:\\.|[^\\)])*\)|\[[^\]]*\]|/\S+|[-+.\d]+|[A-Za-z*']+")
WHITE = (1.0, 1.0, 1.0)
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class State:
    """What a sheet is drawn with, until it is put back.

    Attributes:
        matrix: from the numbers that are drawn to points of the sheet.
        top: upper edge of what may be marked, in points from the sheet's lower edge.
        bottom: its lower edge.
        fill: color of areas.
        line: color of lines.
    """

    matrix: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    top: float = float("inf")
    bottom: float = float("-inf")
    fill: tuple[float, ...] = (0.0, 0.0, 0.0)
    line: tuple[float, ...] = (0.0, 0.0, 0.0)

    def height(self, x: float, y: float) -> float:
        """How high above the sheet's lower edge a point lies."""
        return self.matrix[1] * x + self.matrix[3] * y + self.matrix[5]


@dataclass
class Sheet:
    """A sheet while it is read.

    Attributes:
        state: what it is drawn with.
        kept: states to be put back.
        path: heights of the points of the path that is being drawn.
        text: where the line of text begins, in its own numbers.
        marks: heights of what was marked.
    """

    state: State = field(default_factory=State)
    kept: list[State] = field(default_factory=list)
    path: list[float] = field(default_factory=list)
    text: tuple[float, float] = (0.0, 0.0)
    marks: list[float] = field(default_factory=list)

    def mark(self, *heights: float) -> None:
        """Take down what may be marked of some heights: the lowest counts."""
        if heights and min(heights) <= self.state.top and max(heights) >= self.state.bottom:
            self.marks.append(max(min(heights), self.state.bottom))

    def operate(self, name: str, numbers: list[float]) -> None:
        """Follow one operator."""
        if name == "q":
            self.kept.append(self.state)
        elif name == "Q":
            self.state = self.kept.pop()
        elif name == "cm":
            self.state = replace(self.state, matrix=_times(numbers, self.state.matrix))
        elif name == "rg":
            self.state = replace(self.state, fill=tuple(numbers))
        elif name == "RG":
            self.state = replace(self.state, line=tuple(numbers))
        elif name in ("Tm", "Td", "Tj", "TJ", "BT"):
            self._write(name, numbers)
        else:
            self._draw(name, numbers)

    def _write(self, name: str, numbers: list[float]) -> None:
        x, y = self.text
        if name == "BT":
            self.text = (0.0, 0.0)
        elif name == "Tm":
            self.text = (numbers[4], numbers[5])
        elif name == "Td":  # Chromium turns text upside down, and moves it along its line only
            self.text = (x + numbers[0], y - numbers[1])
        else:
            self.mark(self.state.height(x, y))

    def _draw(self, name: str, numbers: list[float]) -> None:
        if name in ("m", "l"):
            self.path.append(self.state.height(*numbers))
        elif name == "c":
            self.path.append(self.state.height(*numbers[4:]))
        elif name == "re":
            x, y, width, height = numbers
            self.path += [self.state.height(x, y), self.state.height(x + width, y + height)]
        elif name in ("W", "W*"):
            self._clip()
        elif self._color(name) != WHITE:
            self.mark(*self.path)
        if name in ("f", "f*", "S", "n"):
            self.path = []

    def _color(self, name: str) -> tuple[float, ...]:
        """The color in which an operator paints; that of paper where it paints nothing."""
        if name in ("f", "f*"):
            return self.state.fill
        return self.state.line if name == "S" else WHITE

    def _clip(self) -> None:
        low, high = min(self.path), max(self.path)
        top, bottom = min(self.state.top, high), max(self.state.bottom, low)
        self.state = replace(self.state, top=top, bottom=bottom)


def _times(one: list[float], other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip


def _operators(stream: str) -> Iterator[tuple[str, list[float]]]:
    numbers: list[float] = []
    for token in TOKEN.findall(stream):
        if token[0] in "<([/":
            continue
        if token[0] in "+-.0123456789":
            numbers.append(float(token))
            continue
        yield token, numbers
        numbers = []


def fullness(pdf: bytes) -> list[float]:
    """For each sheet of a PDF by Chromium, the part of its height down to the lowest mark: 0 to 1.

    Args:
        pdf: the file.

    Raises:
        ValueError: no sheet, or one whose drawing is missing.
    """
    found = []
    for sheet in SHEET.finditer(pdf):
        stream = re.search(STREAM % sheet["number"], pdf, re.DOTALL)
        if stream is None:
            raise ValueError(f"a sheet has its drawing in {sheet['number']!r}, which is not there")
        low, high = MARGIN, float(sheet["height"]) - MARGIN
        drawn = Sheet(State(top=high, bottom=low))
        for name, numbers in _operators(zlib.decompress(stream["data"]).decode("latin-1")):
            drawn.operate(name, numbers)
        found.append((high - min(drawn.marks, default=high)) / (high - low))
    if not found:
        raise ValueError("no sheet: this is no PDF as Chromium writes it")
    return found
