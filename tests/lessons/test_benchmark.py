"""The benchmark: both loops train, times add up, and each measurement has its own process."""

import json
import os
import subprocess
from dataclasses import asdict, replace

import pytest
import torch

from lessons import benchmark
from lessons.benchmark import Cost, compare, plain_loop, training_cost
from lessons.models import recipes
from lessons.models.training import Recipe
from tinymodel import Tiny, batches

PLAIN = Cost("fp32", tokens=1000, step=1.0, text=0.1, once=0.0, peak_memory_mb=800)
COURSE = Cost("bf16, compiled", tokens=1000, step=0.4, text=0.1, once=100.0, peak_memory_mb=None)


@pytest.fixture
def small(monkeypatch, few_texts):
    plans = {
        name: replace(
            plan, vocabulary=300, context=256, rows=2, width=16, layers=1, heads=2,
            recipe=replace(plan.recipe, steps=8, warmup=1),
        )
        for name, plan in recipes.PLANS.items()
    }  # fmt: skip
    monkeypatch.setattr(recipes, "PLANS", plans)
    return plans


def test_a_whole_run_counts_text_and_compiling():
    assert PLAIN.speed() == 1000
    assert PLAIN.speed(10) == pytest.approx(1000 / 1.1)
    assert COURSE.speed(10) == pytest.approx(10_000 / 105)
    assert COURSE.speed(10_000) == pytest.approx(10_000_000 / 5100)


def test_the_comparison_shows_both_and_the_ratios():
    lines = compare(PLAIN, COURSE, 1000).splitlines()
    assert lines[1].split() == ["plain", "loop", "fp32", "1,000", "909", "800"]
    assert lines[2].split()[-3:] == ["2,500", "1,667", "unknown"]
    assert lines[3].split() == ["ratio", "2.50", "1.83"]


class WithLoss(Tiny):
    """Gives its own loss, and takes a kind of attention, as the models of transformers do."""

    def set_attn_implementation(self, kind):
        self.attention = kind

    def forward(self, input_ids, labels):
        logits = super().forward(input_ids).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
        self.losses.append(loss.item())
        return type("Output", (), {"loss": loss})


def test_the_plain_loop_trains():
    model = WithLoss()
    model.losses = []
    seconds = plain_loop(model, batches, Recipe(steps=60, learning_rate=0.01, warmup=1), 60)
    assert len(seconds) == 60
    assert model.losses[-1] < model.losses[0] / 10


def test_a_way_can_be_given(small):
    assert training_cost(small["base"], "fp32", 2).way == "fp32"


def test_a_cell_holds_numbers_only(monkeypatch):
    monkeypatch.setattr(benchmark, "in_own_process", lambda *_: PLAIN)
    assert benchmark.speed_cell("plain", only_avx2=False, steps=3) == {
        "tokens": 1000, "step": 1.0, "text": 0.1, "once": 0.0, "peak_memory_mb": 800,
        "tokens_per_second": 1000.0,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["mlm", pytest.param("base", marks=pytest.mark.nightly)])
def test_both_loops_are_measured_on_the_same_tokens(small, name):
    plain, course = (training_cost(small[name], way, 2) for way in ("plain", "auto"))
    assert plain.way == "fp32"
    assert plain.once == 0.0 < course.once
    assert plain.tokens == course.tokens > 0
    assert plain.step > 0 < course.step
    assert plain.text > 0


def test_a_loop_is_asked_for_in_a_process_of_its_own(monkeypatch):
    asked = []

    def run(command, env, **_):
        asked.append((command[1:], env))
        return subprocess.CompletedProcess(command, 0, f"noise\n{json.dumps(asdict(PLAIN))}\n")

    monkeypatch.setattr(benchmark.subprocess, "run", run)
    assert benchmark.in_own_process("base", "plain", 5, only_avx2=False) == PLAIN
    assert benchmark.in_own_process("base", "plain", 5, only_avx2=True) == PLAIN
    command = ["-m", "lessons.benchmark", "base", "--way", "plain", "--steps", "5"]
    assert [call[0] for call in asked] == [command, command]
    caches = [call[1].pop("TORCHINDUCTOR_CACHE_DIR") for call in asked]
    assert len(set(caches)) == 2
    rest = {name: value for name, value in os.environ.items() if name != "TORCHINDUCTOR_CACHE_DIR"}
    assert asked[0][1] == rest
    assert asked[1][1] == rest | benchmark.AVX2_ONLY


def test_the_command_prints_one_loop_as_json(small, capsys):
    assert benchmark.main(["base", "--way", "plain", "--steps", "2"]) == 0
    assert Cost(**json.loads(capsys.readouterr().out)).way == "fp32"


@pytest.mark.parametrize("name", ["base", "mlm"])
def test_the_command_compares_and_times_generation(small, monkeypatch, capsys, name):
    costs = {"plain": PLAIN, "auto": COURSE}
    monkeypatch.setattr(benchmark, "in_own_process", lambda _name, way, *_: costs[way])
    assert benchmark.main([name]) == 0
    out = capsys.readouterr().out
    assert "all instructions" in out
    assert out.count("ratio   ") == 2
    assert ("16 at once, cached" in out) == (name == "base")
