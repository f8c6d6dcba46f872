"""How many labels save what when the texts, the labels and the pre-trained network are real.

Sentences on movies that people rated, and all-MiniLM-L6-v2, a small BERT that learned from a billion pairs
of texts which belong together.
"""

import copy
import random
import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import datasets
import torch
from datasets import Dataset, DatasetDict
from transformers import (
    BertForSequenceClassification,
    DataCollatorWithPadding,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    set_seed,
)

from lessons.fine_tuning.classifiers import make_trainer, measured, tokenized
from lessons.real_models.loading import embed, encoder
from lessons.real_models.texts import Rated, ratings

WORDS = (5, 15)  # the shortest and the longest sentence: longer ones take longer to train on
ANCHORS = ("This movie is bad. I hated it.", "This movie is good. I loved it.")
ASKED = 300  # sentences to choose by, and as many to report on


def sentences(rated: Sequence[Rated], labels: int, seed: int, asked: int = ASKED) -> DatasetDict:
    """Part rated sentences into those to learn from, to choose by, and to report on.

    Taken are those that people on average rate as clearly good or bad, by a point or more. In each part
    half of them are good, and no text occurs twice.

    Args:
        rated: all sentences, with their ratings.
        labels: sentences to learn from; of two counts, the larger holds the smaller.
        seed: choice of those; the others are always the same.
        asked: sentences to choose by, and as many to report on.

    Returns:
        ``train``, ``validation`` and ``test``, each with ``text`` and ``label`` (1: good). The last two are
        sorted by length, so that little has to be filled up.

    Raises:
        ValueError: there are too few sentences.
    """
    unique = {one.text: one for one in rated if WORDS[0] <= len(one.text.split()) <= WORDS[1]}
    rng, kinds = random.Random("movies"), list[list[str]]()
    for sign in (-1, 1):
        texts = [text for text, one in unique.items() if sign * one.mean >= 1]
        if len(texts) < asked + labels // 2:
            raise ValueError(f"{len(texts)} sentences of a kind: need {asked + labels // 2}")
        rng.shuffle(texts)
        pool = texts[asked:]
        random.Random(f"train {seed}").shuffle(pool)
        kinds.append(texts[:asked] + pool[: labels // 2])
    half = asked // 2
    cuts = {"train": slice(asked, None), "validation": slice(half), "test": slice(half, asked)}
    parts = {}
    for part, cut in cuts.items():
        rows = [(text, label) for label in (0, 1) for text in kinds[label][cut]]
        if part != "train":
            rows.sort(key=lambda row: len(row[0]))
        parts[part] = Dataset.from_dict(
            {"text": [text for text, _ in rows], "label": [label for _, label in rows]}
        )
    return DatasetDict(parts)


def logistic(known: torch.Tensor, labels: Sequence[int], pull: float) -> torch.Tensor:
    """Fit a logistic regression of two classes.

    Args:
        known: what is known of each text, shape (texts, features).
        labels: class of each, 0 or 1.
        pull: pull of its weights toward zero: half of it times the sum of their squares is added
            to the sum of the losses.

    Returns:
        A weight for each feature, and last the constant; positive sums speak for class 1.
    """
    x = torch.cat([known, torch.ones(len(known), 1)], dim=1).double()
    y = torch.tensor(labels, dtype=torch.float64)
    weights = torch.zeros(x.shape[1], dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        misfit = torch.nn.functional.binary_cross_entropy_with_logits(
            x @ weights, y, reduction="sum"
        )
        total = misfit + pull / 2 * (weights[:-1] ** 2).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    search.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach()


def counted(texts: Sequence[str], words: Sequence[str]) -> torch.Tensor:
    """Count words in texts, shape (texts, words)."""
    place = {word: i for i, word in enumerate(words)}
    table = torch.zeros(len(texts), len(words))
    for row, text in zip(table, texts, strict=True):
        for word in re.findall(r"\w+", text.lower()):
            if word in place:
                row[place[word]] += 1
    return table


def shares(scores: dict[str, torch.Tensor], data: DatasetDict) -> dict[str, float]:
    """Return the share of texts whose score is positive where they are good, of each part that is asked."""
    return {
        f"{part}_accuracy": ((score > 0) == torch.tensor(data[part]["label"]).bool())
        .double()
        .mean()
        .item()
        for part, score in scores.items()
    }


def fitted(features: dict[str, torch.Tensor], data: DatasetDict, pull: float) -> dict[str, float]:
    """Fit a logistic regression on ``train`` and measure it on the other parts."""
    weights = logistic(features["train"], data["train"]["label"], pull)
    asked = {part: table.double() for part, table in features.items() if part != "train"}
    return shares({part: x @ weights[:-1] + weights[-1] for part, x in asked.items()}, data)


def classifier(body: PreTrainedModel, start: str, seed: int) -> PreTrainedModel:
    """Put a new head for two classes on a BERT, or on its network with random weights.

    Args:
        body: BERT, which stays as it is.
        start: ``all``, its own weights, or ``scratch``, random ones.
        seed: number that fixes all weights that are new.
    """
    set_seed(seed)
    config = copy.deepcopy(body.config)
    config.num_labels = 2
    model = BertForSequenceClassification(config)  # type: ignore[arg-type]
    if start == "all":
        model.bert.load_state_dict(body.state_dict())
    return model


def tuned(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, data: DatasetDict, rate: float,
    steps: int, seed: int,
) -> dict[str, float]:  # fmt: skip
    """Train all weights of a classifier as the page does, and measure it.

    Args:
        model: classifier that is changed.
        tokenizer: the model's own.
        data: parts with ``text`` and ``label``.
        rate: peak of the learning rate.
        steps: of 16 sentences.
        seed: number that fixes the order.
    """
    ready = tokenized(data, tokenizer)
    with tempfile.TemporaryDirectory() as folder:
        trainer = make_trainer(
            model, ready, Path(folder), learning_rate=rate, seed=seed, max_steps=steps
        )
        trainer.data_collator = DataCollatorWithPadding(tokenizer)
        trainer.train()
        return measured(trainer, ready)


def vectors(
    body: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str],
    known: dict[str, torch.Tensor],
) -> torch.Tensor:  # fmt: skip
    """Embed texts, each only once.

    Args:
        body: model that is asked.
        tokenizer: the model's own.
        texts: any.
        known: text -> vector of length one, shape (width,); new ones are added.

    Returns:
        A row for each text, shape (texts, width).
    """
    if new := sorted({*texts} - known.keys()):
        known |= zip(new, embed(body, tokenizer, new), strict=True)
    return torch.stack([known[text] for text in texts])


@cache
def _kept() -> dict[str, torch.Tensor]:
    return {}


def compared(
    way: str, body: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, data: DatasetDict,
    known: dict[str, torch.Tensor], pull: float = 0.0,
) -> dict[str, float]:  # fmt: skip
    """Classify without training a network.

    Args:
        way: ``words``, a logistic regression on the counts of words; ``vectors``, one on the vectors of the
            frozen model; ``sentences``, the nearer of two sentences, without any label.
        body: model that gives the vectors.
        tokenizer: the model's own.
        data: parts with ``text`` and ``label``.
        known: vectors that are there already.
        pull: toward zero, of the regression's weights.
    """
    parts = ("validation", "test") if way == "sentences" else ("train", "validation", "test")
    asked = {part: data[part]["text"] for part in parts}
    if way == "words":
        words = sorted(
            {word for text in asked["train"] for word in re.findall(r"\w+", text.lower())}
        )
        return fitted({part: counted(texts, words) for part, texts in asked.items()}, data, pull)
    placed = {part: vectors(body, tokenizer, texts, known) for part, texts in asked.items()}
    if way == "vectors":
        return fitted(placed, data, pull)
    bad, good = vectors(body, tokenizer, ANCHORS, known)
    return shares({part: x @ (good - bad) for part, x in placed.items()}, data)


def labels_cell(
    way: str, labels: int, seed: int, pull: float = 0.0, rate: float = 0.0, steps: int = 0
) -> dict[str, float]:
    """Learn from rated sentences in one of five ways, and measure it.

    Args:
        way: ``words``, ``vectors`` or ``sentences``, as `compared` has them; ``all``, where all of the
            network is trained; ``scratch``, the same from random weights.
        labels: sentences to learn from.
        seed: number that fixes these, the weights that are new, and the order.
        pull: toward zero, of a regression's weights.
        rate: peak of a network's learning rate.
        steps: a network's, of 16 sentences.
    """
    datasets.disable_progress_bars()
    data = sentences(ratings("movies"), labels, seed)
    body, tokenizer = encoder("minilm")
    if way in ("all", "scratch"):
        return tuned(classifier(body, way, seed), tokenizer, data, rate, steps, seed)
    return compared(way, body, tokenizer, data, _kept(), pull)
