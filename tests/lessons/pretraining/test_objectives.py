"""Pre-training's measures: loss, bits and operations against what can be computed by hand."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from lessons import world
from lessons.models import recipes
from lessons.models.training import Recipe, train
from lessons.pretraining import objectives
from lessons.pretraining.learning_rates import rate_cell
from lessons.pretraining.objectives import (
    CAUSAL,
    MASKED,
    bits_per_byte,
    counted_flops,
    validation_loss,
)
from tinymodel import Tiny, batches

pytestmark = pytest.mark.usefixtures("documents_once", "few_texts")


class Fixed(nn.Module):
    """Always bets on token 0, with the same logits, in training; on nothing in evaluation."""

    def forward(self, input_ids):
        logits = torch.zeros(*input_ids.shape, 4)
        logits[..., 0] = 3.0
        return type("Output", (), {"logits": logits})


def batch_of(*rows):
    labels = torch.tensor(rows)
    return {"input_ids": labels.clamp(min=0), "labels": labels}


@pytest.mark.parametrize("causal", [True, False])
def test_the_validation_loss_is_one_sum_over_all_batches_divided_once(causal):
    many, few = batch_of([0] * 9), batch_of([0, 1] + [-100] * 7)
    right, wrong = math.log(1 + 3 * math.exp(-3)), math.log(1 + 3 * math.exp(-3)) + 3
    expected = (8 * right + wrong) / 9 if causal else (10 * right + wrong) / 11
    assert validation_loss(Fixed(), [many, few], causal) == pytest.approx(expected, rel=1e-5)


def test_the_validation_loss_uses_no_dropout_and_changes_no_weight():
    model = Tiny(dropout=0.5)
    before = [p.clone() for p in model.parameters()]
    model.train()
    found = {validation_loss(model, [batches(0), batches(1)], causal=True) for _ in range(3)}
    assert len(found) == 1
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_a_masked_models_validation_loss_scores_hidden_places_only():
    hidden = {"input_ids": torch.zeros(1, 4, dtype=torch.long), "labels": torch.full((1, 4), -100)}
    hidden["labels"][0, 2] = 1
    found = validation_loss(Fixed(), [hidden], causal=False)
    assert found == pytest.approx(math.log(1 + 3 * math.exp(-3)) + 3, rel=1e-5)


def test_guessing_blindly_among_all_bytes_takes_eight_bits_each():
    assert bits_per_byte(math.log(256), tokens=50, size=50) == pytest.approx(8)
    assert bits_per_byte(math.log(256), tokens=50, size=100) == pytest.approx(4)
    with pytest.raises(ValueError, match="0 bytes: there is no text"):
        bits_per_byte(1.0, 1, 0)


def test_the_counted_operations_are_those_of_weights_attention_and_head():
    tokenizer, make = objectives.prepare(CAUSAL)
    model, batch = recipes.untrained(CAUSAL, tokenizer), make(0)
    rows, tokens = batch["input_ids"].shape
    width, layers = CAUSAL.width, CAUSAL.layers
    weights = 12 * width**2 * layers + width * len(tokenizer)  # matrices of the blocks; the head
    attention = 2 * tokens * width * layers  # scores, and their use; for each token
    assert counted_flops(model, batch, causal=True) == 6 * rows * tokens * (weights + attention)
    assert all(parameter.grad is None for parameter in model.parameters())
    # the estimate leaves the attention out, and counts vectors and positions as if they were used
    parameters = sum(parameter.numel() for parameter in model.parameters())
    assert objectives.estimated_flops(parameters, rows * tokens) == 6 * parameters * rows * tokens


@pytest.mark.parametrize("plan", [CAUSAL, MASKED])
def test_held_out_batches_are_made_of_held_out_documents(plan, monkeypatch):
    asked = []
    documents = world.documents

    def noted(seed, count, split, shares):
        asked.append((split, shares))
        return documents(seed, count, split, shares)

    tokenizer, make = objectives.prepare(plan)
    monkeypatch.setattr(world, "documents", noted)
    held_out = objectives.held_out(plan, tokenizer, 2)
    assert {split for split, _ in asked} == {"held-out"}
    assert all(shares == plan.shares for _, shares in asked)
    assert len(held_out) == 2
    assert len(held_out[0]["input_ids"]) == plan.rows
    assert not torch.equal(held_out[0]["input_ids"], make(0)["input_ids"])
    again = objectives.held_out(plan, tokenizer, 2)
    assert all(torch.equal(held_out[1][name], again[1][name]) for name in again[1])


@pytest.mark.parametrize(("objective", "plan"), [("causal", CAUSAL), ("masked", MASKED)])
def test_a_curve_is_measured_on_the_way_of_one_run(objective, plan, monkeypatch):
    monkeypatch.setattr(objectives, "MARKS", (1, 3))
    small = {"width": 16, "heads": 1, "rows": 2}
    monkeypatch.setattr(objectives, "CAUSAL", replace(CAUSAL, **small, recipe=short(CAUSAL)))
    monkeypatch.setattr(objectives, "MASKED", replace(MASKED, **small, recipe=short(MASKED)))
    found = objectives.curve_cell(objective, seed=1)
    assert list(found) == ["step0", "step1", "step3"]
    plan = replace(plan, **small, seed=1)
    tokenizer, make = objectives.prepare(plan)
    model = recipes.untrained(plan, tokenizer)
    check = objectives.held_out(plan, tokenizer, 20)
    assert found["step0"] == validation_loss(model, check, plan.recipe.causal)
    train(model, make, replace(short(plan), steps=3), quiet=True)  # without a stop
    assert found["step3"] == validation_loss(model, check, plan.recipe.causal)


def short(plan):
    return replace(plan.recipe, steps=3, warmup=1)


def test_a_rate_cell_trains_with_the_schedule_it_is_given(monkeypatch):
    seen = []

    def noted(model, batches, recipe, quiet):
        seen.append(recipe)
        return train(model, batches, recipe, quiet=quiet)

    monkeypatch.setattr("lessons.pretraining.learning_rates.train", noted)
    found = rate_cell(rate=0.005, warmup=1, floor=1.0, steps=2, seed=3)
    assert seen == [Recipe(steps=2, learning_rate=0.005, warmup=1, floor=1.0)]
    assert found["loss"] < 6.95
