"""Wrong ways to write LoRA that people go, each as a function that answers as they would."""

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import fmean

from lessons.labs.mistakes import Mistake

Vector = list[float]
Matrix = list[Vector]


def times(matrix: Sequence[Vector], vector: Sequence[float]) -> Vector:
    """Multiply a matrix, a list of rows, by a vector."""
    return [sum(a * b for a, b in zip(row, vector, strict=False)) for row in matrix]


def product(one: Matrix, other: Matrix) -> Matrix:
    """Multiply two matrices."""
    columns = list(zip(*other, strict=True))
    return [[sum(a * b for a, b in zip(row, c, strict=False)) for c in columns] for row in one]


def turned(matrix: Matrix) -> Matrix:
    """Turn rows into columns."""
    return [list(column) for column in zip(*matrix, strict=True)]


def _add(one: Sequence[float], other: Sequence[float], scale: float = 1.0) -> Vector:
    return [a + scale * b for a, b in zip(one, other, strict=False)]


def adapted(w: Matrix, a: Matrix, b: Matrix, alpha: float, x: Vector) -> Vector:
    """Apply a frozen matrix and its addition: the right answer."""
    return _add(times(w, x), times(b, times(a, x)), alpha / len(a))


def _scaled(scale: Callable[[Matrix, Matrix, float], float]) -> Callable[..., Vector]:
    def answer(w: Matrix, a: Matrix, b: Matrix, alpha: float, x: Vector) -> Vector:
        return _add(times(w, x), times(b, times(a, x)), scale(a, b, alpha))

    return answer


def _all_scaled(w: Matrix, a: Matrix, b: Matrix, alpha: float, x: Vector) -> Vector:
    both = _add(times(w, x), times(b, times(a, x)))
    return [alpha / len(a) * value for value in both]


def _only_addition(w: Matrix, a: Matrix, b: Matrix, alpha: float, x: Vector) -> Vector:
    return _add([0.0] * len(w), times(b, times(a, x)), alpha / len(a))


SCALES: tuple[tuple[str, str, Callable[[Matrix, Matrix, float], float]], ...] = (
    (
        "does not divide alpha by the rank",
        "A larger rank adds up more products. Divided by it, the addition stays about as large, and "
        "a rate that was found for one rank serves for another.",
        lambda _a, _b, alpha: alpha,
    ),
    (
        "forgets the scale",
        "The addition counts alpha / rank times. A model that was trained with it and is used "
        "without is another model.",
        lambda _a, _b, _alpha: 1.0,
    ),
    (
        "divides by another size than the rank",
        "The rank is the thin side: how many rows A has, and how many numbers a row of B has.",
        lambda _, b, alpha: alpha / len(b),
    ),
    (
        "divides by another size than the rank",
        "The rank is the thin side: how many rows A has, and how many numbers a row of B has.",
        lambda a, _, alpha: alpha / len(a[0]),
    ),
    (
        "multiplies by the rank",
        "Alpha is divided by the rank, so that a larger rank does not make a larger addition by "
        "itself.",
        lambda a, _, alpha: alpha * len(a),
    ),
    (
        "takes the addition off",
        "The addition is added. Training would find the opposite sign, but merging must find the same.",
        lambda a, _, alpha: -alpha / len(a),
    ),
)

ADAPTED = (
    *(Mistake(f"adapted {name}", why, _scaled(scale)) for name, why, scale in SCALES),
    Mistake(
        "adapted scales the frozen part, too",
        "At the start the addition is nothing, and the model has to be the one that was pre-trained."
        " So W x stays as it is.",
        _all_scaled,
    ),
    Mistake(
        "adapted leaves out the frozen part",
        "W holds all that the model learned in pre-training. The addition stands beside it, not in "
        "its place.",
        _only_addition,
    ),
    Mistake(
        "adapted turns W",
        "A matrix is a list of its rows, and each row gives one number: the sum of its products with"
        " x.",
        lambda w, a, b, alpha, x: adapted(turned(w), a, b, alpha, x),
    ),
    Mistake(
        "adapted takes B first",
        "A makes few numbers of many, B makes many of few. First A, then B.",
        lambda w, a, b, alpha, x: _add(times(w, x), times(a, times(b, x)), alpha / len(a)),
    ),
)


