"""How many weights share a scale: what that does to a model, and how many bits a weight costs with it."""

# --8<-- [start:imports]
import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast
from transformers.pytorch_utils import Conv1D
from transformers.utils import logging as transformers_logging

from lessons.intervals import bootstrap
from lessons.models import recipes
from lessons.models.steps import Batch, targets
from lessons.pretraining.objectives import held_out
from lessons.quantization.by_hand import Grid, fit
from lessons.quantization.quantization_aware_training import load_base, rounded
from lessons.storage import checkpoint

SCALE_BITS = 16  # a scale is kept in float16
# --8<-- [end:imports]


# --8<-- [start:story]
def story(bits: int) -> str:
    """Let `base` continue a story with its likeliest tokens, its weights rounded to so many bits.

    Args:
        bits: of a weight, with one scale for each row of a matrix; 32 leaves the weights as they are.

    Returns:
        The sentence that begins with "One cold", up to its end; at most 24 tokens are new.
    """
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    tokenizer = PreTrainedTokenizerFast.from_pretrained(checkpoint("base"))
    model = load_base() if bits == 32 else rounded(load_base(), bits, fit)
    opening = "Story: Once there was a girl named Mia."
    ids = tokenizer(f"{opening} One cold", return_tensors="pt")
    written = model.generate(**ids, max_new_tokens=24, do_sample=False)  # type: ignore[misc]
    text = str(tokenizer.decode(written[0])).removeprefix(opening)
    sentence, stop, _ = text.strip().partition(".")
    return sentence + stop


# --8<-- [end:story]


# --8<-- [start:layout]
@dataclass(frozen=True)
class Layout:
    """Which weights share a scale. Called with a matrix and bits, it lays the grid.

    Attributes:
        shared: ``matrix``, ``row``, or how many neighbors in a row.
        symmetric: without an offset; otherwise each scale has a zero point beside it.
    """

    shared: str | int
    symmetric: bool = True

    def __call__(self, weight: torch.Tensor, bits: int) -> Grid:
        """Fit a grid to each group, its scale rounded to float16.

        Args:
            weight: shape (rows, columns).
            bits: of a weight, 2 to 8.

        Returns:
            A grid with a scale and a zero point for each weight, equal within a group.
        """
        size = self.group(weight)
        grid = fit(weight.reshape(-1, size), bits, symmetric=self.symmetric)
        scale = grid.scale.half().float().clamp_min(torch.finfo(torch.half).tiny)
        scale, zero = (part.expand(-1, size).reshape(weight.shape) for part in (scale, grid.zero))
        return replace(grid, scale=scale, zero=zero)

    def group(self, weight: torch.Tensor) -> int:
        """Return how many weights share a scale.

        Raises:
            ValueError: rows that cannot be parted into such groups.
        """
        rows, columns = weight.shape
        if isinstance(self.shared, str):
            return {"matrix": rows * columns, "row": columns}[self.shared]
        if columns % self.shared:
            raise ValueError(f"rows of {columns} weights have no whole groups of {self.shared}")
        return self.shared

    def bits_per_weight(self, weight: torch.Tensor, bits: int) -> float:
        """Return what a weight costs with its share of the scale, and of the zero point if there is one.

        A zero point is one of the grid's whole numbers, so it takes as many bits as a weight.
        """
        return bits + (SCALE_BITS + (0 if self.symmetric else bits)) / self.group(weight)


LAYOUTS = {
    "matrix": Layout("matrix"),
    "row": Layout("row"),
    "row, offset": Layout("row", symmetric=False),
    "64 weights": Layout(64),
    "32 weights": Layout(32),
    "16 weights": Layout(16),
    "32 weights, offset": Layout(32, symmetric=False),
}
# --8<-- [end:layout]


