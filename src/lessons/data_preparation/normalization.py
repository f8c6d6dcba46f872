"""Normalization: what the usual recipe destroys, and the one place where it helps."""

import math
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence

from lessons.world.reviews import Review, review


# --8<-- [start:normalize_text]
def normalize_text(text: str) -> str:
    """Keep small English letters, digits and spaces: for bags of words only."""
    text = text.lower()
    return re.sub(r"[^a-zA-Z0-9\s]", "", text)


# --8<-- [end:normalize_text]


MOODS = ("negative", "positive")
# --8<-- [start:cuts]
CUTS: dict[str, Callable[[str], list[str]]] = {
    "raw": str.split,
    "normalized": lambda text: normalize_text(text).split(),
    "words and marks": lambda text: re.findall(r"\w+|[^\w\s]", text),
}
# --8<-- [end:cuts]


class BagOfWords:
    """Naive Bayes on which words a review has, in whatever order; words never seen say nothing."""

    def __init__(self, cut: Callable[[str], list[str]], reviews: Sequence[Review]) -> None:
        self.cut = cut
        self.counts = {mood: Counter[str]() for mood in MOODS}
        self.priors = Counter(labeled.sentiment for labeled in reviews)
        for labeled in reviews:
            self.counts[labeled.sentiment].update(set(cut(labeled.text)))

    def __call__(self, text: str) -> str:
        """Return the likelier sentiment."""
        return max(self.counts, key=lambda mood: self._score(mood, set(self.cut(text))))

    def _score(self, mood: str, words: set[str]) -> float:
        counts, total = self.counts[mood], self.priors[mood]
        known = sorted(
            word for word in words if any(texts_with[word] for texts_with in self.counts.values())
        )
        return math.log(total + 1) + sum(
            math.log((counts[word] + 1) / (total + 2)) for word in known
        )


def bag_accuracy(cut: str, labels: int, seed: int, tests: int = 1000) -> float:
    """Train on a few reviews, half of them positive; return the share of held-out ones it gets right.

    Args:
        cut: way in which texts become words, a key of ``CUTS``.
        labels: reviews to train on.
        seed: number that fixes all reviews.
        tests: held-out reviews.
    """
    rng = random.Random(f"bag {seed}")
    train = [review(rng, "train", MOODS[i % 2]) for i in range(labels)]
    classify = BagOfWords(CUTS[cut], train)
    held_out = [review(rng, "held-out") for _ in range(tests)]
    return sum(classify(labeled.text) == labeled.sentiment for labeled in held_out) / tests
