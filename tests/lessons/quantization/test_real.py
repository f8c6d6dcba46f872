"""Ways to eight bits and fewer, on a Llama of two layers."""

import copy
from math import log

import pytest
import torch
from matplotlib import pyplot as plt
from transformers import LlamaConfig, LlamaForCausalLM

from lessons.inside_the_model.heads import load
from lessons.quantization import experiments as catalog
from lessons.quantization import real
from lessons.quantization.by_hand import file_bytes, fit
from lessons.quantization.pictures import ways_chart
from lessons.quantization.real import (
    STORED,
    WAYS,
    bits_cell,
    extremes,
    inputs_cell,
    int8_cell,
    leave_out,
    linear_layers,
    measure,
    measure_bits,
    measure_inputs,
    nats,
    round_inputs,
    round_weights,
)
from lessons.real_models import loading

PASSAGES = [torch.arange(start, start + 40) for start in (0, 100, 200)]


@pytest.fixture(scope="module")
def small() -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=2048, hidden_size=64, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=600,
        tie_word_embeddings=True,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def test_the_catalog_measures_every_way():
    assert list(catalog.REAL_WAYS) == list(WAYS)


def test_the_linear_layers_are_those_of_the_blocks(small):
    assert len(linear_layers(small)) == 2 * 7
    assert "layers.1.mlp.down_proj" in linear_layers(small)


def test_the_layer_with_the_largest_input_comes_first(small):
    model = copy.deepcopy(small)
    with torch.no_grad():
        model.model.layers[1].mlp.up_proj.weight[7] *= 1000
    found = extremes(model, PASSAGES)
    assert next(iter(found)) == "layers.1.mlp.down_proj"
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert not any(layer._forward_pre_hooks for layer in model.modules())


def test_weights_are_rounded_and_the_head_is_not(small):
    model = copy.deepcopy(small)
    round_weights(model, lambda weight: fit(weight, 2))
    assert all(len(row.unique()) <= 3 for row in model.model.layers[0].mlp.up_proj.weight)
    assert model.lm_head.weight.equal(small.lm_head.weight)


def test_one_large_token_costs_the_others_their_numbers_unless_each_has_a_scale():
    layer = torch.nn.Linear(4, 4, bias=False)
    inputs = torch.tensor([[[1000.0, 0, 0, 0], [1.0, -0.5, 0.25, 0]]])

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = torch.nn.Sequential(copy.deepcopy(layer))

    wanted = layer(inputs)[0, 1]
    off = {}
    for each_token in (False, True):
        net = Net()
        round_inputs(net, 8, each_token)
        off[each_token] = (net.model(inputs)[0, 1] - wanted).norm() / wanted.norm()
    assert off[True] < 0.01 < 0.5 < off[False]


def test_layers_to_leave_are_those_of_the_largest_inputs_or_of_the_smallest():
    ranked = ["b.down_proj", "a.up_proj", "a.down_proj", "c.down_proj"]
    assert leave_out(2, ranked, others=False) == ["b.down_proj", "a.down_proj"]
    assert leave_out(1, ranked, others=True) == ["c.down_proj"]


def test_nats_are_those_of_the_library(small):
    (found, *_), right = nats(small, PASSAGES)
    ids = PASSAGES[0][None]
    assert found == pytest.approx(small(ids, labels=ids).loss.item(), abs=1e-5)
    assert 0 <= right <= 1


@pytest.mark.parametrize("way", WAYS)
def test_a_way_leaves_the_model_as_it_was_and_predicts_nearly_the_same(small, way, monkeypatch):
    monkeypatch.setattr(real, "ROUNDS", 1)
    before = copy.deepcopy(small.state_dict())
    full, _ = nats(small, PASSAGES)
    values = measure(small, way, PASSAGES, PASSAGES[:1])
    assert all(torch.equal(tensor, before[name]) for name, tensor in small.state_dict().items())
    found = [values[f"nats.{place}"] for place in range(3)]
    assert found == pytest.approx(full, abs=0.1)
    assert (found == full) == (way == "full")
    assert ("speed.read.ratio" in values) == (way in STORED)
    if way in STORED and "left" not in way:
        assert values["bytes"] < file_bytes(small)
    left = [name for name in values if name.startswith("left.")]
    assert len(left) == (2 if "left" in way else 0)  # this network has no more


def test_a_ratio_is_paired_passage_by_passage(small):
    cells = [
        {"parameters": {"layout": layout, "bits": bits}, "values": values}
        for layout, bits, values in (
            ("full", 32, {"nats.0": 1.0, "nats.1": 3.0, "right": 0.5}),
            ("row", 2, {"nats.0": 1.0 + log(2), "nats.1": 3.0 + log(2), "right": 0.1}),
        )
    ]
    found = catalog.summarise_real(cells)
    assert found["full"]["bits32"]["ratio"]["value"] == 1
    ratio = found["row"]["bits2"]["ratio"]
    assert (ratio["n"], ratio["groups"]) == (2, 2)
    assert ratio["value"] == pytest.approx(2)
    assert ratio["low"] == pytest.approx(2)
    assert found["row"]["bits2"]["perplexity"] == pytest.approx(2 * 2.718281828**2)
    assert found["row"]["bits2"]["right"] == 0.1


def test_fewer_bits_cost_more_and_are_counted_with_their_scales(small):
    found = {bits: measure_bits(small, "32 weights", bits, PASSAGES) for bits in (8, 2)}
    full = measure_bits(small, "full", 32, PASSAGES)
    off = {b: abs(values["nats.0"] - full["nats.0"]) for b, values in found.items()}
    assert off[8] < off[2]
    assert (found[8]["bits_per_weight"], full["bits_per_weight"]) == (8.5, 32)


def test_fewer_bits_of_an_input_move_the_model_further(small):
    full = measure_inputs(small, "full", 32, PASSAGES)
    off = {
        bits: sum(
            abs(measure_inputs(small, "a token", bits, PASSAGES)[place] - full[place])
            for place in ("nats.0", "nats.1", "nats.2")
        )
        for bits in (8, 3)
    }
    assert 0 < off[8] < off[3]
    assert full["nats.0"] == pytest.approx(nats(small, PASSAGES)[0][0])


def test_the_cells_read_the_documentation(small, monkeypatch):
    monkeypatch.setattr(loading, "causal", lambda: (small, load("sdpa")[1]))
    monkeypatch.setattr(real, "WINDOWS", 2)
    full, rounded = int8_cell("full"), bits_cell("row", 8)
    inputs = inputs_cell("a token", 8)
    assert {"nats.0", "nats.1", "right"} == set(inputs)
    assert inputs["nats.1"] == pytest.approx(full["nats.1"], abs=0.05)
    assert inputs["nats.1"] != full["nats.1"]
    assert {"nats.0", "nats.1", "right", "bytes"} == set(full)
    assert {"nats.0", "nats.1", "right", "bits_per_weight"} == set(rounded)
    assert rounded["nats.1"] == pytest.approx(full["nats.1"], abs=0.05)


def test_a_chart_has_a_row_for_each_way_and_names_both_models():
    ways = {"rows": {"value": 1.0, "low": 0.9, "high": 1.1}, "dynamic": {"value": 3.0}}
    figure = ways_chart([*ways], {"SmolLM2": ways, "base": {"rows": {"value": 1.0}}}, 5)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words == ["SmolLM2", "base", "rows", "dynamic"]
    plt.close(figure)
