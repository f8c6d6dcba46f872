"""When to show nothing: how sure a search has to be, chosen by what its two mistakes cost.

A mistake is to show passages that do not answer, and to show none although one of them would have answered.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

IN_VAIN = 1.0  # minutes: three passages were read in vain
MISSED = 5.0  # minutes: the answer was there, and is now looked for elsewhere
SEED = 9


@dataclass(frozen=True)
class Asked:
    """A question that was searched for.

    Attributes:
        question: its name; two wordings of one question have the same.
        sure: how sure the search is of its best passage.
        right: whether what would be shown answers it.
        group: what it is told apart by, such as ``ask``, ``terms``, ``near`` or ``far``.
    """

    question: str
    sure: float
    right: bool
    group: str


def cost(least: float, asked: Sequence[Asked]) -> float:
    """Return what a threshold costs a question, in minutes, the mean.

    Args:
        least: passages are shown where the search is at least so sure.
        asked: the questions.
    """
    total = sum(
        (0.0 if one.right else IN_VAIN) if one.sure >= least else (MISSED if one.right else 0.0)
        for one in asked
    )
    return total / len(asked)


def choose(asked: Sequence[Asked]) -> float:
    """Choose the threshold that costs the least; of equally good ones the lowest.

    Tried are the middles between neighbors, so that no question lies on it, and the ends: show always, and
    show never.
    """
    known = sorted({one.sure for one in asked})
    middles = [(low + high) / 2 for low, high in pairwise(known)]
    return min((known[0] - 1, *middles, known[-1] + 1), key=lambda least: cost(least, asked))


def halves(asked: Sequence[Asked], seed: int = SEED) -> tuple[list[Asked], list[Asked]]:
    """Split questions: a half to choose on, one to prove it on. Wordings of a question stay together."""
    names = sorted({one.question for one in asked})
    first = set(random.Random(seed).sample(names, len(names) // 2))
    return (
        [one for one in asked if one.question in first],
        [one for one in asked if one.question not in first],
    )
