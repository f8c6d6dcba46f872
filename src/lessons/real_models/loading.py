"""Load the real models, and the two things that most experiments ask of them: a choice, and a vector."""

import copy
import sys
from collections.abc import Sequence
from functools import cache

import torch
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from lessons.real_models import places

LONGEST = 256  # tokens that MiniLM reads of a text; it was trained with no more
BATCH = 32


def _quiet() -> None:
    if not sys.stderr.isatty():  # a log is no terminal
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]


@cache
def causal(name: str = "smollm2") -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a causal language model in float32, ready to be asked, once in a process.

    Whoever trains it loads it for themselves, since all callers get the same object.

    Args:
        name: a real model, `lessons.real_models.places.find`.

    Raises:
        FileNotFoundError: it was not fetched yet; the message has the command.
    """
    folder = places.find(name)
    _quiet()
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()  # type: ignore[no-untyped-call]
    return model, AutoTokenizer.from_pretrained(folder)


@cache
def encoder(name: str = "minilm") -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load an encoder in float32, ready to be asked, once in a process.

    Whoever trains it loads it for themselves, since all callers get the same object.

    Args:
        name: a real model, `lessons.real_models.places.find`.

    Raises:
        FileNotFoundError: it was not fetched yet; the message has the command.
    """
    folder = places.find(name)
    _quiet()
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    return model, AutoTokenizer.from_pretrained(folder)


@torch.no_grad()
def margins(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    start: str,
    rests: Sequence[str],
    words: tuple[str, str],
) -> list[float]:
    """Ask for one of two words behind texts that begin alike; what they begin with is read once.

    Where to cut matters. Two line ends are one token at the end of a text and two in its middle, so a
    start that ends in a blank line is refused: put the blank line at the head of what follows.

    Args:
        model: causal language model.
        tokenizer: its tokenizer, which puts no token around a text.
        start: the beginning of all texts, such as examples; may be empty.
        rests: what follows; none may add nothing.
        words: the first and the second answer, with the space before them if there is one.

    Returns:
        For each text the log-odds of the second word against the first, in nats: above 0, the second is
        the likelier one.

    Raises:
        ValueError: an answer is not one token, start and rest share a token, or nothing is left to read.
    """
    first, second = (_only_token(tokenizer, word) for word in words)
    head = tokenizer(start)["input_ids"] if start else []
    begun = model(torch.tensor([head]), use_cache=True).past_key_values if head else None
    found = []
    for rest in rests:
        ids = tokenizer(start + rest)["input_ids"]
        if ids[: len(head)] != head:
            raise ValueError(
                f"start and rest share a token: cut elsewhere than before {rest[:20]!r}"
            )
        if len(ids) == len(head):
            raise ValueError("a rest adds no token to the start")
        known = copy.deepcopy(begun)  # the model writes into it
        read = torch.tensor([ids[len(head) :]])
        logits = model(read, past_key_values=known, logits_to_keep=1).logits[0, -1]
        found.append((logits[second] - logits[first]).item())
    return found


def _only_token(tokenizer: PreTrainedTokenizerBase, word: str) -> int:
    ids: list[int] = tokenizer(word)["input_ids"]
    if len(ids) != 1:
        raise ValueError(f"an answer must be one token, {word!r} is {len(ids)}")
    return ids[0]


@torch.no_grad()
def embed(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> torch.Tensor:
    """Turn each text into a vector: the mean of the last layer over its tokens, at length one.

    Args:
        model: encoder.
        tokenizer: its tokenizer.
        texts: of each the first 256 tokens are read.

    Returns:
        Shape (texts, width). The product of two rows is the cosine of the angle between them, 1 for
        texts that the model takes for the same.

    Source: Reimers and Gurevych 2019, Sentence-BERT.
    """
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))  # little padding
    vectors = torch.empty(len(texts), model.config.hidden_size)
    for begin in range(0, len(order), BATCH):
        chosen = order[begin : begin + BATCH]
        batch = tokenizer(
            [texts[index] for index in chosen],
            padding=True, truncation=True, max_length=LONGEST, return_tensors="pt",
        )  # fmt: skip
        mask = batch["attention_mask"][..., None]  # (batch, tokens, 1): padding does not count
        mean = (model(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)
        vectors[chosen] = torch.nn.functional.normalize(mean, dim=1)
    return vectors
