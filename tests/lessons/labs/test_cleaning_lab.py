"""The lab on cleaning: each known wrong way is told as itself, and the right ways are right."""

import re
from random import Random

import pytest

from lessons.data_preparation.privacy import mask
from lessons.labs import cleaning_leaks as leaky
from lessons.labs import cleaning_mistakes as ways
from lessons.labs import cleaning_privacy as private
from lessons.labs.catalog import find
from lessons.labs.cleaning import KEEP_CASES, TEXTS
from lessons.labs.cleaning_data import test_items as items_of_the_test
from lessons.labs.cleaning_data import training_texts
from lessons.labs.verdicts import WrongError
from solvedlabs import Here

LAB = find("cleaning")
KNOWN = [
    (1, "tidy", ways.TIDY),
    (2, "score", ways.SCORE),
    (2, "keep", ways.KEEP),
    (3, "mask", private.MASK),
    (4, "leaks", leaky.LEAKS),
    (4, "decide", leaky.DECIDE),
]
RIGHT = {
    "tidy": ways.tidy,
    "score": ways.score,
    "keep": ways.keep,
    "mask": mask,
    "leaks": leaky.leaks,
    "decide": leaky.decide,
}


@pytest.mark.parametrize(
    ("part", "name", "way"),
    [pytest.param(part, name, way, id=way.name) for part, name, known in KNOWN for way in known],
)
def test_each_known_way_is_named_as_itself(part, name, way):
    with pytest.raises(WrongError) as found:
        LAB.check(part)(Here(RIGHT | {name: way.answer}), Random(part))
    assert found.value.mistake == way.name


def test_the_right_way_changes_no_clean_text():
    clean = TEXTS[-4:]
    assert [ways.tidy(text) for text in clean] == [*clean]


def test_a_copy_of_a_copy_is_in_the_group_and_the_ends_alone_are_not():
    chain, least = KEEP_CASES[3]
    assert ways.groups(chain, least) == [[0, 1, 2]]
    assert ways.groups([chain[0], chain[2]], least) == [[0], [1]]


def test_training_texts_hold_items_of_the_test_and_the_truth_says_where():
    texts, there = training_texts(seed=3, count=80)
    assert training_texts(seed=3, count=80) == (texts, there)
    whole = [
        place for place, text in enumerate(texts) if any(i in text for i in items_of_the_test())
    ]
    assert whole
    assert set(whole) < set(there)
    assert len(there) == pytest.approx(16, abs=8)
    assert all(re.search(r"\w", text) for text in texts)
