"""The report card: every model of the course on the same items, by one command."""

# --8<-- [start:imports]
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from math import log
from typing import cast

import datasets
from transformers import GPT2LMHeadModel, PreTrainedModel
from transformers.utils import logging

from lessons import world
from lessons.abilities import Score, Solver, bootstrap, mean, share, summaries, translation
from lessons.instruction_tuning import as_user, follow, instruct, load
from lessons.preference_optimization import preferred
from lessons.preferences import requests, talker, true_quality, write
from lessons.quantization import file_bytes, int8
from lessons.storage import checkpoint
from lessons.world import sums
from lessons.world.instructions import instructions

# --8<-- [end:imports]


# --8<-- [start:models]
FOLDERS = {
    "base": lambda: checkpoint("base"),
    "instruct": instruct,
    "talker": talker,
    "preferred": preferred,
}


def find(name: str) -> Solver:
    """Load a model of the course; ``base int8`` is `base` with its blocks in eight bits.

    Raises:
        ValueError: a model that the course does not have.
    """
    full, _, kind = name.partition(" ")
    if full not in FOLDERS or kind not in ("", "int8"):
        raise ValueError(f"no model {name!r}: take one of {', '.join(FOLDERS)}, or add ' int8'")
    datasets.disable_progress_bars()  # a model that is not there yet is trained
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    solver = load(FOLDERS[full]())
    return replace(solver, model=int8(cast("GPT2LMHeadModel", solver.model))) if kind else solver


# --8<-- [end:models]


# --8<-- [start:measures]
def text_bits(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Score held-out documents, each by itself, in bits per byte; the first token is not scored."""
    texts = world.documents(seed, n, "held-out")
    first = [str(solver.tokenizer.decode(solver.tokenizer(text)["input_ids"][0])) for text in texts]
    rest = [text.removeprefix(begin) for text, begin in zip(texts, first, strict=True)]
    nats = [-one for one in solver.log_probabilities(first, rest)]
    sizes = [len(text.encode()) for text in rest]

    def bits(rows: Sequence[int]) -> float:
        return sum(nats[row] for row in rows) / log(2) / sum(sizes[row] for row in rows)

    return {"bits_per_byte": Score(bits(range(n)), *bootstrap(bits, n), n, n)}


def sum_steps(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Add five numbers step by step; the sums are held out."""
    rng = random.Random(f"report {seed}")
    drawn = [sums.terms(rng, "held-out", 5) for _ in range(n)]
    answers = solver.answers([sums.sum_prompt(terms, steps=True) for terms in drawn], room=80)
    hits = [a.endswith(f" {sum(terms)}.") for a, terms in zip(answers, drawn, strict=True)]
    return {"sum5_steps": share(hits)}


def told(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Follow held-out instructions of all kinds, greedily."""
    scores = follow(solver, instructions(seed, n, "held-out"))
    return {f"told_{kind}": score for kind, score in scores.items()}


def requested(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Answer held-out requests by chance, at temperature 1: without a fault, and how good on average."""
    asked = requests(seed, n, "held-out")
    answers = write(solver, [as_user(one.prompt) for one in asked], seed)
    values = [true_quality(one, answer) for one, answer in zip(asked, answers, strict=True)]
    topics = [one.prompt for one in asked]  # a request may come again
    return {
        "request_good": mean([value == 1 for value in values], topics),
        "request_quality": mean(values, topics),
    }


MEASURES: tuple[Callable[[Solver, int, int], dict[str, Score]], ...] = (
    text_bits, translation, summaries, sum_steps, told, requested,
)  # fmt: skip
# --8<-- [end:measures]


# --8<-- [start:cell]
def report_cell(model: str, n: int, seed: int) -> dict[str, float]:
    """Measure all of it for one model: a column of the report card.

    Returns:
        ``translation_bleu.value``, ``.low``, ``.high``, ``.n``, ``.groups`` and so on; and ``megabytes``
        of the file that the weights make.
    """
    solver = find(model)
    scores: dict[str, Score] = {}
    for measure in MEASURES:
        scores |= measure(solver, n, seed)
    found = {f"{k}.{part}": v for k, score in scores.items() for part, v in asdict(score).items()}
    return found | {"megabytes.value": megabytes(solver.model)}


def megabytes(model: PreTrainedModel) -> float:
    """Return the size of a model's file in millions of bytes."""
    return file_bytes(model) / 1e6


# --8<-- [end:cell]
