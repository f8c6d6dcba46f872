"""Passages are whole paragraphs with their place; copies are left out, and nothing else is lost."""

import pytest

from lessons.real_models import texts
from lessons.search import passages as cutting
from lessons.search.passages import Paragraph, cut, owners, paragraphs, passages


def parts(*words):
    """Paragraphs of so many words, a line each, with an empty line between two."""
    return [Paragraph(" ".join(["word"] * n), 1 + 2 * i) for i, n in enumerate(words)]


def sizes(found):
    return [[part.words for part in one] for one in found]


def test_paragraphs_end_at_blank_lines_and_know_their_first_and_last_line():
    found = paragraphs("Head\n****\n\n  two\n\n \n\nthree\nlines\nhere")
    assert found == [
        Paragraph("Head\n****", 1),
        Paragraph("  two", 4),
        Paragraph("three\nlines\nhere", 8),
    ]
    assert [part.last for part in found] == [2, 4, 10]
    assert paragraphs(" \n\n") == []


def test_a_passage_ends_at_the_paragraph_with_which_it_has_enough_words():
    assert sizes(cut(parts(4, 4, 4, 9, 1), words=8)) == [[4, 4], [4, 9], [1]]
    assert sizes(cut(parts(20, 1, 20), words=8)) == [[20], [1, 20]]
    assert sizes(cut([], words=8)) == []


def test_an_overlap_repeats_paragraphs_and_every_passage_still_says_something_new():
    assert sizes(cut(parts(4, 5, 6, 7), words=8, overlap=1)) == [[4, 5], [5, 6], [6, 7]]
    assert sizes(cut(parts(20, 1, 1), words=8, overlap=1)) == [[20], [1, 1]]
    assert sizes(cut(parts(4, 4), words=8, overlap=1)) == [[4, 4]], "the end is not said again"


@pytest.mark.parametrize(("words", "overlap"), [(0, 0), (8, -1)])
def test_a_cut_that_cannot_be_is_refused(words, overlap):
    with pytest.raises(ValueError, match="must be at least"):
        list(cut(parts(1), words, overlap))


def test_a_topic_owns_a_passage_of_which_it_has_half():
    topics = {"for": {"aaaa", "bb"}, "compound": {"aaaa", "cc"}, "while": {"cc"}}
    assert owners(["aaaa", "bb"], topics) == {"for", "compound"}
    assert owners(["aa", "cc"], topics) == {"compound", "while"}


def test_what_a_shorter_topic_has_said_is_left_out_of_a_longer_one(monkeypatch):
    shared = "This loop goes on until somebody ends it early."
    own = "This sentence of nine words is the longer one's."
    monkeypatch.setattr(
        texts,
        "topics",
        lambda: {"compound": f"Head\n\n{own}\n\n{shared}", "for": f"Head\n\n{shared}"},
    )
    found = passages.__wrapped__(words=5)
    assert [(one.topic, one.text) for one in found] == [
        ("for", f"Head\n\n{shared}"), ("compound", f"Head\n\n{own}"),
    ]  # fmt: skip
    assert found[0].owners == {"for", "compound"}
    assert [one.place for one in found] == ["for, lines 1 to 3", "compound, lines 1 to 3"]


def test_an_overlap_is_no_repetition(monkeypatch):
    lines = [f"This is sentence {name} of the only topic here." for name in ("one", "two", "three")]
    monkeypatch.setattr(texts, "topics", lambda: {"only": "\n\n".join(lines)})
    assert [one.text.count("\n\n") for one in passages.__wrapped__(words=15, overlap=1)] == [1, 1]


def test_each_passage_stands_where_it_says_and_no_long_paragraph_is_lost():
    topics, found = texts.topics(), passages()
    assert [one.number for one in found] == list(range(len(found)))
    for one in found:
        lines = topics[one.topic].split("\n")[one.first - 1 : one.last]
        assert "\n".join(lines).split() == one.text.split()
        assert one.topic in one.owners
    said = {part for one in found for part in one.text.split("\n\n")}
    every = (part for text in topics.values() for part in paragraphs(text))
    assert [part for part in every if part.words >= cutting.LONG and part.text not in said] == []
    assert len({one.text for one in found}) == len(found)
