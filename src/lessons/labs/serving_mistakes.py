"""Wrong ways to quantize, and to decide how far, each as a function that answers as people do."""

from collections.abc import Callable, Iterator, Sequence
from math import floor
from typing import Any

from lessons.labs.mistakes import Mistake
from lessons.labs.runner import Solution

Matrix = list[list[float]]
Measured = dict[str, tuple[float, float, float, float]]
DIGITS = 9  # as many are compared: another order of computing may change the sixteenth


def tidy(value: Any) -> Any:
    """Round the floats in a result, also within lists and tuples."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list | tuple):
        return type(value)(map(tidy, value))
    return value


class Rounded(Solution):
    """The learner's code, whose results are rounded before anybody compares them."""

    def __init__(self, solution: Solution) -> None:
        self.inner = solution

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function, and round its result."""
        return tidy(self.inner.call(name, *arguments))


def rounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Round what a function returns."""
    return lambda *arguments: tidy(function(*arguments))


def known(ways: Sequence[Mistake]) -> tuple[Mistake, ...]:
    """Round what wrong ways return, so that they can be compared."""
    return tuple(Mistake(way.name, way.why, _safe(way.answer)) for way in ways)


def _safe(function: Callable[..., Any]) -> Callable[..., Any]:
    """A way that cannot answer an input answers nothing, which is no solution's answer."""

    def answer(*arguments: Any) -> Any:
        try:
            return tidy(function(*arguments))
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            return error

    return answer


# Part 1: quantize


def _quantize(
    matrix: Matrix,
    scale_of: Callable[[list[float]], float] = lambda row: max(map(abs, row)) / 127,
    whole: Callable[[float], int] = round,
) -> tuple[list[list[int]], list[float]]:
    scales = [scale_of(row) or 1.0 for row in matrix]
    return [
        [whole(weight / scale) for weight in row] for row, scale in zip(matrix, scales, strict=True)
    ], scales


def quantize(matrix: Matrix) -> tuple[list[list[int]], list[float]]:
    """Eight bits by row: the right answer."""
    return _quantize(matrix)


def _one_scale(matrix: Matrix) -> tuple[list[list[int]], list[float]]:
    largest = max(abs(weight) for row in matrix for weight in row) / 127
    return _quantize(matrix, lambda _: largest)


def _one_scale_alone(matrix: Matrix) -> tuple[list[list[int]], list[float]]:
    whole, scales = _one_scale(matrix)
    return whole, scales[:1]


def _by_column(matrix: Matrix) -> tuple[list[list[int]], list[float]]:
    whole, scales = _quantize([list(column) for column in zip(*matrix, strict=True)])
    return [list(row) for row in zip(*whole, strict=True)], scales


def _not_divided(matrix: Matrix) -> tuple[list[list[int]], list[float]]:
    return _quantize(matrix, lambda row: 127 / (max(map(abs, row)) or 127))


def _floats(matrix: Matrix) -> tuple[list[list[float]], list[float]]:
    whole, scales = _quantize(matrix)
    return [
        [number * scale for number in row] for row, scale in zip(whole, scales, strict=True)
    ], scales


QUANTIZE = (
    Mistake(
        "one scale is used for the whole matrix",
        "The largest weight of all rows then decides for each of them, and a row of small weights keeps "
        "only a few different values. Each row has a scale of its own.",
        _one_scale,
    ),
    Mistake(
        "one scale is used for the whole matrix",
        "As many scales are wanted as there are rows.",
        _one_scale_alone,
    ),
    Mistake(
        "each column has a scale, not each row",
        "A row makes one output, so its scale can be multiplied in at the end. A column's could not.",
        _by_column,
    ),
    Mistake(
        "the weights are cut off instead of rounded",
        "int() goes towards 0, so each weight loses half a step on average, and all in one direction.",
        lambda matrix: _quantize(matrix, whole=int),
    ),
    Mistake(
        "the weights are rounded down",
        "// and floor() go to the smaller number, so each weight loses half a step on average, and all in "
        "one direction.",
        lambda matrix: _quantize(matrix, whole=floor),
    ),
    Mistake(
        "the largest weight becomes 128",
        "Eight bits hold -128 to 127. A 128 would be stored as -128, the opposite of what it was.",
        lambda matrix: _quantize(matrix, lambda row: max(map(abs, row)) / 128),
    ),
    Mistake(
        "the scale forgets that weights are negative, too",
        "A row whose largest weight is a negative one gets numbers below -127. Distance from 0 counts.",
        lambda matrix: _quantize(matrix, lambda row: max(row) / 127),
    ),
    Mistake(
        "the scale is taken from the range of a row",
        "Largest minus smallest needs a zero point, too. Here 0 stands for 0, so distance from 0 counts.",
        lambda matrix: _quantize(matrix, lambda row: (max(row) - min(row)) / 255),
    ),
    Mistake(
        "the scales are upside down",
        "A scale is what one step is worth: whole number times scale gives the weight back.",
        _not_divided,
    ),
    Mistake(
        "the weights come back as floats",
        "They would take four bytes each again. Whole numbers are wanted, and the scales beside them.",
        _floats,
    ),
)


