"""Rules that a program checks: what keeps each of them, what just misses it, how answers are counted."""

import pytest

from lessons.prompting import real_instructions
from lessons.prompting.real_instructions import RULES, SUBJECTS, instructions, instructions_cell
from lessons.real_models import loading
from lessons.real_models.writing import Reply

CASES = {  # rule -> an answer that keeps it, and answers that miss it by little
    "one word": (["Wet.", ' "Sleep" '], ["It rains", ""]),
    "capitals": (["RAIN FALLS, 3 TIMES."], ["RAIN falls.", "123", ""]),
    "lower case": (["rain falls, 3 times."], ["Rain falls.", "123", ""]),
    "json": (
        ['{"name": "rain", "use": "none"}', '```json\n{"name": 1, "use": []}\n```'],
        ['{"name": "rain"}', '{"name": 1, "use": 2, "more": 3}', '{"name": 1, "use": 2}\nSo it is.',
         '["name", "use"]', '{"name": "rain", "use"'],
    ),
    "three lines": (["one\ntwo\n\nthree\n"], ["one\ntwo", "1\n2\n3\n4", "one, two, three"]),
    "no e": (["Rain falls."], ["The rain.", "END", "", "12"]),
    "no comma": (["Rain falls."], ["Rain, falls.", "", "12"]),
    "ten words": (["one " * 10, "one"], ["one " * 11, " "]),
    "last words": (["Rain. That is all.", '"Rain. That is all."'], ["That is all.", "That is all. Rain."]),
    "one sentence": (
        ["Rain falls.", 'It fell 3.5 mm and said "no."', "Does it?"],
        ["Rain falls", "Rain. It falls.", "Rain.\nMore", ""],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_a_check_takes_what_keeps_the_rule_and_nothing_that_just_misses_it(name):
    kept, missed = CASES[name]
    assert [RULES[name].kept(text) for text in kept] == [True] * len(kept)
    assert [RULES[name].kept(text) for text in missed] == [False] * len(missed)


def test_a_rule_is_compared_with_answers_that_nobody_asked_to_keep_it(words, monkeypatch):
    asked = []

    def answers(_model, _tokenizer, prompts, _room):
        asked.extend(prompts)
        return [
            Reply(
                "DAMP." if "one word" in each or "comma" in each else "It is, plainly",
                "JSON" in each,
            )
            for each in prompts
        ]

    monkeypatch.setattr(real_instructions, "replies", answers)
    values = instructions(None, words, 4)
    assert len(set(asked)) == 4 * (1 + len(RULES))
    assert asked[0] == f"User: Tell me about {SUBJECTS[0]}.\nAssistant:"
    assert asked[-1].endswith(f"{SUBJECTS[3]}. {RULES['one sentence'].words}\nAssistant:")
    shares = {
        rule: (values[f"{rule}.kept.value"], values[f"{rule}.unasked.value"]) for rule in RULES
    }
    assert shares == dict.fromkeys(RULES, (0, 0)) | {
        "one word": (1, 0), "no comma": (1, 0), "no e": (1, 1), "ten words": (1, 1),
    }  # fmt: skip
    assert values["one word.gain.value"] == values["no comma.gain.value"] == 1
    assert values["no e.gain.value"] == 0
    assert (values["all.kept.value"], values["all.unasked.value"]) == (0.4, 0.2)
    assert values["all.gain.value"] == pytest.approx(0.2)
    assert (values["json.cut.value"], values["free.cut.value"]) == (0, 1)
    assert values["all.kept.groups"] == 4


def test_the_cell_asks_the_real_model(real, monkeypatch):
    monkeypatch.setattr(loading, "causal", lambda: real)
    monkeypatch.setattr(real_instructions, "ROOM", 5)
    assert instructions_cell(2) == instructions(*real, 2)
    assert len(set(SUBJECTS)) == 20
