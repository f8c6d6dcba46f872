"""Small models in the layout of those that other people trained: GPT-2, BERT, one without a tokenizer."""

import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (
    BertConfig,
    BertForPreTraining,
    BertTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Tokenizer,
)

WORDS = "the a was is story film meal song trip room lesson game show book joy waste of time ."


def write_gpt2(folder: Path) -> None:
    """Write GPT-2's files, with its names of tensors: no prefix, and a mask for each layer."""
    true = os.environ.get("GPT2_TOKENIZER_DIR")
    if true:
        for name in ("vocab.json", "merges.txt"):
            shutil.copy(Path(true, name), folder)
        tokenizer = GPT2Tokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    else:
        texts = ["Hello, how are you? Translate English to French:", "The quick brown fox"] * 20
        tokenizer = GPT2Tokenizer().train_new_from_iterator(texts, vocab_size=400)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    # All of GPT-2's vocabulary, whatever the tokenizer knows: half of the file is then more than what
    # huggingface_hub writes at once (10 MiB), so that a download that broke off can be resumed.
    config = GPT2Config(
        vocab_size=50257, n_embd=64, n_layer=2, n_head=4, n_positions=1024,
        bos_token_id=len(tokenizer) - 1, eos_token_id=len(tokenizer) - 1,
    )  # fmt: skip
    model = GPT2LMHeadModel(config)
    config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    weights = {name: value.clone() for name, value in model.transformer.state_dict().items()}
    mask = torch.ones(1024, 1024).tril()[None, None]
    weights |= {f"h.{layer}.attn.bias": mask.clone() for layer in range(config.n_layer)}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def write_bert(folder: Path) -> None:
    """Write BERT's files, with its names of tensors: gamma and beta, and both pre-training heads."""
    letters = [*"abcdefghijklmnopqrstuvwxyz", *(f"##{x}" for x in "abcdefghijklmnopqrstuvwxyz")]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS.split(), *letters]
    words = list(dict.fromkeys(words))
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words), hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=128,
    )  # fmt: skip
    model = BertForPreTraining(config)
    config.save_pretrained(folder)
    weights = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
            "LayerNorm.bias", "LayerNorm.beta"
        ): value.clone()
        for name, value in model.state_dict().items()
        if not name.startswith("cls.predictions.decoder")
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def write_no_tokenizer(folder: Path) -> None:
    """Write a model that somebody published without its tokenizer."""
    GPT2Config().save_pretrained(folder)
