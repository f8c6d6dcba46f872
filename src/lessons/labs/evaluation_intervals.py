"""Wrong ways to put an interval around a score or a gain, each as a function that answers so."""

from collections.abc import Callable, Sequence
from math import sqrt

from lessons.intervals import student_t
from lessons.intervals import wilson as wilson_interval
from lessons.labs.evaluation_mistakes import LUCK, ONE_SIDED, Numbers
from lessons.labs.mistakes import Mistake


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


def _wilson_slip(right: int, asked: int, middle: float = 1, spread: float = 1) -> Numbers:
    """Wilson's interval with what z adds to the middle, and below the root, so many times too large."""
    share, z = right / asked, LUCK * LUCK
    half = LUCK * sqrt(share * (1 - share) / asked + spread * z / (4 * asked**2))
    ends = (share + middle * z / (2 * asked) + sign * half for sign in (-1, 1))
    return Numbers(end / (1 + z / asked) for end in ends)


_BELOW = (
    "In z²/(2n) and z²/(4n²) the n stands below the line, so that it matters less the more questions there "
    "are. In Python, a / 2 * n multiplies by n: put what is below the line in parentheses."
)
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
    Mistake(
        "wilson multiplies by n where it is to divide",
        _BELOW,
        lambda right, asked: _wilson_slip(right, asked, middle=asked**2),
    ),
    Mistake(
        "wilson multiplies by n where it is to divide, below the root",
        _BELOW,
        lambda right, asked: _wilson_slip(right, asked, spread=asked**4),
    ),
    Mistake(
        "wilson multiplies by n where it is to divide, at both places",
        _BELOW,
        lambda right, asked: _wilson_slip(right, asked, asked**2, asked**4),
    ),
    Mistake(
        "wilson forgets the last division",
        "Both ends, and not only the middle, are divided by what stands last in the formula.",
        lambda right, asked: Numbers(end * (1 + LUCK**2 / asked) for end in wilson(right, asked)),
    ),
    Mistake(
        "wilson is made with a rounded number",
        "Nobody would mind 1.96, but the check compares to many digits. Take LUCK.",
        lambda right, asked: _wilson_with(right, asked, 1.96),
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


def _less_than_its_mean(old: Hits, new: Hits, groups: Sequence[str]) -> Numbers:
    sums, apart = dict.fromkeys(groups, 0.0), _differences(old, new)
    for key, value in zip(groups, apart, strict=True):
        sums[key] += value
    error = sqrt(sum(one**2 for one in sums.values()) * len(sums) / (len(sums) - 1)) / len(apart)
    return _around(sum(apart) / len(apart), student_t(len(sums) - 1) * error)


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
    Mistake(
        "gain takes no mean off",
        "The spread is how far differences lie from their mean, not from 0. Take the mean off each before "
        "anything is added up.",
        _less_than_its_mean,
    ),
    Mistake(
        "gain has the degrees of freedom of the questions",
        "What is independent are the groups, so they decide how many standard errors are needed.",
        lambda old, new, groups: _around(
            gain(old, new, groups)[0],
            student_t(len(old) - 1) * _error(_differences(old, new), groups),
        ),
    ),
    Mistake(
        "gain divides by the number of questions below the root",
        "Take the root of the sum of the squares first, and divide then.",
        lambda old, new, groups: _half_as(lambda count: student_t(count - 1) * sqrt(len(old)))(
            old, new, groups
        ),
    ),
    Mistake(
        "gain gives its three numbers in another order",
        "The lab unpacks them: the gain, then the low end, then the high end.",
        lambda old, new, groups: Numbers(sorted(gain(old, new, groups))),
    ),
    Mistake(
        "gain gives the two ends only",
        "Three numbers are wanted: the gain, then the low end, then the high end.",
        lambda old, new, groups: Numbers(gain(old, new, groups)[1:]),
    ),
)
