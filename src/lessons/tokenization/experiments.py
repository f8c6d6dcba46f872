"""Recorded for the page on tokenization."""

import statistics
from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Experiment, Record, Values, spread


def summarise_vocabulary(cells: Sequence[Record]) -> Record:
    """Gather the seeds: kind -> ``v`` and size (``any`` if it follows from the texts) -> spread."""
    groups: dict[tuple[str, str], list[Values]] = {}
    for cell in cells:
        size = cell["parameters"]["size"]
        key = (cell["parameters"]["kind"], f"v{size}" if size else "any")
        groups.setdefault(key, []).append(cell["values"])
    summary: Record = {}
    for (kind, size), rows in groups.items():
        of = {name: [row[name] for row in rows] for name in rows[0]}
        gap = [
            own - new
            for own, new in zip(of["own_bytes_per_token"], of["bytes_per_token"], strict=True)
        ]
        summary.setdefault(kind, {})[size] = {
            **spread(of["bytes_per_token"]),
            "gap": statistics.fmean(gap),
            "unknown": statistics.fmean(of["unknown"]),
            "exact": statistics.fmean(of["exact"]),
            "vocabulary": statistics.fmean(of["vocabulary"]),
        }
    return summary


def summarise_sentencepiece(cells: Sequence[Record]) -> Record:
    """Gather the seeds like `summarise_vocabulary`, and say in how many of them ``Once`` is an entry."""
    summary = summarise_vocabulary(cells)
    for kind, sizes in summary.items():
        for size, scores in sizes.items():
            scores["has_once"] = sum(
                cell["values"]["has_once"]
                for cell in cells
                if (cell["parameters"]["kind"], f"v{cell['parameters']['size']}") == (kind, size)
            )
    return summary


EXPERIMENTS = (
    Experiment(
        name="tokenization_vocabulary",
        question="How does the size of the vocabulary change bytes per token on held-out text?",
        measure="lessons.tokenization.tokenizers:vocabulary_cell",
        cells=(
            *({"kind": "word", "size": 0, "seed": seed} for seed in SEEDS),
            *({"kind": "character", "size": 0, "seed": seed} for seed in SEEDS),
            *(
                {"kind": kind, "size": size, "seed": seed}
                for kind in ("bpe", "wordpiece", "unigram", "unigram_offered")
                for size in (512, 1024, 2048, 4096, 8192)
                for seed in SEEDS
            ),
        ),
        summarise=summarise_vocabulary,
        tolerance=0.01,
        packages=("regex", "tokenizers"),
    ),
    Experiment(
        name="tokenization_sentencepiece",
        question="Do the trainers of SentencePiece make of the same text what those of tokenizers do?",
        measure="lessons.tokenization.sentence_piece:sentencepiece_cell",
        cells=tuple(
            {"kind": kind, "size": size, "seed": seed}
            for kind in ("bpe", "unigram")
            for size in (1024, 4096)
            for seed in SEEDS
        ),
        summarise=summarise_sentencepiece,
        tolerance=0.01,
        packages=("sentencepiece",),
    ),
)
