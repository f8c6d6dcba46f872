"""The data card: what a data set is, where it comes from, and what was done to it, by its counts."""

from collections import Counter
from collections.abc import Mapping, Sequence


def card(name: str, facts: Mapping[str, str], counts: Mapping[str, Counter[str]]) -> str:
    """Write a data card in Markdown, with the header that the Hugging Face Hub reads.

    Args:
        name: the data set's.
        facts: answers that a person must give: heading -> text. ``license`` goes into the header.
        counts: the pipeline's, as `lessons.data_preparation.pipeline.count` returns them.

    Raises:
        ValueError: records that went in did not come out.
    """
    read, kept = counts["records"]["read"], counts["records"]["kept"]
    if kept + sum(counts["dropped"].values()) != read:
        raise ValueError(f"{read} records read, but {kept} kept and {dict(counts['dropped'])}")
    parts = [
        f"---\nlanguage: en\nlicense: {facts['license']}\npretty_name: {name}\n---",
        f"# {name}",
        *(f"## {head}\n\n{text}" for head, text in facts.items() if head != "license"),
        f"## What was done\n\n{read:,} records were read, {kept:,} are kept.",
        table(("Dropped", "Records"), counts["dropped"]),
        table(("Changed by", "Kept records"), counts["changed"]),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], counts: Counter[str]) -> str:
    """Write counts as a Markdown table, the largest first."""
    rows = [f"| {what} | {number:,} |" for what, number in counts.most_common()]
    return "\n".join([f"| {' | '.join(head)} |", "| --- | ---: |", *rows])
