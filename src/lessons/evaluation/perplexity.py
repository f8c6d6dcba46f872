"""Perplexity of texts longer than a model's context, by a sliding window, each token counted once."""

# --8<-- [start:imports]
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

# --8<-- [end:imports]


# --8<-- [start:windows]
def windows(length: int, context: int, stride: int) -> Iterator[tuple[int, int, int]]:
    """Cut a text into windows such that each token but the first is scored in exactly one of them.

    A window's own first token has nothing before it, so it cannot be scored there. Two windows
    therefore share at least one token: the stride is less than the context.

    Args:
        length: tokens of the text.
        context: the most tokens that a window may hold.
        stride: tokens by which the window moves on.

    Yields:
        ``(begin, end, first)``: the window holds the tokens ``begin`` to ``end - 1`` of the text and
        scores those from ``first`` on.

    Raises:
        ValueError: fewer than two tokens, or a stride that would leave tokens without a score.
    """
    if length < 2:
        raise ValueError(f"{length} tokens: need at least two, one to score and one before it")
    if not 1 <= stride < context:
        raise ValueError(
            f"stride {stride} with a context of {context}: take 1 to {context - 1}; "
            "a stride of the whole context never scores the first token of a window"
        )
    begin, first = 0, 1
    while first < length:
        end = min(begin + context, length)
        yield begin, end, first
        begin, first = begin + stride, end


# --8<-- [end:windows]


# --8<-- [start:score]
@dataclass(frozen=True)
class Likelihood:
    """How likely a model finds a text.

    Attributes:
        nats: negative log-likelihood of all scored tokens together.
        tokens: how many were scored: all but the first.
    """

    nats: float
    tokens: int

    @property
    def perplexity(self) -> float:
        """Return e to the nats per token: among how many tokens the model is as good as choosing."""
        return math.exp(self.nats / self.tokens)


@torch.no_grad()
def likelihood(model: PreTrainedModel, ids: Sequence[int], context: int, stride: int) -> Likelihood:
    """Score a text of any length with a window that slides over it.

    Args:
        model: causal, in evaluation mode.
        ids: the text's tokens.
        context: window length, as in `windows`.
        stride: step, as in `windows`. With a stride of 1 each token is scored with all the context that the
            model can use, at one forward pass per token; a longer one is faster and, as a rule, finds
            the text less likely, since the first tokens that a window scores have less before them.

    Raises:
        ValueError: as `windows`; or a context that is longer than the model's.
    """
    most = model.config.max_position_embeddings
    if context > most:
        raise ValueError(f"context {context} is longer than the model's, {most}")
    text, nats = torch.tensor(ids), 0.0
    for begin, end, first in windows(len(ids), context, stride):
        window = text[begin:end]
        logits = model(window[None]).logits[0]  # (window, vocabulary)
        scores = logits[:-1].log_softmax(-1).gather(-1, window[1:, None])[:, 0]
        nats -= scores[first - begin - 1 :].double().sum().item()
    return Likelihood(nats, len(ids) - 1)


# --8<-- [end:score]


# --8<-- [start:reference]
@torch.no_grad()
def token_by_token(
    model: PreTrainedModel, ids: Sequence[int], context: int, stride: int
) -> Likelihood:
    """Score the same in the slow and plain way: one forward pass for every token.

    Each token is the only one that is scored in its pass, and stands at its end. Before it stands what
    the window that scores it would hold, and nothing else.
    """
    nats = 0.0
    for begin, end, first in windows(len(ids), context, stride):
        for place in range(first, end):
            before = torch.tensor(ids[begin:place])
            logits = model(before[None]).logits[0, -1]  # (vocabulary,)
            nats -= logits.double().log_softmax(-1)[ids[place]].item()
    return Likelihood(nats, len(ids) - 1)


# --8<-- [end:reference]
