"""Comparison in pairs, tests on disagreements, leaks, and the report card."""

import random
import statistics
from dataclasses import asdict
from math import comb

import pytest
import torch

from lessons.evaluation import differences_and_leaks, report_card
from lessons.evaluation.differences_and_leaks import (
    answered_at_once,
    bleu_of,
    disagreements,
    gain,
    leaky_texts,
    questions_needed,
    share_of,
    sign_test,
    sum_questions,
    train_further,
)
from lessons.evaluation.experiments import summarise_leaks
from lessons.evaluation.report_card import find, megabytes, report_cell, text_bits
from lessons.fine_tuning.instruction_tuning import load
from lessons.intervals import Score, share
from lessons.models.abilities import bleu
from lessons.storage import checkpoint
from lessons.world import sums


@pytest.fixture(scope="module")
def base():
    return load(checkpoint("base"))


def made_hits(n: int, rng: random.Random) -> tuple[list[bool], list[bool]]:
    """Two models: items are easy or hard for both, and the second loses a tenth of its hits."""
    before = [rng.random() < 0.8 for _ in range(n)]
    return [hit and rng.random() < 0.9 for hit in before], before


def test_the_gain_is_the_difference_of_the_two_scores():
    after, before = made_hits(400, random.Random(0))
    found = gain(share_of(after), share_of(before), 400)
    assert found.value == pytest.approx(share(after).value - share(before).value)
    assert found.low < found.value < found.high < 0


def test_the_paired_interval_holds_the_true_difference_about_as_often_as_it_says():
    held = 0
    for seed in range(100):
        after, before = made_hits(200, random.Random(seed))
        found = gain(share_of(after), share_of(before), 200, times=200)
        held += found.low <= -0.08 <= found.high
    assert 88 <= held <= 99


def test_equal_answers_have_no_gain_and_no_interval():
    hits = share_of([True, False, True])
    assert asdict(gain(hits, hits, 3)) == asdict(Score(0.0, 0.0, 0.0, 3, 3))


def test_bleu_of_all_rows_is_bleu():
    answers = ["le chat dort dans le jardin", "la maison est grande", "oui"]
    references = ["le chat dort dans la cuisine", "la maison est petite", "oui"]
    assert bleu_of(answers, references)(range(3)) == pytest.approx(bleu(answers, references).value)


def test_one_item_is_not_enough_for_a_bootstrap():
    with pytest.raises(ValueError, match="1 items: need at least two"):
        gain(share_of([True]), share_of([False]), 1)


def test_disagreements_are_counted_on_both_sides():
    assert disagreements([True, True, False, False], [True, False, True, True]) == (1, 2)


@pytest.mark.parametrize(
    ("one", "other", "p"), [(0, 0, 1.0), (3, 3, 1.0), (0, 5, 2 / 32), (1, 5, 14 / 64)]
)
def test_the_sign_test_counts_splits_at_least_as_uneven(one, other, p):
    assert sign_test(one, other) == sign_test(other, one) == pytest.approx(p)


def test_the_questions_are_different_held_out_sums():
    drawn = sum_questions(0, 60)
    assert len(set(drawn)) == 60
    assert {sums.sum_split(terms) for terms in drawn} == {"held-out"}


def test_a_leak_stands_in_the_text_as_often_as_said_and_clean_text_has_none():
    items = sum_questions(1, 5)
    for copies in (0, 3):
        texts = leaky_texts(items, copies, "same", 0, 40)
        assert len(texts) == 40
        for terms in items:
            assert texts.count(f"{sums.sum_prompt(terms)} {sum(terms)}") == copies
    bare = leaky_texts(items, 3, "other", 0, 40)
    assert bare.count(f"{' + '.join(map(str, items[0]))} = {sum(items[0])}") == 3


def test_another_form_or_too_many_copies_are_refused():
    with pytest.raises(ValueError, match="no form 'new': take one of same, other"):
        leaky_texts([], 1, "new", 0)
    with pytest.raises(ValueError, match="9 copies of 5 items do not fit into 40 texts"):
        leaky_texts(sum_questions(1, 5), 9, "same", 0, 40)


def test_further_training_lowers_the_loss_on_its_text_and_leaves_the_model_ready():
    torch.manual_seed(0)
    solver = load(checkpoint("base"))
    losses = train_further(solver.model, solver.tokenizer, ["3 + 4 + 5 + 6 = 18"] * 96)
    assert len(losses) == 6
    assert losses[-1] < losses[0] / 2
    assert not solver.model.training


