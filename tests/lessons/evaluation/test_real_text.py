"""Real texts are cut to the byte, scored in blocks that all tokenizers share, and summed up as they say."""

import functools
import math

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

import lessons
from lessons.evaluation import real_text
from lessons.evaluation.perplexity import likelihood
from lessons.evaluation.real_summaries import (
    Block,
    bits_per_byte,
    flat,
    perplexity,
    summarise_bits,
    summarise_windows,
    unflat,
)
from lessons.real_models import texts
from lessons.real_models.texts import Rated, Verse
from realmodels import real_folder

TOKENIZER = AutoTokenizer.from_pretrained(lessons.checkpoint("base"))


@pytest.fixture(scope="module")
def model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = LlamaConfig(
            vocab_size=2048, hidden_size=16, intermediate_size=16, num_hidden_layers=2,
            num_attention_heads=2, max_position_embeddings=64, initializer_range=0.5,
        )  # fmt: skip
        return LlamaForCausalLM(config).eval()


@pytest.fixture
def small(model, monkeypatch):
    """Texts of a few hundred bytes, read by a random model in the place of the real one."""
    monkeypatch.setattr(real_text, "SCORED", 600)
    monkeypatch.setattr(real_text, "WHOLE", 900)
    monkeypatch.setattr(real_text, "BLOCK", 100)
    monkeypatch.setattr(real_text, "CONTEXTS", {"smollm2": 32, "base": 32})
    monkeypatch.setattr(real_text.loading, "causal", lambda _: (model, TOKENIZER))
    words = ["The cat sees the old dog.", "Été: the birds are red."] * 40
    verses = [Verse("Genesis", 1, i, text) for i, text in enumerate(words)]
    monkeypatch.setattr(texts, "verses", lambda: verses)
    monkeypatch.setattr(texts, "ratings", lambda _: [Rated(i, w, ()) for i, w in enumerate(words)])


def test_the_beginning_of_texts_is_cut_to_the_byte_and_an_end_counts_as_one():
    assert real_text.beginning(["ab", "cdef"], "\n", 5) == "ab\ncd"
    assert real_text.beginning(["ab", "cdef"], "<end>", 5) == "ab<end>cd"
    assert real_text.beginning(["aé"], "\n", 2) == "a"  # no half of a character
    with pytest.raises(ValueError, match="4 bytes of text: 5 are needed"):
        real_text.beginning(["a", "bc"], "\n", 5)


@pytest.mark.parametrize("text", ["The cat sees the old dog.", "Été 🙂 zwölf", "a<|endoftext|>b"])
def test_the_bytes_of_the_tokens_are_those_of_the_text(text):
    sizes = real_text.sizes(TOKENIZER, TOKENIZER(text)["input_ids"])
    assert sum(sizes) == len(text.replace("<|endoftext|>", "\n").encode())


def test_blocks_hold_what_the_sliding_window_scores(model, monkeypatch):
    monkeypatch.setattr(real_text, "BLOCK", 50)
    text = "The cat sees the old dog. " * 12
    ids = TOKENIZER(text)["input_ids"]
    found = real_text.blocks(model, TOKENIZER, text, context=20, stride=9)
    whole = likelihood(model, ids, context=20, stride=9)
    assert sum(block.nats for block in found) == pytest.approx(whole.nats, rel=1e-5)
    assert sum(block.tokens for block in found) == whole.tokens
    assert sum(block.size for block in found) == len(text) - len(TOKENIZER.decode(ids[:1]))
    assert len(found) == math.ceil(len(text) / 50)
    assert perplexity(found) == pytest.approx(whole.perplexity, rel=1e-5)


def test_a_record_keeps_blocks_as_they_are():
    found = [Block(1.5, 2, 9), Block(2.5, 3, 8)]
    assert unflat(flat(found)) == found
    assert bits_per_byte(found) == pytest.approx(4 / math.log(2) / 17)


bits_cell = functools.cache(real_text.real_bits_cell)  # of the small texts: for two tests


@pytest.mark.parametrize("text", real_text.TEXTS)
def test_every_text_is_scored_and_compressed_on_the_same_bytes(text, small):
    scored = unflat(bits_cell(text, "smollm2"))
    own = unflat(bits_cell(text, "base"))
    packed = bits_cell(text, "gzip")
    assert packed["scored.to"] < packed["whole.to"]
    assert packed["whole.from"] >= 899
    for blocks in (scored, own):
        first = packed["scored.from"] - sum(block.size for block in blocks)
        assert 0 < first < 12  # the first token has no score
        assert len(blocks) == 6


def test_bits_are_summed_up_by_text_beside_the_programs(small):
    cells = [
        {"parameters": {"text": text, "by": by}, "values": bits_cell(text, by)}
        for text in ("letters", "stories")
        for by in ("smollm2", "base", "gzip", "xz")
    ]
    tree = summarise_bits(cells)
    letters = tree["letters"]
    assert letters["smollm2"]["low"] < letters["smollm2"]["value"] < letters["smollm2"]["high"]
    assert letters["smollm2"]["groups"] == 6
    assert letters["of_gzip"] == letters["smollm2"]["value"] / letters["gzip"]["scored"]
    assert tree["stories"]["base"]["value"] < letters["base"]["value"]


def test_windows_are_compared_with_the_longest_on_the_same_blocks(small):
    cells = []
    for window in (8, 16):
        for overlap in (False, True):
            asked = {"by": "smollm2", "window": window, "overlap": overlap}
            cells.append({"parameters": asked, "values": real_text.real_window_cell(**asked)})
    tree = summarise_windows(cells)["smollm2"]
    best = tree["window16"]["overlap"]
    assert best["times"]["value"] == best["times"]["low"] == best["times"]["high"] == 1
    other = tree["window8"]["apart"]
    ratio = other["perplexity"]["value"] / best["perplexity"]["value"]
    assert other["times"]["value"] == pytest.approx(ratio)
    assert other["times"]["low"] <= ratio <= other["times"]["high"]


def test_base_is_read_from_the_package():
    model, _ = real_text.reader("base")
    assert model.config.max_position_embeddings == 256


@pytest.mark.real
def test_the_real_texts_are_long_enough_and_hold_no_end_of_their_own():
    for name in ("smollm2", "ratings", "verses"):
        real_folder(name)
    for make in real_text.TEXTS.values():
        pieces, between = make()
        assert real_text.END not in "".join(pieces)
        assert len(real_text.beginning(pieces, between, real_text.WHOLE)) > 90_000
