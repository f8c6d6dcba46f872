"""The search itself: an index of all passages, which finds the best ones for a question, or none."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from lessons.real_models import places
from lessons.search.passages import Passage, passages
from lessons.search.ranking import Scores, Words, join, order
from lessons.search.vectors import EMBED, Embed, Vectors, kept

WAYS = ("words", "vectors", "both", "mlm")
SHOWN = 3  # passages that an answer shows
RECORD = Path(__file__).parents[1] / "results" / "search_abstention.json"


@dataclass(frozen=True)
class Hit:
    """A passage that was found.

    Attributes:
        passage: the passage.
        rank: its place among the hits, from 1.
        score: higher is better; comparable only between hits of the same way to search.
    """

    passage: Passage
    rank: int
    score: float

    @property
    def topic(self) -> str:
        """Name the topic it was cut from."""
        return self.passage.topic

    @property
    def place(self) -> str:
        """Say where it stands, for a citation: ``break, lines 1 to 16``."""
        return self.passage.place


@dataclass(frozen=True)
class Answer:
    """What is shown for a question.

    Attributes:
        hits: the passages to show, best first; none where nothing is good enough.
        sure: how sure the search is of the best passage, by any measure of its way.
        least: how sure it has to be.
    """

    hits: tuple[Hit, ...]
    sure: float
    least: float

    @property
    def found(self) -> bool:
        """Say whether there is anything to show."""
        return bool(self.hits)


def best_way() -> str:
    """Name the best way to search that is at hand: it depends on whether MiniLM was fetched."""
    return "both" if places.finished("minilm").is_dir() else "words"


@cache
def recorded_least(way: str) -> float:
    """Say how sure a way has to be before anything is shown: chosen on one half of the questions.

    The record `search_abstention` has it, and what it is worth on the other half.
    """
    chosen = json.loads(RECORD.read_text("utf-8"))["summary"][way]
    return float(chosen["least"])


@dataclass(frozen=True)
class Index:
    """All passages, ready to be searched in one way.

    Attributes:
        way: one of `WAYS`.
        passages: what is searched.
        words: the index of words, for ``words`` and ``both``.
        vectors: the passages' vectors, shape (passages, width), for the other ways and ``both``.
        embed: turns questions into vectors of the same kind.
        least: how sure an answer has to be; what the record chose if None.
    """

    way: str
    passages: Sequence[Passage]
    words: Words | None = None
    vectors: Vectors | None = None
    embed: Embed | None = None
    least: float | None = None

    @classmethod
    def load(cls, way: str | None = None) -> "Index":
        """Make an index, with vectors from the user's cache; the first time they are computed.

        That takes about a minute with MiniLM, and seconds with the course's model.

        Args:
            way: one of `WAYS`; the best that is at hand if None.

        Raises:
            ValueError: another way.
            FileNotFoundError: it needs MiniLM, which was not fetched yet; the message has the command.
            ModuleNotFoundError: `bm25s` is not installed, which the extra ``labs`` brings.
        """
        way = way or best_way()
        if way not in WAYS:
            raise ValueError(f"no search by {way!r}: take one of {', '.join(WAYS)}")
        every = passages()
        words = Words([one.text for one in every]) if way in ("words", "both") else None
        if way == "words":
            return cls(way, every, words)
        model = "mlm" if way == "mlm" else "minilm"
        return cls(way, every, words, kept(model), EMBED[model])

    def search(self, question: str, k: int = 5) -> list[Hit]:
        """Find the k best passages, best first; there are always so many, good or not.

        Raises:
            ValueError: k is less than 1.
        """
        return self._ask(question, k)[0]

    def answer(self, question: str, k: int = SHOWN) -> Answer:
        """Find what to show for a question: at most k passages, or none where even the best is not good.

        Raises:
            ValueError: k is less than 1.
        """
        hits, sure = self._ask(question, k)
        least = recorded_least(self.way) if self.least is None else self.least
        return Answer(tuple(hits) if sure >= least else (), sure, least)

    def _ask(self, question: str, k: int) -> tuple[list[Hit], float]:
        if k < 1:
            raise ValueError(f"k {k} must be at least 1")
        scores, sure = self.scores(question)
        best = order(scores)[:k]
        hits = [
            Hit(self.passages[number], rank, float(scores[number]))
            for rank, number in enumerate(best, start=1)
        ]
        return hits, sure

    def scores(self, question: str) -> tuple[Scores, float]:
        """Score all passages, shape (passages,), and say how sure the search is of the best.

        How sure: the highest BM25 score for ``words``, else the highest cosine; -1 if nothing was asked.
        """
        if not question.strip():
            return np.zeros(len(self.passages), dtype=np.float32), -1.0
        if self.words is None:
            return self._by_vectors(question)
        by_words = self.words.scores(question)
        if self.vectors is None:
            return by_words, float(by_words.max())
        by_vectors, sure = self._by_vectors(question)
        shares = [number for number in order(by_words) if by_words[number] > 0]
        return join([order(by_vectors), shares]), sure

    def _by_vectors(self, question: str) -> tuple[Scores, float]:
        if self.vectors is None or self.embed is None:
            raise ValueError(f"an index by {self.way} needs words or vectors")
        found: Scores = self.vectors @ self.embed([question])[0]
        return found, float(found.max())
