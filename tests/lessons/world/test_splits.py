"""Documents: the same for the same seed, of the kinds asked for, and none on both sides of the split."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable

import pytest

from lessons import world
from lessons.world.splits import SPLITS, draw, split_of


def plain(text: str) -> str:
    """Leave out capitals, punctuation and blanks."""
    return " ".join(re.findall(r"\w+", text.lower()))


def copied(held_out: Iterable[str], training: Iterable[str]) -> set[str]:
    """The held-out documents that stand in training, give or take capitals, punctuation and blanks."""
    known = {plain(text) for text in training}
    return {text for text in held_out if plain(text) in known}


def test_the_same_seed_gives_the_same_documents_and_another_seed_gives_others():
    assert world.documents(3, 50) == world.documents(3, 50)
    assert world.documents(3, 50) != world.documents(4, 50)


def test_asking_for_fewer_documents_gives_the_first_ones():
    assert world.documents(0, 100)[:10] == world.documents(0, 10)


def test_the_documents_of_a_seed_do_not_hang_on_the_hash_seed():
    code = "from lessons import world; print(world.documents(5, 30))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "src"},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert texts == {f"{world.documents(5, 30)}\n"}


@pytest.mark.parametrize(
    ("split", "digest"), [("train", "bdacf383e63e2f70"), ("held-out", "debb0545d7815281")]
)
def test_the_text_is_that_on_which_the_models_of_the_course_were_trained(split, digest):
    text = "\0".join(world.documents(0, 500, split))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == digest


def test_shares_say_how_often_each_kind_is_made():
    texts = world.documents(0, 600, shares={"fact": 1, "review": 3})
    assert sum("Review: " in text for text in texts) / 600 == pytest.approx(0.75, abs=0.06)


def test_the_shares_of_the_kinds_are_of_one():
    assert sum(world.SHARES.values()) == pytest.approx(1)
    assert world.SHARES.keys() == world.MAKERS.keys()


@pytest.mark.parametrize("count", [0, -3])
def test_a_count_below_one_is_refused(count):
    with pytest.raises(ValueError, match=f"count {count} must be at least 1"):
        world.documents(0, count)


def test_a_split_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no split 'test': take 'train' or 'held-out'"):
        world.documents(0, 1, "test")


@pytest.mark.parametrize(("shares", "named"), [({"poem": 1}, r"\(poem\)"), ({}, r"\(none given\)")])
def test_a_kind_that_does_not_exist_is_refused(shares, named):
    with pytest.raises(
        ValueError, match=rf"no such kinds of documents {named}: take some of story"
    ):
        world.documents(0, 1, shares=shares)


def test_no_document_has_braces_or_a_newline_at_its_end(training, held_out):
    for text in training + held_out:
        assert text == text.strip() != ""
        assert "{" not in text


def test_no_held_out_document_occurs_in_training(training, held_out):
    assert not copied(held_out, training)


@pytest.mark.parametrize("kind", [kind for kind in world.SHARES if kind != "fact"])
def test_no_held_out_document_of_a_kind_occurs_among_many_training_ones(of_kind, kind):
    assert not copied(of_kind(kind, "held-out"), of_kind(kind, "train"))


def test_a_copied_document_is_found_in_other_capitals_and_blanks(training, held_out):
    leaked = held_out[17]
    for copy in (leaked, leaked.upper(), leaked.replace(" ", "  ").replace(".", "")):
        assert copied([held_out[3], leaked], [*training[:50], copy]) == {leaked}


def test_facts_belong_to_both_splits_by_design(of_kind):
    assert copied(of_kind("fact", "held-out"), of_kind("fact", "train"))


def test_about_one_key_in_ten_is_held_out():
    share = sum(split_of(f"key {i}") == "held-out" for i in range(5000)) / 5000
    assert share == pytest.approx(0.1, abs=0.02)


def test_one_key_in_as_many_as_asked_is_held_out():
    share = sum(split_of(f"key {i}", one_in=5) == "held-out" for i in range(5000)) / 5000
    assert share == pytest.approx(0.2, abs=0.02)


def test_a_drawn_item_belongs_to_the_split():
    for split in SPLITS:
        numbers = iter(range(1000))
        assert split_of(draw(lambda: f"{next(numbers)}", str, split)) == split  # noqa: B023
