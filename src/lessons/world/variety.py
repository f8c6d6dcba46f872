"""How varied texts are: what repeats, how many words there are, and how surprising they are.

``python -m lessons.world.variety`` prints the numbers of each kind of document of the world.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from lessons import world

WORD = re.compile(r"[\w'’-]+")
BREAK = re.compile(r"\n+|(?<=[.!?])\s+")
COLUMNS = (
    "documents", "distinct_documents", "repeats", "distinct_sentences", "words", "vocabulary",
    "word_entropy", "bigram_entropy",
)  # fmt: skip


def variety(texts: Sequence[str]) -> dict[str, float]:
    """Measure how varied some texts are.

    The entropies are those of the counts themselves, so a small sample cannot show the entropy of
    many pairs: compare samples of the same number of words.

    Args:
        texts: documents, at least one.

    Returns:
        ``documents``, ``distinct_documents``; ``repeats``, the share of documents that stand there
        already; ``distinct_sentences`` (and lines); ``words``; ``vocabulary``, distinct words in small
        letters; ``word_entropy`` and ``bigram_entropy``, of words and of pairs of neighbors, in bits.

    Raises:
        ValueError: no text at all.
    """
    if not texts:
        raise ValueError("need at least one text to measure variety")
    documents = [[word.lower() for word in WORD.findall(text)] for text in texts]
    words = Counter(word for document in documents for word in document)
    pairs = Counter(pair for document in documents for pair in pairwise(document))
    return {
        "documents": len(texts),
        "distinct_documents": len(set(texts)),
        "repeats": 1 - len(set(texts)) / len(texts),
        "distinct_sentences": len({part for text in texts for part in sentences(text)}),
        "words": words.total(),
        "vocabulary": len(words),
        "word_entropy": entropy(words.values()),
        "bigram_entropy": entropy(pairs.values()),
    }


def sentences(text: str) -> list[str]:
    """Cut a text into sentences and lines."""
    return [part.strip() for part in BREAK.split(text) if part.strip()]


def entropy(counts: Iterable[int]) -> float:
    """Give the entropy of counts in bits; 0 for none."""
    numbers = list(counts)
    total = sum(numbers)
    return sum(count / total * math.log2(total / count) for count in numbers)


def table(count: int, split: str = "train", seed: int = 0) -> str:
    """Write the variety of ``count`` documents of each kind, and of all kinds together, as a table."""
    mixed = {"all": world.documents(seed, count, split)}
    kinds = {kind: world.documents(seed, count, split, {kind: 1}) for kind in world.SHARES}
    lines = ["  ".join(["kind".ljust(11), *COLUMNS])]
    for kind, texts in (mixed | kinds).items():
        figures = variety(texts)
        cells = (
            f"{figures[column]:{len(column)}.{0 if figures[column] == int(figures[column]) else 3}f}"
            for column in COLUMNS
        )
        lines.append("  ".join([kind.ljust(11), *cells]))
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(5000))
