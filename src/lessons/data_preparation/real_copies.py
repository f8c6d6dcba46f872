"""Copies in a text that nobody spoiled on purpose: Python's own documentation, one frozen copy."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log2

from lessons.data_preparation.duplicates import MinHash, band_keys, fingerprint
from lessons.data_preparation.similarity import jaccard, shingles
from lessons.real_models import texts

SIZE, BANDS, ROWS = 3, 14, 8  # as in the pipeline
SIMILAR = 0.7  # from here on a pair counts as a near copy
INSIDE = 0.9  # share of a topic that stands in one other
WORDS = 8  # a shorter paragraph, such as "See also:", is no item
ORDER = 5  # characters that the small model looks back
ONE_IN = 10  # share of the test


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, and the topic that it stands in."""

    topic: str
    text: str


def paragraphs(topics: dict[str, str]) -> list[Paragraph]:
    """Cut topics at blank lines."""
    return [
        Paragraph(topic, part.strip("\n"))
        for topic, text in topics.items()
        for part in re.split(r"\n\s*\n", text)
        if part.strip()
    ]


def long_enough(found: Sequence[Paragraph]) -> list[Paragraph]:
    """Keep the paragraphs of at least eight words."""
    return [one for one in found if len(re.findall(r"\w+", one.text)) >= WORDS]


def inside(found: Sequence[Paragraph]) -> dict[str, str]:
    """Name the topics of which one other topic holds at least nine tenths: topic -> the other."""
    topics: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for one in found:
        topics[one.topic][one.text] = len(one.text)
    held = {}
    for name, own in topics.items():
        shares = {
            other: sum(length for text, length in own.items() if text in theirs) / sum(own.values())
            for other, theirs in topics.items()
            if other != name
        }
        best = max(shares, key=lambda other: shares[other], default="")
        if best and shares[best] >= INSIDE:
            held[name] = best
    return held


def similarities(items: Sequence[set[str]]) -> dict[tuple[int, int], float]:
    """Compute the Jaccard similarity of all pairs of sets that share anything: pair -> similarity."""
    where: defaultdict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for part in item:
            where[part].append(number)
    pairs = {pair for numbers in where.values() for pair in combinations(numbers, 2)}
    return {(one, other): jaccard(items[one], items[other]) for one, other in pairs}


