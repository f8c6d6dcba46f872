"""Answers of a small model are judged by rules that were written before, and the record says what came."""

from types import SimpleNamespace

import pytest
import torch

from lessons.experiments import load_result
from lessons.real_models import loading
from lessons.search import reading
from lessons.search.questions import questions


class Echo:
    """Stands for a tokenizer and a model: a token is a letter, and the answer is always the same."""

    def __init__(self):
        self.read = []

    def apply_chat_template(self, turns, **_):
        self.read.append(turns[0]["content"])
        ids = torch.tensor([[ord(letter) for letter in turns[0]["content"]]])
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}

    def generate(self, input_ids, **settings):
        assert settings["max_new_tokens"] == reading.ROOM
        assert not settings["do_sample"]
        said = torch.tensor([[ord(letter) for letter in " Use break. "]])
        return torch.cat([input_ids, said], dim=1)

    def decode(self, ids, **_):
        return "".join(chr(number) for number in ids)


def test_a_right_answer_has_the_word_and_none_of_its_rivals():
    rule = reading.Rule("How?", r"\bbreak\b", r"\bcontinue\b")
    assert rule.right("Use BREAK.")
    assert not rule.right("Use `continue`, not `break`.")
    assert not rule.right("It breaks.")
    assert reading.Rule("How?", "__len__", "").right("Define __len__.")


def test_each_rule_is_for_a_question_and_its_passage_passes_it():
    asked, known = reading.rules(), {one.ask for one in questions()}
    assert len(asked) == len({rule.ask for rule in asked}) == 30
    for rule in asked:
        assert rule.ask in known
        passage = reading.passage_for(rule.ask, "right")
        assert reading.Rule(rule.ask, rule.must, "").right(passage.text), rule.ask


def test_the_wrong_passage_does_not_answer_and_none_is_none():
    rule = reading.rules()[0]
    question = next(one for one in questions() if one.ask == rule.ask)
    wrong = reading.passage_for(rule.ask, "wrong")
    assert not question.owned(wrong)
    assert not question.said(wrong)
    assert reading.passage_for(rule.ask, "none") is None
    with pytest.raises(ValueError, match="no passage 'any': take right, wrong or none"):
        reading.passage_for(rule.ask, "any")


def test_an_answer_is_what_the_model_adds_to_the_prompt():
    echo = Echo()
    assert reading.answers(echo, echo, ["How?", "Why?"]) == ["Use break."] * 2
    assert echo.read == ["How?", "Why?"]


def test_a_cell_keeps_each_answer_and_whether_it_is_right(monkeypatch):
    echo, few = Echo(), reading.rules()[:2]
    monkeypatch.setattr(reading, "rules", lambda: few)
    monkeypatch.setattr(loading, "causal", lambda _: (echo, echo))
    assert reading.reading_cell("right") == {
        "right.0": 1.0, "text.0": "Use break.", "right.1": 0.0, "text.1": "Use break.",
    }  # fmt: skip
    assert "terminates the nearest enclosing" in echo.read[0]
    reading.reading_cell("none")
    assert "Passage:" not in echo.read[2]
    assert echo.read[2].endswith(few[0].ask)


def test_the_record_was_judged_by_these_rules():
    for cell in load_result("search_reading")["cells"]:
        values = SimpleNamespace(
            **{name.replace(".", "_"): v for name, v in cell["values"].items()}
        )
        for number, rule in enumerate(reading.rules()):
            answer = getattr(values, f"text_{number}")
            assert rule.right(answer) == bool(getattr(values, f"right_{number}"))
