"""Recorded for the page on pre-training."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record, spread

RATE = 0.005  # near AdamW's best; the summary names the others as multiples of it
PLANS: dict[str, tuple[Cell, tuple[float, ...]]] = {  # schedule -> its settings, the rates
    "short": (
        {"warmup": 10, "floor": 0.05, "steps": 100},
        (0.0005, 0.0015, 0.005, 0.015, 0.05, 0.15),
    ),
    "no_warmup": ({"warmup": 0, "floor": 0.05, "steps": 100}, (0.005,)),
    "long": ({"warmup": 10, "floor": 0.05, "steps": 200}, (0.005, 0.01)),
    "constant": ({"warmup": 10, "floor": 1.0, "steps": 200}, (0.0025, 0.005)),
}


def summarise_curves(cells: Sequence[Record]) -> Record:
    """Gather the seeds: objective -> step -> spread of the validation loss."""
    found: dict[str, list[dict[str, float]]] = {}
    for cell in cells:
        found.setdefault(cell["parameters"]["objective"], []).append(cell["values"])
    return {
        objective: {mark: spread([row[mark] for row in rows]) for mark in rows[0]}
        for objective, rows in found.items()
    }


def name_of_rate(rate: float) -> str:
    """Write a rate as the summary names it: as so many times the best, ``x1`` for that itself."""
    return f"x{rate / RATE:g}".replace(".", "_")


def summarise_rates(cells: Sequence[Record]) -> Record:
    """Gather the seeds: schedule -> multiple of the best rate -> spread of the validation loss."""
    summary: Record = {}
    for name, (schedule, _) in PLANS.items():
        found: dict[str, list[float]] = {}
        for cell in cells:
            if schedule.items() <= cell["parameters"].items():
                rate = name_of_rate(cell["parameters"]["rate"])
                found.setdefault(rate, []).append(cell["values"]["loss"])
        summary[name] = {rate: spread(losses) for rate, losses in found.items()}
    return summary


EXPERIMENTS = (
    Experiment(
        name="pretraining_curves",
        question="How does the loss on held-out text fall when a small model is trained for longer?",
        measure="lessons.pretraining.objectives:curve_cell",
        cells=tuple(
            {"objective": objective, "seed": seed}
            for objective in ("causal", "masked")
            for seed in SEEDS
        ),
        summarise=summarise_curves,
        tolerance=0.1,
        packages=("tokenizers", "torch", "transformers"),
    ),
    Experiment(
        name="pretraining_rates",
        question="What do the learning rate, its warm-up and its fall do to the loss on held-out text?",
        measure="lessons.pretraining.learning_rates:rate_cell",
        cells=tuple(
            {"rate": rate, **PLANS[name][0], "seed": seed}
            for name in PLANS
            for rate in PLANS[name][1]
            for seed in SEEDS
        ),
        summarise=summarise_rates,
        tolerance=0.2,
        packages=("tokenizers", "torch", "transformers"),
    ),
)
