"""People's names, put together from syllables: there is always another one that nobody has seen."""

import random

from lessons.world.splits import draw

STARTS = (
    "Al", "Ba", "Bre", "Cor", "Da", "El", "Fa", "Ga", "Hel", "Is", "Jo", "Ka",
    "Lu", "Ma", "Ni", "Or", "Pa", "Ri", "Sa", "Ti", "Ul", "Va", "Wil", "Ze",
)  # fmt: skip
MIDDLES = (
    "ba", "bel", "di", "do", "fi", "ga", "ko", "li", "lo", "mi",
    "ne", "no", "ra", "ri", "so", "ta", "te", "tu", "vi", "za",
)  # fmt: skip
GIRLS, BOYS = ("la", "na", "ra", "mia", "sia", "tha"), ("bo", "dan", "lor", "mo", "rik", "to")


def name(rng: random.Random, split: str) -> str:
    """Make a name of the split: two or three syllables, a girl's if it ends in ``a``."""

    def make() -> str:
        middle = rng.choice(MIDDLES) if rng.random() < 0.5 else ""
        return rng.choice(STARTS) + middle + rng.choice(GIRLS + BOYS)

    return draw(make, str, split)


def is_girl(person: str) -> bool:
    """Say whether a name is a girl's."""
    return person.endswith("a")
