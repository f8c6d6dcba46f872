"""The checks of the lab "From preferences to a better model, and catch the reward being hacked"."""

from collections.abc import Callable, Iterator, Sequence
from math import isfinite
from random import Random
from typing import Any, cast

from lessons.labs import preferences_hacking as hacking
from lessons.labs import preferences_mistakes as ways
from lessons.labs import preferences_rewards as rewards
from lessons.labs.mistakes import Case, Mistake, compare, without_one
from lessons.labs.preferences_mistakes import Near
from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError

BROKEN = (
    "A reward that is far off gives a margin of hundreds, and e to that is more than a computer can write "
    "down, or its logarithm is that of 0. The loss itself is an ordinary number there: about the margin."
)


class _AsMeant:
    """A learner's code: lists serve for tuples, and a loss that breaks down is told as that."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of the learner's."""
        try:
            found = self.solution.call(name, *arguments)
        except WrongError as error:
            broken = any(kind in error.mistake for kind in ("OverflowError", "math domain error"))
            if name not in ("loss", "dpo") or not broken:
                raise
            label = f"{name} breaks down where a margin is large ({error.mistake})"
            raise WrongError(label, f"{BROKEN} {error.why}", error.call) from error
        if name == "gap" and isinstance(found, tuple | list):
            return Near(found)
        if name == "twins" and isinstance(found, list):
            return [tuple(pair) if isinstance(pair, list) else pair for pair in found]
        return tuple(found) if name == "split" and isinstance(found, list) else found


def _compare(
    solution: Solution,
    name: str,
    cases: Sequence[Case],
    right: Callable[..., Any],
    known: Sequence[Mistake],
    smaller: Callable[[Case], Iterator[Case]],
    otherwise: str,
) -> None:
    """As `compare`, with one reason for all answers that no known way gives."""

    def other(_: Case, got: Any) -> tuple[str, str]:
        if isinstance(got, float) and not isfinite(got):
            return f"{name} is no number where a margin is large", BROKEN
        return f"{name} gives another answer", otherwise

    compare(cast(Solution, _AsMeant(solution)), name, cases, right, known, smaller, other)


def _as_it_is(_: Case) -> Iterator[Case]:
    yield from ()


def _shorter(case: Case) -> Iterator[Case]:
    """The same with less in its first argument."""
    first, *rest = case
    yield from ((fewer, *rest) for fewer in without_one(first))


def _shorter_together(case: Case, least: int = 1) -> Iterator[Case]:
    """The same with less in its first two arguments, at the same places."""
    first, second, *rest = case
    for pairs in without_one(list(zip(first, second, strict=True))):
        if len(pairs) >= least:
            one, other = zip(*pairs, strict=True)
            yield (list(one), list(other), *rest)


# Part 1

CUP, HAT = "Where is the red cup?", "Where is the red hat?"
ROWS: list[ways.Row] = [
    (CUP, "In the park.", "No.", "first"),
    (CUP, "No.", "In the park.", "second"),
    (CUP, "In the park.", "No.", "tie"),
    (CUP, "I am glad to help.", "In the park.", "second"),
    (CUP, "In the park.", "I am glad to help.", "second"),
    (CUP, "I am glad to help.", "In the park.", "first"),
    (CUP, "No.", "No.", "first"),
    (HAT, "No.", "In the park.", "first"),
    (CUP, "No.", "I am glad to help.", "tie"),
]


def _rows(rng: Random, count: int) -> list[ways.Row]:
    texts = ("No.", "Yes.", "Of course.", "Hello! Yes.")
    rows = []
    for _ in range(count):
        request = rng.choice((CUP, HAT, "Can I buy a hat?"))
        first, second = rng.choices(texts, k=2)
        rows.append((request, first, second, rng.choice(("first", "second", "tie"))))
    return rows


