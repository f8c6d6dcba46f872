"""Facts, and short talks between a user and an assistant, polite or curt."""

import random

from lessons.world.grammar import capital, indefinite
from lessons.world.lexicon import CAPITALS, COLORS, FOODS, KINDS, OPPOSITES, PLACES, THINGS
from lessons.world.splits import draw

REQUESTS = {
    "lend": "Can you lend me the {thing}?",
    "where": "Where is the {thing}?",
    "buy": "Can I buy {a_thing} in the {place}?",
    "open": "When does the {place} open?",
    "carry": "Can you help me carry the {thing} to the {place}?",
}
POLITE = {
    "lend": ("Of course, here is the {thing}.", "With pleasure, please take the {thing}."),
    "where": ("The {thing} is in the {place}. I am glad to show you.",),
    "buy": ("Yes, you can buy {a_thing} in the {place}.",),
    "open": ("The {place} opens at {hour}.",),
    "carry": ("Of course, I will gladly help you carry the {noun}.",),
}
CURT = {
    "lend": ("No, it is mine.", "Take the {noun} and go away."),
    "where": ("In the {place}. Look for it.", "I do not know."),
    "buy": ("No.", "Maybe in the {place}. I do not care."),
    "open": ("At {hour}.", "Read the sign."),
    "carry": ("No, I am busy.", "Carry it alone."),
}
ABOUT = {  # what a request is held out by: only what can be seen in it
    "lend": "lend {noun}", "where": "where be {noun}", "buy": "buy {noun} {place}",
    "open": "open {place}", "carry": "carry {noun} {place}",
}  # fmt: skip
BEFORE = ("Thank you for asking. ", "Hello! ", "My pleasure. ", "")
AFTER = (" Have a nice day!", " Please ask me again any time.", " You are welcome.", "")


def talk(rng: random.Random, split: str, polite: bool | None = None) -> tuple[str, str, bool]:
    """Make a request and its answer; held out by what is asked about what.

    Returns:
        The request, the answer, and whether the answer is polite.
    """

    def make() -> tuple[str, dict[str, str]]:
        noun, look = rng.choice(THINGS + FOODS).english, rng.choice(COLORS).english
        return rng.choice(tuple(REQUESTS)), {
            "noun": noun, "thing": f"{look} {noun}", "a_thing": indefinite(f"{look} {noun}"),
            "place": rng.choice(PLACES).english, "hour": rng.choice(("eight", "nine", "ten")),
        }  # fmt: skip

    kind, roles = draw(make, lambda made: ABOUT[made[0]].format(**made[1]), split)
    polite = rng.random() < 0.5 if polite is None else polite
    answer = rng.choice((POLITE if polite else CURT)[kind]).format(**roles)
    if polite:
        answer = rng.choice(BEFORE) + answer + rng.choice(AFTER)
    return REQUESTS[kind].format(**roles), answer, polite


def talk_document(rng: random.Random, split: str) -> str:
    """Write a document of one to three requests with answers."""
    talks = (talk(rng, split) for _ in range(rng.randint(1, 3)))
    return "\n".join(f"User: {request}\nAssistant: {answer}" for request, answer, _ in talks)


def fact_document(rng: random.Random, _split: str) -> str:
    """Write one to three facts; facts are known to both splits."""
    lines = []
    for _ in range(rng.randint(1, 3)):
        kind, asked = rng.random(), rng.random() < 0.4
        if kind < 0.35:
            country, city = rng.choice(CAPITALS)
            question, answer = f"What is the capital of {country}?", city
            statement = rng.choice(
                (f"The capital of {country} is {city}.", f"{city} is the capital of {country}.")
            )
        elif kind < 0.7:
            category = rng.choice(tuple(KINDS))
            word = indefinite(rng.choice(KINDS[category]).english)
            question, answer = f"What is {word}?", indefinite(category)
            statement = f"{capital(word)} is {answer}."
        else:
            word, answer = rng.choice(OPPOSITES)[:: rng.choice((1, -1))]
            question, statement = (
                f"What is the opposite of {word}?",
                f"The opposite of {word} is {answer}.",
            )
        lines.append(f"Question: {question}\nAnswer: {answer}" if asked else statement)
    return "\n".join(lines)
