"""Wrong ways to prepare comparisons that people go, each as a function that answers as they would."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from statistics import fmean

from lessons.labs.mistakes import Mistake, equal

Row = tuple[str, str, str, str]  # request, answer read first, answer read second, choice
Key = tuple[str, str, str]  # request, two answers in the order of the alphabet
Votes = list[float]
FIRST = {"first": 1.0, "tie": 0.5, "second": 0.0}  # what a choice is worth to the answer read first


class Near(tuple[float, ...]):
    """Several numbers, equal to others up to rounding: another order of adding is not a mistake."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, tuple | list)
            and len(self) == len(other)
            and all(equal(float(own), one) for own, one in zip(self, other, strict=True))
        )

    __hash__ = tuple.__hash__

    def __repr__(self) -> str:
        return f"({', '.join(str(round(number, 4)) for number in self)})"


# Part 1: what people said


def merge(rows: Sequence[Row]) -> dict[Key, Votes]:
    """The votes on each pair of answers, whichever was read first: the right answer."""
    return _merged(rows)


def _merged(
    rows: Sequence[Row],
    turned: bool = True,
    ordered: bool = True,
    same: bool = False,
    ties: float | None = 0.5,
    by_answer: bool = False,
) -> dict[Key, Votes]:
    """Merge rows, rightly or not.

    Args:
        rows: what people chose.
        turned: whether a vote goes with its answer, and not with its place.
        ordered: whether a pair that is read the other way round is the same pair.
        same: whether rows with twice the same answer are kept.
        ties: what a tie is worth; None to leave it out.
        by_answer: whether of twice the same answer the first one wins, since it is the one that was chosen.
    """
    found: dict[Key, Votes] = {}
    for request, first, second, choice in rows:
        if first == second and not same:
            continue
        if choice == "tie" and ties is None:
            continue
        one, other = (min(first, second), max(first, second)) if ordered else (first, second)
        vote = ties if choice == "tie" and ties is not None else FIRST[choice]
        if turned and one != first and choice != "tie":
            vote = 1 - vote
        if same and first == second and choice != "tie" and by_answer:
            vote = 1.0
        found.setdefault((request, one, other), []).append(vote)
    return found


def _backwards(rows: Sequence[Row]) -> dict[Key, Votes]:
    return {key: [1 - vote for vote in votes] for key, votes in merge(rows).items()}


def _of_one_request(rows: Sequence[Row]) -> dict[Key, Votes]:
    """The votes of all requests together, under the one that had the pair first."""
    names: dict[tuple[str, ...], str] = {}
    return merge([
        (names.setdefault(tuple(sorted((first, second))), request), first, second, choice)
        for request, first, second, choice in rows
    ])  # fmt: skip


def _without_request(rows: Sequence[Row]) -> dict[tuple[str, str], Votes]:
    found: dict[tuple[str, str], Votes] = {}
    for row in rows:
        for (_, one, other), votes in merge([row]).items():
            found.setdefault((one, other), []).extend(votes)
    return found


MERGE = (
    Mistake(
        "the request is missing in the key",
        "The same two answers can stand under another request, where the other one is right.",
        _without_request,
    ),
    Mistake(
        "a pair that was read the other way round counts as another pair",
        "Each person reads the two answers in an order of their own. What they chose between is the same, "
        "and who contradicts whom only shows if their votes meet.",
        lambda rows: _merged(rows, ordered=False),
    ),
    Mistake(
        "a vote goes to a place, and not to an answer",
        "Who chose the first one chose what they read first. If the key has the answers the other way "
        "round, the vote is for the key's second answer.",
        lambda rows: _merged(rows, turned=False),
    ),
    Mistake(
        "a vote counts for the other answer",
        "1 stands for the answer that comes first in the key. The wrong way round, no error is raised, "
        "and the model learns to do what people like less.",
        _backwards,
    ),
    Mistake(
        "ties are left out",
        "That somebody sees no difference is what you want to know: without it the reward becomes surer "
        "than people are.",
        lambda rows: _merged(rows, ties=None),
    ),
    Mistake(
        "a tie counts as a loss",
        "It is half a vote for each answer. As a loss it depends on the alphabet who loses.",
        lambda rows: _merged(rows, ties=0.0),
    ),
    *(
        Mistake(
            "rows with twice the same answer are kept",
            "Between an answer and its copy there is nothing to choose, so such rows only add noise.",
            lambda rows, by=by: _merged(rows, same=True, by_answer=by),
        )
        for by in (False, True)
    ),
    Mistake(
        "of each pair only the last vote is kept",
        "The others are lost, and with them what people do not agree on.",
        lambda rows: {key: votes[-1:] for key, votes in merge(rows).items()},
    ),
    Mistake(
        "only the majority of each pair is kept",
        "Two against one is not three against none. Keep all votes.",
        lambda rows: {key: [_side(fmean(votes))] for key, votes in merge(rows).items()},
    ),
    Mistake(
        "the votes of different requests are put together",
        "The same two answers can stand under another request, where the other one is right.",
        _of_one_request,
    ),
)


def _side(share: float) -> float:
    return 0.5 if share == 0.5 else float(share > 0.5)


def _together(votes: Votes) -> float:
    """How often two of those who voted on a pair say the same."""
    couples = list(combinations(votes, 2))
    return sum(a == b for a, b in couples) / len(couples)


def _chance(votes: Sequence[Votes]) -> float:
    counts = Counter(vote for one in votes for vote in one)
    return sum(count**2 for count in counts.values()) / counts.total() ** 2


def _above(seen: float, chance: float) -> float:
    return (seen - chance) / (1 - chance)


