"""From a distribution over the next token to the token that is taken: greedy, temperature, top-k, top-p."""

# --8<-- [start:imports]
from collections.abc import Sequence

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

# --8<-- [end:imports]


# --8<-- [start:next]
def next_token_distribution(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, prompts: Sequence[str]
) -> torch.Tensor:
    """Say how likely each token of the vocabulary is to come after each prompt.

    The prompts are padded on the right. A plain forward pass counts places from the left, so
    padding there would move every token to a place where it does not belong. What stands to
    the right of a token cannot change what a causal model says after it.

    Returns:
        Probabilities, shape (prompts, vocabulary); each row sums to 1.
    """
    batch = tokenizer(list(prompts), padding=True, padding_side="right", return_tensors="pt")
    with torch.no_grad():
        logits: torch.Tensor = model(**batch).logits  # (prompts, tokens, vocabulary)
    last = batch["attention_mask"].sum(dim=1) - 1  # where each prompt ends
    return logits[torch.arange(len(prompts)), last].softmax(dim=-1)


# --8<-- [end:next]


# --8<-- [start:filters]
def temperature(probabilities: torch.Tensor, value: float) -> torch.Tensor:
    """Sharpen a distribution (below 1) or flatten it (above 1).

    Args:
        probabilities: shape (..., vocabulary).
        value: above 0; at 1 nothing changes, towards 0 only the likeliest token is left.

    Raises:
        ValueError: a temperature that is not above 0.
    """
    if value <= 0:
        raise ValueError(f"temperature {value} must be above 0; to be greedy, take the argmax")
    return (probabilities.log() / value).softmax(dim=-1)


def top_k(probabilities: torch.Tensor, k: int) -> torch.Tensor:
    """Keep the k likeliest tokens (Fan et al. 2018, https://arxiv.org/abs/1805.04833).

    Tokens that are as likely as the last of them are kept as well, as `transformers` does.

    Raises:
        ValueError: fewer than one token is kept.
    """
    if k < 1:
        raise ValueError(f"k {k} must be at least 1")
    best = probabilities.topk(min(k, probabilities.shape[-1]), dim=-1).values
    kept = torch.where(probabilities >= best[..., -1:], probabilities, 0.0)
    return kept / kept.sum(dim=-1, keepdim=True)


def top_p(probabilities: torch.Tensor, p: float) -> torch.Tensor:
    """Keep the fewest tokens that have p together (Holtzman et al. 2019, arXiv 1904.09751).

    Of tokens that are equally likely, the sort decides which come first.

    Raises:
        ValueError: a share that is not between 0 and 1.
    """
    if not 0 < p <= 1:
        raise ValueError(f"p {p} must be above 0 and at most 1")
    ordered, ids = probabilities.sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered  # what all likelier tokens have together
    kept = torch.zeros_like(probabilities).scatter(-1, ids, ordered * (before < p))
    return kept / kept.sum(dim=-1, keepdim=True)


# --8<-- [end:filters]
