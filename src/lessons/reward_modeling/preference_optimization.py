"""From a reward to a better model: best of n, DPO, and reinforcement learning with GRPO."""

# --8<-- [start:imports]
import warnings
from collections.abc import Callable, Sequence
from math import comb
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import torch
from datasets import Dataset
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainerCallback,
)
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DPOTrainer
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer

from lessons.fine_tuning.instruction_tuning import as_user, load
from lessons.models.abilities import Solver
from lessons.reward_modeling.preferences import (
    END,
    ROOM,
    Annotator,
    compare,
    guideline_quality,
    requests,
    right,
    talker,
    write,
)
from lessons.reward_modeling.reward_model import Judge, encode, rows
from lessons.storage import cached
from lessons.world.guidelines import Instruction

# --8<-- [end:imports]


# --8<-- [start:best]
def best_of(n: int, rewards: Sequence[float], values: Sequence[float]) -> float:
    """Return what the answer with the highest reward of n is worth, on average over all choices of n.

    Args:
        n: number of answers to choose from, at most as many as there are.
        rewards: scores of the answers to one prompt; the choice goes by these.
        values: scores of the same answers that are reported.
    """
    order = sorted(range(len(rewards)), key=lambda i: rewards[i])
    # the k-th lowest wins where the other n - 1 come from the k below it
    wins = [comb(k, n - 1) for k in range(len(order))]
    return sum(win * values[i] for win, i in zip(wins, order, strict=True)) / sum(wins)


# --8<-- [end:best]


# --8<-- [start:kl]
@torch.no_grad()
def kl(
    policy: Solver, start: PreTrainedModel, prompts: Sequence[str], answers: Sequence[str]
) -> float:
    """Estimate how far a policy has moved from where it started: the KL divergence per answer, in nats.

    At each token of the answers, which the policy wrote, the two whole distributions over the next token
    are compared; the sums over an answer are averaged over the answers.
    """
    total = 0.0
    for i in range(0, len(answers), 50):
        batch = encode(policy.tokenizer, prompts[i : i + 50], answers[i : i + 50])
        new, old = (
            model(**batch).logits[:, :-1].log_softmax(-1) for model in (policy.model, start)
        )
        each = (new.exp() * (new - old)).sum(-1)  # (answers, tokens - 1)
        for row, prompt, mask in zip(
            each, prompts[i : i + 50], batch["attention_mask"], strict=True
        ):
            begin = len(policy.tokenizer(prompt)["input_ids"]) - 1
            total += row[begin : int(mask.sum()) - 1].sum().item()
    return total / len(answers)


# --8<-- [end:kl]


# --8<-- [start:look]
def look(
    policy: Solver,
    judge: Judge,
    start: PreTrainedModel,
    asked: Sequence[Instruction],
    seed: int = 0,
) -> dict[str, float]:
    """Let a policy write an answer to each request, and measure the answers.

    Returns:
        Means over the answers: ``reward`` by the judge; ``right``, the share of right ones; ``quality`` by
        the guidelines, and ``good``, the share that passes all of them; ``words``; ``ended``, the share
        that came to an end; ``kl`` in nats.
    """
    prompts = [as_user(request.prompt) for request in asked]
    answers = write(policy, prompts, seed)
    both = list(zip(asked, answers, strict=True))
    qualities = [guideline_quality(request, answer) for request, answer in both]
    return {
        "reward": fmean(judge.rewards(prompts, answers)),
        "right": fmean(right(request, answer) for request, answer in both),
        "quality": fmean(qualities),
        "good": fmean(value == 1 for value in qualities),
        "words": fmean(len(answer.removesuffix(END).split()) for answer in answers),
        "ended": fmean(answer.endswith(END) for answer in answers),
        "kl": kl(policy, start, prompts, answers),
    }


# --8<-- [end:look]


# --8<-- [start:dpo]
def run(trainer: Trainer) -> None:
    """Train, without the log on the screen, and without a warning that is trl's own affair."""
    trainer.remove_callback(PrinterCallback)  # it prints every log; the trainer keeps it anyway
    with warnings.catch_warnings():  # trl asks for a setting by a name that transformers renamed
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is", FutureWarning)
        trainer.train()


