"""A dirty collection: the world's documents as the web would give them, and the truth about each.

Every record is made from its seed and its number alone. So a collection of any size streams with flat
memory, and a duplicate can look up what it duplicates by making it again.

The truth is kept apart from the records: how dirty each is, and what it was before. With it the
precision and the recall of a cleaner are counted, not guessed.
"""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from lessons.world import MAKERS, documents
from lessons.world.dirt import FOOTERS, HEADERS, LAY
from lessons.world.sentences import sentence
from lessons.world.tasks import WORDS

TEXT_SHARES = {  # share of all records whose text has this dirt, and no other before it
    "exact duplicate": 0.06, "near duplicate": 0.10, "missing text": 0.02, "garbage": 0.05,
    "wrong language": 0.03, "contamination": 0.02, "personal data": 0.06, "boilerplate": 0.10,
    "markup": 0.10, "mojibake": 0.06,
}  # fmt: skip
FIELD_SHARES = {"missing field": 0.06, "license": 0.10}  # share of all records, whatever their text
SHARES = {**TEXT_SHARES, **FIELD_SHARES}
LAYERS = ("personal data", "boilerplate", "markup", "mojibake")  # in the order in which they settle
SEVERAL = 0.15  # how many records with one of these layers have a second one
FATAL = frozenset(
    ("exact duplicate", "near duplicate", "missing text", "garbage", "wrong language",
     "contamination", "license")
)  # fmt: skip
SIMILARITY = (0.2, 1.0)  # the Jaccard similarity of a near duplicate, by words

PAGES = {"story": 0.45, "translation": 0.2, "review": 0.1, "sum": 0.1, "talk": 0.15}
LONG_ENOUGH = 160  # characters; shorter documents would be each other's duplicates by chance
EVALUATION = {"seed": 2026, "count": 200}
SITES = (
    "www.example.com",
    "stories.example.org",
    "forum.example.net",
    "shop.example.com",
    "news.example.org",
)
SOURCES = ("forum", "blog", "shop", "school", "news")
ALLOWING, FORBIDDING = (
    ("CC0-1.0", "CC-BY-4.0", "MIT"),
    ("All rights reserved", "CC-BY-NC-ND-4.0", None),
)
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True)
class Record:
    """One record as it was found; every field but ``id`` may be missing.

    Attributes:
        label: the kind of document.
    """

    id: str
    url: str | None
    source: str | None
    license: str | None
    language: str | None
    date: str | None
    text: str | None
    label: str | None


@dataclass(frozen=True)
class Truth:
    """What is known about a record.

    Attributes:
        id: of the record.
        dirt: the kinds of dirt, that of the text first; none if it is clean.
        clean: the text before it got dirty; None where there was no text worth keeping.
        of: the id of the record that it duplicates.
        similarity: of a near duplicate to its original: the Jaccard similarity of their words.
        planted: what was put into the text, letter for letter: mail addresses and phone numbers, lines
            of boilerplate, the evaluation item.
        how: what was done to the text, in this order: edits, kinds of markup, wrong codings.
    """

    id: str
    dirt: tuple[str, ...] = ()
    clean: str | None = None
    of: str | None = None
    similarity: float | None = None
    planted: tuple[str, ...] = ()
    how: tuple[str, ...] = ()

    @property
    def keep(self) -> bool:
        """Whether the record, once cleaned, belongs in the training data."""
        return not FATAL.intersection(self.dirt)


@dataclass(frozen=True)
class Found:
    """A text on its way from clean to dirty."""

    text: str | None
    truth: Truth
    label: str | None = None


def collection(
    seed: int, count: int, shares: Mapping[str, float] | None = None
) -> tuple[list[Record], list[Truth]]:
    """Make a dirty collection: the records, and the truth about each in the same order.

    See `records` for the arguments.
    """
    both = list(records(seed, count, shares))
    return [record for record, _ in both], [truth for _, truth in both]


