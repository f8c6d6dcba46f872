"""Fine-tuning: a pre-trained model learns a task from labeled texts, with the Trainer of transformers."""

# --8<-- [start:imports]
import math
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import datasets
import numpy as np
from datasets import Dataset, DatasetDict
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertForSequenceClassification,
    EvalPrediction,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainingArguments,
    set_seed,
)
from transformers.utils import logging

from lessons.storage import checkpoint
from lessons.world.reviews import review

LABELS = ("negative", "positive")
# --8<-- [end:imports]


# --8<-- [start:data]
def labeled_reviews(labels: int, seed: int = 0, wrong: float = 0.0) -> DatasetDict:
    """Make reviews with labels: to learn from, to choose by, and to report on.

    No text occurs twice. In each part half of the reviews are positive.

    Args:
        labels: number of reviews to learn from.
        seed: choice of those; the 300 to choose by and the 1,000 to report on are always the same.
        wrong: share of the labels to learn from that are the other way round.

    Returns:
        ``train``, ``validation`` and ``test``, each with ``text`` and ``label`` (1: positive). The
        last two are made of sentences that ``train`` cannot contain.

    Raises:
        ValueError: fewer than two labels, or a share that is none.
    """
    if labels < 2 or not 0 <= wrong <= 1:
        raise ValueError(f"{labels} labels, {wrong} of them wrong: need 2 or more, and 0 to 1")
    parts = {
        "train": (f"train {seed}", labels),
        "validation": ("validation", 300),
        "test": ("test", 1000),
    }
    seen: set[str] = set()
    splits = {}
    for part, (name, count) in parts.items():
        rng, texts = random.Random(name), list[str]()
        while len(texts) < count:
            mood = LABELS[len(texts) % 2]
            text = review(rng, "train" if part == "train" else "held-out", mood).text
            if text not in seen:
                seen.add(text)
                texts.append(text)
        splits[part] = Dataset.from_dict({"text": texts, "label": [i % 2 for i in range(count)]})
    flip = {*random.Random(f"wrong {seed}").sample(range(labels), round(wrong * labels))}
    truth = splits["train"]["label"]
    given = [1 - label if i in flip else label for i, label in enumerate(truth)]
    splits["train"] = Dataset.from_dict({"text": splits["train"]["text"], "label": given})
    return DatasetDict(splits)


def tokenized(data: DatasetDict, tokenizer: PreTrainedTokenizerBase) -> DatasetDict:
    """Add the ids of each text, without padding: the batch is the place for that."""
    return data.map(
        lambda rows: tokenizer(rows["text"], truncation=True),
        batched=True,
        load_from_cache_file=False,
    )


# --8<-- [end:data]


NEW = ("bert.pooler.", "classifier.")  # what a classifier has and the masked model has not


def classifier(start: str = "mlm", seed: int = 0) -> PreTrainedModel:
    """Load the course's BERT with a head for two classes, whose weights are random.

    transformers logs a warning that lists all weights it had to draw. Here that list is compared with
    the one that is expected, so the warning has nothing left to say.

    Args:
        start: ``mlm``, the shipped model, or ``scratch``, the same network with random weights.
        seed: number that fixes all weights that are new.

    Raises:
        ValueError: another start, or other weights were missing than those of the head.
    """
    if start not in ("mlm", "scratch"):
        raise ValueError(f"no start {start!r}: take 'mlm' or 'scratch'")
    set_seed(seed)
    folder, label_ids = checkpoint("mlm"), {name: i for i, name in enumerate(LABELS)}
    config = AutoConfig.from_pretrained(
        folder, label2id=label_ids, id2label=dict(enumerate(LABELS))
    )
    if start == "scratch":
        return BertForSequenceClassification(config)
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    model: PreTrainedModel
    model, report = AutoModelForSequenceClassification.from_pretrained(
        folder, config=config, output_loading_info=True
    )
    logging.set_verbosity(verbosity)
    check_new(report["missing_keys"])
    return model


def check_new(missing: Sequence[str]) -> None:
    """Accept weights of the head as missing, and no others.

    Raises:
        ValueError: the body lacks weights, so the file does not fit the network.
    """
    if lost := sorted(name for name in missing if not name.startswith(NEW)):
        raise ValueError(f"the file lacks weights of the body: {', '.join(lost)}")


# --8<-- [start:accuracy]
def accuracy(prediction: EvalPrediction) -> dict[str, float]:
    """Return the share of texts whose likelier class is the true one."""
    predicted = np.argmax(prediction.predictions, axis=-1)  # (texts, classes) -> (texts,)
    return {"accuracy": float(np.mean(predicted == prediction.label_ids))}


# --8<-- [end:accuracy]


