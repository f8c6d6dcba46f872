"""Recorded for the page on reward modeling."""

from lessons.catalog.experiment import SEEDS, Experiment
from lessons.catalog.summaries import SpreadBy

PACKAGES = ("accelerate", "datasets", "tokenizers", "torch", "transformers", "trl")
WEIGHTS = ("lessons/checkpoints/base/model.safetensors",)


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
)  # fmt: skip
