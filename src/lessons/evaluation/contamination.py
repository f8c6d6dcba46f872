"""Has a real model read a text? Verses that everybody knows, others of the same books, both retold."""

import random
from collections.abc import Iterable, Sequence

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lessons.evaluation.real_summaries import MATES, Block, Read
from lessons.evaluation.real_text import reader, sizes
from lessons.evaluation.retold import DRAWN, KNOWN
from lessons.real_models import texts
from lessons.real_models.texts import Verse

NEAREST = 40  # they are drawn from so many of the same book, those of the most similar length
ROOM = 20  # tokens that a model is to recite at most


def place(verse: Verse) -> str:
    """Name a verse as readers look it up: ``Genesis 1:1``."""
    return f"{verse.book} {verse.chapter}:{verse.verse}"


def draw(verses: Sequence[Verse], known: Iterable[str], seed: int = 0) -> list[list[Verse]]:
    """Draw verses that fewer people know: of the same books, and about as long.

    Args:
        verses: all of them.
        known: places of the known ones.
        seed: number that chooses.

    Returns:
        For each known verse, itself and then its ``MATES``; no verse occurs twice.

    Raises:
        KeyError: there is no such place.
    """
    rng, by_place = random.Random(seed), {place(verse): verse for verse in verses}
    chosen = [by_place[name] for name in known]
    taken = {place(verse) for verse in chosen}
    groups = []
    for verse in chosen:
        left = [v for v in verses if v.book == verse.book and place(v) not in taken]
        left.sort(key=lambda other: abs(len(other.text) - len(verse.text)))
        mates = rng.sample(left[:NEAREST], MATES)
        taken |= {place(mate) for mate in mates}
        groups.append([verse, *mates])
    return groups


def asked(kind: str) -> list[str]:
    """Return the texts of a kind, in the order of the known verses.

    Args:
        kind: ``known`` or ``drawn`` verses; or ``known_retold``, ``drawn_retold``: in other words, of the
            drawn ones the first of each ten.
    """
    if kind.endswith("retold"):
        return list((KNOWN if kind == "known_retold" else DRAWN).values())
    groups = draw(texts.verses(), KNOWN)
    if kind == "known":
        return [group[0].text for group in groups]
    return [mate.text for group in groups for mate in group[1:]]


# --8<-- [start:read]
@torch.no_grad()
def read(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, text: str) -> Read:
    """Score a text that fits into the model's context, and see how far it would recite the second half.

    Nothing has to be written for that. As long as the likeliest token is the right one, what a model
    writes is what it reads.
    """
    ids = tokenizer(text)["input_ids"]
    scores = model(torch.tensor([ids])).logits[0, :-1].log_softmax(-1)  # (tokens - 1, vocabulary)
    right = torch.tensor(ids[1:])
    nats = -scores.gather(-1, right[:, None]).double().sum().item()
    half = len(ids) // 2
    hits = (scores.argmax(-1) == right)[half - 1 :][:ROOM].tolist()
    run = (*hits, False).index(False)
    block = Block(nats, len(ids) - 1, sum(sizes(tokenizer, ids[1:])))
    return Read(block, len(hits), run, sum(hits))


# --8<-- [end:read]


def real_contamination_cell(kind: str, by: str) -> dict[str, float]:
    """Read the texts of a kind, each by itself.

    Args:
        kind: as in `asked`.
        by: the model.

    Returns:
        Of each text nats, tokens and bytes, and the tokens it would recite of those asked for.
    """
    model, tokenizer = reader(by)
    values: dict[str, float] = {}
    for i, text in enumerate(asked(kind)):
        found = read(model, tokenizer, text)
        values |= {f"{name}.{i}": float(value) for name, value in found.block._asdict().items()}
        counts = {"room": found.room, "run": found.run, "hits": found.hits}
        values |= {f"{name}.{i}": float(value) for name, value in counts.items()}
    return values
