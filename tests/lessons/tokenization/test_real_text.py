"""What a tokenizer costs and loses on text: one of words and the course's own stand for the real ones."""

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from lessons.real_models import places, texts
from lessons.tokenization import real_text
from lessons.tokenization.experiments import KINDS, TOKENIZERS


@pytest.fixture
def words():
    """Knows two words, makes all letters small, and says ``[UNK]`` to anything else."""
    known = {"[UNK]": 0, "a": 1, "cat": 2, ".": 3}
    plain = Tokenizer(models.WordPiece(known, unk_token="[UNK]"))
    plain.normalizer = normalizers.BertNormalizer()
    plain.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    plain.decoder = decoders.WordPiece()
    return PreTrainedTokenizerFast(tokenizer_object=plain, unk_token="[UNK]")


def test_costs_and_losses_are_counted_over_all_texts(words):
    found = real_text.cost(words, ["a cat", "A  cat.", "a dog 🙂", "a cat"])
    assert (found["texts"], found["distinct"], found["characters"], found["tokens"]) == (
        4,
        3,
        24,
        10,
    )
    assert found["per_thousand"] == pytest.approx(10 / 24 * 1000)
    assert found["low"] <= found["per_thousand"] <= found["high"]
    assert found["unknown"] == 0.25
    assert found["exact"] == 0.5
    assert found["same_words"] == 0.75, "a capital and a space are lost, no word"
    assert found["exact_low"] < 0.5 < found["exact_high"]


def test_a_tokenizer_without_an_unknown_token_loses_nothing():
    found = real_text.cost(real_text.load("base"), ["Un café ?", " 🙂", "A  cat."])
    assert (found["unknown"], found["exact"], found["same_words"]) == (0, 1, 1)


def test_samples_are_cut_into_pieces(words, monkeypatch):
    monkeypatch.setattr(real_text, "load", lambda _: words)
    found = real_text.real_text_cell("words", "samples")
    assert found["digits"] == "[UNK]"
    assert found["entries"] == 4
    assert found.keys() == {*real_text.FACTS, "entries"}


def test_a_cell_measures_a_tokenizer_on_a_kind_of_text():
    found = real_text.real_text_cell("base", "emoji")
    assert found["texts"] == len(real_text.EMOJI) == len(set(real_text.EMOJI))
    assert found["exact"] == 1


@pytest.fixture
def some(monkeypatch):
    monkeypatch.setattr(
        texts, "verses", lambda: [texts.Verse("A", 1, n, f"v{n}") for n in range(9)]
    )
    monkeypatch.setattr(texts, "ratings", lambda _: [texts.Rated(n, f"r{n}", ()) for n in range(9)])
    monkeypatch.setattr(real_text, "DRAWN", 5)


def test_the_same_texts_are_drawn_each_time(some):
    for kind in KINDS:
        drawn = real_text.collected(kind)
        assert drawn == real_text.collected(kind), kind
        assert all(drawn), kind
    assert len(set(real_text.collected("verses"))) == len(set(real_text.collected("movies"))) == 5
    english, french = real_text.collected("english"), real_text.collected("french")
    assert len(english) == len(french) == real_text.SENTENCES
    with pytest.raises(ValueError, match="no texts 'news': take one of documentation, verses"):
        real_text.collected("news")


def test_a_real_tokenizer_is_looked_for_where_the_real_models_lie(monkeypatch):
    def find(name):
        raise FileNotFoundError(name)

    monkeypatch.setattr(places, "find", find)
    assert TOKENIZERS[1:] == ("smollm2", "minilm")
    for name in TOKENIZERS[1:]:
        with pytest.raises(FileNotFoundError, match=name):
            real_text.load(name)
