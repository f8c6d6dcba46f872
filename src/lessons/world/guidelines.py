"""Instructions, and the guidelines by which an answer is checked.

They look for words and forms. What a right answer to a request is, exactly, says `lessons.world.answers`.
"""

import re
from dataclasses import dataclass
from functools import cache

from lessons.world.stories import PLOTS

KIND_WORDS = (
    "please", "thank you", "of course", "pleasure", "glad", "gladly", "hello", "nice day", "welcome",
)  # fmt: skip
RUDE = (  # patterns, of what the curt answers say
    "no[,.]", "go away", "look for it", "do not know", "do not care", "read the sign", "alone",
    "busy", "it is mine",
)  # fmt: skip
PART = re.compile(r"(?<=[.!?])\s+")
WORD = re.compile(r"[\w'-]+")


@dataclass(frozen=True)
class Instruction:
    """What is asked, a good answer, and one with a fault.

    Attributes:
        kind: one of ``KINDS_OF_INSTRUCTIONS``.
        fault: what is wrong with the bad answer, one of ``FAULTS``.
        truth: what the judge goes by. For a story the hero and the thing, for a request the words that
            its answer must name; for all other kinds the answers that are right.
    """

    kind: str
    prompt: str
    good: str
    bad: str
    fault: str
    truth: tuple[str, ...]


def checks(asked: Instruction, answer: str) -> dict[str, bool]:
    """Check an answer by what is known to be true: the name of each check, and whether it passed.

    Kinds with one right answer have one check, ``right``; a story and a request have several.
    """
    if asked.kind == "story":
        return _story_checks(asked, answer)
    if asked.kind == "request":
        return _request_checks(asked, answer)
    return {"right": _plain(answer) in {_plain(right) for right in asked.truth}}


def quality(asked: Instruction, answer: str) -> float:
    """Say how good an answer is, 0 to 1: the share of the checks that it passes."""
    passed = checks(asked, answer).values()
    return sum(passed) / len(passed)


def is_good(asked: Instruction, answer: str) -> bool:
    """Say whether an answer passes every check."""
    return all(checks(asked, answer).values())


def ends_happily(text: str) -> bool:
    """Say whether the last sentence of a story is that of a happy ending."""
    last = PART.split(text.strip())[-1]
    happy, sad = (
        any(re.fullmatch(pattern, last) for pattern in _last_sentences(mood))
        for mood in (True, False)
    )
    return happy and not sad


@cache
def _last_sentences(happy: bool) -> tuple[str, ...]:
    """The last sentences of all endings of a mood, as patterns."""
    endings = (plot.happy if happy else plot.sad for plot in PLOTS)
    lasts = (PART.split(text)[-1] for ending in endings for text in ending.texts)
    return tuple(r"[\w ]+".join(map(re.escape, re.split(r"\{\w+\}", last))) for last in lasts)


def _story_checks(asked: Instruction, answer: str) -> dict[str, bool]:
    hero, thing = asked.truth
    words, parts = WORD.findall(answer), PART.split(answer.strip())
    return {
        "names the hero": hero in words,
        "names the thing": thing in words,
        "ends happily": ends_happily(answer),
        "is told": len(parts) >= 3,
        "does not repeat itself": len(set(parts)) == len(parts),
    }


def _request_checks(asked: Instruction, answer: str) -> dict[str, bool]:
    parts, low = PART.split(answer.strip()), answer.lower()
    return {
        "answers it": all(word in WORD.findall(answer) for word in asked.truth),
        "is no question": "?" not in answer,
        "is kind": _is_kind(answer),
        "is not rude": not any(re.search(rf"\b{rude}", low) for rude in RUDE),
        "is finished": low.rstrip().endswith((".", "!")),
        "does not repeat itself": len(set(parts)) == len(parts),
    }


def _is_kind(answer: str) -> bool:
    return any(re.search(rf"\b{words}\b", answer.lower()) for words in KIND_WORDS)


def _plain(text: str) -> str:
    """Leave out what does not matter: capitals, blanks, the kind of apostrophe, the last period."""
    text = " ".join(text.replace("’", "'").lower().split())
    return text.replace(" ?", "?").rstrip(". ")
