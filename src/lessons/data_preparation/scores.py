"""How good a step is: what it found, against the truth about what was there."""

from collections.abc import Sequence
from dataclasses import dataclass

from lessons.data_preparation.pipeline import Outcome
from lessons.world.dirty import Truth


@dataclass(frozen=True)
class Found:
    """What a step found.

    Attributes:
        there: records that have the dirt the step is for, among those that reach it.
        found: records that it changed or dropped.
        right: records that are both.
    """

    there: int
    found: int
    right: int


def has(truth: Truth, step: str) -> bool:
    """Say whether a record has the dirt that a step is for."""
    if step == "copies":
        return not {"exact duplicate", "near duplicate"}.isdisjoint(truth.dirt)
    if step == "boilerplate":  # some copies have a menu, too
        return step in truth.dirt or not {"header", "footer"}.isdisjoint(truth.how)
    return step in truth.dirt


def score(
    step: str, order: Sequence[str], outcomes: Sequence[Outcome], truths: Sequence[Truth]
) -> Found:
    """Count what a step found among the records that reached it.

    Args:
        step: name of a step of the pipeline.
        order: the names of all steps.
        outcomes: results of the pipeline, one of each record.
        truths: facts that are known of each record.
    """
    before = order[: order.index(step)]
    there = found = right = 0
    for outcome, truth in zip(outcomes, truths, strict=True):
        dropped = outcome.dropped[0] if outcome.dropped else None
        if dropped in before:
            continue
        is_there, is_found = has(truth, step), step in (*outcome.changed, dropped)
        there += is_there
        found += is_found
        right += is_there and is_found
    return Found(there, found, right)
