"""AdamW against Muon: one small model, the same steps, several learning rates and seeds."""

# --8<-- [start:race]
import statistics
from dataclasses import replace

from lessons import corpus, recipes, world
from lessons.training import Recipe, train

SMALL = recipes.Plan(
    vocabulary=1024, context=192, rows=10, width=64, layers=2, heads=2, shares=world.SHARES,
    recipe=Recipe(steps=60, learning_rate=8e-3, warmup=10, optimizer="muon", save_every=20),
)  # fmt: skip


def final_loss(optimizer: str, rate: float, seed: int) -> dict[str, float]:
    """Train the small model once; return the mean loss of its last ten steps, in nats per token.

    Args:
        optimizer: ``adamw`` or ``muon``.
        rate: the peak of the learning rate.
        seed: of the first weights; text and batches are always the same.
    """
    plan = replace(SMALL, seed=seed)
    tokenizer = corpus.base_tokenizer(plan.texts(0, 2000), plan.vocabulary, plan.context)
    recipe = replace(plan.recipe, optimizer=optimizer, learning_rate=rate)
    batches = corpus.CausalBatches(
        tokenizer, plan.texts, plan.context, plan.rows, chunk=recipe.steps
    )
    model = recipes.untrained(plan, tokenizer)
    return {"loss": statistics.fmean(train(model, batches, recipe, quiet=True).losses[-10:])}


# --8<-- [end:race]
