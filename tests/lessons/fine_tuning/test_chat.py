"""Chat: which tokens carry loss, by a template and by trl, and how the difference is measured."""

import pytest
from transformers import AutoTokenizer

from lessons.fine_tuning import chat, instruction_tuning
from lessons.fine_tuning.chat import TEMPLATE, all_tokens_cell, whole_texts
from lessons.fine_tuning.instruction_experiments import summarise_tokens
from lessons.fine_tuning.instruction_tuning import as_user, demonstrations, load, tune
from lessons.intervals import share
from lessons.storage import checkpoint
from lessons.world.instructions import instructions

CHAT = [
    {"role": "user", "content": "What is the opposite of night?"},
    {"role": "assistant", "content": "day"},
    {"role": "user", "content": "And of cold?"},
]


def test_the_template_marks_what_the_assistant_says_and_its_end():
    tokenizer = AutoTokenizer.from_pretrained(checkpoint("base"))
    coded = tokenizer.apply_chat_template(
        CHAT, chat_template=TEMPLATE, return_assistant_tokens_mask=True, return_dict=True
    )
    marked = zip(coded["input_ids"], coded["assistant_masks"], strict=True)
    assert [tokenizer.decode(token) for token, mark in marked if mark] == [" day", "<|endoftext|>"]


def test_the_template_asks_as_the_course_does():
    tokenizer = AutoTokenizer.from_pretrained(checkpoint("base"))
    asked = tokenizer.apply_chat_template(
        CHAT[:1], chat_template=TEMPLATE, tokenize=False, add_generation_prompt=True
    )
    assert asked == as_user(CHAT[0]["content"])


def test_whole_texts_become_the_same_tokens_all_of_which_are_scored(monkeypatch):
    seen = []
    monkeypatch.setattr(
        instruction_tuning.SFTTrainer, "train", lambda self: seen.append(list(self.train_dataset))
    )
    base, rows = load(checkpoint("base")), demonstrations(instructions(0, 6))
    tune(base.model, base.tokenizer, rows)
    tune(base.model, base.tokenizer, whole_texts(rows))
    answers, whole = seen
    assert [row["input_ids"] for row in whole] == [row["input_ids"] for row in answers]
    assert all(row.get("labels", row["input_ids"]) == row["input_ids"] for row in whole)
    assert all(-100 in row["labels"] for row in answers)


@pytest.mark.parametrize(("scored", "column"), [("answers", "prompt"), ("all", "text")])
def test_a_cell_tunes_on_the_same_demonstrations_either_way(monkeypatch, scored, column):
    given = []

    def note(model, tokenizer, rows, seed, learning_rate):
        given.append((rows[column][0], len(rows), seed, learning_rate))

    monkeypatch.setattr(chat, "tune", note)
    monkeypatch.setattr(chat, "follow", lambda _, asked: {"all": share([True] * len(asked))})
    assert all_tokens_cell(scored, 5, 3e-4, seed=3) == {"different": 275.0, "all": 1.0}
    ((first, *others),) = given
    assert first.startswith(as_user(instructions(3, 1)[0].prompt))
    assert others == [5, 3, 3e-4]


def test_other_tokens_are_refused():
    with pytest.raises(ValueError, match="no tokens 'some' to score: take 'answers' or 'all'"):
        all_tokens_cell("some", 5, 3e-4, seed=0)


def test_the_gain_is_counted_seed_by_seed():
    shares = {"answers": (0.6, 0.7, 0.8, 0.9, 1.0), "all": (0.5, 0.6, 0.7, 0.8, 0.9)}
    cells = [
        {"parameters": {"scored": scored, "seed": seed}, "values": {"different": 9.0, "add": value}}
        for scored, values in shares.items()
        for seed, value in enumerate(values)
    ]
    summary = summarise_tokens(cells)
    assert summary["all"]["add"]["mean"] == pytest.approx(0.7)
    assert list(summary["gain"]) == ["add"]
    assert summary["gain"]["add"]["value"] == pytest.approx(0.1)
    assert summary["gain"]["add"]["low"] == pytest.approx(0.1)
