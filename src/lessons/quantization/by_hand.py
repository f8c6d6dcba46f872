"""Quantization by hand: weights as small whole numbers, with a scale for each matrix or each row."""

# --8<-- [start:imports]
import copy
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from torch import nn
from transformers import GPT2LMHeadModel
from transformers.pytorch_utils import Conv1D

# --8<-- [end:imports]


# --8<-- [start:grid]
@dataclass(frozen=True)
class Grid:
    """The real numbers that whole numbers stand for: ``scale * (whole - zero)``.

    Source: Jacob et al. 2017, https://arxiv.org/abs/1712.05877, equation 1.

    Attributes:
        scale: distance of two neighbors, shape (rows, 1) or (1, 1).
        zero: the whole number that stands for 0, the *zero point*; same shape.
        low, high: the smallest and the largest whole number.
    """

    scale: torch.Tensor
    zero: torch.Tensor
    low: int
    high: int

    def quantize(self, real: torch.Tensor) -> torch.Tensor:
        """Return the nearest whole numbers, as int8."""
        whole = (real / self.scale).round() + self.zero
        return whole.clamp(self.low, self.high).to(torch.int8)

    def dequantize(self, whole: torch.Tensor) -> torch.Tensor:
        """Return the real numbers that whole ones stand for."""
        return self.scale * (whole - self.zero)


# --8<-- [end:grid]


# --8<-- [start:fit]
def fit(
    weight: torch.Tensor, bits: int = 8, per_channel: bool = True, symmetric: bool = True
) -> Grid:
    """Lay a grid over a matrix so that its largest and smallest number are just on it.

    Args:
        weight: shape (rows, columns); a row makes one output channel.
        bits: size of a whole number, 2 to 8.
        per_channel: whether each row has a scale, otherwise one for all.
        symmetric: 0 stands for 0 and both sides are equally long, so one value of ``2 ** bits`` is
            not used; otherwise the grid reaches from the smallest number to the largest, 0 included.

    Raises:
        ValueError: bits out of range, or a weight that is no matrix.
    """
    if not 2 <= bits <= 8:
        raise ValueError(f"{bits} bits: take 2 to 8")
    if weight.dim() != 2:
        raise ValueError(f"a weight of shape {tuple(weight.shape)}: need (rows, columns)")
    rows = weight if per_channel else weight.reshape(1, -1)
    high, tiny = 2 ** (bits - 1) - 1, torch.finfo(weight.dtype).tiny  # a row of zeros needs a scale
    if symmetric:
        scale = (rows.abs().amax(1, keepdim=True) / high).clamp_min(tiny)
        return Grid(scale, torch.zeros_like(scale), -high, high)
    least = rows.amin(1, keepdim=True).clamp_max(0)
    most = rows.amax(1, keepdim=True).clamp_min(0)
    scale = ((most - least) / (2**bits - 1)).clamp_min(tiny)
    low = -high - 1
    return Grid(scale, low - (least / scale).round(), low, high)


# --8<-- [end:fit]


# --8<-- [start:best]
def fit_least_error(weight: torch.Tensor, bits: int) -> Grid:
    """Lay a symmetric grid for each row with the scale whose squared error is least.

    With few bits it pays to cut off the few largest numbers: all others then lie closer to the grid.
    Tried are 20 shares of the full range, 5 % to 100 %.
    """
    full = fit(weight, bits)
    least = torch.full_like(full.scale, torch.inf)
    best = full.scale
    for step in range(1, 21):
        grid = Grid(full.scale * step / 20, full.zero, full.low, full.high)
        error = (grid.dequantize(grid.quantize(weight)) - weight).square().sum(1, keepdim=True)
        best = torch.where(error < least, grid.scale, best)
        least = torch.minimum(error, least)
    return Grid(best, full.zero, full.low, full.high)


# --8<-- [end:best]


# --8<-- [start:int8]
class Int8Linear(nn.Module):
    """A linear layer that keeps a byte for each weight, and a scale for each row.

    Args:
        linear: the layer it replaces.
    """

    whole: torch.Tensor
    scale: torch.Tensor
    bias: torch.Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        grid = fit(linear.weight.detach())
        self.register_buffer("whole", grid.quantize(linear.weight.detach()))  # (outputs, inputs)
        self.register_buffer("scale", grid.scale[:, 0])  # (outputs,)
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach())

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Multiply with the whole numbers, then scale each output: the rows' scales can wait."""
        product = F.linear(inputs, self.whole.to(inputs.dtype)) * self.scale
        return product if self.bias is None else product + self.bias


# --8<-- [end:int8]


# --8<-- [start:linear]
def linear_from_conv1d(layer: Conv1D) -> nn.Linear:
    """Return the linear layer that computes what GPT-2's ``Conv1D`` computes.

    It keeps its weight as (inputs, outputs), `torch.nn.Linear` as (outputs, inputs).
    """
    inputs, outputs = layer.weight.shape
    linear = nn.Linear(inputs, outputs)
    with torch.no_grad():
        linear.weight.copy_(layer.weight.T)
        linear.bias.copy_(layer.bias)
    return linear


def replaced(
    model: GPT2LMHeadModel, kind: type[nn.Module], make: Callable[[Any], nn.Module]
) -> GPT2LMHeadModel:
    """Return a copy of a model in which each layer of a kind is another, the head excepted.

    The head is left out because its weight *is* the embedding's, in GPT-2 and in the course's models:
    replaced, it would be stored twice.
    """
    twin = copy.deepcopy(model)
    head = twin.lm_head
    for parent in list(twin.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, kind) and child is not head:
                setattr(parent, name, make(child))
    return twin


def with_linear(model: GPT2LMHeadModel) -> GPT2LMHeadModel:
    """Return a copy of a GPT-2 whose ``Conv1D`` layers are `torch.nn.Linear`."""
    return replaced(model, Conv1D, linear_from_conv1d)


def int8(model: GPT2LMHeadModel) -> GPT2LMHeadModel:
    """Return a copy of a GPT-2 that keeps the weights of its blocks in eight bits."""
    return replaced(with_linear(model), nn.Linear, Int8Linear)


# --8<-- [end:linear]


# --8<-- [start:size]
def file_bytes(model: nn.Module) -> int:
    """Return the size of the file that `torch.save` makes of a model's weights."""
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    return buffer.tell()


# --8<-- [end:size]
