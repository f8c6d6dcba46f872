"""The small model that the lab on pre-training trains: its text, its gradient, its step, its checkpoint."""

import io
from functools import cache
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from lessons import world

EXAMPLES, CONTEXT, WIDTH, RATE, WARMUP = 120, 64, 32, 1e-2, 8


@cache
def examples() -> tuple[torch.Tensor, ...]:
    """Give the texts to learn from, as bytes: some of 11, some of 64."""
    texts = world.documents(seed=7, count=EXAMPLES)
    return tuple(torch.tensor(list(text.encode("ascii", "replace")[:CONTEXT])) for text in texts)


class Network(nn.Module):
    """Guesses the next byte: one block of a transformer.

    Args:
        dropout: share of values that are zeroed at random while it learns.
    """

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.letters = nn.Embedding(128, WIDTH)
        self.places = nn.Embedding(CONTEXT, WIDTH)
        self.block = nn.TransformerEncoderLayer(
            WIDTH, 2, 2 * WIDTH, dropout, batch_first=True, norm_first=True
        )
        self.head = nn.Linear(WIDTH, 128)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Turn ids of shape (rows, tokens) into scores of shape (rows, tokens, 128)."""
        size = ids.shape[1]
        unseen = torch.ones(size, size, dtype=torch.bool).triu(1)
        read = self.letters(ids) + self.places(torch.arange(size))
        scores: torch.Tensor = self.head(self.block(read, src_mask=unseen, is_causal=True))
        return scores


class Model:
    """A network with its optimizer, as the loop of the lab sees them.

    Args:
        seed: fixes the first weights and the random numbers of the dropout.
        dropout: share of values that are zeroed.
    """

    def __init__(self, seed: int, dropout: float) -> None:
        torch.manual_seed(seed)
        self.network = Network(dropout)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), RATE)
        self.losses: list[float] = []

    def gradient(self, numbers: list[int]) -> tuple[float, list[float], int]:
        """Compute a micro-batch.

        Args:
            numbers: those of its examples.

        Returns:
            Mean loss of its tokens in nats, the gradient of this mean, and how many tokens there are. As
            PyTorch has it, the mean of no tokens is ``nan``.
        """
        weights = list(self.network.parameters())
        if not numbers:
            return torch.nan, [torch.nan] * sum(weight.numel() for weight in weights), 0
        texts = [examples()[number] for number in numbers]
        ids = nn.utils.rnn.pad_sequence([text[:-1] for text in texts], batch_first=True)
        labels = nn.utils.rnn.pad_sequence(
            [text[1:] for text in texts], batch_first=True, padding_value=-100
        )
        loss = functional.cross_entropy(self.network(ids).flatten(0, 1), labels.flatten())
        slopes = torch.autograd.grad(loss, weights)
        flat = torch.cat([slope.flatten() for slope in slopes])
        return loss.item(), flat.tolist(), int((labels != -100).sum())

    def take_step(self, step: int, loss: float, gradient: list[float]) -> None:
        """Move the weights, at the learning rate that the schedule has for this step."""
        flat, at = torch.tensor(gradient), 0
        for weight in self.network.parameters():
            weight.grad = flat[at : at + weight.numel()].view_as(weight)
            at += weight.numel()
        self.optimizer.param_groups[0]["lr"] = RATE * min(1.0, (step + 1) / WARMUP)
        self.optimizer.step()
        self.losses.append(loss)

    def to_bytes(self, randoms: list[torch.Tensor]) -> bytes:
        """Write down all that the run needs to go on, beside the step.

        Args:
            randoms: the state of each process's random numbers.
        """
        data = io.BytesIO()
        state = {
            "weights": self.network.state_dict(),
            "moments": self.optimizer.state_dict(),
            "random": randoms,
            "losses": self.losses,
        }
        torch.save(state, data)
        return data.getvalue()

    def from_bytes(self, data: bytes, rank: int, without: str) -> None:
        """Go on from what was written down.

        Args:
            data: what :meth:`to_bytes` gave.
            rank: number of this process.
            without: what to forget: ``moments``, ``random``, or nothing.
        """
        state: dict[str, Any] = torch.load(io.BytesIO(data), weights_only=True)
        self.network.load_state_dict(state["weights"])
        self.losses = state["losses"]
        if without != "moments":
            self.optimizer.load_state_dict(state["moments"])
        if without != "random":
            torch.set_rng_state(state["random"][rank % len(state["random"])])
