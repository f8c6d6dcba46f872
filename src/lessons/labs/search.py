"""The checks of the lab "Search that knows when to be silent", part by part."""

import warnings
from collections.abc import Iterator, Sequence
from math import inf
from random import Random
from typing import Any, cast

from lessons.labs import search_decisions as decisions
from lessons.labs import search_mistakes as ways
from lessons.labs.mistakes import Case, compare, without_one
from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError, call_text, shown

WORDS = ["loop", "list", "name", "value", "class", "call", "text", "line", "test", "rule"]


class _Tuples:
    """A learner's code: lists in place of tuples are as good, and any collection in place of a set."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        # After a check the lab's next cells load `bm25s`, which has progress bars. In a notebook without
        # ipywidgets they complain, though none is shown.
        warnings.filterwarnings("ignore", "IProgress not found")

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of the learner's."""
        found = self.solution.call(name, *arguments)
        if name == "cut" and isinstance(found, list | tuple):
            return [tuple(one) if isinstance(one, list) else one for one in found]
        if name == "owners" and isinstance(found, list | tuple):
            return set(found)
        return [*found] if isinstance(found, tuple) else found


def _tolerant(solution: Solution) -> Solution:
    return cast(Solution, _Tuples(solution))


# Part 1


EXAMPLE = "Loops\n=====\n\nA loop repeats.\n\n\nA list ends it.\n\nMore."


def _text(rng: Random, count: int) -> str:
    """Paragraphs of one to nine words, on one or more lines, some of them further apart."""
    parts = []
    for _ in range(count):
        words = [rng.choice(WORDS) for _ in range(rng.randint(1, 9))]
        at = rng.randint(1, len(words))
        lines = [" ".join(words[:at]), " ".join(words[at:])]
        parts.append("\n".join(line for line in lines if line))
    return "".join(part + "\n" * rng.choice((2, 2, 3)) for part in parts).rstrip("\n")


def _fewer_paragraphs(case: Case) -> Iterator[Case]:
    text, words, overlap = case
    for kept in without_one(text.split("\n\n")):
        yield "\n\n".join(kept), words, overlap


def check_cut(solution: Solution, rng: Random) -> None:
    """Passages of whole paragraphs, with their lines."""
    cases: list[Case] = [(EXAMPLE, 5, 1), (EXAMPLE, 5, 0), ("one two three\n\nfour", 2, 1)]
    cases += [("a b\n\nc d\n\ne f\n\ng h", 4, 1), ("a\n\nb\n\nc d e\n\nf", 3, 2)]
    cases += [
        (_text(rng, rng.randint(2, 9)), rng.randint(4, 14), overlap % 3) for overlap in range(9)
    ]
    compare(
        _tolerant(solution), "cut", cases, ways.cut, ways.CUT, _fewer_paragraphs,
        lambda _, __: (
            "cut gives other passages",
            "Add whole paragraphs until there are enough words, counting repeated ones, or the text ends. "
            "Of each passage give its first line, its last line and its text.",
        ),
    )  # fmt: skip


# Part 2


def _owned(rng: Random) -> Case:
    texts = [f"{rng.choice(WORDS) * rng.randint(1, 6)} {number}" for number in range(8)]
    topics = {
        name: {text for text in texts if rng.random() < 0.5} or {texts[0]}
        for name in ("for", "while", "compound")
    }
    return rng.sample(texts, rng.randint(1, 4)), topics


def _smaller_owned(case: Case) -> Iterator[Case]:
    passage, topics = case
    yield from ((kept, topics) for kept in without_one(passage))
    if len(topics) > 1:
        for gone in topics:
            yield passage, {name: held for name, held in topics.items() if name != gone}


def _searches(rng: Random) -> Case:
    passages = range(rng.randint(4, 8))
    asked = rng.randint(2, 6)
    rankings = [rng.sample(passages, len(passages)) for _ in range(asked)]
    right = [set(rng.sample(passages, rng.randint(0, 3))) for _ in range(asked)]
    return rankings, right, rng.randint(1, 4)


def _fewer_questions(case: Case) -> Iterator[Case]:
    rankings, right, k = case
    if len(rankings) > 1:
        for row in range(len(rankings)):
            kept = [other for other in range(len(rankings)) if other != row]
            yield [rankings[i] for i in kept], [right[i] for i in kept], k


