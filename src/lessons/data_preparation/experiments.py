"""Recorded for the page on data preparation."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Experiment, Record, paired_gain, spread
from lessons.catalog.summaries import ValueBy, each, gather, only
from lessons.intervals import wilson

NEW_SEEDS = (10, 11, 12, 13, 14)  # collections that nobody saw while the pipeline was written
ARMS = ("dirty", "deduplicated", "copies_left", "clean", "perfect")
CHANGES = ("none", "subjects", "synonyms", "deletion", "filled")


def summarise_proof(cells: Sequence[Record]) -> Record:
    """Compare the arms over seeds: spread of each, and what each saves against ``dirty``."""
    arms = gather(cells, "arm")
    summary = each(spread, arms)
    for arm, scores in arms.items():
        summary[arm]["saved"] = paired_gain(arms["dirty"]["loss"], scores["loss"])
        leaks = [
            [seen - new for seen, new in zip(measured["evaluation"], measured["loss"], strict=True)]
            for measured in (arms["perfect"], scores)
        ]
        summary[arm]["leak"] = paired_gain(*leaks)
    summary["clean"]["over_copies_left"] = paired_gain(
        arms["copies_left"]["loss"], arms["clean"]["loss"]
    )
    return summary


def summarise_augmentation(cells: Sequence[Record]) -> Record:
    """Compare the methods over seeds: spread of each, and its gain over plain copies."""
    changes = gather(cells, "change")
    summary = each(spread, changes)
    for change, scores in changes.items():
        summary[change]["gain"] = paired_gain(scores["accuracy"], changes["none"]["accuracy"])
    return summary


def summarise_scale(cells: Sequence[Record]) -> Record:
    """Compare the sizes: way and workers -> growth of the peak; CPU time and memory of the larger."""
    summary = ValueBy("way", "workers", "count")(cells)
    count = max(cell["parameters"]["count"] for cell in cells)
    for workers in summary.values():
        for name, (small, large) in ((name, sizes.values()) for name, sizes in workers.items()):
            workers[name] = {
                "growth_mb": large["peak_mb"] - small["peak_mb"],
                "cpu_seconds": large["cpu_seconds"],
                "worker_cpu_seconds": large["worker_cpu_seconds"],
                "state_per_record": large["state_bytes"] / count,
            }
    return summary


SPLITS = ("paragraphs", "topics", "groups")


def summarise_real_copies(cells: Sequence[Record]) -> Record:
    """Sum up: the counts; the search, by its means over seeds; of each split, what leaked, what it hid."""
    rows = {
        what: [cell for cell in cells if cell["parameters"]["what"] == what]
        for what in ("copies", "minhash", "leak")
    }
    copies = dict(only([cell["values"] for cell in rows["copies"]]))
    for name in ("all", "long"):
        copies[f"{name}_share"] = copies[f"{name}_surplus"] / copies[f"{name}_paragraphs"]
    search = each(spread, gather([_part(cell, dotted=False) for cell in rows["minhash"]]))
    search["curve"] = each(spread, gather([_part(cell, dotted=True) for cell in rows["minhash"]]))
    right, similar, met = (search[name]["mean"] for name in ("right", "similar", "met"))
    found = {
        "recall": {"value": right / similar, **_ends(right, similar)},
        "precision": {"value": right / met, **_ends(right, met)},
    }
    summary: Record = {"copies": copies, "minhash": search | found, "leak": {}}
    for split, scores in gather(rows["leak"], "split").items():
        shares = {
            name: [count / n for count, n in zip(scores[name], scores["test"], strict=True)]
            for name in ("exact", "near")
        }
        summary["leak"][split] = each(spread, {**scores, "share": shares}) | {
            "flatters": {
                part: paired_gain(scores[part]["removed"], scores[part]["found"])
                for part in ("all", "leaked", "clean")
                if len(scores.get(part, {}).get("found", ())) == len(SEEDS)
            }
        }
    return summary


def _part(cell: Record, dotted: bool) -> Record:
    """Keep of a cell's values those for each tenth of the similarity, or the others."""
    values = {name: value for name, value in cell["values"].items() if ("." in name) == dotted}
    return {**cell, "values": values}


def _ends(right: float, n: float) -> dict[str, float]:
    low, high = wilson(round(right), round(n))
    return {"low": low, "high": high}


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="data_preparation_proof",
        question="How much lower is the loss of a small model that trains on the cleaned collection?",
        measure="lessons.data_preparation.proof:proof_cell",
        cells=tuple({"arm": arm, "seed": seed} for arm in ARMS for seed in NEW_SEEDS),
        summarise=summarise_proof,
        tolerance=0.02,
        packages=("ftfy", "numpy", "tokenizers", "torch", "transformers"),
    ),
    Experiment(
        name="data_preparation_augmentation",
        question="Which changed copies help a classifier that has 16 labeled reviews, and which hurt?",
        measure="lessons.data_preparation.augmentation:augmented_cell",
        cells=tuple(
            {"change": change, "labels": 16, "seed": seed}
            for change in CHANGES
            for seed in NEW_SEEDS
        ),
        summarise=summarise_augmentation,
        tolerance=0.03,
        packages=("tokenizers", "torch", "transformers"),
        data=("lessons/checkpoints/mlm/model.safetensors",),
    ),
    Experiment(
        name="data_preparation_scale",
        question="How fast is the pipeline, and in how much memory, as the collection grows?",
        measure="lessons.data_preparation.scale:scale_cell",
        cells=tuple(
            {"way": way, "count": count, "workers": workers}
            for way, workers in (("list", 0), ("stream", 0), ("copies", 0), ("copies", 2))
            for count in (5000, 50_000)
        ),
        summarise=summarise_scale,
        packages=("ftfy", "numpy"),
        repeatable=False,
        runs=("lessons.data_preparation.scale:measure",),
    ),
    Experiment(
        name="data_preparation_real_copies",
        question="How much of a real text is copied, what does the search find, and what leaks?",
        measure="lessons.data_preparation.real_copies:real_copies_cell",
        cells=(
            {"what": "copies"},
            *({"what": "minhash", "seed": seed} for seed in SEEDS),
            *({"what": "leak", "split": split, "seed": seed} for split in SPLITS for seed in SEEDS),
        ),
        summarise=summarise_real_copies,
        tolerance=1e-6,
        packages=("numpy",),
        data=("lessons/real_models/documentation/topics-3.11.7.json",),
    ),
)
