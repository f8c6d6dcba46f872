"""How to compute a step fastest, here: measured, because no rule holds on all machines.

bfloat16 shortens a step on a processor with instructions for it, and takes up to nineteen times as
long on one without. A compiled step is faster than one that is not, after half a minute of
compiling.
"""

# --8<-- [start:imports]
import copy
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from lessons.models import data_parallel, progress
from lessons.models.steps import PLAIN, Batch, Batches, Speed, backward_here, scorer, targets
from lessons.models.training import Recipe

HALF, COMPILED, BOTH = Speed("bf16"), Speed("fp32", True), Speed("bf16", True)
WARM_UP, TIMED = 2, 3  # steps
LOOKED_AT = 9  # batches, to find one of usual size
PATIENCE = 3.0  # first steps of float32 that one in bfloat16 may take
COMPILING = 60.0  # seconds it may take on a small machine
MARGIN = 0.9  # a way must take less than this share of a simpler one's time
NO_COMPILER = "no C++ compiler: training uncompiled"
# --8<-- [end:imports]


@dataclass(frozen=True)
class Timing:
    """One way to compute a step.

    Attributes:
        speed: the way.
        seconds: median time of a step without the optimizer, which takes about as long in each.
        once: seconds that the first step took longer than the others: to compile it, above all.
        tokens: input tokens of a step.
        note: why it was not timed, or not to the end; then the seconds are infinite.
    """

    speed: Speed
    seconds: float
    once: float
    tokens: int
    note: str = ""

    @property
    def tokens_per_second(self) -> float:
        """Tokens by seconds; 0 if it was not timed."""
        return self.tokens / self.seconds

    def __str__(self) -> str:
        rate = self.note or f"{self.tokens_per_second:,.0f} tokens/s"
        return f"{self.speed}: {rate}" + (f", after {self.once:.0f} s" if self.once >= 1 else "")


@dataclass(frozen=True)
class Choice(Speed):
    """A speed, and why it was chosen."""

    why: str = ""
    report: tuple[Timing, ...] = ()

    def explain(self) -> str:
        """Say what was chosen, why, and what was measured."""
        return "\n  ".join([f"training in {self}: {self.why}", *map(str, self.report)])


def choose_speed(
    model: nn.Module,
    batches: Batches,
    recipe: Recipe,
    *,
    steps: int | None = None,
    micro: int | None = None,
    folder: Path | None = None,
) -> Choice:
    """Time a few steps in float32 and bfloat16, each compiled or not, and take the fastest.

    The steps are those of a copy: weights, gradients and random state stay as they are.

    Args:
        model: network on the device to train on.
        batches: function, as for `train`.
        recipe: settings, as for `train`.
        steps: number of those to come, which compiling must pay for; None for all of the recipe.
        micro: sequences computed at a time, as for `train`.
        folder: a run that has a checkpoint there goes on in the way it began, for another would
            give other losses.

    Returns:
        The same choice on all processes.
    """
    state = data_parallel.on_rank_zero(lambda: progress.read(folder)) if folder else None
    if state:
        precision, *compiled = state["history"]["speed"].split(", ")
        return Choice(precision, bool(compiled), f"the run in {folder} began so")
    steps, whole = steps or recipe.steps, typical(batches, min(recipe.steps, LOOKED_AT))
    mine = data_parallel.own_rows(whole, data_parallel.rank(), data_parallel.world())

    def timed(speed: Speed, patience: float = math.inf) -> Timing:
        return time_steps(model, mine, speed, recipe.causal, micro, patience)

    choice = choose(measure(timed, steps), steps)
    return data_parallel.on_rank_zero(lambda: choice)


def typical(batches: Batches, among: int) -> Batch:
    """Return, of the first batches, the one whose size is nearest to their mean."""
    first = [batches(step) for step in range(among)]
    mean = statistics.fmean(batch["input_ids"].numel() for batch in first)
    return min(first, key=lambda batch: abs(batch["input_ids"].numel() - mean))


# --8<-- [start:measure]
def measure(timed: Callable[[Speed, float], Timing], steps: int) -> list[Timing]:
    """Time the ways that may be worth it, from the simplest on.

    Args:
        timed: timer of a speed, which gives up when its first step takes longer than so many seconds.
        steps: steps to come.
    """
    plain = timed(PLAIN, math.inf)
    half = timed(HALF, PATIENCE * (plain.once + plain.seconds))
    saved = min(plain.seconds, half.seconds) * steps / 2  # if compiling doubles the speed
    timings = [plain, half]
    for speed in (COMPILED, BOTH):
        reason = ""
        if saved < COMPILING:
            reason = f"not timed: {steps:,} steps are too few to pay for compiling"
        elif speed is BOTH and half.note:
            reason = "not timed: bf16 is slow here"
        elif timings[-1].note == NO_COMPILER:
            reason = NO_COMPILER
        skipped = Timing(speed, math.inf, 0.0, plain.tokens, reason)
        timings.append(skipped if reason else timed(speed, math.inf))
    return timings


def choose(found: list[Timing], steps: int) -> Choice:
    """Take the fastest way; one that is less simple must be clearly faster.

    Compiling no longer counts: it is done, and the program made for the copy serves the model too.
    """
    best = found[0]
    for timing in found[1:]:
        if timing.seconds < MARGIN * best.seconds:
            best = timing
    others = [f"{t.seconds * steps:,.0f} s in {t.speed}" for t in found if not t.note]
    why = f"{steps:,} steps would take {', '.join(others)}, without the optimizer"
    if any(timing.note == NO_COMPILER for timing in found):
        why += f"; {NO_COMPILER}"
    return Choice(best.speed.precision, best.speed.compiled, why, tuple(found))


# --8<-- [end:measure]


def time_steps(
    model: nn.Module, batch: Batch, speed: Speed, causal: bool, micro: int | None, patience: float
) -> Timing:
    """Time the gradient of a batch on a copy of a model.

    Args:
        model: network that stays as it is.
        batch: this process's rows.
        speed: the way to time.
        causal: objective, as in the recipe.
        micro: sequences computed at a time.
        patience: seconds; a first step that takes longer is the only one.
    """
    twin, score = copy.deepcopy(model).train(), scorer(speed, causal)
    scored = int((targets(batch["labels"], causal) != -100).sum())
    tokens, seconds = batch["input_ids"].numel(), []
    with torch.random.fork_rng():
        for _ in range(WARM_UP + TIMED):
            begun = time.perf_counter()
            try:
                backward_here(score, twin, batch, max(scored, 1), micro)
            except RuntimeError as error:
                if type(getattr(error, "inner_exception", None)).__name__ != "InvalidCxxCompiler":
                    raise
                return Timing(speed, math.inf, 0.0, tokens, NO_COMPILER)
            if next(twin.parameters()).device.type != "cpu":  # pragma: no cover - needs a GPU
                torch.accelerator.synchronize()
            twin.zero_grad()
            seconds.append(time.perf_counter() - begun)
            if seconds[0] > patience:
                return Timing(speed, math.inf, 0.0, tokens, f"a step took {seconds[0]:.1f} s")
    usual = statistics.median(seconds[WARM_UP:])
    return Timing(speed, usual, max(0.0, seconds[0] - usual), tokens)
