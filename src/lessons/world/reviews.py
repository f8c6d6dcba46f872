"""Reviews of things that are for sale, with their sentiment.

What a sentence praises or blames, and with which word, is its key; a sentence that judges two things
is held out if either judgment is. Held-out reviews are made of held-out sentences only. Some reviews
take something back: *The price is bad, but the sound is great.*
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from lessons.world.grammar import indefinite
from lessons.world.lexicon import BLAME, PRAISE
from lessons.world.splits import draw, split_of

PRODUCTS = (
    "phone", "camera", "film", "novel", "hotel", "restaurant", "lamp", "chair", "table", "coat",
    "bag", "kettle", "radio", "laptop", "game", "song", "soup", "cake", "room", "meal", "toy", "car",
    "bike", "pen", "clock", "jacket", "sofa", "mirror", "bottle", "blanket",
)  # fmt: skip
ASPECTS = (
    "price", "design", "quality", "size", "color", "sound", "service", "look", "shape", "finish",
    "weight", "style", "delivery", "handle", "surface", "smell",
)  # fmt: skip
FIRSTS = (
    "The {product} is {very}{word}.", "This is {a_word} {product}.", "What {a_word} {product}!",
    "I found the {product} {very}{word}.", "I bought this {product} last week, and it is {very}{word}.",
    "My new {product} looks {very}{word}.",
)  # fmt: skip
EXTREME = (  # nothing is "very perfect", though it may be "really perfect"
    "excellent", "wonderful", "perfect", "fantastic", "superb", "amazing", "splendid", "marvelous",
    "terrific", "magnificent", "glorious", "outstanding", "awful", "terrible", "horrible", "dreadful",
    "disgusting", "worthless", "hideous", "wretched",
)  # fmt: skip
DENIALS = ("The {product} is not {other} at all.", "I did not find the {product} {other}.")
LASTS = {
    "positive": (
        "I would buy this {product} again.", "I recommend the {product} to everyone.",
        "My family loves this {product}.", "The {product} was worth every coin.",
        "I am happy with this {product}.", "Five stars for the {product}!",
    ),
    "negative": (
        "I want my money back for this {product}.", "Do not buy this {product}.",
        "The {product} broke after one day.", "This {product} was a waste of money.",
        "I am unhappy with this {product}.", "I sent the {product} back.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Review:
    """One review; ``sentiment`` is ``positive`` or ``negative``."""

    text: str
    sentiment: str


def review(rng: random.Random, split: str, sentiment: str | None = None) -> Review:
    """Write a review of the split, of one to three sentences."""
    mood = sentiment or rng.choice(("positive", "negative"))
    product = rng.choice(PRODUCTS)
    sentences = [_judge(rng, split, mood, product)]
    if rng.random() < 0.75:
        sentences.append(_detail(rng, split, mood))
    if rng.random() < 0.5:
        sentences += _last(rng, split, mood, product)
    return Review(" ".join(sentences), mood)


def _words(mood: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of a mood, and those of the other."""
    return (PRAISE, BLAME) if mood == "positive" else (BLAME, PRAISE)


def _judge(rng: random.Random, split: str, mood: str, product: str) -> str:
    """Judge the whole: sometimes by denying the opposite."""
    words, others = _words(mood)

    def make() -> tuple[str, str]:
        word, other, very = (
            rng.choice(words),
            rng.choice(others),
            rng.choice(("very ", "really ", "")),
        )
        very = "really " if very and word in EXTREME else very
        deny = rng.random() < 0.15
        text = rng.choice(DENIALS if deny else FIRSTS).format(
            product=product, very=very, word=word, a_word=indefinite(word), other=other
        )
        return text, f"{product} {other if deny else word}"

    return draw(make, lambda made: made[1], split)[0]


def _detail(rng: random.Random, split: str, mood: str) -> str:
    """Judge one or two aspects; one of them may be the other way round, and is outweighed."""
    words, others = _words(mood)

    def make() -> tuple[str, tuple[str, ...]]:
        (first, second), (word, another) = rng.sample(ASPECTS, 2), rng.sample(words, 2)
        other, kind = rng.choice(others), rng.random()
        if kind < 0.4:
            return f"The {first} is {word}.", (f"{first} {word}",)
        if kind < 0.75:
            text = f"The {first} is {word} and the {second} is {another}."
            return text, (f"{first} {word}", f"{second} {another}")
        return (
            f"The {first} is {other}, but the {second} is {word}, and that matters more.",
            (f"{first} {other}", f"{second} {word}"),
        )

    return draw(make, lambda made: _newest(made[1]), split)[0]


def _newest(keys: Sequence[str]) -> str:
    """Choose the key that decides for a sentence with several: a held-out one if there is one."""
    return next((key for key in keys if split_of(key) == "held-out"), keys[0])


def _last(rng: random.Random, split: str, mood: str, product: str) -> list[str]:
    """End with what follows from the judgment; a product may have no such sentence in the split."""
    ends = [end.format(product=product) for end in LASTS[mood]]
    usable = [end for end in ends if split_of(end) == split]
    return [rng.choice(usable)] if usable else []


def review_document(rng: random.Random, split: str) -> str:
    """Write a document: a review, alone, or one or three with their sentiment."""
    kind, drawn = rng.random(), review(rng, split)
    if kind < 0.4:
        return f"Review: {drawn.text}"
    if kind < 0.8:
        return f"Review: {drawn.text}\nSentiment: {drawn.sentiment}"
    several = (drawn, review(rng, split), review(rng, split))
    return "\n".join(f"Review: {each.text}\nSentiment: {each.sentiment}" for each in several)
