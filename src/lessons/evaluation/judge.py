"""A model as judge: it reads a request with two answers and says which one is better."""

# --8<-- [start:imports]
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import datasets
import torch
from datasets import Dataset, DatasetDict
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from lessons.fine_tuning.classifiers import classifier, make_trainer, tokenized
from lessons.fine_tuning.instruction_tuning import as_user, load
from lessons.reward_modeling.preferences import (
    END,
    Annotator,
    Comparison,
    agreement,
    compare,
    requests,
    right,
    talker,
)
from lessons.storage import checkpoint

# --8<-- [end:imports]


# --8<-- [start:judge]
def as_text(pair: Comparison) -> str:
    """Write a request with its two answers as the one text that a judge reads."""
    asked = as_user(pair.asked.prompt).removeprefix("User: ").removesuffix("\nAssistant:")
    first, second = (answer.removesuffix(END).strip() for answer in pair.answers)
    return f"{asked} [SEP] {first} [SEP] {second}"


def swapped(pairs: Sequence[Comparison]) -> list[Comparison]:
    """Let the two answers of each pair change places."""
    return [replace(pair, answers=pair.answers[::-1]) for pair in pairs]


@dataclass(frozen=True)
class PairJudge:
    """A classifier that reads two answers; class 0: the first is better, 1: the second is."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase

    @torch.no_grad()
    def margins(self, pairs: Sequence[Comparison], batch: int = 100) -> list[float]:
        """Return how much more the judge is for the first answer of each pair, in nats.

        It is the logarithm of the odds, above 0 where the first answer wins.
        """
        margins: list[float] = []
        for start in range(0, len(pairs), batch):
            texts = [as_text(pair) for pair in pairs[start : start + batch]]
            encoded = self.tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
            logits = self.model(**encoded).logits  # (pairs, 2)
            margins += (logits[:, 0] - logits[:, 1]).tolist()
        return margins


def train_judge(
    pairs: Sequence[Comparison],
    labels: Sequence[int],
    seed: int,
    learning_rate: float = 2e-4,
    epochs: int = 3,
) -> PairJudge:
    """Fine-tune `mlm` on comparisons, each in the order in which its answers came.

    Args:
        pairs: answers that were compared.
        labels: position of the preferred answer in each pair, 0 or 1.
        seed: number that fixes the new weights and the order of the training.
        learning_rate: peak behind the warm-up, as on the page on fine-tuning.
        epochs: number of times that each pair is read.
    """
    datasets.disable_progress_bars()
    tokenizer = AutoTokenizer.from_pretrained(checkpoint("mlm"))
    part = Dataset.from_dict({"text": [as_text(pair) for pair in pairs], "label": list(labels)})
    data = tokenized(DatasetDict(train=part, validation=part), tokenizer)
    model = classifier("mlm", seed)
    with tempfile.TemporaryDirectory() as folder:
        make_trainer(
            model, data, folder, learning_rate=learning_rate, seed=seed, num_train_epochs=epochs
        ).train()
    model.eval()  # type: ignore[no-untyped-call]
    return PairJudge(model, tokenizer)


# --8<-- [end:judge]


# --8<-- [start:measure]
def truth(pair: Comparison) -> tuple[bool, bool]:
    """Say of each answer of a pair whether it is right, exactly."""
    first, second = (right(pair.asked, answer) for answer in pair.answers)
    return first, second


def words(answer: str) -> int:
    """Count the words of an answer."""
    return len(answer.removesuffix(END).split())


def verdicts(
    pairs: Sequence[Comparison],
    margins: tuple[Sequence[float], Sequence[float]],
    labels: tuple[Sequence[int], Sequence[int]],
) -> dict[str, float]:
    """Count how a judge decides, beside two annotators.

    Args:
        pairs: comparisons of two different answers.
        margins: the judge's for the first answer over the second, in two orders: as the pairs are, and
            with the answers in each other's place (where they are those of the answer read first).
        labels: those of two annotators, position of the preferred answer.

    Returns:
        Shares. Of all pairs: ``turned``, whose verdict changes with the order; ``first``, verdicts for
        the answer that is read first; ``with_annotator`` and ``between_annotators``, agreement. Of pairs
        with exactly one right answer: ``right``, single verdicts for that one; ``right_turned``, where
        the order changes it; ``right_both``, where the margins of both orders together decide;
        ``annotator``, the first annotator's. Of pairs with two right answers of different length:
        ``longer``, single verdicts for the longer one; ``longer_both``, for it in both orders;
        ``longer_annotator``. And the numbers ``pairs``, ``one_right`` and ``both_right``.
    """
    ahead, behind = margins
    # for the pair's first answer: in the order as it is, and in the other
    wins = [(a > 0, b <= 0) for a, b in zip(ahead, behind, strict=True)]
    together = [a - b > 0 for a, b in zip(ahead, behind, strict=True)]
    first = [label == 0 for label in labels[0]]
    one_right = [i for i, pair in enumerate(pairs) if sum(truth(pair)) == 1]
    better = {i: truth(pairs[i])[0] for i in one_right}
    lengths = [tuple(words(answer) for answer in pair.answers) for pair in pairs]
    level = [
        i for i, pair in enumerate(pairs) if all(truth(pair)) and lengths[i][0] != lengths[i][1]
    ]
    longer = {i: lengths[i][0] > lengths[i][1] for i in level}
    turned = [a != b for a, b in wins]
    return {
        "turned": fmean(turned),
        "first": fmean(margin > 0 for margin in [*ahead, *behind]),
        "with_annotator": fmean(
            win == label for both, label in zip(wins, first, strict=True) for win in both
        ),
        "between_annotators": agreement(*labels),
        "right": fmean(win == better[i] for i in one_right for win in wins[i]),
        "right_turned": fmean(turned[i] for i in one_right),
        "right_both": fmean(together[i] == better[i] for i in one_right),
        "annotator": fmean(first[i] == better[i] for i in one_right),
        "longer": fmean(win == longer[i] for i in level for win in wins[i]),
        "longer_both": fmean(wins[i] == (longer[i],) * 2 for i in level),
        "longer_annotator": fmean(first[i] == longer[i] for i in level),
        "pairs": len(pairs),
        "one_right": len(one_right),
        "both_right": len(level),
    }


# --8<-- [end:measure]


# --8<-- [start:judge_cell]
def judge_cell(train: int, held_out: int, seed: int) -> dict[str, float]:
    """Train a judge on the labels of one annotator, and measure it on held-out pairs.

    Args:
        train: requests to learn from, each with two answers of `talker`.
        held_out: different requests to test on; a pair of two equal answers is left out.
        seed: number that fixes requests, answers, labels, new weights and order.

    Returns:
        What `verdicts` returns, of annotators who did not label the training pairs.
    """
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    writer, annotator = load(talker()), Annotator()
    learned = compare(writer, requests(seed, train), seed)
    judge = train_judge(learned, annotator.label(learned, 10 * seed), seed)
    compared = compare(writer, requests(3_000_000 + seed, held_out, "held-out"), seed)
    pairs = [pair for pair in compared if pair.answers[0] != pair.answers[1]]
    margins = (judge.margins(pairs), judge.margins(swapped(pairs)))
    labels = (annotator.label(pairs, 10 * seed + 1), annotator.label(pairs, 10 * seed + 2))
    return verdicts(pairs, margins, labels)


# --8<-- [end:judge_cell]
