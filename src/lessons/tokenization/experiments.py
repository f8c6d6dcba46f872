"""Recorded for the page on tokenization."""

import statistics
from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Experiment, Record, spread
from lessons.catalog.summaries import ValueBy, gather


def summarise_vocabulary(cells: Sequence[Record]) -> Record:
    """Gather the seeds: kind -> size (0 if it follows from the texts) -> spread, and means of the rest."""
    summary = gather(cells, "kind", "size")
    for sizes in summary.values():
        for size, rows in sizes.items():
            pairs = zip(rows["own_bytes_per_token"], rows["bytes_per_token"], strict=True)
            sizes[size] = {
                **spread(rows["bytes_per_token"]),
                "gap": statistics.fmean(own - new for own, new in pairs),
                "unknown": statistics.fmean(rows["unknown"]),
                "exact": statistics.fmean(rows["exact"]),
                "vocabulary": statistics.fmean(rows["vocabulary"]),
            }
    return summary


def summarise_sentencepiece(cells: Sequence[Record]) -> Record:
    """Gather the seeds like `summarise_vocabulary`, and say in how many of them ``Once`` is an entry."""
    summary = summarise_vocabulary(cells)
    for kind, sizes in gather(cells, "kind", "size").items():
        for size, scores in sizes.items():
            summary[kind][size]["has_once"] = sum(scores["has_once"])
    return summary


TOKENIZERS = ("base", "smollm2", "minilm")
KINDS = ("documentation", "verses", "movies", "course", "english", "french", "sums", "emoji")


def summarise_real_text(cells: Sequence[Record]) -> Record:
    """Sum up: kind of text -> tokenizer -> what it costs; how much more French takes than English."""
    summary = ValueBy("kind", "tokenizer")(cells)
    summary["french_takes"] = {
        name: summary["french"][name]["tokens"] / summary["english"][name]["tokens"] - 1
        for name in TOKENIZERS
    }
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
    Experiment(
        name="tokenization_real_text",
        question="What do three vocabularies in use cost on real text, and what do they lose?",
        measure="lessons.tokenization.real_text:real_text_cell",
        cells=tuple(
            {"tokenizer": tokenizer, "kind": kind}
            for kind in (*KINDS, "samples")
            for tokenizer in TOKENIZERS
        ),
        summarise=summarise_real_text,
        packages=("tokenizers", "transformers"),
        data=(
            "lessons/checkpoints/base/tokenizer.json",
            "lessons/real_models/documentation/topics-3.11.7.json",
        ),
        models=("smollm2", "minilm", "ratings", "verses"),
    ),
)
