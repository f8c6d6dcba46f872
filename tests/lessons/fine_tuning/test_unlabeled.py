"""The masked model that reads no label: its text, its classifier, and what it knows without one."""

import pytest
import torch
from datasets import DatasetDict
from transformers import AutoTokenizer

from lessons.fine_tuning import classifiers, unlabeled
from lessons.fine_tuning.classifiers import classifier as usual_classifier
from lessons.fine_tuning.classifiers import labeled_reviews, tuned_cell
from lessons.fine_tuning.unlabeled import PLAN, classifier, filled_in, without_sentiment
from lessons.models import recipes
from lessons.registry import EXPERIMENTS
from lessons.train import plan_of


def test_the_text_is_that_of_mlm_without_its_labels():
    with_labels = recipes.PLANS["mlm"].texts(1000, 400)
    without = PLAN.texts(1000, 400)
    assert without == [without_sentiment(text) for text in with_labels]
    assert sum("\nSentiment: " in text for text in with_labels) > 100
    assert not any(
        word in text for text in without for word in ("Sentiment", "positive", "negative")
    )


def test_only_lines_of_sentiment_are_taken_away():
    text = "Review: The Sentiment: is odd.\nSentiment: positive\nReview: Good.\nSentiment: negative"
    assert without_sentiment(text) == "Review: The Sentiment: is odd.\nReview: Good."


def test_everything_but_the_text_is_as_in_the_plan_of_mlm():
    assert vars(PLAN) == vars(recipes.PLANS["mlm"])
    assert plan_of("mlm-unlabeled") is PLAN
    assert plan_of("mlm") is recipes.PLANS["mlm"]
    with pytest.raises(ValueError, match="no model 'x'"):
        plan_of("x")


@pytest.mark.nightly  # by day that of `mlm`, which differs in its texts alone
def test_its_tokenizer_trained_again_is_the_one_that_is_shipped():
    shipped = AutoTokenizer.from_pretrained(unlabeled.folder_of(unlabeled.NAME))
    made = recipes.tokenizer_of(PLAN).backend_tokenizer
    text = "Review: The kettle is not awful at all, but the handle broke. [MASK]"
    assert shipped.get_vocab() == made.get_vocab()
    assert shipped(text)["input_ids"] == made.encode(text).ids


def test_mlm_fills_in_the_sentiment_of_reviews_and_the_other_can_only_guess():
    test = labeled_reviews(2)["test"]
    texts, labels = test["text"][:100], test["label"][:100]
    right = {
        name: sum(a == b for a, b in zip(filled_in(name, texts), labels, strict=True))
        for name in ("mlm", "mlm-unlabeled")
    }
    assert right["mlm"] > 90
    assert 20 < right["mlm-unlabeled"] < 80


def test_the_classifier_is_made_as_the_usual_one():
    one, other = classifier("mlm", 3).state_dict(), usual_classifier("mlm", 3).state_dict()
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def few_reviews(labels: int, seed: int) -> DatasetDict:
    """Reviews to learn from, and fifty each in place of the hundreds to choose by and to report on."""
    data = labeled_reviews(labels, seed)
    few = {part: data[part].select(range(50)) for part in ("validation", "test")}
    return DatasetDict(train=data["train"], **few)


def test_a_cell_from_mlm_is_that_of_the_usual_record(monkeypatch):
    for module in (unlabeled, classifiers):
        monkeypatch.setattr(module, "labeled_reviews", few_reviews)
    again = unlabeled.tuned_cell("mlm", labels=16, rate=2e-4, max_steps=2, seed=1)
    assert again == tuned_cell("mlm", labels=16, rate=2e-4, seed=1, max_steps=2)


def test_the_record_asks_both_without_a_label():
    cells = EXPERIMENTS["fine_tuning_unlabeled"].cells
    assert [cell["start"] for cell in cells if not cell["labels"]] == ["mlm", "mlm-unlabeled"]


def test_without_a_label_a_cell_says_how_often_the_word_filled_in_is_right(monkeypatch):
    monkeypatch.setattr(unlabeled, "filled_in", lambda _, texts: [1] * len(texts))
    data = labeled_reviews(2, 0)
    found = unlabeled.tuned_cell("mlm", labels=0, rate=0.0, max_steps=0, seed=0)
    assert found == {
        f"{part}_accuracy": sum(data[part]["label"]) / len(data[part]["label"])
        for part in ("validation", "test")
    }
