"""Normalization and augmentation: what they change, and what they must not."""

import random
import re

import pytest

from lessons.data_preparation.augmentation import CHANGES, judgment
from lessons.data_preparation.normalization import (
    CUTS,
    MOODS,
    BagOfWords,
    bag_accuracy,
    normalize_text,
)
from lessons.world.reviews import Review, review


def changed(name: str, count: int = 200) -> list[tuple[str, str]]:
    rng, chance = random.Random(1), random.Random(2)
    texts = [review(rng, "train").text for _ in range(count)]
    return [(text, CHANGES[name](chance, text)) for text in texts]


def test_the_recipe_of_the_outline_gives_its_example_and_destroys_the_other():
    assert normalize_text("Hello, World! How are you doing? 123") == (
        "hello world how are you doing 123"
    )
    assert normalize_text("naïve café, -3.5 °C") == "nave caf 35 c"


def test_words_are_cut_in_three_ways():
    cuts = {name: cut("Great, isn't it?") for name, cut in CUTS.items()}
    assert cuts == {
        "raw": ["Great,", "isn't", "it?"],
        "normalized": ["great", "isnt", "it"],
        "words and marks": ["Great", ",", "isn", "'", "t", "it", "?"],
    }


def test_a_bag_of_words_learns_which_word_goes_with_which_mood():
    train = [Review("good hat", "positive"), Review("bad hat", "negative")]
    classify = BagOfWords(str.split, train)
    assert [classify(text) for text in ("good good", "a bad one")] == ["positive", "negative"]


def test_a_bag_of_words_knows_how_frequent_a_mood_is():
    train = [Review("hat", "positive"), Review("hat", "positive"), Review("hat", "negative")]
    assert BagOfWords(str.split, train)("nothing known") == "positive"


def test_more_reviews_make_a_better_bag():
    assert bag_accuracy("raw", 8, seed=3) < 0.65 < 0.75 < bag_accuracy("raw", 256, seed=3)


@pytest.mark.parametrize("name", ["none", "subjects", "synonyms"])
def test_a_safe_change_keeps_the_judgment(name):
    assert all(judgment(text) == judgment(other) for text, other in changed(name))


@pytest.mark.parametrize(("name", "kept"), [("deletion", 0.6), ("filled", 0.9)])
def test_a_reckless_change_breaks_the_judgment_of_many(name, kept):
    pairs = changed(name, 100)
    assert sum(judgment(text) == judgment(other) for text, other in pairs) < kept * len(pairs)


@pytest.mark.parametrize(
    ("name", "stays"), [("none", 1.0), ("subjects", 0.0), ("synonyms", 0.0), ("deletion", 0.0)]
)
def test_a_change_changes_nearly_every_text(name, stays):
    pairs = changed(name)
    assert sum(a == b for a, b in pairs) / len(pairs) == pytest.approx(stays, abs=0.1)


def test_what_is_not_exchanged_stays_in_its_place():
    for text, other in changed("subjects"):
        assert len(text.split()) == len(other.split())
        assert re.findall(r"[.,!]", text) == re.findall(r"[.,!]", other)


def test_a_text_is_never_deleted_whole():
    assert all(CHANGES["deletion"](random.Random(i), "word") == "word" for i in range(20))
    assert all(other for _, other in changed("deletion"))


def test_the_masked_model_fills_every_hole():
    assert not any("[MASK]" in other or "[PAD]" in other for _, other in changed("filled", 50))


def test_judgment_is_praise_blame_and_what_turns_it():
    assert judgment("The lamp is not ugly, but the price is great.") == ["not", "-", "but", "+"]
    assert judgment("A lamp.") == []
    assert set(MOODS) == {"negative", "positive"}
