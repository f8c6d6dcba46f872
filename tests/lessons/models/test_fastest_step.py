"""Choosing how to compute a step: what is timed, what is taken, and what stays as it was."""

import math
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

import lessons
import tinymodel
from lessons.models import fastest_step
from lessons.models.fastest_step import (
    BOTH,
    COMPILED,
    HALF,
    NO_COMPILER,
    PLAIN,
    Choice,
    Timing,
    choose,
    choose_speed,
    measure,
    time_steps,
)
from lessons.models.steps import Speed, scorer
from lessons.models.training import Recipe, train
from nested import paths
from tinymodel import Tiny, batches

RECIPE = Recipe(steps=1000, learning_rate=1e-2)
ROOTS = (Path(tinymodel.__file__).parent, Path(lessons.__file__).parents[1])
PATHS = paths(*ROOTS)  # where a process started from here finds both


def timing(way: Speed, seconds: float, once: float = 0.0, note: str = "") -> Timing:
    return Timing(way, math.inf if note else seconds, once, 600, note)


@dataclass
class Clock:
    """A clock that only the steps move, so that a busy machine changes nothing.

    Attributes:
        now: what it shows.
        asked: the ways that were timed, in order.
        steps: how many steps were taken in all of them.
    """

    now: float = 0.0
    asked: list[str] = field(default_factory=list)
    steps: int = 0

    def perf_counter(self) -> float:
        return self.now


def fake(monkeypatch, **seconds: float) -> Clock:
    """Let a step take so long in each way; compiled, the first takes a tenth of a second more."""
    clock = Clock()

    def slowed(way, causal):
        name, first = str(way).replace(", ", "_"), [True]
        clock.asked.append(name)
        score = scorer(PLAIN if way.compiled else way, causal)

        def wait(model, batch):
            clock.now += seconds[name] + (0.1 if way.compiled and first.pop() else 0)
            clock.steps += 1
            first.append(False)
            return score(model, batch)

        return wait

    monkeypatch.setattr(fastest_step, "scorer", slowed)
    monkeypatch.setattr(fastest_step, "time", clock)
    return clock


def way(choice: Speed) -> tuple[str, bool]:
    return choice.precision, choice.compiled


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [
        ((1.0, 0.5, 0.7, 0.3), BOTH),
        ((1.0, 0.5, 0.7, 0.46), HALF),
        ((1.0, 1.2, 0.6, 0.58), COMPILED),
        ((1.0, 0.95, 0.94, 0.92), PLAIN),
    ],
)
def test_the_fastest_way_is_taken_if_it_is_clearly_faster_than_a_simpler_one(seconds, taken):
    ways = (PLAIN, HALF, COMPILED, BOTH)
    found = [timing(*pair) for pair in zip(ways, seconds, strict=True)]
    assert way(choose(found, 100)) == way(taken)


def test_a_choice_says_what_each_way_would_take():
    found = [
        timing(PLAIN, 1.0), timing(HALF, 0.5), timing(COMPILED, 0.75, once=30.0),
        timing(BOTH, 1.0, note="not timed"),
    ]  # fmt: skip
    text = choose(found, 2000).explain()
    assert text.splitlines() == [
        "training in bf16: 2,000 steps would take 2,000 s in fp32, 1,000 s in bf16, "
        "1,500 s in fp32, compiled, without the optimizer",
        "  fp32: 600 tokens/s",
        "  bf16: 1,200 tokens/s",
        "  fp32, compiled: 800 tokens/s, after 30 s",
        "  bf16, compiled: not timed",
    ]


def test_ways_are_timed_from_the_simplest_on():
    asked = []

    def timed(way, patience):
        asked.append(way)
        return timing(way, 1.0, once=0.5)

    assert [found.speed for found in measure(timed, 1000)] == [PLAIN, HALF, COMPILED, BOTH]
    assert asked == [PLAIN, HALF, COMPILED, BOTH]


def test_bfloat16_gets_three_times_the_patience_of_float32():
    patience = {}

    def timed(way, limit):
        patience[way] = limit
        return timing(way, 1.0, once=0.5)

    measure(timed, 1000)
    assert patience[HALF] == pytest.approx(4.5)


def test_few_steps_are_not_worth_compiling():
    found = measure(lambda way, _: timing(way, 1.0), 100)
    assert [t.note for t in found[2:]] == [
        "not timed: 100 steps are too few to pay for compiling"
    ] * 2
    assert found[2].tokens_per_second == 0


def test_slow_bfloat16_is_not_compiled():
    found = measure(lambda way, _: timing(way, 1.0, note="slow" if way == HALF else ""), 1000)
    assert found[2].note == ""
    assert found[3].note == "not timed: bf16 is slow here"


def test_a_missing_compiler_is_looked_for_once():
    asked = []

    def timed(way, _):
        asked.append(way)
        return timing(way, 1.0, note=NO_COMPILER if way.compiled else "")

    choice = choose(measure(timed, 1000), 1000)
    assert asked == [PLAIN, HALF, COMPILED]
    assert way(choice) == ("fp32", False)
    assert choice.why.endswith("; no C++ compiler: training uncompiled")


def test_what_takes_long_once_is_told_apart_from_what_takes_long_each_time(monkeypatch):
    fake(monkeypatch, fp32_compiled=0.01)
    found = time_steps(Tiny(), batches(0), COMPILED, True, None, math.inf)
    assert found.seconds == pytest.approx(0.01)
    assert found.once == pytest.approx(0.1)
    assert found.tokens_per_second == 60 / found.seconds


