"""Choices and vectors, asked of random models of two layers."""

import copy

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

from lessons.real_models import loading, places

LETTERS = pre_tokenizers.ByteLevel.alphabet()


@pytest.fixture(scope="module")
def letters():
    """A tokenizer of single bytes, and of two line ends in one."""
    known = {letter: number for number, letter in enumerate(sorted(LETTERS))}
    known["ĊĊ"] = len(known)
    plain = Tokenizer(models.BPE(known, [("Ċ", "Ċ")]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    plain.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=plain)


@pytest.fixture(scope="module")
def causal(letters):
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(letters), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, max_position_embeddings=64,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


@pytest.fixture(scope="module")
def words():
    known = {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "b": 4, "c": 5}
    plain = Tokenizer(models.WordLevel(known, unk_token="[SEP]"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    plain.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return PreTrainedTokenizerFast(tokenizer_object=plain, pad_token="[PAD]")


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=6, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4,
    )  # fmt: skip
    return BertModel(config).eval()


def whole(causal, letters, text: str) -> float:
    """The log-odds of ``b`` against ``a``, the text read in one piece."""
    with torch.no_grad():
        logits = causal(torch.tensor([letters(text)["input_ids"]])).logits[0, -1]
    return (logits[letters("b")["input_ids"][0]] - logits[letters("a")["input_ids"][0]]).item()


@pytest.mark.parametrize("start", ["", "It is", "Two.\n"])
def test_what_is_read_once_gives_what_is_read_whole(causal, letters, start):
    rests = [" good", " not so good", " x"]
    found = loading.margins(causal, letters, start, rests, ("a", "b"))
    assert found == pytest.approx(
        [whole(causal, letters, start + rest) for rest in rests], abs=1e-5
    )
    assert loading.margins(causal, letters, start, rests, ("b", "a")) == pytest.approx(
        [-value for value in found]
    )


def test_the_start_is_really_read_once(causal, letters, monkeypatch):
    read = []
    original = causal.forward

    def forward(input_ids, **how):
        read.append(input_ids.shape[1])
        return original(input_ids, **how)

    monkeypatch.setattr(causal, "forward", forward)
    loading.margins(causal, letters, "abcdef", ["x", "xy", "z"], ("a", "b"))
    assert read == [6, 1, 2, 1]


def test_a_start_that_shares_a_token_with_the_rest_is_refused(causal, letters):
    with pytest.raises(ValueError, match=r"share a token: cut elsewhere than before '\\nSo'"):
        loading.margins(causal, letters, "Good.\n", ["x", "\nSo"], ("a", "b"))


def test_an_answer_of_several_tokens_and_an_empty_rest_are_refused(causal, letters):
    with pytest.raises(ValueError, match="an answer must be one token, 'ab' is 2"):
        loading.margins(causal, letters, "x", ["y"], ("a", "ab"))
    with pytest.raises(ValueError, match="adds no token"):
        loading.margins(causal, letters, "x", [""], ("a", "b"))


def test_a_vector_is_the_mean_over_a_texts_own_tokens_at_length_one(encoder, words):
    texts = ["a b c a b", "c", "b a"]
    vectors = loading.embed(encoder, words, texts)
    assert vectors.shape == (3, 32)
    for text, vector in zip(texts, vectors, strict=True):
        with torch.no_grad():
            hidden = encoder(**words(text, return_tensors="pt")).last_hidden_state[0]
        mean = hidden.mean(0)
        assert torch.allclose(vector, mean / mean.norm(), atol=1e-5), text
    assert loading.embed(encoder, words, []).shape == (0, 32)


def test_texts_come_back_in_their_order_however_many(encoder, words, monkeypatch):
    texts = ["a", "b b b b", "c c", "a b c a", "b"]
    once = loading.embed(encoder, words, texts)
    monkeypatch.setattr(loading, "BATCH", 2)
    assert torch.allclose(loading.embed(encoder, words, texts), once, atol=1e-5)


def test_of_a_long_text_the_first_tokens_are_read(encoder, words):
    start = " ".join(["a b"] * (loading.LONGEST // 2 - 1))  # with its two marks as long as may be
    assert len(words(start)["input_ids"]) == loading.LONGEST
    short, long, changed = loading.embed(encoder, words, [start, f"{start} c c", f"c {start[2:]}"])
    assert torch.allclose(short, long, atol=1e-6)
    assert not torch.allclose(short, changed, atol=1e-6)


@pytest.fixture
def folders(tmp_path, causal, letters, encoder, words, monkeypatch):
    """Models in place of the real ones, the first one in half precision."""
    copy.deepcopy(causal).to(torch.bfloat16).save_pretrained(tmp_path / "smollm2")
    letters.save_pretrained(tmp_path / "smollm2")
    encoder.save_pretrained(tmp_path / "minilm")
    words.save_pretrained(tmp_path / "minilm")
    asked = []
    monkeypatch.setattr(places, "find", lambda name: asked.append(name) or tmp_path / name)
    monkeypatch.setattr(logging, "disable_progress_bar", lambda: asked.append("no bars"))
    for load in (loading.causal, loading.encoder):
        load.cache_clear()
    yield asked
    for load in (loading.causal, loading.encoder):
        load.cache_clear()


@pytest.mark.parametrize(("terminal", "quiet"), [(True, []), (False, ["no bars"])])
def test_models_are_loaded_once_in_float32_and_ready_to_be_asked(
    folders, monkeypatch, terminal, quiet
):
    monkeypatch.setattr(loading.sys.stderr, "isatty", lambda: terminal, raising=False)
    model, tokenizer = loading.causal()
    assert isinstance(model, LlamaForCausalLM)
    assert (model.dtype, model.training) == (torch.float32, False)
    assert tokenizer.tokenize("a\n\nb") == ["a", "ĊĊ", "b"]
    assert loading.causal()[0] is model
    assert folders == ["smollm2", *quiet]
    again, its_own = loading.encoder()
    assert isinstance(again, BertModel)
    assert not again.training
    assert its_own("a b")["input_ids"] == [1, 3, 4, 2]


def test_a_model_that_was_not_fetched_is_named_with_the_command(cache):
    loading.encoder.cache_clear()
    with pytest.raises(FileNotFoundError, match="MiniLM-L6-v2 was not fetched yet; get it: python"):
        loading.encoder()
