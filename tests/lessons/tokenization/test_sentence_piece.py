"""SentencePiece's trainers on the course's documents."""

import pytest

from lessons import world
from lessons.tokenization.sentence_piece import sentencepiece_cell


@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_a_trainer_of_sentencepiece_loses_no_text_and_has_as_many_entries_as_asked_for(
    monkeypatch, kind
):
    draw = world.documents
    monkeypatch.setattr(
        world, "documents", lambda seed, count, *rest: draw(seed, count // 5, *rest)
    )
    scores = sentencepiece_cell(kind, 1024, 9)
    assert scores["vocabulary"] == 1024
    assert (scores["exact"], scores["unknown"]) == (1.0, 0.0)
    assert scores["has_once"] == float(kind == "bpe")