def dpo(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    data: Dataset,
    learning_rate: float = 5e-5,
    beta: float = 0.1,
    seed: int = 0,
    epochs: int = 1,
) -> list[dict[str, float]]:
    """Train a policy on preferences directly, in batches of 16 pairs.

    Args:
        model: policy loaded from a folder, changed, and left in evaluation mode. trl loads the same
            folder again, to compare with.
        tokenizer: the model's own.
        data: rows with ``prompt``, ``chosen`` and ``rejected``.
        learning_rate: peak, after a warm-up of a tenth of the steps; then it falls to zero. This one is for
            small models; for those of usual size trl's default is 1e-6.
        beta: price of moving away from the start.
        seed: number that fixes the order of the rows.
        epochs: times that all rows are read.

    Returns:
        What trl logs of each step: ``loss``, ``rewards/accuracies`` and more.
    """
    with TemporaryDirectory() as folder:
        args = DPOConfig(
            output_dir=folder, seed=seed, num_train_epochs=epochs, per_device_train_batch_size=16,
            learning_rate=learning_rate, lr_scheduler_type="linear", warmup_steps=0.1, beta=beta,
            max_length=256, logging_steps=1, use_cpu=True, bf16=False, activation_checkpointing=False,
            save_strategy="no", report_to="none", disable_tqdm=True,
        )  # fmt: skip
        trainer = DPOTrainer(model=model, args=args, train_dataset=data, processing_class=tokenizer)
        run(trainer)
    model.eval()  # type: ignore[no-untyped-call]
    return [entry for entry in trainer.state.log_history if "loss" in entry]


# --8<-- [end:dpo]


# --8<-- [start:grpo]
class Visit(TrainerCallback):
    """Calls a function before the first step of a training and after every fifth."""

    def __init__(self, visit: Callable[[int], None]) -> None:
        self.visit = visit

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """Look at the start; transformers passes all of these, by these names."""
        if state.global_step == 0:
            self.visit(0)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """Look after every fifth step."""
        if state.global_step % 5 == 0:
            self.visit(state.global_step)


def grpo(
    model: PreTrainedModel,
    judge: Judge,
    asked: Sequence[Instruction],
    steps: int,
    beta: float,
    learning_rate: float = 5e-5,
    seed: int = 0,
    visit: Callable[[int], None] = lambda _step: None,
) -> None:
    """Train a policy by reinforcement: it writes, the judge rates, what is rated higher gets likelier.

    Each step has four requests with eight answers each. The loss is trl's default of today, ``dapo``
    (Yu et al. 2025, https://arxiv.org/abs/2503.14476), which averages over all tokens of a step; that of
    Shao et al. 2024 averages over each answer first.

    Args:
        model: policy loaded from a folder, changed, and left in evaluation mode.
        judge: source of the reward of each answer.
        asked: requests to answer.
        steps: number of them.
        beta: price of the divergence from the start, for each token, in units of the advantage: trl
            divides a reward's distance from the mean of its group by the group's standard deviation,
            so that rewards ten times as large change nothing. 0 for no price.
        learning_rate: the same for all steps; trl's default for models of usual size is 1e-6.
        seed: number that fixes the random answers and the order.
        visit: function called with the number of steps, at the start and after every fifth.
    """

    def rewards(
        prompts: list[str], completion_ids: list[list[int]], **_: Any
    ) -> list[float | None]:
        return [*judge.rewards(prompts, judge.tokenizer.batch_decode(completion_ids))]

    with TemporaryDirectory() as folder:
        args = GRPOConfig(
            output_dir=folder, seed=seed, max_steps=steps, per_device_train_batch_size=32,
            num_generations=8, max_completion_length=ROOM, temperature=1.0, beta=beta,
            learning_rate=learning_rate, lr_scheduler_type="constant", logging_steps=10,
            use_cpu=True, bf16=False, activation_checkpointing=False,
            save_strategy="no", report_to="none", disable_tqdm=True,
        )  # fmt: skip
        trainer = GRPOTrainer(
            model=model, reward_funcs=rewards, args=args, processing_class=judge.tokenizer,
            train_dataset=Dataset.from_list([{"prompt": as_user(request.prompt)} for request in asked]),
            callbacks=[Visit(visit)],
        )  # fmt: skip
        trainer.remove_callback(PrinterCallback)
        with (
            warnings.catch_warnings()
        ):  # trl asks for a setting by a name that transformers renamed
            warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is", FutureWarning)
            trainer.train()
    model.eval()  # type: ignore[no-untyped-call]


# --8<-- [end:grpo]


# --8<-- [start:preferred]
PAIRS = 300  # comparisons that the course's `preferred` learns from


def make_preferred(folder: Path) -> None:
    """Let `talker` answer requests twice, let an annotator choose, train by DPO, and save."""
    solver = load(talker())
    pairs = compare(solver, requests(0, PAIRS))
    dpo(solver.model, solver.tokenizer, rows(pairs, Annotator().label(pairs, seed=0)))
    solver.model.save_pretrained(folder)
    solver.tokenizer.save_pretrained(folder)


def preferred() -> Path:
    """Return the folder of `preferred`; the first call trains it, and `talker` if need be."""
    return cached("preferred", make_preferred, settings={}, starts_from="base")


# --8<-- [end:preferred]
