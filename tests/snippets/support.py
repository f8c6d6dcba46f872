"""What tests of the scripts share: a script's definitions, small untrained models, a refusal in a line."""

import json
import re
import runpy
import subprocess
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from snippets.conftest import SNIPPETS

ROOT = SNIPPETS.parent


BASE, MLM = (str(ROOT / "src/lessons/checkpoints" / name) for name in ("base", "mlm"))


SCRIPTS = sorted(path.name for path in SNIPPETS.glob("*.py"))


WITH_MODEL = [name for name in SCRIPTS if name != "clean_text.py"]


FOX = "The quick brown fox jumps over the lazy dog."


SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}


def parts(script: str) -> dict[str, Any]:
    """What a script defines, without running it."""
    level = transformers.logging.get_verbosity()
    found = runpy.run_path(str(SNIPPETS / script))
    transformers.logging.set_verbosity(level)
    return found


def refused(done: tuple[str, str, object], *words: str) -> None:
    """Assert one line that says why, at most one more that helps, and no result."""
    out, _, status = done
    assert str(status).startswith("error: ")
    assert len(str(status).splitlines()) <= 2
    for word in words:
        assert word in str(status)
    assert "saved" not in out
    assert "perplexity" not in out


def numbers(text: str, pattern: str) -> list[float]:
    found = re.search(pattern, text)
    assert found, text
    return [float(group) for group in found.groups()]


def tokenizer_with(template: str | None) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer that puts <s> and </s> where the template says."""
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<s>", "</s>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    plain.train_from_iterator([FOX] * 20, trainer)
    if template:
        special = [("<s>", 0), ("</s>", 1)]
        plain.post_processor = processors.TemplateProcessing(template, special_tokens=special)
    return PreTrainedTokenizerFast(tokenizer_object=plain, bos_token="<s>", eos_token="</s>")


def llama(folder: Path, template: str | None = "<s> $A", kind: Any = LlamaForCausalLM) -> Path:
    """Save an untrained Llama with such a tokenizer."""
    tokenizer = tokenizer_with(template)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), intermediate_size=64, max_position_embeddings=128, **SMALL,
        bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    kind(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def write_pairs(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    keys = ("prompt", "chosen", "rejected")
    path.write_text("".join(json.dumps(dict(zip(keys, row, strict=True))) + "\n" for row in rows))
    return path


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


NO_MODEL = {"clean_text.py"}


def succeeded(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def failed(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Assert a clear end: status 1 or 2, the words, no traceback, nothing on stdout."""
    assert done.returncode in {1, 2}, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
