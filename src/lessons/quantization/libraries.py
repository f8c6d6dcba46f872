"""The libraries' ways to quantize a GPT-2, and how they compare: bytes, memory, seconds, words."""

# --8<-- [start:imports]
import copy
import ctypes
import gc
import json
import math
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn
from torchao.core.config import AOBaseConfig
from torchao.quantization import (
    Int8DynamicActivationInt8WeightConfig,
    Int8WeightOnlyConfig,
    IntxWeightOnlyConfig,
    quantize_,
)
from torchao.quantization.granularity import PerGroup
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from lessons.models import recipes
from lessons.models.steps import Batch
from lessons.pretraining.objectives import held_out, validation_loss
from lessons.quantization.by_hand import file_bytes, int8, with_linear
from lessons.storage import checkpoint

Model = TypeVar("Model", bound=nn.Module)
Way = Callable[[GPT2LMHeadModel], GPT2LMHeadModel]
STATUS, PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")
# --8<-- [end:imports]


# --8<-- [start:ways]
def dynamic(model: Model) -> Model:
    """Make the `torch.nn.Linear` of a model int8, in place; inputs are rounded on the fly.

    This is PyTorch's old way. It is deprecated, and so are the tensors that it makes: two warnings,
    which the page shows.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "torch.ao.quantization is deprecated", DeprecationWarning)
        warnings.filterwarnings("ignore", "torch.quantize_per_tensor", UserWarning)
        quantize = torch.ao.quantization.quantize_dynamic
        done: Model = quantize(model, {nn.Linear}, dtype=torch.qint8, inplace=True)  # type: ignore[no-untyped-call]
        return done


def dynamic_blocks(model: GPT2LMHeadModel) -> GPT2LMHeadModel:
    """Return a copy with all blocks in that way, and the tied head left alone."""
    twin = with_linear(model)
    dynamic(twin.transformer)  # in place: a copy of this part would have an embedding of its own
    return twin


@dataclass(frozen=True)
class Torchao:
    """Makes a copy with its blocks quantized by torchao, and the tied head left alone."""

    config: AOBaseConfig

    def __call__(self, model: GPT2LMHeadModel) -> GPT2LMHeadModel:
        """Quantize the weights of a copy."""
        twin = with_linear(model)
        quantize_(twin.transformer, self.config)
        return twin


FOUR_BITS = IntxWeightOnlyConfig(
    weight_dtype=torch.int4,  # type: ignore[attr-defined]
    granularity=PerGroup(32),
)
WAYS: dict[str, Way] = {
    "bfloat16": lambda model: with_linear(model).bfloat16(),
    "dynamic, as it is": lambda model: dynamic(copy.deepcopy(model)),
    "dynamic, Linear": dynamic_blocks,
    "by hand, int8": int8,
    "torchao, int8": Torchao(Int8WeightOnlyConfig()),
    "torchao, int8 and inputs": Torchao(Int8DynamicActivationInt8WeightConfig()),
    "torchao, int4": Torchao(FOUR_BITS),
}
# --8<-- [end:ways]


# --8<-- [start:words]
@torch.no_grad()
def words_cell(way: str) -> dict[str, float]:
    """Measure what a way does to `base`: the file, perplexity, and how far it agrees with the full model.

    Args:
        way: one of `WAYS`, or ``full``.

    Returns:
        Bytes of the file; perplexity per held-out token; the share of tokens at which both find the
        same token likeliest; and the share of 40 texts that both continue with the same 40 tokens
        (greedy).
    """
    folder = checkpoint("base")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    full = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32)
    model = WAYS[way](full) if way != "full" else full
    batches = held_out(recipes.PLANS["base"], tokenizer, 8)
    same, count = 0, 0
    for batch in batches:
        scored = batch["labels"] != -100
        ours, theirs = (m(batch["input_ids"]).logits.argmax(-1)[scored] for m in (model, full))
        same, count = same + int((ours == theirs).sum()), count + len(ours)
    prompts = [row[: 8 + place % 8][None] for place, row in enumerate(_rows(batches))]
    texts = [[_greedy(m, prompt, 40) for prompt in prompts] for m in (model, full)]
    return {
        "bytes": file_bytes(model),
        "perplexity": math.exp(validation_loss(model, batches, causal=True)),
        "agreement": same / count,
        "same_text": sum(ours == theirs for ours, theirs in zip(*texts, strict=True))
        / len(prompts),
    }


def _rows(batches: Sequence[Batch]) -> list[torch.Tensor]:
    return [row for batch in batches for row in batch["input_ids"]][:40]


def _greedy(model: GPT2LMHeadModel, prompt: torch.Tensor, count: int) -> list[int]:
    ids = model.generate(  # type: ignore[misc]
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=count,
        min_new_tokens=count,
        do_sample=False,
    )
    return [int(token) for token in ids[0, prompt.shape[1] :]]


# --8<-- [end:words]


# --8<-- [start:speed]
def gpt2_shape() -> GPT2LMHeadModel:
    """Make a network of the shape of GPT-2's smallest model, 124 million random weights (seed 0)."""
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config())
    model.eval()  # type: ignore[no-untyped-call]
    return model


