"""How the course's two models are made: their text, their shape, and how they are trained."""

# --8<-- [start:imports]
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from lessons import world
from lessons.models import corpus
from lessons.models.training import Recipe

# --8<-- [end:imports]


# --8<-- [start:plan]
@dataclass(frozen=True)
class Plan:
    """All that a model is made from, beside the code.

    Attributes:
        vocabulary: entries of the tokenizer.
        context: tokens of a sequence.
        rows: sequences in a batch.
        width, layers, heads: shape of the network.
        shares: kinds of documents, and how often each is read.
        recipe: how it is trained.
        seed: of the first weights.
    """

    vocabulary: int
    context: int
    rows: int
    width: int
    layers: int
    heads: int
    shares: Mapping[str, float]
    recipe: Recipe
    seed: int = 0

    def texts(self, seed: int, count: int) -> list[str]:
        """Make training documents."""
        return world.documents(seed, count, "train", self.shares)


PLANS = {
    "base": Plan(
        vocabulary=2048, context=256, rows=16, width=192, layers=6, heads=6, shares=world.SHARES,
        recipe=Recipe(steps=4800, learning_rate=2e-3, optimizer="muon"),
    ),
    "mlm": Plan(
        vocabulary=1500, context=128, rows=64, width=128, layers=4, heads=4,
        shares={"review": 0.7, "story": 0.15, "talk": 0.05, "fact": 0.05, "translation": 0.05},
        recipe=Recipe(steps=2400, learning_rate=1.5e-3, optimizer="muon", causal=False),
    ),
}  # fmt: skip
# --8<-- [end:plan]


def tokenizer_of(plan: Plan) -> PreTrainedTokenizerFast:
    """Train the tokenizer of a model, on documents of its own."""
    train = corpus.base_tokenizer if plan.recipe.causal else corpus.mlm_tokenizer
    return train(plan.texts(0, 20_000), plan.vocabulary, plan.context)


def batches_of(
    plan: Plan, tokenizer: PreTrainedTokenizerFast
) -> corpus.CausalBatches | corpus.MaskedBatches:
    """Return the function from a step to its batch."""
    make = corpus.CausalBatches if plan.recipe.causal else corpus.MaskedBatches
    return make(tokenizer, plan.texts, plan.context, plan.rows)


# --8<-- [start:untrained]
def untrained(plan: Plan, tokenizer: PreTrainedTokenizerFast) -> PreTrainedModel:
    """Build a model with random weights, the same each time: a GPT-2, or a BERT to be masked."""
    torch.manual_seed(plan.seed)
    if plan.recipe.causal:
        return GPT2LMHeadModel(
            GPT2Config(
                vocab_size=len(tokenizer),
                n_positions=plan.context,
                n_embd=plan.width,
                n_layer=plan.layers,
                n_head=plan.heads,
                resid_pdrop=0.0,  # each document is read once: nothing to over-fit
                embd_pdrop=0.0,
                attn_pdrop=0.0,
                # compiled in bfloat16 the plain formula is faster than the ready-made kernel
                attn_implementation="eager",  # type: ignore[call-arg]
                bos_token_id=tokenizer.bos_token_id,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )
        )
    return BertForMaskedLM(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=plan.width,
            num_hidden_layers=plan.layers,
            num_attention_heads=plan.heads,
            intermediate_size=4 * plan.width,
            max_position_embeddings=plan.context,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


# --8<-- [end:untrained]


def find(name: str) -> Plan:
    """Return the plan of a model.

    Raises:
        ValueError: no model of that name.
    """
    if name not in PLANS:
        raise ValueError(f"no model {name!r}: take one of {', '.join(PLANS)}")
    return PLANS[name]
