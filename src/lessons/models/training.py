"""One training loop: for GPT and BERT, on one process or several, stopped and started again.

The loop knows a model as something that takes ``input_ids`` and returns an object with ``logits``,
and the data as a function from a step's number to its batch.
"""

# --8<-- [start:imports]
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from lessons.machine import peak_memory
from lessons.models import data_parallel, progress
from lessons.models.muon import Muon
from lessons.models.progress import History
from lessons.models.steps import PLAIN, Batches, Speed, backward, check, scorer

# --8<-- [end:imports]


# --8<-- [start:recipe]
@dataclass(frozen=True)
class Recipe:
    """What decides about a run's losses, beside the model and the data.

    Attributes:
        steps: optimizer steps.
        learning_rate: at its peak.
        warmup: steps in which the rate rises to its peak.
        floor: the rate at the end, as a share of the peak.
        weight_decay: share of a matrix taken away per step, times the rate.
        clip: longest gradient; a longer one is scaled down to it. ``math.inf``: never.
        optimizer: ``adamw`` or ``muon``.
        causal: predict the next token; without it labels stand in place, for masked language models.
        save_every: steps between checkpoints. This one may change between a run's parts.
    """

    steps: int
    learning_rate: float
    warmup: int = 100
    floor: float = 0.05
    weight_decay: float = 0.1
    clip: float = 1.0
    optimizer: str = "adamw"
    causal: bool = True
    save_every: int = 250

    def __post_init__(self) -> None:
        check_recipe(self)


# --8<-- [end:recipe]


# --8<-- [start:check_recipe]
def check_recipe(recipe: Recipe) -> None:
    """Refuse values with which a run would fail later, or learn nothing.

    Raises:
        ValueError: names the value and its range.
    """
    ranges = {
        "steps": (recipe.steps >= 1, "at least 1"),
        "learning_rate": (0 < recipe.learning_rate < math.inf, "more than 0, and finite"),
        "warmup": (0 <= recipe.warmup <= recipe.steps, f"from 0 to steps={recipe.steps}"),
        "floor": (0 <= recipe.floor <= 1, "from 0 to 1, a share of the peak"),
        "weight_decay": (0 <= recipe.weight_decay < math.inf, "at least 0, and finite"),
        "clip": (recipe.clip > 0, "more than 0; math.inf to clip nothing"),
        "optimizer": (recipe.optimizer in ("adamw", "muon"), "'adamw' or 'muon'"),
        "save_every": (recipe.save_every >= 1, "at least 1"),
    }
    for name, (holds, allowed) in ranges.items():
        if not holds:
            raise ValueError(f"{name}={getattr(recipe, name)!r} is out of range: {allowed}")


# --8<-- [end:check_recipe]


# --8<-- [start:schedule]
def schedule(step: int, recipe: Recipe) -> float:
    """Return the learning rate of a step: a straight rise, then half a cosine down to the floor.

    The peak is reached in the last step of the warm-up, the floor in the last step of all.
    Source: Loshchilov & Hutter 2016, arXiv 1608.03983.
    """
    done = step + 1
    if done <= recipe.warmup:
        return recipe.learning_rate * (done / recipe.warmup)
    share = (done - recipe.warmup) / (recipe.steps - recipe.warmup)  # of the way down, 0 to 1
    height = (1 + math.cos(math.pi * share)) / 2
    return recipe.learning_rate * (recipe.floor + (1 - recipe.floor) * height)


# --8<-- [end:schedule]