def met(items: Sequence[set[str]], seed: int) -> set[tuple[int, int]]:
    """Return the pairs of sets that share a band: those that the search compares."""
    minhash = MinHash(BANDS * ROWS, seed)
    bands: defaultdict[bytes, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for key in band_keys(minhash(item), ROWS):
            bands[key].append(number)
    return {pair for numbers in bands.values() for pair in combinations(numbers, 2)}


def distinct(found: Sequence[Paragraph]) -> list[str]:
    """Return each text once, where case, spaces and marks do not count."""
    return [*{fingerprint(one.text): one.text for one in found}.values()]


def copies_values(topics: dict[str, str]) -> dict[str, float]:
    """Count exact copies among paragraphs, and topics that stand inside another."""
    every = paragraphs(topics)
    found: dict[str, float] = {"topics": len(topics), "inside": len(inside(every))}
    for name, some in (("all", every), ("long", long_enough(every))):
        counts = Counter(one.text for one in some)
        found |= {
            f"{name}_paragraphs": len(some),
            f"{name}_surplus": sum(count - 1 for count in counts.values()),
            f"{name}_with_copy": sum(count for count in counts.values() if count > 1),
        }
    return found


def minhash_values(topics: dict[str, str], seed: int) -> dict[str, float]:
    """Compare what the search finds among distinct paragraphs, and among whole topics, with the truth.

    Returns:
        ``paragraphs``; ``similar``, near copies by exact Jaccard similarity; ``met``, pairs that the
        search compares, and ``right``, those that are near copies; for each tenth of the similarity
        ``pairs.TENTH``, ``met.TENTH`` and the mean similarity, ``mean.TENTH``; ``topics_inside``, topics
        that stand inside another, and ``topics_met``, those that meet it when topics are compared whole.
    """
    every = paragraphs(topics)
    items = [shingles(text, SIZE) for text in distinct(long_enough(every))]
    alike, together = similarities(items), met(items, seed)
    near = {pair for pair, similarity in alike.items() if similarity >= SIMILAR}
    found: dict[str, float] = {
        "paragraphs": len(items), "similar": len(near), "met": len(together),
        "right": len(near & together),
    }  # fmt: skip
    for tenth in range(1, 10):
        pairs = [pair for pair, value in alike.items() if min(9, int(10 * value)) == tenth]
        found[f"pairs.{tenth}"] = len(pairs)
        found[f"met.{tenth}"] = len(together.intersection(pairs))
        found[f"mean.{tenth}"] = sum(alike[pair] for pair in pairs) / max(1, len(pairs))
    names = [*topics]
    whole = met([shingles(text, SIZE) for text in topics.values()], seed)
    held = inside(every)
    numbers = (sorted((names.index(one), names.index(other))) for one, other in held.items())
    found["topics_inside"] = len(held)
    found["topics_met"] = sum((one, other) in whole for one, other in numbers)
    return found


def groups(items: Sequence[set[str]], near: Sequence[tuple[int, int]]) -> list[int]:
    """Number the groups of items that hang together by near copies: a number for each item."""
    group = [*range(len(items))]

    def head(item: int) -> int:
        while group[item] != item:
            item = group[item]
        return item

    for one, other in near:
        group[max(head(one), head(other))] = min(head(one), head(other))
    return [head(item) for item in range(len(items))]


class Letters:
    """A small model of text: the chance of the next character after the five before it.

    Each length of the context trusts itself the more, the more often it was seen against how many
    different characters followed it (Witten and Bell 1991).

    Args:
        texts: training texts.
        alphabet: number of characters that may occur.
    """

    def __init__(self, texts: Sequence[str], alphabet: int) -> None:
        self.alphabet = alphabet
        self.next: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for place, letter in enumerate(text):
                for back in range(min(ORDER, place) + 1):
                    self.next[text[place - back : place]][letter] += 1
        self.seen = {context: after.total() for context, after in self.next.items()}

    def bits(self, text: str) -> float:
        """Return how many bits the model needs for a text."""
        return -sum(
            log2(self.chance(text[max(0, place - ORDER) : place], letter))
            for place, letter in enumerate(text)
        )

    def chance(self, context: str, letter: str) -> float:
        """Return the chance of a character behind a context of at most five."""
        chance = 1 / self.alphabet
        for back in range(len(context) + 1):
            part = context[len(context) - back :]
            if (count := self.seen.get(part)) is None:
                break
            after = self.next[part]
            chance = (after[letter] + len(after) * chance) / (count + len(after))
        return chance


def test_side(split: str, found: Sequence[Paragraph], group: Sequence[int], seed: int) -> set[int]:
    """Draw a tenth for the test: of the ``paragraphs``, of the ``topics``, or of the ``groups`` of copies.

    Raises:
        ValueError: another way to split.
    """
    units: dict[str, Sequence[int | str]] = {
        "paragraphs": range(len(found)),
        "topics": [one.topic for one in found],
        "groups": group,
    }
    if split not in units:
        raise ValueError(f"no split by {split!r}: take one of {', '.join(units)}")
    unit = units[split]
    known = [*dict.fromkeys(unit)]
    drawn = set(random.Random(seed).sample(known, round(len(known) / ONE_IN)))
    return {number for number, value in enumerate(unit) if value in drawn}


def leak_values(topics: dict[str, str], split: str, seed: int) -> dict[str, float]:
    """Split, count what leaked, and score a small model with the leak and without it.

    Returns:
        ``test``, paragraphs; ``exact`` and ``near``, how many of them have an exact copy or a near copy in
        training (each exact one is also near); bits for a character of the test, for ``all`` of it, the
        ``leaked`` paragraphs and the ``clean`` ones, as ``NAME.found`` and, after each copy of a test
        paragraph was taken out of the training texts, ``NAME.removed``.
    """
    found = long_enough(paragraphs(topics))
    items = [shingles(one.text, SIZE) for one in found]
    near = [pair for pair, value in similarities(items).items() if value >= SIMILAR]
    test = test_side(split, found, groups(items, near), seed)
    across = [(a, b) if a in test else (b, a) for a, b in near if (a in test) != (b in test)]
    leaked, copies = {a for a, _ in across}, {b for _, b in across}
    train = [one.text for number, one in enumerate(found) if number not in test]
    kept = [one.text for n, one in enumerate(found) if n not in test and n not in copies]
    known = {fingerprint(text) for text in train}
    values: dict[str, float] = {
        "test": len(test),
        "exact": sum(fingerprint(found[number].text) in known for number in test),
        "near": len(leaked),
        "removed": len(copies),
    }
    alphabet = len({letter for one in found for letter in one.text})
    for name, training in (("found", train), ("removed", kept)):
        model = Letters(training, alphabet)
        bits = {number: model.bits(found[number].text) for number in test}
        for part, numbers in (("all", test), ("leaked", leaked), ("clean", test - leaked)):
            length = sum(len(found[number].text) for number in numbers)
            if length:
                values[f"{part}.{name}"] = sum(bits[number] for number in numbers) / length
    return values


def real_copies_cell(what: str, split: str = "", seed: int = 0) -> dict[str, float]:
    """Measure ``copies``, the search by ``minhash`` or the ``leak`` of a split in Python's documentation.

    Raises:
        ValueError: something else.
    """
    topics = texts.topics()
    if what == "copies":
        return copies_values(topics)
    if what == "minhash":
        return minhash_values(topics, seed)
    if what == "leak":
        return leak_values(topics, split, seed)
    raise ValueError(f"nothing to measure by the name {what!r}")
