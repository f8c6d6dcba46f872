"""Sums: which are asked, how steps are written, and how an answer is read."""

import copy

import pytest

from lessons.prompting import real_arithmetic
from lessons.prompting.real_arithmetic import (
    KINDS,
    ROOMS,
    SO,
    arithmetic,
    asked,
    different_sums,
    numbers,
    prompt,
    shown_cell,
    steps,
)
from lessons.prompting.real_experiments import summarise_shown
from lessons.real_models import loading
from lessons.real_models.writing import Reply, replies


@pytest.mark.parametrize(
    ("kind", "most"), [("one digit", 81), ("two digits", 8100), ("four numbers", 6561)]
)
def test_no_sum_is_asked_twice_and_a_kind_has_so_many(kind, most):
    assert len(set(different_sums(kind, 10_000, 0))) == most
    sums = different_sums(kind, 50, 0)
    count, low, high = KINDS[kind]
    assert len(set(sums)) == 50
    assert all(len(terms) == count and low <= min(terms) <= max(terms) <= high for terms in sums)


def test_steps_add_tens_and_ones_or_number_by_number():
    assert steps((27, 45)) == "20 + 40 = 60. 7 + 5 = 12. 60 + 12 = 72. The answer is 72."
    assert steps((2, 4, 7, 1)) == "2 + 4 = 6. 6 + 7 = 13. 13 + 1 = 14. The answer is 14."


def test_numbers_are_read_with_their_decimals_and_not_out_of_words():
    assert numbers("So 3 + 4 = 7.5, i.e. 12.") == [3, 4, 7.5, 12]
    assert numbers("none") == []


def test_examples_are_four_and_never_the_sum_that_is_asked(words):
    for terms in different_sums("one digit", 81, 0):
        lines = prompt(words, "examples", "one digit", terms).split("\n\n")
        own = f"What is {terms[0]} + {terms[1]}?"
        assert len(lines) == 5
        assert [own in line for line in lines] == [False] * 4 + [True]
        assert lines[-1].endswith("Answer:")
    assert "The answer is" in prompt(words, "examples in steps", "two digits", (12, 13))
    assert prompt(words, "steps", "one digit", (3, 4)) == (
        "User: What is 3 + 4? Let's think step by step.\nAssistant:"
    )


def test_a_batch_changes_no_reply(real):
    prompts = [f"Question: What is {i} + 4?\nAnswer:" + " 7" * i for i in range(5)]
    alone = [replies(*real, [each], room=6)[0] for each in prompts]
    assert len(set(alone)) > 1
    assert replies(*real, prompts, room=6, batch=2) == alone


def test_what_has_come_to_its_end_leaves_the_batch_and_the_others_are_what_they_were(real):
    model, tokenizer = real
    prompts = [f"Question: What is {i} + 4?\nAnswer:" + " 7" * i for i in range(6)]
    before = replies(model, tokenizer, prompts, room=8)
    ending = copy.deepcopy(tokenizer)
    ending.unk_token = tokenizer.convert_ids_to_tokens(tokenizer(before[2].text)["input_ids"][2])
    alone = [replies(model, ending, [each], room=8)[0] for each in prompts]
    assert {reply.ended for reply in alone} == {True, False}
    assert replies(model, ending, prompts, room=8) == alone


def test_replies_are_those_of_generate(real):
    model, tokenizer = real
    prompts = [f"Question: What is {i} + 4?\nAnswer:" for i in range(3)]
    for prompt_, reply in zip(prompts, replies(model, tokenizer, prompts, room=6), strict=True):
        ids = tokenizer(prompt_, return_tensors="pt")["input_ids"]
        written = model.generate(ids, max_new_tokens=6, do_sample=False, pad_token_id=1)
        new = written[0, ids.shape[1] :]
        assert reply.text == tokenizer.decode(new, skip_special_tokens=True)
        assert reply.ended == (1 in new.tolist() or 0 in new.tolist())


def test_a_reply_that_ends_by_itself_is_told_from_one_that_is_cut(real):
    model, tokenizer = real
    prompts = ["Question: What is 3 + 4?\nAnswer:"]
    (reply,) = replies(model, tokenizer, prompts, room=3)
    assert not reply.ended
    plain = copy.deepcopy(tokenizer)
    plain.unk_token = tokenizer.convert_ids_to_tokens(tokenizer(reply.text)["input_ids"][0])
    assert replies(model, plain, prompts, room=3)[0].ended


@pytest.fixture
def answering(monkeypatch):
    """Let a function of the prompt write the answers, in place of a model."""

    def use(write):
        def answers(_model, _tokenizer, prompts, room):
            return [Reply(write(each), room != ROOMS["direct"]) for each in prompts]

        monkeypatch.setattr(real_arithmetic, "replies", answers)

    return use


def test_an_answer_is_read_in_three_ways(answering, words):
    texts = {
        "3 + 4?\nAssistant:": "7",
        "2 + 9?\nAssistant:": "It is 11. Then add 2: 13",
        f"13{SO}": " 11.",
        f"7{SO}": " 8",
    }
    answering(lambda text: next(a for q, a in texts.items() if text.endswith(q)))
    hits = asked(None, words, "one digit", "direct", [(3, 4), (2, 9)])
    assert hits == {
        "last": [True, False], "somewhere": [True, True], "so": [False, True], "cut": [True, True],
    }  # fmt: skip


def test_behind_examples_only_the_first_line_is_the_answer(answering, words):
    answering(lambda _: " 7\n\nQuestion: What is 5 + 6?\nAnswer: 11")
    hits = asked(None, words, "one digit", "examples", [(3, 4), (2, 9)])
    first = [True, False]
    assert hits == {"last": first, "somewhere": first, "so": first, "cut": [False, False]}


def test_each_way_is_compared_with_the_direct_one(answering, words):
    def write(text):
        terms = text.split("What is ")[-1].split("?")[0]
        return "" if "step" in text else str(sum(map(int, numbers(terms))))

    answering(write)
    values = arithmetic(None, words, "two digits", 5, 0)
    assert values["examples.gain.value"] == 0.0
    assert values["steps.so.value"] == 0.0
    assert values["steps.gain.value"] == -values["direct.so.value"]
    assert values["examples in steps.so.n"] == 5


def test_one_digit_has_no_examples_in_steps_and_the_cell_asks_the_real_model(real, monkeypatch):
    monkeypatch.setattr(loading, "causal", lambda: real)
    values = real_arithmetic.arithmetic_cell("one digit", 3, 0)
    assert values == arithmetic(*real, "one digit", 3, 0)
    assert "examples.so.value" in values
    assert "examples in steps.so.value" not in values


def test_an_answer_is_kept_with_its_prompt(real, monkeypatch):
    monkeypatch.setattr(loading, "causal", lambda: real)
    monkeypatch.setitem(ROOMS, "steps", 4)
    found = shown_cell("steps", 8, 4)
    assert found["prompt"] == prompt(real[1], "steps", "one digit", (8, 4))
    assert found["answer"] == replies(*real, [found["prompt"]], room=4)[0].text


def test_what_prose_quotes_stands_on_one_line():
    cell = {
        "parameters": {"way": "steps", "first": 1, "second": 2},
        "values": {"answer": "It\n\nis 3."},
    }
    assert summarise_shown([cell]) == {"steps": {"answer": "It is 3."}}
