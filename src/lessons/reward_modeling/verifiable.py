"""Rewards that can be checked: reinforcement learning on sums, where a rule says what is right."""

# --8<-- [start:imports]
import random
from collections.abc import Sequence
from math import comb
from statistics import fmean

import torch

from lessons.fine_tuning.instruction_tuning import as_user, follow, instruct, load
from lessons.models.abilities import Solver
from lessons.prompting.prompts import last_number
from lessons.reward_modeling.preference_optimization import kl
from lessons.world.instructions import instructions
from lessons.world.sums import STEP_BY_STEP, terms, written_steps

# --8<-- [end:imports]


# --8<-- [start:rule]
def ask(numbers: Sequence[int]) -> str:
    """Ask for a sum in steps, in the chat template of `instruct`."""
    return as_user(f"What is {' + '.join(map(str, numbers))}? {STEP_BY_STEP}")


def rule(numbers: Sequence[int], answer: str) -> float:
    """Reward an answer: 1 if its last number is the sum, else 0. How it got there does not count."""
    return float(last_number(answer) == str(sum(numbers)))


# --8<-- [end:rule]


# --8<-- [start:advantages]
def advantages(rewards: torch.Tensor) -> torch.Tensor:
    """Compare each answer with the others to the same question.

    Args:
        rewards: shape (questions, answers).

    Returns:
        Distances from the mean of each row, in its standard deviations (n - 1), same shape; 0 where all
        answers of a row have the same reward.
    """
    distances = rewards - rewards.mean(1, keepdim=True)
    return distances / (rewards.std(1, keepdim=True) + 1e-4)


# --8<-- [end:advantages]


# --8<-- [start:sample]
@torch.no_grad()
def sample(solver: Solver, prompts: Sequence[str]) -> tuple[torch.Tensor, int, list[str]]:
    """Let a model answer at temperature 1, with all tokens allowed, in at most 96 tokens.

    Returns:
        Ids of prompts and answers, shape (prompts, tokens), padded on the left and on the right; the
        place where the answers begin; and the answers as text.
    """
    asked = solver.tokenizer(list(prompts), padding=True, padding_side="left", return_tensors="pt")
    ids = solver.model.generate(  # type: ignore[operator]
        **asked, max_new_tokens=96, do_sample=True, top_k=0
    )
    begin = asked["input_ids"].shape[1]
    return (
        ids,
        begin,
        solver.tokenizer.batch_decode(ids[:, begin:], skip_special_tokens=True),
    )


# --8<-- [end:sample]


