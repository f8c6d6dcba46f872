"""Cut Python's documentation into passages that keep their place, and say to which topics each belongs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from lessons.real_models import texts

WORDS = 100  # a passage ends at the first paragraph with which it has so many
LONG = (
    8  # a paragraph with fewer words, such as "See also:", says nothing about where it comes from
)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a topic.

    Attributes:
        text: as the documentation has it.
        line: its first line in the topic, from 1.
    """

    text: str
    line: int

    @property
    def words(self) -> int:
        """Count what stands between spaces."""
        return len(self.text.split())

    @property
    def last(self) -> int:
        """Return its last line in the topic, from 1."""
        return self.line + self.text.count("\n")


@dataclass(frozen=True)
class Passage:
    """A piece of the documentation.

    Attributes:
        number: its place among all passages, from 0.
        topic: the topic that it was cut from.
        first, last: its lines in that topic, from 1.
        text: its paragraphs, with an empty line between two.
        owners: topics that have at least half of its text: this topic, and those that repeat it.
    """

    number: int
    topic: str
    first: int
    last: int
    text: str
    owners: frozenset[str]

    @property
    def place(self) -> str:
        """Say where it stands, for a citation: ``break, lines 1 to 16``."""
        return f"{self.topic}, lines {self.first} to {self.last}"


def paragraphs(text: str) -> list[Paragraph]:
    """Cut a text at its empty lines."""
    lines = text.split("\n")
    empty = [-1, *(number for number, line in enumerate(lines) if not line.strip()), len(lines)]
    return [
        Paragraph("\n".join(lines[above + 1 : below]), above + 2)
        for above, below in pairwise(empty)
        if below - above > 1
    ]


def cut(
    parts: Sequence[Paragraph], words: int = WORDS, overlap: int = 0
) -> Iterator[Sequence[Paragraph]]:
    """Join paragraphs to passages; a paragraph is never cut.

    Args:
        parts: the paragraphs of one topic, in order.
        words: a passage ends at the first paragraph with which it has so many, or with the topic.
        overlap: paragraphs at the end of a passage with which the next one begins again, never all of it.

    Yields:
        Of each passage its paragraphs; each has at least one that none before it has.

    Raises:
        ValueError: fewer than one word, or a negative overlap.
    """
    if words < 1 or overlap < 0:
        raise ValueError(f"words {words} must be at least 1, overlap {overlap} at least 0")
    begin = new = 0  # where the passage begins, and its first paragraph that is new
    while new < len(parts):
        end = new + 1
        while end < len(parts) and sum(part.words for part in parts[begin:end]) < words:
            end += 1
        yield parts[begin:end]
        new, begin = end, max(begin + 1, end - overlap)


def owners(own: Sequence[str], topics: Mapping[str, set[str]]) -> frozenset[str]:
    """Name the topics that have at least half of a passage's text.

    Args:
        own: the texts of its paragraphs.
        topics: name -> the texts of the topic's paragraphs.
    """
    half = sum(len(text) for text in own) / 2
    return frozenset(
        name
        for name, held in topics.items()
        if sum(len(text) for text in own if text in held) >= half
    )


@cache
def passages(words: int = WORDS, overlap: int = 0) -> tuple[Passage, ...]:
    """Cut all topics, the shortest first, and leave out what a shorter topic has said already.

    ``for`` also stands inside ``compound``. So a passage is left out if each of its paragraphs of at least
    eight words stands in a passage before it, and is cited by the name of the shortest topic that has it.
    """
    every = {name: paragraphs(text) for name, text in texts.topics().items()}
    held = {name: {part.text for part in parts} for name, parts in every.items()}
    said: set[str] = set()
    found: list[Passage] = []
    for name in sorted(every, key=lambda name: (sum(part.words for part in every[name]), name)):
        before = frozenset(said)  # an overlap within the topic is no repetition
        for parts in cut(every[name], words, overlap):
            own = [part.text for part in parts]
            long = {part.text for part in parts if part.words >= LONG}
            if long and long <= before:
                continue
            said |= long
            place = (parts[0].line, parts[-1].last)
            found.append(Passage(len(found), name, *place, "\n\n".join(own), owners(own, held)))
    return tuple(found)
