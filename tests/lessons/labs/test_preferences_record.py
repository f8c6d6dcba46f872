"""How the answers of the lab on preferences are made: with stand-ins, and at night with the models."""

import json
import sys
from math import log
from types import SimpleNamespace

import pytest

from lessons.labs import preferences_data as data
from lessons.labs import preferences_record as made
from lessons.labs.preferences_mistakes import merge, split


class Rows(list):
    """Stands in for numbers in a tensor."""

    def tolist(self):
        return list(self)


class Tokenizer:
    """One token for each word; a word's id is its length, at most 9."""

    def __call__(self, texts, **_):
        if isinstance(texts, str):
            return {"input_ids": self.ids(texts)}
        ids = [self.ids(text) for text in texts]
        longest = max(map(len, ids))
        return {"input_ids": Rows([one + [0] * (longest - len(one)) for one in ids])}

    def ids(self, text):
        return [min(9, len(word)) for word in text.split()]


class Model:
    """Finds all ten tokens equally likely; writes the temperature at which it is asked."""

    def __init__(self):
        self.generation_config = SimpleNamespace(temperature=None)

    def __call__(self, input_ids):
        return SimpleNamespace(logits=Rows([[[1.0] * 10 for _ in row] for row in input_ids]))


def writes(solver, prompts, seed):
    heat = solver.model.generation_config.temperature
    words = ("Gladly, of course. Have a nice day!", "No.", "Please ask.")
    return [f" {words[i % 3]} {heat} {seed}{made.END}" for i, _ in enumerate(prompts)]


@pytest.fixture
def stand_ins(monkeypatch, tmp_path):
    trained = []
    fakes = {
        "datasets": SimpleNamespace(Dataset=SimpleNamespace(from_list=list)),
        "lessons.fine_tuning.instruction_tuning": SimpleNamespace(
            load=lambda _: SimpleNamespace(model=Model(), tokenizer=Tokenizer())
        ),
        "lessons.reward_modeling.preferences": SimpleNamespace(
            write=writes, talker=lambda: "talker"
        ),
        "lessons.reward_modeling.preference_optimization": SimpleNamespace(
            dpo=lambda *parts, **settings: trained.append((parts[2], settings)),
            kl=lambda _, __, prompts, answers: len(prompts) / len(answers) + 0.01,
        ),
    }
    for name, fake in fakes.items():  # the real ones load torch
        monkeypatch.setitem(sys.modules, name, fake)
    package = SimpleNamespace(preferences=fakes["lessons.reward_modeling.preferences"])
    monkeypatch.setitem(sys.modules, "lessons.reward_modeling", package)
    monkeypatch.setattr(data, "KEPT", tmp_path / "answers.json")
    data.kept.cache_clear()
    yield trained
    data.kept.cache_clear()


def test_what_is_kept_is_written_by_the_start_and_by_each_trained_model(stand_ins):
    made.record()
    kept = json.loads(data.KEPT.read_text("utf-8"))
    assert kept["asked"][0][:2] == ["Gladly, of course. Have a nice day! 1.25 1", "No. 1.25 1"]
    assert {len(pair) for pair in kept["compared"]} == {2}
    assert [*kept["policies"]] == ["beta 2", "beta 0.3", "beta 0.05"]
    assert {found["kl"] for found in kept["policies"].values()} == {1.0}
    assert {len(row) for found in kept["policies"].values() for row in found["answers"]} == {4}
    assert [settings["beta"] for _, settings in stand_ins] == [2.0, 0.3, 0.05]


def test_models_learn_from_the_pairs_to_learn_from_and_are_scored_on_the_others(stand_ins):
    made.record()
    kept = json.loads(data.KEPT.read_text("utf-8"))
    votes = merge(data.comparisons())
    learn, held_out = split(list(votes))
    rows, settings = stand_ins[0]
    assert settings["epochs"] == made.EPOCHS
    assert len(kept["held_out"]) == min(made.PAIRS, len(made.rows(held_out, votes)))
    asked = {made.as_user(key[0]) for key in learn}
    assert {row["prompt"] for row in rows} <= asked
    assert not asked & {row["prompt"] for row in made.rows(held_out, votes)}
    first = kept["held_out"][0]
    assert {*first} == {"prompt", "lengths", "start", *kept["policies"]}
    assert set(first["start"][0][1:]) == {-round(log(10), 2)}


def test_who_is_chosen_is_who_most_people_chose():
    votes = {("?", "a", "b"): [1.0, 1.0, 0.0], ("?", "a", "c"): [0.0, 0.5], ("?", "b", "c"): [0.5]}
    first, second = made.rows(list(votes), votes)
    assert (first["chosen"], first["rejected"]) == (f" a{made.END}", f" b{made.END}")
    assert (second["chosen"], second["rejected"]) == (f" c{made.END}", f" a{made.END}")


@pytest.mark.nightly
def test_the_models_still_write_what_is_kept():
    from lessons.fine_tuning.instruction_tuning import as_user, load
    from lessons.reward_modeling import preferences

    assert made.END == preferences.END
    asked = data.requests("train")[:50]
    assert [made.as_user(data.said(one)) for one in asked] == [as_user(one.prompt) for one in asked]
    start = load(preferences.talker())
    now = made.write(start, [data.said(one) for one in asked for _ in range(2)], seed=0)
    first = [answer for pair in data.kept()["compared"][:50] for answer in pair]
    assert sum(a == b for a, b in zip(now, first, strict=True)) >= 90


@pytest.mark.nightly
def test_the_log_probabilities_are_those_of_the_start():
    from lessons.fine_tuning.instruction_tuning import load
    from lessons.reward_modeling.preferences import talker

    votes = merge(data.comparisons())
    row = made.rows(split(list(votes))[1], votes)[0]
    now, then = made._scored({"start": load(talker())}, row), data.kept()["held_out"][0]
    assert (now["prompt"], now["lengths"]) == (then["prompt"], then["lengths"])
    for one, other in zip(now["start"], then["start"], strict=True):
        assert one == pytest.approx(other, abs=0.02)