def beyond_chance(votes: Sequence[Votes]) -> float:
    """How far people agree beyond chance: the right answer."""
    several = [one for one in votes if len(one) > 1]
    return _above(fmean(map(_together, several)), _chance(several))


def _with_single(votes: Sequence[Votes]) -> float:
    return _above(fmean(_together(one) if len(one) > 1 else 1.0 for one in votes), _chance(votes))


def _chance_of_all(votes: Sequence[Votes]) -> float:
    return _above(fmean(_together(one) for one in votes if len(one) > 1), _chance(votes))


def _without_ties(votes: Sequence[Votes]) -> float:
    decided = [[vote for vote in one if vote != 0.5] for one in votes]
    return beyond_chance(decided)


def _all_couples(votes: Sequence[Votes]) -> float:
    several = [one for one in votes if len(one) > 1]
    couples = [a == b for one in several for a, b in combinations(one, 2)]
    return _above(fmean(couples), _chance(several))


def _all_the_same(votes: Sequence[Votes]) -> float:
    several = [one for one in votes if len(one) > 1]
    return _above(fmean(len(set(one)) == 1 for one in several), _chance(several))


def _seen(votes: Sequence[Votes]) -> float:
    return fmean(_together(one) for one in votes if len(one) > 1)


BEYOND_CHANCE = (
    Mistake(
        "chance is not taken off",
        "People who toss coins agree half of the time. What they agree beyond that says how clear the "
        "question is.",
        _seen,
    ),
    Mistake(
        "chance is taken for one half",
        "With three possible votes, some of them rare, chance is another number. Take it from how often "
        "each vote was given.",
        lambda votes: _above(_seen(votes), 0.5),
    ),
    Mistake(
        "chance is taken for one third",
        "That would hold if all three votes were equally frequent. Take it from how often each was given.",
        lambda votes: _above(_seen(votes), 1 / 3),
    ),
    Mistake(
        "what is left above chance is not divided",
        "Nobody can agree more than always. Divide by what is possible beyond chance, so that 1 means "
        "perfect.",
        lambda votes: _seen(votes) - _chance([one for one in votes if len(one) > 1]),
    ),
    Mistake(
        "ties are left out before people are compared",
        "One who sees no difference and one who does have not said the same.",
        _without_ties,
    ),
    Mistake(
        "a single vote counts as agreement",
        "Nobody else looked at that pair, so nobody agreed.",
        _with_single,
    ),
    Mistake(
        "chance comes from votes that nobody was compared with",
        "Pairs with a single vote belong to neither number.",
        _chance_of_all,
    ),
    Mistake(
        "pairs that more people judged weigh more",
        "Take the share of each pair first, then the mean over the pairs.",
        _all_couples,
    ),
    Mistake(
        "only pairs on which all say the same count",
        "Two of three who agree are one couple of three. Take all couples of people.",
        _all_the_same,
    ),
)


Keys = list[Key]
Sides = tuple[Keys, Keys]


def _by(keys: Sequence[Key], name: Callable[[Key], object], places: Callable[[int], bool]) -> Sides:
    held = {one for n, one in enumerate(dict.fromkeys(map(name, keys)), 1) if places(n)}
    sides: Sides = ([], [])
    for key in keys:
        sides[name(key) in held].append(key)
    return sides


def _fourth(number: int) -> bool:
    return number % 4 == 0


def split(keys: Sequence[Key]) -> Sides:
    """All pairs of every fourth request are held out: the right answer."""
    return _by(keys, lambda key: key[0], _fourth)


def _by_places(keys: Sequence[Key]) -> Sides:
    return [key for n, key in enumerate(keys, 1) if n % 4], list(keys[3::4])


def _neighbors(keys: Sequence[Key]) -> Sides:
    """Requests told apart only where they stand one behind the other."""
    number = 1
    sides: Sides = ([], [])
    for before, key in pairwise([keys[0], *keys]):
        number += before[0] != key[0]
        sides[number % 4 == 0].append(key)
    return sides


def _one_each(keys: Sequence[Key]) -> Sides:
    first: dict[str, Key] = {}
    for key in keys:
        first.setdefault(key[0], key)
    return _by_places(list(first.values()))


def _by_alphabet(keys: Sequence[Key]) -> Sides:
    held = set(sorted({request for request, *_ in keys})[3::4])
    return [key for key in keys if key[0] not in held], [key for key in keys if key[0] in held]


LEAK = "What the reward learned about an answer it would be asked about again, so the result is flattered. "
SPLIT = (
    Mistake(
        "a request, with its answers, is on both sides",
        f"{LEAK}Count requests, and not pairs.",
        _by_places,
    ),
    Mistake(
        "a request, with its answers, is on both sides, because it comes again later",
        f"{LEAK}Its pairs need not stand one behind the other.",
        _neighbors,
    ),
    Mistake(
        "an answer is on both sides",
        f"{LEAK}Each pair has two answers. Whole requests have to go to one side.",
        lambda keys: _by(keys, lambda key: key[1], _fourth),
    ),
    Mistake(
        "counting begins too early",
        "The 4th, 8th, 12th, … request is held out. Yours are the 1st, 5th, 9th, …",
        lambda keys: _by(keys, lambda key: key[0], lambda n: n % 4 == 1),
    ),
    Mistake(
        "the requests are counted in the order of the alphabet",
        "They are counted in the order of first appearance, so that there is one right result.",
        _by_alphabet,
    ),
    Mistake(
        "of each request one pair is kept",
        "The others were paid for, too, and leak nothing as long as they stand on the same side.",
        _one_each,
    ),
    Mistake(
        "the two sides are swapped",
        "The lab unpacks the result: learn, held_out = split(…), and most pairs are to learn from.",
        lambda keys: split(keys)[::-1],
    ),
)