def merged(w: Matrix, a: Matrix, b: Matrix, alpha: float) -> Matrix:
    """Add the addition into a matrix: the right answer."""
    return _merged(w, product(b, a), alpha / len(a))


def _merged(w: Matrix, addition: Matrix, scale: float) -> Matrix:
    return [_add(row, added, scale) for row, added in zip(w, addition, strict=False)]


def _scaled_sum(scale: Callable[[Matrix, Matrix, float], float]) -> Callable[..., Matrix]:
    def answer(w: Matrix, a: Matrix, b: Matrix, alpha: float) -> Matrix:
        return _merged(w, product(b, a), scale(a, b, alpha))

    return answer


MERGED = (
    *(Mistake(f"merged {name}", why, _scaled_sum(scale)) for name, why, scale in SCALES),
    Mistake(
        "merged returns the addition alone",
        "The result is what the model computes with, so W is in it.",
        lambda w, a, b, alpha: _merged(
            [[0.0] * len(row) for row in w], product(b, a), alpha / len(a)
        ),
    ),
    Mistake(
        "merged multiplies A by B",
        "B times A is as large as W. A times B is as small as the rank, and another matrix.",
        lambda w, a, b, alpha: _merged(w, product(a, b), alpha / len(a)),
    ),
    Mistake(
        "merged turns the addition",
        "Row i and column j of the addition is row i of B with column j of A.",
        lambda w, a, b, alpha: _merged(w, turned(product(b, a)), alpha / len(a)),
    ),
)


ENOUGH = 200  # numbers of A from which on their spread can be judged


def wrong_start(
    outputs: int, inputs: int, rank: int, first: Matrix, second: Matrix
) -> tuple[str, str] | None:
    """Name what is wrong with the matrices A and B that a training is to start from; None if nothing is."""
    shapes = [(len(one), {len(row) for row in one}) for one in (first, second)]
    if shapes == [(outputs, {rank}), (rank, {inputs})] and (outputs, rank) != (rank, inputs):
        return (
            "start returns B first",
            "The lab unpacks A, B. A has a row for each number of the rank, B has one for each output.",
        )
    if shapes != [(rank, {inputs}), (outputs, {rank})]:
        return (
            "the matrices of start do not fit",
            f"A goes first, from {inputs} inputs to {rank}, and B from {rank} to {outputs} outputs; a "
            "matrix is a list of rows, a row for each number that comes out.",
        )
    zero = [not any(value for row in one for value in row) for one in (first, second)]
    if all(zero):
        return (
            "both matrices start at zero",
            "The gradient of each is a product with the other. If both are zero, so are both "
            "gradients, and nothing is ever learned.",
        )
    if not zero[1]:
        return (
            "B does not start at zero",
            "B A would change the model before it has seen a single example. It has to start as the "
            "model that was pre-trained.",
        )
    if len({tuple(row) for row in first}) < rank or any(len({*row}) < len(row) for row in first):
        return (
            "numbers of A repeat",
            "Equal rows get equal gradients and stay equal, so the addition never has more than rank"
            " 1. Draw each number by itself.",
        )
    spread = sqrt(fmean(value * value for row in first for value in row))
    if rank * inputs >= ENOUGH and not 0.4 < spread * sqrt(inputs) < 2:
        return (
            "the numbers of A have another spread",
            f"With {inputs} inputs, 1 / √inputs is {inputs**-0.5:.2g}, and yours have about {spread:.2g}. "
            "A spread is a standard deviation, not a variance, and goes by what A reads, the inputs.",
        )
    if max(abs(value) for row in first for value in row) > 10 * inputs**-0.5:
        return (
            "the numbers of A are too large",
            "They are added up over all inputs. Drawn with a spread of 1 / √inputs, the sum is about"
            " as large as one input.",
        )
    return None
