"""The proof: one small model, trained at one price on the collection as found, and cleaned."""

import random
from collections.abc import Sequence
from dataclasses import asdict, replace

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from lessons import world
from lessons.data_preparation.duplicates import NearDuplicates
from lessons.data_preparation.pipeline import Outcome, boilerplate_of, pipeline, run
from lessons.data_preparation.splits import Leaks
from lessons.models import corpus, recipes
from lessons.models.training import Recipe, train
from lessons.world.dirty import PAGES, collection, evaluation_items

PLAN = recipes.Plan(
    vocabulary=1024, context=256, rows=8, width=64, layers=2, heads=2, shares=PAGES,
    recipe=Recipe(steps=300, learning_rate=1.6e-2, warmup=30, optimizer="muon"),
)  # fmt: skip


# --8<-- [start:arms]
def texts_of(arm: str, seed: int, records: int) -> list[str]:
    """Return what an arm trains on.

    Args:
        arm: ``dirty``, every text as it was found; ``deduplicated``, those without copies, and nothing
            else done; ``copies_left``, after the pipeline without its search for copies; ``clean``,
            after the pipeline; ``perfect``, what the truth says a perfect pipeline would give.
        seed: number that fixes the collection.
        records: number of them in the collection.
    """
    documents, truths = collection(seed, records)
    if arm == "perfect":
        return [truth.clean for truth in truths if truth.keep and truth.clean]
    outcomes = [Outcome(asdict(record)) for record in documents]
    if arm == "dirty":
        return [outcome.row["text"] for outcome in outcomes if outcome.row["text"]]
    lines = boilerplate_of(outcomes)
    alone, together = pipeline(lines, Leaks(evaluation_items(), 5, 0.8), NearDuplicates(3, 14, 8))
    if arm == "deduplicated":
        alone = {name: alone[name] for name in ("missing text", "signature")}
        del together["license"]
    if arm == "copies_left":
        del alone["signature"], together["copies"]
    return [out.row["text"] for out in run(together, run(alone, outcomes)) if not out.dropped]


# --8<-- [end:arms]


@torch.no_grad()
def loss_per_byte(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]
) -> float:
    """Return the mean negative log-likelihood of texts, in nats per byte.

    Each is read behind the end-of-text token, a beginning that no row of training had. A text longer than
    the context would be cut, and still be divided by all its bytes; those that are scored here are shorter.
    """
    nats, size = 0.0, sum(len(text.encode()) for text in texts)
    ordered = sorted(texts, key=len)
    for i in range(0, len(ordered), 32):
        batch = tokenizer(
            [f"{tokenizer.bos_token}{text}" for text in ordered[i : i + 32]],
            padding=True, padding_side="right", return_tensors="pt",
            truncation=True, max_length=PLAN.context,
        )  # fmt: skip
        logits = model(**batch).logits[:, :-1].log_softmax(-1)
        scores = logits.gather(-1, batch["input_ids"][:, 1:, None])[..., 0]
        nats -= float((scores * batch["attention_mask"][:, 1:]).sum())
    return nats / size


def proof_cell(arm: str, seed: int, records: int = 6000) -> dict[str, float]:
    """Train the small model on one arm; score it on clean documents that no arm has seen.

    Steps, batch, context, tokenizer and first weights are the same in every arm.

    Returns:
        Loss on 500 held-out documents, and on the 200 items of the evaluation that has leaked into
        the dirty collection, in nats per byte; and how many documents the arm had.
    """
    texts = texts_of(arm, seed, records)
    random.Random(seed).shuffle(texts)
    plan = replace(PLAN, seed=seed)
    tokenizer = corpus.base_tokenizer(plan.texts(0, 2000), plan.vocabulary, plan.context)

    def part(number: int, count: int) -> list[str]:
        start = number % 1000 * count  # the batches ask for parts 0, 1, …: all texts, then again
        return [texts[(start + i) % len(texts)] for i in range(count)]

    batches = corpus.CausalBatches(
        tokenizer, part, plan.context, plan.rows, chunk=plan.recipe.steps
    )
    model = recipes.untrained(plan, tokenizer)
    train(model, batches, plan.recipe, quiet=True)
    held_out = world.documents(7, 500, "held-out", PAGES)
    return {
        "loss": loss_per_byte(model, tokenizer, held_out),
        "evaluation": loss_per_byte(model, tokenizer, evaluation_items()),
        "documents": len(texts),
    }