def records(
    seed: int, count: int, shares: Mapping[str, float] | None = None
) -> Iterator[tuple[Record, Truth]]:
    """Make the records of a dirty collection one by one, each with its truth, and keep none of them.

    Args:
        seed: number that chooses the collection; the same seed gives the same records.
        count: number of records; a longer collection begins like a shorter one.
        shares: kind of dirt -> share of the records that have it; ``SHARES`` if None. Kinds that are
            left out do not occur. The kinds of ``LAYERS`` come in twos in some records (``SEVERAL``),
            so these occur a little more often than their share.

    Yields:
        A record and its truth.

    Raises:
        ValueError: a count below one, a kind that does not exist, or shares of text dirt whose sum is
            above one.
    """
    if count < 1:
        raise ValueError(f"count {count} must be at least 1")
    shares = dict(SHARES if shares is None else shares)
    if unknown := shares.keys() - SHARES.keys():
        raise ValueError(f"no such dirt ({', '.join(sorted(unknown))}): take {', '.join(SHARES)}")
    if min(shares.values(), default=0) < 0 or sum(shares.get(kind, 0) for kind in TEXT_SHARES) > 1:
        raise ValueError("shares must not be negative, nor add up to more than all the texts")
    for index in range(count):
        yield record(seed, index, shares)


def record(seed: int, index: int, shares: Mapping[str, float] = SHARES) -> tuple[Record, Truth]:
    """Make the record with a number, and its truth."""
    dirt = _dirt(seed, index, shares)
    rng = random.Random(f"record {seed} {index}")
    drawn = _found(rng, seed, index, shares, dirt)
    fields: dict[str, str | None] = {
        "url": f"https://{rng.choice(SITES)}/{rng.randint(2015, 2025)}/{index}",
        "source": rng.choice(SOURCES), "license": rng.choice(ALLOWING), "language": "en",
        "date": f"{rng.randint(2015, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
    }  # fmt: skip
    kinds = list(drawn.truth.dirt)
    if rng.random() < shares.get("missing field", 0):
        fields[rng.choice(("url", "source", "language", "date"))] = None
        kinds.append("missing field")
    if rng.random() < shares.get("license", 0):
        fields["license"] = rng.choice(FORBIDDING)
        kinds.append("license")
    record = Record(id=_id(seed, index), text=drawn.text, label=drawn.label, **fields)
    return record, replace(drawn.truth, id=record.id, dirt=tuple(kinds))


@cache
def evaluation_items() -> tuple[str, ...]:
    """The held-out items of an evaluation that must not occur in training data, but do."""
    kinds = {kind: share for kind, share in PAGES.items() if kind != "talk"}
    return tuple(documents(EVALUATION["seed"], EVALUATION["count"], "held-out", kinds))


def jaccard(one: str, other: str, size: int = 1) -> float:
    """Give the Jaccard similarity of two texts: the share of their words that both have.

    Args:
        one: a text with at least ``size`` words.
        other: another.
        size: words in the runs that are compared.
    """
    first, second = shingles(one, size), shingles(other, size)
    return len(first & second) / len(first | second)


def shingles(text: str, size: int = 1) -> set[tuple[str, ...]]:
    """Cut a text into overlapping runs of words, in small letters."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def _id(seed: int, index: int) -> str:
    return f"{seed}-{index:07}"


def _dirt(seed: int, index: int, shares: Mapping[str, float]) -> str | None:
    """Say what is wrong with a record's text, without making it."""
    rng, kinds = random.Random(f"dirt {seed} {index}"), [k for k in TEXT_SHARES if k in shares]
    weights = [shares[kind] for kind in kinds]
    return rng.choices([*kinds, None], [*weights, max(0.0, 1 - sum(weights))])[0]


def _page(seed: int, index: int, accents: bool = False) -> tuple[str, str]:
    """Make the clean document of a record, and its kind; with ``accents``, one that has some."""
    rng = random.Random(f"page {seed} {index}")
    while True:
        kind = "translation" if accents else rng.choices(tuple(PAGES), tuple(PAGES.values()))[0]
        text = MAKERS[kind](rng, "train")
        if len(text) >= LONG_ENOUGH and not (accents and text.isascii()):
            return text, kind


def _found(
    rng: random.Random, seed: int, index: int, shares: Mapping[str, float], dirt: str | None
) -> Found:
    if dirt in ("exact duplicate", "near duplicate"):
        return _duplicate(rng, seed, index, shares, dirt)
    if dirt in ("missing text", "garbage", "wrong language"):
        text, how = _rubbish(rng, dirt)
        return Found(text, Truth("", (dirt,), how=how))
    if dirt == "contamination":
        return _contaminated(rng, seed, index)
    return _layered(rng, seed, index, shares, dirt)


