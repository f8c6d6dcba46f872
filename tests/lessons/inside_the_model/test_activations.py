"""The largest inputs and the attention on the first token, on networks of two layers."""

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from lessons.inside_the_model import activations as module
from lessons.inside_the_model.activations import (
    activations,
    activations_cell,
    documentation,
    extreme,
    look,
    told,
)
from lessons.inside_the_model.experiments import summarise_activations
from lessons.inside_the_model.heads import load
from lessons.real_models import loading

PARTS = {"attention in", "attention out", "mlp in", "mlp out"}


def llama() -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=2048, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=600,
        attn_implementation="eager",
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def gpt2() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=2048, n_positions=64, n_embd=32, n_layer=2, n_head=4, attn_implementation="eager"
    )
    return GPT2LMHeadModel(config).eval()


def test_the_largest_input_is_found_by_its_size_with_its_token_and_without():
    inputs = torch.tensor([[1.0, -2.0, 2.0], [1.0, -60.0, 2.0], [4.0, 2.0, 1.0]])
    found = extreme(inputs)
    assert (found.ratio, found.place, found.others) == (30, 1, 2)


@pytest.mark.parametrize("make", [llama, gpt2])
def test_each_block_is_looked_at_in_four_places_and_its_heads_too(make):
    found, attention = look(make(), torch.arange(40))
    assert set(found) == {(block, part) for block in (1, 2) for part in PARTS}
    assert attention.shape == (2, 4)
    assert ((attention > 0) & (attention < 0.2)).all()  # of 40 tokens, by random weights


def test_a_number_planted_in_one_layer_is_found_there_and_nowhere_else():
    model, ids = llama(), torch.arange(40)
    before, _ = look(model, ids)
    with torch.no_grad():
        model.model.layers[1].mlp.up_proj.weight[7] *= (
            1000  # what the second layer reads grows with it
        )
    after, _ = look(model, ids)
    assert after[2, "mlp out"].ratio > 20 * before[2, "mlp out"].ratio
    assert {at for at in before if after[at] != before[at]} == {(2, "mlp out")}


def test_the_hooks_are_gone_even_if_reading_fails():
    model = llama()
    with pytest.raises(IndexError):
        look(model, torch.tensor([5000]))
    assert not any(layer._forward_pre_hooks for layer in model.modules())


def test_no_paragraph_of_the_documentation_is_read_twice(monkeypatch):
    class Letters:
        def __call__(self, text, **_):
            return {"input_ids": [ord(letter) for letter in text]}

    topics = {"short": "abc\n\nxyz", "long": "abcdef\n\nabc\n\nghi"}
    monkeypatch.setattr(module.texts, "topics", lambda: topics)
    passages = documentation(Letters(), 3)
    assert sorted("".join(map(chr, ids)) for ids in passages) == sorted(
        ["abc", "def", "\n\na", "bc\n", "\ngh", "xyz"]
    )
    assert [ids.tolist() for ids in documentation(Letters(), 3)] == [p.tolist() for p in passages]


def test_the_frozen_documentation_has_enough_passages_which_all_differ():
    _, tokenizer = load("sdpa")
    passages = documentation(tokenizer, 512)
    assert len({tuple(ids.tolist()) for ids in passages}) == len(passages) > 100


def test_stories_are_told_until_a_passage_is_full():
    _, tokenizer = load("sdpa")
    first, second = told(tokenizer, 2, 100)
    assert first.shape == second.shape == (100,)
    assert not first.equal(second)
    assert tokenizer.decode(first).startswith("Story: ")


def test_scores_are_summed_up_by_block_and_the_worst_layers_are_named():
    model = llama()
    with torch.no_grad():
        model.model.layers[1].mlp.up_proj.weight[7] *= 1000
    passages = [torch.arange(start, start + 40) for start in (0, 100, 200)]
    values = activations(model, passages)
    cell = {"parameters": {"model": "smollm2", "text": "stories"}, "values": values}
    found = summarise_activations([cell])["smollm2"]["stories"]
    worst = found["worst"]["at1"]
    assert (worst["block"], worst["part"]) == (2, "mlp out")
    assert worst["lowest"] <= worst["ratio"] <= worst["highest"]
    assert worst["others"] <= worst["ratio"] == found["block2"]["largest"]
    assert worst["ratio"] == pytest.approx(10 ** values["block2.mlp out.ratio"])
    assert 0 <= worst["first"] <= 1
    assert found["layers"] == 8
    assert 1 <= found["second"] <= 2
    assert found["thousand"] == sum(10**v >= 1000 for k, v in values.items() if k.endswith("ratio"))
    shares = [values[f"block2.head{head}"] for head in range(1, 5)]
    assert found["block2"]["sink"] == pytest.approx(sum(shares) / 4)
    assert found["top"] >= max(shares)
    assert found["sink"]["low"] <= found["sink"]["value"] <= found["sink"]["high"]
    assert (found["sink"]["n"], found["distinct"], found["most"]) == (3, 3, 0)
    assert found["even"] == pytest.approx(sum(1 / n for n in range(21, 41)) / 20)


@pytest.mark.parametrize(
    ("model", "text"), [("base", "stories"), ("smollm2", "stories"), ("smollm2", "documentation")]
)
def test_a_cell_looks_at_a_model_and_leaves_it_as_it_was(monkeypatch, model, text):
    small = llama()
    monkeypatch.setattr(module, "TEXTS", 2)
    monkeypatch.setattr(module, "TOKENS", 64)
    monkeypatch.setattr(loading, "causal", lambda _: (small, load("sdpa")[1]))
    values = activations_cell(model, text)
    assert values["sink.n"] == 2
    assert ("block6.head6" in values) == (model == "base")
    assert small.config._attn_implementation == ("eager" if model == "base" else "sdpa")
