"""Make one of the course's models: ``python -m lessons.train base``.

The command may be stopped at any moment and started again. Under ``torchrun`` it runs on several
processes or machines: ``torchrun --nproc-per-node 2 -m lessons.train base``.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from lessons import recipes, scale_out
from lessons.machine import machine
from lessons.progress import History
from lessons.speed import choose_speed
from lessons.steps import Speed
from lessons.training import train


def ship(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, story: dict[str, Any], folder: Path
) -> None:
    """Write a model as it is shipped: in Hugging Face's format, whole or not at all.

    The weights are rounded to bfloat16, which halves the file. The configuration says float32, so
    that they are *computed* with in float32: without instructions for it bfloat16 is slow.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        whole = Path(scratch) / folder.name
        half = deepcopy(model)
        nn.Module.to(half, torch.bfloat16)
        half.save_pretrained(whole)
        model.config.dtype = torch.float32
        model.config.save_pretrained(whole)
        tokenizer.save_pretrained(whole)
        text = json.dumps(story, indent=1) + "\n"
        (whole / "training.json").write_text(text, encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        whole.replace(folder)


def story(name: str, model: nn.Module, history: History, way: str) -> dict[str, Any]:
    """Tell how a model was made: what its card and its tests read.

    The losses are those of every step, in nats to four digits.
    """
    plan = recipes.find(name)
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
        name: ``base`` or ``mlm``.
        folder: where the model goes when it is done.
        work: where checkpoints go on the way.
        way: how steps are computed: ``fp32``, ``bf16``, with ``-compiled`` behind it, or ``auto`` for
            what is fastest here.
        shard: share weights out over the processes.
        steps: stop after so many of the recipe's steps, and write nothing into ``folder``.
    """
    plan = recipes.find(name)
    tokenizer = recipes.tokenizer_of(plan)
    with scale_out.distributed() as device:
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
        if steps is None and scale_out.rank() == 0:
            ship(model, tokenizer, story(name, model, history, str(chosen)), folder)
            say(f"wrote {folder}")
    return history


def say(text: str) -> None:
    """Print on one process only."""
    if scale_out.rank() == 0:
        print(text, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m lessons.train", description="Make one of the course's models."
    )
    parser.add_argument("name", choices=tuple(recipes.PLANS), help="which model")
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
    parser.add_argument("--steps", type=int, help="stop after so many steps, to go on later")
    options = parser.parse_args(arguments)
    folder = options.folder or Path(options.name)
    work = options.work or Path(f"{options.name}-work")
    try:
        make(options.name, folder, work, options.way, options.shard, options.steps)
    except (OSError, ValueError, MemoryError, FloatingPointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
