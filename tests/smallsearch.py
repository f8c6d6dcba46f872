"""A search over three passages, with vectors that a stand-in makes: what tests of its application share."""

import numpy as np

from lessons.search.asking import Desk
from lessons.search.index import Index
from lessons.search.passages import Passage
from lessons.search.ranking import Words

TEXTS = (
    "A loop ends with break <at once>.",
    "Text is joined by join.",
    "Numbers are added: loops add them.",
)
PASSAGES = tuple(
    Passage(number, f"topic{number}", 1, 2, text, frozenset()) for number, text in enumerate(TEXTS)
)
VECTORS = np.eye(3, dtype=np.float32)


def embed(asked):
    """Vectors near the second passage, then the third; of *zebras* near none."""
    return np.array(
        [[0.0, 0.1, 0.0] if "zebra" in text else [0.0, 0.9, 0.4] for text in asked], np.float32
    )


def desk(*ways: str) -> Desk:
    """What answers, in some of the ways to search; all three with vectors by default."""
    words = Words(TEXTS)
    every = {
        "both": Index("both", PASSAGES, words, VECTORS, embed, 0.5),
        "words": Index("words", PASSAGES, words, least=0.1),
        "vectors": Index("vectors", PASSAGES, None, VECTORS, embed, 0.5),
        "mlm": Index("mlm", PASSAGES, None, VECTORS, embed, 0.5),
    }
    return Desk({way: every[way] for way in ways or ("both", "words", "vectors")})
