"""The checks of the lab "Fine-tune a classifier, and know what a label is worth", part by part."""

from collections.abc import Iterator
from random import Random
from typing import Any

from lessons.fine_tuning.sorting_messages import COPY, QUEUES, group, split
from lessons.labs import classifier_adapters as adapters
from lessons.labs import classifier_batches as batches
from lessons.labs import classifier_decisions as decisions
from lessons.labs import classifier_mistakes as ways
from lessons.labs.classifier_comparing import compare_listed, listed
from lessons.labs.mistakes import Case, without_one
from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError, call_text, shown

# Part 1


def _said(rng: Random, words: int) -> str:
    return " ".join(rng.choice("abcdefgh") for _ in range(words))


def _inbox(rng: Random, count: int) -> Case:
    """Messages of few authors, with long and short texts of which some stand there twice."""
    texts = [_said(rng, words) for words in (COPY, COPY + 1, COPY + 3, COPY - 1, 2, 3)]
    authors = [rng.choice(("Ada", "Ben", "Cy", "Dan", "Eve", "Fay", "Gil")) for _ in range(count)]
    long = [_said(rng, COPY + 2) for _ in range(count)]
    return authors, [rng.choice(texts) if rng.random() < 0.4 else one for one in long]


def _fewer_columns(case: Case) -> Iterator[Case]:
    """All columns without a row in turn."""
    for left in without_one(list(zip(*case, strict=True))):
        yield tuple(list(column) for column in zip(*left, strict=True))


def _tickets(rng: Random, count: int) -> Case:
    """Labels, groups of one label each, and an order of them."""
    labels: list[str] = []
    groups: list[int] = []
    for _ in range(count):
        label = rng.choices(QUEUES, (2, 3, 5))[0]
        size = rng.choice((1, 1, 1, 2, 3, 5))
        first = len(labels)
        labels += [label] * size
        groups += [first] * size
    mixed = rng.sample(range(len(labels)), len(labels))
    labels, groups = [labels[p] for p in mixed], [groups[p] for p in mixed]
    first_of = {one: groups.index(one) for one in set(groups)}
    groups = [first_of[one] for one in groups]
    distinct = sorted(set(groups))
    return labels, groups, rng.sample(distinct, len(distinct))


def _without_group(case: Case) -> Iterator[Case]:
    labels, groups, order = case
    for gone in order if len(order) > 1 else ():
        rows = [p for p, one in enumerate(groups) if one != gone]
        place = {one: new for new, one in enumerate(rows)}
        yield (
            [labels[p] for p in rows],
            [place[groups[p]] for p in rows],
            [place[one] for one in order if one != gone],
        )


def _sorted_parts(value: Any) -> Any:
    return [sorted(part) for part in value] if ways.three_lists(value) else value


def _parted_badly(case: Case, got: Any) -> tuple[str, str]:
    labels, groups, _ = case
    if not ways.three_lists(got):
        return (
            "split does not return three lists of places",
            "The lab unpacks its result: learn, choose, test = split(…). A place says which message "
            "it is.",
        )
    everywhere = sorted(place for part in got for place in part)
    if everywhere != sorted(set(everywhere)):
        return (
            "a message is in two parts",
            "What is tested must not be learned from, and what is chosen by must not be tested.",
        )
    if everywhere != list(range(len(labels))):
        return "split loses messages", "Each message belongs into one of the three parts."
    for one in set(groups):
        if sum(any(groups[place] == one for place in part) for part in got) > 1:
            return (
                "split tears a group apart",
                f"Messages of group {one} are in more than one part, so what is tested has been read.",
            )
    return (
        "split fills the parts otherwise",
        "Go through the groups in the order given. A group goes into the test while the test has "
        "less than a fifth of the messages with its label, else into validation while that has less,"
        " else it is learned from.",
    )


