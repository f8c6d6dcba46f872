"""Score passages for a question: by the words they share, by their vectors, and by both."""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bm25s import BM25
    from nltk.stem.porter import PorterStemmer

Scores = NDArray[np.float32]

# Words of a question that say that it is one. The words of Python's own language, such as `for`, `in` and
# `not`, are none of them: search engines leave these out, and here they are what is asked for.
_QUESTION = """
a am an are be but by can could did do does get give has have how i it its me my of own say should so some
something that the then there these they this to use want was what when where which who whose why will would
write you
"""
ASKING = frozenset(_QUESTION.split())
RANKS = 60  # the first of a ranking counts 1/61, the second 1/62 (Cormack et al. 2009)


def tokens(text: str, leave_out: frozenset[str] = frozenset(), stems: bool = True) -> list[str]:
    """Split a text into words as BM25 counts them: in lower case, two letters or more, cut to their stem.

    Args:
        text: a passage or a question.
        leave_out: words that do not count.
        stems: whether *loops* and *looping* are the same word, by Porter's rules (1980).
    """
    found = [word for word in re.findall(r"\b\w\w+\b", text.lower()) if word not in leave_out]
    return [stem(word) for word in found] if stems else found


@cache
def stem(word: str) -> str:
    """Cut a word to its stem: *loops* and *looping* to *loop*."""
    found: str = _stemmer().stem(word)
    return found


@cache
def _stemmer() -> "PorterStemmer":
    from nltk.stem.porter import PorterStemmer  # here, since it takes a second

    return PorterStemmer()


class Words:
    """BM25, from the library `bm25s`: a shared word counts the more, the fewer passages have it.

    Args:
        texts: the passages.
        leave_out: words of a question that do not count.
        stems: whether words are cut to their stem.

    Source: Robertson and Zaragoza 2009; Lù 2024, BM25S.
    """

    def __init__(
        self, texts: Sequence[str], leave_out: frozenset[str] = ASKING, stems: bool = True
    ) -> None:
        import bm25s  # here, so that what needs no word search runs without the extra `labs`

        self.leave_out, self.stems, self.count = leave_out, stems, len(texts)
        self.index: BM25 = bm25s.BM25()
        self.index.index([tokens(text, stems=stems) for text in texts], show_progress=False)

    def scores(self, question: str) -> Scores:
        """Score each passage, shape (passages,): 0 where it shares no word with the question."""
        asked = tokens(question, self.leave_out, self.stems)
        known = self.index.get_tokens_ids(asked)
        if not known:
            return np.zeros(self.count, dtype=np.float32)
        found: Scores = self.index.get_scores_from_ids(known)
        return found


def order(scores: Scores) -> list[int]:
    """Number the passages from the best to the worst; of equal ones the first in the list is first."""
    return [int(number) for number in np.argsort(-scores, kind="stable")]


def join(rankings: Sequence[Sequence[int]], constant: int = RANKS) -> Scores:
    """Join rankings by reciprocal ranks: each gives a passage ``1 / (constant + rank)``, added up.

    Scores of different kinds cannot be added: BM25 knows no upper end, and a cosine ends at 1. Ranks can.

    Args:
        rankings: of each the numbers of all passages, the best first.
        constant: the larger, the less the first places stand out.

    Returns:
        The joined score of each passage, shape (passages,).

    Source: Cormack, Clarke and Büttcher 2009, Reciprocal rank fusion.
    """
    joined = np.zeros(len(rankings[0]), dtype=np.float32)
    for ranking in rankings:
        joined[np.asarray(ranking)] += 1 / (constant + np.arange(1, len(ranking) + 1))
    return joined
