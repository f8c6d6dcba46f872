"""What the lab on prompts asks: messages of users, and the course's model, whose answers are kept."""

import json
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from lessons.world import sums

KEPT = Path(__file__).with_name("prompts_answers.json")
DISTINCT, COPIES = 400, 140  # sums, and messages that ask for one of them again
ROOM = 80  # tokens of an answer at most
FORMS = ("What is {}?", "what is {}", "Please add {}.", "{}", "Sum of {}?", "Can you add up {}?")
STEPS = "Let's think step by step."
PROMPTS = {
    "careful": "Question: What is {}?\nAnswer: Let's think step by step and be careful.",
    "plain": f"Question: What is {{}}?\nAnswer: {STEPS}",
    "one line": f"Question: What is {{}}? {STEPS}\nAnswer:",
    "line between": f"Question: What is {{}}?\n\nAnswer: {STEPS}",
    "slowly": "Question: What is {}?\nAnswer: Let's think slowly, step by step.",
    "example": (
        f"Question: What is 12 + 7 + 9?\nAnswer: {STEPS} 12 + 7 = 19. 19 + 9 = 28. The answer is 28.\n"
        f"Question: What is {{}}?\nAnswer: {STEPS}"
    ),
}
TESTED = ("careful", "one line", "slowly")  # whose answers to all messages are kept


def numbers(message: str) -> list[int]:
    """The whole numbers of a message, in their order."""
    return [int(digits) for digits in re.findall(r"\d+", message)]


@cache
def messages() -> tuple[str, ...]:
    """What users wrote: sums of five numbers, some of them again in another wording or order.

    The sums are held out: no training text of the course's model contains them.
    """
    rng = random.Random("messages of the lab on prompts")
    distinct: dict[tuple[int, ...], tuple[int, ...]] = {}
    while len(distinct) < DISTINCT:
        drawn = sums.terms(rng, "held-out", 5)
        distinct.setdefault(tuple(sorted(drawn)), drawn)
    asked = [_worded(rng, terms) for terms in distinct.values()]
    for place in sorted(rng.sample(range(DISTINCT), COPIES), reverse=True):
        terms = numbers(asked[place])
        if rng.random() < 0.5:
            rng.shuffle(terms)
        asked.insert(rng.randint(place + 1, len(asked)), _worded(rng, terms))
    return tuple(asked)


def _worded(rng: random.Random, terms: Sequence[int]) -> str:
    """A message that asks for a sum."""
    form = rng.choice(FORMS)
    if "add" in form and rng.random() < 0.5:
        return form.format(", ".join(map(str, terms[:-1])) + f" and {terms[-1]}")
    return form.format(rng.choice((" + ", "+")).join(map(str, terms)))


def ask(prompt: str, asked: Sequence[str]) -> list[str]:
    """The answers of the course's model `base` to messages, each up to the end of its line.

    What it answered to the prompts of the lab is kept, so it is there at once; for other prompts the model
    is asked, which takes about a second for fifteen messages.

    Args:
        prompt: with ``{}`` where the sum is to stand; no space at the end.
        asked: messages with numbers in them.

    Raises:
        ValueError: no place for the sum in the prompt.
    """
    if "{}" not in prompt:
        raise ValueError("the prompt needs {} where the sum is to stand")
    texts = [" + ".join(map(str, numbers(message))) for message in asked]
    answers = dict(kept().get(prompt, {}))
    if missing := [text for text in dict.fromkeys(texts) if text not in answers]:
        found = live([prompt.replace("{}", text) for text in missing])
        answers |= zip(missing, found, strict=True)
    return [answers[text] for text in texts]


@cache
def kept() -> dict[str, dict[str, str]]:
    """The answers that are kept, by prompt and by sum."""
    found: dict[str, dict[str, str]] = json.loads(KEPT.read_text("utf-8"))
    return found


def live(prompts: Sequence[str]) -> list[str]:
    """Ask the model itself, greedily."""
    from lessons.prompting.prompts import complete, load_base  # loads torch, which takes seconds

    return [answer for (answer,) in complete(*load_base(), prompts, ROOM)]


def record(asked: dict[str, Sequence[str]]) -> str:
    """Ask the model anew, and write its answers as the file that is kept.

    Args:
        asked: messages for each prompt.
    """
    found: dict[str, dict[str, str]] = {}
    for prompt, wanted in asked.items():
        texts = [" + ".join(map(str, numbers(message))) for message in wanted]
        answers = live([prompt.replace("{}", text) for text in texts])
        found[prompt] = dict(zip(texts, answers, strict=True))
    return json.dumps(found, indent=0, ensure_ascii=False) + "\n"