def check_split(solution: Solution, rng: Random) -> None:
    """Groups by author and by copy over any number of steps; parts of whole groups, label by label."""
    long, other = _said(rng, COPY), _said(rng, COPY) + " z"
    cases: list[Case] = [
        (["Ada", "Ben", "Ada", "Cy"], ["which lamp", long, "thanks", long]),
        (["Ada", "Ben", "Ben", "Ada"], [long, other, long, "x"]),  # two groups meet
        (["Ada", "Ben"], ["which lamp would you take", "which lamp would you take"]),
        (["Ada", "Ben", "Cy", "Ben"], ["a", "b", "c", "d"]),
        (["Ada", "Ben", "Cy"], [other, other, "a"]),
        (["Ada", "Ben", "Cy", "Ada", "Ben"], [long, other, "a", "b", f"{long}"]),
    ]
    cases += [_inbox(rng, count) for count in (6, 9, 14, 20, 30)]
    compare_listed(
        solution, "group", cases, group, ways.GROUP, _fewer_columns,
        "Messages are in one group if they have one author, or the same content of COPY words or "
        "more, or if others link them. The number of a group is the place of its first message.",
    )  # fmt: skip
    labels = ["praise"] * 5 + ["complaint"] * 5
    parts: list[Case] = [
        (labels, [0, 0, 2, 3, 4, 5, 6, 7, 8, 9], [9, 3, 0, 6, 2, 8, 5, 4, 7]),
        (labels, list(range(10)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9][::-1]),
    ]
    parts += [_tickets(rng, count) for count in (6, 12, 20, 40, 60)]
    compare_listed(
        solution, "split", parts, split, ways.SPLIT, _without_group, _parted_badly, _sorted_parts
    )


# Part 2


def _rows(rng: Random, count: int) -> list[list[int]]:
    return [[rng.randint(0, 9) for _ in range(rng.randint(1, 7))] for _ in range(count)]


def _hidden(rng: Random, width: int) -> Case:
    """Vectors of tokens, and a mask with text on the left or on the right."""
    real, padding = rng.randint(1, 4), rng.randint(0, 3)
    mask = [1] * real + [0] * padding
    vectors = [[float(rng.randint(-9, 9)) for _ in range(width)] for _ in mask]
    return vectors, mask if rng.random() < 0.5 else mask[::-1]


def _scored(rng: Random, count: int) -> Case:
    scores = [[rng.randint(-40, 40) / 10 for _ in QUEUES] for _ in range(count)]
    labels = [rng.randrange(len(QUEUES)) for _ in range(count)]
    return scores, labels, [rng.randint(2, 30) / 10 for _ in QUEUES]


def check_batch(solution: Solution, rng: Random) -> None:
    """Padding that changes no answer, and a loss in which rare queues count."""
    cases: list[Case] = [([[2, 7, 3], [2, 3]], 0), ([[5, 1, 5], [5]], 5), ([[4]], 0)]
    cases += [(_rows(rng, count), rng.randint(0, 9)) for count in (2, 3, 4, 6, 8)]

    def fewer(case: Case) -> Iterator[Case]:
        yield from ((left, case[1]) for left in without_one(case[0]))

    compare_listed(
        solution, "batch", cases, batches.batch, batches.BATCH, fewer,
        "Two lists of rows are wanted, ids and mask, all rows as long as the longest: first the row "
        "itself, with 1 in the mask, then the pad id, with 0.",
    )  # fmt: skip
    texts: list[Case] = [
        ([[1.0, 2.0], [3.0, 6.0], [8.0, 8.0]], [1, 1, 0]),
        ([[9.0], [1.0], [3.0]], [0, 1, 1]),
        ([[2.0, 5.0]], [1]),
    ]
    texts += [_hidden(rng, width) for width in (1, 2, 2, 3, 3, 4)]
    try:
        compare_listed(
            solution, "pooled", texts, batches.pooled, batches.POOLED, _fewer_columns_with_text,
            "For each place of the vectors, the mean over the real tokens, those with 1 in the mask.",
        )  # fmt: skip
        _check_loss(solution, rng)
    except WrongError as error:
        if "OverflowError" in error.mistake or "math domain" in error.mistake:
            error.why = (
                "e to the power of 1000 is more than a computer can hold, and 0 has no logarithm. "
                "Take the highest score of a row off all its scores first: that changes no "
                "probability. "
                f"({error.why})"
            )
        raise


