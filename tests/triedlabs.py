"""What each lab is tried with: plausible wrong solutions, and a right one by another road."""

from collections.abc import Mapping
from dataclasses import dataclass

import otherpreferences
import otherpretraining
import wrongclassifiers
import wrongcleaning
import wrongevaluations
import wrongpreferences
import wrongpretraining
import wrongprompts
import wrongrecovery
import wrongsearch
import wrongserving
import wrongtokenizers
from solvedlabs import changed, solution

# Its part; what of the solution becomes what, or code that stands below it; what the check has to say.
Wrong = tuple[int, list[tuple[str, str]] | str, str]


@dataclass(frozen=True)
class Tried:
    """What a lab is tried with.

    Attributes:
        wrong: wrong solutions by their names.
        other: code below the solution that goes another road.
        gating: the wrong solutions that also run in a process of their own at each change, not nightly.
        alone: those that only a process of their own can tell.
        right_draws, wrong_draws, nightly_draws: how often hidden inputs are drawn for a right solution in
            this process, for a wrong one in this process, and for a right one in a process of its own.
        gating_process: whether the solution runs in a process of its own at each change, too.
    """

    wrong: Mapping[str, Wrong]
    other: str
    gating: frozenset[str]
    alone: frozenset[str] = frozenset()
    right_draws: int = 1
    wrong_draws: int = 1
    nightly_draws: int = 8
    gating_process: bool = False


TRIED = {
    "tokenizer": Tried(
        wrongtokenizers.WRONG,
        wrongtokenizers.OTHER,
        frozenset(
            {"copies on both sides", "ties the other way", "decode with spaces", "one size too far"}
        ),
        frozenset({"input mutated"}),
        gating_process=True,
    ),
    "prompts": Tried(
        wrongprompts.WRONG,
        wrongprompts.OTHER,
        frozenset({"swapped numbers"}),
        frozenset({"messages sorted"}),
    ),
    "cleaning": Tried(
        wrongcleaning.WRONG,
        wrongcleaning.OTHER,
        frozenset({"input mutated"}),
        frozenset({"input mutated"}),
        right_draws=3,
        gating_process=True,
    ),
    "pretraining": Tried(
        wrongpretraining.WRONG | wrongrecovery.WRONG,
        otherpretraining.OTHER,
        frozenset({"hash of a text"}),
        frozenset({"hash of a text"}),
        nightly_draws=6,
    ),
    "classifier": Tried(
        wrongclassifiers.WRONG,
        wrongclassifiers.OTHER,
        frozenset({"overflow"}),
        frozenset({"overflow"}),  # an error that only a process of its own puts into words
    ),
    "preferences": Tried(
        wrongpreferences.WRONG,
        otherpreferences.OTHER,
        frozenset({"no start"}),
        frozenset({"input changed"}),
        right_draws=3,
        wrong_draws=2,
        nightly_draws=6,
    ),
    "serving": Tried(wrongserving.WRONG, wrongserving.OTHER, frozenset({"omission"})),
    "evaluation": Tried(
        wrongevaluations.WRONG,
        wrongevaluations.OTHER,
        frozenset({"items"}),
        frozenset({"input mutated"}),
        right_draws=5,
        wrong_draws=3,
        nightly_draws=4,
    ),
    "search": Tried(
        wrongsearch.WRONG,
        wrongsearch.OTHER,
        frozenset({"mean over passages", "the order of a set"}),
        frozenset({"sorted in place", "the order of a set"}),
        nightly_draws=6,
    ),
}
ROADS = ("of the page", "another")


def right(lab: str, road: str) -> str:
    """A right solution of a lab, by one of `ROADS`."""
    return solution(lab) + (TRIED[lab].other if road == "another" else "")


def wrong(lab: str, name: str) -> tuple[int, str, str]:
    """A wrong solution of a lab: its part, its code, and what the check has to say."""
    part, change, said = TRIED[lab].wrong[name]
    if isinstance(change, str):
        return part, f"{solution(lab)}\n{change}", said
    return part, changed(solution(lab), *change), said
