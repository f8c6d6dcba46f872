"""What the lab on classifiers does with a network: padding, a line, additions that merge, the record."""

from random import Random

import pytest

from lessons.experiments import load_result
from lessons.fine_tuning.sorting_messages import QUEUES, Message
from lessons.labs import classifier_batches as batches
from lessons.labs import classifier_model as given
from lessons.labs.classifier_adapters import merged
from lessons.world.reviews import review

INBOX = tuple(
    Message(
        f"A{n}", review(Random(n), "train", ("negative", "positive")[n % 2]).text, QUEUES[n % 2]
    )
    for n in range(40)
)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(given, "messages", lambda: INBOX)
    for kept in (given._rows, given._vectors):
        kept.cache_clear()
    yield
    for kept in (given._rows, given._vectors):
        kept.cache_clear()


def start(outputs, inputs, rank, seed):
    luck = Random(seed)
    first = [[luck.gauss(0, inputs**-0.5) for _ in range(inputs)] for _ in range(rank)]
    return first, [[0.0] * rank for _ in range(outputs)]


def test_a_message_has_the_same_vector_alone_and_filled_up():
    rows = given.read([INBOX[0].text, f"{INBOX[1].text} {INBOX[2].text}"])
    ids, mask = batches.batch(rows, 0)
    together = batches.pooled(given.token_vectors(ids, mask)[0], mask[0])
    alone = given.token_vectors([rows[0]], [[1] * len(rows[0])])[0]
    assert together == pytest.approx(batches.pooled(alone, [1] * len(alone)), abs=1e-4)


def test_a_line_learns_what_it_is_shown_and_minds_the_weights():
    found = given.line(range(40), [1.0, 1.0, 1.0])
    right = sum(QUEUES[one] == message.queue for one, message in zip(found, INBOX, strict=True))
    assert right >= 38
    assert given.line(range(40), [1000.0, 0.001, 1.0]).count(0) > found.count(0)


def test_additions_change_nothing_until_they_are_trained_and_can_be_merged():
    lora, places = given.Lora(range(32), start), range(32, 40)
    before = lora.scores(places)
    assert before == lora.scores(places, [w for w, _, _, _ in lora.matrices()])
    assert lora.trained == 8 * 8 * (128 + 128) + 3 * 129
    assert lora.trained < 0.02 * lora.all
    lora.train(3)
    after = lora.scores(places)
    assert after != before
    once = lora.scores(places, [merged(*parts) for parts in lora.matrices()])
    for one, two in zip(after, once, strict=True):
        assert one == pytest.approx(two, abs=1e-3)
    assert lora.scores(places) == after


def test_recorded_answers_are_those_of_five_runs():
    cells = load_result("fine_tuning_sorting")["cells"]
    runs = given.recorded(cells, "lora", 300)
    assert len(runs) == 5
    assert len({len(run) for run in runs}) == 1
    assert {answer for run in runs for answer in run} == {0, 1, 2}
    first = next(
        c
        for c in cells
        if c["parameters"] == {"way": "all", "labels": 300, "rate": 1e-3, "seed": 0}
    )
    chosen = given.recorded(cells, "all", 300, 1e-3, "validation")[0]
    assert "".join(map(str, chosen)) == first["values"]["validation_answers"]
    with pytest.raises(ValueError, match="there are"):
        given.recorded(cells, "all", 7)
