"""The lab on classifiers: each known wrong way is told apart, and its numbers hold."""

from random import Random

import pytest
import torch
from torch.nn import functional

from lessons.experiments import load_result
from lessons.fine_tuning import sorting_messages
from lessons.fine_tuning.sorting_messages import QUEUES
from lessons.intervals import clustered
from lessons.labs import classifier_adapters as adapters
from lessons.labs import classifier_batches as batches
from lessons.labs import classifier_decisions as decisions
from lessons.labs import classifier_mistakes as ways
from lessons.labs.catalog import find
from lessons.labs.classifier_comparing import listed
from lessons.labs.classifier_model import recorded
from lessons.labs.verdicts import WrongError
from solvedlabs import Here

LAB = find("classifier")
PARTS = [
    ("group", ways.GROUP, sorting_messages.group),
    ("split", ways.SPLIT, sorting_messages.split),
    ("batch", batches.BATCH, batches.batch),
    ("pooled", batches.POOLED, batches.pooled),
    ("loss", batches.LOSS, batches.loss),
    ("adapted", adapters.ADAPTED, adapters.adapted),
    ("merged", adapters.MERGED, adapters.merged),
    ("pick", decisions.PICK, decisions.pick),
    ("costs", decisions.COSTS, decisions.costs),
    ("profit", decisions.PROFIT, decisions.profit),
]
RIGHT = {name: right for name, _, right in PARTS}
OF = {
    "group": 1, "split": 1, "batch": 2, "pooled": 2, "loss": 2, "adapted": 3, "merged": 3,
    "pick": 4, "costs": 4, "profit": 4,
}  # fmt: skip


def started(outputs, inputs, rank, seed):
    luck = Random(seed)
    first = [[luck.gauss(0, inputs**-0.5) for _ in range(inputs)] for _ in range(rank)]
    return first, [[0.0] * rank for _ in range(outputs)]


@pytest.mark.parametrize(
    ("name", "way"), [(name, way) for name, known, _ in PARTS for way in known]
)
def test_each_known_way_is_told_apart_from_the_right_one(name, way):
    code = Here({"start": started, **RIGHT, name: way.answer})
    with pytest.raises(WrongError) as found:
        LAB.check(OF[name])(code, Random(0))
    assert found.value.mistake == way.name


def tearing(labels, groups, order):
    learn, choose, test = sorting_messages.split(labels, groups, order)
    moved = [place for place in test if groups.count(groups[place]) > 1][:1]
    return learn, choose + moved, [place for place in test if place not in moved]


def said_of(part, **functions):
    with pytest.raises(WrongError) as found:
        LAB.check(part)(Here({"start": started, **RIGHT, **functions}), Random(3))
    return str(found.value)


def test_answers_that_no_known_way_gives_are_told_what_is_wanted():
    assert "pick gives another answer" in said_of(4, pick=lambda _: "x")
    assert "three lists of places" in said_of(1, split=lambda *_: [[0], "a"])
    assert "in two parts" in said_of(1, split=lambda labels, *_: [[0], [0], [*range(len(labels))]])
    assert "loses messages" in said_of(1, split=lambda *_: [[0], [1], [2]])
    assert "tears a group apart" in said_of(1, split=tearing)
    whole = said_of(1, split=lambda labels, *_: [[*range(len(labels))], [], []])
    assert "fills the parts otherwise" in whole
    assert "two matrices" in said_of(3, start=lambda *_: None)
    assert "do not fit" in said_of(3, start=lambda *_: ([[1.0]], [[0.0]]))


@pytest.mark.parametrize(
    "error", ["OverflowError: math range error", "ValueError: math domain error"]
)
def test_a_score_that_is_too_large_is_explained(error):
    def fails(*_):
        raise WrongError(f"it raised {error}", "…", "loss")

    assert "more than a computer can hold" in said_of(2, loss=fails)


def test_other_errors_keep_their_reason():
    def fails(*_):
        raise WrongError("it raised KeyError: 3", "the reason", "loss")

    assert "the reason" in said_of(2, loss=fails)


def test_numbers_are_compared_and_shown_at_any_depth():
    assert repr(listed(([1.23456789, 2], "a"))) == "[[1.235, 2], 'a']"


def test_the_loss_is_that_of_torch():
    rng = Random(5)
    scores = [[rng.gauss(0, 3) for _ in range(3)] for _ in range(20)]
    labels, weights = [rng.randrange(3) for _ in range(20)], [0.5, 1.0, 2.5]
    wanted = functional.cross_entropy(
        torch.tensor(scores, dtype=torch.float64),
        torch.tensor(labels),
        torch.tensor(weights, dtype=torch.float64),
    )
    assert batches.loss(scores, labels, weights) == pytest.approx(wanted.item())


def test_a_merged_matrix_does_the_same():
    rng = Random(6)
    sizes = ((5, 7), (3, 7), (5, 3))
    w, a, b = ([[rng.gauss(0, 1) for _ in range(n)] for _ in range(m)] for m, n in sizes)
    x = [rng.gauss(0, 1) for _ in range(7)]
    one = adapters.times(adapters.merged(w, a, b, 16.0), x)
    assert one == pytest.approx(adapters.adapted(w, a, b, 16.0, x))


def test_a_profit_is_the_interval_of_what_is_saved_by_group():
    before, after, groups = [2.0, 1.0, 0.0, 4.0], [1.0, 0.0, 1.0, 1.0], [0, 0, 1, 2]
    found = clustered([1.0, 1.0, -1.0, 3.0], ["0", "0", "1", "2"])
    value, low, high = decisions.profit(before, after, groups, 100, 30.0)
    assert (value, low, high) == pytest.approx(
        (100 * found.value - 30, 100 * found.low - 30, 100 * found.high - 30)
    )


@pytest.fixture(scope="module")
def earned():
    """What a step earns: way and labels before and after, messages a year."""
    cells, inbox = load_result("fine_tuning_sorting")["cells"], sorting_messages.messages()
    groups = sorting_messages.group(
        [m.author for m in inbox], [sorting_messages.content(m.text) for m in inbox]
    )
    order = sorting_messages.drawn_order(groups)
    _, _, test = sorting_messages.split([m.queue for m in inbox], groups, order)
    truth = [QUEUES.index(inbox[place].queue) for place in test]
    prices = [[0, 5, 5], [1, 0, 1], [1, 1, 0]]

    def answer(before, after, messages):
        bills = [decisions.costs(recorded(cells, *side), truth, prices) for side in (before, after)]
        paid = 0.5 * (after[1] - before[1])
        return decisions.profit(*bills, [groups[place] for place in test], messages, paid)

    return answer


def test_a_shop_of_few_messages_should_buy_150_labels_as_the_answer_says(earned):
    assert earned(("all", 75), ("all", 150), 1000)[1] > 0
    value, low, high = earned(("all", 150), ("all", 300), 1000)
    assert low < 0
    assert 35 < value < 45
    assert high > 0


def test_more_messages_would_not_make_clear_what_600_labels_earn(earned):
    assert earned(("all", 300), ("all", 600), 1_000_000)[1] < 0


def test_steps_and_ways_earn_what_the_page_says(earned):
    for before, after in ((75, 150), (150, 300)):
        assert earned(("all", before), ("all", after), 10_000)[1] > 0
    for before, after in ((300, 600), (600, 1200)):
        _, low, high = earned(("all", before), ("all", after), 10_000)
        assert low < 0 < high
    value, low, _ = earned(("lora", 300), ("all", 300), 10_000)
    assert 400 < value < 600
    assert low > 0
