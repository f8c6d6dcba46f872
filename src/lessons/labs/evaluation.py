"""The checks of the lab "An evaluation you would bet on", part by part."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, cast

from lessons.labs import evaluation_intervals as intervals
from lessons.labs import evaluation_judges as judges
from lessons.labs import evaluation_leaks as leaks
from lessons.labs import evaluation_mistakes as ways
from lessons.labs.evaluation_mistakes import Numbers
from lessons.labs.mistakes import Case, Mistake, compare, without_one
from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError


class _UpToRounding:
    """A learner's code whose tuples and lists of numbers are compared up to rounding."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of the learner's."""
        found = self.solution.call(name, *arguments)
        if not isinstance(found, tuple | list) or not found:
            return found
        if all(type(one) in (int, float) for one in found):
            return Numbers(found)
        return tuple(found) if all(isinstance(one, list) for one in found) else found


def _compare(
    solution: Solution,
    name: str,
    cases: Sequence[Case],
    right: Callable[..., Any],
    known: Sequence[Mistake],
    smaller: Callable[[Case], Iterator[Case]],
    otherwise: str,
) -> None:
    """As `compare`, up to rounding, with one reason for all answers that no known way gives."""
    compare(
        cast(Solution, _UpToRounding(solution)),
        name,
        cases,
        right,
        known,
        smaller,
        lambda _, __: (f"{name} gives another answer", otherwise),
    )


def _as_it_is(_: Case) -> Iterator[Case]:
    yield from ()


# Part 1


def check_power(solution: Solution, rng: Random) -> None:
    """Questions for a difference, and the difference for a number of questions."""
    cases: list[Case] = [(0.8, 0.83, 0.1), (0.95, 0.84, 0.14), (0.5, 0.52, 0.3)]
    for _ in range(20):
        difference, old = rng.randint(5, 120) / 1000, rng.randint(300, 700) / 1000
        apart = difference + rng.randint(1, 25) / 100
        cases.append((old, old + rng.choice((1, -1)) * difference, apart))
    _compare(
        solution, "needed", cases, ways.needed, ways.NEEDED, _as_it_is,
        "With d for the difference of the shares, it is the square of (LUCK times the root of apart, plus "
        "POWER times the root of apart less d squared), divided by d squared and rounded up.",
    )  # fmt: skip
    counts: list[Case] = [(360, 0.3), (4, 0.1), (10, 0.3)]
    counts += [(rng.randint(40, 4000), rng.randint(5, 40) / 100) for _ in range(12)]
    _compare(
        solution, "detectable", counts, ways.detectable, ways.DETECTABLE, _as_it_is,
        "Go up in steps of 0.001, up to apart, and return the first difference that takes no more "
        "questions than there are, else None.",
    )  # fmt: skip


# Part 2


def _answers(rng: Random, groups: int, most: int) -> Case:
    """Answers of two models: groups of different size and difficulty, and sums that one model knows."""
    old, new, keys = [], [], []
    for number in range(groups):
        level, better = rng.random(), rng.choice((-0.5, 0.0, 0.5))
        for _ in range(rng.randint(1, most)):
            luck = rng.random()  # a hard question is hard for both
            old.append(luck < level)
            new.append(luck < level + better)
            keys.append(f"sum {number}")
    old, new = [True, False, *old], [False, True, *new]  # so that neither always leads
    return old, new, ["sum a", "sum b", *keys]


def _fewer_groups(case: Case) -> Iterator[Case]:
    """The same answers without a group in turn; at least four stay, two that differ among them."""
    keys = list(dict.fromkeys(case[2]))
    for gone in keys[2:] if len(keys) > 4 else ():
        rows = [row for row, key in enumerate(case[2]) if key != gone]
        yield tuple([column[row] for row in rows] for column in case)


def check_interval(solution: Solution, rng: Random) -> None:
    """Wilson's interval of a share, and a paired difference with its interval by groups."""
    cases: list[Case] = [(9, 10), (0, 20), (120, 120), (57, 360)]
    for _ in range(12):
        asked = rng.randint(3, 500)
        cases.append((rng.randint(0, asked), asked))

    def fewer(case: Case) -> Iterator[Case]:
        right, asked = case
        yield from ((min(right, n), n) for n in (asked // 2, asked - 1) if n)

    _compare(
        solution, "wilson", cases, intervals.wilson, intervals.WILSON, fewer,
        "The formula stands above the cell: z is LUCK, p is right / asked, n is asked. The low end takes "
        "the minus, the high end the plus, and both are divided by what stands last.",
    )  # fmt: skip
    old, new = [True, True, False, False, True, False], [True, True, True, False, False, True]
    answers: list[Case] = [(old, new, ["a", "a", "b", "c", "c", "d"])]
    answers += [_answers(rng, groups, most) for groups, most in ((8, 3), (12, 5), (30, 3), (60, 4))]
    _compare(
        solution, "gain", answers, intervals.gain, intervals.GAIN, _fewer_groups,
        "Take new minus old for each question, then how far each lies from the mean of all. Add that up "
        "within each group. The standard error is the root of the sum of the squares, times "
        "groups / (groups - 1), divided by the number of questions.",
    )  # fmt: skip


# Part 3


def _labels(rng: Random, count: int, labels: Sequence[str]) -> Case:
    weights = [6, 2, 1][: len(labels)]
    one = rng.choices(labels, weights, k=count)
    other = [label if rng.random() < 0.7 else rng.choice(labels) for label in one]
    return [*labels, *one], [*labels[::-1], *other]


def _fewer_pairs(case: Case) -> Iterator[Case]:
    """Two columns without a row in turn; the first two stay, so that two labels remain."""
    rows = list(zip(*case, strict=True))
    for left in without_one(rows[2:]):
        yield tuple(list(column) for column in zip(*rows[:2], *left, strict=True))


ROGAN_GLADEN = (
    "Sensitivity is the judge's share of yes where the person said yes, specificity its share of no where "
    "the person said no. Take 1 - specificity off the judge's share, divide by sensitivity + specificity - "
    "1, and cut at 0 and 1. None where the two together do not exceed 1, or are unknown."
)


def check_judge(solution: Solution, rng: Random) -> None:
    """Agreement above chance, verdicts that the order changes, and the share without a judge's errors."""
    pairs: list[Case] = [(["new", "old", "old", "old"], ["new", "new", "old", "old"])]
    pairs += [_labels(rng, count, ("old", "new")) for count in (6, 20, 60)]
    pairs += [_labels(rng, count, ("old", "new", "tie")) for count in (10, 40)]
    _compare(
        solution, "kappa", pairs, judges.kappa, judges.KAPPA, _fewer_pairs,
        "Chance is, added up over the labels, the share of the one times the share of the other. Kappa is "
        "agreement less chance, divided by 1 less chance.",
    )  # fmt: skip
    places = ("first", "second")
    orders: list[Case] = [(["first", "first", "second"], ["first", "second", "second"])]
    orders += [
        (rng.choices(places, (3, 1), k=count), rng.choices(places, (1, 2), k=count))
        for count in (5, 9, 31)
    ]
    _compare(
        solution, "turned", orders, judges.turned, judges.TURNED, _fewer_pairs,
        "It is the share of pairs whose winner, the answer and not its place, differs between the orders.",
    )  # fmt: skip
    try:
        _compare(
            solution, "corrected", _judged(rng), judges.corrected, judges.CORRECTED, _fewer_checked,
            ROGAN_GLADEN,
        )  # fmt: skip
    except WrongError as error:
        if "ZeroDivisionError" in error.mistake:
            error.why = (
                "There are judges of which nothing can be worked out: sensitivity and specificity together "
                "do not exceed 1, or the sample has no pair of one kind. Then the answer is None. "
                f"({error.why})"
            )
        raise


def _judged(rng: Random) -> list[Case]:
    """A judge's verdicts, and a sample that a person checked, with all that can go wrong with it."""
    sample = [(True, True)] * 6 + [(False, True)] * 2 + [(False, False)] * 9 + [(True, False)]
    nothing = [(True, True), (False, True), (True, False), (False, False)]
    cases: list[Case] = [
        ([True] * 3 + [False] * 7, sample),
        ([True, False, False], nothing),  # knows nothing
        ([True, False], [(False, True), (True, False), (True, True), (True, False)]),  # less
        ([False] * 9 + [True], [(True, True)] * 4 + [(True, False)] + [(False, False)] * 3),
        ([True] * 9 + [False], [(True, True)] + [(False, True)] + [(False, False)] * 3),
        ([True, False], [(True, True), (False, True)]),  # nobody said no
        ([True, False], [(True, False), (False, False)]),
    ]
    for count in (30, 80):
        drawn = [(rng.random() < (0.7 if one else 0.2), one) for one in [True, False] * count]
        cases.append((rng.choices((True, False), (1, 2), k=count), drawn[: count + 1]))
    return cases


def _fewer_checked(case: Case) -> Iterator[Case]:
    verdicts, checked = case
    yield from ((fewer, checked) for fewer in without_one(verdicts))
    yield from ((verdicts, fewer) for fewer in without_one(checked))


# Part 4

TOPICS = ("what is", "how much is", "tell me", "add")


def _question(rng: Random) -> str:
    numbers = " + ".join(str(rng.randint(1, 40)) for _ in range(rng.randint(2, 4)))
    return f"{rng.choice(TOPICS)} {numbers}?"


def _leaky(rng: Random) -> Case:
    """Questions, and texts that quote some of them: whole, in capitals, cut, or in another order."""
    items = [_question(rng) for _ in range(10)]
    texts = [f"{_question(rng)} {rng.randint(2, 99)}" for _ in range(6)]
    texts += [
        f"Q: {items[0].upper()} 7",
        items[1].rpartition(" ")[0],
        " ".join(items[2].split()[::-1]),
    ]
    rng.shuffle(texts)
    return items, texts, rng.randint(3, 5)


def check_leak(solution: Solution, rng: Random) -> None:
    """Questions that share a run of words with a text, and the answers without their groups."""
    cases: list[Case] = [
        (["What is 3 + 5?", "What is 1 + 2?"], ["what is 3 + 5? 8", "1, 2, 3"], 4),
        (["a b c d"], ["b c x", "x a b c y"], 3),
        (["a b c d"], ["b c d"], 3),  # the last run
        (["a b c d"], ["a b c", "b c d"], 3),  # every run, and never the whole
        (["a b c d"], ["c d", "a b"], 3),
        (["a b c d"], ["x a b", "c d"], 3),  # across the end of a text
        (["is 3 1"], ["this 3 15"], 3),  # parts of words
        (["a b c d", "b c"], ["d c b a"], 3),
        (["Add 4."], ["add 4 and go", "4"], 3),  # a short one
        (["is 3"], ["this 31"], 3),  # parts of words of a short one
        (["a, B c"], ["A b C"], 3),
    ]
    cases += [_leaky(rng) for _ in range(8)]

    def fewer(case: Case) -> Iterator[Case]:
        items, texts, size = case
        yield from ((left, texts, size) for left in without_one(items))
        yield from ((items, left, size) for left in without_one(texts))

    _compare(
        solution, "leaked", cases, leaks.leaked, leaks.LEAKED, fewer,
        "One True or False for each question: whether a run of so many of its words, side by side, stands "
        "in one of the texts, word for word.",
    )  # fmt: skip
    kept: list[Case] = [
        ([True, False, True], [True, True, False], ["a", "a", "b"], [True, False, False]),
        ([True, False], [False, True], ["a", "b"], [False, False]),
    ]
    for groups in (5, 9, 20):
        old, new, keys = _answers(rng, groups, 3)
        flags = [rng.random() < 0.2 for _ in keys]
        kept.append((old, new, keys, [True, False, *flags[2:]]))
    _compare(
        solution, "clean", kept, leaks.clean, leaks.CLEAN, _fewer_rows,
        "Three lists are wanted, old, new and groups, for the same questions in the same order: those of "
        "groups of which no question leaked.",
    )  # fmt: skip


def _fewer_rows(case: Case) -> Iterator[Case]:
    rows = list(zip(*case, strict=True))
    for left in without_one(rows):
        yield tuple(list(column) for column in zip(*left, strict=True))
