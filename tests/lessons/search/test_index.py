"""An index finds passages in each way, keeps its vectors, and says when nothing is good enough."""

import json

import numpy as np
import pytest
import torch

from lessons.real_models import loading, places
from lessons.search import index as searching
from lessons.search import vectors
from lessons.search.index import Index, best_way, recorded_least
from lessons.search.passages import Passage
from lessons.search.ranking import Words

TEXTS = ("Loops end with break.", "Text is joined by join.", "Numbers are added.")
PASSAGES = tuple(
    Passage(number, f"topic{number}", 1, 2, text, frozenset()) for number, text in enumerate(TEXTS)
)
VECTORS = np.eye(3, dtype=np.float32)


def embed(asked):
    """Vectors that lie near the second passage, then the third."""
    return np.array([[0.0, 0.9, 0.4] for _ in asked], dtype=np.float32)


def index(way, least=0.0):
    words = Words(TEXTS) if way in ("words", "both") else None
    if way == "words":
        return Index(way, PASSAGES, words, least=least)
    return Index(way, PASSAGES, words, VECTORS, embed, least)


def numbers(hits):
    return [hit.passage.number for hit in hits]


def test_hits_come_best_first_with_their_place():
    first, second = index("words").search("How do loops end?", k=2)
    assert (first.rank, first.topic, first.place) == (1, "topic0", "topic0, lines 1 to 2")
    assert second.rank == 2
    assert first.score > second.score == 0


def test_each_way_ranks_in_its_own_order():
    assert numbers(index("vectors").search("How do loops end?")) == [1, 2, 0]
    assert numbers(index("both").search("How do loops end?")) == [0, 1, 2]
    assert index("vectors").search("loops")[0].score == pytest.approx(0.9)
    assert index("both").search("loops")[0].score == pytest.approx(1 / 61 + 1 / 63)


def test_a_search_by_words_that_knows_nothing_of_a_question_has_no_say_in_both():
    assert numbers(index("both").search("zebras")) == numbers(index("vectors").search("zebras"))


@pytest.mark.parametrize("way", ["words", "vectors", "both"])
def test_nothing_asked_is_nothing_found(way):
    answer = index(way).answer("  ")
    assert (answer.found, answer.hits, answer.sure) == (False, (), -1.0)


def test_passages_are_shown_only_where_the_search_is_sure_enough():
    shown = index("vectors", least=0.8).answer("loops", k=2)
    assert shown.found
    assert numbers(shown.hits) == [1, 2]
    refused = index("vectors", least=0.95).answer("loops")
    assert (refused.hits, refused.least) == ((), 0.95)
    assert refused.sure == pytest.approx(0.9)
    assert index("both", least=0.8).answer("loops").sure == pytest.approx(0.9)


def test_less_than_one_passage_cannot_be_asked_for():
    with pytest.raises(ValueError, match="k 0 must be at least 1"):
        index("words").search("loops", k=0)


def test_an_index_without_words_and_vectors_says_so():
    with pytest.raises(ValueError, match="an index by mlm needs words or vectors"):
        Index("mlm", PASSAGES).search("loops")


def test_how_sure_it_has_to_be_is_what_the_record_chose(tmp_path, monkeypatch):
    record = tmp_path / "record.json"
    record.write_text(json.dumps({"summary": {"words": {"least": 2.5}}}))
    monkeypatch.setattr(searching, "RECORD", record)
    monkeypatch.setattr(searching, "recorded_least", recorded_least.__wrapped__)
    assert index("words", least=None).answer("loops").least == 2.5


def test_the_record_has_a_threshold_for_each_way():
    assert all(isinstance(recorded_least(way), float) for way in searching.WAYS)


def test_the_best_way_depends_on_what_was_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "cache", lambda: tmp_path)
    assert best_way() == "words"
    places.finished("minilm").mkdir()
    assert best_way() == "both"


def test_an_index_is_loaded_by_its_way(monkeypatch):
    monkeypatch.setattr(searching, "passages", lambda: PASSAGES)
    monkeypatch.setattr(searching, "kept", lambda model: model)
    monkeypatch.setattr(searching, "best_way", lambda: "words")
    assert Index.load().way == "words"
    assert (Index.load("words").vectors, Index.load("words").least) == (None, None)
    assert (Index.load("mlm").vectors, Index.load("mlm").words) == ("mlm", None)
    assert Index.load("vectors").vectors == "minilm"
    both = Index.load("both")
    assert both.vectors == "minilm"
    assert both.words is not None
    with pytest.raises(ValueError, match="no search by 'magic': take one of words, vectors"):
        Index.load("magic")


def test_vectors_are_computed_once_and_then_read(tmp_path, monkeypatch):
    made = []
    for name in vectors.MAKE:
        monkeypatch.setattr(vectors, name, lambda _, name=name: made.append(name) or VECTORS)
    for model in ("minilm", "mlm", "minilm"):
        assert vectors.kept(model, tmp_path).tolist() == VECTORS.tolist()
    assert made == ["minilm", "mlm"]
    with pytest.raises(ValueError, match="no vectors by 'base': take one of minilm, mlm"):
        vectors.kept("base")


def test_minilm_is_asked_for_its_vectors(monkeypatch):
    monkeypatch.setattr(loading, "encoder", lambda name: (name, "tokenizer"))
    monkeypatch.setattr(loading, "embed", lambda *given: torch.full((len(given[2]), 2), 0.5))
    assert vectors.minilm(["a", "b", "c"]).tolist() == [[0.5, 0.5]] * 3


def test_the_courses_own_model_gives_a_vector_of_length_one_and_reads_no_more_than_it_can():
    long = "the cat sees a dog . " * 100
    found = vectors.mlm(["the cat sees a dog .", long, f"{long} and more"])
    assert found.shape == (3, 128)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert found[1] == pytest.approx(found[2], abs=1e-6)
    assert abs(found[0] - found[1]).max() > 1e-3
