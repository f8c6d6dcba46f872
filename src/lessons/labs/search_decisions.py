"""Right and wrong ways to join two lists of hits, and to choose when nothing is shown."""

from collections.abc import Callable, Sequence
from math import inf

from lessons.labs.mistakes import Mistake

Found = Sequence[Sequence[tuple[int, float]]]
Asked = Sequence[tuple[float, bool]]


def join(
    lists: Found,
    constant: int,
    counts: Callable[[int, float, float], float] | None = None,
    add: Callable[[list[float]], float] = sum,
    needed: int = 1,
    up: bool = False,
) -> list[int]:
    """Join lists of hits by their ranks: the right answer, or close to it.

    Args:
        lists: of each search its hits, best first: passage and score.
        constant: added to each rank.
        counts: what a hit counts, from its rank (from 1), its score and the best score of its list.
        add: puts together what a passage counts in each list.
        needed: lists that a passage has to stand in.
        up: whether the smallest sum comes first.
    """
    each: dict[int, list[float]] = {}
    for found in lists:
        for rank, (number, score) in enumerate(found, start=1):
            worth = counts(rank, score, found[0][1]) if counts else 1 / (constant + rank)
            each.setdefault(number, []).append(worth)
    sums = {number: add(worths) for number, worths in each.items() if len(worths) >= needed}
    return sorted(sums, key=lambda number: (sums[number] if up else -sums[number], number))


def _one_after_the_other(lists: Found, _: int) -> list[int]:
    return [*dict.fromkeys(number for found in lists for number, _ in found)]


def _in_turn(lists: Found, _: int) -> list[int]:
    longest = max((len(found) for found in lists), default=0)
    return [
        *dict.fromkeys(
            found[rank][0] for rank in range(longest) for found in lists if rank < len(found)
        )
    ]


def _sums(lists: Found, constant: int) -> dict[int, float]:
    """The sum of each passage, in the order in which the lists have them."""
    sums: dict[int, float] = {}
    for found in lists:
        for rank, (number, _) in enumerate(found, start=1):
            sums[number] = sums.get(number, 0.0) + 1 / (constant + rank)
    return sums


def _first_come(lists: Found, constant: int) -> list[int]:
    sums = _sums(lists, constant)
    return sorted(sums, key=lambda number: -sums[number])


def _with_sums(lists: Found, constant: int) -> list[tuple[int, float]]:
    return sorted(_sums(lists, constant).items(), key=lambda pair: (-pair[1], pair[0]))


JOIN = (
    Mistake(
        "join leaves equal sums as they come",
        "Then it depends on which list is given first. Of equal sums, the lower number comes first.",
        _first_come,
    ),
    Mistake(
        "join gives the sums, too",
        "Wanted are the numbers of the passages only, best first.",
        _with_sums,
    ),
    Mistake(
        "join counts the last list only",
        "A passage that stands in two lists has a share from each: add them, and do not write one over "
        "the other.",
        lambda lists, constant: join(lists, constant, add=lambda worths: worths[-1]),
    ),
    Mistake(
        "join adds scores",
        "A BM25 score of 9 and a cosine of 0.5 are not of one kind: the larger numbers win, whatever they "
        "mean. Ranks can be added.",
        lambda lists, constant: join(lists, constant, lambda _, score, __: score),
    ),
    Mistake(
        "join adds scores that it has scaled",
        "A best hit that is bad becomes a 1 in this way, like one that is good. Use the ranks only.",
        lambda lists, constant: join(lists, constant, lambda _, score, best: score / best),
    ),
    Mistake(
        "join counts ranks from 0",
        "The first hit has rank 1, as in the formula.",
        lambda lists, constant: join(lists, constant - 1),
    ),
    Mistake(
        "join leaves out the constant",
        "Without it a first place outweighs every agreement on later places.",
        lambda lists, _: join(lists, 0),
    ),
    Mistake(
        "join always adds 60",
        "It is handed over as constant, so that it can be tried out.",
        lambda lists, _: join(lists, 60),
    ),
    Mistake(
        "join puts the worst first",
        "The larger the sum, the better the passage.",
        lambda lists, constant: join(lists, constant, up=True),
    ),
    Mistake(
        "join adds ranks",
        "So a passage that stands in one list only, however far down, beats one that stands in both.",
        lambda lists, constant: join(lists, constant, lambda rank, _, __: rank, up=True),
    ),
    Mistake(
        "join keeps what both lists have",
        "A passage that one search misses altogether may be what the other is there for. It counts with "
        "its one share.",
        lambda lists, constant: join(lists, constant, needed=len(lists)),
    ),
    Mistake(
        "join takes a passage's best place only",
        "That two searches agree is worth something: add both shares up.",
        lambda lists, constant: join(lists, constant, add=max),
    ),
    Mistake(
        "join puts one list behind the other",
        "Then the second search never shows its first hit at the top.",
        _one_after_the_other,
    ),
    Mistake(
        "join takes from the lists in turn",
        "A passage that both have far up should move ahead of one that a single list has at the top.",
        _in_turn,
    ),
)


