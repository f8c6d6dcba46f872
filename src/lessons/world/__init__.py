"""A small world's language, made by rule: stories, reviews, sums, talks, and sentences with their French.

Every text of the course comes from here, so no text has an owner, a license or a download, and
everything about a text is known. The same seed gives the same documents on every machine.

What is held out never occurs in training: see `lessons.world.splits`.
"""

import random
from collections.abc import Mapping

from lessons.world.reviews import review_document
from lessons.world.sentences import translations
from lessons.world.splits import SPLITS
from lessons.world.stories import story_document
from lessons.world.sums import sum_document
from lessons.world.talk import fact_document, talk_document
from lessons.world.tasks import copy_document, task_document

MAKERS = {
    "story": story_document,
    "translation": translations,
    "review": review_document,
    "sum": sum_document,
    "task": task_document,
    "copy": copy_document,
    "talk": talk_document,
    "fact": fact_document,
}
SHARES = {
    "story": 0.24, "translation": 0.19, "review": 0.06, "sum": 0.15, "task": 0.25, "copy": 0.04,
    "talk": 0.04, "fact": 0.03,
}  # fmt: skip


def documents(
    seed: int, count: int, split: str = "train", shares: Mapping[str, float] | None = None
) -> list[str]:
    """Make documents of the world.

    Args:
        seed: number that chooses the documents; the same seed gives the same ones.
        count: number of them, at least one.
        split: ``train`` or ``held-out``; nothing that is held out is in both.
        shares: kind of document -> how often it is made, in any unit; ``SHARES`` if None.

    Returns:
        The texts, without a newline at the end.

    Raises:
        ValueError: a count below one, or a split or a kind that does not exist.
    """
    if count < 1:
        raise ValueError(f"count {count} must be at least 1")
    if split not in SPLITS:
        raise ValueError(f"no split {split!r}: take 'train' or 'held-out'")
    shares = SHARES if shares is None else shares
    if not shares or shares.keys() - MAKERS.keys():
        unknown = ", ".join(sorted(shares.keys() - MAKERS.keys())) or "none given"
        raise ValueError(
            f"no such kinds of documents ({unknown}): take some of {', '.join(MAKERS)}"
        )
    rng = random.Random(f"{split} {seed}")
    kinds, weights = tuple(shares), tuple(shares.values())
    return [MAKERS[rng.choices(kinds, weights)[0]](rng, split) for _ in range(count)]
