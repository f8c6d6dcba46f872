"""A second masked model: pre-trained as `mlm` is, on the same documents without their sentiment.

Three in four reviews that `mlm` reads name their sentiment, so it has been told what a classifier is to
learn. This one has not: what labels it saves is saved by reading alone.
"""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import datasets
import numpy as np
import torch
from transformers import (
    AutoConfig,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    set_seed,
)
from transformers.utils import logging

from lessons.fine_tuning.classifiers import (
    LABELS,
    check_new,
    labeled_reviews,
    make_trainer,
    measured,
    tokenized,
)
from lessons.models import recipes
from lessons.storage import CHECKPOINTS, checkpoint

NAME = "mlm-unlabeled"


def folder_of(start: str) -> Path:
    """Return the folder of a masked model: ``mlm`` or ``mlm-unlabeled``."""
    return CHECKPOINTS / NAME if start == NAME else checkpoint(start)


class Unlabeled(recipes.Plan):
    """The plan of `mlm`, but for the text."""

    def texts(self, seed: int, count: int) -> list[str]:
        """Make training documents whose reviews do not say what they are."""
        return [without_sentiment(text) for text in super().texts(seed, count)]


def without_sentiment(text: str) -> str:
    """Take the lines away that name the sentiment of a review."""
    return re.sub(r"\nSentiment: \w+", "", text)


_MLM = recipes.PLANS["mlm"]
PLAN = Unlabeled(
    vocabulary=_MLM.vocabulary, context=_MLM.context, rows=_MLM.rows, width=_MLM.width,
    layers=_MLM.layers, heads=_MLM.heads, shares=_MLM.shares, recipe=_MLM.recipe, seed=_MLM.seed,
)  # fmt: skip


@torch.no_grad()
def filled_in(start: str, texts: Sequence[str], batch: int = 100) -> list[int]:
    """Classify reviews without a single label: by the likelier word for ``Sentiment: [MASK]``.

    Args:
        start: ``mlm`` or ``mlm-unlabeled``.
        texts: reviews.
        batch: reviews that are read together.

    Returns:
        The class of each, 0 or 1.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder_of(start))
    model = AutoModelForMaskedLM.from_pretrained(folder_of(start))
    words = [tokenizer(f" {label}", add_special_tokens=False)["input_ids"] for label in LABELS]
    predicted: list[int] = []
    for i in range(0, len(texts), batch):
        asked = [f"Review: {text}\nSentiment: [MASK]" for text in texts[i : i + batch]]
        ids = tokenizer(asked, padding=True, return_tensors="pt")
        logits = model(**ids).logits[ids["input_ids"] == tokenizer.mask_token_id]
        predicted += logits[:, [token_ids[0] for token_ids in words]].argmax(-1).tolist()
    return predicted


def classifier(start: str, seed: int) -> PreTrainedModel:
    """Load a masked model with a head for two classes, whose weights are random."""
    set_seed(seed)
    label_ids = {name: i for i, name in enumerate(LABELS)}
    config = AutoConfig.from_pretrained(
        folder_of(start), label2id=label_ids, id2label=dict(enumerate(LABELS))
    )
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    model: PreTrainedModel
    model, report = AutoModelForSequenceClassification.from_pretrained(
        folder_of(start), config=config, output_loading_info=True
    )
    logging.set_verbosity(verbosity)
    check_new(report["missing_keys"])
    return model


def tuned_cell(start: str, labels: int, rate: float, max_steps: int, seed: int) -> dict[str, float]:
    """Fine-tune a masked model as `lessons.fine_tuning.classifiers.tuned_cell` does, and measure it.

    Args:
        start: ``mlm`` or ``mlm-unlabeled``.
        labels: reviews to learn from; 0 for none, where the model fills in the sentiment.
        rate: peak of the learning rate.
        max_steps: steps of training.
        seed: number that fixes the reviews, the weights that are new, and the order.
    """
    datasets.disable_progress_bars()
    if not labels:
        data = labeled_reviews(2, seed)
        return {
            f"{part}_accuracy": float(
                np.mean(np.array(filled_in(start, data[part]["text"])) == data[part]["label"])
            )
            for part in ("validation", "test")
        }
    data = tokenized(labeled_reviews(labels, seed), AutoTokenizer.from_pretrained(folder_of(start)))
    with tempfile.TemporaryDirectory() as folder:
        trainer = make_trainer(
            classifier(start, seed), data, Path(folder), learning_rate=rate, seed=seed,
            max_steps=max_steps,
        )  # fmt: skip
        trainer.train()
        return measured(trainer, data)
