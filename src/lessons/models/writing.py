"""What a model writes when it is left to itself, and how much each of its own tokens surprised it."""

# --8<-- [start:imports]
import math
import random

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

# --8<-- [end:imports]


# --8<-- [start:write]
def next_chances(model: PreTrainedModel, ids: list[int]) -> torch.Tensor:
    """Say how likely each token of the vocabulary is to come next.

    Args:
        model: causal language model.
        ids: token ids of the text so far, at least one.

    Returns:
        Probabilities in 64 bits, shape (vocabulary,).
    """
    with torch.no_grad():
        logits: torch.Tensor = model(torch.tensor([ids])).logits[0, -1]
    return logits.double().softmax(dim=-1)


def write(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: str,
    seed: int,
    temperature: float,
    room: int = 80,
) -> list[tuple[str, float]]:
    """Let a model continue a prompt up to the end of the line, a token at a time.

    Each token is drawn by a random number of its own. Rounding moves the probabilities a little from
    machine to machine, but a draw only if the number falls into that little gap.

    Args:
        model: causal language model, as it was loaded; while it trains, dropout changes what it says.
        tokenizer: the model's own.
        prompt: beginning of the text, without a blank at its end.
        seed: of the random numbers.
        temperature: by which the draw is sharpened, below 1, or flattened, above 1.
        room: the most new tokens.

    Returns:
        New tokens with the surprise of each in bits: the logarithm to the base 2 of one over the
        probability that the model itself gave it, which no temperature changes.
    """
    chance, written = random.Random(seed), []
    ids: list[int] = list(tokenizer(prompt)["input_ids"])
    for _ in range(room):
        own = next_chances(model, ids)
        drawn_from = (own.log() / temperature).softmax(dim=-1).cumsum(dim=-1)
        drawn = int((drawn_from < chance.random()).sum())  # as many come before it
        token = str(tokenizer.decode([drawn]))
        if drawn == tokenizer.eos_token_id or "\n" in token:
            break
        written.append((token, -math.log2(own[drawn])))
        ids.append(drawn)
    return written


# --8<-- [end:write]