def _duplicate(
    rng: random.Random, seed: int, index: int, shares: Mapping[str, float], dirt: str
) -> Found:
    """Repeat an earlier clean record, as it is or edited; the first record has none to repeat."""
    earlier = (rng.randrange(index) for _ in range(100 if index else 0))
    original = next((number for number in earlier if _dirt(seed, number, shares) is None), None)
    if original is None:
        return _layered(rng, seed, index, shares, None)
    clean, kind = _page(seed, original)
    truth = Truth("", (dirt,), clean, _id(seed, original))
    if dirt == "exact duplicate":
        return Found(clean, truth, kind)
    text, how = clean, ""
    while text == clean:
        how = rng.choices(tuple(EDITS), (6, 1, 1, 1, 1, 1))[0]
        text = EDITS[how](rng, clean)
    return Found(text, replace(truth, similarity=jaccard(clean, text), how=(how,)), kind)


def _words(rng: random.Random, text: str) -> str:
    """Exchange words until the similarity falls to a level that is drawn anew each time."""
    pieces, level = re.split(r"(\w+)", text), rng.uniform(0.3, 0.95)
    places = list(range(1, len(pieces), 2))
    rng.shuffle(places)
    for place in places:
        pieces[place] = rng.choice(WORDS)
        if jaccard(text, "".join(pieces)) <= level:
            break
    return "".join(pieces)


def _order(rng: random.Random, text: str) -> str:
    parts = re.split(r"(?<=[.!?])(\s+)", text)
    places = list(range(0, len(parts), 2))
    for place, part in zip(places, rng.sample(parts[::2], len(places)), strict=True):
        parts[place] = part
    return "".join(parts)


def _case(rng: random.Random, text: str) -> str:
    return rng.choice((text.upper(), text.lower()))


def _punctuation(_rng: random.Random, text: str) -> str:
    return re.sub(r"[.,!?:\"]", "", text)


def _header(rng: random.Random, text: str) -> str:
    return f"{rng.choice(HEADERS)}\n{text}"


def _footer(rng: random.Random, text: str) -> str:
    return f"{text}\n{rng.choice(FOOTERS)}"


EDITS = {
    "words": _words, "order": _order, "case": _case, "punctuation": _punctuation,
    "header": _header, "footer": _footer,
}  # fmt: skip


def _rubbish(rng: random.Random, dirt: str) -> tuple[str | None, tuple[str, ...]]:
    """Make what nobody needs: no text, noise, or a language that was not asked for."""
    if dirt == "missing text":
        return rng.choice((None, "", " ", " \n\t\n")), ()
    if dirt == "wrong language":
        return " ".join(sentence(rng, "train").french for _ in range(rng.randint(3, 8))), ()
    how = rng.choice(("keyboard", "repeated line", "short", "numbers"))
    if how == "keyboard":
        rows = ("".join(rng.choices(rng.choice(KEYS), k=rng.randint(3, 12))) for _ in range(20))
        return " ".join(rows), (how,)
    if how == "repeated line":
        line = sentence(rng, "train").english
        return "\n".join([line] * rng.randint(8, 30)), (how,)
    if how == "short":
        return " ".join(rng.sample(WORDS, rng.randint(1, 3))), (how,)
    return " ".join(str(rng.randrange(10 ** rng.randint(1, 9))) for _ in range(40)), (how,)


def _contaminated(rng: random.Random, seed: int, index: int) -> Found:
    """Copy an evaluation item, alone or behind a document."""
    item, (clean, kind) = rng.choice(evaluation_items()), _page(seed, index)
    if rng.random() < 0.5:
        return Found(item, Truth("", ("contamination",), None, planted=(item,)))
    truth = Truth("", ("contamination",), clean, planted=(item,))
    return Found(f"{clean}\n{item}", truth, kind)


def _layered(
    rng: random.Random, seed: int, index: int, shares: Mapping[str, float], dirt: str | None
) -> Found:
    """Lay none, one or two layers of dirt on a clean document."""
    kinds = {dirt} if dirt else set()
    others = [kind for kind in LAYERS if kind != dirt and shares.get(kind)]
    if dirt and others and rng.random() < SEVERAL:
        kinds.add(rng.choice(others))
    clean, label = _page(seed, index, accents="mojibake" in kinds)
    text, planted, how = clean, [], []
    for kind in LAYERS:
        if kind in kinds:
            text, added, done = LAY[kind](rng, text)
            planted += added
            how += done
    # the one that was drawn stands first
    order = sorted(kinds, key=lambda kind: (kind != dirt, kind))
    return Found(
        text, Truth("", tuple(order), clean, None, None, tuple(planted), tuple(how)), label
    )
