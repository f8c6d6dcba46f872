"""Recorded for the page on evaluation."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Experiment, Record, spread

WEIGHTS = ("lessons/checkpoints/base/model.safetensors",)
MODELS = ("base", "base int8", "instruct", "instruct int8", "talker", "preferred")


def summarise_leaks(cells: Sequence[Record]) -> Record:
    """Gather the seeds: ``same_copies4`` -> ``test``, ``fresh``, ``gap`` -> spread."""
    found: dict[str, dict[str, list[float]]] = {}
    for cell in cells:
        name = f"{cell['parameters']['form']}_copies{cell['parameters']['copies']}"
        of, values = found.setdefault(name, {}), cell["values"]
        gap = values["test"] - values["fresh"]
        for score, value in {**values, "gap": gap}.items():
            of.setdefault(score, []).append(value)
    return {name: {score: spread(vs) for score, vs in of.items()} for name, of in found.items()}


def summarise_report(cells: Sequence[Record]) -> Record:
    """Order the scores: ``base_int8`` -> ``translation_bleu`` -> value, low, high, n."""
    summary: Record = {}
    for cell in cells:
        scores = summary.setdefault(cell["parameters"]["model"].replace(" ", "_"), {})
        for name, value in cell["values"].items():
            score, _, part = name.rpartition(".")
            scores.setdefault(score, {})[part] = value
    return summary


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
        summarise=summarise_report,
        tolerance=0.05,
        packages=(
            "datasets", "rouge-score", "sacrebleu", "tokenizers", "torch", "transformers", "trl",
        ),
        data=WEIGHTS,
    ),
)  # fmt: skip
