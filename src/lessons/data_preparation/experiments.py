"""Recorded for the page on data preparation."""

from collections.abc import Sequence

from lessons.catalog.experiment import Experiment, Record, paired_gain, spread

NEW_SEEDS = (10, 11, 12, 13, 14)  # collections that nobody saw while the pipeline was written
ARMS = ("dirty", "deduplicated", "copies_left", "clean", "perfect")
CHANGES = ("none", "subjects", "synonyms", "deletion", "filled")


def summarise_proof(cells: Sequence[Record]) -> Record:
    """Compare the arms over seeds: spread of each, and what each saves against ``dirty``."""
    found: dict[str, dict[str, list[float]]] = {}
    for cell in cells:
        for name, value in cell["values"].items():
            found.setdefault(cell["parameters"]["arm"], {}).setdefault(name, []).append(value)
    summary: Record = {}
    for arm, of in found.items():
        summary[arm] = {name: spread(values) for name, values in of.items()}
        summary[arm]["saved"] = paired_gain(found["dirty"]["loss"], of["loss"])
        leak = [
            [e - loss for e, loss in zip(one["evaluation"], one["loss"], strict=True)]
            for one in (found["perfect"], of)
        ]
        summary[arm]["leak"] = paired_gain(*leak)
    summary["clean"]["over_copies_left"] = paired_gain(
        found["copies_left"]["loss"], found["clean"]["loss"]
    )
    return summary


def summarise_augmentation(cells: Sequence[Record]) -> Record:
    """Compare the methods over seeds: spread of each, and its gain over plain copies."""
    found: dict[str, dict[str, list[float]]] = {}
    for cell in cells:
        for name, value in cell["values"].items():
            found.setdefault(cell["parameters"]["change"], {}).setdefault(name, []).append(value)
    return {
        change: {
            **{name: spread(values) for name, values in of.items()},
            "gain": paired_gain(of["accuracy"], found["none"]["accuracy"]),
        }
        for change, of in found.items()
    }


def summarise_scale(cells: Sequence[Record]) -> Record:
    """Compare the sizes: way and workers -> growth of the peak; CPU time and memory of the larger."""
    found: dict[str, list[Record]] = {}
    for cell in cells:
        parameters = cell["parameters"]
        name = f"{parameters['way']}_{parameters['workers']}"
        found.setdefault(name, []).append({**parameters, **cell["values"]})
    return {
        name: {
            "growth_mb": large["peak_mb"] - small["peak_mb"],
            "cpu_seconds": large["cpu_seconds"],
            "worker_cpu_seconds": large["worker_cpu_seconds"],
            "state_per_record": large["state_bytes"] / large["count"],
        }
        for name, (small, large) in found.items()
    }


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
)
