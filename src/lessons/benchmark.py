"""How fast the course's models are trained and asked here: ``python -m lessons.benchmark``.

Two loops train the same model on the same batches: a plain one, eager and in float32, and the
course's own. Each runs in a process of its own, so that its peak memory is its own, and each runs
once with all instructions of the processor and once with AVX2 only, which most laptops have.
"""

# --8<-- [start:imports]
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import torch
from transformers import PreTrainedModel

from lessons.machine import machine, peak_memory
from lessons.models import recipes
from lessons.models.fastest_step import choose_speed
from lessons.models.steps import Batches, Speed
from lessons.models.training import Recipe, train

AVX2_ONLY = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
WAYS = ("plain", "auto", "fp32", "bf16", "fp32-compiled", "bf16-compiled")
WARM_UP = 2  # steps that are not counted


@dataclass(frozen=True)
class Cost:
    """What training costs in one way.

    Attributes:
        way: how steps are computed.
        tokens: of one step.
        step: median seconds of a step, its optimizer included.
        text: seconds to make and tokenize the text of a step.
        once: seconds before the first step: to try the ways, and to compile.
        peak_memory_mb: the most memory the process held; None where the system does not tell.
    """

    way: str
    tokens: int
    step: float
    text: float
    once: float
    peak_memory_mb: int | None

    def speed(self, steps: int | None = None) -> float:
        """Return tokens per second: of the loop alone, or of a whole run of so many steps."""
        if steps is None:
            return self.tokens / self.step
        return self.tokens * steps / (self.once + steps * (self.step + self.text))


# --8<-- [end:imports]


# --8<-- [start:plain_loop]
def plain_loop(model: PreTrainedModel, batches: Batches, recipe: Recipe, steps: int) -> list[float]:
    """Train as the shortest loop does, and return the seconds of each step."""
    model.set_attn_implementation("sdpa")  # the library's default
    optimizer = torch.optim.AdamW(model.parameters(), recipe.learning_rate)
    model.train()
    seconds = []
    for step in range(steps):
        batch = batches(step)
        begun = time.perf_counter()
        model(**batch).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - begun)
    return seconds


# --8<-- [end:plain_loop]


def training_cost(plan: recipes.Plan, way: str, steps: int) -> Cost:
    """Measure a loop on the first steps of a plan.

    Args:
        plan: the model, its text and its recipe.
        way: ``plain`` for the plain loop; else a way of the course's: see `WAYS`.
        steps: number of steps that are timed, after some that are not.
    """
    tokenizer = recipes.tokenizer_of(plan)
    model, batches = recipes.untrained(plan, tokenizer), recipes.batches_of(plan, tokenizer)
    begun = time.perf_counter()
    tokens = batches(0)["input_ids"].numel()
    text = (time.perf_counter() - begun) / batches.chunk
    taken, once, count = "fp32", 0.0, steps + WARM_UP
    if way == "plain":
        seconds = plain_loop(model, batches, plan.recipe, count)
    else:
        begun = time.perf_counter()
        precision, _, compiled = way.partition("-")
        speed: Speed = (
            choose_speed(model, batches, plan.recipe)
            if way == "auto"
            else Speed(precision, bool(compiled))
        )
        chosen = time.perf_counter() - begun
        history = train(model, batches, plan.recipe, speed=speed, until=count, quiet=True)
        seconds = history.seconds
        taken, once = str(speed), chosen + seconds[0] - statistics.median(seconds)
    return Cost(taken, tokens, statistics.median(seconds[WARM_UP:]), text, once, peak_memory())


def speed_cell(way: str, only_avx2: bool, steps: int) -> dict[str, float]:
    """Measure one way to train the base model: a cell of a record."""
    cost = in_own_process("base", way, steps, only_avx2)
    values = {name: value for name, value in asdict(cost).items() if not isinstance(value, str)}
    return values | {"tokens_per_second": cost.speed()}