# --8<-- [start:reinforce]
def reinforce(
    solver: Solver, asked: Sequence[Sequence[int]], learning_rate: float
) -> list[list[float]]:
    """Train a model by GRPO on sums, with the rule as the reward, and without a KL penalty.

    A step takes four sums, lets the model write eight answers to each, and makes the tokens of answers
    with a positive advantage likelier, and those of the others less likely. Each batch is used once, so
    there is nothing to clip.

    Args:
        solver: the model, changed, with its tokenizer.
        asked: sums; four of them are one step.
        learning_rate: AdamW's, the same for all steps.

    Returns:
        For each step the mean reward of each of its four sums.
    """
    optimizer = torch.optim.AdamW(solver.model.parameters(), lr=learning_rate, weight_decay=0.0)
    history = []
    for start in range(0, len(asked), 4):
        batch = [numbers for numbers in asked[start : start + 4] for _ in range(8)]
        ids, begin, answers = sample(solver, [ask(numbers) for numbers in batch])
        rewards = torch.tensor([rule(n, a) for n, a in zip(batch, answers, strict=True)]).view(
            -1, 8
        )
        history.append(rewards.mean(1).tolist())
        mask = (ids != solver.tokenizer.pad_token_id).long()
        places = (mask.cumsum(1) - 1).clamp(min=0)  # the padding on the left counts for nothing
        logits = solver.model(input_ids=ids, attention_mask=mask, position_ids=places).logits
        chosen = logits[:, begin - 1 : -1].log_softmax(-1).gather(-1, ids[:, begin:, None])[..., 0]
        written = mask[:, begin:]  # (answers, tokens): 1 for a token that the model wrote
        loss = -(advantages(rewards).view(-1, 1) * chosen * written).sum() / written.sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(solver.model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return history


# --8<-- [end:reinforce]


# --8<-- [start:pass]
def pass_at(k: int, hits: Sequence[bool]) -> float:
    """Estimate the chance that at least one of ``k`` answers is right, without bias (Chen et al. 2021).

    Args:
        k: number of answers that are allowed, at most as many as were sampled.
        hits: for each sampled answer to one question, whether it is right.

    Raises:
        ValueError: fewer answers than ``k``.
    """
    if k > len(hits):
        raise ValueError(f"pass@{k} needs {k} answers or more, got {len(hits)}")
    return 1 - comb(len(hits) - sum(hits), k) / comb(len(hits), k)


# --8<-- [end:pass]


TRIES = (1, 2, 4, 8, 16)


def held_out(count: int, n: int) -> list[tuple[int, ...]]:
    """Make ``n`` different held-out sums of ``count`` numbers, always the same ones."""
    rng = random.Random(f"sums to check {count}")
    asked: dict[tuple[int, ...], None] = {}
    while len(asked) < n:
        asked.setdefault(terms(rng, "held-out", count))
    return list(asked)


def sampled_hits(solver: Solver, asked: Sequence[Sequence[int]], tries: int) -> list[list[bool]]:
    """Sample answers to each sum, and say which are right."""
    hits = []
    for start in range(0, len(asked), 4):
        batch = [numbers for numbers in asked[start : start + 4] for _ in range(tries)]
        answers = sample(solver, [ask(numbers) for numbers in batch])[2]
        flat = [rule(numbers, answer) == 1 for numbers, answer in zip(batch, answers, strict=True)]
        hits += [flat[i : i + tries] for i in range(0, len(flat), tries)]
    return hits


def measured(solver: Solver) -> dict[str, float]:
    """Measure what a model does with held-out sums of five and six, and with instructions.

    Returns:
        For 100 sums of five the share that the likeliest answer gets right, ``greedy``, and that in which
        each step is right, too, ``steps``; ``pass.1`` to ``pass.16`` on the first 50; ``six.greedy``,
        ``six.pass.1`` and so on for as many sums of six, with eight answers each. Of 300 held-out
        instructions the share that is followed: of those that ask for a sum of up to four numbers,
        ``told.sums``, and of all others, ``told.others``, whose number is ``told.n``.
    """
    scores = {}
    for name, count, tries in (("", 5, TRIES[-1]), ("six.", 6, 8)):
        asked = held_out(count, 100)
        answers = solver.answers([ask(numbers) for numbers in asked], room=96)
        both = list(zip(asked, answers, strict=True))
        scores[f"{name}greedy"] = fmean(rule(numbers, answer) for numbers, answer in both)
        scores[f"{name}steps"] = fmean(written_steps(numbers) == answer for numbers, answer in both)
        hits = sampled_hits(solver, asked[:50], tries)
        for k in TRIES[: TRIES.index(tries) + 1]:
            scores[f"{name}pass.{k}"] = fmean(pass_at(k, sums) for sums in hits)
    followed = follow(solver, instructions(1_000_000, 300, "held-out"))
    others = [score for kind, score in followed.items() if kind not in ("add", "all")]
    scores["told.sums"] = followed["add"].value
    scores["told.n"] = sum(score.n for score in others)
    scores["told.others"] = sum(score.value * score.n for score in others) / scores["told.n"]
    return scores


def verifiable_cell(learning_rate: float, steps: int, seed: int) -> dict[str, float]:
    """Train `instruct` by GRPO on sums of five numbers, and measure what it does then.

    Args:
        learning_rate: AdamW's.
        steps: number of them, with four sums and eight answers to each; 0 leaves `instruct` as it is.
        seed: number that fixes the sums of the training and all random answers.

    Returns:
        What `measured` says; ``kl``, the divergence from `instruct` for each answer, in nats; for each
        ten steps ``reward.10`` and so on, the mean reward, and ``idle.10`` and so on, the share of sums
        whose eight answers were all right or all wrong.
    """
    torch.manual_seed(seed)
    solver, start = load(instruct()), load(instruct()).model
    rng = random.Random(f"sums to learn from {seed}")
    history = reinforce(solver, [terms(rng, "train", 5) for _ in range(4 * steps)], learning_rate)
    values = measured(solver)
    for i in range(0, steps, 10):
        means = [mean for step in history[i : i + 10] for mean in step]
        values[f"reward.{i + 10}"] = fmean(means)
        values[f"idle.{i + 10}"] = fmean(mean in (0, 1) for mean in means)
    prompts = [ask(numbers) for numbers in held_out(5, 100)]
    return {**values, "kl": kl(solver, start, prompts, sample(solver, prompts)[2])}
