"""Recorded for the page on fine-tuning, with models and texts that other people made."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lessons.catalog.experiment import SEEDS, Cell, Experiment, Record, paired_gain, spread
from lessons.catalog.summaries import SpreadBy, gather, key
from lessons.intervals import Score, clustered, wilson
from lessons.real_models.texts import TOPICS

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
ASK: Cell = {"wording": "sentiment", "steps": 16}  # the best wording of the page on prompting
RATES = {"lora": (3e-4, 1e-3), "all": (3e-5, 1e-4)}
BETTER = {"none": 0.0, "lora": 3e-4, "all": 1e-4}  # of these, on validation


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


def hits(cells: Sequence[Record]) -> list[list[float]]:
    """Return which sentences were judged rightly: a row for each cell, a column for each sentence."""
    count = sum(name.startswith("hit.") for name in cells[0]["values"])
    return [[cell["values"][f"hit.{i}"] for i in range(count)] for cell in cells]


def by_sentence(rows: Sequence[Sequence[float]]) -> Score:
    """Score several seeds' answers to the same sentences: the interval is over sentences."""
    groups = [str(i) for row in rows for i in range(len(row))]
    return clustered([value for row in rows for value in row], groups)


def summarise_sft(cells: Sequence[Record]) -> Record:
    """Gather way -> score, at the better rate of each way.

    ``accuracy`` is over sentences, ``gain`` what LoRA has more right than all weights, and each of them
    than the model as it is, sentence by sentence and seed by seed; the other scores are described over
    seeds. ``rates`` has what each rate came to on validation and on other text, with one seed.
    """
    found: dict[str, list[Record]] = {}
    rates: Record = {}
    for cell in cells:
        way, rate, values = cell["parameters"]["way"], cell["parameters"]["rate"], cell["values"]
        if rate == BETTER[way]:
            found.setdefault(way, []).append(cell)
        if way in RATES and cell["parameters"]["seed"] == 0:
            rates.setdefault(way, {})[key("rate", rate)] = {
                score: values[score] for score in ("validation", "validation_loss", "other_loss")
            }
    rows = {way: hits(same) for way, same in found.items()}
    rows["none"] *= max(map(len, rows.values()))  # asked once: it has no seed
    summary: Record = {"rates": rates, "gain": {}}
    for way, same in found.items():
        summary[way] = {"accuracy": asdict(by_sentence(hits(same)))} | {
            score: spread([cell["values"][score] for cell in same])
            for score in ("positive", "form", "loss", "other_loss", "trained")
        }
    for way, other in (("lora", "all"), ("lora", "none"), ("all", "none")):
        differences = [
            [a - b for a, b in zip(*pair, strict=True)]
            for pair in zip(rows[way], rows[other], strict=True)
        ]
        summary["gain"][f"{way}_{other}"] = asdict(by_sentence(differences))
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
    Experiment(
        name="fine_tuning_real_sft",
        question="What does LoRA teach a real model in few steps, and training all its weights?",
        measure="lessons.fine_tuning.real_sft:sft_cell",
        cells=(
            {"way": "none", **ASK, "rate": 0.0, "steps": 0, "seed": 0},
            *(
                {"way": way, **ASK, "rate": rate, "seed": 0}
                for way, tried in RATES.items()
                for rate in tried
            ),
            *(
                {"way": way, **ASK, "rate": BETTER[way], "seed": seed}
                for seed in SEEDS[1:3]
                for way in RATES
            ),
        ),
        summarise=summarise_sft,
        tolerance={"hit": 0.0, "trained": 0.0, "others": 0.02},
        packages=("datasets", "peft", "tokenizers", "torch", "transformers"),
        data=(TOPICS,),
        models=("smollm2", "ratings"),
    ),
)
