"""A reward model: it reads an answer and says how much people would like it."""

# --8<-- [start:imports]
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from datasets import Dataset
from torch import nn
from transformers import (
    AutoConfig,
    BatchEncoding,
    GPT2ForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    get_linear_schedule_with_warmup,
)

from lessons.fine_tuning.instruction_tuning import as_user, load
from lessons.reward_modeling.preferences import END, Comparison

# --8<-- [end:imports]


# --8<-- [start:model]
def reward_model(folder: Path) -> GPT2ForSequenceClassification:
    """Put a new head on the body of a causal model: one number for a whole text.

    The head is a single row of weights without a bias, and starts at zero, so that every text begins
    with the same reward, 0.

    Args:
        folder: the causal model's, a GPT-2.
    """
    config = AutoConfig.from_pretrained(folder, num_labels=1)  # knows the id of the padding token
    model = GPT2ForSequenceClassification(config)
    body = load(folder).model.base_model
    model.transformer.load_state_dict(body.state_dict())
    nn.init.zeros_(model.score.weight)
    model.eval()  # type: ignore[no-untyped-call]
    return model


def encode(
    tokenizer: PreTrainedTokenizerBase, prompts: Sequence[str], answers: Sequence[str]
) -> BatchEncoding:
    """Turn prompts with their answers into a batch; the padding stands on the right.

    The head reads the last token that is no padding: the end-of-text token of a finished answer.
    """
    texts = [prompt + answer for prompt, answer in zip(prompts, answers, strict=True)]
    batch: BatchEncoding = tokenizer(texts, padding=True, padding_side="right", return_tensors="pt")
    return batch


# --8<-- [end:model]


# --8<-- [start:rows]
def rows(pairs: Sequence[Comparison], labels: Sequence[int]) -> Dataset:
    """Turn comparisons and their labels into rows for trl: a prompt, and what was liked better.

    Args:
        pairs: answers that were compared.
        labels: place of the preferred answer in each pair, 0 or 1.
    """
    examples = []
    for pair, label in zip(pairs, labels, strict=True):
        chosen, rejected = (
            answer.removesuffix(END) + END for answer in pair.answers[:: 1 - 2 * label]
        )
        examples.append(
            {"prompt": as_user(pair.asked.prompt), "chosen": chosen, "rejected": rejected}
        )
    return Dataset.from_list(examples)


# --8<-- [end:rows]


# --8<-- [start:loss]
def pair_loss(chosen: torch.Tensor, rejected: torch.Tensor) -> torch.Tensor:
    """Return the mean loss of Bradley and Terry: how surprising the choices are, in nats.

    Args:
        chosen: rewards of the preferred answers, shape (pairs,).
        rejected: rewards of the others, shape (pairs,).
    """
    return -nn.functional.logsigmoid(chosen - rejected).mean()


# --8<-- [end:loss]


# --8<-- [start:scores]
def bradley_terry(choices: Sequence[tuple[int, int]], count: int, pull: float = 0.1) -> list[float]:
    """Find the rewards of single answers that make some choices between them least surprising.

    It adds to the loss of Bradley and Terry (1952, https://doi.org/10.2307/2334029), summed over the
    choices, half of ``pull`` for each squared reward. Without that, an answer that always wins would get
    a reward without end; with it the rewards are unique, and their mean is 0.

    Args:
        choices: for each choice the numbers of two answers, the preferred one first; repeats count again.
        count: answers, numbered from 0.
        pull: strength with which rewards are drawn to 0, above 0.

    Returns:
        The reward of each answer; 0 for one that was never compared.

    Raises:
        ValueError: no pull.
    """
    if pull <= 0:
        raise ValueError(
            f"pull {pull} must be above 0: an answer that always wins would have no reward"
        )
    rewards = torch.zeros(count, dtype=torch.float64, requires_grad=True)
    chosen, rejected = torch.tensor(choices, dtype=torch.long).reshape(-1, 2).T
    optimizer = torch.optim.LBFGS(
        [rewards], max_iter=200, tolerance_grad=1e-9, tolerance_change=1e-12,
        line_search_fn="strong_wolfe",
    )  # fmt: skip

    def surprise() -> torch.Tensor:
        optimizer.zero_grad()
        total = pull / 2 * rewards.square().sum()
        if choices:
            total = total + len(choices) * pair_loss(rewards[chosen], rewards[rejected])
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(surprise)  # type: ignore[no-untyped-call]
    return [float(reward) for reward in rewards.detach()]


# --8<-- [end:scores]


# --8<-- [start:train]
def train_reward_model(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    data: Dataset,
    learning_rate: float = 3e-4,
    batch: int = 16,
) -> list[float]:
    """Train a reward model on pairs, once through, in the order in which they come.

    Args:
        model: reward model; changed, and left in evaluation mode.
        tokenizer: the model's own.
        data: rows with ``prompt``, ``chosen`` and ``rejected``.
        learning_rate: peak after a warm-up, a tenth of the steps; from there it falls to zero.
        batch: pairs per step.

    Returns:
        The loss of each step, in nats per pair.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.0)
    steps = -(-len(data) // batch)  # the last batch may be a small one
    schedule = get_linear_schedule_with_warmup(  # type: ignore[no-untyped-call]
        optimizer, num_warmup_steps=-(-steps // 10), num_training_steps=steps
    )
    losses = []
    for start in range(0, len(data), batch):
        examples = data[start : start + batch]
        both = encode(tokenizer, examples["prompt"] * 2, examples["chosen"] + examples["rejected"])
        chosen, rejected = model(**both).logits[:, 0].chunk(2)  # (pairs,) each
        loss = pair_loss(chosen, rejected)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


# --8<-- [end:train]


# --8<-- [start:judge]
@dataclass(frozen=True)
class Judge:
    """A reward model with its tokenizer."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase

    @torch.no_grad()
    def rewards(self, prompts: Sequence[str], answers: Sequence[str]) -> list[float]:
        """Score answers; texts of similar length share a batch, so that little is padded."""
        rewards, order = (
            [0.0] * len(answers),
            sorted(range(len(answers)), key=lambda i: len(answers[i])),
        )
        for start in range(0, len(order), 100):
            places = order[start : start + 100]
            batch = encode(
                self.tokenizer, [prompts[i] for i in places], [answers[i] for i in places]
            )
            for place, reward in zip(
                places, self.model(**batch).logits[:, 0].tolist(), strict=True
            ):
                rewards[place] = reward
        return rewards

    def margins(self, pairs: Sequence[Comparison]) -> list[float]:
        """Return by how much the first answer of each pair is rated above the second."""
        prompts = [as_user(pair.asked.prompt) for pair in pairs]
        first, second = (
            self.rewards(prompts, [pair.answers[place] for pair in pairs]) for place in (0, 1)
        )
        return [a - b for a, b in zip(first, second, strict=True)]


# --8<-- [end:judge]
