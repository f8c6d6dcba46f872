"""Wrong ways to evaluate a model that people go, each as a function that answers as they would."""

from collections.abc import Callable, Sequence
from math import ceil, floor, sqrt

from lessons.intervals import student_t
from lessons.intervals import wilson as wilson_interval
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


# Part 2: an interval that holds


def wilson(right: int, asked: int) -> Numbers:
    """The 95 % interval of a share: the right answer."""
    return Numbers(wilson_interval(right, asked))


def _wald(right: int, asked: int, z: float = LUCK) -> Numbers:
    share = right / asked
    half = z * sqrt(share * (1 - share) / asked)
    return Numbers((share - half, share + half))


def _wald_cut(right: int, asked: int) -> Numbers:
    low, high = _wald(right, asked)
    return Numbers((max(0.0, low), min(1.0, high)))


def _wilson_with(right: int, asked: int, z: float) -> Numbers:
    share, scale = right / asked, 1 + z * z / asked
    middle = (share + z * z / (2 * asked)) / scale
    half = z * sqrt(share * (1 - share) / asked + z * z / (4 * asked**2)) / scale
    return Numbers((middle - half, middle + half))


def _around_the_share(right: int, asked: int) -> Numbers:
    low, high = wilson(right, asked)
    return Numbers((right / asked - (high - low) / 2, right / asked + (high - low) / 2))


_NO_WIDTH = (
    "Right on all 120 questions, it has no width at all, as if the next question could not go wrong; and "
    "near 0 or 1 it leaves the scale. Wilson's interval moves its middle toward one half."
)
WILSON = (
    Mistake("wilson is the share plus and minus two standard errors", _NO_WIDTH, _wald),
    Mistake(
        "wilson is the share plus and minus two standard errors, cut off at 0 and 1",
        _NO_WIDTH,
        _wald_cut,
    ),
    Mistake(
        "wilson has its ends one-sided",
        "With 1.645 it holds the true share in 90 of 100 tests, not in 95.",
        lambda right, asked: _wilson_with(right, asked, ONE_SIDED),
    ),
    Mistake(
        "wilson has the right width around the wrong middle",
        "Its middle is not the share that you measured. It lies nearer to one half, and the more so the "
        "fewer questions there are.",
        _around_the_share,
    ),
    Mistake(
        "wilson answers in percent",
        "Shares between 0 and 1 are wanted.",
        lambda right, asked: Numbers(100 * end for end in wilson(right, asked)),
    ),
)

Hits = Sequence[bool]


def _error(values: Sequence[float], groups: Sequence[str], corrected: bool = True) -> float:
    """The standard error of a mean, where values of one group are not independent."""
    middle, sums = sum(values) / len(values), dict.fromkeys(groups, 0.0)
    for key, value in zip(groups, values, strict=True):
        sums[key] += value - middle
    scale = len(sums) / (len(sums) - 1) if corrected else 1.0
    return sqrt(sum(total**2 for total in sums.values()) * scale) / len(values)


def _differences(old: Hits, new: Hits) -> list[float]:
    return [float(a) - float(b) for a, b in zip(new, old, strict=True)]


def _around(value: float, half: float) -> Numbers:
    return Numbers((value, value - half, value + half))


def gain(old: Hits, new: Hits, groups: Sequence[str]) -> Numbers:
    """The paired difference with its 95 % interval by groups: the right answer."""
    apart = _differences(old, new)
    half = student_t(len({*groups}) - 1) * _error(apart, groups)
    return _around(sum(apart) / len(apart), half)


def _each_alone(old: Hits, new: Hits, groups: Sequence[str]) -> Numbers:
    return gain(old, new, [str(number) for number, _ in enumerate(groups)])


def _unpaired(old: Hits, new: Hits, groups: Sequence[str]) -> Numbers:
    error = sqrt(sum(_error([*map(float, hits)], groups) ** 2 for hits in (old, new)))
    return _around(gain(old, new, groups)[0], student_t(len({*groups}) - 1) * error)


def _unpaired_alone(old: Hits, new: Hits, groups: Sequence[str]) -> Numbers:
    n, shares = len(old), (sum(old) / len(old), sum(new) / len(new))
    error = sqrt(sum(share * (1 - share) / n for share in shares))
    return _around(gain(old, new, groups)[0], LUCK * error)


def _half_as(times: Callable[[int], float]) -> Callable[[Hits, Hits, Sequence[str]], Numbers]:
    """The right interval with another number of standard errors, by the number of groups."""

    def answer(old: Hits, new: Hits, groups: Sequence[str]) -> Numbers:
        apart = _differences(old, new)
        return _around(sum(apart) / len(apart), times(len({*groups})) * _error(apart, groups))

    return answer


def _of_group_means(old: Hits, new: Hits, groups: Sequence[str]) -> Numbers:
    members: dict[str, list[float]] = {}
    for key, value in zip(groups, _differences(old, new), strict=True):
        members.setdefault(key, []).append(value)
    means = [sum(one) / len(one) for one in members.values()]
    half = student_t(len(means) - 1) * _error(means, [*members])
    return _around(sum(means) / len(means), half)


def _uncorrected(old: Hits, new: Hits, groups: Sequence[str]) -> Numbers:
    apart = _differences(old, new)
    half = student_t(len({*groups}) - 1) * _error(apart, groups, corrected=False)
    return _around(sum(apart) / len(apart), half)


GAIN = (
    Mistake(
        "gain takes every question for independent",
        "Three questions about one sum are hard together and easy together, so they tell less than three "
        "questions about three sums. Counted one by one, the interval is too narrow. Add up within a group "
        "first.",
        _each_alone,
    ),
    Mistake(
        "gain treats the two models as if each had its own questions",
        "What makes a question hard makes it hard for both, and falls out of the difference. Take the "
        "difference question by question, before anything else.",
        _unpaired,
    ),
    Mistake(
        "gain takes the models and the questions for independent",
        "Neither is: the two models answer the same questions, and questions of one group belong together.",
        _unpaired_alone,
    ),
    Mistake(
        "gain takes 1.96 standard errors, however few groups there are",
        "That is for endlessly many. With few groups the standard error itself is uncertain, so more of it "
        "is needed: student_t knows how many.",
        _half_as(lambda _: LUCK),
    ),
    Mistake(
        "gain has its ends one-sided",
        "With 1.645 the interval holds the true difference in 90 of 100 tests, not in 95.",
        _half_as(lambda _: ONE_SIDED),
    ),
    Mistake(
        "gain has one degree of freedom too many",
        "The middle was taken from the same groups, which uses up one of them.",
        _half_as(student_t),
    ),
    Mistake(
        "gain is the old model's lead",
        "It is to be above 0 where the new model is better.",
        lambda old, new, groups: gain(new, old, groups),
    ),
    Mistake(
        "gain weighs each group alike",
        "A group of one question then counts as much as one of five. Divide by the questions, once.",
        _of_group_means,
    ),
    Mistake(
        "gain leaves the spread of few groups as small as it looks",
        "Groups lie nearer to their own middle than to the true one. That is what the factor "
        "groups / (groups - 1) makes good.",
        _uncorrected,
    ),
)
