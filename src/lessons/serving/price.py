"""What eight bits cost the course's model, with whatever function makes them."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from lessons.serving.quiet import quiet

Matrix = list[list[float]]


@dataclass(frozen=True)
class Price:
    """A model before and after its matrices were rounded.

    Attributes:
        megabytes: that all weights took, four bytes each.
        rounded_megabytes: that they take with a byte for each weight of the blocks' matrices and four for
            each scale; the embedding and the biases stay as they were.
        perplexity: on held-out text.
        rounded_perplexity: the same with the rounded weights.
    """

    megabytes: float
    rounded_megabytes: float
    perplexity: float
    rounded_perplexity: float


def price(
    quantize: Callable[[Matrix], tuple[list[list[int]], list[float]]], batches: int = 1
) -> Price:
    """Round the matrices of `base`, and measure what it saves and costs.

    Args:
        quantize: takes a matrix, a row for each output, and returns whole numbers and a scale for each row.
        batches: of held-out text, 16 rows of 256 tokens each.
    """
    with quiet():
        import torch  # here, so that a lab's checks need not load it
        from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
        from transformers.pytorch_utils import Conv1D

        from lessons.models import recipes
        from lessons.pretraining.objectives import held_out, validation_loss
        from lessons.storage import checkpoint

        folder = checkpoint("base")
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()  # type: ignore[no-untyped-call]
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        texts = held_out(recipes.PLANS["base"], tokenizer, batches)
    size = 4 * sum(weight.numel() for weight in model.parameters())
    before, saved = math.exp(validation_loss(model, texts, causal=True)), 0
    for layer in model.modules():
        if isinstance(layer, Conv1D):  # keeps its weight as (inputs, outputs)
            whole, scales = quantize(layer.weight.detach().T.tolist())
            rows = torch.tensor(whole, dtype=torch.float32) * torch.tensor(scales)[:, None]
            with torch.no_grad():
                layer.weight.copy_(rows.T)
            saved += 3 * layer.weight.numel() - 4 * len(scales)
    after = math.exp(validation_loss(model, texts, causal=True))
    return Price(size / 1e6, (size - saved) / 1e6, before, after)
