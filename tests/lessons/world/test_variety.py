"""Variety is counted right, and the world has enough of it."""

import math

import pytest

from lessons.world import SHARES, documents
from lessons.world.variety import COLUMNS, entropy, sentences, table, variety

# lower bounds, below what 1,500 documents of each kind have: distinct sentences, vocabulary, bits of a
# word and of a pair
BOUNDS = {
    "story": (7500, 1700, 7.6, 10.9), "translation": (5000, 1300, 7.3, 10.5),
    "review": (3300, 150, 6.0, 8.7), "sum": (4000, 110, 5.3, 8.5), "task": (9000, 900, 8.3, 13.6),
    "copy": (3200, 150, 6.4, 11.8), "talk": (2300, 110, 5.9, 7.8), "fact": (300, 160, 5.0, 7.2),
}  # fmt: skip
REPEATS = {"translation": 0.03, "sum": 0.02, "talk": 0.04, "fact": 0.25, "review": 0.005}


def test_variety_counts_documents_sentences_and_words():
    found = variety(
        ["A cat sees a hat. It waits.", "A dog waits!\nA dog waits!", "A dog waits!\nA dog waits!"]
    )
    assert found["documents"] == 3
    assert found["distinct_documents"] == 2
    assert found["repeats"] == pytest.approx(1 / 3)
    assert found["distinct_sentences"] == 3
    assert found["words"] == 19
    assert found["vocabulary"] == 7


def test_the_entropy_of_words_and_pairs_is_in_bits():
    found = variety(["one two", "three four"])
    assert found["word_entropy"] == pytest.approx(2)
    assert found["bigram_entropy"] == pytest.approx(1)


@pytest.mark.parametrize(("counts", "bits"), [([1], 0), ([], 0), ([2, 2], 1), ([1, 1, 2], 1.5)])
def test_entropy_is_that_of_the_counts(counts, bits):
    assert entropy(counts) == pytest.approx(bits)


def test_a_pair_does_not_reach_over_the_end_of_a_document():
    assert variety(["one", "two"])["bigram_entropy"] == 0


def test_a_text_is_cut_at_ends_of_sentences_and_lines():
    assert sentences("Is it? Yes.\nA: 3\n\nB") == ["Is it?", "Yes.", "A: 3", "B"]


def test_no_texts_have_no_variety():
    with pytest.raises(ValueError, match="need at least one text"):
        variety([])


@pytest.mark.parametrize("kind", SHARES)
def test_every_kind_of_document_is_varied(of_kind, kind):
    found, bounds = variety(of_kind(kind, "train")), BOUNDS[kind]
    columns = ("distinct_sentences", "vocabulary", "word_entropy", "bigram_entropy")
    for column, bound in zip(columns, bounds, strict=True):
        assert found[column] >= bound, column


@pytest.mark.parametrize("kind", SHARES)
def test_few_documents_repeat_another(of_kind, kind):
    assert variety(of_kind(kind, "train"))["repeats"] <= REPEATS.get(kind, 0.001)


def test_the_mixture_is_varied(training):
    found = variety(training)
    assert found["repeats"] < 0.02
    assert found["word_entropy"] > 8.5
    assert found["bigram_entropy"] > 12.5


def test_the_same_document_again_and_again_has_no_variety():
    found = variety(documents(0, 1) * 50)
    assert found["repeats"] == 0.98
    assert found["word_entropy"] < math.log2(found["vocabulary"]) + 1e-9


def test_the_table_has_a_line_for_each_kind():
    head, *lines = table(20).split("\n")
    assert head.split() == ["kind", *COLUMNS]
    assert [line.split()[0] for line in lines] == ["all", *SHARES]
    assert all(len(line.split()) == len(COLUMNS) + 1 for line in lines)
