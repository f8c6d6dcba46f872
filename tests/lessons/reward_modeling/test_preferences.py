"""Comparisons: what is written, who prefers what, and how agreement is counted."""

import math
import random

import pytest
import torch

from lessons.fine_tuning.instruction_tuning import as_user, load
from lessons.reward_modeling import preferences
from lessons.reward_modeling.preferences import (
    END,
    Annotator,
    Comparison,
    agreement,
    compare,
    guideline_quality,
    kappa,
    majority,
    make_talker,
    requests,
    right,
    talker,
    write,
)
from lessons.storage import checkpoint
from lessons.world.guidelines import KIND_WORDS, quality


@pytest.fixture(scope="module")
def solver():
    return load(talker())


def pair(first, second):
    """Compare two answers to one and the same request."""
    return Comparison(requests(0, 1)[0], (first, second))


def test_requests_are_the_same_for_a_seed_and_differ_between_splits():
    assert requests(1, 20) == requests(1, 20) != requests(2, 20)
    assert {one.kind for one in requests(1, 20)} == {"request"}
    trained = {as_user(one.prompt) for seed in range(3) for one in requests(seed, 300)}
    held_out = {as_user(one.prompt) for one in requests(0, 300, "held-out")}
    assert not trained & held_out


def test_answers_end_or_fill_their_room_and_depend_on_the_seed(solver, monkeypatch):
    prompts = [as_user(one.prompt) for one in requests(0, 12)]
    answers = write(solver, prompts, batch=5)
    assert all(answer.startswith(" ") and answer.endswith(END) for answer in answers)
    assert answers == write(solver, prompts, batch=5) != write(solver, prompts, seed=1, batch=5)
    monkeypatch.setattr(preferences, "ROOM", 3)
    cut = write(solver, prompts[:2])
    assert [len(solver.tokenizer(answer)["input_ids"]) for answer in cut] == [3, 3]
    assert END not in "".join(cut)


def test_both_answers_belong_to_the_request(solver):
    asked = requests(5, 6)
    pairs = compare(solver, asked)
    assert [one.asked for one in pairs] == asked
    flat = [answer for one in pairs for answer in one.answers]
    assert flat == write(solver, [as_user(one.prompt) for one in asked for _ in range(2)])


def test_quality_does_not_mind_the_end_of_text():
    asked = requests(0, 1)[0]
    assert guideline_quality(asked, f" {asked.good}{END}") == quality(asked, asked.good) == 1.0
    bad = guideline_quality(asked, "No.")
    assert pair(f" {asked.good}{END}", f" No.{END}").qualities == (1.0, bad)


def test_right_asks_for_more_than_the_guidelines_and_never_for_less():
    for one in requests(5, 40, "held-out"):
        nonsense = f"Please {' '.join(one.truth)}."
        assert right(one, f" {one.good}{END}")
        assert guideline_quality(one, nonsense) == 1.0
        assert not right(one, nonsense)
        assert not right(one, f" {one.bad}{END}")


def test_held_out_requests_are_different_as_the_model_reads_them():
    asked = [as_user(one.prompt) for one in requests(0, 500, "held-out")]
    assert len(set(asked)) == 500
    again = requests(0, 500, "held-out")
    assert asked == [as_user(one.prompt) for one in again]
    repeated = [as_user(one.prompt) for one in requests(0, 500)]
    assert len(set(repeated)) < 500  # of training, which is as it was


def test_more_held_out_requests_than_there_are_is_refused():
    with pytest.raises(ValueError, match="601 different held-out requests: take at most 600"):
        requests(0, 601, "held-out")


def test_who_writes_leaves_the_draws_of_others_as_they_were(solver):
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    write(solver, ["User: Where is the red cup?\nAssistant:"], seed=5)
    assert torch.equal(torch.rand(3), expected)


def test_the_better_and_the_longer_answer_is_likelier_to_be_preferred():
    good = requests(0, 1)[0].good
    fair, tasteless = Annotator(), Annotator(taste=0.0)
    assert fair.chance(pair(good, good)) == 0.5
    assert fair.chance(pair(good, "No.")) > 0.9
    assert fair.chance(pair("No.", good)) == pytest.approx(1 - fair.chance(pair(good, "No.")))
    assert fair.chance(pair("No. No, not this.", "No, not this.")) > 0.5
    gap = quality(requests(0, 1)[0], good) - quality(requests(0, 1)[0], "No.")
    assert tasteless.chance(pair(good, "No.")) == pytest.approx(1 / (1 + math.exp(-gap / 0.2)))


def test_labels_follow_the_chances():
    good = requests(0, 1)[0].good
    one = Annotator(taste=0.0, noise=0.5)
    labels = one.label([pair("No.", good)] * 2000, seed=0)
    assert sum(labels) / 2000 == pytest.approx(1 - one.chance(pair("No.", good)), abs=0.03)
    assert labels == one.label([pair("No.", good)] * 2000, seed=0)
    assert labels != one.label([pair("No.", good)] * 2000, seed=1)


def test_an_annotator_without_noise_is_refused():
    with pytest.raises(ValueError, match="noise 0 must be above 0; nobody is quite sure"):
        Annotator(noise=0).label([], seed=0)


@pytest.mark.parametrize("seed", range(4))
def test_kappa_is_what_a_table_of_counts_gives(seed):
    rng = random.Random(seed)
    one = [rng.randint(0, 2 - seed % 2) for _ in range(50)]
    other = [label if rng.random() < 0.7 else rng.randint(0, 1) for label in one]
    table = [[sum(p == (a, b) for p in zip(one, other, strict=True)) for b in range(3)]
             for a in range(3)]  # fmt: skip
    seen = sum(table[i][i] for i in range(3)) / 50
    chance = sum(sum(table[i]) * sum(row[i] for row in table) for i in range(3)) / 2500
    assert kappa(one, other) == pytest.approx(1 - (1 - seen) / (1 - chance))


def test_agreement_and_kappa_of_what_can_be_counted_by_hand():
    one, other = [0] * 50 + [1] * 50, [0] * 36 + [1] * 50 + [0] * 14
    assert agreement(one, other) == 0.72
    assert kappa(one, other) == pytest.approx(0.44)
    assert kappa(one, one) == 1.0


def test_kappa_of_one_single_label_is_refused():
    with pytest.raises(ValueError, match="kappa is 0 / 0"):
        kappa([1, 1], [1, 1])


def test_the_majority_of_three_wins_and_two_are_refused():
    assert majority([[0, 1, 1], [0, 0, 1], [1, 0, 1]]) == [0, 0, 1]
    with pytest.raises(ValueError, match="2 people can be split evenly: take an odd number"):
        majority([[0], [1]])


def test_the_talker_learns_from_polite_and_curt_answers(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(preferences, "tune", lambda *args: given.append(args[2]))
    make_talker(tmp_path)
    rows = given[0]
    assert len(rows) == 600
    kind = sum(any(w in row["completion"].lower() for w in KIND_WORDS) for row in rows)
    assert 200 < kind < 350
    assert all(row["prompt"].startswith("User: ") for row in rows)
    assert (
        load(tmp_path).model.config.vocab_size == load(checkpoint("base")).model.config.vocab_size
    )