def _fewer_columns_with_text(case: Case) -> Iterator[Case]:
    yield from (left for left in _fewer_columns(case) if any(left[1]))


def _check_loss(solution: Solution, rng: Random) -> None:
    cases: list[Case] = [
        ([[0.0, 0.0, 0.0]], [1], [1.0, 1.0, 1.0]),
        ([[2.0, 0.0, 0.0], [0.0, 0.0, 3.0], [1.0, 0.0, 0.0]], [0, 0, 2], [2.0, 1.0, 0.5]),
        ([[1000.0, 0.0, 990.0], [-1000.0, 0.0, 0.0]], [2, 1], [1.0, 2.0, 3.0]),
    ]
    cases += [_scored(rng, count) for count in (1, 2, 3, 5, 8)]

    def fewer(case: Case) -> Iterator[Case]:
        scores, labels, weights = case
        for left in without_one(list(zip(scores, labels, strict=True))):
            yield [row for row, _ in left], [label for _, label in left], weights

    compare_listed(
        solution, "loss", cases, batches.loss, batches.LOSS, fewer,
        "Of each message, minus the natural logarithm of the probability that its label got. Then "
        "the mean, in which each counts with the weight of its label.",
    )  # fmt: skip


# Part 3


def _matrix(rng: Random, rows: int, columns: int) -> list[list[float]]:
    return [[float(rng.randint(-4, 4)) for _ in range(columns)] for _ in range(rows)]


def _layer(rng: Random, outputs: int, inputs: int, rank: int) -> Case:
    matrices = (_matrix(rng, *shape) for shape in ((outputs, inputs), (rank, inputs)))
    alpha = float(rng.choice((3, 8, 16)))
    vector = [float(rng.randint(-4, 4)) for _ in range(inputs)]
    return (*matrices, _matrix(rng, outputs, rank), alpha, vector)


def _nothing_smaller(_: Case) -> Iterator[Case]:
    yield from ()


def check_lora(solution: Solution, rng: Random) -> None:
    """An addition that starts as nothing, counts alpha / rank times, and can be merged."""
    for outputs, inputs, rank in ((3, 4, 2), (2, 6, 1), (8, 8, 4), (3, 64, 8)):
        _check_start(solution, outputs, inputs, rank, rng.randint(1, 99))
    page: Case = ([[1.0, 2.0], [3.0, 4.0]], [[1.0, -1.0]], [[0.5], [0.0]], 1.0, [2.0, 1.0])
    sizes = ((2, 2, 2), (3, 3, 2), (2, 4, 1), (4, 2, 2), (3, 5, 3), (2, 2, 1))
    cases: list[Case] = [page, *(_layer(rng, *size) for size in sizes)]
    compare_listed(
        solution, "adapted", cases, adapters.adapted, adapters.ADAPTED, _nothing_smaller,
        "W x, and to that alpha / rank times B (A x): first A makes a few numbers of x, then B makes"
        " as many of those as W x has.",
    )  # fmt: skip
    whole = [case[:4] for case in cases]
    compare_listed(
        solution, "merged", whole, adapters.merged, adapters.MERGED, _nothing_smaller,
        "A matrix as large as W: W, and to each of its numbers alpha / rank times that of B A.",
    )  # fmt: skip


def _check_start(solution: Solution, outputs: int, inputs: int, rank: int, seed: int) -> None:
    case = (outputs, inputs, rank, seed)
    got, again, other = (
        solution.call("start", outputs, inputs, rank, one) for one in (seed, seed, seed + 1)
    )
    good = isinstance(got, list | tuple) and len(got) == 2 and all(map(_is_matrix, got))
    if not good:
        found: tuple[str, str] | None = (
            "start does not return two matrices",
            "The lab unpacks A, B. Each is a list of rows, and a row is a list of numbers.",
        )
    else:
        found = adapters.wrong_start(outputs, inputs, rank, *got)
    if not found and got != again:
        found = (
            "start draws other numbers each time",
            "Nobody could repeat your run. Draw from a Random of your own that the seed begins.",
        )
    if not found and got == other:
        found = (
            "start ignores the seed",
            "Runs with several seeds are to show how much luck there is. These would all start alike.",
        )
    if found:
        raise WrongError(*found, call_text("start", case), shown(listed(got)))