# --8<-- [start:optimizers]
def optimizers(
    model: nn.Module, recipe: Recipe, speed: Speed = PLAIN
) -> list[torch.optim.Optimizer]:
    """Make what takes the steps: AdamW alone, or Muon for the hidden matrices and AdamW for the rest.

    AdamW (Loshchilov & Hutter 2017, arXiv 1711.05101) lets matrices decay, vectors not. Muon (Jordan
    et al. 2024, https://kellerjordan.github.io/posts/muon/) makes the update of a matrix orthogonal,
    so that no few directions take all of it; with updates scaled to the size of AdamW's (Liu et al.
    2025, arXiv 2502.16982) both use the same rate. Beside Muon nothing else decays.
    """
    decay, rate = recipe.weight_decay, recipe.learning_rate
    matrices = hidden_matrices(model) if recipe.optimizer == "muon" else []
    taken = {id(parameter) for parameter in matrices}
    rest = [p for p in model.parameters() if p.requires_grad and id(p) not in taken]
    if recipe.optimizer == "muon":
        groups = [{"params": rest, "weight_decay": 0.0}]
    else:
        groups = [
            {"params": [p for p in rest if p.dim() >= 2], "weight_decay": decay},
            {"params": [p for p in rest if p.dim() < 2], "weight_decay": 0.0},
        ]
    groups = [group for group in groups if group["params"]]
    chosen: list[torch.optim.Optimizer] = []
    if matrices:
        chosen.append(Muon(matrices, rate, decay, precision=speed.dtype))
    if groups:
        chosen.append(torch.optim.AdamW(groups, rate, betas=(0.9, 0.98), fused=True))
    return chosen


# --8<-- [end:optimizers]


# --8<-- [start:hidden_matrices]
def hidden_matrices(model: nn.Module) -> list[nn.Parameter]:
    """List the matrices between embeddings and output head: what Muon is made for.

    An embedding is the weight of an `nn.Embedding`, wherever else it is used; the head is what the
    model's ``get_output_embeddings`` returns, if it has that method.
    """
    unwrapped = getattr(model, "module", model)
    head = getattr(unwrapped, "get_output_embeddings", lambda: None)()
    outer = [m for m in model.modules() if isinstance(m, nn.Embedding) or m is head]
    known = {id(module.weight) for module in outer}
    return [
        p for p in model.parameters() if p.dim() == 2 and p.requires_grad and id(p) not in known
    ]


# --8<-- [end:hidden_matrices]


# --8<-- [start:run]
@dataclass
class Run:
    """What changes while a run goes on: the weights, the optimizers' state, the history."""

    model: nn.Module
    optimizers: list[torch.optim.Optimizer]
    history: History


def start(model: nn.Module, recipe: Recipe, folder: Path | None, speed: Speed, shard: bool) -> Run:
    """Begin a run, or go on with the one that is saved in a folder."""
    state = None
    if folder:
        state = data_parallel.on_rank_zero(lambda: progress.load(folder, identity(recipe), model))
    if state:
        model.load_state_dict(state["model"])
    model.zero_grad()
    wrapped = data_parallel.wrap(model, shard)
    run = Run(wrapped, optimizers(wrapped, recipe, speed), History())
    if state:
        data_parallel.restore_optimizers(run.model, run.optimizers, state)
        run.history = History(**state["history"])
        states = state["rng"]  # one of each process; there may be more or fewer of them now
        generator_of(model).set_rng_state(states[data_parallel.rank() % len(states)])
    return run


# --8<-- [end:run]


# --8<-- [start:save]
def save(run: Run, recipe: Recipe, model: nn.Module, folder: Path) -> None:
    """Write a checkpoint; all processes must take part."""
    run.history.peak_memory_mb = peak_memory()
    state = {
        **data_parallel.whole_state(run.model, run.optimizers),
        "rng": data_parallel.all_gather(generator_of(model).get_rng_state()),
        "recipe": identity(recipe),
    }
    data_parallel.on_rank_zero(lambda: progress.save(folder, state, run.history))


def identity(recipe: Recipe) -> dict[str, Any]:
    """Return what a run must not change when it goes on."""
    return {name: value for name, value in asdict(recipe).items() if name != "save_every"}


def generator_of(model: nn.Module) -> Any:
    """Return the module that holds the random state dropout uses: `torch`, or that of the GPU."""
    device = next(model.parameters()).device
    return torch if device.type == "cpu" else torch.get_device_module(device)


# --8<-- [end:save]


