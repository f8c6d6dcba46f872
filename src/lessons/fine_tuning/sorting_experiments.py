"""Recorded for the lab on fine-tuning: three ways to sort messages, by the number of labels."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record, spread
from lessons.catalog.summaries import each, gather

COUNTS = (75, 150, 300, 600, 1200)  # labels to learn from; the larger holds the smaller
AT = 300  # labels with which the rate is chosen
RATES = {"line": (0.0,), "lora": (2e-3, 5e-3, 1e-2), "all": (2e-4, 5e-4, 1e-3)}
BEST = {"line": 0.0, "lora": 5e-3, "all": 5e-4}  # the best on validation of those tried


def summarise_sorting(cells: Sequence[Record]) -> Record:
    """Gather way -> rate -> labels -> share right of each part -> spread over seeds."""
    shares = [
        cell | {"values": {name: v for name, v in cell["values"].items() if not isinstance(v, str)}}
        for cell in cells
    ]
    return each(spread, gather(shares, "way", "rate", "labels"))


def _cell(way: str, rate: float, labels: int, seed: int) -> Cell:
    return {"way": way, "labels": labels, "rate": rate, "seed": seed}


EXPERIMENTS = (
    Experiment(
        name="fine_tuning_sorting",
        question="What do more labels, LoRA or all weights add to a line on frozen vectors?",
        measure="lessons.fine_tuning.sorting:sorting_cell",
        cells=(
            *(
                _cell(way, rate, AT, seed)
                for way, rates in RATES.items()
                for rate in rates
                for seed in SEEDS
                if rate != BEST[way]
            ),
            *(
                _cell(way, rate, count, seed)
                for way, rate in BEST.items()
                for count in COUNTS
                for seed in SEEDS
            ),
        ),
        summarise=summarise_sorting,
        tolerance=0.05,
        packages=("tokenizers", "torch", "transformers"),
        data=("lessons/checkpoints/mlm-unlabeled/model.safetensors",),
    ),
)