def test_a_way_that_is_too_slow_is_left_after_one_step(monkeypatch):
    clock = fake(monkeypatch, bf16=0.5)
    found = time_steps(Tiny(), batches(0), HALF, True, None, 0.4)
    assert clock.steps == 1
    assert found.seconds == math.inf
    assert found.note == "a step took 0.5 s"


def test_choosing_times_a_real_model_and_takes_the_fastest(monkeypatch):
    clock = fake(monkeypatch, fp32=0.08, bf16=0.02)
    choice = choose_speed(Tiny(), batches, RECIPE, steps=100)
    assert clock.asked == ["fp32", "bf16"]
    assert way(choice) == ("bf16", False)
    assert [found.tokens for found in choice.report] == [60] * 4


def test_choosing_changes_neither_weights_nor_gradients_nor_random_state(monkeypatch):
    fake(monkeypatch, fp32=0, bf16=0)
    model = Tiny(dropout=0.5)
    model.eval()
    model.norm.bias.grad = torch.ones(16)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    chance = torch.get_rng_state()
    choose_speed(model, batches, RECIPE, steps=10)
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    assert torch.equal(model.norm.bias.grad, torch.ones(16))
    assert model.embedding.weight.grad is None
    assert not model.training


def test_a_run_goes_on_in_the_way_it_began(tmp_path, monkeypatch):
    monkeypatch.setattr(fastest_step, "scorer", lambda *_: pytest.fail("timed"))
    train(Tiny(), batches, Recipe(1, 1e-2, 1), tmp_path, speed=HALF, quiet=True)
    choice = choose_speed(Tiny(), batches, RECIPE, folder=tmp_path)
    assert choice == Choice("bf16", False, f"the run in {tmp_path} began so")


def test_a_new_folder_does_not_keep_from_choosing(tmp_path, monkeypatch):
    fake(monkeypatch, fp32=0.02, bf16=0.08)
    assert way(choose_speed(Tiny(), batches, RECIPE, steps=9, folder=tmp_path)) == ("fp32", False)


def test_another_error_of_the_model_stays_as_it_is():
    class Broken(Tiny):
        def forward(self, **_):
            raise RuntimeError("a wire is loose")

    with pytest.raises(RuntimeError, match="a wire is loose"):
        choose_speed(Broken(), batches, RECIPE)


def test_an_error_that_names_the_missing_compiler_ends_that_way(monkeypatch):
    class InvalidCxxCompiler(Exception):  # noqa: N818 - PyTorch's name
        pass

    def failing(*_):
        error = RuntimeError("backend failed")
        error.inner_exception = InvalidCxxCompiler()
        raise error

    monkeypatch.setattr(fastest_step, "scorer", lambda *_: failing)
    assert time_steps(Tiny(), batches(0), BOTH, True, None, math.inf).note == NO_COMPILER


def in_a_process(code: str, tmp_path, **environment: str) -> str:
    environment = {
        **os.environ, "PYTHONPATH": PATHS, "OMP_NUM_THREADS": "1",
        "TORCHINDUCTOR_CACHE_DIR": str(tmp_path), **environment,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


CHOOSE = """
from tinymodel import Tiny, batches
from lessons.models import fastest_step, training
fastest_step.COMPILING = 0.0  # so that it is tried
recipe = training.Recipe(1000, 1e-2)
choice = fastest_step.choose_speed(Tiny(), batches, recipe)
assert not choice.compiled
print(choice.explain())
history = training.train(Tiny(), batches, training.Recipe(3, 1e-2, 1), speed=choice, quiet=True)
print(len(history.losses), "steps")
"""


# By day, that PyTorch's error is known by its name, above; by night, that it still has that name.
@pytest.mark.nightly
def test_without_a_compiler_the_choice_says_so_and_training_goes_on(tmp_path):
    nowhere = str(tmp_path / "nowhere")
    shown = in_a_process(CHOOSE, tmp_path, CXX=nowhere, PATH=nowhere)
    assert "; no C++ compiler: training uncompiled\n" in shown
    assert "\n  fp32, compiled: no C++ compiler: training uncompiled\n" in shown
    assert shown.endswith("3 steps\n")


COMPILE = """
import os
from pathlib import Path
from tinymodel import Tiny, batches
from lessons.models import fastest_step, steps, training
found = fastest_step.time_steps(Tiny(), batches(0), fastest_step.COMPILED, True, None, float("inf"))
recipe = training.Recipe(4, 1e-2, 1)
def programs():
    return sorted(Path(os.environ["TORCHINDUCTOR_CACHE_DIR"]).rglob("*.so"))
timed = programs()
compiled = training.train(Tiny(), batches, recipe, speed=fastest_step.COMPILED, quiet=True).losses
print(len(timed), len(programs()))
plain = training.train(Tiny(), batches, recipe, quiet=True).losses
print(max(abs(a - b) for a, b in zip(compiled, plain, strict=True)))
"""


@pytest.mark.nightly
def test_a_compiled_run_has_the_losses_of_a_plain_one_and_uses_the_program_that_was_timed(tmp_path):
    timed, later, distance = map(float, in_a_process(COMPILE, tmp_path).split())
    assert timed == later > 0
    assert distance < 1e-4


def test_the_batch_that_is_timed_is_one_of_usual_size():
    widths = (2, 12, 3, 10, 7)

    def batches(step):
        ids = torch.zeros((1, widths[step]), dtype=torch.long)
        return {"input_ids": ids, "labels": ids}

    assert fastest_step.typical(batches, 5)["input_ids"].shape == (1, 7)
    assert fastest_step.typical(batches, 1)["input_ids"].shape == (1, 2)
