"""AdamW against Muon: one small model, the same steps, each optimizer with both rates of its own."""

# --8<-- [start:race]
import statistics
from dataclasses import replace

import torch

from lessons import world
from lessons.models import corpus, recipes
from lessons.models.muon import Muon
from lessons.models.steps import token_loss
from lessons.models.training import Recipe, hidden_matrices, schedule

SMALL = recipes.Plan(
    vocabulary=1024, context=192, rows=10, width=64, layers=2, heads=2, shares=world.SHARES,
    recipe=Recipe(steps=60, learning_rate=8e-3, warmup=10, save_every=20),
)  # fmt: skip
BETAS = (0.9, 0.98)


def final_loss(optimizer: str, rate: float, rest: float, seed: int) -> dict[str, float]:
    """Train the small model once; return the mean loss of its last ten steps, in nats per token.

    Only what moves the hidden matrices differs between the arms. Embeddings and vectors are moved by AdamW
    in both, without decay, at a rate that is varied apart from that of the matrices.

    Args:
        optimizer: mover of the hidden matrices, ``adamw`` or ``muon``.
        rate: peak of its learning rate.
        rest: peak of the learning rate of embeddings and vectors.
        seed: number that fixes the first weights; text and batches are always the same.
    """
    plan, recipe = replace(SMALL, seed=seed), SMALL.recipe
    tokenizer = corpus.base_tokenizer(plan.texts(0, 2000), plan.vocabulary, plan.context)
    batches = corpus.CausalBatches(
        tokenizer, plan.texts, plan.context, plan.rows, chunk=recipe.steps
    )
    model = recipes.untrained(plan, tokenizer)
    matrices = hidden_matrices(model)
    inner = {id(matrix) for matrix in matrices}
    others = [p for p in model.parameters() if id(p) not in inner]
    hidden: torch.optim.Optimizer
    if optimizer == "muon":
        hidden = Muon(matrices, rate, recipe.weight_decay)
    else:
        hidden = torch.optim.AdamW(
            matrices, rate, betas=BETAS, weight_decay=recipe.weight_decay, fused=True
        )
    outer = torch.optim.AdamW(others, rest, betas=BETAS, weight_decay=0.0, fused=True)
    losses = []
    model.train()
    for step in range(recipe.steps):
        batch = batches(step)
        total, count = token_loss(model(batch["input_ids"]).logits, batch["labels"], causal=True)
        (total / count).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
        for mover, peak in ((hidden, rate), (outer, rest)):
            for group in mover.param_groups:
                group["lr"] = schedule(step, replace(recipe, learning_rate=peak))
            mover.step()
        model.zero_grad()
        losses.append((total / count).item())
    return {"loss": statistics.fmean(losses[-10:])}


# --8<-- [end:race]
