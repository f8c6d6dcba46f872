"""Bits per byte of real texts: by a real model, by `base`, and by two programs that compress files."""

import gzip
import lzma
import math
import random
import string
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from lessons import world
from lessons.evaluation.perplexity import windows
from lessons.evaluation.real_summaries import Block, flat
from lessons.real_models import loading, texts
from lessons.storage import checkpoint

SCORED = 24_000  # bytes of a text that a model reads, about 5,800 tokens of SmolLM2's on English
WHOLE = 100_000  # bytes of the same text that are compressed beside these
BLOCK = 1_000  # bytes of a text that are scored together; intervals are over blocks
MARK = "\0"  # between two texts until they are cut, since it takes one byte
END = "<|endoftext|>"  # what both models read between two documents
SOURCE = Path(__file__).with_name("course_source.txt")
SEED = 21


def documentation() -> tuple[list[str], str]:
    """Python's own documentation: its topics, in an order drawn once."""
    topics = list(texts.topics().values())
    random.Random(SEED).shuffle(topics)
    return topics, END


def source() -> tuple[list[str], str]:
    """Code of this course, written after the real model was trained: one frozen copy."""
    return [SOURCE.read_text(encoding="utf-8")], END


def verses() -> tuple[list[str], str]:
    """Genesis, and what follows it, a verse a line."""
    return [verse.text for verse in texts.verses()], "\n"


def movies() -> tuple[list[str], str]:
    """Sentences of movie reviews, in an order drawn once, each a line."""
    sentences = [rated.text for rated in texts.ratings("movies")]
    random.Random(SEED).shuffle(sentences)
    return sentences, "\n"


def stories() -> tuple[list[str], str]:
    """Stories of the course that `base` has not read, made as those that it has."""
    return world.documents(SEED, 600, "held-out", {"story": 1}), END


def letters() -> tuple[list[str], str]:
    """Letters drawn by chance, which nobody can predict: log2(26), about 4.70 bits each."""
    return ["".join(random.Random(SEED).choices(string.ascii_lowercase, k=WHOLE))], END


TEXTS: dict[str, Callable[[], tuple[list[str], str]]] = {
    "documentation": documentation, "source": source, "verses": verses,
    "movies": movies, "stories": stories, "letters": letters,
}  # fmt: skip


def beginning(pieces: Sequence[str], between: str, size: int) -> str:
    """Join texts and keep the beginning.

    Args:
        pieces: documents or lines.
        between: what stands between two of them; it counts as one byte, whatever its length.
        size: bytes to keep.

    Raises:
        ValueError: the texts have fewer bytes.
    """
    joined = MARK.join(pieces).encode()
    if len(joined) < size:
        raise ValueError(f"{len(joined)} bytes of text: {size} are needed")
    return joined[:size].decode(errors="ignore").replace(MARK, between)


@torch.no_grad()
def surprises(model: PreTrainedModel, ids: Sequence[int], context: int, stride: int) -> list[float]:
    """Score a text token by token, by a window that slides over it as in `likelihood`.

    Returns:
        Negative log-probabilities in nats, of all tokens but the first.
    """
    text, found = torch.tensor(ids), []
    for begin, end, first in windows(len(ids), context, stride):
        window = text[begin:end]
        logits = model(window[None]).logits[0, first - begin - 1 : -1]  # (scored, vocabulary)
        chosen = logits.log_softmax(-1).gather(-1, window[first - begin :, None])[:, 0]
        found += (-chosen.double()).tolist()
    return found


def sizes(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[int]:
    """Count each token's bytes; a byte-level tokenizer writes each byte as one character.

    What ends a document counts as one byte.
    """
    tokens = tokenizer.convert_ids_to_tokens(list(ids))
    return [1 if token == END else len(token) for token in tokens]


def blocks(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, text: str, context: int, stride: int
) -> list[Block]:
    """Score a text, and add up what the tokens cost that begin in the same stretch of it.

    The stretches are the same for every tokenizer, so that models can be compared block by block.

    Args:
        model: causal, in evaluation mode.
        tokenizer: its own, byte-level.
        text: what it reads.
        context: window length in tokens.
        stride: tokens by which the window moves.
    """
    ids = tokenizer(text, verbose=False)["input_ids"]
    lengths = sizes(tokenizer, ids)
    found = [Block(0.0, 0, 0)] * math.ceil(sum(lengths) / BLOCK)
    at = lengths[0]
    for nats, length in zip(surprises(model, ids, context, stride), lengths[1:], strict=True):
        so_far = found[at // BLOCK]
        found[at // BLOCK] = Block(so_far.nats + nats, so_far.tokens + 1, so_far.size + length)
        at += length
    return found


def reader(name: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a causal model: `base`, or a real one by its name."""
    if name != "base":
        return loading.causal(name)
    folder = checkpoint("base")
    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
    "xz": lambda data: lzma.compress(data, preset=9),
}
CONTEXTS = {"smollm2": 512, "base": 240}


def real_bits_cell(text: str, by: str) -> dict[str, float]:
    """Score a text by a model, or compress it.

    Args:
        text: one of ``TEXTS``.
        by: a model, or a program: ``gzip`` or ``xz``.

    Returns:
        Nats, tokens and bytes of each block; or bytes before and after, of the scored text and of the
        longer one that begins with it.
    """
    pieces, between = TEXTS[text]()
    if by in COMPRESSORS:
        sizes_by_part = {"scored": SCORED, "whole": WHOLE}
        found: dict[str, float] = {}
        for part, size in sizes_by_part.items():
            data = beginning(pieces, "\n", size).encode()
            found |= {f"{part}.from": len(data), f"{part}.to": len(COMPRESSORS[by](data))}
        return found
    context = CONTEXTS[by]
    return flat(blocks(*reader(by), beginning(pieces, between, SCORED), context, context // 2))


def real_window_cell(by: str, window: int, overlap: bool) -> dict[str, float]:
    """Score documentation, or with `base` its stories, by windows of one length.

    Args:
        by: the model.
        window: tokens that it may read at once.
        overlap: whether windows share half of their tokens, or a single one.
    """
    pieces, between = TEXTS["stories" if by == "base" else "documentation"]()
    stride = window // 2 if overlap else window - 1
    return flat(blocks(*reader(by), beginning(pieces, between, SCORED), window, stride))
