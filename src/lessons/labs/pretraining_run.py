"""The run of the lab on pre-training: the learner's functions in a training loop that gets killed.

From a shell, with a file that holds the functions of the lab, on one process or on two::

    python -m lessons.labs.pretraining_run my_pretraining.py run
    torchrun --nproc-per-node 2 -m lessons.labs.pretraining_run my_pretraining.py run

Started again with the same folder, it goes on. PyTorch is loaded only where something is trained.
"""

import argparse
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lessons.labs.notebook import source_of

Functions = dict[str, Callable[..., Any]]

SEED, EXAMPLES, SIZE = 3, 120, 10
# PyTorch's builds for Windows may lack the library by which its processes find each other, and ask for it.
ON_WINDOWS = {"USE_LIBUV": "0"} if sys.platform == "win32" else {}
NAMES = ("batch", "shard", "combine", "save", "load")


@dataclass(frozen=True)
class Settings:
    """How a run goes.

    Attributes:
        steps: how many it takes.
        micro: examples that are computed at once.
        every: steps from one save to the next.
        dropout: share of values that are zeroed at random while the model learns.
        without: what is forgotten when it goes on: ``moments``, ``random``, ``step``, or nothing.
        kill: step after which the process ends without warning; 0 for never.
    """

    steps: int = 48
    micro: int = 4
    every: int = 8
    dropout: float = 0.1
    without: str = ""
    kill: int = 0


@dataclass(frozen=True)
class Place:
    """Which of the processes this one is.

    Attributes:
        rank: its number, from 0.
        world: how many there are.
        everyone: gives one value of each process, in order.
    """

    rank: int = 0
    world: int = 1
    everyone: Callable[[Any], list[Any]] = lambda value: [value]


def loop(
    model: Any, begin: int, folder: str | Path | None, own: Any, how: Settings, place: Place
) -> None:
    """Train: this is where the functions of the lab are called.

    Args:
        model: computes gradients and takes steps.
        begin: the step to begin with.
        folder: place of the checkpoints; None saves none.
        own: has the learner's functions.
        how: settings of the run.
        place: which of the processes this is.
    """
    for step in range(begin, how.steps):
        numbers = own.batch(SEED, step, EXAMPLES, SIZE)
        mine = own.shard(numbers, place.rank, place.world)
        starts = range(0, max(1, len(mine)), how.micro)
        parts = [model.gradient(mine[at : at + how.micro]) for at in starts]
        everything = place.everyone(own.combine(parts))
        loss, gradient, _ = own.combine(everything)
        model.take_step(step, loss, gradient)
        if step + 1 == how.kill:
            die(step + 1)
        if folder and (step + 1) % how.every == 0:
            randoms = place.everyone(random_state())
            if place.rank == 0:
                own.save(str(folder), step + 1, model.to_bytes(randoms))


def die(step: int) -> None:
    """End this process as a machine ends that is taken away: at once, and nothing is tidied up."""
    print(f"killed after step {step}", file=sys.stderr, flush=True)
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows has one of the two


def random_state() -> Any:
    """Give the state of this process's random numbers."""
    import torch

    return torch.get_rng_state()


def train(
    own: Functions, folder: str | Path | None = None, place: Place | None = None, **settings: Any
) -> list[float]:
    """Train in this process, from the newest checkpoint in a folder if there is one.

    Args:
        own: the learner's functions by name.
        folder: place of the checkpoints, made if need be; None neither saves nor loads.
        place: which of the processes this is; the only one by default.
        settings: see :class:`Settings`.

    Returns:
        The loss of each step, in nats for each token.
    """
    import torch

    from lessons.labs.pretraining_model import Model

    how, where, threads = Settings(**settings), place or Place(), torch.get_num_threads()
    torch.set_num_threads(1)  # another number would add in another order
    try:
        model, begin = Model(SEED + where.rank, how.dropout), 0
        if where.world > 1:  # all begin with the weights of the first one
            model.network.load_state_dict(where.everyone(model.network.state_dict())[0])
        if folder is not None:
            Path(folder).mkdir(parents=True, exist_ok=True)
            if saved := own["load"](str(folder)):
                model.from_bytes(saved[1], where.rank, how.without)
                begin = 0 if how.without == "step" else saved[0]
        loop(model, begin, folder, SimpleNamespace(**own), how, where)
    finally:
        torch.set_num_threads(threads)
    return model.losses


