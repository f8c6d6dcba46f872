"""What the learning rate does: one small causal model, AdamW, several rates and schedules."""

# --8<-- [start:rate_cell]
from dataclasses import replace

from lessons.models import recipes
from lessons.models.training import Recipe, train
from lessons.pretraining.objectives import CAUSAL, held_out, prepare, validation_loss


def rate_cell(rate: float, warmup: int, floor: float, steps: int, seed: int) -> dict[str, float]:
    """Train once with one schedule; return the loss on held-out text, in nats per token.

    Args:
        rate: the peak of the learning rate.
        warmup: steps in which it rises.
        floor: the rate at the end as a share of the peak; 1 keeps it there.
        steps: number of all steps.
        seed: number that fixes the first weights; text and batches are always the same.
    """
    plan = replace(CAUSAL, seed=seed)
    tokenizer, batches = prepare(plan)
    model = recipes.untrained(plan, tokenizer)
    recipe = Recipe(steps=steps, learning_rate=rate, warmup=warmup, floor=floor)
    train(model, batches, recipe, quiet=True)
    return {"loss": validation_loss(model, held_out(plan, tokenizer, 10), causal=True)}


# --8<-- [end:rate_cell]