def smaller_matrix(case: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Matrices with a row or a column less."""
    (matrix,) = case
    if len(matrix) > 1:
        yield from (([*matrix[:i], *matrix[i + 1 :]],) for i in range(len(matrix)))
    if len(matrix[0]) > 1:
        yield from (([[*r[:i], *r[i + 1 :]] for r in matrix],) for i in range(len(matrix[0])))


def _choose(
    measured: Measured,
    limit: float,
    at: int = 3,
    order: Callable[[tuple[float, float, float, float]], float] = lambda row: row[0],
    strict: bool = False,
    base: float = 1.0,
) -> str | None:
    """Choose by a column of the table, in one of several ways."""
    fit = [
        name
        for name, row in measured.items()
        if row[at] < base + limit or (row[at] == base + limit and not strict)
    ]
    return min(fit, key=lambda name: order(measured[name]), default=None)


def choose(measured: Measured, limit: float) -> str | None:
    """The fewest bits of which the whole interval keeps the limit: the right answer."""
    return _choose(measured, limit)


def _cheapest(measured: Measured, limit: float) -> str | None:
    return min(measured, key=lambda name: measured[name][0]) if limit >= 0 else None


def _best_anyway(measured: Measured, limit: float) -> str | None:
    return _choose(measured, limit) or min(measured, key=lambda name: measured[name][1])


CHOOSE = (
    Mistake(
        "choose looks at the value, and not at its interval",
        "The true price may be as high as the high end. A limit that is kept by luck is not kept.",
        lambda measured, limit: _choose(measured, limit, at=1),
    ),
    Mistake(
        "choose looks at the low end of the interval",
        "That is the best case. Promised is the limit, so the worst one has to keep it.",
        lambda measured, limit: _choose(measured, limit, at=2),
    ),
    Mistake(
        "choose takes the lowest perplexity",
        "The limit was written down so that everything within it is good enough. Then bits decide.",
        lambda measured, limit: _choose(measured, limit, order=lambda row: row[1]),
    ),
    Mistake(
        "choose takes the one with the lowest high end",
        "The limit was written down so that everything within it is good enough. Then bits decide.",
        lambda measured, limit: _choose(measured, limit, order=lambda row: row[3]),
    ),
    Mistake(
        "choose takes the first that keeps the limit",
        "The table is in no order. Of all that keep the limit, the one with the fewest bits is wanted.",
        lambda measured, limit: _choose(measured, limit, order=lambda _: 0.0),
    ),
    Mistake(
        "choose leaves out what lies on the limit",
        "At most is wanted: who needs exactly the limit keeps it.",
        lambda measured, limit: _choose(measured, limit, strict=True),
    ),
    Mistake(
        "choose compares the ratio with the limit itself",
        "A limit of 0.01 allows 1.01 times the perplexity: no ratio is below 0.01.",
        lambda measured, limit: _choose(measured, limit, base=0.0),
    ),
    Mistake(
        "choose takes the fewest bits, whatever they cost",
        "Then nobody would have needed to measure.",
        _cheapest,
    ),
    Mistake(
        "choose takes one although none keeps the limit",
        "Nothing is then good enough, and whoever asked has to hear it: None.",
        _best_anyway,
    ),
)