def launch(
    own: Functions, folder: str | Path, processes: int = 1, **settings: Any
) -> list[float] | None:
    """Train in a process of its own, or in several that ``torchrun`` starts.

    Args:
        own: the learner's functions by name, written in a notebook or a file.
        folder: place of the checkpoints.
        processes: how many.
        settings: see :class:`Settings`.

    Returns:
        The losses; None if it was killed.

    Raises:
        RuntimeError: it failed for another reason; with the first error that it told of.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    how = Settings(**settings)
    with tempfile.TemporaryDirectory() as scratch:
        file, result = Path(scratch, "solution.py"), Path(scratch, "losses.json")
        file.write_text(source_of(*own.values()), "utf-8")
        command = [sys.executable]
        if processes > 1:
            command += ["-m", "torch.distributed.run", "--standalone"]
            command += ["--nproc-per-node", str(processes)]
        command += ["-m", "lessons.labs.pretraining_run", str(file), str(place.resolve())]
        command += ["--losses", str(result)]
        for name, value in asdict(how).items():
            command += [f"--{name}", str(value)]
        done = subprocess.run(
            command, check=False, capture_output=True, encoding="utf-8", errors="replace",
            env={**ON_WINDOWS, **os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        if result.is_file():
            losses: list[float] = json.loads(result.read_text("utf-8"))
            return losses
    if how.kill and f"killed after step {how.kill}" in done.stderr:
        return None
    raise RuntimeError(f"the run failed:\n{_first_error(done.stderr)}")


def _first_error(told: str) -> str:
    """The first traceback in what a run told: torchrun adds long ones of its own. Else its last words."""
    at = told.find("Traceback")
    return told[at : at + 3000] if at >= 0 else told[-2000:]


def cut_newest(folder: str | Path) -> None:
    """Damage the file in a folder that was written last: half of it is gone."""
    newest = max(Path(folder).iterdir(), key=lambda path: path.stat().st_mtime_ns)
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m lessons.labs.pretraining_run", description="The run of a lab."
    )
    parser.add_argument("file", type=Path, help="your functions: " + ", ".join(NAMES))
    parser.add_argument("folder", type=Path, help="place of the checkpoints")
    parser.add_argument("--losses", type=Path, help="file for the loss of each step")
    for name, value in asdict(Settings()).items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    options = vars(parser.parse_args(arguments))
    file, folder, losses = (options.pop(name) for name in ("file", "folder", "losses"))
    os.environ["LESSONS_LAB_RUNS"] = "1"  # a check in that file does nothing
    own = runpy.run_path(str(file))
    functions = {name: own[name] for name in NAMES}
    found, rank = _joined(functions, folder, options)
    if rank == 0:
        if losses:
            losses.write_text(json.dumps(found), "utf-8")
        print(f"step {len(found)}: loss {found[-1]:.2f}")
    return 0


def _joined(
    functions: Functions, folder: Path, settings: dict[str, Any]
) -> tuple[list[float], int]:
    """Train with the processes that ``torchrun`` started, if it did; losses and this one's number."""
    if "WORLD_SIZE" not in os.environ:
        return train(functions, folder, **settings), 0
    import torch.distributed as group

    group.init_process_group("gloo")
    try:
        rank, world = group.get_rank(), group.get_world_size()

        def everyone(value: Any) -> list[Any]:
            values: list[Any] = [None] * world
            group.all_gather_object(values, value)
            return values

        place = Place(rank, world, everyone)
        return train(functions, folder, place, **settings), rank
    finally:
        group.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main())
