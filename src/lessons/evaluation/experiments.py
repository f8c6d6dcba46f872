"""Recorded for the page on evaluation."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Experiment, Record, spread
from lessons.catalog.summaries import SpreadBy, ValueBy, each, gather
from lessons.evaluation.real_summaries import (
    summarise_bits,
    summarise_contamination,
    summarise_windows,
)

READS = ("tokenizers", "torch", "transformers")
# AVX2 in place of AVX-512 moves a block's cost by up to 0.007 nats of thousands, and no count.
READ_AGAIN = {"nats": 0.02, "others": 0.0}
TOPICS = "lessons/real_models/documentation/topics-3.11.7.json"
WEIGHTS = ("lessons/checkpoints/base/model.safetensors",)
MODELS = ("base", "base int8", "instruct", "instruct int8", "talker", "preferred")


def summarise_bets(cells: Sequence[Record]) -> Record:
    """Average each column of answers: what it is about -> column -> share."""
    columns = gather(cells, "about")
    return each(
        lambda values: sum(values) / len(values),
        {
            about: {
                name: [value for values in rows.values() for value in values]
                for name, rows in found.items()
            }
            for about, found in columns.items()
        },
    )


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
    Experiment(
        name="evaluation_bet",
        question="What does a leaked test, or a judge that minds the order, make of a comparison?",
        measure="lessons.evaluation.bet:bet_cell",
        cells=({"about": "sums"}, {"about": "requests"}),
        summarise=summarise_bets,
        tolerance=1.0,
        packages=("accelerate", "datasets", "tokenizers", "torch", "transformers", "trl"),
        data=(*WEIGHTS, "lessons/checkpoints/mlm/model.safetensors"),
    ),
    Experiment(
        name="evaluation_real_bits",
        question="How many bits does a byte of a text cost, that a real model has read or has not?",
        measure="lessons.evaluation.real_text:real_bits_cell",
        cells=tuple(
            {"text": text, "by": by}
            for text in ("documentation", "source", "verses", "movies", "stories", "letters")
            for by in ("smollm2", "base", "gzip", "xz")
        ),
        summarise=summarise_bits,
        tolerance=READ_AGAIN,
        packages=READS,
        data=(*WEIGHTS, TOPICS, "lessons/evaluation/course_source.txt"),
        models=("smollm2", "ratings", "verses"),
    ),
    Experiment(
        name="evaluation_real_window",
        question="How does the window change a real model's perplexity?",
        measure="lessons.evaluation.real_text:real_window_cell",
        cells=tuple(
            {"by": by, "window": window, "overlap": overlap}
            for by, windows in (("smollm2", (128, 256, 512, 1024)), ("base", (30, 60, 120, 240)))
            for window in windows
            for overlap in (False, True)
        ),
        summarise=summarise_windows,
        tolerance=READ_AGAIN,
        packages=READS,
        data=(*WEIGHTS, TOPICS),
        models=("smollm2",),
    ),
    Experiment(
        name="evaluation_real_contamination",
        question="Does a real model find verses likelier that everybody knows, and does it recite them?",
        measure="lessons.evaluation.contamination:real_contamination_cell",
        cells=tuple(
            {"kind": kind, "by": by}
            for by in ("smollm2", "base")
            for kind in ("known", "drawn", "known_retold", "drawn_retold")
        ),
        summarise=summarise_contamination,
        tolerance=READ_AGAIN,
        packages=READS,
        data=WEIGHTS,
        models=("smollm2", "verses"),
    ),
)  # fmt: skip