def make_trainer(
    model: PreTrainedModel, data: DatasetDict, folder: Path | str, **settings: Any
) -> Trainer:
    """Set up a Trainer as on the page: batches of 16, a tenth of the steps for warm-up.

    Args:
        model: classifier that training changes.
        data: tokenized; learns from ``train``, is evaluated on ``validation``.
        folder: place of checkpoints; none is saved unless a setting says so.
        settings: fields of ``TrainingArguments``, in addition or instead.
    """
    fixed: dict[str, Any] = {
        "per_device_train_batch_size": 16,
        "per_device_eval_batch_size": 100,
        "warmup_steps": 0.1,
        "weight_decay": 0.01,
        "save_strategy": "no",
        "use_cpu": True,
        "dataloader_pin_memory": False,
        "disable_tqdm": True,
    }
    trainer = Trainer(
        model=model,
        args=TrainingArguments(output_dir=str(folder), **{**fixed, **settings}),
        train_dataset=data["train"],
        eval_dataset=data["validation"],
        processing_class=AutoTokenizer.from_pretrained(checkpoint("mlm")),
        compute_metrics=accuracy,
    )
    trainer.remove_callback(PrinterCallback)  # prints each entry of the log, which is kept anyway
    return trainer


def word_classifier(texts: Sequence[str], labels: Sequence[int]) -> Callable[[str], int]:
    """Count words: the baseline that a network has to beat (naive Bayes, one added to each count).

    Args:
        texts: examples to learn from.
        labels: class of each text, 0 or 1.

    Returns:
        A function that classifies a text, by how much more frequent its words are in one class.
    """
    counts = [Counter[str](), Counter[str]()]
    for text, label in zip(texts, labels, strict=True):
        counts[label].update(re.findall(r"\w+", text.lower()))
    size = [count.total() + len(counts[0] | counts[1]) for count in counts]

    def classify(text: str) -> int:
        words = re.findall(r"\w+", text.lower())
        scores = [
            sum(math.log((words_of_class[w] + 1) / n) for w in words)
            for words_of_class, n in zip(counts, size, strict=True)
        ]
        return int(scores[1] > scores[0])

    return classify


def measured(trainer: Trainer, data: DatasetDict) -> dict[str, float]:
    """Return loss and accuracy on the part to choose by, and on the part to report on."""
    values: dict[str, float] = {}
    for part in ("validation", "test"):
        scores = trainer.evaluate(data[part])
        values |= {f"{part}_{name}": scores[f"eval_{name}"] for name in ("loss", "accuracy")}
    return values


def tuned_cell(
    start: str, labels: int, rate: float, seed: int, **settings: Any
) -> dict[str, float]:
    """Fine-tune one classifier and measure it.

    Args:
        start: ``mlm`` or ``scratch``; or ``words``, the baseline, which has no rate and no steps.
        labels: reviews to learn from.
        rate: peak of the learning rate.
        seed: number that fixes the reviews, the weights that are new, and the order.
        settings: fields of ``TrainingArguments``: ``max_steps`` or ``num_train_epochs``, ``warmup_steps``.
    """
    datasets.disable_progress_bars()
    data = labeled_reviews(labels, seed)
    if start == "words":
        classify = word_classifier(data["train"]["text"], data["train"]["label"])
        return {
            f"{part}_accuracy": float(
                np.mean([classify(r["text"]) == r["label"] for r in data[part]])
            )
            for part in ("validation", "test")
        }
    data = tokenized(data, AutoTokenizer.from_pretrained(checkpoint("mlm")))
    with tempfile.TemporaryDirectory() as folder:
        trainer = make_trainer(
            classifier(start, seed), data, folder, learning_rate=rate, seed=seed, **settings
        )
        trainer.train()
        return measured(trainer, data)


def curve_cell(labels: int, wrong: float, rate: float, epochs: int, seed: int) -> dict[str, float]:
    """Fine-tune on labels of which some are wrong; look after each epoch.

    Returns:
        ``train_loss.1``, ``validation_loss.1``, ``validation_accuracy.1``, ``….2`` and so on. The first
        is the mean of the losses *during* that epoch.
    """
    datasets.disable_progress_bars()
    data = tokenized(
        labeled_reviews(labels, seed, wrong), AutoTokenizer.from_pretrained(checkpoint("mlm"))
    )
    names = {
        "loss": "train_loss",
        "eval_loss": "validation_loss",
        "eval_accuracy": "validation_accuracy",
    }
    with tempfile.TemporaryDirectory() as folder:
        trainer = make_trainer(
            classifier("mlm", seed), data, folder, learning_rate=rate, seed=seed,
            num_train_epochs=epochs, eval_strategy="epoch", logging_strategy="epoch",
        )  # fmt: skip
        trainer.train()
    return {
        f"{name}.{round(entry['epoch'])}": entry[key]
        for entry in trainer.state.log_history
        for key, name in names.items()
        if key in entry
    }
