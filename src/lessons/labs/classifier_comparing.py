"""Compares what a learner's function returns up to rounding: numbers, lists of them, and matrices."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from lessons.labs.mistakes import Case, Mistake, compare
from lessons.labs.runner import Solution


class Listed(tuple[Any, ...]):
    """A list or a tuple that compares its numbers up to rounding, at any depth."""

    __slots__ = ()

    def __repr__(self) -> str:
        parts = (f"{one:.4g}" if isinstance(one, float) else repr(one) for one in self)
        return f"[{', '.join(parts)}]"


def listed(value: Any) -> Any:
    """Turn lists and tuples into `Listed`, at any depth."""
    return Listed(map(listed, value)) if isinstance(value, list | tuple) else value


class _Listing:
    """A learner's code whose results are compared up to rounding, after something was done to them."""

    def __init__(self, solution: Solution, then: Callable[[Any], Any]) -> None:
        self.solution, self.then = solution, then

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of the learner's."""
        return listed(self.then(self.solution.call(name, *arguments)))


def same(value: Any) -> Any:
    """Return what is given."""
    return value


def compare_listed(
    solution: Solution,
    name: str,
    cases: Sequence[Case],
    right: Callable[..., Any],
    known: Sequence[Mistake],
    smaller: Callable[[Case], Iterator[Case]],
    otherwise: str | Callable[[Case, Any], tuple[str, str]],
    then: Callable[[Any], Any] = same,
) -> None:
    """As `compare`, up to rounding; known ways that cannot answer a case are not what was done."""

    def answers(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *case: listed(function(*case))

    def told(case: Case, got: Any) -> tuple[str, str]:
        if isinstance(otherwise, str):
            return f"{name} gives another answer", otherwise
        return otherwise(case, got)

    ways_known = [Mistake(way.name, way.why, answers(way.answer)) for way in known]
    listing = cast(Solution, _Listing(solution, then))
    compare(listing, name, cases, answers(right), ways_known, smaller, told)
