"""A reward pushed too far: reinforcement learning against a reward model, watched on the way."""

from lessons.fine_tuning.instruction_tuning import load
from lessons.reward_modeling.measurements import judge_of, pairs_of
from lessons.reward_modeling.preference_optimization import grpo, look
from lessons.reward_modeling.preferences import Annotator, requests, talker


def grpo_cell(pairs: int, beta: float, steps: int, seed: int) -> dict[str, float]:
    """Train `talker` by GRPO, and look at its answers at the start and after every fifth step.

    Args:
        pairs: number of those that the reward model learns from.
        beta: price of the divergence.
        steps: number of them in GRPO.
        seed: number that fixes the pairs, the labels, the requests and the random answers.

    Returns:
        What `look` measures on 100 held-out requests: ``reward.0``, ..., ``reward.5`` and so on.
    """
    compared = pairs_of(seed)[:pairs]
    judge = judge_of(compared, Annotator().label(compared, seed))
    policy, start = load(talker()), load(talker()).model
    asked = requests(2_000_000, 100, "held-out")
    looks: dict[str, float] = {}

    def visit(step: int) -> None:
        scores = look(policy, judge, start, asked, seed)
        looks.update({f"{name}.{step}": value for name, value in scores.items()})

    grpo(policy.model, judge, requests(seed + 100, 400), steps, beta, seed=seed, visit=visit)
    return looks
