"""Requests with polite and curt answers, and facts."""

import random
import re
from collections.abc import Iterable

import pytest

from lessons.world.lexicon import CAPITALS, COLORS, FOODS, KINDS, OPPOSITES, PLACES, THINGS
from lessons.world.talk import fact_document, talk, talk_document

COLOR = "|".join(color.english for color in COLORS)
NOUN = "|".join(noun.english for noun in THINGS + FOODS)
PLACE = "|".join(place.english for place in PLACES)
ASKED = (
    ("lend", rf"Can you lend me the (?:{COLOR}) ({NOUN})\?"),
    ("where", rf"Where is the (?:{COLOR}) ({NOUN})\?"),
    ("buy", rf"Can I buy an? (?:{COLOR}) ({NOUN}) in the ({PLACE})\?"),
    ("open", rf"When does the ({PLACE}) open\?"),
    ("carry", rf"Can you help me carry the (?:{COLOR}) ({NOUN}) to the ({PLACE})\?"),
)


def asked(text: str) -> set[tuple[str, ...]]:
    """What is asked about what, without the color."""
    return {
        (kind, *found.groups()) for kind, pattern in ASKED for found in re.finditer(pattern, text)
    }


def leaks(held_out: Iterable[str], training: Iterable[str]) -> set[tuple[str, ...]]:
    known = {request for text in training for request in asked(text)}
    return {request for text in held_out for request in asked(text)} & known


@pytest.fixture(scope="module")
def talks():
    made = {}
    for split, count in (("train", 3000), ("held-out", 600)):
        rng = random.Random(4)
        made[split] = [talk(rng, split) for _ in range(count)]
    return made


def test_every_request_is_understood(talks):
    for request, _, _ in talks["train"] + talks["held-out"]:
        assert len(asked(request)) == 1, request


def test_every_answer_is_whole(talks):
    for request, answer, _ in talks["train"] + talks["held-out"]:
        assert re.fullmatch(r"[A-Z][^{}]*[.!]", answer), (request, answer)
        assert "  " not in answer


def test_a_and_an_are_right(talks):
    for request, answer, _ in talks["train"]:
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", f"{request} {answer}")


def test_a_polite_answer_names_what_was_asked_for(talks):
    for request, answer, polite in talks["train"]:
        if polite:
            ((kind, *named),) = asked(request)
            words = named[:1] if kind == "carry" else named
            assert all(re.search(rf"\b{word}\b", answer) for word in words), (request, answer)


def test_a_polite_answer_is_never_also_a_curt_one(talks):
    said: dict[bool, set[str]] = {True: set(), False: set()}
    for _, answer, polite in talks["train"]:
        said[polite].add(answer)
    assert not said[True] & said[False]


def test_politeness_can_be_asked_for():
    rng = random.Random(0)
    for polite in (True, False):
        assert {talk(rng, "train", polite)[2] for _ in range(20)} == {polite}


def test_no_held_out_request_is_made_in_training(talks):
    texts = {split: [request for request, _, _ in made] for split, made in talks.items()}
    assert not leaks(texts["held-out"], texts["train"])
    assert {request[0] for text in texts["held-out"] for request in asked(text)} == {
        kind for kind, _ in ASKED
    }


def test_no_held_out_request_is_made_in_any_training_document(training, talks):
    assert not leaks([request for request, _, _ in talks["held-out"]], training)


@pytest.mark.parametrize(
    ("leaked", "known"),
    [
        ("Where is the red hat?", "Where is the blue hat?"),
        ("When does the park open?", "User: When does the park open?\nAssistant: Read the sign."),
        ("Can I buy a red pear in the barn?", "Can I buy an orange pear in the barn?"),
    ],
)
def test_a_leaked_request_is_found_in_another_color(leaked, known):
    assert leaks([leaked], [known])


def test_another_place_is_no_leak():
    assert not leaks(["Can I buy a red pear in the barn?"], ["Can I buy a red pear in the park?"])


def test_a_document_is_one_to_three_requests_with_answers():
    rng, found = random.Random(0), set()
    for _ in range(100):
        lines = talk_document(rng, "train").split("\n")
        assert [line.split(":")[0] for line in lines] == ["User", "Assistant"] * (len(lines) // 2)
        found.add(len(lines) // 2)
    assert found == {1, 2, 3}


def facts() -> set[str]:
    """All that is true, as it is told and as it is asked and answered."""
    both = [*OPPOSITES, *(pair[::-1] for pair in OPPOSITES)]
    named = [(f"{a(n.english)}", a(kind)) for kind, nouns in KINDS.items() for n in nouns]
    return {
        *(f"The opposite of {one} is {other}." for one, other in both),
        *(f"Question: What is the opposite of {one}?\nAnswer: {other}" for one, other in both),
        *(f"The capital of {country} is {city}." for country, city in CAPITALS),
        *(f"{city} is the capital of {country}." for country, city in CAPITALS),
        *(f"Question: What is the capital of {land}?\nAnswer: {city}" for land, city in CAPITALS),
        *(f"{one.capitalize()} is {kind}." for one, kind in named),
        *(f"Question: What is {one}?\nAnswer: {kind}" for one, kind in named),
    }


def a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' and word != 'unicorn' else 'a'} {word}"


def test_every_fact_is_true():
    rng, told = random.Random(0), set()
    for _ in range(800):
        text = fact_document(rng, "held-out")
        told |= {*re.sub(r"\n(?!Answer)", "\n\n", text).split("\n\n")}
    assert told <= facts()
    assert len(told) > 250


def test_no_word_has_two_opposites():
    words = [word for pair in OPPOSITES for word in pair]
    assert len(words) == len(set(words))
