"""Chat templates: what is asked in each form, what counts as French, and what one cell returns."""

import random

import pytest

from lessons.experiments import load_result
from lessons.fine_tuning import chat_templates
from lessons.fine_tuning.chat_templates import TEMPLATES, fact, fill, is_french, message, prompts
from lessons.fine_tuning.instruction_tuning import as_user
from lessons.prompting import experiments as catalog
from lessons.world.instructions import instructions

ASKED = instructions(0, 40, "held-out")


def test_the_own_form_is_the_one_that_instruct_was_tuned_in():
    assert prompts("own", 40, 0) == [as_user(request.prompt) for request in ASKED]


def test_the_catalog_records_every_template():
    assert list(catalog.TEMPLATES) == list(TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_form_holds_the_whole_message_and_no_other_role(template):
    for asked, prompt in zip(ASKED, prompts(template, 40, 0), strict=True):
        assert message(asked) in prompt
        assert "WORDS" not in prompt
        assert "User: " not in message(asked)


def test_random_words_are_as_many_as_asked_for_and_differ_between_questions():
    heads = [prompt.split("\n")[0] for prompt in prompts("system, 5 random words", 40, 0)]
    assert all(len(head.split()) == 6 and head.endswith(".") for head in heads)
    assert len(set(heads)) == 40
    assert fill("{} WORDS3", "{}", random.Random(0)).startswith("{} ")


@pytest.mark.parametrize(
    ("text", "french"),
    [
        ("Les chats ne dorment pas.", True),
        ("The cats do not sleep.", False),
        ("47", False),
        ("", False),
        ("les cats", False),
    ],
)
def test_french_has_french_words_and_no_english_ones(text, french):
    assert is_french(text) == french


def test_french_is_found_in_all_translations_and_in_no_other_good_answer():
    for asked in instructions(0, 300, "held-out"):
        assert is_french(asked.good) == (asked.kind == "translate")


def test_the_same_fact_in_other_words_is_one_question():
    words = {fact(asked) for asked in instructions(0, 300, "held-out")}
    assert len(words) < len({message(asked) for asked in instructions(0, 300, "held-out")})


class Scripted:
    """A stand-in for a solver: right in its own form, French where that is asked for, else silent."""

    def answers(self, asked, **_):
        good = {as_user(request.prompt): request.good for request in ASKED}
        french = "Les chats ne dorment pas."
        return [good.get(text, french if "French." in text else "") for text in asked]

    def tokenizer(self, texts):
        return {"input_ids": [text.split() for text in texts]}


@pytest.fixture
def _scripted(monkeypatch):
    monkeypatch.setattr(chat_templates, "tuned", Scripted)
    chat_templates.answered.cache_clear()
    yield
    chat_templates.answered.cache_clear()


@pytest.mark.usefixtures("_scripted")
@pytest.mark.parametrize(
    ("template", "right", "french", "empty"),
    [("own", 1, 0, 0), ("none", 0, 0, 1), ("system, French", 0, 1, 0)],
)
def test_a_cell_compares_a_form_with_the_own_one(template, right, french, empty):
    found = chat_templates.template_cell(template, 40, 0)
    assert found["right.value"] == right
    assert found["lost.value"] == 1 - right
    assert found["french.value"] == french
    assert found["empty"] == empty
    assert found["tokens"] > 3
    spoken = [asked for asked in ASKED if asked.kind not in chat_templates.NO_TONGUE]
    assert found["french.n"] == len(spoken) < found["right.n"] == 40


def test_the_tuned_model_is_instruct(monkeypatch):
    monkeypatch.setattr(chat_templates, "instruct", lambda: "its folder")
    monkeypatch.setattr(chat_templates, "load", lambda folder: f"loaded from {folder}")
    assert chat_templates.tuned.__wrapped__() == "loaded from its folder"


def test_the_own_form_scores_what_the_report_card_says():
    """The report card asks the same instructions, by other code."""
    ours = load_result("prompting_template")["summary"]["own"]["right"]
    theirs = load_result("evaluation_report_card")["summary"]["instruct"]["told_all"]
    assert ours["value"] == pytest.approx(theirs["value"], abs=0.02)
    assert (ours["n"], ours["groups"]) == (theirs["n"], theirs["groups"])
