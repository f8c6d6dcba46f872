"""Who shares a scale, what a weight costs with it, and that the record can be measured again."""

from dataclasses import replace

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from lessons.experiments import load_result
from lessons.models import corpus, recipes
from lessons.quantization import experiments as catalog
from lessons.quantization import groups
from lessons.quantization.by_hand import fit
from lessons.quantization.groups import LAYOUTS, Layout, groups_cell, score_rows, story


def weight(rows: int = 4, columns: int = 64) -> torch.Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(0))


def moved(layout: Layout, bits: int) -> float:
    grid = layout(weight(), bits)
    return float((grid.dequantize(grid.quantize(weight())) - weight()).square().mean())


def test_the_catalog_measures_every_layout():
    assert set(catalog.LAYOUTS) == LAYOUTS.keys()


def test_each_group_has_the_grid_that_it_would_have_alone():
    grid = Layout(32)(weight(), 4)
    alone = fit(weight()[1:2, 32:], 4)
    assert grid.scale.shape == weight().shape
    assert grid.scale[1, 32:].unique().tolist() == alone.scale.half().flatten().tolist()
    assert (grid.low, grid.high) == (alone.low, alone.high)


def test_a_row_and_a_matrix_are_groups_too():
    by_row, by_matrix = (Layout(shared)(weight(), 4).scale for shared in ("row", "matrix"))
    assert len(by_matrix.unique()) == 1
    assert torch.equal(by_row[:, :1], fit(weight(), 4).scale.half().float())


def test_the_fewer_share_a_scale_the_less_the_weights_move():
    errors = [moved(Layout(shared), 3) for shared in ("matrix", "row", 32, 16)]
    assert errors == sorted(errors, reverse=True)
    assert moved(Layout(16, symmetric=False), 3) < errors[-1]


def test_a_group_of_zeros_has_a_scale():
    grid = Layout(32)(torch.zeros(2, 32), 4)
    assert (grid.dequantize(grid.quantize(torch.zeros(2, 32))) == 0).all()


def test_rows_must_have_whole_groups():
    with pytest.raises(ValueError, match="rows of 64 weights have no whole groups of 48"):
        Layout(48).group(weight())


@pytest.mark.parametrize(
    ("layout", "bits"),
    [(Layout(32), 4.5), (Layout("row"), 4.25), (Layout(32, symmetric=False), 4.625)],
)
def test_a_weight_pays_its_share_of_scale_and_zero_point(layout, bits):
    assert layout.bits_per_weight(weight(), 4) == bits


@pytest.fixture
def tiny() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=2048, n_positions=256, n_embd=32, n_layer=1, n_head=2)
    return GPT2LMHeadModel(config).eval()


def test_rows_are_scored_where_something_follows(tiny):
    ids = torch.tensor([[5, 6, 7, 0]])
    labels = torch.tensor([[5, 6, 7, -100]])
    nats, right, likeliest, scored = score_rows(tiny, [{"input_ids": ids, "labels": labels}])[:, 0]
    assert scored.tolist() == [1, 1, 0, 0]  # 6 and 7 are predicted, the padding is not
    assert (nats > 0).tolist() == [True, True, False, False]
    best = tiny(ids).logits.argmax(-1)[0]
    assert likeliest[:2].tolist() == best[:2].tolist()
    assert right[:2].tolist() == (best[:2] == ids[0, 1:3]).tolist()


@pytest.fixture
def quick(monkeypatch, tiny, few_texts, documents_once):
    """A network of one small layer, and two rows in a batch."""
    base = recipes.PLANS["base"]
    monkeypatch.setitem(recipes.PLANS, "base", replace(base, rows=2))
    monkeypatch.setattr(corpus.CausalBatches, "AT_ONCE", 100)
    monkeypatch.setattr(groups, "load_base", lambda: tiny)
    groups._full_model.cache_clear()
    yield
    groups._full_model.cache_clear()


def test_a_cell_compares_a_rounded_model_with_the_full_one(quick):
    full, rounded = groups_cell("full", 32), groups_cell("32 weights", 2)
    assert full.keys() == rounded.keys()
    assert full["ratio.value"] == full["agreement.value"] == 1
    assert full["bits_per_weight"] == 32
    assert rounded["bits_per_weight"] == 2.5
    assert rounded["agreement.low"] <= rounded["agreement.value"] <= rounded["agreement.high"]
    assert rounded["ratio.low"] < rounded["ratio.value"] < rounded["ratio.high"]
    assert rounded["ratio.value"] == pytest.approx(rounded["perplexity"] / full["perplexity"])
    assert 0 < full["distinct"] <= full["documents"] < full["tokens"]


def test_a_story_is_rounded_as_it_says():
    assert story(8) == story(32) != story(2)
    assert story(32).startswith("One cold night")
    assert story(32).endswith(".")


def test_groups_are_better_than_rows_at_three_bits_in_the_record():
    record = load_result("quantization_groups")["summary"]
    assert record["full"]["bits32"]["ratio"]["value"] == 1
    assert record["32 weights"]["bits3"]["ratio"]["high"] < record["row"]["bits3"]["ratio"]["low"]
