"""Sums, answered directly or step by step.

A sum of three or more is held out by its neighbors: if three numbers that stand side by side in it,
in any order, have a held-out key. So no sum of the training text contains a held-out one or is a
permutation of it. A sum of two is held out by its two numbers, and no training text writes those two
as a sum, not even as a step of a longer one. Stories about coins are not held to that: most of the pairs
occur there, as what somebody has and what is missing, with the price.
"""

# --8<-- [start:imports]
import random
from collections.abc import Sequence

from lessons.world.splits import split_of

LARGEST = 30
STEP_BY_STEP = "Let's think step by step."
# --8<-- [end:imports]


# --8<-- [start:sum_split]
def sum_split(terms: Sequence[int]) -> str:
    """Say which split a sum belongs to; ``mixed`` if it may stand in neither."""
    pairs = [(sum(terms[:i]), terms[i]) for i in range(1, len(terms))]
    new_pair = any(split_of(f"sum {sorted(pair)}") == "held-out" for pair in pairs)
    if len(terms) == 2:
        return "held-out" if new_pair else "train"
    triples = [sorted(terms[i : i + 3]) for i in range(len(terms) - 2)]
    if any(split_of(f"sum {triple}") == "held-out" for triple in triples):
        return "held-out"
    return "mixed" if new_pair else "train"


# --8<-- [end:sum_split]


def terms(rng: random.Random, split: str, count: int) -> tuple[int, ...]:
    """Draw ``count`` numbers from 1 to 30 whose sum belongs to the split."""
    while True:
        drawn = tuple(rng.randint(1, LARGEST) for _ in range(count))
        if sum_split(drawn) == split:
            return drawn


def sum_prompt(numbers: Sequence[int], steps: bool = False) -> str:
    """Ask for a sum; with ``steps``, begin the answer that writes them out."""
    begin = f" {STEP_BY_STEP}" if steps else ""
    return f"Question: What is {' + '.join(map(str, numbers))}?\nAnswer:{begin}"


def written_steps(numbers: Sequence[int]) -> str:
    """Write out the steps of a sum, and its answer: ``3 + 5 = 8. The answer is 8.``."""
    totals = [sum(numbers[: i + 1]) for i in range(len(numbers))]
    steps = (f"{totals[i - 1]} + {numbers[i]} = {totals[i]}." for i in range(1, len(numbers)))
    return f"{' '.join(steps)} The answer is {totals[-1]}."


def sum_document(rng: random.Random, split: str) -> str:
    """Write a document of one to three sums: bare, with their answer, or with written-out steps."""
    kind, lines = rng.random(), []
    for _ in range(rng.randint(1, 3)):
        numbers = terms(rng, split, 2 if kind < 0.15 else rng.choice((2, 3, 3, 4, 4, 5)))
        if kind < 0.15:
            lines.append(f"{' + '.join(map(str, numbers))} = {sum(numbers)}")
        elif kind < 0.5:
            lines.append(f"{sum_prompt(numbers)} {sum(numbers)}")
        else:
            lines.append(f"{sum_prompt(numbers, steps=True)} {written_steps(numbers)}")
    return "\n".join(lines)
