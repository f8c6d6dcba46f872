"""Rated sentences, parted; and the ways to learn from them, with two layers and made-up texts."""

from functools import partial

import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertModel

from lessons.fine_tuning import real_labels
from lessons.fine_tuning.real_experiments import EXPERIMENTS, summarise_labels
from lessons.fine_tuning.real_labels import (
    classifier,
    compared,
    counted,
    labels_cell,
    logistic,
    sentences,
    tuned,
    vectors,
)
from lessons.real_models.texts import Rated
from lessons.storage import checkpoint

PRAISE, BLAME = ("fine", "superb", "great"), ("dull", "awful", "poor")


def rated(count: int) -> list[Rated]:
    """Sentences of six words that begin with praise or blame, and some that nobody is sure about."""
    return [
        Rated(i, f"{word} is the film number {i}", (mean, mean, mean + 1))
        for i in range(count)
        for word, mean in ((PRAISE[i % 3], 2), (BLAME[i % 3], -3), ("unsure", 0))
    ]


@pytest.fixture
def tokenizer():
    return AutoTokenizer.from_pretrained(checkpoint("mlm"))


@pytest.fixture
def body(tokenizer) -> BertModel:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return BertModel(
            BertConfig(
                vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=2,
                num_attention_heads=2, intermediate_size=16, max_position_embeddings=64,
            )
        ).eval()  # fmt: skip


def test_sentences_are_parted_by_halves_and_none_occurs_twice():
    data = sentences(rated(40) * 2, labels=20, seed=0, asked=20)
    assert {part: len(rows) for part, rows in data.items()} == {
        "train": 20, "validation": 20, "test": 20,
    }  # fmt: skip
    texts = [text for rows in data.values() for text in rows["text"]]
    assert len(texts) == len(set(texts))
    for rows in data.values():
        assert sum(rows["label"]) == len(rows) / 2
        found = [text.split()[0] in PRAISE for text in rows["text"]]
        assert found == [bool(label) for label in rows["label"]]
    lengths = [len(text) for text in data["test"]["text"]]
    assert lengths == sorted(lengths)


def test_a_seed_changes_what_is_learned_from_and_not_what_is_asked():
    few, more, others = (
        sentences(rated(60), labels, seed, asked=20) for labels, seed in ((20, 0), (40, 0), (20, 1))
    )
    assert {*few["train"]["text"]} < {*more["train"]["text"]}
    assert {*few["train"]["text"]} != {*others["train"]["text"]}
    for part in ("validation", "test"):
        assert few[part]["text"] == more[part]["text"] == others[part]["text"]


def test_sentences_that_are_short_long_or_unclear_are_left_out():
    clear = rated(20)
    odd = [Rated(0, "fine", (3,)), Rated(0, "poor " * 16, (-3,)), Rated(0, "so a b c d", (0, 1))]
    assert (
        sentences(odd + clear, 4, 0, asked=8)["test"]["text"]
        == (sentences(clear, 4, 0, asked=8)["test"]["text"])
    )
    with pytest.raises(ValueError, match="20 sentences of a kind: need 21"):
        sentences(clear, labels=2, seed=0, asked=20)


def test_a_regression_finds_the_weights_that_make_its_loss_least():
    generator = torch.Generator().manual_seed(0)
    known = torch.randn(200, 3, generator=generator)
    truth = torch.tensor([2.0, -1.0, 0.0])
    labels = (known @ truth + 0.5 + torch.randn(200, generator=generator) > 0).long().tolist()
    weights = logistic(known, labels, pull=0.5)
    x = torch.cat([known, torch.ones(200, 1)], dim=1).double()
    error = torch.sigmoid(x @ weights) - torch.tensor(labels, dtype=torch.float64)
    slope = x.T @ error + 0.5 * torch.cat([weights[:-1], torch.zeros(1).double()])
    assert slope.abs().max() < 0.01
    assert weights[0] > 1 > 0 > weights[1]


def test_words_are_counted_and_new_ones_left_out():
    table = counted(["The film, the FILM!", "a new word"], ["film", "the"])
    assert table.tolist() == [[2, 2], [0, 0]]


def test_a_text_is_embedded_once(body, tokenizer, monkeypatch):
    asked = []

    def note(model, tokenizer, texts):
        asked.append(texts)
        return torch.tensor([[float(len(text)), 0.0] for text in texts])

    monkeypatch.setattr(real_labels, "embed", note)
    known = {}
    assert vectors(body, tokenizer, ["bb", "a", "bb"], known).tolist() == [[2, 0], [1, 0], [2, 0]]
    assert vectors(body, tokenizer, ["a", "ccc"], known).tolist() == [[1, 0], [3, 0]]
    assert vectors(body, tokenizer, ["a"], known).tolist() == [[1, 0]]
    assert asked == [["a", "bb"], ["ccc"]]


