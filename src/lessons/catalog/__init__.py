"""All recorded experiments, a module for each page or group of pages."""

from lessons.catalog import (
    data_preparation,
    evaluation,
    finetuning,
    instruction_tuning,
    models,
    pretraining,
    prompting,
    quantization,
    reward_modeling,
    tokenization,
)
from lessons.catalog.experiment import Experiment

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment
    for page in (
        tokenization,
        models,
        prompting,
        data_preparation,
        pretraining,
        finetuning,
        instruction_tuning,
        reward_modeling,
        quantization,
        evaluation,
    )
    for experiment in page.EXPERIMENTS
}
