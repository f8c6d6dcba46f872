"""Finds out which mistake an answer shows: it is what a known wrong way would have answered each time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isclose, isnan
from typing import Any

from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError, call_text, shown

Case = tuple[Any, ...]  # the arguments of one call
TOLERANCE = 1e-9  # of numbers with a decimal point, as a share
TRIES = 80  # calls for finding a smaller input that shows the same


@dataclass(frozen=True)
class Mistake:
    """A known wrong way.

    Attributes:
        name: as :class:`~lessons.labs.verdicts.WrongError` wants it.
        why: the same.
        answer: what somebody who goes that way returns.
    """

    name: str
    why: str
    answer: Callable[..., Any]


def equal(got: Any, wanted: Any, tolerance: float = TOLERANCE) -> bool:
    """Whether two results are the same; numbers with a decimal point to a part of their size.

    What is no number (``nan``) is the same as another one, and infinity the same as itself only.

    Args:
        got: one of them; lists, tuples and the values of dictionaries are compared entry by entry.
        wanted: the other.
        tolerance: the largest difference of two numbers, as a share of the larger one, and absolute where
            both are below 1.
    """
    if type(got) is type(wanted) and isinstance(got, list | tuple | dict):
        if isinstance(got, dict):
            if got.keys() != wanted.keys():
                return False
            return all(equal(got[key], wanted[key], tolerance) for key in wanted)
        pairs = zip(got, wanted, strict=False)
        return len(got) == len(wanted) and all(equal(a, b, tolerance) for a, b in pairs)
    if got == wanted:
        return True
    numbers = isinstance(got, float | int) and isinstance(wanted, float | int)
    if not numbers or not (isinstance(got, float) or isinstance(wanted, float)):
        return False
    try:
        near = isclose(got, wanted, rel_tol=tolerance, abs_tol=tolerance)
        return near or (isnan(got) and isnan(wanted))
    except OverflowError:  # a whole number that no float can hold
        return False


def compare(
    solution: Solution,
    name: str,
    cases: Sequence[Case],
    right: Callable[..., Any],
    known: Sequence[Mistake],
    smaller: Callable[[Case], Iterator[Case]],
    otherwise: Callable[[Case, Any], tuple[str, str]],
    tolerance: float = TOLERANCE,
) -> None:
    """Call a function on hidden inputs, and name what is wrong with the answers.

    Args:
        solution: the learner's code.
        name: of the function.
        cases: the inputs, small ones first; the first is the example that the lab's page shows.
        right: gives the answer.
        known: wrong ways, those first that are named first.
        smaller: inputs with a little less in them, for the smallest one that shows the mistake.
        otherwise: name and reason for an input and an answer that no known way gives.
        tolerance: as :func:`equal` takes it, for a function whose sums depend on their order. Known ways
            have to differ from the answer by more.

    Raises:
        WrongError: at least one answer is wrong.
    """
    answers = [solution.call(name, *case) for case in cases]
    wanted = [right(*case) for case in cases]
    wrong = [not equal(got, one, tolerance) for got, one in zip(answers, wanted, strict=True)]
    if not any(wrong):
        return
    first = cases[wrong.index(True)]
    for way in known:
        pairs = zip(answers, cases, strict=True)
        if all(equal(got, way.answer(*case), tolerance) for got, case in pairs):
            case, got = _smallest(solution, name, first, right, smaller, tolerance)
            raise WrongError(
                way.name, way.why, call_text(name, case), shown(got), shown(right(*case))
            )
    by_heart = not wrong[0] and all(wrong[1:])
    case, got = _smallest(solution, name, first, right, smaller, tolerance)
    if by_heart:
        label = f"{name} is right on the example of the page and on no other input"
        why = (
            "It has to work for texts that nobody has seen, so the answer cannot stand in the code."
        )
    else:
        label, why = otherwise(case, got)
    raise WrongError(label, why, call_text(name, case), shown(got), shown(right(*case)))


def _smallest(
    solution: Solution,
    name: str,
    case: Case,
    right: Callable[..., Any],
    smaller: Callable[[Case], Iterator[Case]],
    tolerance: float,
) -> tuple[Case, Any]:
    """Take away from an input what it can do without, as long as the answer stays wrong."""
    got, tries, found = solution.call(name, *case), 0, True
    while found and tries < TRIES:
        found = False
        for candidate in smaller(case):
            tries += 1
            answer = solution.call(name, *candidate)
            if not equal(answer, right(*candidate), tolerance):
                case, got, found = candidate, answer, True
                break
            if tries >= TRIES:
                break
    return case, got


def without_one(items: Sequence[Any]) -> Iterator[list[Any]]:
    """A list without each of its entries in turn, halves first."""
    if len(items) > 3:
        yield list(items[len(items) // 2 :])
        yield list(items[: len(items) // 2])
    if len(items) > 1:
        for index in range(len(items)):
            yield [*items[:index], *items[index + 1 :]]