def test_words_that_decide_are_learned_by_counting(body, tokenizer):
    data = sentences(rated(60), labels=40, seed=0, asked=20)
    assert compared("words", body, tokenizer, data, {}, pull=1.0) == {
        "validation_accuracy": 1.0, "test_accuracy": 1.0,
    }  # fmt: skip


def test_vectors_are_learned_from_and_two_sentences_need_no_label(body, tokenizer, monkeypatch):
    def embed(model, tokenizer, texts):  # good texts point up, bad ones down
        good = [any(word in text for word in (*PRAISE, "good")) for text in texts]
        return torch.tensor([[1.0, 0.0] if up else [0.0, 1.0] for up in good])

    monkeypatch.setattr(real_labels, "embed", embed)
    data = sentences(rated(30), labels=8, seed=0, asked=20)
    for way in ("vectors", "sentences"):
        found = compared(way, body, tokenizer, data, {}, pull=1.0)
        assert found == {"validation_accuracy": 1.0, "test_accuracy": 1.0}


def test_a_classifier_has_the_body_or_random_weights_in_its_place(body):
    kept = {name: weight.clone() for name, weight in body.state_dict().items()}
    own, random, again = (
        classifier(body, start, seed)
        for start, seed in (("all", 1), ("scratch", 1), ("scratch", 1))
    )
    for name, weight in own.bert.state_dict().items():
        assert torch.equal(weight, kept[name])
    words = "bert.embeddings.word_embeddings.weight"
    assert not torch.equal(random.state_dict()[words], own.state_dict()[words])
    assert torch.equal(random.state_dict()[words], again.state_dict()[words])
    assert own.classifier.out_features == 2
    own.bert.embeddings.word_embeddings.weight.data += 1
    assert torch.equal(body.state_dict()["embeddings.word_embeddings.weight"], kept[words[5:]])


def test_all_weights_are_trained_and_measured(body, tokenizer):
    data = sentences(rated(60), labels=40, seed=0, asked=20)
    model = classifier(body, "scratch", 0)
    before = model.bert.embeddings.word_embeddings.weight.clone()
    found = tuned(model, tokenizer, data, rate=5e-3, steps=2, seed=0)
    assert found.keys() == {
        f"{part}_{name}" for part in ("validation", "test") for name in ("loss", "accuracy")
    }
    assert all(0 <= found[f"{part}_accuracy"] <= 1 for part in ("validation", "test"))
    assert not torch.equal(model.bert.embeddings.word_embeddings.weight, before)


@pytest.mark.parametrize(
    "cell", [{"way": "words", "pull": 1.0}, {"way": "scratch", "rate": 1e-3, "steps": 1}]
)
def test_a_cell_learns_from_sentences_that_people_rated(cell, body, tokenizer, monkeypatch):
    monkeypatch.setattr(real_labels, "encoder", lambda _: (body, tokenizer))
    monkeypatch.setattr(real_labels, "ratings", lambda _: rated(40))
    monkeypatch.setattr(real_labels, "sentences", partial(sentences, asked=20))
    found = labels_cell(**cell, labels=16, seed=0)
    assert 0 <= found["test_accuracy"] <= 1
    assert found == labels_cell(**cell, labels=16, seed=0)


def test_a_summary_tells_the_usual_runs_from_those_that_were_tried():
    (record,) = (e for e in EXPERIMENTS if e.name == "fine_tuning_real_labels")
    cells = [
        {"parameters": cell, "values": {"test_accuracy": 0.5 + (cell["way"] == "vectors") / 10}}
        for cell in record.cells
    ]
    summary = summarise_labels(cells)
    assert summary["vectors"]["labels64"]["test_accuracy"]["mean"] == pytest.approx(0.6)
    gain = summary["gain"]["vectors_words"]["labels64"]
    assert (gain["value"], gain["seeds"]) == (pytest.approx(0.1), 5)
    score = summary["vectors"]["labels64"]["test_accuracy"]
    assert (score["n"], score["item_low"]) == (300, pytest.approx(0.544, abs=0.001))
    assert set(summary["rates"]) == {"all"}
    assert summary["few_steps"]["test_accuracy"]["mean"] == 0.5
