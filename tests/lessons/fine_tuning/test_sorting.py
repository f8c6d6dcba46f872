"""Messages that are sorted in three ways: how they are made, parted, read and learned from."""

from collections import Counter
from random import Random

import pytest
import torch

from lessons.experiments import load_result
from lessons.fine_tuning import sorting
from lessons.fine_tuning.sorting_experiments import AT, BEST, COUNTS, RATES, summarise_sorting
from lessons.fine_tuning.sorting_messages import (
    COPY,
    QUEUES,
    content,
    drawn_order,
    group,
    messages,
    split,
)

INBOX = messages()
LABELS = [message.queue for message in INBOX]
GROUPS = group([m.author for m in INBOX], [content(m.text) for m in INBOX])
FEW = [m for m in INBOX if len(m.text) < 90][:24]


def test_a_message_is_what_it_says_without_greeting_signature_and_marks():
    assert content("Once more: The lamp is dull! Regards, Alna") == "the lamp is dull"
    assert content("The lamp is dull.") == "the lamp is dull"


def test_all_messages_of_a_group_have_one_label():
    queues = {}
    for label, number in zip(LABELS, GROUPS, strict=True):
        queues.setdefault(number, set()).add(label)
    assert {len(found) for found in queues.values()} == {1}
    assert len(INBOX) == 2000
    assert len(queues) > 1000


def test_no_author_and_no_copy_is_on_two_sides_and_each_queue_is_in_proportion():
    parts = split(LABELS, GROUPS, drawn_order(GROUPS))
    assert sorted(place for part in parts for place in part) == list(range(len(INBOX)))
    sides = [
        {INBOX[p].author for p in part}
        | {said for p in part if len((said := content(INBOX[p].text)).split()) >= COPY}
        for part in parts
    ]
    assert sum(map(len, sides)) == len(sides[0] | sides[1] | sides[2])
    total = Counter(LABELS)
    for part in parts[1:]:
        for queue, count in Counter(LABELS[place] for place in part).items():
            assert 0.2 <= count / total[queue] < 0.23
    assert sorting.parted() == parts


def test_groups_meet_over_others():
    long = " ".join("abcdefghijkl")
    assert group(["x", "y", "y", "x"], [long, "b", long, "d"]) == [0, 0, 0, 0]
    assert group(["x", "y", "z"], ["a", "a", "c"]) == [0, 1, 2]


def test_more_labels_hold_the_fewer():
    few, many = (sorting.learned_from(range(50), count, 1) for count in (5, 20))
    assert many[:5] == few
    assert sorting.learned_from(range(50), 5, 2) != few


def test_padding_changes_no_vector_and_no_answer():
    model, rows = sorting.Sorter(), sorting.ids_of([m.text for m in FEW[:6]])
    together = sorting.vectors(model, rows)
    with torch.no_grad():
        alone = torch.cat([model.vectors(*sorting.padded([row])) for row in rows])
        scores = model(*sorting.padded(rows))
    assert torch.allclose(together, alone, atol=1e-4)
    assert sorting.answers(model, rows) == scores.argmax(-1).tolist()


def test_all_queues_together_count_alike():
    assert sorting.weights_of([0, 1, 1, 2, 2, 2]).tolist() == pytest.approx([2, 1, 2 / 3])
    assert sorting.weights_of([0, 0]).tolist() == pytest.approx([1 / 3, 2 / 3, 2 / 3])


def test_an_addition_starts_as_nothing_and_is_scaled_by_alpha_over_rank():
    layer = torch.nn.Linear(4, 3)
    x = torch.randn(2, 4, generator=torch.Generator().manual_seed(0))
    first, second = torch.ones(2, 4), torch.zeros(3, 2)
    assert torch.equal(sorting.Adapted(layer, first, second, 6)(x), layer(x))
    added = sorting.Adapted(layer, first, second + 1, 6)(x) - layer(x)
    assert torch.allclose(added, 3 * 2 * x.sum(1, keepdim=True).expand(2, 3), atol=1e-5)


@pytest.mark.parametrize("way", sorting.WAYS)
def test_each_way_trains_what_it_says(way):
    known = FEW[:8]
    rows, labels = sorting.ids_of([m.text for m in known]), [QUEUES.index(m.queue) for m in known]
    model = sorting.trained(way, rows, labels, 1e-3, seed=0, steps=2)
    base = dict(sorting.Sorter().body.state_dict())
    body = {name.replace(".layer.weight", ".weight").replace(".layer.bias", ".bias"): value
            for name, value in model.body.state_dict().items()}  # fmt: skip
    plain = {name: value for name, value in model.body.state_dict().items() if name in base}
    moved = [name for name in plain if not torch.equal(plain[name], base[name])]
    assert bool(moved) == (way == "all")
    assert any(name.endswith(".B") for name in body) == (way == "lora")
    assert not model.training
    if way == "line":
        hits = [a == b for a, b in zip(sorting.answers(model, rows), labels, strict=True)]
        assert sum(hits) >= 7


def test_another_way_is_refused():
    with pytest.raises(ValueError, match="no way 'x'"):
        sorting.trained("x", [], [], 0.1, 0)


def test_a_cell_holds_an_answer_for_each_message(monkeypatch):
    monkeypatch.setattr(sorting, "messages", lambda: tuple(FEW))
    monkeypatch.setattr(sorting, "parted", lambda: (range(16), range(16, 20), range(20, 24)))
    values = sorting.sorting_cell("line", 12, 0.0, 0)
    right = [
        QUEUES[int(digit)] == m.queue
        for digit, m in zip(values["test_answers"], FEW[20:], strict=True)
    ]
    assert values["test_right"] == sum(right) / 4
    assert len(values["validation_answers"]) == 4


def test_a_summary_leaves_the_answers_out():
    cell = {"parameters": {"way": "line", "labels": 75, "rate": 0.0, "seed": 0}}
    cells = [cell | {"values": {"test_right": share, "test_answers": "01"}} for share in (0.4, 0.6)]
    found = summarise_sorting(cells)["line"]["rate0"]["labels75"]
    assert list(found) == ["test_right"]
    assert found["test_right"]["mean"] == pytest.approx(0.5)


def test_the_recorded_shares_follow_from_the_recorded_answers():
    _, choose, test = sorting.parted()
    for cell in Random(0).sample(load_result("fine_tuning_sorting")["cells"], 10):
        for part, places in (("validation", choose), ("test", test)):
            found = cell["values"][f"{part}_answers"]
            hits = [QUEUES[int(d)] == LABELS[p] for d, p in zip(found, places, strict=True)]
            assert cell["values"][f"{part}_right"] == pytest.approx(sum(hits) / len(hits))


def test_the_rates_that_were_chosen_are_the_best_on_validation():
    summary = load_result("fine_tuning_sorting")["summary"]
    assert AT in COUNTS
    for way in ("lora", "all"):
        shares = {
            rate: summary[way][f"rate{rate:.15g}".replace(".", "_")][f"labels{AT}"][
                "validation_right"
            ]["mean"]
            for rate in RATES[way]
        }
        assert max(shares, key=shares.get) == BEST[way]
