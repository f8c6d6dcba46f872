"""Score passages for a question: by the words they share, by their vectors, and by both."""

import re
from collections.abc import Iterator, Sequence
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
# The signs of Python's language, as a reader of its documentation asks for them. Commas, colons, brackets
# and quotation marks are none: they stand in every passage.
_SIGNS = """
+ - * / // % @ ** << >> & | ^ ~ < > <= >= == != = := -> ... \\ #
+= -= *= /= //= %= @= **= <<= >>= &= |= ^=
"""
SIGNS = frozenset(_SIGNS.split())
RUN = re.compile(r"[-+*/%@&|^~<>=!:.#\\]+")
IN_WORDS = frozenset({"-", "/", "..."})  # behind a letter they are a hyphen, an *or*, or a pause
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


def signs(text: str) -> list[str]:
    """Find the signs of Python's language in a text: ``:=``, ``**``, ``@``, ``->``, ``%`` and others.

    A sign ends where another kind of character begins: the longer one is meant, and a line of ``====`` or
    the ``::=`` of a grammar is none. Neither is a hyphen, a slash or an ellipsis behind a letter.

    Args:
        text: a passage or a question.
    """
    return [sign for _, _, sign in placed_signs(text)]


def placed_signs(text: str) -> Iterator[tuple[int, int, str]]:
    """Find the same, each with where it begins and where it ends."""
    for found in RUN.finditer(text):
        begin = found.start()
        sign = found[0] if found[0] in SIGNS else found[0].rstrip(".:!")  # the end of a sentence
        if sign in SIGNS and not (sign in IN_WORDS and text[begin - 1 : begin].isalpha()):
            yield begin, begin + len(sign), sign


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

    Signs are counted beside the words and not among them, so that they change nothing for a question
    without a sign: a passage that is code is no longer than before.

    Args:
        texts: the passages.
        leave_out: words of a question that do not count.
        stems: whether words are cut to their stem.
        with_signs: whether the signs of Python's language count, too.

    Source: Robertson and Zaragoza 2009; Lù 2024, BM25S.
    """

    def __init__(
        self,
        texts: Sequence[str],
        leave_out: frozenset[str] = ASKING,
        stems: bool = True,
        with_signs: bool = True,
    ) -> None:
        self.leave_out, self.stems, self.count = leave_out, stems, len(texts)
        self.index = _bm25([tokens(text, stems=stems) for text in texts])
        held = [signs(text) for text in texts] if with_signs else []
        self.signs = _bm25(held) if any(held) else None

    def scores(self, question: str) -> Scores:
        """Score each passage, shape (passages,): 0 where it shares no word or sign with the question."""
        found = self._by(self.index, tokens(question, self.leave_out, self.stems))
        return found if self.signs is None else found + self._by(self.signs, signs(question))

    def _by(self, index: "BM25", asked: Sequence[str]) -> Scores:
        known = index.get_tokens_ids(asked)
        if not known:
            return np.zeros(self.count, dtype=np.float32)
        found: Scores = index.get_scores_from_ids(known)
        return found


def _bm25(held: Sequence[Sequence[str]]) -> "BM25":
    import bm25s  # here, so that what needs no word search runs without the extra `labs`

    index: BM25 = bm25s.BM25()
    index.index(held, show_progress=False)
    return index


def order(scores: Scores) -> list[int]:
    """Number the passages from the best to the worst; of equal ones the first in the list is first."""
    return [int(number) for number in np.argsort(-scores, kind="stable")]


def join(rankings: Sequence[Sequence[int]], constant: int = RANKS) -> Scores:
    """Join rankings by reciprocal ranks: each gives a passage ``1 / (constant + rank)``, added up.

    Scores of different kinds cannot be added: BM25 knows no upper end, and a cosine ends at 1. Ranks can.

    Args:
        rankings: of each the numbers of passages, the best first. The first has all; another gives nothing
            to a passage that it lacks.
        constant: the larger, the less the first places stand out.

    Returns:
        The joined score of each passage, shape (passages,).

    Source: Cormack, Clarke and Büttcher 2009, Reciprocal rank fusion.
    """
    joined = np.zeros(len(rankings[0]), dtype=np.float32)
    for ranking in rankings:
        joined[np.asarray(ranking, dtype=np.intp)] += 1 / (
            constant + np.arange(1, len(ranking) + 1)
        )
    return joined
