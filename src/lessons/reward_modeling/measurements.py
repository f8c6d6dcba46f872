"""What is recorded for the page on reward modeling: cells of its experiments."""

from functools import cache
from statistics import fmean

import datasets
from transformers.utils import logging

from lessons.fine_tuning.instruction_tuning import as_user, load
from lessons.reward_modeling.preference_optimization import best_of, dpo, look
from lessons.reward_modeling.preferences import (
    END,
    Annotator,
    Comparison,
    agreement,
    compare,
    guideline_quality,
    kappa,
    majority,
    requests,
    right,
    talker,
    write,
)
from lessons.reward_modeling.reward_model import Judge, reward_model, rows, train_reward_model

PAIRS = 300


@cache
def pairs_of(seed: int, split: str = "train") -> list[Comparison]:
    """Let `talker` answer 300 requests twice; held out are always the same ones."""
    datasets.disable_progress_bars()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return compare(load(talker()), requests(seed, PAIRS, split), seed)


def judge_of(pairs: list[Comparison], labels: list[int]) -> Judge:
    """Train a reward model on labels."""
    model, tokenizer = reward_model(talker()), load(talker()).tokenizer
    train_reward_model(model, tokenizer, rows(pairs, labels))
    return Judge(model, tokenizer)


@cache
def usual_judge(seed: int) -> Judge:
    """Train a reward model on 300 pairs with the labels of one annotator."""
    return judge_of(pairs_of(seed), Annotator().label(pairs_of(seed), seed))


def ranked_right(judge: Judge, pairs: list[Comparison]) -> float:
    """Return the share of pairs with a better answer in which the judge rates that one higher."""
    gaps = [first - second for first, second in (pair.qualities for pair in pairs)]
    compared = zip(judge.margins(pairs), gaps, strict=True)
    return fmean((margin > 0) == (gap > 0) for margin, gap in compared if gap)


def noise_cell(noise: float, pairs: int, votes: int, seed: int) -> dict[str, float]:
    """Train a reward model on the labels of people who are more or less sure.

    Args:
        noise: each annotator's.
        pairs: number of those that each of them compares.
        votes: number of annotators for each pair; the majority counts.
        seed: number that fixes the requests, the answers and the labels.

    Returns:
        ``agreement`` and ``kappa`` of two annotators; ``labels``, the share of labels that prefer the
        better answer where one is better; ``accuracy``, that of the reward model on 300 held-out pairs.
    """
    compared, judged = pairs_of(seed)[:pairs], Annotator(noise=noise)
    first_labels, second_labels = (
        judged.label(pairs_of(seed), 10 * seed + person) for person in (8, 9)
    )
    labels = majority([judged.label(compared, 10 * seed + person) for person in range(votes)])
    gaps = [first - second for first, second in (pair.qualities for pair in compared)]
    return {
        "agreement": agreement(first_labels, second_labels),
        "kappa": kappa(first_labels, second_labels),
        "labels": fmean(
            (g > 0) == (label == 0) for g, label in zip(gaps, labels, strict=True) if g
        ),
        "accuracy": ranked_right(judge_of(compared, labels), pairs_of(1_000_000, "held-out")),
    }


TRIES = (1, 2, 4, 8, 16, 32)


def best_cell(seed: int) -> dict[str, float]:
    """Choose the best of n answers by the reward, for 50 held-out requests with 32 answers each.

    Returns:
        ``reward.1``, ``right.1``, ``quality.1``, ``words.1``, ``reward.2`` and so on, means over the
        requests; and ``ceiling.1`` and so on, the share of right answers if who chooses knew them.
    """
    judge, asked = usual_judge(seed), requests(2_000_000, 50, "held-out")
    prompts = [as_user(request.prompt) for request in asked for _ in range(TRIES[-1])]
    answers = write(load(talker()), prompts, seed)
    both = [(asked[i // TRIES[-1]], answer) for i, answer in enumerate(answers)]
    rewards = judge.rewards(prompts, answers)
    scored = {
        "reward": rewards,
        "right": [float(right(request, answer)) for request, answer in both],
        "quality": [guideline_quality(request, answer) for request, answer in both],
        "words": [float(len(answer.removesuffix(END).split())) for answer in answers],
    }
    groups = range(0, len(answers), TRIES[-1])

    def mean(n: int, by: list[float], values: list[float]) -> float:
        return fmean(best_of(n, by[i : i + TRIES[-1]], values[i : i + TRIES[-1]]) for i in groups)

    scores = {
        f"{name}.{n}": mean(n, rewards, per_answer)
        for n in TRIES
        for name, per_answer in scored.items()
    }
    return scores | {f"ceiling.{n}": mean(n, scored["right"], scored["right"]) for n in TRIES}


def dpo_cell(learning_rate: float, epochs: int, seed: int) -> dict[str, float]:
    """Train `talker` by DPO, on the pairs and labels of a reward model, and look at its answers."""
    policy, pairs = load(talker()), pairs_of(seed)
    data = rows(pairs, Annotator().label(pairs, seed))
    dpo(policy.model, policy.tokenizer, data, learning_rate, seed=seed, epochs=epochs)
    asked = requests(2_000_000, 100, "held-out")
    return look(policy, usual_judge(seed), load(talker()).model, asked, seed)
