"""Recorded for the page on pre-training."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record
from lessons.catalog.summaries import SpreadBy, ValueBy

PLANS: dict[str, tuple[Cell, tuple[float, ...]]] = {  # schedule -> its settings, the rates
    "short": (
        {"warmup": 10, "floor": 0.05, "steps": 100},
        (0.0005, 0.0015, 0.005, 0.015, 0.05, 0.15),
    ),
    "no_warmup": ({"warmup": 0, "floor": 0.05, "steps": 100}, (0.005,)),
    "long": ({"warmup": 10, "floor": 0.05, "steps": 200}, (0.005, 0.01)),
    "constant": ({"warmup": 10, "floor": 1.0, "steps": 200}, (0.0025, 0.005)),
}


def summarise_rates(cells: Sequence[Record]) -> Record:
    """Gather the seeds: schedule -> rate -> spread of the validation loss."""
    return {
        name: SpreadBy("rate")(
            [cell for cell in cells if schedule.items() <= cell["parameters"].items()]
        )
        for name, (schedule, _) in PLANS.items()
    }


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
        summarise=SpreadBy("objective"),
        tolerance=0.1,
        packages=("tokenizers", "torch", "transformers"),
    ),
    Experiment(
        name="pretraining_guesses",
        question="How often is a small model's guess for the next token right while it learns?",
        measure="lessons.pretraining.learner:guess_cell",
        cells=tuple({"seed": seed} for seed in SEEDS),
        summarise=SpreadBy(),
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
    Experiment(
        name="pretraining_texts",
        question="What does a small model write while it learns?",
        measure="lessons.pretraining.learner:text_cell",
        cells=({"seed": 0},),
        summarise=ValueBy(),
        tolerance=0.1,
        packages=("tokenizers", "torch", "transformers"),
    ),
)
