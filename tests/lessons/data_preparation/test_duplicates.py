"""Copies: the same hash, similar signatures, and meeting as often as the formula says."""

import random

import numpy as np
import pytest

from lessons.data_preparation.duplicates import (
    MinHash,
    NearDuplicates,
    band_keys,
    chance_to_meet,
    fingerprint,
)
from lessons.data_preparation.similarity import jaccard, shingles
from lessons.data_preparation.splits import Leaks, ngrams, side


def test_case_punctuation_and_blanks_do_not_change_a_fingerprint():
    assert fingerprint("The  fox,\nit RUNS!") == fingerprint("the fox it runs")
    assert fingerprint("the fox it runs") != fingerprint("the foxit runs")
    assert len(fingerprint("")) == 16


def test_shingles_overlap_and_a_short_text_is_one():
    assert shingles("A b c d", 3) == {"a b c", "b c d"}
    assert shingles("A b", 3) == {"a b"}
    assert shingles("", 3) == {""}


def test_similarity_is_the_shared_part_of_all():
    assert jaccard({"a", "b"}, {"b", "c"}) == pytest.approx(1 / 3)
    assert jaccard({"a"}, {"a"}) == 1


def test_signatures_agree_as_often_as_sets_are_similar():
    rng, minhash = random.Random(0), MinHash(2000)
    for shared in (5, 25, 45):
        words = [f"{rng.random()}" for _ in range(100 - shared)]
        one, other = set(words[:50]), set(words[50 - shared : 100 - shared])
        true = jaccard(one, other)
        agree = (minhash(one) == minhash(other)).mean()
        assert agree == pytest.approx(true, abs=4 * (true * (1 - true) / 2000) ** 0.5)


def test_a_signature_depends_on_the_set_and_the_seed_only():
    assert (MinHash(8)({"a", "b", "c"}) == MinHash(8)({"c", "b", "a"})).all()
    assert (MinHash(8)({"a"}) != MinHash(8, seed=1)({"a"})).any()
    assert MinHash(8)({"a"}).dtype == np.uint32


def test_bands_are_cut_in_order_and_know_their_place():
    signature = np.array([1, 2, 1, 2], dtype=np.uint32)
    keys = band_keys(signature, rows=2)
    assert len(keys) == 2
    assert keys[0] != keys[1]  # equal numbers in another band are another key
    assert keys[0][1:] == keys[1][1:]


def test_the_chance_to_meet_is_that_of_at_least_one_band():
    assert chance_to_meet(0.0, 14, 8) == 0
    assert chance_to_meet(1.0, 14, 8) == 1
    assert chance_to_meet(0.5, 1, 2) == 0.25
    assert chance_to_meet(0.5, 2, 1) == 0.75


def test_a_near_copy_is_led_to_the_first_of_its_kind_also_through_others():
    near = NearDuplicates(2, bands=40, rows=2)
    halves = {name: " ".join(f"{name}{i}" for i in range(30)) for name in "abcx"}
    texts = {
        "first": f"{halves['a']} {halves['b']}",
        "other": halves["x"],
        "second": f"{halves['b']} {halves['c']}",
        "third": halves["c"],  # nothing in common with the first
    }
    assert shingles(texts["first"], 2).isdisjoint(shingles(texts["third"], 2))
    met = [near.add(name, near.keys(text)) for name, text in texts.items()]
    assert met == [None, None, "first", "first"]


def test_a_group_is_always_on_one_side():
    sides = [side(f"group {i}") for i in range(5000)]
    assert sides == [side(f"group {i}") for i in range(5000)]
    assert 400 < sides.count("validation") < 600
    assert side("group 1", one_in=1) == "validation"


ITEM = "one two three four five six"


@pytest.mark.parametrize(
    ("text", "any_run", "four_in_five"),
    [
        ("zero one two three four five six seven", True, True),
        ("zero One, two three! four five", True, False),
        ("zero one two three", True, False),
        ("one two four five six", True, False),
        ("six five four three two one", False, False),
    ],
)
def test_a_leak_is_a_shared_run_or_most_runs_of_an_item(text, any_run, four_in_five):
    assert bool(Leaks([ITEM], 3)(text)) == any_run
    assert bool(Leaks([ITEM], 3, 0.8)(text)) == four_in_five


def test_runs_of_two_items_do_not_add_up():
    assert Leaks(["a b c d", "e f g h"], 2, 0.8)("a b c e f g") is None


def test_an_item_shorter_than_a_run_cannot_be_found():
    assert ngrams("a b", 3) == set()
    assert Leaks(["a b"], 3)("a b") is None
