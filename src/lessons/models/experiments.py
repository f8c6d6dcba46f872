"""Recorded for the pages on the course's models: what they can do, and how they are trained."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record, paired_gain, spread
from lessons.catalog.summaries import SpreadBy, ValueBy, each, gather


def summarise_sentiment(cells: Sequence[Record]) -> Record:
    """Compare two starts over seeds: labels -> start -> spread, and the paired difference."""
    labels = gather(cells, "labels", "start")
    summary = each(spread, labels)
    for name, starts in labels.items():
        gain = paired_gain(starts["mlm"]["accuracy"], starts["scratch"]["accuracy"])
        summary[name]["gain"] = gain
    return summary


def summarise_optimizers(cells: Sequence[Record]) -> Record:
    """Gather the seeds: optimizer -> both rates -> spread of the loss; and compare the best of each.

    ``best`` names the pair of rates with the lowest mean. ``lead`` is by how much AdamW's loss is higher
    than Muon's, each at its best, seed by seed; ``lead_at_equal`` where embeddings and vectors have the
    same rate in both, that of AdamW's best pair.
    """
    names = ("optimizer", "rate", "rest")
    losses = {
        optimizer: {
            (rate, rest): values["loss"]
            for rate, by_rest in by_rate.items()
            for rest, values in by_rest.items()
        }
        for optimizer, by_rate in gather(cells, *names).items()
    }
    best = {
        optimizer: min(pairs, key=lambda pair: sum(pairs[pair]))
        for optimizer, pairs in losses.items()
    }
    adamw, muon = losses["adamw"], losses["muon"]
    shared = best["adamw"][1]
    equal = min((pair for pair in muon if pair[1] == shared), key=lambda pair: sum(muon[pair]))
    return SpreadBy(*names)(cells) | {
        "best": {
            optimizer: {"rate": rate, "rest": rest} for optimizer, (rate, rest) in best.items()
        },
        "lead": paired_gain(adamw[best["adamw"]], muon[best["muon"]]),
        "lead_at_equal": paired_gain(adamw[best["adamw"]], muon[equal]),
    }


def summarise_speed(cells: Sequence[Record]) -> Record:
    """Name the cells: ``native`` or ``avx2`` -> way -> what was measured."""
    held = [cell for cell in cells if cell["parameters"]["only_avx2"]]
    free = [cell for cell in cells if cell not in held]
    return {"native": ValueBy("way")(free), "avx2": ValueBy("way")(held)}


ABILITIES: tuple[Cell, ...] = (
    {"ability": "translation", "n": 1000, "seed": 0},
    {"ability": "questions", "n": 1000, "seed": 0},
    {"ability": "summaries", "n": 1000, "seed": 0},
    *({"ability": "arithmetic", "n": 1000, "seed": 0, "count": count} for count in (2, 3, 4, 5, 6)),
    *(
        {"ability": "few_shot", "n": 1000, "seed": 0, "name": name, "shots": shots}
        for name in ("sentiment", "category", "review")
        for shots in (0, 1, 2, 4, 8)
    ),
    *(
        {"ability": "formats", "n": 1000, "seed": 0, "kind": kind, "shots": shots}
        for kind in ("train", "new")
        for shots in (1, 2, 4, 8)
    ),
)

EXPERIMENTS = (
    Experiment(
        name="models_abilities",
        question="What can the base model do on items that its training never contained?",
        measure="lessons.models.abilities:measure",
        cells=ABILITIES,
        summarise=ValueBy(),
        tolerance=0.01,
        packages=("rouge-score", "sacrebleu", "tokenizers", "torch", "transformers"),
        data=("lessons/checkpoints/base/model.safetensors",),
    ),
    Experiment(
        name="models_sentiment",
        question="How much more accurate is a sentiment classifier that starts from mlm?",
        measure="lessons.models.classification:sentiment_cell",
        cells=tuple(
            {"start": start, "labels": labels, "seed": seed}
            for start in ("mlm", "scratch")
            for labels in (64, 256)
            for seed in SEEDS
        ),
        summarise=summarise_sentiment,
        tolerance=0.03,
        packages=("tokenizers", "torch", "transformers"),
        data=("lessons/checkpoints/mlm/model.safetensors",),
    ),
    Experiment(
        name="models_optimizers",
        question="Which optimizer learns more in the same steps, each at its best rates?",
        measure="lessons.models.optimizer_comparison:final_loss",
        cells=tuple(
            {"optimizer": optimizer, "rate": rate, "rest": rest, "seed": seed}
            for optimizer, rates in (
                ("adamw", (0.002, 0.004, 0.008, 0.016)),
                ("muon", (0.008, 0.016, 0.032, 0.064)),
            )
            for rate in rates
            for rest in (0.004, 0.016, 0.032, 0.064, 0.128)
            for seed in SEEDS
        ),
        summarise=summarise_optimizers,
        tolerance=0.2,
        packages=("tokenizers", "torch", "transformers"),
    ),
    Experiment(
        name="models_speed",
        question="How fast is the base model trained, in which way, and in how much memory?",
        measure="lessons.benchmark:speed_cell",
        cells=tuple(
            {
                "way": way,
                "only_avx2": only_avx2,
                "steps": 2 if only_avx2 and way == "bf16" else 12,
            }
            for only_avx2 in (False, True)
            for way in ("plain", "fp32", "bf16", "fp32-compiled", "bf16-compiled")
            if (way, only_avx2) != ("bf16-compiled", True)  # as slow as bf16 there
        ),
        summarise=summarise_speed,
        packages=("torch", "transformers"),
        repeatable=False,
        runs=("lessons.benchmark:training_cost",),
    ),
)
