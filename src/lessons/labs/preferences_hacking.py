"""Wrong ways to catch a reward that is being hacked, and to stop, each as a function."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev

from lessons.intervals import student_t
from lessons.labs.mistakes import Mistake
from lessons.labs.preferences_mistakes import Near

Twins = list[tuple[str, str]]


# What the reward likes


def twins(answers: Sequence[str], phrase: str) -> Twins:
    """Each answer without the phrase, and the same with it: the right answer."""
    return [
        (answer, f"{answer} {phrase}") for answer in dict.fromkeys(answers) if phrase not in answer
    ]


def _uncontrolled(answers: Sequence[str], phrase: str) -> Twins:
    have = [answer for answer in dict.fromkeys(answers) if phrase in answer]
    lack = [answer for answer in dict.fromkeys(answers) if phrase not in answer]
    return list(zip(lack, have, strict=False))


def _instead(answers: Sequence[str], phrase: str) -> Twins:
    found = []
    for answer, _ in twins(answers, phrase):
        parts = answer.split(". ")
        found.append((answer, ". ".join([*parts[:-1], phrase])))
    return found


TWINS = (
    *(
        Mistake(
            "answers that have the phrase already are taken, too",
            "There it stands twice afterwards, which is another change than the one that is asked about.",
            lambda answers, phrase, once=once: [(a, f"{a} {phrase}") for a in once(answers)],
        )
        for once in (dict.fromkeys, list)
    ),
    Mistake(
        "only answers that end in the phrase are left out",
        "It may stand anywhere in an answer. In the twin it would stand there twice.",
        lambda answers, phrase: [
            (a, f"{a} {phrase}") for a in dict.fromkeys(answers) if not a.endswith(phrase)
        ],
    ),
    Mistake(
        "an answer that was given several times is counted several times",
        "Then frequent answers decide, and the interval becomes narrow by copies.",
        lambda answers, phrase: [(a, f"{a} {phrase}") for a in answers if phrase not in a],
    ),
    Mistake(
        "answers with the phrase are compared with other answers without it",
        "They differ in much else, so whatever comes with the phrase is taken for its doing. Change one "
        "thing in the same answer.",
        _uncontrolled,
    ),
    Mistake(
        "the phrase takes the place of something else",
        "Then two things change at once, and nobody can say which of them the reward likes.",
        _instead,
    ),
    Mistake(
        "the space before the phrase is missing",
        "Two words grow together to one that nobody ever wrote.",
        lambda answers, phrase: [(a, a + phrase) for a, _ in twins(answers, phrase)],
    ),
    Mistake(
        "the phrase stands in front",
        "It is wanted at the end of the answer, so that there is one right result.",
        lambda answers, phrase: [(a, f"{phrase} {a}") for a, _ in twins(answers, phrase)],
    ),
    Mistake(
        "the twin with the phrase comes first",
        "The lab takes the second less the first. The wrong way round, what the reward likes looks like "
        "what it dislikes.",
        lambda answers, phrase: [pair[::-1] for pair in twins(answers, phrase)],
    ),
)


# How much, and how sure


def gap(one: Sequence[float], other: Sequence[float]) -> Near:
    """The mean difference, pair by pair, with its 95 % interval: the right answer."""
    return _gap(one, other, student_t(len(one) - 1))


def _error(one: Sequence[float], other: Sequence[float]) -> float:
    return stdev(a - b for a, b in zip(one, other, strict=True)) / sqrt(len(one))


def _around(value: float, half: float) -> Near:
    return Near((value, value - half, value + half))


def _gap(one: Sequence[float], other: Sequence[float], times: float) -> Near:
    return _around(fmean(one) - fmean(other), times * _error(one, other))


def _unpaired(one: Sequence[float], other: Sequence[float]) -> Near:
    n = len(one)
    half = student_t(n - 1) * sqrt((stdev(one) ** 2 + stdev(other) ** 2) / n)
    return _around(fmean(one) - fmean(other), half)


GAP = (
    Mistake(
        "the two lists are compared as if they had nothing to do with each other",
        "Both have one value of each request, and an easy request lifts both. Take the difference request "
        "by request first.",
        _unpaired,
    ),
    Mistake(
        "the difference is taken the wrong way round",
        "It is the first list less the second.",
        lambda one, other: gap(other, one),
    ),
    Mistake(
        "the interval is of single requests, and not of their mean",
        "It says where another request would lie. The mean of n of them is surer by the root of n.",
        lambda one, other: _gap(one, other, student_t(len(one) - 1) * sqrt(len(one))),
    ),
    Mistake(
        "the interval is one standard error wide to each side",
        "That holds two of three times. For 95 % take the number of Student's t.",
        lambda one, other: _gap(one, other, 1.0),
    ),
    *(
        Mistake(
            "the interval is made with the number of the normal distribution",
            "With few requests the standard error is itself a guess. Take the number of Student's t.",
            lambda one, other, times=times: _gap(one, other, times),
        )
        for times in (1.96, 1.959964, 2.0)
    ),
    Mistake(
        "the spread is divided by n, where n - 1 is meant",
        "The mean comes from the same numbers, so they lie nearer to it than to the true one.",
        lambda one, other: _gap(
            one, other, student_t(len(one) - 1) * sqrt((len(one) - 1) / len(one))
        ),
    ),
    Mistake(
        "Student's t is taken for one degree of freedom too many",
        "n differences have n - 1 of them, since the mean took one.",
        lambda one, other: _gap(one, other, student_t(len(one))),
    ),
    Mistake(
        "the root is missing",
        "The standard error is the standard deviation divided by the root of n.",
        lambda one, other: _gap(one, other, student_t(len(one) - 1) / sqrt(len(one))),
    ),
)


# Where to stop

Scores = Mapping[int, Sequence[float]]


def stop(scores: Scores) -> int:
    """The smallest n that is not clearly worse than the best one: the right answer."""
    return _within(scores, 1.0)


def _best(scores: Scores) -> int:
    return max(sorted(scores), key=lambda n: fmean(scores[n]))


def _within(scores: Scores, errors: float) -> int:
    best = scores[_best(scores)]
    return min(
        n for n, own in scores.items()
        if fmean(best) - fmean(own) <= errors * _error(best, own)
    )  # fmt: skip


def _spread(scores: Scores) -> int:
    return _within(scores, sqrt(len(next(iter(scores.values())))))


def _less_than(scores: Scores) -> int | None:
    best = scores[_best(scores)]
    near = (n for n, own in scores.items() if fmean(best) - fmean(own) < _error(best, own))
    return min(near, default=None)


def _own_error(scores: Scores) -> int:
    best = scores[_best(scores)]
    least = fmean(best) - stdev(best) / sqrt(len(best))
    return min(n for n, own in scores.items() if fmean(own) >= least)


def _first_fall(scores: Scores) -> int:
    order = sorted(scores)
    for n, larger in pairwise(order):
        if fmean(scores[larger]) < fmean(scores[n]):
            return n
    return order[-1]


def _near_in_order(scores: Scores) -> int:
    best = scores[_best(scores)]
    return next(n for n, own in scores.items() if fmean(best) - fmean(own) <= _error(best, own))


STOP = (
    Mistake(
        "the n with the highest mean is taken",
        "A little of its lead is luck, and n answers cost n times the work. Take the smallest n that falls "
        "short by no more than one standard error.",
        _best,
    ),
    Mistake(
        "the largest n is taken",
        "More answers to choose from find more of what the reward gets wrong. Go by what people say.",
        lambda scores: max(scores),
    ),
    Mistake(
        "the standard error is that of the best one alone",
        "All were measured on the same requests. How sure you are of a shortfall says the standard error "
        "of the difference, request by request.",
        _own_error,
    ),
    Mistake(
        "the standard deviation stands for the standard error",
        "It says how far single requests lie apart. The mean of n of them is surer by the root of n.",
        _spread,
    ),
    Mistake(
        "the best one itself is left out",
        "It falls short of itself by 0, and the standard error of that is 0: no more, so it counts.",
        _less_than,
    ),
    Mistake(
        "it stops at the first fall",
        "One step down may be luck, and the best may come later.",
        _first_fall,
    ),
    Mistake(
        "two standard errors are allowed",
        "The rule says one. With two it stops earlier, and gives away what is probably a gain.",
        lambda scores: _within(scores, 2.0),
    ),
    Mistake(
        "the first n that is near enough is taken in the order of the dictionary",
        "It need not be in the order of its keys. The smallest n is the cheapest.",
        _near_in_order,
    ),
    Mistake(
        "the least liked n is taken",
        "Higher scores are better.",
        lambda scores: min(sorted(scores), key=lambda n: fmean(scores[n])),
    ),
)
