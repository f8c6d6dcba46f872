"""Reviews say what their sentiment says, and held-out judgments are passed nowhere in training."""

import random
import re
from collections.abc import Iterable

import pytest

from lessons.world.lexicon import BLAME, PRAISE
from lessons.world.reviews import ASPECTS, EXTREME, PRODUCTS, review, review_document

WORDS = "|".join(PRAISE + BLAME)
ABOUT = "|".join(PRODUCTS + ASPECTS)
JUDGED = re.compile(
    rf"\b(?:The|the|new|this) (?P<what>{ABOUT})(?: is| looks|,? and it is| last week, and it is)?"
    rf"(?: not)?(?: very| really)? (?P<word>{WORDS})\b"
)
TURNED = re.compile(rf"(?:is an?|What an?) (?P<word>{WORDS}) (?P<what>{'|'.join(PRODUCTS)})\b")


def judgments(text: str) -> set[tuple[str, str]]:
    """What is judged, with which word."""
    return {(m["what"], m["word"]) for pattern in (JUDGED, TURNED) for m in pattern.finditer(text)}


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!])\s+", text)


def leaks(held_out: Iterable[str], training: Iterable[str]) -> set[object]:
    """Sentences and judgments that held-out reviews have in common with training ones.

    A held-out sentence of two judgments needs one that is new; so its judgments count together.
    """
    known = list(training)
    passed = {judgment for text in known for judgment in judgments(text)}
    said = {sentence for text in known for sentence in sentences(text)}
    found: set[object] = set()
    for text in held_out:
        for sentence in sentences(text):
            judged = judgments(sentence)
            found |= {sentence} & said
            if judged and judged <= passed:
                found |= judged
    return found


@pytest.fixture(scope="module")
def made():
    reviews = {}
    for split, count in (("train", 4000), ("held-out", 800)):
        rng = random.Random(3)
        reviews[split] = [review(rng, split) for _ in range(count)]
    return reviews


def test_the_first_sentence_has_one_judgment_that_is_found(made):
    for one in made["train"] + made["held-out"]:
        assert len(judgments(sentences(one.text)[0])) == 1, one


def test_the_sentiment_is_what_the_first_sentence_says(made):
    for one in made["train"] + made["held-out"]:
        first = sentences(one.text)[0]
        ((_, word),) = judgments(first)
        denied = " not " in first
        assert ((word in PRAISE) != denied) == (one.sentiment == "positive"), one


def test_what_matters_more_agrees_with_the_sentiment(made):
    found = 0
    for one in made["train"]:
        if match := re.search(rf"but the \w+ is ({WORDS}), and that matters more", one.text):
            assert (match[1] in PRAISE) == (one.sentiment == "positive"), one
            found += 1
    assert found > 300


def test_nothing_is_very_perfect(made):
    for one in made["train"] + made["held-out"]:
        assert not re.search(rf"\bvery (?:{'|'.join(EXTREME)})\b", one.text), one
    assert set(EXTREME) < {*PRAISE, *BLAME}


def test_a_and_an_are_right(made):
    for one in made["train"] + made["held-out"]:
        assert not re.search(r"\b[Aa] (?!use|uni)[aeiou]|\b[Aa]n (?:[^aeiou]|use|uni)", one.text), (
            one
        )


def test_every_sentence_begins_with_a_capital_and_ends(made):
    for one in made["train"]:
        for part in sentences(one.text):
            assert re.fullmatch(r"[A-Z][^{}]*[.!]", part), one
            assert "  " not in part


def test_a_sentiment_can_be_asked_for():
    rng = random.Random(0)
    for mood in ("positive", "negative"):
        assert {review(rng, "train", mood).sentiment for _ in range(30)} == {mood}


def test_no_held_out_sentence_or_judgment_occurs_in_training(made):
    texts = {split: [one.text for one in reviews] for split, reviews in made.items()}
    assert not leaks(texts["held-out"], texts["train"])
    assert len({sentence for text in texts["held-out"] for sentence in sentences(text)}) > 300


def test_no_training_judgment_is_held_out_by_its_key(made):
    from lessons.world.splits import split_of

    passed = {j for one in made["train"] for j in judgments(one.text)}
    assert len(passed) > 1200
    assert {split_of(f"{what} {word}") for what, word in passed} == {"train"}


@pytest.mark.parametrize(
    ("leaked", "known"),
    [
        ("The novel is very dull.", "What a dull novel!"),
        ("I did not find the novel dull.", "My new novel looks really dull."),
        ("The price is good.", "The shape is fine and the price is good."),
        ("The price is good.", "The price is good, but the size is bad, and that matters more."),
        ("I sent the pen back.", "The pen is bad. I sent the pen back."),
    ],
)
def test_a_leaked_judgment_is_found_in_another_sentence(made, leaked, known):
    training = [one.text for one in made["train"][:100]]
    assert leaks([leaked], [*training, known])


def test_a_new_judgment_is_no_leak():
    assert not leaks(["The price is good."], ["The price is fine.", "The size is good."])


def test_a_document_is_a_review_alone_or_one_or_three_with_their_sentiment():
    rng, found = random.Random(1), set()
    for _ in range(300):
        text = review_document(rng, "train")
        found.add((text.count("Review: "), text.count("Sentiment: ")))
    assert found == {(1, 0), (1, 1), (3, 3)}
