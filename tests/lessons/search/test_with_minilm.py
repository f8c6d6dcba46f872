"""What the lab says of MiniLM holds for the real model."""

import pytest

from lessons.search.index import Index
from lessons.search.passages import passages
from lessons.search.questions import questions
from realmodels import real_model

pytestmark = pytest.mark.real
LONGEST = 256


@pytest.fixture(scope="module")
def tokenizer():
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(real_model("minilm"))


def test_a_hundred_passages_are_longer_than_what_it_reads(tokenizer):
    lengths = [len(tokenizer(one.text)["input_ids"]) for one in passages()]
    assert len(lengths) == 450
    assert sum(length > LONGEST for length in lengths) == 106


def test_of_nine_questions_it_never_reads_the_answer(tokenizer):
    def read(passage):
        ids = tokenizer(
            passage.text, truncation=True, max_length=LONGEST, return_offsets_mapping=True
        )
        return " ".join(passage.text[: max(end for _, end in ids["offset_mapping"])].split())

    seen = [read(one) for one in passages()]
    assert sum(not any(h in text for text in seen for h in q.holds) for q in questions()) == 9


def test_what_stands_nowhere_is_not_found_and_what_does_is():
    real_model("minilm")
    index = Index.load()
    assert index.way == "both"
    assert not index.answer("How do I bake bread?").found
    found = index.answer("str.removeprefix")
    assert found.found
    assert "removeprefix" in found.hits[0].passage.text
