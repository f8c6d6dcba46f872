"""From blocks and verses that a model read to what the page says of them; no model is needed here."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from lessons.catalog.experiment import Record
from lessons.catalog.summaries import key
from lessons.intervals import bootstrap, wilson

COMPRESSED = ("gzip", "xz")
MATES = 10  # verses drawn for each known one


class Block(NamedTuple):
    """A stretch of a text: what its tokens cost in nats, how many they are, and their bytes."""

    nats: float
    tokens: int
    size: int


class Read(NamedTuple):
    """What a model makes of a text by itself.

    Attributes:
        block: its cost, without the first token.
        room: tokens that were to be recited: those of the second half, at most ``ROOM``.
        run: how many of them in a row, from the first, are the likeliest token where they stand.
        hits: how many of them are, in a row or not.
    """

    block: Block
    room: int
    run: int
    hits: int

    @property
    def recited(self) -> bool:
        """Whether a model that always writes the likeliest token goes on with exactly these."""
        return self.run == self.room


def flat(found: Sequence[Block]) -> dict[str, float]:
    """Name the numbers of each block, as a record keeps them: ``nats.0`` and so on."""
    return {
        f"{field}.{i}": float(value)
        for i, block in enumerate(found)
        for field, value in block._asdict().items()
    }


def unflat(values: Record) -> list[Block]:
    """Read the blocks of a cell again."""
    count = sum(name.startswith("nats.") for name in values)
    return [
        Block(values[f"nats.{i}"], int(values[f"tokens.{i}"]), int(values[f"size.{i}"]))
        for i in range(count)
    ]


def bits_per_byte(found: Sequence[Block]) -> float:
    """Bits for each byte, over all blocks."""
    return sum(b.nats for b in found) / math.log(2) / sum(b.size for b in found)


def perplexity(found: Sequence[Block]) -> float:
    """E to the nats for each token, over all blocks."""
    return math.exp(sum(b.nats for b in found) / sum(b.tokens for b in found))


def scored(score: Callable[[Sequence[int]], float], n: int, items: int) -> Record:
    """Give a score over blocks its interval, by drawing blocks again.

    Args:
        score: takes the numbers of blocks.
        n: how many blocks there are, all different.
        items: tokens in them.
    """
    low, high = bootstrap(score, n)
    return {"value": score(range(n)), "low": low, "high": high, "n": items, "groups": n}


def over_blocks(measure: Callable[[Sequence[Block]], float], found: Sequence[Block]) -> Record:
    """Score blocks by a measure, with its interval."""
    tokens = sum(block.tokens for block in found)
    return scored(lambda rows: measure([found[i] for i in rows]), len(found), tokens)


def summarise_bits(cells: Sequence[Record]) -> Record:
    """Gather bits per byte: text -> who -> score, with ``ratio`` of SmolLM2's to that of xz."""
    tree: Record = {}
    for cell in cells:
        text, by = cell["parameters"]["text"], cell["parameters"]["by"]
        values, place = cell["values"], tree.setdefault(text, {})
        if by in COMPRESSED:
            place[by] = {
                part: 8 * values[f"{part}.to"] / values[f"{part}.from"]
                for part in ("scored", "whole")
            }
        else:
            place[by] = over_blocks(bits_per_byte, unflat(values))
    for place in tree.values():
        place["of_gzip"] = place["smollm2"]["value"] / place["gzip"]["scored"]
        place["of_xz_whole"] = place["smollm2"]["value"] / place["xz"]["whole"]
    return tree


def summarise_windows(cells: Sequence[Record]) -> Record:
    """Gather perplexities: model -> window -> ``overlap`` or ``apart`` -> perplexity.

    Beside each stands ``times``: how often it is the perplexity of the longest window that overlaps,
    on the same blocks.
    """
    found: dict[str, dict[tuple[int, bool], list[Block]]] = {}
    for cell in cells:
        by, window, overlap = (cell["parameters"][name] for name in ("by", "window", "overlap"))
        found.setdefault(by, {})[window, overlap] = unflat(cell["values"])
    tree: Record = {}
    for by, settings in found.items():
        best = settings[max(settings)]
        for (window, overlap), mine in settings.items():

            def times(
                rows: Sequence[int], mine: list[Block] = mine, best: list[Block] = best
            ) -> float:
                return perplexity([mine[i] for i in rows]) / perplexity([best[i] for i in rows])

            place = tree.setdefault(by, {}).setdefault(key("window", window), {})
            tokens = sum(block.tokens for block in mine)
            place["overlap" if overlap else "apart"] = {
                "perplexity": over_blocks(perplexity, mine),
                "times": scored(times, len(mine), tokens),
            }
    return tree


def readings(values: Record) -> list[Read]:
    """Read the texts of a cell again."""
    count = sum(name.startswith("nats.") for name in values)
    return [
        Read(
            Block(values[f"nats.{i}"], int(values[f"tokens.{i}"]), int(values[f"size.{i}"])),
            int(values[f"room.{i}"]),
            int(values[f"run.{i}"]),
            int(values[f"hits.{i}"]),
        )
        for i in range(count)
    ]


def recital(found: Sequence[Read]) -> Record:
    """Count texts whose asked tokens all come, and of the tokens those in a row, and the likeliest."""
    whole, n = sum(each.recited for each in found), len(found)
    low, high = wilson(whole, n)
    return {
        "whole": {"value": whole / n, "low": low, "high": high, "n": n, "groups": n},
        "count": whole,
        "in_a_row": sum(each.run for each in found) / n,
        "likeliest": sum(each.hits for each in found) / sum(each.room for each in found),
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
