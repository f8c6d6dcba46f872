"""Recorded for the page on fine-tuning, with models and texts that other people made."""

from collections.abc import Sequence
from typing import Any

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record, paired_gain, spread
from lessons.catalog.summaries import SpreadBy, gather
from lessons.intervals import wilson

PACKAGES = ("accelerate", "datasets", "tokenizers", "torch", "transformers")
COUNTS = (16, 64, 256, 1000)
ASKED = 300  # sentences of a test, no two of them the same
BEST = {"all": 1e-4, "scratch": 5e-4}  # the first is the best on validation of those tried
TRIED: tuple[Cell, ...] = (
    {"way": "all", "labels": 256, "rate": 2e-4, "steps": 50, "seed": 0},
    {"way": "all", "labels": 256, "rate": 5e-4, "steps": 50, "seed": 0},
)
FEW_STEPS: tuple[Cell, ...] = tuple(
    {"way": "all", "labels": 64, "rate": 5e-5, "steps": 32, "seed": seed} for seed in SEEDS[:3]
)


def over_items(values: Sequence[float]) -> dict[str, Any]:
    """Describe shares of the same items over seeds; and the interval of their mean over items."""
    described: dict[str, Any] = spread(values)
    low, high = wilson(round(described["mean"] * ASKED), ASKED)
    return described | {"item_low": low, "item_high": high, "n": ASKED, "groups": ASKED}


def described(scores: Record) -> Record:
    """Describe each accuracy with its interval over items, and each loss over seeds only."""
    return {
        name: over_items(values) if name.endswith("accuracy") else spread(values)
        for name, values in scores.items()
    }


def summarise_labels(cells: Sequence[Record]) -> Record:
    """Gather way -> labels -> score, at the best rate; beside it other rates, few steps, and gains."""
    tried = [cell for cell in cells if cell["parameters"] in TRIED]
    few_steps = [cell for cell in cells if cell["parameters"] in FEW_STEPS]
    usual = [cell for cell in cells if cell["parameters"] not in (*TRIED, *FEW_STEPS)]
    ways = gather(usual, "way", "labels")
    summary: Record = {
        way: {labels: described(scores) for labels, scores in counts.items()}
        for way, counts in ways.items()
    }
    summary["rates"] = SpreadBy("way", "rate")(tried)
    summary["few_steps"] = described(gather(few_steps))
    summary["gain"] = {
        f"{way}_{other}": {
            labels: paired_gain(scores["test_accuracy"], ways[other][labels]["test_accuracy"])
            for labels, scores in ways[way].items()
            if len(scores["test_accuracy"]) == len(SEEDS)
        }
        for way, other in (("vectors", "words"), ("all", "vectors"))
    }
    return summary


def _trained(way: str, labels: int, seeds: Sequence[int], count: int) -> tuple[Cell, ...]:
    return tuple(
        {"way": way, "labels": labels, "rate": BEST[way], "steps": count, "seed": seed}
        for seed in seeds
    )


EXPERIMENTS = (
    Experiment(
        name="fine_tuning_real_labels",
        question="How many labels does a real pre-trained network save, on sentences that people rated?",
        measure="lessons.fine_tuning.real_labels:labels_cell",
        cells=(
            {"way": "sentences", "labels": 0, "seed": 0},
            *(
                {"way": way, "labels": count, "pull": 1.0, "seed": seed}
                for way in ("words", "vectors")
                for count in COUNTS
                for seed in SEEDS
            ),
            *(
                cell
                for seed in SEEDS
                for cell in (
                    *(one for n in COUNTS[:3] for one in _trained("all", n, [seed], 50)),
                    *_trained("scratch", 256, [seed][: seed < 3], 200),
                )
            ),
            *TRIED,
            *FEW_STEPS,
        ),
        summarise=summarise_labels,
        tolerance=0.05,
        packages=PACKAGES,
        models=("minilm", "ratings"),
    ),
)
