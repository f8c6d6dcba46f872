"""The sums of a test to bet on, and the text that leaked some of them; nothing here needs a model."""

import random
from collections.abc import Sequence

from lessons.world import sums

GROUPS, LEAKED, COPIES, TEXTS = 120, 60, 20, 1600  # sums; those that leak; how often; texts in all


def orders(terms: Sequence[int]) -> list[tuple[int, ...]]:
    """Ask for the same sum three times: as it is, from the back, and with its first number last."""
    return [tuple(terms), tuple(terms[::-1]), (*terms[1:], terms[0])]


def sums_asked(groups: int = GROUPS) -> list[tuple[int, ...]]:
    """Draw different held-out sums of three numbers, none a permutation of another."""
    rng, drawn = random.Random("a test to bet on"), dict[tuple[int, ...], tuple[int, ...]]()
    while len(drawn) < groups:
        terms = sums.terms(rng, "held-out", 3)
        drawn.setdefault(tuple(sorted(terms)), terms)
    return list(drawn.values())


def training_texts(
    leaked: int = LEAKED, copies: int = COPIES, count: int = TEXTS, groups: int = GROUPS
) -> list[str]:
    """Write the sums that the new model was trained on, among them some of the test, in one order.

    Args:
        leaked: sums of the test that are among them, spread evenly over it.
        copies: how often each.
        count: texts in all.
        groups: sums of the test.
    """
    rng, test = random.Random("texts to bet on"), sums_asked(groups)
    chosen = [test[number * groups // leaked] for number in range(leaked)] * copies
    others = [sums.terms(rng, "train", 3) for _ in range(count - len(chosen))]
    texts = [f"{sums.sum_prompt(terms)} {sum(terms)}" for terms in chosen + others]
    rng.shuffle(texts)
    return texts
