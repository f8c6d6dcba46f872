"""Make one of the course's models: ``python -m lessons.train base``.

The command may be stopped at any moment and started again. Under ``torchrun`` it runs on several
processes or machines: ``torchrun --nproc-per-node 2 -m lessons.train base``.
"""

import sys

if __name__ == "__main__":  # the imports take seconds, in which it may be stopped as well
    from lessons import stopping

    stopping.while_importing()

import argparse
import json
import os
import shlex
import statistics
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from lessons import stopping
from lessons.fine_tuning import unlabeled
from lessons.machine import machine
from lessons.models import data_parallel, output_folders, recipes
from lessons.models.fastest_step import choose_speed
from lessons.models.progress import STATE, History
from lessons.models.steps import Speed
from lessons.models.training import train
from lessons.storage import SHIPPED


def ship(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, story: dict[str, Any], folder: Path
) -> None:
    """Write a model as it is shipped: in Hugging Face's format, whole or not at all.

    The weights are rounded to bfloat16, which halves the file. The configuration says float32, so
    that they are *computed* with in float32: without instructions for it bfloat16 is slow.

    Raises:
        ValueError: the folder holds something else than an older version of this model.
    """
    output_folders.require_own(folder, story["model"])
    place = output_folders.resolved(folder)
    with output_folders.scratch_beside(place) as scratch:
        whole = scratch / place.name
        half = deepcopy(model)
        nn.Module.to(half, torch.bfloat16)
        half.save_pretrained(whole)
        model.config.dtype = torch.float32
        model.config.architectures = [type(model).__name__]  # what libraries find the class by
        model.config.save_pretrained(whole)
        tokenizer.save_pretrained(whole)
        text = json.dumps(story, indent=1) + "\n"
        (whole / output_folders.STORY).write_text(text, encoding="utf-8")
        output_folders.put(whole, folder, story["model"])


def plan_of(name: str) -> recipes.Plan:
    """Look up how a model is made.

    Raises:
        ValueError: a model that the course does not have.
    """
    return unlabeled.PLAN if name == unlabeled.NAME else recipes.find(name)


def story(name: str, model: nn.Module, history: History, way: str) -> dict[str, Any]:
    """Tell how a model was made: what its card and its tests read.

    The losses are those of every step, in nats to four digits.
    """
    plan = plan_of(name)
    return {
        "model": name,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "plan": {key: value for key, value in asdict(plan).items() if key != "recipe"},
        "recipe": asdict(plan.recipe),
        "last_loss": round(statistics.fmean(history.losses[-100:]), 4),
        "tokens": sum(history.tokens),
        "seconds": round(sum(history.seconds)),
        "way": way,
        "memory": history.memory,
        "peak_memory_mb": history.peak_memory_mb,
        "machine": machine(),
        "versions": {
            package: version(package) for package in ("torch", "transformers", "tokenizers")
        },
        "losses": [round(loss, 4) for loss in history.losses],
    }


def make(
    name: str,
    folder: Path,
    work: Path,
    way: str = "auto",
    shard: bool = False,
    steps: int | None = None,
) -> History:
    """Train a model of the course and write it into a folder.

    Args:
        name: one of the models, as `SHIPPED` lists them.
        folder: place of the model when it is done. It may hold an older version of the model, and
            nothing else but a README.md, which stays.
        work: place of checkpoints on the way.
        way: kind of computing a step: ``fp32``, ``bf16``, with ``-compiled`` behind it, or ``auto`` for
            what is fastest here.
        shard: share weights out over the processes.
        steps: number of the recipe's steps to stop after, with nothing written into ``folder``.

    Raises:
        ValueError: a value, a folder or a checkpoint that does not fit; known before the training.
    """
    plan = plan_of(name)
    if steps is not None and not 1 <= steps <= plan.recipe.steps:
        raise ValueError(
            f"steps={steps} is out of range: from 1 to {plan.recipe.steps}, or None for all"
        )
    with data_parallel.distributed() as device, output_folders.claimed(folder, work, name):
        tokenizer = recipes.tokenizer_of(plan)
        model = recipes.untrained(plan, tokenizer)
        nn.Module.to(model, device)
        batches = recipes.batches_of(plan, tokenizer)
        chosen: Speed
        if way == "auto":
            choice = choose_speed(model, batches, plan.recipe, folder=work)
            chosen = choice
            say(choice.explain())
        else:
            precision, _, compiled = way.partition("-")
            chosen = Speed(precision, bool(compiled))
        history = train(model, batches, plan.recipe, work, speed=chosen, shard=shard, until=steps)
        if steps is None and data_parallel.rank() == 0:
            ship(model, tokenizer, story(name, model, history, str(chosen)), folder)
            say(f"wrote {folder}")
        elif steps is not None:
            done = len(history.losses)
            say(
                f"{done} of {plan.recipe.steps} steps are done; without a number of steps it goes on"
            )
    return history


def say(text: str) -> None:
    """Print on one process only. A reader who stops reading stops no training."""
    if data_parallel.rank() == 0:
        try:
            print(text, flush=True)
        except BrokenPipeError:  # once: from now on, what is said goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def positive(text: str) -> int:
    """Read a number of steps from the command line."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{number} is not more than 0")
    return number


def stopped(work: Path, arguments: Sequence[str]) -> str:
    """Say how to go on after Ctrl+C."""
    command = shlex.join(["python", "-m", "lessons.train", *arguments])
    if (work / STATE).is_file():
        return f"stopped; to go on from the last checkpoint: {command}"
    return f"stopped before the first checkpoint; to begin again: {command}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="python -m lessons.train", description="Make one of the course's models."
    )
    parser.add_argument("name", choices=SHIPPED, help="which model")
    parser.add_argument("--folder", type=Path, help="where it goes; ./NAME unless given")
    parser.add_argument(
        "--work", type=Path, help="checkpoints on the way; ./NAME-work unless given"
    )
    parser.add_argument(
        "--way",
        default="auto",
        choices=("auto", "fp32", "bf16", "fp32-compiled", "bf16-compiled"),
        help="how steps are computed; unless given, what is fastest here",
    )
    parser.add_argument("--shard", action="store_true", help="share weights out over the processes")
    parser.add_argument("--steps", type=positive, help="stop after so many steps, to go on later")
    options = parser.parse_args(given)
    folder = Path(options.name) if options.folder is None else options.folder
    work = Path(f"{options.name}-work") if options.work is None else options.work
    try:
        make(options.name, folder, work, options.way, options.shard, options.steps)
    except (OSError, ValueError, MemoryError, FloatingPointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if os.environ.get("RANK", "0") == "0":
            print(stopped(work, given), file=sys.stderr)
        return stopping.STOPPED
    return 0


if __name__ == "__main__":
    stopping.from_now_on()
    sys.exit(main())
