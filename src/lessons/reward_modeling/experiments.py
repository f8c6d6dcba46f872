"""Recorded for the page on reward modeling."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Experiment, Record, paired_gain
from lessons.catalog.summaries import SpreadBy, gather
from lessons.intervals import wilson

PACKAGES = ("accelerate", "datasets", "tokenizers", "torch", "transformers", "trl")
WEIGHTS = ("lessons/checkpoints/base/model.safetensors",)
REAL_PACKAGES = ("datasets", "peft", "tokenizers", "torch", "transformers")
# Three of 300 pairs, or one of the 95 with a narrow gap; labels are drawn, and come out the same.
TEST_PAIRS = 300
REAL_TOLERANCE = {"narrow": 0.02, "labels": 0.0, "others": 0.01}


def summarise_real(cells: Sequence[Record], *names: str) -> Record:
    """Sum up judges of rated sentences: the spread over seeds, and what other pairs could have given.

    Args:
        cells: of `ratings_cell`.
        names: parameters to tell apart, the judge first.

    Returns:
        A branch for each value of these parameters. Beside a judge's scores, ``items`` is its mean
        accuracy with Wilson's interval over the test pairs, no two of which share a text.
    """
    tree = SpreadBy(*names)(cells)

    def add_items(branch: Record) -> None:
        for below in branch.values():
            if "accuracy" in below:
                right = round(TEST_PAIRS * below["accuracy"]["mean"])
                low, high = wilson(right, TEST_PAIRS)
                score = {"value": right / TEST_PAIRS, "low": low, "high": high}
                below["items"] = score | {"n": TEST_PAIRS, "groups": TEST_PAIRS}
            elif "mean" not in below:
                add_items(below)

    add_items(tree)
    return tree


def summarise_ratings(cells: Sequence[Record]) -> Record:
    """Sum up what was learned from the mean of all readers; ``gains`` compares two ways seed by seed."""
    tree = summarise_real(cells, "judge", "pairs")
    found = gather(cells, "judge", "pairs")
    ways = {
        "trained": ("smollm2", 160, "smollm2", 0),
        "vectors": ("minilm", 160, "words", 160),
        "tuned": ("minilm", 160, "smollm2", 160),
    }
    tree["gains"] = {}
    for name, (one, many, other, few) in ways.items():
        after, before = (
            found[judge][f"pairs{pairs}"]["accuracy"]
            for judge, pairs in ((one, many), (other, few))
        )
        if len(after) == len(before) == len(SEEDS):
            tree["gains"][name] = paired_gain(after, before)
    return tree


def summarise_raters(cells: Sequence[Record]) -> Record:
    """Sum up what few readers' labels teach; ``cost`` compares one with all, seed by seed."""
    tree = summarise_real(cells, "judge", "raters", "pairs")
    found = gather(cells, "judge", "raters", "pairs")["minilm"]
    tree["cost"] = {
        size: paired_gain(found["raters1"][size]["accuracy"], found["raters0"][size]["accuracy"])
        for size in found["raters1"]
    }
    return tree


EXPERIMENTS = (
    Experiment(
        name="reward_modeling_noise",
        question="What do unsure annotators cost a reward model, and what does a majority of three mend?",
        measure="lessons.reward_modeling.measurements:noise_cell",
        cells=tuple(
            {"noise": noise, "pairs": pairs, "votes": votes, "seed": seed}
            for seed in SEEDS
            for noise, pairs, votes in (
                (0.05, 100, 1), (0.2, 100, 1), (0.5, 100, 1), (1.0, 100, 1), (1.0, 100, 3),
                (1.0, 300, 1),
            )
        ),
        summarise=SpreadBy("noise", "pairs", "votes"),
        tolerance=0.1,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="reward_modeling_best",
        question="Is the best of n by the reward model a better answer?",
        measure="lessons.reward_modeling.measurements:best_cell",
        cells=tuple({"seed": seed} for seed in SEEDS),
        summarise=SpreadBy(),
        tolerance=0.1,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="reward_modeling_dpo",
        question="Does DPO make answers better, at which learning rate, and what does training longer do?",
        measure="lessons.reward_modeling.measurements:dpo_cell",
        cells=tuple(
            {"learning_rate": rate, "epochs": epochs, "seed": seed}
            for seed in SEEDS
            for rate, epochs in ((2e-5, 1), (5e-5, 1), (5e-5, 4), (2e-4, 1))
        ),
        summarise=SpreadBy("learning_rate", "epochs"),
        tolerance=0.1,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="reward_modeling_grpo",
        question="What does GRPO do to the reward and to the answers, with and without a KL penalty?",
        measure="lessons.reward_modeling.overoptimization:grpo_cell",
        cells=tuple(
            {"pairs": 120, "beta": beta, "steps": 60, "seed": seed}
            for seed in SEEDS
            for beta in (0.0, 0.1)
        ),
        summarise=SpreadBy("beta"),
        tolerance=0.1,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="reward_modeling_verifiable",
        question="What does GRPO with a reward by rule teach: a new ability, or better aim at an old one?",
        measure="lessons.reward_modeling.verifiable:verifiable_cell",
        cells=tuple(
            {"learning_rate": 1e-5, "steps": steps, "seed": seed} for steps in (40, 0) for seed in SEEDS
        ),
        summarise=SpreadBy("learning_rate", "steps"),
        tolerance=0.15,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="reward_modeling_real_ratings",
        question="How many comparisons by real readers does a reward model need, from a real model?",
        measure="lessons.reward_modeling.real_ratings:ratings_cell",
        cells=(
            *({"judge": rule, "pairs": 0, "seed": 0} for rule in ("longer", "lexicon")),
            *({"judge": "people", "pairs": 0, "seed": seed} for seed in SEEDS),
            *(
                {"judge": line, "pairs": pairs, "seed": seed}
                for line in ("words", "minilm")
                for seed in SEEDS
                for pairs in (40, 160, 640, 2560)
            ),
            *(
                {"judge": "smollm2", "pairs": pairs, "seed": seed}
                for seed in SEEDS
                for pairs in (160, 40, 0)
            ),
        ),
        summarise=summarise_ratings,
        tolerance=REAL_TOLERANCE,
        packages=REAL_PACKAGES,
        models=("smollm2", "minilm", "ratings"),
    ),
    Experiment(
        name="reward_modeling_real_raters",
        question="What does it cost if one real reader labels each pair, and not the mean of all?",
        measure="lessons.reward_modeling.real_ratings:ratings_cell",
        cells=(
            *(
                {"judge": "minilm", "raters": raters, "pairs": pairs, "seed": seed}
                for seed in SEEDS
                for pairs in (40, 160, 640, 2560)
                for raters in (1, 3, 0)
            ),
        ),
        summarise=summarise_raters,
        tolerance=REAL_TOLERANCE,
        packages=REAL_PACKAGES,
        models=("minilm", "ratings"),
    ),
)  # fmt: skip
