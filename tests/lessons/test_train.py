"""The command that makes a model: whole or not at all, and from its recipe the recorded losses."""

import json
from dataclasses import replace

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoTokenizer,
)

import lessons
from lessons import recipes, storage, train
from lessons.steps import Speed
from lessons.training import Recipe
from lessons.training import train as run

SMALL = {
    "base": replace(
        recipes.PLANS["base"], vocabulary=300, context=64, rows=2, width=16, layers=1, heads=2,
        recipe=Recipe(steps=4, learning_rate=1e-3, warmup=1, optimizer="muon"),
    ),
    "mlm": replace(
        recipes.PLANS["mlm"], vocabulary=300, context=64, rows=2, width=16, layers=1, heads=2,
        recipe=Recipe(steps=4, learning_rate=1e-3, warmup=1, causal=False),
    ),
}  # fmt: skip


@pytest.fixture
def small(monkeypatch, few_texts):
    """Plans that train in a second, and a text that is made in one."""
    monkeypatch.setattr(recipes, "PLANS", SMALL)


def command(folder, *options, name="base"):
    return train.main(
        [name, "--folder", str(folder / name), "--work", str(folder / "work"), *options]
    )


@pytest.mark.parametrize("name", SMALL)
def test_a_model_is_made_that_transformers_loads(small, tmp_path, capsys, name):
    assert command(tmp_path, "--way", "fp32", name=name) == 0
    assert f"wrote {tmp_path / name}" in capsys.readouterr().out
    kind = AutoModelForCausalLM if name == "base" else AutoModelForMaskedLM
    model = kind.from_pretrained(tmp_path / name)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / name)
    assert model.dtype == torch.float32
    assert len(tokenizer) == model.config.vocab_size == 300
    assert tokenizer.model_max_length == 64
    told = json.loads((tmp_path / name / "training.json").read_text("utf-8"))
    assert len(told["losses"]) == told["recipe"]["steps"] == 4
    assert told["parameters"] == model.num_parameters()
    assert told["way"] == "fp32"
    assert told["tokens"] > 0
    assert told["memory"].keys() >= {"weights"}


def test_what_is_shipped_are_the_trained_weights_in_half_the_bytes(small, tmp_path):
    command(tmp_path, "--way", "fp32")
    plan = SMALL["base"]
    tokenizer = recipes.tokenizer_of(plan)
    model = recipes.untrained(plan, tokenizer)
    run(model, recipes.batches_of(plan, tokenizer), plan.recipe, None)
    shipped = AutoModelForCausalLM.from_pretrained(tmp_path / "base").state_dict()
    for name, weights in model.state_dict().items():
        assert torch.equal(weights.bfloat16().float(), shipped[name]), name
    size = (tmp_path / "base" / "model.safetensors").stat().st_size
    assert size < 2.2 * model.num_parameters() + 5000


def test_a_run_stopped_and_gone_on_with_ships_the_same(small, tmp_path):
    command(tmp_path / "straight", "--way", "fp32")
    assert command(tmp_path / "parts", "--way", "fp32", "--steps", "2") == 0
    assert not (tmp_path / "parts" / "base").exists()
    assert command(tmp_path / "parts", "--way", "fp32") == 0
    one, other = (tmp_path / part / "base" / "model.safetensors" for part in ("straight", "parts"))
    assert one.read_bytes() == other.read_bytes()


def test_an_older_model_is_replaced_and_a_failing_one_leaves_it(
    small, tmp_path, capsys, monkeypatch
):
    command(tmp_path, "--way", "fp32")
    before = (tmp_path / "base" / "training.json").read_bytes()
    command(tmp_path, "--way", "fp32")
    assert (tmp_path / "base" / "training.json").read_bytes() == before  # nothing was left to train

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train, "story", full)
    assert command(tmp_path, "--way", "fp32") == 1
    assert "error: [Errno 28] No space left on device" in capsys.readouterr().err
    assert (tmp_path / "base" / "training.json").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"base", "work"}


def test_the_way_is_chosen_and_explained_unless_it_is_given(small, tmp_path, monkeypatch, capsys):
    class Choice(Speed):
        def explain(self):
            return "fp32 because nothing else is here"

    asked = []
    monkeypatch.setattr(train, "choose_speed", lambda *given, **_: asked.append(given) or Choice())
    assert command(tmp_path) == 0
    assert "fp32 because nothing else is here" in capsys.readouterr().out
    assert len(asked) == 1


def test_an_unknown_model_is_refused(capsys):
    with pytest.raises(SystemExit):
        train.main(["gpt2"])
    assert "choose from base, mlm" in capsys.readouterr().err.replace("'", "")


@pytest.mark.parametrize("name", storage.NAMES)
def test_a_shipped_model_was_made_by_the_plan_in_the_code(name):
    told = json.loads((lessons.checkpoint(name) / "training.json").read_text("utf-8"))
    plan = recipes.find(name)
    recipe = {**told["recipe"], "clip": float(told["recipe"]["clip"])}
    assert replace(plan, recipe=Recipe(**recipe), **told["plan"]) == plan


# The recorded losses came from bfloat16 products, those here from float32: at most this far apart.
# Measured over these steps: see the assertion's message when it fails.
STEPS, APART = 12, {"base": 0.02, "mlm": 0.02}


@pytest.mark.parametrize(
    "name",
    ["mlm", pytest.param("base", marks=pytest.mark.nightly)],  # which takes six times as long
)
def test_the_first_steps_trained_again_find_the_recorded_losses(name):
    """The learning rate still rises here, so nothing has grown apart but by rounding."""
    told = json.loads((lessons.checkpoint(name) / "training.json").read_text("utf-8"))
    plan = recipes.find(name)
    tokenizer = AutoTokenizer.from_pretrained(
        lessons.checkpoint(name)
    )  # as a test of recipes holds
    model = recipes.untrained(plan, tokenizer)
    batches = recipes.batches_of(plan, tokenizer)
    found = run(model, batches, plan.recipe, None, until=STEPS).losses
    apart = max(abs(a - b) for a, b in zip(found, told["losses"][:STEPS], strict=True))
    assert apart < APART[name]
    assert found[0] - found[-1] > 10 * apart, "the loss fell by much more than that"