def test_the_models_answer_at_once_and_not_in_steps(base):
    drawn = sum_questions(2, 40)
    hits = answered_at_once(base, drawn)
    assert len(hits) == 40
    assert statistics.fmean(hits) < 0.5  # with its steps written out it is nearly always right


def test_a_leak_cell_scores_both_sides(monkeypatch):
    monkeypatch.setattr(differences_and_leaks, "QUESTIONS", 5)
    monkeypatch.setattr(differences_and_leaks, "train_further", lambda *_: [])
    monkeypatch.setattr(
        differences_and_leaks, "answered_at_once", lambda _, some: [i < 5 for i in range(len(some))]
    )
    assert differences_and_leaks.leak_cell(0, "same", 0) == {"test": 1.0, "fresh": 0.0}


def test_leaks_are_summed_up_over_seeds():
    cells = [
        {
            "parameters": {"form": "same", "copies": 4, "seed": seed},
            "values": {"test": 0.5 + seed / 10, "fresh": 0.1},
        }
        for seed in (0, 1)
    ]
    scores = summarise_leaks(cells)["same"]["copies4"]
    assert scores["gap"]["low"] == pytest.approx(0.4)
    assert scores["test"]["mean"] == pytest.approx(0.55)


def test_int8_is_the_same_model_in_fewer_bytes(base):
    small = find("base int8")
    assert megabytes(small.model) < megabytes(base.model) / 2
    bits = [text_bits(one, 8, 0)["bits_per_byte"].value for one in (base, small)]
    assert bits[0] == pytest.approx(bits[1], abs=0.01)


@pytest.mark.parametrize("name", ["gpt2", "base int4"])
def test_an_unknown_model_is_refused(name):
    with pytest.raises(ValueError, match=f"no model '{name}': take one of base, instruct, talker"):
        find(name)


def test_a_report_cell_has_every_measure_with_its_interval(monkeypatch, base):
    monkeypatch.setattr(report_card, "find", lambda _: base)
    found = report_cell("base", 6, 0)
    for name in ("bits_per_byte", "translation_bleu", "summary_rouge_l", "sum5_steps", "told_all"):
        assert found[f"{name}.low"] <= found[f"{name}.value"] <= found[f"{name}.high"]
    assert found["request_good.n"] == 6
    assert found["megabytes.value"] == megabytes(base.model)


def found_with_the_same(n: int, one: float, other: float, apart: float) -> float:
    """How often the test on disagreements has a chance below 5 %, of all that n questions can give."""
    first = (apart + one - other) / 2 / apart  # of the disagreements
    found = 0.0
    for k in range(n + 1):
        disagree = comb(n, k) * apart**k * (1 - apart) ** (n - k)
        splits = (i for i in range(k + 1) if sign_test(i, k - i) < 0.05)
        found += disagree * sum(comb(k, i) * first**i * (1 - first) ** (k - i) for i in splits)
    return found


@pytest.mark.parametrize(
    ("one", "other", "apart"), [(0.95, 0.84, 0.14), (0.6, 0.5, 0.3), (0.3, 0.35, 0.05)]
)
def test_with_the_questions_needed_the_test_on_disagreements_mostly_finds_them(one, other, apart):
    n = questions_needed(one, other, apart)
    assert 0.68 < found_with_the_same(n, one, other, apart) < 0.85  # the exact test is a strict one
    assert found_with_the_same(n // 2, one, other, apart) < 0.6


def test_two_models_with_questions_of_their_own_are_told_apart_in_four_of_five_trials():
    n, rng = questions_needed(0.8, 0.7), random.Random(0)
    found = 0
    for _ in range(400):
        one, other = (sum(rng.random() < share for _ in range(n)) / n for share in (0.8, 0.7))
        error = ((one * (1 - one) + other * (1 - other)) / n) ** 0.5
        found += abs(one - other) > 1.96 * error
    assert 0.75 < found / 400 < 0.85
    assert questions_needed(0.8, 0.7, apart=0.14) < n / 2


@pytest.mark.parametrize("apart", [0.05, 0.6])
def test_models_cannot_disagree_less_than_they_differ_or_more_than_they_err(apart):
    with pytest.raises(ValueError, match=r"take 0\.100 to 0\.500"):
        questions_needed(0.8, 0.7, apart)


def test_it_takes_a_question_to_tell_all_from_none():
    assert questions_needed(1, 0) == 1


def test_equal_models_are_never_told_apart():
    with pytest.raises(ValueError, match="no number of questions"):
        questions_needed(0.5, 0.5)
