"""Recorded for the page on fine-tuning, its part on instructions."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record, paired_gain, spread
from lessons.catalog.summaries import SpreadBy, each, gather


def summarise(cells: Sequence[Record]) -> Record:
    """Gather the seeds: count -> rate -> validation, all or a kind -> spread of the share.

    The setting in which texts of similar length stand together is ``grouped``.
    """
    grouped = [cell for cell in cells if "sampling" in cell["parameters"]]
    plain = [cell for cell in cells if cell not in grouped]
    return SpreadBy("count", "learning_rate")(plain) | {"grouped": SpreadBy()(grouped)}


def summarise_tokens(cells: Sequence[Record]) -> Record:
    """Gather scored tokens -> all or a kind -> spread of the share; and what answers only gain, by seed."""
    shares = gather(cells, "scored")
    gain = {
        kind: paired_gain(shares["answers"][kind], shares["all"][kind])
        for kind in shares["all"]
        if kind != "different"
    }
    return each(spread, shares) | {"gain": gain}


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
    Experiment(
        name="fine_tuning_all_tokens",
        question="What is the loss worth that leaves the prompts out?",
        measure="lessons.fine_tuning.chat:all_tokens_cell",
        cells=tuple(
            {"scored": scored, "count": 500, "learning_rate": 3e-4, "seed": seed}
            for scored in ("answers", "all")
            for seed in SEEDS
        ),
        summarise=summarise_tokens,
        tolerance={"different": 0, "all": 0.05, "others": 0.25},
        packages=("datasets", "tokenizers", "torch", "transformers", "trl"),
        data=("lessons/checkpoints/base/model.safetensors",),
    ),
)
