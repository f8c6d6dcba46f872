"""LoRA for one word: how a model is asked, what is measured, and what a step changes."""

from functools import partial

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from lessons.fine_tuning import real_sft
from lessons.fine_tuning.real_experiments import summarise_sft
from lessons.fine_tuning.real_labels import sentences
from lessons.fine_tuning.real_sft import (
    WORDINGS,
    Wording,
    answered,
    asked,
    last_logits,
    learned,
    sft_cell,
    tokens,
)
from lessons.real_models.texts import Rated
from lessons.storage import checkpoint

WORDING = Wording("Review:", "\nThis movie is", (" bad", " good"))


@pytest.fixture
def tokenizer():
    tokenizer = AutoTokenizer.from_pretrained(checkpoint("base"))
    tokenizer.pad_token_id = 0
    return tokenizer


@pytest.fixture
def model(tokenizer) -> LlamaForCausalLM:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return LlamaForCausalLM(
            LlamaConfig(
                vocab_size=len(tokenizer), hidden_size=32, intermediate_size=32,
                num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            )
        ).eval()  # fmt: skip


def test_a_sentence_is_put_between_what_stands_before_and_behind_it():
    assert asked(WORDING, ["It drags."]) == ["Review: It drags.\nThis movie is"]


@torch.no_grad()
def test_texts_read_together_are_read_as_if_alone(model, tokenizer):
    texts = asked(WORDING, ["It drags.", "A fine film, and a long one at that."])
    together = last_logits(model, tokenizer, texts)
    for row, text in zip(together, texts, strict=True):
        alone = model(torch.tensor([tokenizer(text)["input_ids"]])).logits[0, -1]
        assert torch.allclose(row, alone, atol=1e-5)


def test_answers_are_scored_by_the_likelier_word_and_by_all_words(tokenizer, monkeypatch):
    bad, good = tokens(tokenizer, WORDING)
    other = next(i for i in range(len(tokenizer)) if i not in (bad, good))
    rows = torch.full((4, len(tokenizer)), -100.0)
    rows[:, good] = torch.tensor([5.0, 4.0, 3.0, 2.0])  # leans to good, more so where it is
    rows[0, other] = 9.0
    rows[1:, bad] = 1.0
    monkeypatch.setattr(real_sft, "last_logits", lambda _, __, texts: rows[: len(texts)])
    found = answered(None, tokenizer, WORDING, ["a", "b", "c", "d"], [1, 1, 0, 0])
    assert (found["accuracy"], found["centered"], found["good"]) == (0.5, 1.0, 1.0)
    assert found["form"] == 0.75
    assert found["loss"] == pytest.approx((4.018 + 0.0486 + 2.1269 + 1.3133) / 4, abs=1e-3)


def test_training_makes_the_word_likely_and_leaves_the_frozen_weights(model, tokenizer):
    texts, labels = ["A fine film.", "A dull film."] * 40, [1, 0] * 40
    before = answered(model, tokenizer, WORDING, texts[:8], labels[:8])
    kept = {name: weight.clone() for name, weight in model.named_parameters()}
    steps = [*learned(model, tokenizer, WORDING, texts, labels, rate=2e-2)]
    assert len(steps) == 10
    light = steps[-1].eval()
    after = answered(light, tokenizer, WORDING, texts[:8], labels[:8])
    assert after["loss"] < before["loss"] - 0.2
    trained = {name for name, weight in light.named_parameters() if weight.requires_grad}
    assert trained
    assert all("lora_" in name for name in trained)
    light.unload()
    for name, weight in model.named_parameters():
        assert torch.equal(weight, kept[name])


def test_a_cell_asks_before_the_training_or_twice_in_it(model, tokenizer, monkeypatch):
    texts = [
        Rated(i, f"{word} is the film number {i}", (mean,))
        for i in range(200)
        for word, mean in (("fine", 2), ("dull", -2))
    ]
    monkeypatch.setattr(real_sft, "causal", lambda _: (model, tokenizer))
    monkeypatch.setattr(real_sft, "ratings", lambda _: texts)
    monkeypatch.setattr(real_sft, "sentences", partial(sentences, asked=20))
    weights = {name: weight.clone() for name, weight in model.named_parameters()}
    monkeypatch.setattr(real_sft, "WORDINGS", {"movie is": WORDING})
    before = sft_cell("movie is", rate=0.0, seed=0)
    assert before.keys() == {
        f"{name}.0" for name in ("accuracy", "centered", "good", "form", "loss")
    }
    found = sft_cell("movie is", rate=5e-3, seed=1)
    assert {name.rpartition(".")[2] for name in found} == {"16", "30"}
    assert found["loss.30"] < before["loss.0"]
    for name, weight in model.named_parameters():
        assert torch.equal(weight, weights[name])
    assert sft_cell("movie is", rate=0.0, seed=0) == before


def test_a_summary_puts_the_start_before_the_steps():
    cells = [
        {"parameters": {"wording": "a", "rate": 0.0, "seed": 0}, "values": {"accuracy.0": 0.5}},
        *(
            {
                "parameters": {"wording": "a", "rate": 1e-3, "seed": seed},
                "values": {"accuracy.16": 0.6 + seed / 10, "accuracy.30": 0.8},
            }
            for seed in (0, 1)
        ),
    ]
    summary = summarise_sft(cells)
    assert summary["a"]["accuracy"]["at0"]["mean"] == 0.5
    assert summary["a"]["accuracy"]["at16"]["mean"] == pytest.approx(0.65)
    assert summary["a"]["accuracy"]["at16"]["groups"] == 300
    assert summary["a"]["accuracy"]["at0"]["item_low"] == pytest.approx(0.44, abs=0.01)


def test_every_wording_has_two_words_that_are_not_the_same():
    assert all(len({*wording.words}) == 2 for wording in WORDINGS.values())
