"""What the lab on preferences works with: answers of the course's models, and people who judge them."""

import json
import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

from lessons.labs.preferences_mistakes import Row
from lessons.world.answers import is_right
from lessons.world.guidelines import Instruction, quality
from lessons.world.instructions import instruction
from lessons.world.talk import REQUESTS

KEPT = Path(__file__).with_name("preferences_answers.json")
COMPARED, ASKED = 400, 60  # requests with two answers each, and held-out requests
PLAIN, POOL = 8, 64  # answers to each held-out request: to compare with, and to choose from
PEOPLE = 3  # who compare each pair
TASTE, NOISE, BLUR = (
    0.04,
    0.2,
    0.1,
)  # of the crowd: what a word more is worth, its luck, what it sees
WORDS = re.compile(r"\w+|[.!?]")
COMMON = frozenset(  # words of a request that name nothing
    WORDS.findall(re.sub(r"\{\w+\}", "a", " ".join(REQUESTS.values()).lower()) + " an")
)


@cache
def requests(split: str) -> tuple[Instruction, ...]:
    """The requests of the lab; those that are held out are all different.

    Args:
        split: ``train`` or ``held-out``.
    """
    rng = random.Random(f"requests of the lab on preferences {split}")
    if split == "train":
        return tuple(instruction(rng, split, "request") for _ in range(COMPARED))
    found: dict[str, Instruction] = {}
    while len(found) < ASKED:
        request = instruction(rng, split, "request")
        found.setdefault(said(request), request)
    return tuple(found.values())


def said(request: Instruction) -> str:
    """What the user said, without the form around it."""
    return request.prompt.removeprefix("User: ").removesuffix("\nAssistant:")


@cache
def kept() -> dict[str, Any]:
    """The answers that are kept: see the module that makes them."""
    found: dict[str, Any] = json.loads(KEPT.read_text("utf-8"))
    return found


def comparisons() -> list[Row]:
    """What a crowd chose: request, answer read first, answer read second, ``first``, ``second`` or ``tie``.

    Three people read each pair, each in an order of chance. They go by the guidelines of the course and
    like longer answers; a small difference they do not see.
    """
    rng = random.Random("the crowd of the lab on preferences")
    rows = []
    for request, pair in zip(requests("train"), kept()["compared"], strict=True):
        for _ in range(PEOPLE):
            first, second = rng.sample(pair, 2)
            rows.append((said(request), first, second, _choice(request, first, second, rng)))
    return rows


def _choice(request: Instruction, first: str, second: str, rng: random.Random) -> str:
    luck = rng.uniform(0.001, 0.999)
    seen = _worth(request, first) - _worth(request, second) + NOISE * math.log(luck / (1 - luck))
    return "tie" if abs(seen) < BLUR else "first" if seen > 0 else "second"


def _worth(request: Instruction, answer: str) -> float:
    return quality(request, answer) + TASTE * len(answer.split())


def pools() -> dict[str, tuple[list[str], list[str]]]:
    """For each held-out request some plain answers, and a pool of others to choose the best of."""
    return {
        said(request): (answers[:PLAIN], answers[PLAIN:])
        for request, answers in zip(requests("held-out"), kept()["asked"], strict=True)
    }


def panel(request: str, answer: str) -> bool:
    """Whether people who read an answer to its end found it good.

    It has to do what was asked, in a sentence of the language, politely, and no more than that. They are
    simulated by the exact judge of the page on reward modeling.
    """
    asked = _asked()[request]
    return is_right(request, answer) and quality(asked, answer) == 1


@cache
def _asked() -> dict[str, Instruction]:
    return {said(one): one for one in requests("held-out")}


def preferred(good: bool, others: Sequence[bool]) -> float:
    """How often an answer wins against others in the eyes of the panel; two alike are half a win."""
    return fmean(0.5 + 0.5 * (good - other) for other in others)


def features(request: str, answer: str) -> Counter[str]:
    """What a small reward sees of an answer: how often each word and mark occurs, in no order.

    Words that the request named count as ``<named>``, whatever they are.
    """
    named = set(WORDS.findall(request.lower())) - COMMON
    return Counter("<named>" if word in named else word for word in WORDS.findall(answer.lower()))


def policies() -> dict[str, dict[str, Any]]:
    """What was recorded of models that DPO trained on the crowd's choices, by the value of beta.

    Each has ``answers``, several to each held-out request, and ``kl``, how far it is from its start for
    each answer, in nats.
    """
    found: dict[str, dict[str, Any]] = kept()["policies"]
    return found


def scored(name: str) -> list[tuple[list[float], list[float], int, tuple[int, int]]]:
    """Log-probabilities of held-out pairs by a model: ``start``, or one of `policies`.

    Returns:
        For each pair the log-probability of each token of request, chosen answer and padding, those of
        the rejected one, the number of the request's tokens, and how many tokens each text has without
        its padding.
    """
    return [(*pair[name], pair["prompt"], tuple(pair["lengths"])) for pair in kept()["held_out"]]
