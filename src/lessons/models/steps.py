"""One step of training: from a batch to the gradient of its loss."""

# --8<-- [start:imports]
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from torch import nn

from lessons.models import data_parallel

Batch = dict[str, torch.Tensor]  # input_ids, labels (-100: not scored), …: (sequences, tokens)
Batches = Callable[[int], Batch]  # a step -> its whole batch, over all processes; always the same
Score = Callable[[nn.Module, Batch], torch.Tensor]
# --8<-- [end:imports]


# --8<-- [start:token_loss]
def token_loss(
    logits: torch.Tensor, labels: torch.Tensor, causal: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Sum the negative log-likelihood of the labels.

    Args:
        logits: shape (sequences, tokens, vocabulary).
        labels: token ids, shape (sequences, tokens); -100 is not scored.
        causal: the logits at one token are about the next.

    Returns:
        The sum in nats, and how many tokens it covers: two tensors with one number each.
    """
    labels = targets(labels, causal)
    flat = logits.float().flatten(0, 1)  # in bfloat16 a sum over thousands would be rounded away
    nll = F.cross_entropy(flat, labels.flatten(), ignore_index=-100, reduction="sum")
    return nll, (labels != -100).sum()


def targets(labels: torch.Tensor, causal: bool) -> torch.Tensor:
    """Move labels to where they are predicted: cheaper than to move the logits, and the same."""
    return F.pad(labels, (0, 1), value=-100)[:, 1:] if causal else labels


# --8<-- [end:token_loss]


# --8<-- [start:speed]
@dataclass(frozen=True)
class Speed:
    """How a step is computed. It changes the losses in their last digits only.

    Attributes:
        precision: ``fp32``, or ``bf16``: matrix products in bfloat16, weights and sums in float32.
        compiled: let `torch.compile` write one program for all of it.
    """

    precision: str = "fp32"
    compiled: bool = False

    def __post_init__(self) -> None:
        if self.precision not in ("fp32", "bf16"):
            raise ValueError(f"no precision {self.precision!r}: take 'fp32' or 'bf16'")

    @property
    def dtype(self) -> torch.dtype:
        """The type of a matrix product's numbers."""
        return torch.bfloat16 if self.precision == "bf16" else torch.float32

    def __str__(self) -> str:
        return self.precision + (", compiled" if self.compiled else "")


PLAIN = Speed()


# --8<-- [end:speed]


# --8<-- [start:scorer]
def scorer(speed: Speed, causal: bool) -> Score:
    """Make the function from a model and a batch to the summed loss."""

    def score(model: nn.Module, batch: Batch) -> torch.Tensor:
        given = {name: tensor for name, tensor in batch.items() if name != "labels"}
        half = speed.precision == "bf16"
        with torch.autocast(batch["labels"].device.type, torch.bfloat16, enabled=half):
            logits = model(**given).logits
        return token_loss(logits, batch["labels"], causal)[0]

    return torch.compile(score) if speed.compiled else score


# --8<-- [end:scorer]


def check(batch: Batch, model: nn.Module, causal: bool) -> None:
    """Refuse a batch that the model cannot learn from.

    Raises:
        ValueError: no labels or of another shape, more tokens than the context, nothing scored.
    """
    if missing := {"input_ids", "labels"} - batch.keys():
        raise ValueError(
            f"a batch needs input_ids and labels; missing: {', '.join(sorted(missing))}"
        )
    shape, labels = batch["input_ids"].shape, batch["labels"].shape
    if shape != labels or len(shape) != 2:
        raise ValueError(
            f"input_ids {tuple(shape)} and labels {tuple(labels)} must both be (sequences, tokens)"
        )
    context = getattr(getattr(model, "config", None), "max_position_embeddings", None)
    if context is not None and shape[1] > context:
        raise ValueError(
            f"{shape[1]} tokens a sequence: the model's context holds {context}; cut them"
        )
    if not (targets(batch["labels"], causal) != -100).any():
        raise ValueError("no token of the batch is scored: every label that counts is -100")


# --8<-- [start:backward]
def backward(
    score: Score, model: nn.Module, batch: Batch, causal: bool, micro: int | None = None
) -> float:
    """Compute the gradient of a step's loss, and return that loss, over all processes.

    The loss is one sum, over all scored tokens of all processes and pieces, divided by their number.
    The mean of the pieces' means is another number as soon as one piece has more padding than
    another, and was a bug in many trainers: https://huggingface.co/blog/gradient_accumulation.

    Args:
        score: function that `scorer` returned.
        model: network whose gradients are added to.
        batch: the whole one; this process takes its rows.
        causal: objective, as in the recipe.
        micro: sequences at a time, to need less memory; None for all at once.

    Returns:
        Nats per scored token.

    Raises:
        ValueError: fewer sequences than processes, or pieces of less than one.
        MemoryError: no room; names what to lower.
    """
    if micro is not None and micro < 1:
        raise ValueError(
            f"micro={micro}: a piece holds at least one sequence; None takes all at once"
        )
    scored = int((targets(batch["labels"], causal) != -100).sum())
    mine = data_parallel.own_rows(batch, data_parallel.rank(), data_parallel.world())
    part = backward_here(score, model, mine, scored, micro)
    return data_parallel.all_sum(part, next(model.parameters()).device)


# --8<-- [end:backward]


# --8<-- [start:backward_here]
def backward_here(
    score: Score, model: nn.Module, mine: Batch, scored: int, micro: int | None
) -> float:
    """Do this process's part: its rows, its share of the loss."""
    device, world, loss = next(model.parameters()).device, data_parallel.world(), 0.0
    rows, tokens = mine["input_ids"].shape
    at_once = min(micro or rows, rows)
    with memory_explained(at_once, tokens):
        for start in range(0, rows, at_once):
            piece = {name: t[start : start + at_once].to(device) for name, t in mine.items()}
            share = score(model, piece) / scored
            # Gradients are averaged over processes; times their number, that is the sum.
            torch.autograd.backward(share * world)
            loss += share.item()
    return loss


@contextmanager
def memory_explained(rows: int, tokens: int) -> Iterator[None]:
    """Turn PyTorch's complaint about memory into one that says what to lower."""
    try:
        yield
    except RuntimeError as error:
        if not ("DefaultCPUAllocator" in str(error) or "out of memory" in str(error)):
            raise
        raise MemoryError(
            f"no room for {rows} sequences of {tokens} tokens at once: pass micro={max(1, rows // 2)} "
            "(the same step in smaller pieces), or make the sequences shorter"
        ) from error


# --8<-- [end:backward_here]
