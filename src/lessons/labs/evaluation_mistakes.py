"""Wrong ways to plan an evaluation that people go, each as a function that answers as they would."""

from collections.abc import Sequence
from math import ceil, floor, sqrt

from lessons.labs.mistakes import Mistake, equal

LUCK, POWER = 1.959964, 0.841621  # of the normal distribution: 95 % within LUCK, 80 % below POWER
ONE_SIDED = 1.644854  # what the normal distribution exceeds one time in twenty, upward only


class Numbers(tuple[float, ...]):
    """Several numbers, equal to others up to rounding: another order of adding is not a mistake."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, tuple | list)
            and len(self) == len(other)
            and all(equal(own, one) for own, one in zip(self, other, strict=True))
        )

    __hash__ = tuple.__hash__

    def __repr__(self) -> str:
        return f"({', '.join(str(round(number, 4)) for number in self)})"


# Part 1: how many questions


def questions(
    difference: float, apart: float, luck: float = LUCK, power: float = POWER, less: bool = True
) -> float:
    """How many questions show a difference, before rounding.

    Args:
        difference: of the two shares of right answers.
        apart: share of questions on which exactly one model is right.
        luck: of the normal distribution, for no difference.
        power: of the normal distribution, for finding one.
        less: whether the difference is taken off where the spread is that of a true difference.
    """
    spread = apart - difference**2 if less else apart
    return float((luck * sqrt(apart) + power * sqrt(spread)) ** 2 / difference**2)


def needed(old: float, new: float, apart: float) -> int:
    """Questions that show a difference in four of five trials: the right answer."""
    return ceil(questions(abs(new - old), apart))


def _own_questions(old: float, new: float, _: float) -> int:
    spread = old * (1 - old) + new * (1 - new)
    return ceil((LUCK + POWER) ** 2 * spread / (new - old) ** 2)


def _not_squared(old: float, new: float, apart: float) -> int:
    return ceil(questions(abs(new - old), apart) * abs(new - old))


def _plain_difference(old: float, new: float, apart: float) -> int:
    difference = abs(new - old)
    spread = LUCK * sqrt(apart) + POWER * sqrt(max(0.0, apart - difference))
    return ceil((spread / difference) ** 2)


NEEDED = (
    Mistake(
        "needed asks for two independent sets of questions",
        "Both models get the same questions, so those that both find hard, or both find easy, say nothing "
        "about the difference. Only the share on which exactly one is right makes it uncertain.",
        _own_questions,
    ),
    Mistake(
        "needed looks at one side only",
        "1.645 is for somebody who would never report that the new model is worse. A 95 % interval has two "
        "ends, and the new model can lose.",
        lambda old, new, apart: ceil(questions(abs(new - old), apart, luck=ONE_SIDED)),
    ),
    Mistake(
        "needed forgets the power",
        "With that many questions, a true difference is found in half of the trials only: a coin decides "
        "whether your work is seen. Four of five trials are wanted.",
        lambda old, new, apart: ceil(questions(abs(new - old), apart, power=0.0)),
    ),
    Mistake(
        "needed rounds down",
        "Nobody asks a part of a question, and with one less the power is below what was promised.",
        lambda old, new, apart: floor(questions(abs(new - old), apart)),
    ),
    Mistake(
        "needed takes the same spread with and without a difference",
        "The first root is for luck, where there is no difference. The second is for a true one, whose "
        "square is no longer spread.",
        lambda old, new, apart: ceil(questions(abs(new - old), apart, less=False)),
    ),
    Mistake(
        "needed divides by the difference once",
        "Half the difference takes four times as many questions, not twice as many.",
        _not_squared,
    ),
    Mistake(
        "needed counts each question twice",
        "Both models answer the same questions, and it is questions that you have to find.",
        lambda old, new, apart: 2 * needed(old, new, apart),
    ),
    Mistake(
        "needed is made with rounded numbers",
        "Nobody would mind 1.96 and 0.84, but the check compares whole questions. Take LUCK and POWER, "
        "which have more digits.",
        lambda old, new, apart: ceil(questions(abs(new - old), apart, luck=1.96, power=0.84)),
    ),
    Mistake(
        "needed rounds to the nearest number",
        "88.4 questions cannot be asked, and 88 are too few for what was promised.",
        lambda old, new, apart: round(questions(abs(new - old), apart)),
    ),
    Mistake(
        "needed takes the difference off, and not its square",
        "Below the second root, what is taken off apart is the square of the difference.",
        _plain_difference,
    ),
)


def _steps(apart: float) -> Sequence[float]:
    return [step / 1000 for step in range(1, round(apart * 1000) + 1)]


def detectable(count: int, apart: float) -> float | None:
    """The smallest difference that so many questions show: the right answer."""
    return next((d for d in _steps(apart) if ceil(questions(d, apart)) <= count), None)


def _one_step_early(count: int, apart: float) -> float | None:
    found = detectable(count, apart)
    return None if found is None else round(found * 1000 - 1) / 1000


def _in_points(count: int, apart: float) -> float | None:
    found = detectable(count, apart)
    return None if found is None else found * 100


def _never_none(count: int, apart: float) -> float:
    found = detectable(count, apart)
    return apart if found is None else found


DETECTABLE = (
    Mistake(
        "detectable stops one step early",
        "That difference still takes more questions than there are.",
        _one_step_early,
    ),
    Mistake(
        "detectable answers in points",
        "A share is wanted: three points are 0.03.",
        _in_points,
    ),
    Mistake(
        "detectable names a difference where the questions show none",
        "The difference cannot be larger than the share of questions on which exactly one model is right. "
        "If even that takes more questions than there are, the honest answer is None.",
        _never_none,
    ),
    Mistake(
        "detectable forgets the power",
        "A difference of that size would be found in half of the trials only.",
        lambda count, apart: next(
            (d for d in _steps(apart) if ceil(questions(d, apart, power=0.0)) <= count), None
        ),
    ),
)