def check_pairs(solution: Solution, rng: Random) -> None:
    """Votes of each pair together, agreement beyond chance, and requests on one side only."""
    rows: list[Case] = [(ROWS[:3],), (ROWS,)]
    rows += [(_rows(rng, count),) for count in (4, 10, 25, 60)]
    _compare(
        solution, "merge", rows, ways.merge, ways.MERGE, _shorter,
        "The key is the request, then both answers in the order of the alphabet; the value is the list of "
        "votes in the order of the rows, each 1.0, 0.5 or 0.0.",
    )  # fmt: skip

    def fewer_votes(case: Case) -> Iterator[Case]:
        for votes in without_one(case[0]):
            several = [one for one in votes if len(one) > 1]
            if len({vote for one in several for vote in one}) > 1:
                yield (votes,)

    example = [[1.0, 1.0, 0.5], [0.0, 0.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.0]]
    votes: list[Case] = [(example,), ([*example, [1.0], [0.5]],)]
    for count in (5, 12, 40):
        drawn = [
            rng.choices((1.0, 0.5, 0.0), rng.choice(((8, 1, 1), (1, 2, 9))), k=rng.randint(1, 5))
            for _ in range(count)
        ]
        votes.append(([*example, *drawn],))
    _compare(
        solution, "beyond_chance", votes, ways.beyond_chance, ways.BEYOND_CHANCE, fewer_votes,
        "Agreement is the mean over pairs of how often two of their voters say the same, chance the sum of "
        "the squared shares of the three votes; (agreement - chance) / (1 - chance).",
    )  # fmt: skip

    def keys(requests: Sequence[int]) -> list[ways.Key]:
        return [
            (f"request {n}", f"answer {rng.choice('abc')}", f"reply {place}")
            for place, n in enumerate(requests)
        ]

    each = keys(range(1, 9))
    sides: list[Case] = [(each,), (keys([1, 1, 2, 3, 3, 3, 4, 4, 1, 5, 4, 2, 6, 7, 8, 8]),)]
    sides += [(keys([rng.randint(1, 12) for _ in range(count)]),) for count in (6, 20, 40)]
    _compare(
        solution, "split", sides, ways.split, ways.SPLIT, _shorter,
        "It returns two lists of keys. Of the different requests, in the order of first appearance, all "
        "pairs of the 4th, 8th, 12th, … are held out.",
    )  # fmt: skip


# Part 2


def check_reward(solution: Solution, rng: Random) -> None:
    """The loss of Bradley and Terry at any margin, the best of n over all choices, and its distance."""
    margins: list[Case] = [
        ([0.0, 0.0, 0.0], [1.0, 0.5, 0.0]),
        ([2.0], [1.0]),
        ([1.0, -0.5, 3.0], [2 / 3, 0.0, 0.5]),
        ([-20.0, 38.0], [1.0, 0.0]),
        ([800.0, -800.0, 3.0], [1.0, 1.0, 0.5]),
    ]
    for count in (3, 10, 30):
        drawn = [rng.gauss(0, 2) for _ in range(count)]
        margins.append((drawn, [rng.randint(0, 6) / 6 for _ in drawn]))
    _compare(
        solution, "loss", margins, rewards.loss, rewards.LOSS, _shorter_together,
        "For each pair: the share times -ln of the sigmoid of the margin, plus the rest times -ln of the "
        "sigmoid of minus the margin. Then the mean over the pairs.",
    )  # fmt: skip

    def fewer_answers(case: Case) -> Iterator[Case]:
        n, *lists = case
        yield from ((n, *fewer) for fewer in _shorter_together(tuple(lists), least=n))

    pools: list[Case] = [
        (2, [0.1, 0.9, 0.5], [0.0, 1.0, 0.0]),
        (1, [0.1, 0.9, 0.5], [0.0, 1.0, 0.5]),
        (2, [0.5, 0.2, 0.5, 0.1], [1.0, 0.0, 0.0, 0.0]),
        (4, [0.3, 0.2, 0.9, 0.1], [1.0, 0.0, 0.25, 0.0]),
    ]
    for n, count in ((2, 5), (3, 7), (4, 16), (8, 20), (16, 32)):
        worth = [rng.randint(0, 4) / 4 for _ in range(count)]
        pools.append((n, [rng.randint(-9, 9) / 4 for _ in worth], worth))
    _compare(
        solution, "best_of", pools, rewards.best_of, rewards.BEST_OF, fewer_answers,
        "The answer of rank k from the top (from 0) of N wins where all other n - 1 come from the "
        "N - 1 - k below it; all choices together are comb(N, n).",
    )  # fmt: skip
    counts: list[Case] = [(4,), (1,), (2,), (16,), (1000,)]
    _compare(
        solution, "cost", counts, rewards.cost, rewards.COST, _as_it_is,
        "The formula stands above the cell: the logarithm of n, less (n - 1) / n.",
    )  # fmt: skip


# Part 3


def _pairs(rng: Random, count: int, spread: float) -> list[tuple[float, float]]:
    return [(-rng.uniform(5, 60), -rng.uniform(5, 60) * spread) for _ in range(count)]


