"""The model that is watched while it learns: parts of one run, its text, its guesses."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from lessons.models import recipes
from lessons.models.training import train
from lessons.pretraining import learner
from lessons.pretraining.learner import (
    BEGINNINGS,
    Learner,
    guess_cell,
    share_right,
    text_cell,
    words,
)
from lessons.pretraining.objectives import CAUSAL, held_out, validation_loss

pytestmark = pytest.mark.usefixtures("documents_once", "few_texts")
RECIPE = replace(CAUSAL.recipe, steps=4, warmup=1)
SMALL = replace(CAUSAL, width=16, heads=1, rows=2, recipe=RECIPE)


@pytest.fixture
def few(monkeypatch):
    """Four held-out batches in place of twenty."""
    monkeypatch.setattr(
        learner, "held_out", lambda plan, tokenizer, _: held_out(plan, tokenizer, 4)
    )


class Bigram(nn.Module):
    """Always guesses the number after the one it reads."""

    def forward(self, input_ids):
        return type("Output", (), {"logits": torch.eye(9)[(input_ids + 1) % 9]})


def test_a_learner_trained_in_parts_is_the_one_trained_at_once(tmp_path):
    watched = Learner(tmp_path, SMALL)
    for until in (0, 1, 4):
        watched.train(until)
    alone = recipes.untrained(SMALL, watched.tokenizer)
    assert watched.history.losses == train(alone, watched.batches, RECIPE, quiet=True).losses


def test_a_learner_begins_anew_where_another_left_a_checkpoint(tmp_path):
    first, second = Learner(tmp_path, SMALL), Learner(tmp_path, SMALL)
    first.train(until=4)
    second.train(until=0)
    assert not second.history.losses
    second.train(until=2)
    assert second.history.losses == first.history.losses[:2]


def test_what_a_learner_writes_depends_on_its_seed_and_changes_no_generator(tmp_path):
    one = Learner(tmp_path, SMALL)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    texts = [one.continue_text("Once there was", seed) for seed in (0, 0, 1)]
    assert torch.rand(1) == expected
    assert texts[0] == texts[1] != texts[2]
    assert all(text.isprintable() for text in texts)


def test_a_guess_is_right_where_it_is_the_next_token_and_counts_where_one_is_asked():
    ids = torch.tensor([[1, 2, 3, 5, 6], [4, 5, 5, 0, 0]])
    labels = ids.clone()
    labels[1, 3:] = -100
    batch = {"input_ids": ids, "labels": labels}
    assert share_right(Bigram(), [batch, batch]) == (3 + 1) / (4 + 2)


def test_words_are_runs_of_letters_in_lower_case():
    assert words("Mia's 3 Cats, a dog") == ["mia", "s", "cats", "a", "dog"]


def test_a_guess_cell_looks_at_one_run_on_its_way(few, monkeypatch):
    monkeypatch.setattr(learner, "LOOKS", (0, 4))
    monkeypatch.setattr(learner, "CAUSAL", SMALL)
    monkeypatch.setattr(Learner, "continue_text", lambda *asked: " the zzq" + " a" * asked[-1])
    found = guess_cell(seed=2)
    assert list(found) == [
        f"step{step}.{name}" for step in (0, 4) for name in ("right", "bits", "known")
    ]
    plan = replace(SMALL, seed=2)
    tokenizer, batches = learner.prepare(plan)
    model, check = recipes.untrained(plan, tokenizer), held_out(plan, tokenizer, 4)
    for step in (0, 4):
        train(model, batches, RECIPE, until=step, quiet=True)
        assert found[f"step{step}.bits"] == validation_loss(model, check, True) / math.log(2)
        assert found[f"step{step}.right"] == share_right(model, check)
        written = 20 * 2 + sum(range(20))  # all of its words are known but one in each sample
        assert found[f"step{step}.known"] == (written - 20) / written


def test_a_text_cell_is_one_run_of_the_longer_plan_that_writes_on_its_way(
    few, monkeypatch, tmp_path
):
    monkeypatch.setattr(learner, "MARKS", (2, 4))
    monkeypatch.setattr(learner, "CAUSAL", replace(SMALL, recipe=replace(RECIPE, steps=300)))
    found = text_cell(seed=3)
    assert list(found) == [
        f"step{step}.{name}" for step in (0, 2, 4) for name in ("loss", *BEGINNINGS)
    ]
    plan = replace(SMALL, seed=3)  # its run has as many steps as the last mark says
    tokenizer, batches = learner.prepare(plan)
    model, check = recipes.untrained(plan, tokenizer), held_out(plan, tokenizer, 4)
    for step in (0, 2, 4):
        train(model, batches, RECIPE, tmp_path, until=step, quiet=True)
        assert found[f"step{step}.loss"] == validation_loss(model, check, True)
    assert found["step4.story"] != found["step0.story"]
    assert all(isinstance(found[f"step4.{name}"], str) for name in BEGINNINGS)
