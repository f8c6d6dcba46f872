"""Two evaluations that look better than they are: a test that leaked, and a judge that minds the order.

Recorded for a lab of Lesson 5. The answers are those of the course's models.
"""

from collections.abc import Sequence

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from lessons.evaluation.bet_sums import (
    GROUPS,
    LEAKED,
    TEXTS,
    orders,
    sums_asked,
    training_texts,
)
from lessons.evaluation.differences_and_leaks import answered_at_once, train_further
from lessons.evaluation.judge import PairJudge, swapped, train_judge
from lessons.fine_tuning.instruction_tuning import as_user, load
from lessons.models.abilities import Solver
from lessons.reward_modeling.preferences import (
    END,
    ROOM,
    Annotator,
    Comparison,
    compare,
    requests,
    talker,
    write,
)
from lessons.storage import checkpoint


def bet_on_sums(groups: int = GROUPS, leaked: int = LEAKED, count: int = TEXTS) -> dict[str, float]:
    """Ask `base`, and `base` trained further on sums, for each sum of the test in three orders.

    Returns:
        ``old.N`` and ``new.N``, 1 where question N is answered rightly; three questions for each sum.
    """
    folder = checkpoint("base")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    solver = Solver(model, AutoTokenizer.from_pretrained(folder))
    asked = [terms for one in sums_asked(groups) for terms in orders(one)]
    old = answered_at_once(solver, asked)
    train_further(model, solver.tokenizer, training_texts(leaked, count=count, groups=groups))
    new = answered_at_once(solver, asked)
    return {f"old.{i}": float(hit) for i, hit in enumerate(old)} | {
        f"new.{i}": float(hit) for i, hit in enumerate(new)
    }


def bet_on_requests(learned: int = 300, asked: int = 600) -> dict[str, float]:
    """Let a judge, and two people, choose between sampled answers (old) and the likeliest (new).

    Args:
        learned: pairs of sampled answers, labeled by a third person, that the judge learns from.
        asked: held-out requests; a pair of two equal answers is left out.

    Returns:
        Of each pair, 1 where the new answer is chosen: ``last.N``, by the judge that reads it last;
        ``first.N``, by the judge that reads it first; ``one.N`` and ``two.N``, by the two people.
    """
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    writer, annotator = load(talker()), Annotator()
    pairs = compare(writer, requests(0, learned), 0)
    judge = train_judge(pairs, annotator.label(pairs, 0), 0)
    held_out = requests(0, asked, "held-out")
    prompts = [as_user(request.prompt) for request in held_out]
    sampled = (answer.removesuffix(END) for answer in write(writer, prompts, 1))
    likeliest = (f" {answer}" for answer in writer.answers(prompts, ROOM))
    both = zip(held_out, zip(sampled, likeliest, strict=True), strict=True)
    return votes(judge, [Comparison(one, two) for one, two in both if two[0] != two[1]])


def votes(judge: PairJudge, pairs: Sequence[Comparison]) -> dict[str, float]:
    """Say for each pair of an old and a new answer who chooses the new one; as `bet_on_requests`."""
    columns: dict[str, Sequence[float]] = {
        "last": [margin <= 0 for margin in judge.margins(pairs)],
        "first": [margin > 0 for margin in judge.margins(swapped(pairs))],
        "one": Annotator().label(pairs, 1),
        "two": Annotator().label(pairs, 2),
    }
    rows = range(len(pairs))
    return {f"{name}.{row}": float(column[row]) for name, column in columns.items() for row in rows}


def bet_cell(about: str) -> dict[str, float]:
    """Record one of the two: ``sums`` or ``requests``."""
    return bet_on_sums() if about == "sums" else bet_on_requests()
