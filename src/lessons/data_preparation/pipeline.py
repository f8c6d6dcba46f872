"""The pipeline: small steps, composed; each record that goes in comes out, with what happened to it."""

# --8<-- [start:imports]
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from unicodedata import normalize

from lessons.data_preparation.cleaning import (
    drop_lines,
    fix_letters,
    foreign,
    frequent_lines,
    garbage,
    strip_markup,
)
from lessons.data_preparation.duplicates import NearDuplicates, fingerprint
from lessons.data_preparation.privacy import mask
from lessons.data_preparation.splits import Leaks

Row = dict[str, Any]
ALLOWED = frozenset(("CC0-1.0", "CC-BY-4.0", "MIT"))
# --8<-- [end:imports]


# --8<-- [start:outcome]
@dataclass(frozen=True)
class Outcome:
    """What became of a record.

    Attributes:
        row: its fields, as they are now.
        dropped: the step that dropped it, and why; None if it is kept.
        changed: the steps that changed it.
    """

    row: Row
    dropped: tuple[str, str] | None = None
    changed: tuple[str, ...] = ()


Step = Callable[[Row], Row | str]  # returns the row, changed or not, or a reason to drop it


def run(steps: Mapping[str, Step], outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Take records through steps, one record at a time; those dropped before pass as they are."""
    for outcome in outcomes:
        for name, step in steps.items():
            if outcome.dropped:
                break
            result = step(outcome.row)
            if isinstance(result, str):
                outcome = replace(outcome, dropped=(name, result))
                continue
            new = any(result.get(field, value) != value for field, value in outcome.row.items())
            changed = (*outcome.changed, name) if new else outcome.changed
            outcome = replace(outcome, row=result, changed=changed)
        yield outcome


# --8<-- [end:outcome]


# --8<-- [start:steps]
@dataclass(frozen=True)
class Edit:
    """A step that changes the text."""

    change: Callable[[str], str]

    def __call__(self, row: Row) -> Row:
        """Return the row with its text changed."""
        return {**row, "text": self.change(row["text"])}


@dataclass(frozen=True)
class Check:
    """A step that drops a record for a reason, or leaves it as it is."""

    reason: Callable[[str], str | None]
    field: str = "text"

    def __call__(self, row: Row) -> Row | str:
        """Return the row, or why it is dropped."""
        return self.reason(row[self.field]) or row


def no_text(text: str | None) -> str | None:
    """Give a reason to drop what has no text; there is nothing to fill it with."""
    return None if text and text.strip() else "no text"


def forbidden(license_name: str | None) -> str | None:
    """Give a reason to drop a text that nobody has allowed to be used."""
    return None if license_name in ALLOWED else "not allowed by its license"


def fill_language(row: Row) -> Row:
    """Fill in the language where it is missing: the check before has found it out."""
    return {**row, "language": row["language"] or "en"}


# --8<-- [end:steps]


# --8<-- [start:pipeline]
@dataclass(frozen=True)
class Sign:
    """A step that adds what the search for copies compares; costly, and needs no memory of others."""

    near: NearDuplicates

    def __call__(self, row: Row) -> Row:
        """Return the row with its fingerprint and its keys."""
        text = row["text"]
        return {**row, "fingerprint": fingerprint(text), "keys": self.near.keys(text)}


@dataclass(frozen=True)
class Unseen:
    """A step that drops copies of what came before; cheap, and remembers every record."""

    near: NearDuplicates
    first: dict[bytes, str]

    def __call__(self, row: Row) -> Row | str:
        """Return the row without what `Sign` added, or why it is dropped."""
        same = self.first.setdefault(row["fingerprint"], row["id"])
        alike = self.near.add(row["id"], row["keys"])
        if same != row["id"]:
            return "exact copy"
        if alike:
            return "near copy"
        return {name: value for name, value in row.items() if name not in ("fingerprint", "keys")}


def tidy_letters(text: str) -> str:
    """Repair broken letters, and write each letter in its composed form."""
    return normalize("NFC", fix_letters(text))


READING: Mapping[str, Step] = {
    "missing text": Check(no_text),
    "mojibake": Edit(tidy_letters),
    "markup": Edit(strip_markup),
}


def boilerplate_of(outcomes: Sequence[Outcome]) -> frozenset[str]:
    """Find the boilerplate of a collection, or of a sample of it: lines in 1 % of the documents."""
    read = [outcome.row for outcome in run(READING, outcomes) if not outcome.dropped]
    rows = [(row["text"], row["label"]) for row in read]
    return frequent_lines(rows, least=max(2, len(rows) // 100), most_alike=0.8)


def pipeline(
    lines: frozenset[str], leaks: Leaks, near: NearDuplicates
) -> tuple[dict[str, Step], dict[str, Step]]:
    """Put the steps together: those that see one record, and those that remember the others.

    Copies are looked for before licenses are: a text that may not be used must not come in as a copy
    under another license.

    Args:
        lines: boilerplate, as `frequent_lines` finds it.
        leaks: finder of the evaluation, which is to stay out.
        near: an empty memory of what was seen.
    """
    alone: dict[str, Step] = {
        **READING,
        "boilerplate": Edit(partial(drop_lines, lines=lines)),
        "garbage": Check(garbage),
        "wrong language": Check(foreign),
        "missing field": fill_language,
        "personal data": Edit(mask),
        "contamination": Check(leaks),
        "signature": Sign(near),
    }
    return alone, {"copies": Unseen(near, {}), "license": Check(forbidden, "license")}


# --8<-- [end:pipeline]


def count(outcomes: Iterable[Outcome]) -> dict[str, Counter[str]]:
    """Count what happened: records read and kept, dropped by reason, changed by step."""
    counts = {name: Counter[str]() for name in ("records", "dropped", "changed")}
    for outcome in outcomes:
        counts["records"]["read"] += 1
        if outcome.dropped:
            counts["dropped"][": ".join(outcome.dropped)] += 1
        else:
            counts["records"]["kept"] += 1
            counts["changed"].update(outcome.changed)
    return counts