@torch.no_grad()
def _seconds(model: GPT2LMHeadModel, tokens: int) -> tuple[float, float]:
    """Time the reading of a prompt, and then one token after another: seconds, seconds per token."""
    ids = torch.randint(
        model.config.vocab_size, (1, tokens), generator=torch.Generator().manual_seed(0)
    )
    start = time.perf_counter()
    cache = model(ids, use_cache=True).past_key_values
    read = time.perf_counter()
    for _ in range(8):
        cache = model(ids[:, -1:], past_key_values=cache, use_cache=True).past_key_values
    return read - start, (time.perf_counter() - read) / 8


def latency(way: str, rounds: int = 7) -> dict[str, float]:
    """Time a way beside the full model, in turns: how many times as fast it is, median of the rounds.

    Returns:
        For ``prefill``, the reading of a prompt of 128 tokens, and for ``token``, each token that
        follows it: the full model's seconds, and the median, lowest and highest speed-up.
    """
    full = gpt2_shape()
    model = WAYS[way](full)
    turns = [[_seconds(each, 128) for each in (full, model)] for _ in range(rounds + 1)]
    timed = turns[1:]  # the first turn only warms up
    values: dict[str, float] = {}
    for place, name in enumerate(("prefill", "token")):
        ratios = [before[place] / after[place] for before, after in timed]
        values[f"{name}.full_seconds"] = statistics.median(before[place] for before, _ in timed)
        values |= {
            f"{name}.ratio": statistics.median(ratios),
            f"{name}.low": min(ratios),
            f"{name}.high": max(ratios),
        }
    return values


def memory(way: str) -> dict[str, float]:
    """Make a model, use it, and count what it needs.

    To be called in a process that has held no model before. Linux only: other systems do not say.

    Returns:
        Bytes of its file; by how many MB the process has grown when nothing else is left in it, and
        at the most while the model reads a prompt and continues it.
    """
    before = _status("VmRSS")
    model = gpt2_shape()
    if way != "full":
        model = WAYS[way](model)
    size = file_bytes(model)
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what is free goes back to the system
    held = _status("VmRSS")
    PEAK.write_text("5", "utf-8")  # the peak so far, of making it, is forgotten
    _seconds(model, 128)
    return {"bytes": size, "held_mb": held - before, "peak_mb": _status("VmHWM") - before}


def _status(field: str) -> float:
    text = STATUS.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1e3


# --8<-- [end:speed]


# --8<-- [start:layer]
def layer_speed(size: int, rows: int, rounds: int = 9) -> dict[str, float]:
    """Time one square linear layer in float32 and in int8, in turns.

    Args:
        size: inputs and outputs.
        rows: tokens that are computed at once.
        rounds: number of turns.

    Returns:
        Seconds in float32, and how many times as fast PyTorch's int8 layer is: median and range.
    """
    torch.manual_seed(0)
    layer, inputs = nn.Linear(size, size), torch.randn(rows, size)
    small = dynamic(nn.Sequential(copy.deepcopy(layer)))
    repeat = max(1, round(2e8 / (size * size * rows)))  # about as much work in each round
    turns = [[_repeat(each, inputs, repeat) for each in (layer, small)] for _ in range(rounds + 1)]
    ratios = [before / after for before, after in turns[1:]]
    return {
        "full_seconds": statistics.median(before for before, _ in turns[1:]) / repeat,
        "ratio": statistics.median(ratios),
        "low": min(ratios),
        "high": max(ratios),
    }


@torch.no_grad()
def _repeat(layer: nn.Module, inputs: torch.Tensor, times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        layer(inputs)
    return time.perf_counter() - start


# --8<-- [end:layer]


# --8<-- [start:cells]
KERNELS: dict[str, dict[str, str]] = {
    "native": {},
    "AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"},
}


def apart(function: str, kernels: str, *arguments: str | int) -> dict[str, float]:
    """Call a function of this module in a process of its own: it reads its kernels when it begins.

    One thread, so that work beside it disturbs little.
    """
    code = (
        "import json, sys\n"
        f"from lessons.quantization.libraries import {function}\n"
        f"print(json.dumps({function}(*json.loads(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(arguments)],
        env={**os.environ, **KERNELS[kernels], "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{function}{arguments}, {kernels}: {done.stderr}")
    values: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return values


def speed_cell(way: str, kernels: str) -> dict[str, float]:
    """Measure a way on a network of GPT-2's shape: bytes, memory, seconds; each in a fresh process."""
    held = apart("memory", kernels, way)
    return held | (apart("latency", kernels, way) if way != "full" else {})


def layer_cell(size: int, rows: int, kernels: str) -> dict[str, float]:
    """Measure one layer in a fresh process."""
    return apart("layer_speed", kernels, size, rows)


# --8<-- [end:cells]
