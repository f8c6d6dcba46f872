"""Instruction tuning: from a model that continues text to one that does as it is told."""

# --8<-- [start:imports]
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from datasets import Dataset
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
)
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from lessons.intervals import Score, share
from lessons.models.abilities import Solver
from lessons.storage import cached, checkpoint
from lessons.world.guidelines import Instruction, is_good
from lessons.world.instructions import instructions

# --8<-- [end:imports]


# --8<-- [start:template]
def as_user(prompt: str) -> str:
    """Put an instruction into the form in which the model is asked, up to where its answer begins."""
    return prompt if prompt.startswith("User: ") else f"User: {prompt}\nAssistant:"


def demonstrations(asked: Sequence[Instruction]) -> Dataset:
    """Turn instructions and their good answers into rows for trl: a prompt, and its completion.

    The space stands at the beginning of the answer and not after the colon, because the tokenizer
    joins a space to the word after it.
    """
    return Dataset.from_list(
        [{"prompt": as_user(request.prompt), "completion": f" {request.good}"} for request in asked]
    )


# --8<-- [end:template]


# --8<-- [start:tune]
def tune(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    data: Dataset,
    seed: int = 0,
    learning_rate: float = 3e-4,
    sampling: str = "random",
) -> list[float]:
    """Train a causal model on demonstrations, once through, in batches of 16.

    Only the tokens of the answers are scored: trl sees a prompt and a completion, and gives the
    prompt's tokens the label -100. It adds the end-of-text token, so that the model learns to stop.

    Args:
        model: causal model; changed, and left in evaluation mode.
        tokenizer: the model's own.
        data: rows with ``prompt`` and ``completion``.
        seed: number that fixes the order of the rows.
        learning_rate: peak after the warm-up, a tenth of the steps; from there it falls to zero.
        sampling: ``random``, or ``group_by_length``: rows of similar length in one batch.

    Returns:
        The mean loss of every ten steps, in nats per scored token.

    Raises:
        ValueError: another ``sampling``, which trl would take for ``random``.
    """
    if sampling not in ("random", "group_by_length"):
        raise ValueError(f"no sampling {sampling!r}: take 'random' or 'group_by_length'")
    with TemporaryDirectory() as folder:
        args = SFTConfig(
            output_dir=folder, seed=seed, num_train_epochs=1, per_device_train_batch_size=16,
            learning_rate=learning_rate, lr_scheduler_type="linear", warmup_steps=0.1,
            max_length=256, train_sampling_strategy=sampling, logging_steps=10,
            use_cpu=True, bf16=False, activation_checkpointing=False,  # bf16: slow on most laptops
            save_strategy="no", report_to="none", disable_tqdm=True,
        )  # fmt: skip
        trainer = SFTTrainer(model=model, args=args, train_dataset=data, processing_class=tokenizer)
        trainer.remove_callback(PrinterCallback)  # it prints every log; the losses are returned
        trainer.train()
    model.eval()  # type: ignore[no-untyped-call]
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


# --8<-- [end:tune]


# --8<-- [start:follow]
def follow(solver: Solver, asked: Sequence[Instruction]) -> dict[str, Score]:
    """Let a model answer instructions greedily, and score the answers by the rules of the world.

    Returns:
        The share of answers that pass all checks: of each kind of instruction, and of ``all``.
    """
    answers = solver.answers([as_user(request.prompt) for request in asked], room=80)
    hits = defaultdict(list)
    for request, answer in zip(asked, answers, strict=True):
        good = is_good(request, answer)
        hits[request.kind].append(good)
        hits["all"].append(good)
    return {kind: share(followed) for kind, followed in sorted(hits.items())}


# --8<-- [end:follow]


COUNT = 2000  # demonstrations that the course's `instruct` learns from


def load(folder: Path) -> Solver:
    """Load a causal model and its tokenizer, in float32 and ready to answer."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return Solver(model, AutoTokenizer.from_pretrained(folder))


def make_instruct(folder: Path) -> None:
    """Tune `base` on the world's instructions, and save the result with its tokenizer."""
    solver = load(checkpoint("base"))
    tune(solver.model, solver.tokenizer, demonstrations(instructions(0, COUNT)))
    solver.model.save_pretrained(folder)
    solver.tokenizer.save_pretrained(folder)


def instruct() -> Path:
    """Return the folder of `instruct`; the first call trains it, about a minute."""
    return cached("instruct", make_instruct, settings={}, starts_from="base")


def instruction_cell(
    count: int, learning_rate: float, seed: int, sampling: str = "random"
) -> dict[str, float]:
    """Tune `base` on demonstrations; score it on other instructions of training and on held-out ones.

    Args:
        count: number of demonstrations; 0 leaves `base` as it is.
        learning_rate: peak, as in `tune`.
        seed: number that fixes the demonstrations and their order.
        sampling: order of the rows, as in `tune`.

    Returns:
        Share of good answers: ``validation``, to 300 instructions to choose settings by; ``all``, to 300
        held-out ones; and to those of each kind.
    """
    solver = load(checkpoint("base"))
    if count:
        data = demonstrations(instructions(seed, count))
        tune(solver.model, solver.tokenizer, data, seed, learning_rate, sampling)
    validation = follow(solver, instructions(1_000_000, 300))["all"].value
    held_out = follow(solver, instructions(1_000_000, 300, "held-out"))
    return {"validation": validation, **{kind: score.value for kind, score in held_out.items()}}
