"""PyTorch's model with the weights of the page's file, which has eight bits for each."""

from pathlib import Path

import torch
from transformers import GPT2LMHeadModel

import lessons
from coursekit.site.live_models import BY_COLUMN, Tensor, read

MODEL = "assets/models/base/model.safetensors"


def matrix(tensors: dict[str, Tensor], name: str) -> torch.Tensor:
    """A matrix of the file, its weights in 32 bits: shape (outputs, inputs)."""
    whole = torch.frombuffer(bytearray(tensors[name].data), dtype=torch.int8)
    scale = torch.frombuffer(bytearray(tensors[f"{name}.scale"].data), dtype=torch.float32)
    return whole.view(*tensors[name].shape) * scale[:, None]


def load(site: Path) -> GPT2LMHeadModel:
    """The model of a built site's file."""
    model = GPT2LMHeadModel.from_pretrained(lessons.checkpoint("base"), dtype=torch.float32)
    weights, tensors = model.state_dict(), read((site / MODEL).read_bytes())
    for name in (name for name in tensors if not name.endswith(".scale")):
        if tensors[name].dtype == "I8":
            value = matrix(tensors, name)
            weights[name].copy_(value.T if name.endswith(BY_COLUMN) else value)
        else:
            half = torch.frombuffer(bytearray(tensors[name].data), dtype=torch.bfloat16)
            weights[name].copy_(half.float().view(*tensors[name].shape))
    return model.eval()
