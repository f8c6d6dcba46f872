"""What eight bits and fewer do to a model that other people trained, by weights and by what they meet."""

import copy
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from math import log10
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from torch import nn
from torchao.quantization import (
    Int8DynamicActivationInt8WeightConfig,
    Int8WeightOnlyConfig,
    quantize_,
)
from transformers import PreTrainedModel

from lessons.inside_the_model.activations import documentation, extreme
from lessons.quantization.by_hand import Grid, Int8Linear, file_bytes, fit
from lessons.quantization.groups import LAYOUTS
from lessons.real_models import loading

WINDOWS, TOKENS, CHOOSE = 20, 512, 4  # passages to measure, their length, and passages to choose by
ROUNDS = 3  # of timing


def linear_layers(model: PreTrainedModel) -> dict[str, nn.Linear]:
    """Name the linear layers of a Llama's blocks; the head, which is the embedding's, is none of them."""
    return {
        name: layer for name, layer in model.model.named_modules() if isinstance(layer, nn.Linear)
    }


def round_inputs(model: PreTrainedModel, bits: int, each_token: bool) -> None:
    """Round what flows into each linear layer, in place; weights stay as they are.

    Args:
        model: works on one text at a time from now on.
        bits: of an input. PyTorch's old function takes eight or, on some processors, seven.
        each_token: whether each token has a scale, otherwise all of a text share one.
    """

    def rounded(_layer: nn.Module, inputs: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
        grid = fit(inputs[0][0], bits, per_channel=each_token, symmetric=False)  # a row is a token
        return (grid.dequantize(grid.quantize(inputs[0][0]))[None],)

    for layer in linear_layers(model).values():
        layer.register_forward_pre_hook(rounded)


@torch.no_grad()
def extremes(model: PreTrainedModel, passages: Sequence[torch.Tensor]) -> dict[str, float]:
    """Find how far the largest input of each linear layer lies above the median one.

    Returns:
        Name of the layer -> ratio, the median over passages; the largest ratio first.
    """
    ratios: dict[str, list[float]] = {}
    hooks = []
    for name, layer in linear_layers(model).items():

        def keep(_layer: nn.Module, inputs: tuple[torch.Tensor], name: str = name) -> None:
            ratios.setdefault(name, []).append(extreme(inputs[0][0]).ratio)

        hooks.append(layer.register_forward_pre_hook(keep))
    try:
        for ids in passages:
            model(ids[None])
    finally:
        for hook in hooks:
            hook.remove()
    middle = {name: statistics.median(found) for name, found in ratios.items()}
    return dict(sorted(middle.items(), key=lambda item: -item[1]))


@torch.no_grad()
def round_weights(model: PreTrainedModel, lay: Callable[[torch.Tensor], Grid]) -> None:
    """Round the weights of all linear layers to a grid, in place; inputs stay as they are."""
    for layer in linear_layers(model).values():
        grid = lay(layer.weight)
        layer.weight.copy_(grid.dequantize(grid.quantize(layer.weight)))


def keep_bytes(model: PreTrainedModel) -> None:
    """Keep a byte for each weight, in place, with a scale for each row."""
    for name, layer in linear_layers(model).items():
        parent, _, child = name.rpartition(".")
        setattr(model.model.get_submodule(parent), child, Int8Linear(layer))


def dynamic(model: PreTrainedModel, per_channel: bool, leave: Sequence[str] = ()) -> None:
    """Quantize with PyTorch's old function, in place; inputs are rounded, one scale for all tokens.

    Args:
        model: in float32.
        per_channel: whether each row of a matrix has a scale.
        leave: names of layers that stay as they are.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "torch.ao.quantization is deprecated", DeprecationWarning)
        warnings.filterwarnings("ignore", "torch.quantize_per_tensor", UserWarning)
        tools: Any = torch.ao.quantization
        setting = (
            tools.per_channel_dynamic_qconfig if per_channel else tools.default_dynamic_qconfig
        )
        chosen = {name: setting for name in linear_layers(model) if name not in leave}
        tools.quantize_dynamic(model.model, chosen, dtype=torch.qint8, inplace=True)


def leave_out(count: int, ranked: Sequence[str], others: bool) -> list[str]:
    """Choose second layers of MLPs to leave as they are.

    Args:
        count: how many.
        ranked: all layers, the one with the largest input first.
        others: those that rank last instead.
    """
    downs = [name for name in ranked if name.endswith("down_proj")]
    return downs[-count:] if others else downs[:count]


Way = Callable[[PreTrainedModel, Sequence[str]], None]
WAYS: dict[str, Way] = {
    "full": lambda _model, _ranked: None,
    "weights, matrix": lambda model, _: round_weights(model, lambda w: fit(w, per_channel=False)),
    "weights, row": lambda model, _: keep_bytes(model),
    "inputs, one scale": lambda model, _: round_inputs(model, 8, each_token=False),
    "inputs, one scale, 7 bits": lambda model, _: round_inputs(model, 7, each_token=False),
    "inputs, a token": lambda model, _: round_inputs(model, 8, each_token=True),
    "dynamic, matrix": lambda model, _: dynamic(model, per_channel=False),
    "dynamic, row": lambda model, _: dynamic(model, per_channel=True),
    "dynamic, matrix, ten left": lambda model, ranked: dynamic(
        model, per_channel=False, leave=leave_out(10, ranked, others=False)
    ),
    "dynamic, row, ten left": lambda model, ranked: dynamic(
        model, per_channel=True, leave=leave_out(10, ranked, others=False)
    ),
    "dynamic, row, two left": lambda model, ranked: dynamic(
        model, per_channel=True, leave=leave_out(2, ranked, others=False)
    ),
    "dynamic, row, ten others left": lambda model, ranked: dynamic(
        model, per_channel=True, leave=leave_out(10, ranked, others=True)
    ),
    "torchao, weights": lambda model, _: quantize_(model.model, Int8WeightOnlyConfig()),
    "torchao, weights and inputs": lambda model, _: quantize_(
        model.model, Int8DynamicActivationInt8WeightConfig()
    ),
}
# What stores bytes; the others round by hand and stay as large and as fast as they are.
STORED = tuple(way for way in WAYS if way.startswith(("weights, row", "dynamic", "torchao")))


@torch.no_grad()
def nats(model: PreTrainedModel, passages: Sequence[torch.Tensor]) -> tuple[list[float], float]:
    """Return each passage's mean negative log-likelihood of a token, and the share of right next tokens."""
    means, right = [], []
    for ids in passages:
        logits = model(ids[None]).logits[0, :-1]
        means.append(F.cross_entropy(logits, ids[1:]).item())
        right.append((logits.argmax(-1) == ids[1:]).float().mean().item())
    return means, statistics.fmean(right)


@torch.no_grad()
def cpu_seconds(model: PreTrainedModel, tokens: int = 128, written: int = 8) -> tuple[float, float]:
    """Time the reading of a prompt, and then one token after another: CPU-seconds, and those of a token."""
    ids = torch.arange(1000, 1000 + tokens)[None] % model.config.vocab_size
    start = time.process_time()
    cache = model(ids, use_cache=True).past_key_values
    middle = time.process_time()
    for _ in range(written):
        cache = model(ids[:, -1:], past_key_values=cache, use_cache=True).past_key_values
    return middle - start, (time.process_time() - middle) / written


def speed(full: PreTrainedModel, model: PreTrainedModel, rounds: int = ROUNDS) -> dict[str, float]:
    """Time a model beside the full one, in turns: how many times as fast it reads and writes."""
    turns = [[cpu_seconds(each) for each in (full, model)] for _ in range(rounds + 1)]
    values: dict[str, float] = {}
    for place, name in enumerate(("speed.read", "speed.write")):
        ratios = [before[place] / after[place] for before, after in turns[1:]]  # the first warms up
        values |= {
            f"{name}.ratio": statistics.median(ratios),
            f"{name}.lowest": min(ratios),
            f"{name}.highest": max(ratios),
        }
    return values


def measure(
    full: PreTrainedModel,
    way: str,
    passages: Sequence[torch.Tensor],
    choose: Sequence[torch.Tensor],
) -> dict[str, float]:
    """Quantize a copy of a Llama, and let it predict passages.

    Args:
        full: in float32; stays as it is.
        way: one of `WAYS`.
        passages: token ids to predict.
        choose: token ids of other passages, by which layers to be left out are chosen.

    Returns:
        ``nats.0`` and so on: each passage's mean negative log-likelihood; ``right``: share of tokens
        that were the likeliest. Where bytes are stored, ``bytes`` of the file, and how many times as fast
        as ``full`` it reads and writes. Where layers are left out, their largest input over the median, as
        a power of ten, by block.
    """
    ranked = extremes(full, choose) if "left" in way else {}
    model = copy.deepcopy(full)
    with warnings.catch_warnings():  # torchao calls a function that torch deprecates
        warnings.filterwarnings("ignore", ".*is an Enum subclass", UserWarning)
        WAYS[way](model, list(ranked))
    means, right = nats(model, passages)
    values = {f"nats.{place}": mean for place, mean in enumerate(means)} | {"right": right}
    if way == "full" or way in STORED:
        values["bytes"] = file_bytes(model)
    if way in STORED:
        values |= speed(full, model)
    kept = [name for name in linear_layers(model) if name in ranked]
    return values | {f"left.block{int(n.split('.')[1]) + 1}": log10(ranked[n]) for n in kept}


def int8_cell(way: str) -> dict[str, float]:
    """Measure what a way to eight bits does to SmolLM2, on 20 passages of Python's documentation."""
    model, tokenizer = loading.causal()
    passages = documentation(tokenizer, TOKENS)
    return measure(model, way, passages[:WINDOWS], passages[WINDOWS : WINDOWS + CHOOSE])


def inputs_cell(scale: str, bits: int) -> dict[str, float]:
    """Measure what so few bits of an input do to SmolLM2 if each token has a scale, on the same passages.

    Args:
        scale: ``a token``, or ``full`` for the model as it is.
        bits: of an input.

    Returns:
        ``nats`` and ``right`` as above.
    """
    model, tokenizer = loading.causal()
    return measure_inputs(model, scale, bits, documentation(tokenizer, TOKENS)[:WINDOWS])


def measure_inputs(
    full: PreTrainedModel, scale: str, bits: int, passages: Sequence[torch.Tensor]
) -> dict[str, float]:
    """Round the inputs of a copy of a Llama, a scale for each token, and let it predict passages."""
    model = copy.deepcopy(full)
    if scale != "full":
        round_inputs(model, bits, each_token=True)
    means, right = nats(model, passages)
    return {f"nats.{place}": mean for place, mean in enumerate(means)} | {"right": right}


def bits_cell(layout: str, bits: int) -> dict[str, float]:
    """Measure what so few bits of a weight do to SmolLM2, on the same passages.

    Args:
        layout: one of `LAYOUTS`, or ``full`` for the model as it is.
        bits: of a weight. Four would show nothing: the model's file has four, with an offset, already.

    Returns:
        ``nats`` and ``right`` as above, and ``bits_per_weight`` with the scales.
    """
    full, tokenizer = loading.causal()
    return measure_bits(full, layout, bits, documentation(tokenizer, TOKENS)[:WINDOWS])


def measure_bits(
    full: PreTrainedModel, layout: str, bits: int, passages: Sequence[torch.Tensor]
) -> dict[str, float]:
    """Round the weights of a copy of a Llama, and let it predict passages."""
    model, cost = copy.deepcopy(full), 32.0
    if layout != "full":
        round_weights(model, lambda weight: LAYOUTS[layout](weight, bits))
        weight = next(iter(linear_layers(model).values())).weight
        cost = LAYOUTS[layout].bits_per_weight(weight, bits)
    means, right = nats(model, passages)
    found = {f"nats.{place}": mean for place, mean in enumerate(means)}
    return {**found, "right": right, "bits_per_weight": cost}
