"""Training texts for the lab on cleaning: some hold an item of the test, as it is or changed."""

import random
import re

from lessons import world
from lessons.world.dirty import LONG_ENOUGH, PAGES, evaluation_items
from lessons.world.tasks import WORDS

LEAKED = 0.2  # share of the texts
CHANGED = (0.0, 0.0, 0.05, 0.1, 0.2, 0.3)  # share of a copy's words that are exchanged


def test_items() -> list[str]:
    """Return the texts of the test: the longer ones, each of which could be told from the others."""
    return [item for item in evaluation_items() if len(item) >= LONG_ENOUGH]


def training_texts(seed: int, count: int) -> tuple[list[str], list[int]]:
    """Make training texts, and the positions of those into which a test item has leaked.

    A leaked item stands alone, or before or after a text of its own.

    Args:
        seed: chooses the texts; another seed gives a part that nothing was chosen on.
        count: how many texts.
    """
    rng, items = random.Random(f"leaks {seed}"), test_items()
    texts = world.documents(seed, count, "train", PAGES)
    there = [number for number in range(count) if rng.random() < LEAKED]
    for number in there:
        copy = exchange(rng, rng.choice(items), rng.choice(CHANGED))
        texts[number] = rng.choice((copy, f"{texts[number]}\n{copy}", f"{copy}\n{texts[number]}"))
    return texts, there


def exchange(rng: random.Random, text: str, share: float) -> str:
    """Exchange a share of the words of a text, wherever they stand."""
    pieces = re.split(r"(\w+)", text)
    places = range(1, len(pieces), 2)
    for place in rng.sample(places, round(share * len(places))):
        pieces[place] = rng.choice(WORDS)
    return "".join(pieces)
