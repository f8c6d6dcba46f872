"""Recorded for the page on reward modeling."""

from collections.abc import Sequence

from lessons.catalog.experiment import SEEDS, Experiment, Record, spread

PACKAGES = ("accelerate", "datasets", "tokenizers", "torch", "transformers", "trl")
WEIGHTS = ("lessons/checkpoints/base/model.safetensors",)


def branch(parameters: Record) -> str:
    """Name the setting of a cell, without its seed: ``noise0_2_pairs300_votes1``."""
    parts = (f"{name}{of:g}" for name, of in parameters.items() if name != "seed")
    return "_".join(parts).replace(".", "_") or "all"


def summarise(cells: Sequence[Record]) -> Record:
    """Gather the seeds: setting -> score -> spread; ``reward.8`` becomes reward -> at8."""
    found: dict[str, dict[str, list[float]]] = {}
    for cell in cells:
        for score, value in cell["values"].items():
            scores = found.setdefault(branch(cell["parameters"]), {})
            scores.setdefault(score, []).append(value)
    summary: Record = {}
    for setting, scores in found.items():
        for score, values in scores.items():
            name, _, place = score.partition(".")
            of = summary.setdefault(setting, {})
            if place:
                of.setdefault(name, {})[f"at{place}"] = spread(values)
            else:
                of[name] = spread(values)
    return summary


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
        summarise=summarise,
        tolerance=0.1,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
    Experiment(
        name="reward_modeling_best",
        question="Is the best of n by the reward model a better answer?",
        measure="lessons.reward_modeling.measurements:best_cell",
        cells=tuple({"seed": seed} for seed in SEEDS),
        summarise=summarise,
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
        summarise=summarise,
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
        summarise=summarise,
        tolerance=0.1,
        packages=PACKAGES,
        data=WEIGHTS,
    ),
)  # fmt: skip
