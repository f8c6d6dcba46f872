"""Questions about Python in a reader's own words: 193 with what answers them, 56 that nothing answers.

24 more ask for a sign, such as ``:=``: in a sentence, and as somebody types the sign alone. They were
written after the search was found to know no signs, before it was taught them, and are counted apart.

They were written before any search was run, and avoid the documentation's terms. Each has a second wording
in the documentation's own words. What counts as an answer is said in two ways, since either errs:

* ``topics`` that answer it. A passage counts if one of them owns it. That flatters: most of what a long
  topic says answers something else.
* ``holds``, pieces of sentences. A passage counts if one of them stands in it. That is strict: another
  passage may answer as well.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lessons.search.passages import Passage

# Below `src`, for the field `data` of an experiment that reads it.
FILE = "lessons/search/questions.json"


@dataclass(frozen=True)
class Question:
    """A question that the documentation answers.

    Attributes:
        ask: in a reader's words.
        terms: in the documentation's words.
        topics: any of these answers it.
        holds: a passage that answers it has one of these in it, where line ends count as spaces.
    """

    ask: str
    terms: str
    topics: frozenset[str]
    holds: tuple[str, ...]

    def owned(self, passage: Passage) -> bool:
        """Say whether a passage belongs to a topic that answers the question."""
        return bool(self.topics & passage.owners)

    def said(self, passage: Passage) -> bool:
        """Say whether a passage has the sentence that answers the question."""
        text = " ".join(passage.text.split())
        return any(piece in text for piece in self.holds)


@dataclass(frozen=True)
class Unanswered:
    """A question that the documentation does not answer.

    Attributes:
        ask: in a reader's words.
        near: whether it is about Python or programs, though about something that no topic holds.
    """

    ask: str
    near: bool


def _read() -> dict[str, Sequence[dict[str, str]]]:
    found: dict[str, Sequence[dict[str, str]]] = json.loads(
        (Path(__file__).parents[2] / FILE).read_text("utf-8")
    )
    return found


def questions() -> list[Question]:
    """Read the questions that the documentation answers."""
    return [
        Question(row["ask"], row["terms"], frozenset(row["topics"]), tuple(row["holds"]))
        for row in _read()["answered"]
    ]


def sign_questions() -> list[Question]:
    """Read the questions about signs: ``ask`` is a sentence, ``terms`` what is typed without one."""
    return [
        Question(row["ask"], row["terms"], frozenset(row["topics"]), tuple(row["holds"]))
        for row in _read()["signs"]
    ]


def unanswered() -> list[Unanswered]:
    """Read the questions that it does not answer."""
    return [Unanswered(row["ask"], row["kind"] == "near") for row in _read()["unanswered"]]
