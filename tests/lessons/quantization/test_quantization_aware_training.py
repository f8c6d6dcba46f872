"""Training with rounded weights, and that its record can be measured again."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize
from transformers import GPT2Config, GPT2LMHeadModel

from lessons.models import corpus, recipes
from lessons.quantization import quantization_aware_training
from lessons.quantization.by_hand import fit, fit_least_error
from lessons.quantization.quantization_aware_training import (
    FITS,
    Rounded,
    bits_cell,
    load_base,
    perplexities,
    rounded,
    train_further,
)


@pytest.fixture
def tiny() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=50, n_positions=16, n_embd=16, n_layer=2, n_head=2)
    return GPT2LMHeadModel(config).eval()


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("bits", [2, 4])
def test_a_rounded_layer_computes_with_rounded_weights_and_learns_as_if_they_were_not(bits, name):
    torch.manual_seed(0)
    layer, inputs = nn.Linear(6, 4), torch.randn(3, 6)
    weight = layer.weight.detach().clone()
    parametrize.register_parametrization(layer, "weight", Rounded(bits, FITS[name]))
    grid = FITS[name](weight, bits)
    on_grid = grid.dequantize(grid.quantize(weight))
    torch.testing.assert_close(layer.weight, on_grid)
    layer(inputs).sum().backward()
    learned = layer.parametrizations.weight.original.grad
    torch.testing.assert_close(learned, inputs.sum(0).expand(4, 6))  # of a layer without rounding


def test_all_of_the_blocks_are_rounded_and_nothing_else(tiny):
    twin = rounded(tiny, 3, fit)
    names = [n for n, m in twin.named_modules() if parametrize.is_parametrized(m)]
    assert len(names) == 2 * 4
    assert all(name.startswith("transformer.h.") for name in names)
    before = tiny.transformer.h[0].mlp.c_fc.weight.detach().T
    after = twin.transformer.h[0].mlp.c_fc.weight
    torch.testing.assert_close(after, fit(before, 3).dequantize(fit(before, 3).quantize(before)))
    assert not parametrize.is_parametrized(tiny)


def shallow() -> GPT2LMHeadModel:
    """`base` without its upper layers: what is tested here holds for two as it does for six."""
    model = load_base()
    model.transformer.h = model.transformer.h[:2]
    model.config.n_layer = 2
    return model


@pytest.fixture
def quick(monkeypatch, few_texts, documents_once):
    """Two layers, a few hundred documents, and rows that fit into a second."""
    base = recipes.PLANS["base"]
    monkeypatch.setitem(recipes.PLANS, "base", replace(base, rows=4))
    monkeypatch.setattr(corpus.CausalBatches, "AT_ONCE", 300)

    def few_batches(plan, tokenizer):
        return corpus.CausalBatches(tokenizer, plan.texts, plan.context, plan.rows, chunk=5)

    monkeypatch.setattr(recipes, "batches_of", few_batches)
    monkeypatch.setattr(quantization_aware_training, "load_base", shallow)


def test_training_with_few_bits_brings_back_some_of_what_rounding_cost(quick):
    model = rounded(shallow(), 2, fit_least_error)
    before = perplexities(model)["test"]
    train_further(model, steps=2, rate=1e-3, seed=0)
    assert not model.training
    assert perplexities(model)["test"] < before


def test_a_run_depends_on_its_seed_and_on_nothing_else(quick, monkeypatch):
    def total(model):
        """All weights in one number, in place of a perplexity: no other run has the same."""
        return {"test": sum(p.detach().double().abs().sum().item() for p in model.parameters())}

    monkeypatch.setattr(quantization_aware_training, "perplexities", total)
    runs = [bits_cell(bits=3, rate=1e-4, steps=1, seed=seed) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


def test_at_full_precision_the_same_weights_are_rounded_to_fewer_and_fewer_bits(tiny, monkeypatch):
    def kinds(model):
        """How many different weights the first row of a layer has, in place of a perplexity."""
        layer = model.transformer.h[0].mlp.c_fc
        row = layer.weight[0] if isinstance(layer, nn.Linear) else layer.weight.T[0]
        return {"test": float(len(row.unique()))}

    monkeypatch.setattr(quantization_aware_training, "load_base", lambda: tiny)
    monkeypatch.setattr(quantization_aware_training, "perplexities", kinds)
    found = bits_cell(bits=0, rate=0.0, steps=0, seed=0)
    assert found.pop("full.test") == kinds(tiny)["test"]
    assert found.keys() == {f"bits{bits}.{name}.test" for bits in (8, 4, 3, 2) for name in FITS}
    assert all(1 < value <= 2 ** int(name[4]) for name, value in found.items())
