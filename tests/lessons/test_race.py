"""The race of two optimizers: in both arms each part of the network moves at its own rate."""

from dataclasses import replace

import pytest

from lessons import corpus, race


@pytest.fixture(scope="module")
def tokenizer():
    return corpus.base_tokenizer(
        race.SMALL.texts(0, 200), race.SMALL.vocabulary, race.SMALL.context
    )


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_the_rate_of_the_matrices_and_that_of_the_rest_both_count(
    monkeypatch, tokenizer, optimizer
):
    recipe = replace(race.SMALL.recipe, steps=3, warmup=1)
    monkeypatch.setattr(race, "SMALL", replace(race.SMALL, rows=2, recipe=recipe))
    monkeypatch.setattr(corpus, "base_tokenizer", lambda *_: tokenizer)
    losses = {
        (rate, rest): race.final_loss(optimizer, rate, rest, 0)["loss"]
        for rate, rest in ((0.01, 0.01), (0.02, 0.01), (0.01, 0.02))
    }
    assert len(set(losses.values())) == 3
    assert race.final_loss(optimizer, 0.01, 0.02, 0)["loss"] == losses[0.01, 0.02]
