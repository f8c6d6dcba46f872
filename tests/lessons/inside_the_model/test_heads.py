"""Nouns are found in both languages, attention on them is measured, and a head can be switched off."""

import random

import pytest
import torch

from lessons.inside_the_model import heads
from lessons.inside_the_model.experiments import summarise_nouns
from lessons.inside_the_model.heads import (
    attention_on_nouns,
    heads_cell,
    load,
    noun_places,
    nouns_cell,
    three_tasks,
    without_head,
)
from lessons.models.abilities import Solver
from lessons.world.sentences import Sentence, sentence

PAIR = Sentence("The old cat sees the foxes.", "Le vieux chat voit les renards.", "cat see fox")


@pytest.fixture(scope="module")
def eager():
    return load("eager")


def test_a_place_is_before_the_french_noun_and_knows_the_english_one(eager):
    ids, places = noun_places(eager[1], PAIR)
    words = [eager[1].decode(token) for token in ids]
    cat, fox = places
    assert (cat.noun, fox.noun) == ("cat", "fox")
    assert words[cat.place] == " vieux"
    assert words[fox.place] == " les"
    assert "".join(words[i] for i in cat.tokens) == " cat"
    assert "".join(words[i] for i in fox.tokens) == " foxes"
    assert cat.others == fox.tokens
    assert fox.others == cat.tokens


@pytest.mark.parametrize(
    "pair",
    [
        Sentence("A cat sees a cat.", "Un chat voit un chat.", "cat see cat"),
        Sentence("The orange orange is old.", "L'orange orange est vieille.", "orange be old"),
    ],
)
def test_a_noun_that_could_be_another_word_does_not_count(eager, pair):
    assert noun_places(eager[1], pair)[1] == []


def test_attention_is_a_share_of_what_can_be_seen(eager):
    places, to_next, to_others = attention_on_nouns(*eager, [PAIR])
    assert to_next.shape == to_others.shape == (2, 6, 6)
    assert len(places) == 2
    assert ((to_next + to_others) <= 1.0001).all()
    assert (to_next >= 0).all()
    assert (to_next[:, 3, 2] > 0.5).all()  # the head that the page is about


def test_the_head_is_chosen_on_other_sentences_than_it_is_reported_on():
    cells = [
        {
            "parameters": {"split": split, "n": 6, "seed": 0},
            "values": nouns_cell(split, 6, 0),
        }
        for split in ("train", "held-out")
    ]
    summary = summarise_nouns(cells)
    at = summary["chosen"]
    chosen = summary["held-out"][f"block{at['block']}"][f"head{at['head']}"]
    assert at["next"] == chosen["next"]
    assert at["other"] == chosen["other"]
    assert 0 < summary["held-out"]["even"] < 0.2 < at["next"]["value"]


@torch.no_grad()
def test_a_head_is_off_only_inside(eager):
    model, tokenizer = eager
    ids = tokenizer("The old cat", return_tensors="pt")["input_ids"]
    whole = model(ids).logits
    with without_head(model, 4, 3):
        assert not model(ids).logits.equal(whole)
    assert model(ids).logits.equal(whole)


@torch.no_grad()
def test_all_heads_off_leave_only_the_bias(eager):
    model, tokenizer = eager
    ids = tokenizer("The old cat", return_tensors="pt")["input_ids"]
    seen = []
    layer = model.transformer.h[0].attn.c_proj
    hook = layer.register_forward_hook(lambda _layer, _inputs, output: seen.append(output))
    with (
        without_head(model, 1, 1), without_head(model, 1, 2), without_head(model, 1, 3),
        without_head(model, 1, 4), without_head(model, 1, 5), without_head(model, 1, 6),
    ):  # fmt: skip
        model(ids)
    hook.remove()
    torch.testing.assert_close(seen[0], layer.bias.expand_as(seen[0]))


@pytest.mark.parametrize(("block", "head"), [(0, 1), (7, 1), (1, 0), (1, 7)])
def test_a_head_that_is_not_there_is_refused(eager, block, head):
    with (
        pytest.raises(ValueError, match="there are 6 times 6"),
        without_head(eager[0], block, head),
    ):
        pass


def test_three_tasks_are_scored_by_exact_answers():
    """A solver that knows the translations, and nothing else."""
    rng = random.Random("heads 7")
    pairs = [sentence(rng, "held-out") for _ in range(4)]

    class Knows(Solver):
        def __init__(self):
            pass

        def answers(self, prompts, *_settings):
            known = {pair.english: pair.french for pair in pairs}
            return [next((known[e] for e in known if f"'{e}'" in p), "?") for p in prompts]

    scores = three_tasks(Knows(), 4, 7)
    assert [scores[task].value for task in ("translation", "question", "sum")] == [1, 0, 0]
    assert all(score.n == 4 for score in scores.values())


@pytest.mark.parametrize("block", [0, 4])
def test_a_cell_is_measured_with_and_without_a_head(monkeypatch, block):
    monkeypatch.setattr(heads, "three_tasks", lambda solver, n, _seed: {"sum": _score(solver, n)})
    whole, measured = heads_cell(0, 0, 2, 0), heads_cell(block, 3, 2, 0)
    assert (whole == measured) == (block == 0)


@torch.no_grad()
def _score(solver, n):
    ids = solver.tokenizer("The old cat", return_tensors="pt")["input_ids"]
    return heads.Score(solver.model(ids).logits.sum().item(), 0, 1, n, n)
