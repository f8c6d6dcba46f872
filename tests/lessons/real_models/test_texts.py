"""Texts are read as they are kept: marks and line ends of Windows, ids in another order, one copy."""

import json
import platform

import pytest

from lessons.fingerprints.fingerprint import SOURCES, file_digest
from lessons.real_models import pins, places, texts
from lessons.real_models.texts import Rated, Verse

TOPICS_DIGEST = "e81a4f3fc71fafbd0d092e58804c106cd251e4580938d87221636fe846f18501"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder that stands for each collection; returns what writes a file into it."""
    monkeypatch.setattr(places, "find", lambda _: tmp_path)
    return lambda name, data: (tmp_path / name).write_bytes(data.encode("utf-8"))


def test_a_text_gets_its_own_ratings_whatever_the_order_of_the_files(kept):
    kept("movieReviewSnippets_GroundTruth.txt", "1\t9\tA café\u2028''fine''.\r\n2\t9\tA bore.")
    kept(
        "movieReviewSnippets_anonDataRatings.txt",
        "\ufeff2\t9\t0\t[-4, -1]\r\n1\t9\t0\t[1, 2, 4]\r\n",
    )
    first, second = texts.ratings()
    assert first == Rated(1, "A café\u2028''fine''.", (1, 2, 4))
    assert second == Rated(2, "A bore.", (-4, -1))
    assert second.mean == -2.5, "the mean in the file does not count"


def test_a_sentence_of_a_product_has_a_number_of_its_own(kept):
    kept("amazonReviewSnippets_GroundTruth.txt", "1_1\t0\tOne.\r\n11_1\t0\tTwo.\r\n1_11\t0\tThree.")
    kept(
        "amazonReviewSnippets_anonDataRatings.txt",
        "1_11\t0\t0\t[3]\r\n1_1\t0\t0\t[1]\r\n11_1\t0\t0\t[2]",
    )
    assert [(rated.id, rated.ratings) for rated in texts.ratings("products")] == [
        (101, (1,)), (1101, (2,)), (111, (3,)),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no ratings of 'tweets': take one of movies, products"):
        texts.ratings("tweets")


def test_a_word_of_the_lexicon_may_hold_anything_but_a_tab(kept):
    kept("vader_lexicon.txt", "( '}{' )\t1.6\t0.6\t[1, 2]\ngood\t1.9\t0.9\t[2]\n\n")
    assert texts.lexicon() == {"( '}{' )": 1.6, "good": 1.9}


def test_a_verse_says_where_it_stands(kept):
    row = {"citation": "", "text": "Jesus wept.", "book": "John", "chapter": 11, "verse": 35}
    kept("kjv.jsonl", json.dumps(row) + "\n")
    assert texts.verses() == [Verse("John", 11, 35, "Jesus wept.")]


@pytest.mark.parametrize(
    ("read", "name"),
    [(texts.ratings, "ratings"), (texts.lexicon, "ratings"), (texts.verses, "verses")],
)
def test_what_was_not_fetched_is_named_with_the_command_that_fetches_it(cache, read, name):
    with pytest.raises(FileNotFoundError, match=rf"get it: python -m lessons\.real_models {name}"):
        read()


def test_the_files_that_are_read_are_pinned():
    files = pins.COLLECTIONS["ratings"].files
    names = {
        f"{kind}_{part}.txt"
        for kind in texts.RATED.values()
        for part in ("GroundTruth", "anonDataRatings")
    }
    assert files.keys() == names | {texts.LEXICON}
    assert pins.COLLECTIONS["verses"].files.keys() == {texts.VERSES}


def test_the_topics_are_one_frozen_copy_with_its_license_beside_it():
    path = SOURCES / texts.TOPICS
    assert file_digest(path) == TOPICS_DIGEST
    assert TOPICS_DIGEST in (path.parent / "NOTICE").read_text("utf-8")
    license_text = (path.parent / "LICENSE.txt").read_text("utf-8")
    assert "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2" in license_text
    whole = (SOURCES.parent / "LICENSE").read_text("utf-8")
    assert f"src/{path.parent.relative_to(SOURCES).as_posix()}" in whole
    topics = texts.topics()
    assert len(topics) == 79
    assert sum(map(len, topics.values())) == 464_970


@pytest.mark.skipif(platform.python_version() != "3.11.7", reason="the copy is of Python 3.11.7")
def test_the_topics_are_those_of_the_python_that_they_are_from():
    from pydoc_data.topics import topics

    assert texts.topics() == topics
