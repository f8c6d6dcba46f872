"""Finds out which mistake an answer shows: it is what a known wrong way would have answered each time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError, call_text, shown

Case = tuple[Any, ...]  # the arguments of one call
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


def equal(got: Any, wanted: Any) -> bool:
    """Whether two results are the same, numbers with a decimal point to one part in a billion.

    What is no number (``nan``) is the same as another one.
    """
    for kind in (tuple, list):
        if isinstance(got, kind) and isinstance(wanted, kind) and len(got) == len(wanted):
            return all(map(equal, got, wanted))
    if isinstance(got, float) and isinstance(wanted, int | float):
        if isnan(got) or isnan(wanted):
            return isnan(got) and isnan(wanted)
        return got == wanted or abs(got - wanted) <= 1e-9 * max(1.0, abs(wanted))
    return bool(got == wanted)


def compare(
    solution: Solution,
    name: str,
    cases: Sequence[Case],
    right: Callable[..., Any],
    known: Sequence[Mistake],
    smaller: Callable[[Case], Iterator[Case]],
    otherwise: Callable[[Case, Any], tuple[str, str]],
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

    Raises:
        WrongError: at least one answer is wrong.
    """
    answers = [solution.call(name, *case) for case in cases]
    wanted = [right(*case) for case in cases]
    wrong = [not equal(got, one) for got, one in zip(answers, wanted, strict=True)]
    if not any(wrong):
        return
    for way in known:
        if all(equal(got, way.answer(*c)) for got, c in zip(answers, cases, strict=True)):
            case, got = _smallest(solution, name, cases[wrong.index(True)], right, smaller)
            raise WrongError(
                way.name, way.why, call_text(name, case), shown(got), shown(right(*case))
            )
    by_heart = not wrong[0] and all(wrong[1:])
    case, got = _smallest(solution, name, cases[wrong.index(True)], right, smaller)
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
) -> tuple[Case, Any]:
    """Take away from an input what it can do without, as long as the answer stays wrong."""
    got, tries, found = solution.call(name, *case), 0, True
    while found and tries < TRIES:
        found = False
        for candidate in smaller(case):
            tries += 1
            answer = solution.call(name, *candidate)
            if not equal(answer, right(*candidate)):
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