def generation_speed(model: PreTrainedModel, rows: int, new: int, cached: bool) -> float:
    """Return the tokens per second with which a causal model writes.

    Args:
        model: language model in evaluation mode.
        rows: texts written at once.
        new: tokens written to each.
        cached: whether the keys and values of earlier tokens are kept, and not computed again.
    """
    prompts = torch.full((rows, 8), model.config.vocab_size // 2)
    options = {"max_new_tokens": new, "min_new_tokens": new, "do_sample": False}
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        model.generate(  # type: ignore[operator]
            prompts, attention_mask=torch.ones_like(prompts), use_cache=cached, **options
        )
        seconds.append(time.perf_counter() - begun)
    return rows * new / statistics.median(seconds)


def in_own_process(name: str, way: str, steps: int, only_avx2: bool) -> Cost:
    """Measure a loop in a process of its own, which compiles anew.

    Programs that were compiled for all instructions fail or mislead where only AVX2 is allowed.
    """
    command = [sys.executable, "-m", "lessons.benchmark", name, "--way", way]
    with tempfile.TemporaryDirectory() as cache:
        kernels = AVX2_ONLY if only_avx2 else {}
        done = subprocess.run(
            [*command, "--steps", str(steps)],
            env=os.environ | kernels | {"TORCHINDUCTOR_CACHE_DIR": cache},
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def compare(plain: Cost, course: Cost, steps: int) -> str:
    """Write a table of two loops, and how much faster the second is."""
    lines = [
        f"  {'':14} {'way':15} {'loop':>13} {'whole recipe':>14} {'peak memory':>12}  (tokens/s, MB)"
    ]
    for name, cost in (("plain loop", plain), ("course's loop", course)):
        memory = "unknown" if cost.peak_memory_mb is None else f"{cost.peak_memory_mb:,}"
        lines.append(
            f"  {name:14} {cost.way:15} {cost.speed():13,.0f} {cost.speed(steps):14,.0f} {memory:>12}"
        )
    ratios = (course.speed() / plain.speed(), course.speed(steps) / plain.speed(steps))
    lines.append(f"  {'ratio':30} {ratios[0]:13.2f} {ratios[1]:14.2f}")
    return "\n".join(lines)


def report(name: str, steps: int, measure: Callable[[str, str, int, bool], Cost]) -> None:
    """Print how fast a model is trained, with all instructions and with AVX2 only."""
    plan = recipes.find(name)
    print(f"{name} on {machine()['cpu']}, {torch.get_num_threads()} threads")
    for only_avx2 in (False, True):
        print("AVX2 only" if only_avx2 else "all instructions")
        plain, course = (measure(name, way, steps, only_avx2) for way in ("plain", "auto"))
        print(compare(plain, course, plan.recipe.steps), flush=True)


def report_generation(plan: recipes.Plan) -> None:
    """Print how fast a model of a plan's shape writes; its weights do not matter for that."""
    model = recipes.untrained(plan, recipes.tokenizer_of(plan))
    model.eval()  # type: ignore[no-untyped-call]
    new = plan.context // 2
    slow = generation_speed(model, 1, new, cached=False)
    print(f"generation of {new} tokens, float32 (tokens/s; ratio to one text without a cache)")
    print(f"  {'1 text, no cache':20} {slow:8,.0f}")
    for rows in (1, 16):
        fast = generation_speed(model, rows, new, cached=True)
        print(f"  {f'{rows} at once, cached':20} {fast:8,.0f} {fast / slow:8.1f}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        prog="python -m lessons.benchmark", description="Time training and generation here."
    )
    parser.add_argument("name", nargs="?", default="base", choices=tuple(recipes.PLANS))
    parser.add_argument("--steps", type=int, default=12, help="steps that are timed")
    parser.add_argument("--way", choices=WAYS, help="only this one, as JSON")
    options = parser.parse_args(arguments)
    plan = recipes.find(options.name)
    if options.way:
        print(json.dumps(asdict(training_cost(plan, options.way, options.steps))))
        return 0
    report(options.name, options.steps, in_own_process)
    if plan.recipe.causal:
        report_generation(plan)
    return 0


if __name__ == "__main__":
    sys.exit(main())
