"""Texts that other people wrote: sentences that people rated, a lexicon, verses, Python's documentation.

The first three are fetched by ``python -m lessons.real_models ratings verses``. The documentation is a
part of the course: one copy, since each version of Python has another text.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from lessons.real_models import places

RATED = {"movies": "movieReviewSnippets", "products": "amazonReviewSnippets"}
LEXICON = "vader_lexicon.txt"
VERSES = "kjv.jsonl"
# Below `src`, for the field `data` of an experiment that reads it.
TOPICS = "lessons/real_models/documentation/topics-3.11.7.json"


@dataclass(frozen=True)
class Rated:
    """A sentence, and how favorable people found it.

    Attributes:
        id: number in the collection; of a product's sentence, 100 times the review's and the sentence's.
        text: the sentence.
        ratings: one of each person, -4 (extremely negative) to 4 (extremely positive); nobody is named,
            and the same place need not be the same person.
    """

    id: int
    text: str
    ratings: tuple[int, ...]

    @property
    def mean(self) -> float:
        """Average what people said, -4 to 4."""
        return sum(self.ratings) / len(self.ratings)


@dataclass(frozen=True)
class Verse:
    """A verse of the King James Bible: ``Verse("Genesis", 1, 1, "In the beginning …")``."""

    book: str
    chapter: int
    verse: int
    text: str


def ratings(kind: str = "movies") -> list[Rated]:
    """Read sentences with each person's rating, in the order of the collection's texts.

    Texts and ratings lie in two files, in different orders, and are put together by their ids.

    Args:
        kind: ``movies``, sentences of movie reviews, or ``products``, of product reviews.

    Raises:
        ValueError: another kind.
        FileNotFoundError: the collection was not fetched yet; the message has the command.

    Source: Hutto and Gilbert 2014, VADER (ICWSM).
    """
    if kind not in RATED:
        raise ValueError(f"no ratings of {kind!r}: take one of {', '.join(RATED)}")
    folder = places.find("ratings")
    rated = {
        name: tuple(json.loads(scores))
        for name, _, _, scores in _rows(folder / f"{RATED[kind]}_anonDataRatings.txt")
    }
    texts = _rows(folder / f"{RATED[kind]}_GroundTruth.txt")
    return [Rated(_number(name), text, rated[name]) for name, _, text in texts]


def _rows(path: Path) -> list[list[str]]:
    """Split a file of fields between tabs; lines end as on Windows, some files begin with a mark."""
    lines = path.read_bytes().decode("utf-8-sig").split("\r\n")
    return [line.split("\t") for line in lines if line]


def _number(name: str) -> int:
    """Turn an id into a number: ``17``, or ``12_5`` -> 1205."""
    review, _, sentence = name.rpartition("_")
    return 100 * int(review or 0) + int(sentence)


def lexicon() -> dict[str, float]:
    """Read VADER's lexicon: word or emoticon -> mean rating by ten people, -4 to 4.

    Raises:
        FileNotFoundError: the collection was not fetched yet; the message has the command.
    """
    lines = (places.find("ratings") / LEXICON).read_text("utf-8").splitlines()
    return {word: float(mean) for word, mean, *_ in (line.split("\t") for line in lines if line)}


def verses() -> list[Verse]:
    """Read the King James Bible, 31,103 lines from Genesis to Revelation.

    Raises:
        FileNotFoundError: the collection was not fetched yet; the message has the command.
    """
    lines = (places.find("verses") / VERSES).read_text("utf-8").splitlines()
    return [
        Verse(row["book"], row["chapter"], row["verse"], row["text"])
        for row in map(json.loads, lines)
    ]


def topics() -> dict[str, str]:
    """Read the topics of Python 3.11.7's documentation, as ``help()`` shows them: name -> text.

    The text is the Python Software Foundation's, under the license that lies beside the file.
    """
    text = (Path(__file__).parents[2] / TOPICS).read_text("utf-8")
    found: dict[str, str] = json.loads(text)
    return found