def check_gold(solution: Solution, rng: Random) -> None:
    """Who owns a passage, and which questions were hit."""
    solution = _tolerant(solution)
    shared = ["A loop repeats.", "More."]
    heading, sentence = "Head", "A long sentence about loops."
    cases: list[Case] = [
        (shared, {"for": {*shared}, "compound": {heading, *shared}, "if": {"More."}}),
        ([heading, sentence], {"a": {heading}, "b": {sentence}}),
        (["four", "five"], {"a": {"four"}, "b": {"five", "six", "seven or eight"}}),
        (["long text here", "x"], {"a": {"long text here", "y"}, "b": {"x"}}),
    ]
    cases += [_owned(rng) for _ in range(20)]
    compare(
        solution, "owners", cases, ways.owners, ways.OWNERS, _smaller_owned,
        lambda _, __: (
            "owners names other topics",
            "Add up the characters of the paragraphs that a topic has, too, and compare with half of all.",
        ),
    )  # fmt: skip
    searches: list[Case] = [
        ([[4, 2, 7], [1, 3, 5]], [{2, 7}, {9}], 2),
        ([[0, 1], [1, 0]], [{0}, set()], 1),
        ([[3, 1, 2, 0]], [{0, 2}], 3),
    ]
    searches += [_searches(rng) for _ in range(20)]
    compare(
        solution, "hits", searches, ways.hits, ways.HITS, _fewer_questions,
        lambda _, __: (
            "hits gives another answer",
            "True for each question with at least one right passage among the first k of its ranking.",
        ),
    )  # fmt: skip


# Part 3


def _lists(rng: Random) -> Case:
    lists = []
    for scale in (12.0, 1.0):
        numbers = rng.sample(range(9), rng.randint(2, 7))
        scores = sorted((round(scale * rng.uniform(0.2, 1), 3) for _ in numbers), reverse=True)
        lists.append([*zip(numbers, scores, strict=True)])
    return lists, rng.choice((1, 10, 60))


def _shorter_lists(case: Case) -> Iterator[Case]:
    lists, constant = case
    for row, found in enumerate(lists):
        if len(found) > 1:
            for kept in without_one(found):
                yield [*lists[:row], kept, *lists[row + 1 :]], constant


def check_join(solution: Solution, rng: Random) -> None:
    """Two lists of hits as one."""
    cases: list[Case] = [
        ([[(7, 9.1), (3, 8.0), (5, 2.0)], [(5, 0.61), (3, 0.6)]], 60),
        ([[(2, 30.0), (1, 1.0)], [(1, 0.9), (2, 0.2)]], 60),
        ([[(8, 3.0), (6, 2.9), (4, 2.8)], [(6, 0.5)]], 1),
        ([[(3, 5.0), (9, 4.0)], [(1, 0.7), (9, 0.6)]], 10),
    ]
    cases += [_lists(rng) for _ in range(24)]
    compare(
        _tolerant(solution), "join", cases, decisions.join, decisions.JOIN, _shorter_lists,
        lambda _, __: (
            "join gives another order",
            "Each list gives a passage 1 / (constant + rank), and nothing where it does not have it. The "
            "largest sum comes first, and of equal ones the lower number.",
        ),
    )  # fmt: skip


# Part 4


def _asked(rng: Random, count: int, luck: float) -> list[tuple[float, bool]]:
    found = []
    for _ in range(count):
        sure = rng.randint(1, 40) / 40
        found.append((sure, rng.random() < luck * sure))
    return found


def _fewer_asked(case: Case) -> Iterator[Case]:
    for kept in without_one(case[0]):
        yield (kept, *case[1:])


def _fewer_priced(case: Case) -> Iterator[Case]:
    for kept in without_one(case[1]):
        yield (case[0], kept, *case[2:])