def _is_matrix(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(row, list | tuple) and all(isinstance(one, int | float) for one in row)
        for row in value
    )


# Part 4


def _runs(rng: Random, count: int) -> Case:
    truth = [rng.randrange(len(QUEUES)) for _ in range(count)]
    runs = [
        [one if rng.random() < 0.6 else rng.randrange(len(QUEUES)) for one in truth]
        for _ in range(rng.randint(3, 5))
    ]
    prices = [
        [0.0 if row == column else float(rng.randint(1, 9)) for column in range(3)]
        for row in range(3)
    ]
    return runs, truth, prices


def _bill(rng: Random, groups: int) -> Case:
    before, after, numbers = [], [], []
    for number in range(groups):
        level = rng.random()
        for _ in range(rng.randint(1, 4)):
            before.append(round(5 * rng.random() * level, 1))
            after.append(round(4 * rng.random() * level, 1))
            numbers.append(number)
    return before, after, numbers, rng.choice((1000, 5000)), float(rng.randint(50, 400))


def check_price(solution: Solution, rng: Random) -> None:
    """A setting that validation chose, the cost of each message, and what a change earns."""
    tried: list[Case] = [
        ({"a": [0.5, 0.7], "b": [0.4, 0.6]},),
        ({"a": [0.5, 0.5], "b": [0.1, 0.95], "c": [0.5, 0.5]},),
        ({"a": [0.5, 0.5, 0.5], "b": [0.4, 0.45, 0.9], "c": [0.6, 0.6, 0.2]},),
        ({"b": [0.5], "a": [0.5]},),
    ]
    tried += [
        ({name: [rng.randint(1, 99) / 100 for _ in range(3)] for name in "fedcba"},)
        for _ in range(6)
    ]

    def fewer_settings(case: Case) -> Iterator[Case]:
        yield from ((dict(rows),) for rows in without_one(list(case[0].items())))

    compare_listed(
        solution, "pick", tried, decisions.pick, decisions.PICK, fewer_settings,
        "The name of the setting whose mean over the runs is lowest, and of equal ones the first.",
    )  # fmt: skip
    prices = [[0.0, 5.0, 4.0], [1.0, 0.0, 2.0], [3.0, 1.0, 0.0]]
    sorted_by: list[Case] = [([[0, 1, 2], [1, 1, 0], [1, 0, 2]], [0, 1, 2], prices)]
    sorted_by += [_runs(rng, count) for count in (2, 4, 6, 12)]

    def fewer_messages(case: Case) -> Iterator[Case]:
        runs, truth, table = case
        for left in without_one(list(zip(truth, *runs, strict=True))):
            labels, *columns = (list(column) for column in zip(*left, strict=True))
            yield columns, labels, table

    compare_listed(
        solution, "costs", sorted_by, decisions.costs, decisions.COSTS, fewer_messages,
        "A number for each message: the mean, over the runs, of prices[where it belongs][where it "
        "was put].",
    )  # fmt: skip
    bills: list[Case] = [
        ([2.0, 1.0, 0.0, 5.0, 0.0], [1.0, 0.0, 0.0, 1.0, 1.0], [0, 0, 1, 2, 3], 1000, 100.0)
    ]
    bills += [_bill(rng, groups) for groups in (6, 10, 25)]
    compare_listed(
        solution, "profit", bills, decisions.profit, decisions.PROFIT, _nothing_smaller,
        "Of each message what it cost before less what it costs after; of these the mean and its "
        "interval, by groups, as clustered gives it. Each of the three numbers times the messages, "
        "less the price.",
    )  # fmt: skip
