"""Recorded for the page on fine-tuning, its part on instructions."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record, spread


def name_of(parameters: Cell) -> str:
    """Name the setting of a cell, without its seed."""
    if not parameters["count"]:
        return "base"
    grouped = "_grouped" if parameters.get("sampling") == "group_by_length" else ""
    return f"count{parameters['count']}_rate{parameters['learning_rate']:g}{grouped}"


def summarise(cells: Sequence[Record]) -> Record:
    """Gather the seeds: setting -> validation, all or a kind -> spread of the share."""
    found: dict[str, dict[str, list[float]]] = {}
    for cell in cells:
        for kind, value in cell["values"].items():
            found.setdefault(name_of(cell["parameters"]), {}).setdefault(kind, []).append(value)
    return {
        name: {kind: spread(values) for kind, values in of.items()} for name, of in found.items()
    }


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
        tolerance=0.05,
        packages=("datasets", "tokenizers", "torch", "transformers", "trl"),
        data=("lessons/checkpoints/base/model.safetensors",),
    ),
)
