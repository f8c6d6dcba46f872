"""Answers for a page and a program: what was found, by which search, and which words were asked for."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lessons.search.index import Hit, Index, best_way
from lessons.search.ranking import ASKING, SIGNS, Scores, order, placed_signs, signs, tokens
from lessons.search.vectors import Embed, Vectors

LONGEST = 500  # characters of a question
MOST = 20  # passages of an answer
NEAR = 50  # a place further down a ranking says nothing about why a passage was found
KEPT = 64  # questions whose vectors are remembered


class AskedWrongError(ValueError):
    """A question that cannot be answered as it was asked.

    Attributes:
        name: the parameter that is wrong.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


@dataclass(frozen=True)
class Found:
    """A passage that is shown.

    Attributes:
        hit: the passage, its place and its score.
        ranks: a way to search -> the passage's place in that ranking, from 1, where it is among the first
            `NEAR`.
        pieces: the passage's text in pieces, each with whether it is a word of the question.
    """

    hit: Hit
    ranks: Mapping[str, int]
    pieces: Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Reply:
    """What is said to a question.

    Attributes:
        question: as it was asked.
        by: the way it was searched.
        found: whether the search is sure enough of its best passage.
        hits: what to show: nothing where it is not sure, unless the nearest were asked for all the same.
        sure: how sure it is.
        least: how sure it has to be.
        seconds: how long the search took.
    """

    question: str
    by: str
    found: bool
    hits: Sequence[Found]
    sure: float
    least: float
    seconds: float


class Desk:
    """Answers questions in each way that is at hand; any number of threads may ask at once.

    Args:
        indexes: a way to search -> its index; the first one answers where no way is asked for.
    """

    def __init__(self, indexes: Mapping[str, Index]) -> None:
        self.indexes = {way: _remembering(index) for way, index in indexes.items()}

    @classmethod
    def load(cls) -> "Desk":
        """Load what is at hand: words, vectors and both with MiniLM, else words and the course's own model.

        The first time, the vectors of all passages are computed: about a minute with MiniLM.
        """
        with_minilm = best_way() == "both"
        ways = ("both", "words", "vectors") if with_minilm else ("words", "mlm")
        desk = cls({way: Index.load(way) for way in ways})
        for index in desk.indexes.values():
            index.search(
                "loop", 1
            )  # the first question loads the model, and no reader shall wait for it
        return desk

    @property
    def ways(self) -> tuple[str, ...]:
        """Name the ways to search, the best first."""
        return tuple(self.indexes)

    def ask(self, question: str, k: int = 3, by: str = "", anyway: bool = False) -> Reply:
        """Answer a question.

        Args:
            question: in the reader's words.
            k: passages at most.
            by: one of `ways`; the first of them where it is empty.
            anyway: show the nearest passages, even where the search is not sure of them.

        Raises:
            AskedWrongError: the question is too long, k or the way out of range.
        """
        if len(question) > LONGEST:
            raise AskedWrongError(
                "q", f"it has {len(question):,} characters, and at most {LONGEST} are read"
            )
        if not 1 <= k <= MOST:
            raise AskedWrongError("k", f"{k} is not a number of passages from 1 to {MOST}")
        by = by or self.ways[0]
        if by not in self.indexes:
            raise AskedWrongError("by", f"no search by {by!r}: take one of {', '.join(self.ways)}")
        began = time.perf_counter()
        answer = self.indexes[by].answer(question, k)
        hits = answer.hits
        if anyway and question.strip() and not hits:
            hits = tuple(self.indexes[by].search(question, k))
        seconds = time.perf_counter() - began
        rankings = {
            way: [n for n in order(scores)[:NEAR] if index.words is None or scores[n] > 0]
            for way, index in self.indexes.items()
            if way != "both" and hits and (scores := _positive(index, question)) is not None
        }
        shown = [_found(hit, rankings, question) for hit in hits]
        return Reply(question, by, answer.found, shown, answer.sure, answer.least, seconds)


def _positive(index: Index, question: str) -> Scores | None:
    """Score all passages; None where the search knows nothing of the question."""
    scores, sure = index.scores(question)
    return scores if sure > 0 else None


def _found(hit: Hit, rankings: Mapping[str, Sequence[int]], question: str) -> Found:
    number = hit.passage.number
    ranks = {way: list(best).index(number) + 1 for way, best in rankings.items() if number in best}
    return Found(hit, ranks, marked(hit.passage.text, question))


def marked(text: str, question: str) -> list[tuple[str, bool]]:
    """Cut a text into pieces, and say of each whether it is a word or a sign that the question asks for.

    Two words are the same if they have the same stem, as in the search by words. The pieces joined are the
    text.
    """
    words, asked = set(tokens(question, ASKING)), set(signs(question))
    found = [word.span() for word in re.finditer(r"\b\w\w+\b", text) if tokens(word[0])[0] in words]
    found += [(begin, end) for begin, end, sign in placed_signs(text) if sign in asked]
    pieces, at = [], 0
    for begin, end in sorted(found):
        pieces += [(text[at:begin], False), (text[begin:end], True)]
        at = end
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


def in_a_sentence(question: str, by: str) -> str:
    """Make a sentence of a question that is one word or sign; an empty text if it is not.

    Of a word alone, such as ``try``, a search by meaning is rarely sure; of *What does try do?* it is. The
    same holds for ``:=``, ``@property`` and ``**kwargs``.

    Args:
        question: as it was asked.
        by: the way it was searched; to ``words``, a sentence would be no more than its word.
    """
    if by == "words":
        return ""
    word = question.strip().rstrip("?")
    one = re.fullmatch(r"(?P<sign>[^\w\s]*)[\w.]*", word)
    is_one = bool(word) and one is not None and (not one["sign"] or one["sign"] in SIGNS)
    return f"What does {word} do?" if is_one else ""


def _remembering(index: Index) -> Index:
    """The same index, which computes the vector of a question once: a page asks more than one index."""
    if index.embed is None:
        return index
    embed: Embed = index.embed

    @lru_cache(KEPT)
    def one(question: str) -> Vectors:
        return embed([question])

    return replace(index, embed=lambda asked: one(asked[0]))
