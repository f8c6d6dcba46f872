"""The report card: every model of the course on the same items, by one command."""

# --8<-- [start:imports]
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from math import log
from typing import cast

import datasets
from transformers import GPT2LMHeadModel, PreTrainedModel
from transformers.utils import logging

from lessons import world
from lessons.fine_tuning.instruction_tuning import as_user, instruct, load
from lessons.intervals import Score, bootstrap, clustered, mean, share
from lessons.models.abilities import Solver, summaries, translation
from lessons.quantization.by_hand import file_bytes, int8
from lessons.reward_modeling.preference_optimization import preferred
from lessons.reward_modeling.preferences import guideline_quality, requests, right, talker, write
from lessons.storage import checkpoint
from lessons.world import sums
from lessons.world.guidelines import is_good
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
    nats = [-log_probability for log_probability in solver.log_probabilities(first, rest)]
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
    return {"sum5_steps": clustered(hits, [str(sorted(terms)) for terms in drawn])}


def told(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Follow held-out instructions of all kinds, greedily.

    Items are one where the same fact is asked for, an opposite, a plural or a sum, in whatever words; all
    others where the model reads the same text.
    """
    asked = instructions(seed, n, "held-out")
    answers = solver.answers([as_user(request.prompt) for request in asked], room=80)
    hits, groups = defaultdict(list), defaultdict(list)
    for request, answer in zip(asked, answers, strict=True):
        good = right(request, answer) if request.kind == "request" else is_good(request, answer)
        told_as_fact = request.kind in ("opposite", "plural", "add")  # the same one in other words
        fact = f"{request.kind} {request.truth}" if told_as_fact else as_user(request.prompt)
        for kind in (request.kind, "all"):
            hits[kind].append(good)
            groups[kind].append(fact)
    return {f"told_{kind}": clustered(hits[kind], groups[kind]) for kind in sorted(hits)}


def requested(solver: Solver, n: int, seed: int) -> dict[str, Score]:
    """Answer different held-out requests by chance, at temperature 1, and judge the answers twice.

    Returns:
        ``request_right``, the share of right answers; beside it what the guidelines say of the same
        answers: ``request_good``, the share that passes all, and ``request_quality``, their mean.
    """
    asked = requests(seed, n, "held-out")
    answers = write(solver, [as_user(request.prompt) for request in asked], seed)
    both = list(zip(asked, answers, strict=True))
    values = [guideline_quality(request, answer) for request, answer in both]
    return {
        "request_right": share([right(request, answer) for request, answer in both]),
        "request_good": share([value == 1 for value in values]),
        "request_quality": mean(values),
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
    values = {f"{k}.{part}": v for k, score in scores.items() for part, v in asdict(score).items()}
    return values | {"megabytes.value": megabytes(solver.model)}


def megabytes(model: PreTrainedModel) -> float:
    """Return the size of a model's file in millions of bytes."""
    return file_bytes(model) / 1e6


# --8<-- [end:cell]
