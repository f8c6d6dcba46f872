"""Pre-training: two ways to make labels from plain text, what a loss means, and what a run costs."""

# --8<-- [start:imports]
import math
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from lessons import world
from lessons.models import corpus, recipes
from lessons.models.recipes import Plan
from lessons.models.steps import Batch, token_loss
from lessons.models.training import Recipe, train

# --8<-- [end:imports]


# --8<-- [start:plans]
CAUSAL = Plan(
    vocabulary=1024, context=192, rows=10, width=64, layers=2, heads=2, shares=world.SHARES,
    recipe=Recipe(steps=300, learning_rate=2e-2, warmup=30, optimizer="muon"),
)  # fmt: skip
MASKED = Plan(
    vocabulary=1024, context=96, rows=32, width=64, layers=2, heads=2,
    shares=recipes.PLANS["mlm"].shares,
    recipe=Recipe(steps=400, learning_rate=1.6e-2, warmup=40, optimizer="muon", causal=False),
)  # fmt: skip
# --8<-- [end:plans]


# --8<-- [start:prepare]
def prepare(
    plan: Plan,
) -> tuple[PreTrainedTokenizerFast, corpus.CausalBatches | corpus.MaskedBatches]:
    """Train a plan's tokenizer on a few documents, and return it with the batch of each step."""
    texts = plan.texts(0, 2000)
    if plan.recipe.causal:
        tokenizer = corpus.base_tokenizer(texts, plan.vocabulary, plan.context)
        kind: type[corpus.CausalBatches | corpus.MaskedBatches] = corpus.CausalBatches
    else:
        tokenizer = corpus.mlm_tokenizer(texts, plan.vocabulary, plan.context)
        kind = corpus.MaskedBatches
    return tokenizer, kind(tokenizer, plan.texts, plan.context, plan.rows, chunk=125)


def held_out(plan: Plan, tokenizer: PreTrainedTokenizerFast, count: int) -> list[Batch]:
    """Make batches that training never sees: documents of the held-out side, the same each time."""

    def texts(seed: int, count: int) -> list[str]:
        return world.documents(seed, count, "held-out", plan.shares)

    kind = corpus.CausalBatches if plan.recipe.causal else corpus.MaskedBatches
    batches = kind(tokenizer, texts, plan.context, plan.rows, chunk=count)
    return [batches(step) for step in range(count)]


# --8<-- [end:prepare]


# --8<-- [start:validation]
@torch.no_grad()
def validation_loss(model: PreTrainedModel, batches: Sequence[Batch], causal: bool) -> float:
    """Return the mean negative log-likelihood of all scored tokens, in nats.

    One sum over all batches is divided by one count, as in training.

    Args:
        model: language model; put into evaluation mode.
        batches: ``input_ids``, ``labels`` (-100: not scored), perhaps ``attention_mask``.
        causal: the model predicts the next token; otherwise the one in place.
    """
    model.eval()  # type: ignore[no-untyped-call]
    total, count = 0.0, 0
    for batch in batches:
        given = {name: tensor for name, tensor in batch.items() if name != "labels"}
        nll, scored = token_loss(model(**given).logits, batch["labels"], causal)
        total, count = total + nll.item(), count + int(scored)
    return total / count


# --8<-- [end:validation]


# --8<-- [start:bits]
def bits_per_byte(nats_per_token: float, tokens: int, size: int) -> float:
    """Say how many bits a model needs for a byte of text: a measure that no tokenizer changes.

    Args:
        nats_per_token: mean loss.
        tokens: number of tokens it is the mean of.
        size: bytes of the text that those tokens stand for, in UTF-8.

    Raises:
        ValueError: no bytes.
    """
    if size < 1:
        raise ValueError(f"{size} bytes: there is no text to predict")
    return nats_per_token * tokens / math.log(2) / size


# --8<-- [end:bits]


# --8<-- [start:flops]
def estimated_flops(parameters: int, tokens: int) -> int:
    """Estimate the work of training: 6 operations for each weight and token.

    Forward, a weight is multiplied once and added once: 2. Backward does that twice, for the gradient
    of the weights and for that of the layer below: 4. Source: Kaplan et al. 2020, arXiv 2001.08361.
    """
    return 6 * parameters * tokens


def counted_flops(model: PreTrainedModel, batch: Batch, causal: bool) -> int:
    """Count the operations of all matrix products in one forward and backward pass.

    Attention must be the plain formula (``attn_implementation="eager"``): products inside PyTorch's
    ready-made kernel are not counted on a processor.
    """
    counter = FlopCounterMode(display=False)
    given = {name: tensor for name, tensor in batch.items() if name != "labels"}
    with counter:
        nll, _ = token_loss(model(**given).logits, batch["labels"], causal)
        torch.autograd.backward(nll)
    model.zero_grad()
    return counter.get_total_flops()


# --8<-- [end:flops]


# --8<-- [start:curve_cell]
MARKS = (25, 50, 100, 200, 400, 800)


def curve_cell(objective: str, seed: int) -> dict[str, float]:
    """Train a small model longer than a page may; measure it on held-out text on the way.

    Args:
        objective: ``causal`` or ``masked``.
        seed: number that fixes the first weights; text and batches are always the same.

    Returns:
        The validation loss after each of ``MARKS`` steps, in nats per scored token.
    """
    plan = replace(CAUSAL if objective == "causal" else MASKED, seed=seed)
    recipe = replace(plan.recipe, steps=MARKS[-1])
    tokenizer, batches = prepare(plan)
    check = held_out(plan, tokenizer, 20)
    model = recipes.untrained(plan, tokenizer)
    losses = {"step0": validation_loss(model, check, recipe.causal)}
    with tempfile.TemporaryDirectory() as folder:
        for mark in MARKS:
            train(model, batches, recipe, Path(folder), until=mark, quiet=True)
            losses[f"step{mark}"] = validation_loss(model, check, recipe.causal)
    return losses


# --8<-- [end:curve_cell]
