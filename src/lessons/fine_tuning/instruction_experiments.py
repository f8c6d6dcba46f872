"""Recorded for the page on fine-tuning, its part on instructions."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record
from lessons.catalog.summaries import SpreadBy


def summarise(cells: Sequence[Record]) -> Record:
    """Gather the seeds: count -> rate -> validation, all or a kind -> spread of the share.

    The setting in which texts of similar length stand together is ``grouped``.
    """
    grouped = [cell for cell in cells if "sampling" in cell["parameters"]]
    plain = [cell for cell in cells if cell not in grouped]
    return SpreadBy("count", "learning_rate")(plain) | {"grouped": SpreadBy()(grouped)}


SETTINGS: tuple[Cell, ...] = (
    {"count": 500, "learning_rate": 3e-4},
    {"count": 1000, "learning_rate": 3e-4},
    {"count": 2000, "learning_rate": 1e-4},
    {"count": 2000, "learning_rate": 3e-4},
    {"count": 2000, "learning_rate": 1e-3},
    {"count": 2000, "learning_rate": 3e-4, "sampling": "group_by_length"},
)

EXPERIMENTS = (
    Experiment(
        name="fine_tuning_instructions",
        question="How many demonstrations, and which rate, make a model follow instructions?",
        measure="lessons.fine_tuning.instruction_tuning:instruction_cell",
        cells=(
            {"count": 0, "learning_rate": 0.0, "seed": 0},
            *({**setting, "seed": seed} for setting in SETTINGS for seed in SEEDS),
        ),
        summarise=summarise,
        # A kind has 23 to 43 items, and at the highest rate the last digits decide how a run goes on:
        # measured again, on one core and on two, a kind was off by up to 0.19, the whole by 0.04.
        tolerance={"validation": 0.05, "all": 0.05, "others": 0.25},
        packages=("datasets", "tokenizers", "torch", "transformers", "trl"),
        data=("lessons/checkpoints/base/model.safetensors",),
    ),
)
