"""Recorded for the page on fine-tuning."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Experiment, Record, paired_gain, spread

PACKAGES = ("accelerate", "datasets", "tokenizers", "torch", "transformers")
WEIGHTS = ("lessons/checkpoints/mlm/model.safetensors",)
COUNTS = (32, 64, 128, 256, 512, 1000)
RATES = {"mlm": (1e-4, 2e-4, 5e-4), "scratch": (2e-4, 5e-4, 1e-3)}  # tried at 256 labels
BEST = {"mlm": 2e-4, "scratch": 5e-4}  # the best of these on the validation reviews
# Tried at 256 labels; the first two are level on the validation reviews, and `mlm` has the second.
UNLABELED = (1e-4, 2e-4, 5e-4)
WAYS = {"full": (1e-4, 2e-4, 5e-4), "lora": (2e-4, 5e-4, 2e-3), "head": (2e-3, 5e-3, 2e-2)}


def by_setting(cells: Sequence[Record], names: Sequence[str]) -> Record:
    """Gather the seeds: setting, then setting, ... -> score -> spread.

    Args:
        cells: measured.
        names: the parameters that tell the branches apart; numbers are named ``rate5e-05`` and the like.
    """
    summary: Record = {}
    found: dict[tuple[str, ...], list[Record]] = {}
    for cell in cells:
        branch = tuple(branch_name(name, cell["parameters"][name]) for name in names)
        found.setdefault(branch, []).append(cell["values"])
    for branch, rows in found.items():
        place = summary
        for name in branch:
            place = place.setdefault(name, {})
        place.update({score: spread([row[score] for row in rows]) for score in rows[0]})
    return summary


def branch_name(name: str, value: str | float) -> str:
    """Name a branch of a summary: ``mlm``, ``labels64``, ``rate0_0005``."""
    return value if isinstance(value, str) else f"{name}{value:g}".replace(".", "_")


def summarise_labels(cells: Sequence[Record]) -> Record:
    """Gather start -> labels -> score, at the best rate; beside it the rates tried, and the gain."""
    usual = [cell for cell in cells if cell["parameters"].get("max_steps", 200) == 200]
    curve = [
        cell
        for cell in usual
        if cell["parameters"]["rate"] == BEST.get(cell["parameters"]["start"], 0)
    ]
    summary = by_setting(curve, ("start", "labels"))
    found: dict[tuple[str, int], list[float]] = {}
    for cell in curve:
        key = (cell["parameters"]["start"], cell["parameters"]["labels"])
        found.setdefault(key, []).append(cell["values"]["test_accuracy"])
    summary["gain"] = {
        f"labels{count}": paired_gain(found["mlm", count], found["scratch", count])
        for count in COUNTS
    }
    pilot = [
        cell
        for cell in usual
        if cell["parameters"]["labels"] == 256
        and cell["parameters"]["start"] in RATES
        and cell["parameters"]["seed"] in SEEDS[:2]
    ]
    summary["rates"] = by_setting(pilot, ("start", "rate"))
    longer = [cell for cell in cells if cell not in usual]
    summary["longer"] = by_setting(longer, ("start", "labels"))
    return summary


def summarise_unlabeled(cells: Sequence[Record]) -> Record:
    """Gather start -> labels -> score, at the best rate; beside it the rates tried."""
    curve = [cell for cell in cells if cell["parameters"]["rate"] in (0.0, UNLABELED[1])]
    pilot = [
        cell
        for cell in cells
        if cell["parameters"]["labels"] == 256 and cell["parameters"]["seed"] in SEEDS[:2]
    ]
    return by_setting(curve, ("start", "labels")) | {"rates": by_setting(pilot, ("start", "rate"))}


def summarise_rates(cells: Sequence[Record]) -> Record:
    """Gather rate -> epochs -> score."""
    return by_setting(cells, ("rate", "num_train_epochs"))


def summarise_curves(cells: Sequence[Record]) -> Record:
    """Gather share of wrong labels -> score -> epoch -> spread."""
    summary: Record = {}
    for share, scores in by_setting(cells, ("wrong",)).items():
        for name, of in scores.items():
            score, epoch = name.split(".")
            summary.setdefault(share, {}).setdefault(score, {})[f"epoch{epoch}"] = of
    return summary


def summarise_warmup(cells: Sequence[Record]) -> Record:
    """Gather warm-up -> rate -> score."""
    return by_setting(cells, ("warmup_steps", "rate"))


def summarise_ways(cells: Sequence[Record]) -> Record:
    """Gather way -> rate -> score; and what each way gains on full fine-tuning, at its best rate.

    The best rate has the highest mean accuracy on the validation reviews; the gain is counted on test.
    """
    summary = by_setting(cells, ("way", "rate"))
    best, accuracy = {}, {}
    for way, rates in summary.items():
        best[way] = max(rates, key=lambda rate, of=rates: of[rate]["validation_accuracy"]["mean"])  # type: ignore[misc]
        accuracy[way] = [
            cell["values"]["test_accuracy"]
            for cell in cells
            if cell["parameters"]["way"] == way
            and branch_name("rate", cell["parameters"]["rate"]) == best[way]
        ]
    for way, rates in summary.items():
        rates["best"] = rates[best[way]]
        rates["best_rate"] = float(best[way].removeprefix("rate").replace("_", "."))
        rates["gain"] = paired_gain(accuracy[way], accuracy["full"])
    return summary


EXPERIMENTS = (
    Experiment(
        name="fine_tuning_unlabeled",
        question="How many labels does pre-training save that has never read one?",
        measure="lessons.fine_tuning.unlabeled:tuned_cell",
        cells=(
            *(
                {"start": start, "labels": 0, "rate": 0.0, "max_steps": 0, "seed": 0}
                for start in ("mlm", "mlm-unlabeled")
            ),
            *(
                {
                    "start": "mlm-unlabeled", "labels": count, "rate": rate, "max_steps": 200,
                    "seed": seed,
                }
                for rate in UNLABELED
                for count in COUNTS
                for seed in SEEDS
                if rate == UNLABELED[1] or (count == 256 and seed in SEEDS[:2])
            ),
        ),
        summarise=summarise_unlabeled,
        tolerance=0.05,
        packages=PACKAGES,
        data=(*WEIGHTS, "lessons/checkpoints/mlm-unlabeled/model.safetensors"),
    ),
    Experiment(
        name="fine_tuning_labels",
        question="How many labels does a classifier need, pre-trained, from scratch, or counting words?",
        measure="lessons.fine_tuning.classifiers:tuned_cell",
        cells=(
            *(
                {"start": start, "labels": 256, "rate": rate, "max_steps": 200, "seed": seed}
                for start in RATES
                for rate in RATES[start]
                for seed in SEEDS[:2]
                if rate != BEST[start]
            ),
            *(
                {"start": start, "labels": count, "rate": BEST[start], "max_steps": 200, "seed": seed}
                for start in BEST
                for count in COUNTS
                for seed in SEEDS
            ),
            *(
                {"start": "words", "labels": count, "rate": 0, "seed": seed}
                for count in COUNTS
                for seed in SEEDS
            ),
            *(
                {
                    "start": "scratch", "labels": 1000, "rate": BEST["scratch"],
                    "max_steps": 400, "seed": seed,
                }
                for seed in SEEDS
            ),
        ),
        summarise=summarise_labels,
        tolerance=0.05,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="fine_tuning_rates",
        question="Which learning rate and how many epochs suit 64 labels?",
        measure="lessons.fine_tuning.classifiers:tuned_cell",
        cells=tuple(
            {"start": "mlm", "labels": 64, "rate": rate, "num_train_epochs": epochs, "seed": seed}
            for rate in (5e-5, 2e-4, 5e-4, 2e-3)
            for epochs in (3, 10, 30)
            for seed in SEEDS
        ),
        summarise=summarise_rates,
        tolerance=0.05,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="fine_tuning_warmup",
        question="What do 500 steps of warm-up cost a run of 39 steps?",
        measure="lessons.fine_tuning.classifiers:tuned_cell",
        cells=tuple(
            {
                "start": "mlm", "labels": 200, "rate": rate, "num_train_epochs": 3,
                "warmup_steps": warmup, "seed": seed,
            }
            for rate in (5e-5, 5e-4)
            for warmup in (500, 0.1)
            for seed in SEEDS
        ),
        summarise=summarise_warmup,
        tolerance=0.05,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="fine_tuning_overfitting",
        question="What do epochs do to the loss and the accuracy on new reviews, with wrong labels or not?",
        measure="lessons.fine_tuning.classifiers:curve_cell",
        cells=tuple(
            {"labels": 64, "wrong": wrong, "rate": 5e-4, "epochs": 30, "seed": seed}
            for wrong in (0.0, 0.2)
            for seed in SEEDS
        ),
        summarise=summarise_curves,
        tolerance=0.1,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="fine_tuning_ways",
        question="What do LoRA and the head alone reach, and what does each way make the model forget?",
        measure="lessons.fine_tuning.lora:way_cell",
        cells=tuple(
            {"way": way, "labels": 64, "rate": rate, "epochs": 30, "seed": seed}
            for way in WAYS
            for rate in WAYS[way]
            for seed in SEEDS
        ),
        summarise=summarise_ways,
        tolerance=0.1,
        packages=(*PACKAGES, "peft"),
        data=WEIGHTS,
    ),
)  # fmt: skip
