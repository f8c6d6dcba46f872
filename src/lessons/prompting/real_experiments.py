"""Recorded for the page on prompting with a model that other people trained."""

from collections.abc import Sequence
from math import comb
from statistics import fmean

from lessons.catalog.experiment import SEEDS, Experiment, Record, Values, paired_gain
from lessons.catalog.summaries import ValueBy

PACKAGES = ("tokenizers", "torch", "transformers")
WORDINGS = ("sentiment", "this movie is", "all in all", "a question", "a label", "chat")
ORDERS = ("NNPP", "NPNP", "NPPN", "PNNP", "PNPN", "PPNN")
THRESHOLDS = ("zero", "empty", "middle")


def over_sets(values: Sequence[float]) -> Values:
    """Average what was measured with each set of examples, with the t interval over the sets."""
    return paired_gain(values, [0.0] * len(values))


def split_chance(cell: Record, level: str) -> float:
    """Compare the best and the worst order of a set by McNemar's test, in its exact form."""
    half = cell["parameters"]["n"] // 2
    counts = [round(cell["values"][f"{level}.only_{one}"] * half) for one in ("best", "worst")]
    tail = sum(comb(sum(counts), k) for k in range(min(counts) + 1))
    return float(min(1.0, 2 * tail / 2 ** sum(counts)))


def summarise_order(cells: Sequence[Record]) -> Record:
    """Say how far the order decides, over the sets of examples.

    ``last`` is how often the label of the last example is said again, ``spread`` how far apart the orders
    of one set are in how often they let the model say positive, and of each threshold ``right`` is the
    share of right answers over all orders, ``worst`` and ``best`` those of the worst and of the best order,
    and ``gap`` what the best order of one half of the sentences has more right on the other half than the
    worst. ``chance`` is the largest of the sets' probabilities, by McNemar's test, that their disagreements
    are split so unevenly if each went either way.
    """
    summary = ValueBy("seed")(cells)
    sets = [cell["values"] for cell in cells]

    def each(score: str) -> list[list[float]]:
        return [[values[f"{order}.{score}"] for order in ORDERS] for values in sets]

    total: Record = {
        "last": over_sets([fmean(row) for row in each("last")]),
        "spread": over_sets([max(row) - min(row) for row in each("positive")]),
        "ranked": over_sets([fmean(row) for row in each("ranked")]),
    }
    for level in THRESHOLDS:
        rows = each(level)
        total[level] = {
            "right": over_sets([fmean(row) for row in rows]),
            "worst": min(map(min, rows)),
            "best": max(map(max, rows)),
            "apart": over_sets([max(row) - min(row) for row in rows]),
            "gap": over_sets([values[f"{level}.gap.value"] for values in sets]),
            "chance": max(split_chance(cell, level) for cell in cells),
        }
    return {**summary, "all": total}


def summarise_shown(cells: Sequence[Record]) -> Record:
    """Put each prompt and each answer on one line, so that prose can quote it: way -> ``answer``."""
    return {
        cell["parameters"]["way"]: {
            name: " ".join(text.split()) for name, text in cell["values"].items()
        }
        for cell in cells
    }


EXPERIMENTS = (
    Experiment(
        name="prompting_real_order",
        question="How far does the order of the same examples decide what a real model answers?",
        measure="lessons.prompting.real_sentiment:order_cell",
        cells=tuple({"n": 200, "seed": seed} for seed in SEEDS),
        summarise=summarise_order,
        tolerance=0.05,
        packages=PACKAGES,
        models=("smollm2", "ratings"),
    ),
    Experiment(
        name="prompting_real_flipped",
        question="Does a real model follow the labels of examples, even if they are random or flipped?",
        measure="lessons.prompting.real_sentiment:labels_cell",
        cells=tuple({"form": "known", "shots": shots, "sets": 20, "n": 10} for shots in (0, 2, 4)),
        summarise=ValueBy("form", "shots"),
        tolerance=0.05,
        packages=PACKAGES,
        models=("smollm2", "ratings"),
    ),
    Experiment(
        name="prompting_real_arithmetic",
        question="Do steps or examples help a real model to add?",
        measure="lessons.prompting.real_arithmetic:arithmetic_cell",
        cells=(
            {"kind": "one digit", "n": 81, "seed": 0},  # 81 are all there are
            {"kind": "two digits", "n": 80, "seed": 0},
        ),
        summarise=ValueBy("kind"),
        tolerance=0.05,
        packages=PACKAGES,
        models=("smollm2",),
    ),
    Experiment(
        name="prompting_real_shown",
        question="What does a real model write if it is asked for a sum in steps?",
        measure="lessons.prompting.real_arithmetic:shown_cell",
        cells=tuple({"way": way, "first": 8, "second": 4} for way in ("direct", "steps")),
        summarise=summarise_shown,
        packages=PACKAGES,
        models=("smollm2",),
    ),
    Experiment(
        name="prompting_real_wording",
        question="How far does the wording decide what a real model takes a review for?",
        measure="lessons.prompting.real_sentiment:wording_cell",
        cells=tuple({"wording": wording, "n": 200} for wording in WORDINGS),
        summarise=ValueBy("wording"),
        tolerance={"empty_margin": 0.1, "middle_margin": 0.1, "others": 0.03},
        packages=PACKAGES,
        models=("smollm2", "ratings"),
    ),
    Experiment(
        name="prompting_real_instructions",
        question="How often does a real model keep instructions that a program can check?",
        measure="lessons.prompting.real_instructions:instructions_cell",
        cells=({"n": 20},),
        summarise=ValueBy(),
        tolerance=0.05,
        packages=PACKAGES,
        models=("smollm2",),
    ),
    Experiment(
        name="prompting_real_translation",
        question="Does a real model that has read little French translate simple sentences into it?",
        measure="lessons.prompting.real_translation:translation_cell",
        cells=tuple({"way": way, "n": 100, "seed": 0} for way in ("chat", "examples")),
        summarise=ValueBy("way"),
        tolerance=0.05,
        packages=PACKAGES,
        models=("smollm2",),
    ),
)