def cost(
    least: float,
    asked: Asked,
    in_vain: float,
    missed: float,
    *,
    reached: Callable[[float, float], bool] = lambda sure, least: sure >= least,
    refused: float = 0.0,
    mean: Callable[[float, int, int], float] = lambda total, n, _: total / n,
) -> float:
    """Return the mean cost of a threshold: the right answer, or close to it.

    Args:
        least: passages are shown from here on.
        asked: of each question how sure the search is, and whether it is right.
        in_vain: price of showing what does not answer.
        missed: price of not showing what does.
        reached: whether a question reaches the threshold.
        refused: price of showing nothing where nothing answers.
        mean: from the sum, how many were asked and how many of them were shown something.
    """
    total, shown = 0.0, 0
    for sure, right in asked:
        if reached(sure, least):
            shown += 1
            total += 0.0 if right else in_vain
        else:
            total += missed if right else refused
    return mean(total, len(asked), shown)


COST = (
    Mistake(
        "cost swaps the two prices",
        "in_vain is for what was shown and does not answer, missed for what would have answered and was "
        "not shown.",
        lambda least, asked, in_vain, missed: cost(least, asked, missed, in_vain),
    ),
    Mistake(
        "cost shows nothing at the threshold itself",
        "Passages are shown where the search is at least so sure.",
        lambda *case: cost(*case, reached=lambda sure, least: sure > least),
    ),
    Mistake(
        "cost shows what is below the threshold",
        "The surer the search, the more it may show.",
        lambda *case: cost(*case, reached=lambda sure, least: sure < least),
    ),
    Mistake(
        "cost charges for every refusal",
        "To show nothing is right where nothing answers, and costs nothing then.",
        lambda least, asked, in_vain, missed: cost(least, asked, in_vain, missed, refused=missed),
    ),
    Mistake(
        "cost forgets what was missed",
        "Then the best search is one that never shows anything.",
        lambda least, asked, in_vain, _: cost(least, asked, in_vain, 0.0),
    ),
    Mistake(
        "cost adds up instead of averaging",
        "The mean over all questions can be compared between lists of different length.",
        lambda *case: cost(*case, mean=lambda total, _, __: total),
    ),
    Mistake(
        "cost divides by the questions that were shown something",
        "Who refuses all but one would pay for that one alone. Divide by all that were asked.",
        lambda *case: cost(*case, mean=lambda total, _, shown: total / max(1, shown)),
    ),
)


def choose(
    asked: Asked,
    in_vain: float,
    missed: float,
    price: Callable[..., float] = cost,
    never: bool = True,
    highest: bool = False,
) -> float:
    """Choose the cheapest threshold: the right answer, or close to it.

    Args:
        asked: of each question how sure the search is, and whether it is right.
        in_vain: price of showing what does not answer.
        missed: price of not showing what does.
        price: what a threshold costs.
        never: whether showing nothing at all is tried, too.
        highest: whether of equally good ones the highest is taken.
    """
    tried = sorted({sure for sure, _ in asked}) + ([inf] if never else [])
    if highest:
        tried.reverse()
    return min(tried, key=lambda least: price(least, asked, in_vain, missed))


def _as_many_right(least: float, asked: Asked, *_: float) -> float:
    return cost(least, asked, 1.0, 1.0)


def _costing(least: float, asked: Asked, *prices: float) -> tuple[float, float]:
    return least, cost(least, asked, *prices)


CHOOSE = (
    Mistake(
        "choose goes by how often it is right",
        "That takes both mistakes for equally bad. Here each has its price.",
        lambda asked, in_vain, missed: choose(asked, in_vain, missed, price=_as_many_right),
    ),
    Mistake(
        "choose never tries to show nothing at all",
        "Where a search is hardly ever right, no answer is the cheapest one: try infinity, too.",
        lambda asked, in_vain, missed: choose(asked, in_vain, missed, never=False),
    ),
    Mistake(
        "choose takes the highest of equally good thresholds",
        "If two cost the same, take the lower one: it shows more.",
        lambda asked, in_vain, missed: choose(asked, in_vain, missed, highest=True),
    ),
    Mistake(
        "choose returns what the threshold costs",
        "Wanted is the threshold. What it costs says cost.",
        lambda asked, *prices: cost(choose(asked, *prices), asked, *prices),
    ),
    Mistake(
        "choose returns a pair",
        "Wanted is the threshold alone. What it costs says cost.",
        lambda asked, *prices: _costing(choose(asked, *prices), asked, *prices)[::-1],
    ),
    Mistake(
        "choose returns a pair",
        "Wanted is the threshold alone. What it costs says cost.",
        lambda asked, *prices: _costing(choose(asked, *prices), asked, *prices),
    ),
    Mistake(
        "choose takes the first of equally good thresholds",
        "Questions come in any order. Of equally cheap thresholds take the lowest: it shows more.",
        lambda asked, in_vain, missed: min(
            [*(sure for sure, _ in asked), inf],
            key=lambda least: cost(least, asked, in_vain, missed),
        ),
    ),
    Mistake(
        "choose takes the most expensive threshold",
        "The lower the cost, the better.",
        lambda asked, in_vain, missed: choose(
            asked, in_vain, missed, price=lambda *given: -cost(*given)
        ),
    ),
    Mistake(
        "choose shows whatever it has",
        "The lowest of all thresholds refuses nothing. Compare what each costs.",
        lambda asked, *_: min(sure for sure, _ in asked),
    ),
)
