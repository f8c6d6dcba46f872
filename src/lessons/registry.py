"""All recorded experiments: those of each page, in the order of the lesson."""

from lessons.catalog.experiment import Experiment
from lessons.data_preparation import experiments as data_preparation
from lessons.evaluation import experiments as evaluation
from lessons.fine_tuning import experiments as fine_tuning
from lessons.fine_tuning import instruction_experiments as instruction_tuning
from lessons.fine_tuning import real_experiments as fine_tuning_real
from lessons.fine_tuning import sorting_experiments as fine_tuning_sorting
from lessons.inside_the_model import experiments as inside_the_model
from lessons.models import experiments as models
from lessons.pretraining import experiments as pretraining
from lessons.prompting import experiments as prompting
from lessons.prompting import real_experiments as real_prompting
from lessons.quantization import experiments as quantization
from lessons.reward_modeling import experiments as reward_modeling
from lessons.search import experiments as search
from lessons.serving import experiments as serving
from lessons.tokenization import experiments as tokenization

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment
    for page in (
        tokenization,
        models,
        prompting,
        real_prompting,
        data_preparation,
        inside_the_model,
        pretraining,
        fine_tuning,
        instruction_tuning,
        fine_tuning_real,
        fine_tuning_sorting,
        reward_modeling,
        quantization,
        evaluation,
        search,
        serving,
    )
    for experiment in page.EXPERIMENTS
}
