"""Quantization-aware training, and the two controls without which it looks better than it is."""

# --8<-- [start:imports]
import math
from collections.abc import Callable

import torch
from torch import nn
from torch.nn.utils import parametrize
from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast

from lessons.models import recipes
from lessons.models.steps import token_loss
from lessons.pretraining.objectives import held_out, validation_loss
from lessons.quantization.by_hand import Grid, fit, fit_least_error, with_linear
from lessons.storage import checkpoint

Fit = Callable[[torch.Tensor, int], Grid]
FITS: dict[str, Fit] = {"full": fit, "least": fit_least_error}
# --8<-- [end:imports]


# --8<-- [start:rounded]
class Rounded(nn.Module):
    """Gives a layer its weight rounded to a grid, and the gradient as if it were not rounded.

    Rounding has the gradient 0 nearly everywhere, so nothing would be learned. The *straight-through
    estimator* takes it to be 1 (Bengio et al. 2013, https://arxiv.org/abs/1308.3432).

    Args:
        bits: of a weight.
        lay: lays the grid, anew for each forward pass.
    """

    def __init__(self, bits: int, lay: Fit) -> None:
        super().__init__()
        self.bits, self.lay = bits, lay

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """Round; what is added to the weight counts as a constant."""
        kept = weight.detach()
        grid = self.lay(kept, self.bits)
        return weight + (grid.dequantize(grid.quantize(kept)) - kept)


def rounded(model: GPT2LMHeadModel, bits: int, lay: Fit) -> GPT2LMHeadModel:
    """Return a copy whose blocks compute with rounded weights, and can be trained.

    Not trained, that is *post-training quantization* (PTQ): the same numbers as with whole numbers
    and scales, at full size.
    """
    twin = with_linear(model)
    for name, layer in twin.named_modules():
        if isinstance(layer, nn.Linear) and name != "lm_head":
            parametrize.register_parametrization(layer, "weight", Rounded(bits, lay))
    return twin


# --8<-- [end:rounded]


# --8<-- [start:further]
def train_further(model: GPT2LMHeadModel, steps: int, rate: float, seed: int) -> None:
    """Continue the pre-training of `base`, on text that it has not read.

    AdamW without decay; the rate falls linearly to 0.

    Args:
        model: network that is changed.
        steps: number of them, with a batch size of 16 rows of 256 tokens.
        rate: the first learning rate.
        seed: number that fixes the text.
    """
    plan = recipes.PLANS["base"]
    batches = recipes.batches_of(plan, PreTrainedTokenizerFast.from_pretrained(checkpoint("base")))
    first = plan.recipe.steps + batches.chunk * (seed + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.0)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
    model.train()
    for step in range(first, first + steps):
        batch = batches(step)
        total, count = token_loss(model(batch["input_ids"]).logits, batch["labels"], causal=True)
        optimizer.zero_grad()
        (total / count).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        falling.step()
    model.eval()  # type: ignore[no-untyped-call]


# --8<-- [end:further]


# --8<-- [start:cell]
def load_base() -> GPT2LMHeadModel:
    """Load the course's base model in fp32, in evaluation mode."""
    return GPT2LMHeadModel.from_pretrained(checkpoint("base"), dtype=torch.float32)


def perplexities(model: GPT2LMHeadModel) -> dict[str, float]:
    """Return the perplexity per token on held-out text: some to choose by, and other text to report."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(checkpoint("base"))
    batches = held_out(recipes.PLANS["base"], tokenizer, 8)
    parts = {"validation": batches[:3], "test": batches[3:]}
    return {
        part: math.exp(validation_loss(model, rows, causal=True)) for part, rows in parts.items()
    }


def bits_cell(bits: int, rate: float, steps: int, seed: int) -> dict[str, float]:
    """Train `base` further, with weights of so many bits or, for 0 bits, at full precision.

    Returns:
        Perplexities. At full precision also those after rounding to 8, 4, 3 and 2 bits.
    """
    model = load_base() if not bits else rounded(load_base(), bits, fit_least_error)
    if steps:
        train_further(model, steps, rate, seed)
    if bits:
        return perplexities(model)
    values = {f"full.{part}": value for part, value in perplexities(model).items()}
    for fewer in (8, 4, 3, 2):
        for name, lay in FITS.items():
            for part, value in perplexities(rounded(model, fewer, lay)).items():
                values[f"bits{fewer}.{name}.{part}"] = value
    return values


# --8<-- [end:cell]
