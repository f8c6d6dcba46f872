"""What a training run leaves behind: its history, its loss curve, and a checkpoint to go on from."""

# --8<-- [start:imports]
import errno
import io
import json
import os
import pickle
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lessons.drawings import Series, line_chart
from lessons.models import checkpoint_integrity

STATE = "state.pt"
# --8<-- [end:imports]


@dataclass
class History:
    """What was measured at each step of a run, over all its processes and interruptions.

    Attributes:
        losses: mean loss of the step's scored tokens, before the step, in nats.
        rates: learning rate.
        norms: length of the gradient before clipping.
        seconds: time of the step, without writing checkpoints.
        tokens: input tokens.
        memory: bytes of weights, gradients and optimizer state, on process 0.
        peak_memory_mb: the most that process 0 held since it was started, in MB; None where the
            system does not tell.
        speed: how the last steps were computed.
    """

    losses: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    peak_memory_mb: int | None = None
    speed: str = ""

    @property
    def tokens_per_second(self) -> list[float]:
        """Tokens of each step by its seconds."""
        return [n / t for n, t in zip(self.tokens, self.seconds, strict=True)]

    def add(self, loss: float, rate: float, norm: float, seconds: float, tokens: int) -> None:
        """Append one step."""
        self.losses.append(loss)
        self.rates.append(rate)
        self.norms.append(norm)
        self.seconds.append(seconds)
        self.tokens.append(tokens)


# --8<-- [start:memory_of]
def memory_of(model: nn.Module, optimizers: Iterable[torch.optim.Optimizer]) -> dict[str, int]:
    """Count the bytes that training keeps: weights, gradients, optimizer state.

    Activations are not among them: they come and go with each batch. Tied weights count once, and of
    sharded ones only this process's share.
    """

    def size(tensors: Iterable[Any]) -> int:
        held = (getattr(t, "to_local", lambda t=t: t)() for t in tensors if torch.is_tensor(t))
        return sum(tensor.nbytes for tensor in held)

    parameters = list(model.parameters())
    moments = (value for o in optimizers for kept in o.state.values() for value in kept.values())
    return {
        "weights": size(parameters),
        "gradients": size(parameter.grad for parameter in parameters),
        "optimizer": size(moments),
    }


# --8<-- [end:memory_of]


# --8<-- [start:loss_curve]
def loss_curve(history: History) -> str:
    """Draw the loss over the steps, on a logarithmic axis: half of the fall is in the first steps.

    Each point is the mean over the steps since the point before it, which takes out the noise.

    Returns:
        The SVG.

    Raises:
        ValueError: no steps yet.
    """
    steps = len(history.losses)
    ends = [end for power in range(9) for end in (10**power, 3 * 10**power) if 3 * end <= steps]
    points = []
    for start, end in zip([0, *ends], [*ends, steps], strict=True):
        if window := history.losses[start:end]:
            points.append((float(end), sum(window) / len(window)))
    series = [Series("mean loss since the point before", points)]
    title = f"Training loss over {steps:,} steps"
    return line_chart(title, series, "step", "loss, nats per token", log_x=True)


# --8<-- [end:loss_curve]


# --8<-- [start:write_whole]
def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: whoever reads it sees the old bytes or the new ones.

    Raises:
        OSError: the file could not be written; what stood there before still does.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # on the disk before it gets the name
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        is_full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None))
        reason = "no room left" if is_full else error.strerror or str(error)
        remedy = "Make room and start" if is_full else "Mend that and start"
        message = (
            f"could not write {path.name} in {path.parent}: {reason}. Nothing was lost: what was "
            f"saved there before is whole. {remedy} again to go on from it"
        )
        raise OSError(error.errno, message) from error


# --8<-- [end:write_whole]


def save(folder: Path, state: Mapping[str, Any], history: History) -> None:
    """Write a checkpoint, the history and the loss curve.

    Args:
        folder: place of the checkpoint, made if need be.
        state: tensors, numbers and texts, in dictionaries and lists.
        history: losses and costs, which go into the checkpoint too.

    Raises:
        OSError: no room; the checkpoint before this one is still there.
    """
    data = io.BytesIO()
    torch.save({**state, "history": asdict(history)}, data)
    checkpoint_integrity.seal(data)
    write_whole(folder / STATE, data.getvalue())
    write_whole(folder / "history.json", (json.dumps(asdict(history)) + "\n").encode())
    write_whole(folder / "loss.svg", loss_curve(history).encode())


def read(folder: Path) -> dict[str, Any] | None:
    """Read the checkpoint in a folder; None if there is none.

    Only tensors, numbers and texts are read: a checkpoint from elsewhere cannot run code.

    Raises:
        ValueError: a damaged file, or one that is no checkpoint.
    """
    path = folder / STATE
    if not path.is_file():
        return None
    data = path.read_bytes()
    checkpoint_integrity.require_whole(path, data)
    try:
        state: dict[str, Any] = torch.load(io.BytesIO(data), "cpu", weights_only=True)
    except (RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise ValueError(
            f"{path} is no whole checkpoint ({len(data):,} bytes): delete it to start over, or put "
            "a copy in its place"
        ) from error
    checkpoint_integrity.require_form(path, state, History)
    return state


def load(folder: Path, recipe: Mapping[str, Any], model: nn.Module) -> dict[str, Any] | None:
    """Read the checkpoint of a run, if there is one, and make sure that it fits.

    Args:
        folder: place that `save` wrote to.
        recipe: settings that decide about the losses, by name.
        model: network; not changed.

    Raises:
        ValueError: a damaged file, or the checkpoint of another recipe or model.
    """
    if (state := read(folder)) is None:
        return None
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    saved = {name: tuple(tensor.shape) for name, tensor in state["model"].items()}
    if other := difference(state["recipe"], recipe) or difference(saved, shapes):
        raise ValueError(
            f"{folder / STATE} belongs to another run: {other}. Take another folder; or the recipe and the "
            "model it began with, to go on; or resume=False, to start over and lose it"
        )
    return state


def difference(there: Mapping[str, Any], here: Mapping[str, Any]) -> str | None:
    """Name the first entry in which two dictionaries differ, with both values."""
    for name in {**here, **there}:
        old, new = there.get(name, "nothing"), here.get(name, "nothing")
        if old != new:
            return f"{name} is {old} there, {new} here"
    return None
