"""AdamW against Muon: in both arms each part of the network moves at its own rate."""

import functools
from dataclasses import replace

import pytest

from lessons.models import corpus, optimizer_comparison

SMALL = optimizer_comparison.SMALL


@pytest.fixture(scope="module")
def tokenizer():
    return corpus.base_tokenizer(SMALL.texts(0, 200), SMALL.vocabulary, SMALL.context)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_the_rate_of_the_matrices_and_that_of_the_rest_both_count(
    monkeypatch, few_texts, tokenizer, optimizer
):
    recipe = replace(SMALL.recipe, steps=3, warmup=1)
    monkeypatch.setattr(optimizer_comparison, "SMALL", replace(SMALL, rows=2, recipe=recipe))
    monkeypatch.setattr(corpus, "base_tokenizer", lambda *_: tokenizer)
    # All runs read the same texts; to draw them takes half of each.
    draw = functools.cache(functools.partial(type(SMALL).texts, SMALL))
    monkeypatch.setattr(type(SMALL), "texts", lambda _, *asked: draw(*asked))
    losses = {
        (rate, rest): optimizer_comparison.final_loss(optimizer, rate, rest, 0)["loss"]
        for rate, rest in ((0.01, 0.01), (0.02, 0.01), (0.01, 0.02))
    }
    assert len(set(losses.values())) == 3
    assert optimizer_comparison.final_loss(optimizer, 0.01, 0.02, 0)["loss"] == losses[0.01, 0.02]
