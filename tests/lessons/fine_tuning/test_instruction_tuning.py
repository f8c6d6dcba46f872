"""Instruction tuning: the form of a question, which tokens are scored, and what is saved."""

import random

import pytest
from transformers import PrinterCallback

from lessons.fine_tuning import instruction_tuning
from lessons.fine_tuning.instruction_tuning import (
    as_user,
    demonstrations,
    follow,
    instruct,
    instruction_cell,
    load,
    tune,
)
from lessons.models.abilities import Solver
from lessons.storage import checkpoint
from lessons.world.instructions import instruction, instructions


@pytest.fixture
def base() -> Solver:
    return load(checkpoint("base"))


def test_an_instruction_is_asked_by_a_user_once():
    assert as_user("Say it.") == "User: Say it.\nAssistant:"
    assert as_user("User: Say it.\nAssistant:") == "User: Say it.\nAssistant:"


def test_demonstrations_are_prompts_with_good_answers():
    asked = instructions(0, 20)
    rows = demonstrations(asked)
    assert rows["prompt"] == [as_user(one.prompt) for one in asked]
    assert rows["completion"] == [f" {one.good}" for one in asked]


def test_only_the_answer_and_its_end_are_scored(base, monkeypatch):
    seen = {}

    def watch(trainer):
        seen["rows"], seen["callbacks"] = list(trainer.train_dataset), trainer.callback_handler

    monkeypatch.setattr(instruction_tuning.SFTTrainer, "train", watch)
    asked = instructions(0, 4)
    assert tune(base.model, base.tokenizer, demonstrations(asked)) == []
    for row, one in zip(seen["rows"], asked, strict=True):
        scored = [token for token in row["labels"] if token != -100]
        assert base.tokenizer.decode(scored) == f" {one.good}<|endoftext|>"
        assert base.tokenizer.decode(row["input_ids"]).startswith(as_user(one.prompt))
    kinds = [type(callback) for callback in seen["callbacks"].callbacks]
    assert PrinterCallback not in kinds


def test_tuning_lowers_the_loss_and_says_nothing(two_layers, capsys):
    base = load(two_layers(checkpoint("base")))
    short = sorted(instructions(0, 960), key=lambda one: len(one.prompt + one.good))[:320]
    losses = tune(base.model, base.tokenizer, demonstrations(short))
    assert len(losses) == 2
    assert losses[1] < losses[0] - 0.1
    assert not base.model.training
    assert capsys.readouterr().out == ""


def test_an_order_that_trl_does_not_know_is_refused(base):
    with pytest.raises(ValueError, match="no sampling 'by_taste': take 'random' or"):
        tune(base.model, base.tokenizer, demonstrations(instructions(0, 2)), sampling="by_taste")


class Knowing:
    """Knows the good answer to what it is asked, except to questions of one kind."""

    def __init__(self, asked, wrong):
        self.known = {as_user(one.prompt): "?" if one.kind == wrong else one.good for one in asked}

    def answers(self, prompts, room):
        assert room == 80
        return [self.known[prompt] for prompt in prompts]


def test_answers_are_scored_by_kind():
    rng = random.Random(0)
    asked = [instruction(rng, "train", kind) for kind in ("add", "plural", "plural", "story")]
    scores = follow(Knowing(asked, wrong="plural"), asked)
    assert {kind: (score.value, score.n) for kind, score in scores.items()} == {
        "add": (1.0, 1), "all": (0.5, 4), "plural": (0.0, 2), "story": (1.0, 1),
    }  # fmt: skip


def test_the_model_is_made_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(instruction_tuning, "COUNT", 16)
    folder = instruct()
    assert folder.parent == tmp_path / "llm-development-fundamentals"
    monkeypatch.setattr(instruction_tuning, "tune", None)  # a second call does not train
    assert instruct() == folder
    asked = instructions(3, 3)
    assert load(folder).answers([as_user(one.prompt) for one in asked], room=8)


def test_a_cell_without_demonstrations_leaves_base_as_it_is(monkeypatch):
    scored = []

    def score(solver, asked):
        scored.append([one.kind for one in asked])
        return follow(Knowing(asked, wrong="add"), asked)

    monkeypatch.setattr(instruction_tuning, "follow", score)
    monkeypatch.setattr(instruction_tuning, "tune", None)
    values = instruction_cell(count=0, learning_rate=0.0, seed=0)
    assert [len(kinds) for kinds in scored] == [300, 300]
    assert values["add"] == 0.0
    assert values["plural"] == 1.0
    assert 0.8 < values["validation"] < 1


def test_a_cell_tunes_on_its_own_demonstrations(monkeypatch):
    given = []

    def note(model, tokenizer, data, seed, learning_rate, sampling):
        given.append((data["prompt"][0], len(data), seed, learning_rate, sampling))

    monkeypatch.setattr(instruction_tuning, "tune", note)
    monkeypatch.setattr(
        instruction_tuning, "follow", lambda _, asked: follow(Knowing(asked, ""), asked)
    )
    instruction_cell(5, 1e-4, seed=3, sampling="group_by_length")
    first = as_user(instructions(3, 1)[0].prompt)
    assert given == [(first, 5, 3, 1e-4, "group_by_length")]
