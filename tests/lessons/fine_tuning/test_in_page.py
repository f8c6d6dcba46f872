"""The classifier in the page: a byte for each weight, made by its command, as right as its record says."""

import json
from pathlib import Path

import pytest
import torch
from datasets import DatasetDict
from safetensors.torch import load_file
from transformers import AutoTokenizer

from lessons.experiments import load_result
from lessons.fine_tuning import in_page
from lessons.fine_tuning.classifiers import labeled_reviews
from lessons.fine_tuning.in_page import (
    LABELED,
    fine_tuned,
    in_bytes,
    in_page_cell,
    logits,
    main,
    restored,
    shipped,
    words_read,
)
from lessons.storage import checkpoint

FOLDER = Path(__file__).parents[3] / "docs/assets/models/sentiment"


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(checkpoint("mlm"))


@pytest.fixture
def few(monkeypatch):
    """Two dozen reviews in place of all."""
    all_reviews = labeled_reviews(8)
    parts = {"train": 8, "validation": 8, "test": 8}
    small = DatasetDict({name: all_reviews[name].select(range(n)) for name, n in parts.items()})
    monkeypatch.setattr(in_page, "labeled_reviews", lambda *_: small)


def test_a_byte_for_each_weight_is_off_by_half_a_step_at_most():
    weights = {"a.weight": torch.randn(5, 64), "zero": torch.zeros(2, 3), "a.bias": torch.randn(5)}
    found = in_bytes(weights)
    again = restored(found)
    assert found["a.weight"].dtype == torch.int8
    assert found["a.weight.scale"].shape == (5,)
    assert again.keys() == weights.keys()
    assert torch.equal(again["a.bias"], weights["a.bias"])
    assert torch.equal(again["zero"], weights["zero"])
    off = (again["a.weight"] - weights["a.weight"]).abs()
    assert (off <= found["a.weight.scale"][:, None] * 0.5001).all()
    assert (found["a.weight"].abs().amax(1) == 127).all(), "a row uses all of its range"


def test_the_shipped_classifier_is_as_often_right_as_its_record_says(tokenizer):
    test = labeled_reviews(2)["test"]
    predicted = logits(shipped(FOLDER), tokenizer, test["text"][:]).argmax(-1)
    share = (predicted == torch.tensor(test["label"][:])).double().mean().item()
    record = load_result("fine_tuning_in_page")["summary"]
    assert share == pytest.approx(
        record["accuracy"], abs=0.002
    )  # two reviews, for other last digits


def test_the_shipped_files_belong_to_the_course_s_masked_model(tokenizer):
    learned = json.loads((FOLDER / "learned.json").read_text("utf-8"))
    assert learned == {"reviews": LABELED, "words": words_read(tokenizer, 0)}
    pair = (
        json.loads((f / "tokenizer.json").read_text("utf-8")) for f in (FOLDER, checkpoint("mlm"))
    )
    assert next(pair) == next(pair)
    config = json.loads((FOLDER / "config.json").read_text("utf-8"))
    body = json.loads((checkpoint("mlm") / "config.json").read_text("utf-8"))
    assert config["id2label"] == {"0": "negative", "1": "positive"}
    assert {name: config[name] for name in ("hidden_size", "num_hidden_layers", "vocab_size")} == {
        name: body[name] for name in ("hidden_size", "num_hidden_layers", "vocab_size")
    }


def test_the_body_is_still_near_the_masked_model():
    """What is shipped began as `mlm`: fine-tuning moves weights a little."""
    body = load_file(checkpoint("mlm") / "model.safetensors")
    weights = restored(load_file(FOLDER / "model.safetensors"))
    for name in ("encoder.layer.0.output.dense.weight", "embeddings.word_embeddings.weight"):
        before, after = body[f"bert.{name}"].float(), weights[f"bert.{name}"]
        assert 0 < (after - before).norm() / before.norm() < 0.3, name


def test_the_command_writes_what_it_fine_tuned(few, tmp_path, tokenizer):
    main([str(tmp_path)])
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        file.name for file in FOLDER.iterdir()
    )
    made, found = load_file(tmp_path / "model.safetensors"), load_file(FOLDER / "model.safetensors")
    assert {name: (t.shape, t.dtype) for name, t in made.items()} == {
        name: (t.shape, t.dtype) for name, t in found.items()
    }
    assert logits(shipped(tmp_path), tokenizer, ["It is good."]).shape == (1, 2)


def test_a_cell_tells_how_often_the_rounded_classifier_is_right(few):
    values = in_page_cell(0)
    assert values.keys() == load_result("fine_tuning_in_page")["cells"][0]["values"].keys()
    assert all(0 <= share <= 1 and (share * 8).is_integer() for share in values.values())


@pytest.mark.nightly
def test_made_anew_it_judges_as_the_shipped_one_does(tokenizer):
    """On another machine its last digits are others, and they grow from step to step."""
    model, texts = fine_tuned(0), labeled_reviews(2)["test"]["text"][:]
    model.load_state_dict(restored(in_bytes(model.state_dict())))
    answers = [logits(one, tokenizer, texts).argmax(-1) for one in (model, shipped(FOLDER))]
    assert (answers[0] == answers[1]).double().mean() >= 0.98
