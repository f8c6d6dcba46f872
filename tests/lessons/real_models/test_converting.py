"""The conversion, with a random Llama in place of the one that the file would hold."""

import sys

import pytest
import torch
import transformers
from safetensors import SafetensorError
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

from lessons.real_models import converting
from lessons.real_models.fetching import RefusedError
from realmodels import digest


def tokenizer() -> PreTrainedTokenizerFast:
    """Learns pairs of digits and spaces, and splits as GPT-2 does: as transformers reads the file."""
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    plain.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<|im_end|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    plain.train_from_iterator(["  12  12"] * 9, trainer)
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="<|im_end|>")


@pytest.fixture
def loads(monkeypatch):
    """How the file was asked for."""
    asked = []
    config = LlamaConfig(
        vocab_size=300, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, tie_word_embeddings=True,
    )  # fmt: skip
    torch.manual_seed(0)
    model = LlamaForCausalLM(config)

    def load(result):
        return lambda folder, **how: asked.append((folder, how)) or result

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", load(model))
    monkeypatch.setattr(AutoTokenizer, "from_pretrained", load(tokenizer()))
    monkeypatch.setattr(logging, "disable_progress_bar", lambda: asked.append("no bars"))
    return asked


@pytest.fixture
def folders(tmp_path):
    for name in ("packed", "target"):
        (tmp_path / name).mkdir()
    (tmp_path / "packed" / "LICENSE").write_text("Everybody may.")
    return tmp_path / "packed", tmp_path / "target"


def test_a_file_becomes_a_folder_that_loads(loads, folders):
    packed, target = folders
    converting.convert(packed, "tiny.gguf", target)
    (_, (where, how), (where_tokens, how_tokens)) = loads
    assert where == where_tokens == packed
    assert how["gguf_file"] == how_tokens["gguf_file"] == "tiny.gguf"
    assert how["quantization_config"].dequantize
    assert how["dtype"] == "float32"
    model = LlamaForCausalLM.from_pretrained(target)
    assert model.lm_head.weight is model.model.embed_tokens.weight
    assert model.dtype == torch.float32
    assert (target / "LICENSE").read_text() == "Everybody may."


def test_the_tokenizer_splits_digits_again_and_keeps_spaces_together(loads, folders):
    assert tokenizer().tokenize("  12") == ["Ġ", "Ġ", "12"]
    converting.convert(folders[0], "tiny.gguf", folders[1])
    repaired = PreTrainedTokenizerFast.from_pretrained(folders[1])
    assert repaired.tokenize("  12") == ["ĠĠ", "1", "2"]
    assert repaired.decode(repaired("  12 é")["input_ids"]) == "  12 é"


@pytest.mark.parametrize(("terminal", "quiet"), [(True, 0), (False, 1)])
def test_a_log_has_no_bars(loads, folders, monkeypatch, terminal, quiet):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    converting.convert(*folders[:1], "tiny.gguf", folders[1])
    assert loads.count("no bars") == quiet


def test_weights_that_cannot_be_written_say_what_helps(loads, folders, monkeypatch):
    def save(*_, **__):
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(transformers.PreTrainedModel, "save_pretrained", save)
    with pytest.raises(RefusedError, match=r"No space left on device .*Make room on the disk"):
        converting.convert(*folders[:1], "tiny.gguf", folders[1])


def test_other_bytes_than_were_measured_name_the_libraries(tmp_path, monkeypatch):
    monkeypatch.setattr(converting, "KINDS", ("torch", "transformers"))
    (tmp_path / "weights").write_bytes(b"1")
    converting.verify(tmp_path, {"weights": digest(b"1")})
    with pytest.raises(
        RefusedError, match=r"another weights than .*with torch 2\..*, transformers"
    ):
        converting.verify(tmp_path, {"weights": digest(b"2")})
