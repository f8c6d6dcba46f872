"""The lab on prompts: its statistics hold, and the answers that it keeps are the model's."""

import json
import sys
from random import Random
from types import SimpleNamespace

import pytest

from lessons.labs import prompts_comparisons as proofs
from lessons.labs import prompts_mistakes as ways
from lessons.labs import prompts_model as model


def test_the_interval_holds_the_true_difference_as_often_as_it_says():
    rng, held = Random(0), 0
    for _ in range(400):
        drawn = rng.choices((1, -1, 0), (0.2, 0.05, 0.75), k=80)
        low, high = proofs.interval([step == 1 for step in drawn], [step == -1 for step in drawn])
        held += low <= 0.15 <= high
    assert 0.92 < held / 400 < 0.98


def test_messages_are_sums_of_five_numbers_some_of_them_asked_again():
    asked = model.messages()
    assert len(asked) == model.DISTINCT + model.COPIES
    assert len({ways.same_sum(message) for message in asked}) == model.DISTINCT
    assert {len(model.numbers(message)) for message in asked} == {5}


def test_all_answers_that_the_page_needs_are_kept(monkeypatch):
    monkeypatch.setattr(model, "live", lambda _: pytest.fail("asked the model"))
    develop, test = ways.split(list(model.messages()))
    for name, prompt in model.PROMPTS.items():
        asked = develop + (test if name in model.TESTED else [])
        assert len(model.ask(prompt, asked)) == len(asked)


def test_a_new_prompt_is_put_to_the_model_once_for_each_sum(monkeypatch):
    monkeypatch.setattr(model, "live", lambda prompts: [f"{text}!" for text in prompts])
    assert model.ask("Add {}.", ["3+4", "3 + 4", "9"]) == ["Add 3 + 4.!", "Add 3 + 4.!", "Add 9.!"]
    with pytest.raises(ValueError, match="where the sum is to stand"):
        model.ask("Add them.", ["3+4"])
    assert json.loads(model.record({"{}?": ["3+4"]})) == {"{}?": {"3 + 4": "3 + 4?!"}}


def test_the_model_is_asked_for_one_answer_to_each_prompt(monkeypatch):
    fake = SimpleNamespace(
        load_base=lambda: ("model", "tokenizer"),
        complete=lambda *given: [[f"{text}{given[3]}"] for text in given[2]],
    )
    monkeypatch.setitem(sys.modules, "lessons.prompting.prompts", fake)  # the real one loads torch
    assert model.live(["a", "b"]) == ["a80", "b80"]


@pytest.mark.nightly
def test_the_model_still_answers_what_is_kept():
    develop, _ = ways.split(list(model.messages()))
    asked = [" + ".join(map(str, model.numbers(message))) for message in develop[:40]]
    for prompt in model.PROMPTS.values():
        now = model.live([prompt.replace("{}", text) for text in asked])
        same = sum(
            model.kept()[prompt][text] == answer for text, answer in zip(asked, now, strict=True)
        )
        assert same >= 38


@pytest.mark.nightly
def test_p_and_the_plan_are_those_of_the_page_on_evaluation():
    from lessons.evaluation.differences_and_leaks import questions_needed, sign_test

    for gained, lost in ((0, 0), (3, 3), (2, 15), (9, 6), (80, 0)):
        new, old = [True] * gained + [False] * lost, [False] * gained + [True] * lost
        assert proofs.p_value(new, old) == pytest.approx(sign_test(gained, lost))
    assert proofs.needed(0.14, 0.11) == questions_needed(0.95, 0.84, 0.14)
