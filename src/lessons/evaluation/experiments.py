"""Recorded for the page on evaluation."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Experiment, Record, spread
from lessons.catalog.summaries import SpreadBy, ValueBy, each, gather

WEIGHTS = ("lessons/checkpoints/base/model.safetensors",)
MODELS = ("base", "base int8", "instruct", "instruct int8", "talker", "preferred")


def summarise_leaks(cells: Sequence[Record]) -> Record:
    """Gather the seeds: form -> copies -> ``test``, ``fresh``, ``gap`` -> spread."""
    forms = gather(cells, "form", "copies")
    for scores in (scores for copies in forms.values() for scores in copies.values()):
        pairs = zip(scores["test"], scores["fresh"], strict=True)
        scores["gap"] = [test - fresh for test, fresh in pairs]
    return each(spread, forms)


EXPERIMENTS = (
    Experiment(
        name="evaluation_leak",
        question="How much does a score rise when test items leak into training?",
        measure="lessons.evaluation.differences_and_leaks:leak_cell",
        cells=tuple(
            {"copies": copies, "form": form, "seed": seed}
            for seed in SEEDS
            for copies, form in ((0, "same"), (4, "same"), (16, "same"), (16, "other"))
        ),
        summarise=summarise_leaks,
        tolerance=0.05,
        packages=("tokenizers", "torch", "transformers"),
        data=WEIGHTS,
    ),
    Experiment(
        name="evaluation_report_card",
        question="What can each model of the course do, on the same held-out items?",
        measure="lessons.evaluation.report_card:report_cell",
        cells=tuple({"model": model, "n": 500, "seed": 0} for model in MODELS),
        summarise=ValueBy("model"),
        tolerance=0.05,
        packages=(
            "datasets", "rouge-score", "sacrebleu", "tokenizers", "torch", "transformers", "trl",
        ),
        data=WEIGHTS,
    ),
    Experiment(
        name="evaluation_judge",
        question="How often is a model that judges two answers right, and what else sways it?",
        measure="lessons.evaluation.judge:judge_cell",
        cells=tuple(
            {"train": train, "held_out": 600, "seed": seed}
            for seed in SEEDS
            for train in (300, 1000)
        ),
        summarise=SpreadBy("train"),
        tolerance=0.1,
        packages=("accelerate", "datasets", "tokenizers", "torch", "transformers", "trl"),
        data=(*WEIGHTS, "lessons/checkpoints/mlm/model.safetensors"),
    ),
)  # fmt: skip
