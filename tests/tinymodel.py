"""A language model of 1,600 numbers, and batches for it: enough to train in a few milliseconds."""

from types import SimpleNamespace
from typing import NamedTuple

import torch
from torch import nn


class Output(NamedTuple):
    logits: torch.Tensor


class Block(nn.Module):
    def __init__(self, width: int, dropout: float):
        super().__init__()
        self.linear, self.dropout = nn.Linear(width, width), nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.dropout(torch.tanh(self.linear(x)))


class Tiny(nn.Module):
    """Embedding, two blocks, a head tied to the embedding; it sees one token at a time."""

    def __init__(self, seed: int = 0, dropout: float = 0.0, width: int = 16):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.config = SimpleNamespace(max_position_embeddings=16)
            self.embedding = nn.Embedding(64, width)
            self.blocks = nn.ModuleList(Block(width, dropout) for _ in range(2))
            self.norm = nn.LayerNorm(width)
            self.head = nn.Linear(width, 64, bias=False)
            self.head.weight = self.embedding.weight

    def get_output_embeddings(self) -> nn.Module:
        return self.head

    def forward(self, input_ids: torch.Tensor) -> Output:
        x = self.embedding(input_ids)
        for block in self.blocks:
            x = block(x)
        return Output(self.head(self.norm(x)))


def batches(step: int) -> dict[str, torch.Tensor]:
    """Five sequences of unlike length: the token after n is n + 1, and now and then something else."""
    chance = torch.Generator().manual_seed(step)
    first = torch.randint(0, 64, (5, 1), generator=chance)
    ids = (first + torch.arange(12) + (torch.rand(5, 12, generator=chance) < 0.1)) % 64
    labels = ids.clone()
    for row, length in enumerate((12, 3, 12, 7, 9)):
        labels[row, length:] = -100
    return {"input_ids": ids, "labels": labels}


class Stop(Exception):  # noqa: N818 - it stops a run, and is no error
    """The run is interrupted."""


def until(step: int):
    """The same batches, but the run is interrupted at a step."""

    def interrupted(now: int) -> dict[str, torch.Tensor]:
        if now == step:
            raise Stop
        return batches(now)

    return interrupted
