"""Recipe, schedule and optimizers of the training loop, against their definitions."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lessons.models.muon import Muon
from lessons.models.training import Recipe, hidden_matrices, optimizers, schedule
from tinymodel import Tiny
from training_runs import RECIPE, bert, gpt2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": 0}, r"steps=0 is out of range: at least 1"),
        ({"learning_rate": 0.0}, "learning_rate=0.0 is out of range: more than 0"),
        ({"learning_rate": math.nan}, "learning_rate=nan"),
        ({"warmup": 13}, "warmup=13 is out of range: from 0 to steps=12"),
        ({"floor": 1.1}, r"floor=1.1 is out of range: from 0 to 1"),
        ({"weight_decay": -0.1}, "weight_decay=-0.1"),
        ({"clip": 0.0}, r"clip=0.0 .*math.inf to clip nothing"),
        ({"optimizer": "sgd"}, "optimizer='sgd' is out of range: 'adamw' or 'muon'"),
        ({"save_every": 0}, "save_every=0"),
    ],
)
def test_a_recipe_out_of_range_is_refused_with_the_range(wrong, message):
    with pytest.raises(ValueError, match=message):
        replace(RECIPE, **wrong)


recipes = st.builds(
    lambda rest, warmup, floor: Recipe(rest + warmup, 0.01, warmup, floor),
    st.integers(1, 500), st.integers(0, 100), st.floats(0, 1),
)  # fmt: skip


@given(recipes)
def test_the_rate_peaks_at_the_end_of_the_warm_up(recipe):
    rates = [schedule(step, recipe) for step in range(recipe.steps)]
    if recipe.warmup:
        assert rates[recipe.warmup - 1] == recipe.learning_rate
    assert max(rates) <= recipe.learning_rate + 1e-12


@given(recipes)
def test_the_rate_ends_at_the_floor_and_never_falls_below(recipe):
    rates = [schedule(step, recipe) for step in range(recipe.steps)]
    lowest = recipe.learning_rate * recipe.floor
    assert rates[-1] == pytest.approx(lowest, abs=1e-12)
    assert min(rates[recipe.warmup :]) >= lowest - 1e-12


@given(recipes)
def test_the_rate_never_jumps(recipe):
    rates = [schedule(step, recipe) for step in range(recipe.steps)]
    rising = recipe.learning_rate / max(recipe.warmup, 1)
    falling = recipe.learning_rate * math.pi / 2 / (recipe.steps - recipe.warmup)  # steepest part
    for step in range(1, recipe.steps):
        change = rates[step] - rates[step - 1]
        limit = rising if step < recipe.warmup else falling
        assert abs(change) <= limit + 1e-12
        assert (change > 0) == (step < recipe.warmup) or change == pytest.approx(0, abs=1e-12)


def test_halfway_down_the_rate_lies_halfway_between_peak_and_floor():
    recipe = Recipe(steps=110, learning_rate=1.0, warmup=10, floor=0.1)
    assert schedule(59, recipe) == pytest.approx(0.55)


def test_a_run_that_is_all_warm_up_only_rises():
    recipe = Recipe(steps=4, learning_rate=1.0, warmup=4)
    assert [schedule(step, recipe) for step in range(4)] == [0.25, 0.5, 0.75, 1.0]


def held(made) -> list[int]:
    return [
        id(p) for optimizer in made for group in optimizer.param_groups for p in group["params"]
    ]


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("make", [gpt2, Tiny])
def test_every_parameter_has_exactly_one_optimizer(make, optimizer):
    model = make()
    found = held(optimizers(model, replace(RECIPE, optimizer=optimizer)))
    assert sorted(found) == sorted(id(parameter) for parameter in model.parameters())


def names_of(model, matrices) -> set[str]:
    ids = {id(matrix) for matrix in matrices}
    return {name for name, parameter in model.named_parameters() if id(parameter) in ids}


def test_the_hidden_matrices_of_gpt2_are_those_of_its_blocks():
    model = gpt2(tie_word_embeddings=False)
    parts = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
    wanted = {f"transformer.h.{i}.{part}.weight" for i in range(2) for part in parts}
    assert names_of(model, hidden_matrices(model)) == wanted


def test_the_hidden_matrices_of_bert_leave_out_embeddings_and_the_head():
    model = bert()
    found = names_of(model, hidden_matrices(model))
    assert "cls.predictions.transform.dense.weight" in found
    assert len(found) == 1 + 6
    assert not [name for name in found if "embeddings" in name or "decoder" in name]


def test_a_frozen_parameter_gets_no_optimizer():
    model = Tiny()
    model.blocks.requires_grad_(False)
    made = optimizers(model, replace(RECIPE, optimizer="muon"))
    assert not {id(parameter) for parameter in model.blocks.parameters()} & set(held(made))


def test_a_model_of_hidden_matrices_alone_needs_only_muon():
    (muon,) = optimizers(torch.nn.Linear(4, 4, bias=False), replace(RECIPE, optimizer="muon"))
    assert isinstance(muon, Muon)


@pytest.mark.parametrize(
    ("optimizer", "decaying"),
    [("adamw", {"embedding", "blocks"}), ("muon", {"blocks"})],
)
def test_matrices_decay_and_vectors_do_not(optimizer, decaying):
    model = Tiny()
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    for made in optimizers(model, replace(RECIPE, optimizer=optimizer, learning_rate=0.5)):
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter)  # then a step is decay alone
        made.step()
    for name, parameter in model.named_parameters():
        decays = parameter.dim() == 2 and name.split(".")[0] in decaying
        torch.testing.assert_close(parameter.detach(), before[name] * (0.95 if decays else 1.0))


def test_the_update_of_muon_is_close_to_orthogonal():
    layer = torch.nn.Linear(16, 16, bias=False)
    before = layer.weight.detach().clone()
    layer.weight.grad = torch.randn(16, 16) * torch.logspace(0, -2, 16)  # columns of unlike size
    recipe = replace(RECIPE, optimizer="muon", weight_decay=0.0, learning_rate=1.0)
    optimizers(layer, recipe)[0].step()
    sizes = torch.linalg.svdvals(layer.weight.detach() - before) / (0.2 * math.sqrt(16))
    assert sizes.max() < 1.5
    assert sizes.median() > 0.5