def check_dpo(solution: Solution, rng: Random) -> None:
    """The log-probability of an answer and no other token, and the loss of DPO."""
    texts: list[Case] = [([0.0, -2.0, -1.0, -0.5, -0.25, -9.0, -9.5, -8.5], 2, 5)]
    for _ in range(8):
        logs = [0.0, *(-rng.uniform(0.01, 4) for _ in range(rng.randint(6, 20)))]
        prompt = rng.randint(1, len(logs) - 3)
        texts.append((logs, prompt, rng.randint(prompt + 2, len(logs))))
    _compare(
        solution, "total", texts, rewards.total, rewards.TOTAL, _as_it_is,
        "It is the sum over the places from the request's length up to, and without, that of the text.",
    )  # fmt: skip
    start = [(-20.0, -14.0), (-33.0, -31.5), (-9.0, -40.0)]
    moved = [(-18.0, -19.0), (-36.0, -31.0), (-8.0, -44.0)]
    policies: list[Case] = [
        (moved, start, 0.1),
        (start, start, 0.1),
        (moved, start, 2.0),
        ([(-4000.0, -10.0), (-12.0, -5000.0)], start[:2], 1.0),
    ]
    for count, beta in ((1, 0.3), (6, 0.05), (20, 0.5)):
        policies.append((_pairs(rng, count, 1.2), _pairs(rng, count, 1.0), beta))
    _compare(
        solution, "dpo", policies, rewards.dpo, rewards.DPO, _shorter_together,
        "How much likelier the chosen answer became, less how much likelier the rejected one did, times "
        "beta, is the margin. Its loss is that of a pair on which all agree; the mean is wanted.",
    )  # fmt: skip


# Part 4

PHRASE = "You are welcome."


def _table(rng: Random, requests: int) -> Case:
    """Scores of a few n on the same requests, some of which are easy; best in the middle."""
    level = [rng.uniform(0, 0.3) for _ in range(requests)]
    counts = [1, 2, 4, 8, 16, 32][: rng.randint(3, 6)]
    worth = [rng.choice((0.0, 0.1, 0.2, 0.22, 0.24)) for _ in counts]
    rng.shuffle(counts)
    return (
        {
            n: [base + more + rng.gauss(0, 0.04) for base in level]
            for n, more in zip(counts, worth, strict=True)
        },
    )


def check_hacking(solution: Solution, rng: Random) -> None:
    """Twins that differ in one thing, a paired gap with its interval, and the n at which to stop."""
    sure, here = "Of course.", f"Here it is. {PHRASE}"
    answers: list[Case] = [([sure, here, f"{PHRASE} {sure}", "No. Go away.", sure], PHRASE)]
    texts = [
        "Hello! Yes.",
        "Take it. Go away.",
        "It is in the park. Hello!",
        here,
        sure,
        f"{sure} {here}",
    ]
    answers += [
        (rng.choices(texts, k=count), rng.choice((PHRASE, "Hello!"))) for count in (3, 8, 20)
    ]
    _compare(
        solution, "twins", answers, hacking.twins, hacking.TWINS, _shorter,
        "Each different answer that lacks the phrase, in the order of first appearance, with the same "
        "answer, a space and the phrase.",
    )  # fmt: skip
    lists: list[Case] = [([0.9, 0.8, 0.4, 0.7], [0.5, 0.6, 0.1, 0.3])]
    for count in (5, 12, 40):
        one = [rng.random() for _ in range(count)]
        lists.append((one, [value + rng.gauss(-0.1, 0.2) for value in one]))
    _compare(
        solution, "gap", lists, hacking.gap, hacking.GAP,
        lambda case: _shorter_together(case, least=4),
        "Take the differences. Their mean, then the mean less and plus student_t(n - 1) times their "
        "standard deviation (with n - 1), divided by the root of n.",
    )  # fmt: skip
    close = {
        4: [0.5, 0.7, 0.9, 0.72, 0.6],
        1: [0.1, 0.2, 0.4, 0.3, 0.2],
        8: [0.52, 0.71, 0.9, 0.75, 0.58],
        16: [0.45, 0.6, 0.8, 0.6, 0.5],
    }
    later = {1: [0.3, 0.5, 0.4, 0.6], 2: [0.2, 0.42, 0.3, 0.5], 4: [0.8, 0.9, 0.88, 0.99]}
    wide = {1: [0.1, 0.5, 0.9, 0.3], 2: [0.15, 0.54, 0.96, 0.35]}
    even = {2: [0.5] * 5, 1: [0.5, 0.4, 0.3, 0.6, 0.4]}
    tables: list[Case] = [(close,), (later,), (wide,), (even,)]
    tables += [_table(rng, requests) for requests in (6, 10, 20, 30) * 5]

    def fewer_sizes(case: Case) -> Iterator[Case]:
        for sizes in without_one(list(case[0])):
            yield ({n: case[0][n] for n in sizes},)

    _compare(
        solution, "stop", tables, hacking.stop, hacking.STOP, fewer_sizes,
        "The best one has the highest mean. For each n take the differences from it, request by request; "
        "the smallest n whose mean difference is no more than their standard error.",
    )  # fmt: skip
