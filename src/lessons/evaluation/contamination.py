"""Has a real model read a text? Verses that everybody knows, others of the same books, both retold."""

# --8<-- [start:imports]
import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from lessons.catalog.experiment import Record
from lessons.evaluation.real_text import Block, bits_per_byte, over_blocks, reader, scored, sizes
from lessons.evaluation.retold import DRAWN, KNOWN
from lessons.intervals import wilson
from lessons.real_models import texts
from lessons.real_models.texts import Verse

# --8<-- [end:imports]

MATES = 10  # verses drawn for each known one
NEAREST = 40  # they are drawn from so many of the same book, those of the most similar length
ROOM = 20  # tokens that a model is to recite at most


# --8<-- [start:verses]
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


# --8<-- [end:verses]


# --8<-- [start:read]
class Read(NamedTuple):
    """What a model makes of a text by itself.

    Attributes:
        block: its cost, without the first token.
        room: tokens that were to be recited: those of the second half, at most ``ROOM``.
        run: how many of them in a row, from the first, are the likeliest token where they stand.
    """

    block: Block
    room: int
    run: int

    @property
    def recited(self) -> bool:
        """Whether a model that always writes the likeliest token goes on with exactly these."""
        return self.run == self.room


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
    return Read(Block(nats, len(ids) - 1, sum(sizes(tokenizer, ids[1:]))), len(hits), run)


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
        values |= {f"room.{i}": float(found.room), f"run.{i}": float(found.run)}
    return values


# --8<-- [end:read]


def readings(values: Record) -> list[Read]:
    """Read the texts of a cell again."""
    count = sum(name.startswith("nats.") for name in values)
    return [
        Read(
            Block(values[f"nats.{i}"], int(values[f"tokens.{i}"]), int(values[f"size.{i}"])),
            int(values[f"room.{i}"]),
            int(values[f"run.{i}"]),
        )
        for i in range(count)
    ]


def recital(found: Sequence[Read]) -> Record:
    """Count texts whose asked tokens all come, and the share of tokens before the first wrong one."""
    whole = sum(each.recited for each in found)
    low, high = wilson(whole, len(found))
    n = len(found)
    return {
        "whole": {"value": whole / n, "low": low, "high": high, "n": n, "groups": n},
        "count": whole,
        "tokens": sum(each.run for each in found) / sum(each.room for each in found),
        "asked": sum(each.room for each in found) / n,
    }


def summarise_contamination(cells: Sequence[Record]) -> Record:
    """Gather: model -> kind -> ``bits`` per byte and ``recital``; and what knowing changes.

    ``saved`` is by how many bits per byte the known verses are cheaper than the ones drawn for them, group
    by group; ``saved_retold`` the same of their retellings, and ``of_retold``, ``drawn_of_retold`` are the
    cost of verses over that of their retellings, pair by pair.
    """
    found: dict[str, dict[str, list[Read]]] = {}
    for cell in cells:
        by, kind = cell["parameters"]["by"], cell["parameters"]["kind"]
        found.setdefault(by, {})[kind] = readings(cell["values"])
    return {by: compare(kinds) for by, kinds in found.items()}


def compare(kinds: dict[str, list[Read]]) -> Record:
    """Compare the kinds of texts that one model read."""
    tree: Record = {
        kind: {"bits": over_blocks(bits_per_byte, cost(each)), "recital": recital(each)}
        for kind, each in kinds.items()
    }
    known, drawn = cost(kinds["known"]), cost(kinds["drawn"])
    retold, drawn_retold = cost(kinds["known_retold"]), cost(kinds["drawn_retold"])
    first = drawn[::MATES]  # those that were retold

    def mates(rows: Iterable[int]) -> list[Block]:
        return [mate for row in rows for mate in drawn[row * MATES : (row + 1) * MATES]]

    def some(blocks: Sequence[Block], rows: Iterable[int]) -> float:
        return bits_per_byte([blocks[row] for row in rows])

    scores = {
        "saved": lambda rows: bits_per_byte(mates(rows)) - some(known, rows),
        "saved_retold": lambda rows: some(drawn_retold, rows) - some(retold, rows),
        "of_retold": lambda rows: some(known, rows) / some(retold, rows),
        "drawn_of_retold": lambda rows: some(first, rows) / some(drawn_retold, rows),
    }
    n = len(known)
    return tree | {name: scored(score, n, n) for name, score in scores.items()}


def cost(found: Sequence[Read]) -> list[Block]:
    """Take what the texts cost."""
    return [each.block for each in found]