def check_threshold(solution: Solution, rng: Random) -> None:
    """What a threshold costs, which is the cheapest, and two halves that share no question."""
    few = [(0.9, True), (0.6, False), (0.5, True), (0.2, False)]
    cases: list[Case] = [(0.55, few, 1.0, 5.0), (0.5, few, 1.0, 5.0), (inf, few, 1.0, 5.0)]
    cases += [
        (rng.randint(0, 40) / 40, _asked(rng, rng.randint(3, 12), 0.9), 2.0, 3.0) for _ in range(12)
    ]
    compare(
        solution, "cost", cases, decisions.cost, decisions.COST, _fewer_priced,
        lambda _, __: (
            "cost gives another number",
            "Shown and wrong costs in_vain, refused and right missed, all else nothing. Take the mean.",
        ),
    )  # fmt: skip
    chosen: list[Case] = [
        (few, 1.0, 5.0),
        (few, 5.0, 1.0),
        ([(0.3, False), (0.4, False)], 1.0, 5.0),
    ]
    chosen += [
        ([(0.2, True), (0.4, False), (0.6, True)], 4.0, 4.0),
        ([(0.6, True), (0.2, True), (0.4, False)], 4.0, 4.0),
        ([(0.3, False), (0.5, False), (0.5, False), (0.7, True)], 1.0, 9.0),
    ]
    chosen += [(_asked(rng, rng.randint(4, 16), luck), 1.0, 3.0) for luck in (0.1, 0.5, 0.9) * 4]
    compare(
        solution, "choose", chosen, decisions.choose, decisions.CHOOSE, _fewer_asked,
        lambda _, __: (
            "choose gives another threshold",
            "Try how sure each question was, and infinity. The cheapest wins; of equal ones, the lowest.",
        ),
    )  # fmt: skip
    _check_halves(solution, rng)


def _check_halves(solution: Solution, rng: Random) -> None:
    for count in (2, 9, 40):
        names = [f"question {number}" for number in range(count) for _ in range(rng.randint(1, 3))]
        rng.shuffle(names)
        got = solution.call("halves", names)
        wrong = _what_is_wrong(got, names) or _by_their_order(solution, names, got)
        if wrong:
            name, why, wanted = wrong
            raise WrongError(name, why, call_text("halves", (names,)), shown(got), wanted)


Wrong = tuple[str, str, str]


def _what_is_wrong(got: Any, names: Sequence[str]) -> Wrong | None:
    """Name what is wrong with two halves, if anything is."""
    if not (
        isinstance(got, tuple | list) and len(got) == 2 and all(isinstance(h, list) for h in got)
    ):
        return (
            "halves gives no two lists",
            "It has to return two lists of row numbers.",
            "two lists of row numbers",
        )
    rows = [*got[0], *got[1]]
    if sorted(map(str, rows)) != sorted(map(str, range(len(names)))):
        return (
            "halves loses rows or has some twice",
            "Each row of the list belongs to exactly one half, as a number from 0.",
            f"each of the {len(names)} rows once",
        )
    first, second = ({names[row] for row in half} for half in got)
    if first & second:
        return (
            "halves puts one question on both sides",
            "Two wordings of a question are searched with much the same success, so a threshold chosen on "
            "one would be proven on what it has seen.",
            "no name in both halves",
        )
    if abs(len(first) - len(second)) > 1:
        return (
            "halves are of different size",
            "As many questions, or one more, on one side as on the other, counted by name.",
            f"{len(first | second) // 2} names in one of them",
        )
    return None


def _by_their_order(solution: Solution, names: Sequence[str], got: Any) -> Wrong | None:
    """Ask again: the same halves have to come, and not the first and the second part of a long list."""
    if solution.call("halves", [*names]) != got:
        return (
            "halves are drawn anew at each call",
            "Who draws again until the result is good proves nothing. Give random a seed.",
            "the same halves each time",
        )
    order = [*dict.fromkeys(names)]
    if len(order) <= 20:
        return None
    sides = ({names[row] for row in got[0]}, {names[row] for row in got[1]})
    middle = (len(order) // 2, (len(order) + 1) // 2)
    if any({*order[:cut]} in sides for cut in middle):
        return (
            "halves takes the first part and the second",
            "Questions stand by topic, and the ones about text would all be on one side. Draw them.",
            "names drawn from the whole list",
        )
    if any({*sorted(order)[:cut]} in sides for cut in middle):
        return (
            "halves cuts the sorted names in the middle",
            "Names that begin alike would all be on one side, such as those of the questions without an "
            "answer. Draw them.",
            "names drawn from the whole list",
        )
    with solution.again() as other:
        if other.call("halves", [*names]) != got:
            return (
                "halves come out otherwise when Python is started again",
                "A set of texts has another order each time. Sort the names before you draw.",
                "the same halves each time",
            )
    return None