# --8<-- [start:step]
def clip(model: nn.Module, longest: float) -> float:
    """Scale the gradient down to a length, and return the length it had."""
    norm = nn.utils.clip_grad_norm_(model.parameters(), longest)
    whole = getattr(norm, "full_tensor", lambda: norm)()  # where the gradient is sharded
    return float(whole)


def require_finite(loss: float, norm: float, step: int, rate: float) -> None:
    """Stop before a step that would spoil the weights.

    Raises:
        FloatingPointError: the loss or the gradient's length is infinite, or no number.
    """
    if not math.isfinite(loss + norm):
        raise FloatingPointError(
            f"loss {loss}, gradient {norm} in step {step} at learning rate {rate:.3g}: "
            "lower learning_rate, or lengthen warmup"
        )


def take_step(run: Run, rate: float) -> None:
    """Let each optimizer take its step, and forget the gradient."""
    for optimizer in run.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
    if not run.history.memory:  # the one moment at which all three are there
        run.history.memory = progress.memory_of(run.model, run.optimizers)
    run.model.zero_grad()


def show(bar: Any, history: History) -> None:
    """Move the progress bar by one step."""
    loss, rate, speed = history.losses[-1], history.rates[-1], history.tokens_per_second[-1]
    bar.set_postfix_str(f"loss {loss:.3f}, rate {rate:.1e}, {speed:,.0f} tokens/s", refresh=False)
    bar.update()


# --8<-- [end:step]


# --8<-- [start:train]
def train(
    model: nn.Module, batches: Batches, recipe: Recipe, folder: Path | None = None, *,
    speed: Speed = PLAIN, micro: int | None = None, until: int | None = None, resume: bool = True,
    shard: bool = False, quiet: bool = False,
) -> History:  # fmt: skip
    """Train a model; with a folder, save on the way, and go on from what is saved there.

    Nothing is random here but the model's own dropout, and a checkpoint holds its generator's state:
    a run that was interrupted has the same losses as one that was not, to the last bit, on the same
    number of threads and processes. The model is left in evaluation mode.

    Args:
        model: network on the device to train on.
        batches: function from a step to its batch; the same whenever it is asked.
        recipe: settings of the training.
        folder: place of checkpoint, history and loss curve; None saves nothing.
        speed: way to compute a step.
        micro: sequences computed at a time, if a batch is too large for the memory.
        until: step to stop before, to go on later; None for the whole recipe.
        resume: whether to go on from a checkpoint; False starts over, and will overwrite it.
        shard: share weights out over the processes (`data_parallel.wrap`).
        quiet: whether to leave out the progress bar.

    Raises:
        ValueError: a batch, or a checkpoint, that does not fit.
        FloatingPointError, MemoryError, OSError: no finite loss, no room for a batch, for a file.
    """
    run = start(model, recipe, folder if resume else None, speed, shard)
    score, history = scorer(speed, recipe.causal), run.history
    history.speed = str(speed)
    run.model.train()
    hidden, done = quiet or data_parallel.rank() > 0, len(history.losses)
    end = recipe.steps if until is None else min(until, recipe.steps)
    with tqdm(total=recipe.steps, initial=done, unit="step", disable=hidden, mininterval=1) as bar:
        for step in range(done, end):
            begun, rate, batch = time.perf_counter(), schedule(step, recipe), batches(step)
            check(batch, model, recipe.causal)
            loss = backward(score, run.model, batch, recipe.causal, micro)
            norm = clip(run.model, recipe.clip)
            require_finite(loss, norm, step, rate)
            take_step(run, rate)
            history.add(loss, rate, norm, time.perf_counter() - begun, batch["input_ids"].numel())
            show(bar, history)
            if folder and ((step + 1) % recipe.save_every == 0 or step + 1 == end):
                save(run, recipe, model, folder)
    history.peak_memory_mb = peak_memory()
    if run.model is not model:
        model.load_state_dict(data_parallel.whole_weights(run.model))
    model.eval()
    return history


# --8<-- [end:train]