# --8<-- [start:groups_cell]
@torch.no_grad()
def score_rows(model: GPT2LMHeadModel, batches: Sequence[Batch]) -> torch.Tensor:
    """Compare a causal model's predictions with the tokens that follow.

    Returns:
        Shape (4, rows, tokens): negative log-likelihood in nats; whether the likeliest token is the
        right one, 0 or 1; the likeliest token; whether the place is scored. Where it is not, all is 0.
    """
    parts = []
    for batch in batches:
        logits, labels = model(batch["input_ids"]).logits, targets(batch["labels"], causal=True)
        nats = F.cross_entropy(logits.transpose(1, 2), labels, ignore_index=-100, reduction="none")
        likeliest, scored = logits.argmax(-1), labels != -100
        parts.append(torch.stack([nats, likeliest == labels, likeliest * scored, scored]).double())
    return torch.cat(parts, dim=1)


@cache
def _full_model() -> tuple[GPT2LMHeadModel, list[Batch], torch.Tensor]:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(checkpoint("base"))
    batches = held_out(recipes.PLANS["base"], tokenizer, 8)
    model = load_base()
    return model, batches, score_rows(model, batches)


def _documents(batches: Sequence[Batch]) -> list[tuple[int, ...]]:
    """Cut rows of token ids into documents: each ends with the end-of-text token, and no row cuts one."""
    end = PreTrainedTokenizerFast.from_pretrained(checkpoint("base")).eos_token_id
    documents: list[tuple[int, ...]] = []
    document: list[int] = []
    for token in torch.cat([batch["labels"].flatten() for batch in batches]).tolist():
        document += [token] if token != -100 else []
        if token == end:
            documents.append(tuple(document))
            document = []
    return documents


def _score(values: torch.Tensor, counts: torch.Tensor) -> dict[str, float]:
    """Average values per token; the interval samples rows of tokens anew. Both: shape (rows,)."""
    low, high = bootstrap(lambda rows: float(values[rows].sum() / counts[rows].sum()), len(values))
    value = float(values.sum() / counts.sum())
    return {"value": value, "low": low, "high": high, "n": len(values), "groups": len(values)}


def groups_cell(layout: str, bits: int) -> dict[str, float]:
    """Round all matrices of the blocks of `base`, and measure it on text that it has not read.

    Args:
        layout: one of `LAYOUTS`, or ``full`` for the model as it is.
        bits: of a weight.

    Returns:
        ``bits_per_weight``, with the scales. ``perplexity``, and ``ratio``, its multiple of that in
        full precision. ``accuracy``: how often the likeliest token is the next one. ``agreement``: how
        often it is that of the full model. Intervals sample rows of 256 tokens anew. ``tokens``,
        ``documents`` and ``distinct`` ones say what it was measured on.
    """
    full, batches, before = _full_model()
    model = full if layout == "full" else rounded(full, bits, LAYOUTS[layout])
    after = score_rows(model, batches)
    counts = before[3].sum(1)  # scored tokens of each row
    agrees = (after[2] == before[2]) * before[3]
    ratio = _score((after[0] - before[0]).sum(1), counts)
    scores = {
        "ratio": ratio | {name: math.exp(ratio[name]) for name in ("value", "low", "high")},
        "accuracy": _score(after[1].sum(1), counts),
        "agreement": _score(agrees.sum(1), counts),
    }
    documents = _documents(batches)
    matrices = [layer.weight for layer in full.transformer.modules() if isinstance(layer, Conv1D)]
    sizes = [weight.numel() for weight in matrices]
    costs = [
        LAYOUTS[layout].bits_per_weight(weight.T, bits) if layout != "full" else 32.0
        for weight in matrices
    ]
    return {
        "bits_per_weight": sum(map(operator.mul, sizes, costs)) / sum(sizes),
        "perplexity": math.exp(after[0].sum() / counts.sum()),
        **{
            f"{name}.{part}": value
            for name, score in scores.items()
            for part, value in score.items()
        },
        "tokens": float(counts.sum()),
        "documents": len(documents),
        "distinct": len(set(documents)),
    }


# --8<-- [end:groups_cell]
