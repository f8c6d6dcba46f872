"""The command that makes a model: whole or not at all, and from its recipe the recorded losses."""

import functools
import json
import os
import shlex
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoTokenizer,
)

import lessons
import tinymodel
from lessons import storage, train
from lessons.models import output_folders, recipes
from lessons.models.steps import Speed
from lessons.models.training import Recipe
from lessons.models.training import train as run

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
MAKE = recipes.tokenizer_of
ONCE = functools.cache(lambda causal: MAKE(SMALL["base" if causal else "mlm"]))


@pytest.fixture
def small(monkeypatch, few_texts, documents_once):
    """Plans that train in a second, a text that is made in one, and tokenizers that are made once."""
    monkeypatch.setattr(recipes, "tokenizer_of", lambda plan: ONCE(plan.recipe.causal))
    monkeypatch.setattr(recipes, "PLANS", SMALL)


@pytest.fixture
def instant(small, monkeypatch):
    """The same plans, and no text to wait for."""
    monkeypatch.setattr(recipes, "batches_of", lambda *_: tinymodel.batches)


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
    assert model.config.architectures == [type(model).__name__]
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
    def told():
        # The most memory that the process held goes on rising, whoever runs in it.
        return json.loads((tmp_path / "base" / "training.json").read_text()) | {"peak_memory_mb": 0}

    command(tmp_path, "--way", "fp32")
    before = told()
    command(tmp_path, "--way", "fp32")
    assert told() == before  # nothing was left to train
    shipped = (tmp_path / "base" / "training.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train, "story", full)
    assert command(tmp_path, "--way", "fp32") == 1
    assert "error: [Errno 28] No space left on device" in capsys.readouterr().err
    assert (tmp_path / "base" / "training.json").read_bytes() == shipped
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
    assert "choose from base, mlm, mlm-unlabeled" in capsys.readouterr().err.replace("'", "")


def test_a_shipped_model_has_no_files_but_those_by_which_its_folder_is_recognized(tmp_path):
    for name in storage.SHIPPED:
        folder = storage.CHECKPOINTS / name
        files = {path.name for path in folder.iterdir()}
        assert files <= {*output_folders.FILES, output_folders.CARD}
        output_folders.require_own(folder, name)


@pytest.fixture
def untouched(monkeypatch):
    """Fails where a run gets as far as its text or its training."""
    for module, name in ((recipes, "tokenizer_of"), (train, "choose_speed"), (train, "train")):
        monkeypatch.setattr(module, name, lambda *_, **__: pytest.fail("the work began"))


def spoiled(folder: Path, what: str) -> tuple[list[str], str]:
    """Folders and options of a run that must not begin, and what is said about it."""
    (folder / "mine").mkdir()
    (folder / "mine" / "notes.txt").write_text("mine")
    (folder / "empty").mkdir()
    (folder / "taken").write_text("x")
    return {
        "full": (["--folder", "mine"], "mine holds other things: name another --folder"),
        "slash": (["--folder", "mine/"], "holds other things"),
        "default": ([], "base holds other things: name another --folder"),
        "full, in parts": (["--folder", "mine", "--steps", "1"], "holds other things"),
        "here": (["--folder", "."], "is the folder you are in"),
        "nothing": (["--folder", ""], "is the folder you are in"),
        "one": (["--folder", "empty", "--work", "./empty/"], "lie in one another"),
        "inside": (["--folder", "empty", "--work", "empty/work"], "lie in one another"),
        "default inside": (["--folder", "base-work/base"], "lie in one another"),
        "work around": (["--work", "."], "lie in one another"),
        "a file": (["--folder", "taken"], "taken is a file"),
        "work a file": (["--folder", "new", "--work", "taken"], "taken is a file"),
    }[what]


@pytest.mark.parametrize(
    "what",
    [
        "full", "slash", "default", "full, in parts", "here", "nothing", "one", "inside",
        "default inside", "work around", "a file", "work a file",
    ],
)  # fmt: skip
def test_a_place_that_is_not_free_is_refused_before_the_work(
    untouched, tmp_path, monkeypatch, capsys, what
):
    monkeypatch.chdir(tmp_path)
    options, message = spoiled(tmp_path, what)
    if what == "default":
        (tmp_path / "mine").rename("base")
    before = {str(path): path.is_dir() or path.read_text() for path in tmp_path.rglob("*")}
    assert train.main(["base", *options]) == 1
    assert message in capsys.readouterr().err
    after = {str(path): path.is_dir() or path.read_text() for path in tmp_path.rglob("*")}
    assert after == before


def test_shipping_into_a_folder_with_other_things_leaves_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("mine")
    plan = SMALL["base"]
    tokenizer = AutoTokenizer.from_pretrained(lessons.checkpoint("base"))
    model = recipes.untrained(plan, tokenizer)
    with pytest.raises(ValueError, match=r"^mine holds other things: name another --folder"):
        train.ship(model, tokenizer, {"model": "base"}, Path("mine"))
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "notes.txt"]
    train.ship(model, tokenizer, {"model": "base"}, Path("free"))
    Path("free/README.md").write_text("a card")
    train.ship(model, tokenizer, {"model": "base", "again": True}, Path("free"))
    assert {path.name for path in Path("free").iterdir()} == {
        *output_folders.FILES,
        output_folders.CARD,
    }
    assert json.loads(Path("free/training.json").read_text())["again"]


def test_a_second_run_in_the_same_folder_is_refused_before_it_writes(instant, tmp_path, capsys):
    with output_folders.alone_in(tmp_path / "work"):
        assert command(tmp_path, "--way", "fp32") == 1
    assert f"another run works in {tmp_path / 'work'}" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "work").iterdir()] == [output_folders.LOCK]


def test_a_run_keeps_its_folder_while_it_trains_and_gives_it_back(instant, tmp_path, monkeypatch):
    seen = []

    def busy(*_, **__):
        with pytest.raises(ValueError, match="another run works in"):
            train.make("base", tmp_path / "other", tmp_path / "work", "fp32")
        seen.append(True)
        raise OSError("that is enough")

    monkeypatch.setattr(train, "train", busy)
    assert command(tmp_path, "--way", "fp32") == 1
    assert seen
    with output_folders.alone_in(tmp_path / "work"):
        pass


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("0", "--steps: 0 is not more than 0"),
        ("-3", "--steps: -3 is not more than 0"),
        ("1.5", "--steps: '1.5' is no whole number"),
        ("nan", "--steps: 'nan' is no whole number"),
        ("", "--steps: '' is no whole number"),
    ],
)
def test_a_number_of_steps_that_cannot_be_meant_is_refused(untouched, capsys, steps, message):
    with pytest.raises(SystemExit) as caught:
        train.main(["base", f"--steps={steps}"])
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("steps", [0, -1, SMALL["base"].recipe.steps + 1])
def test_steps_that_the_recipe_does_not_have_are_refused(small, untouched, tmp_path, steps):
    with pytest.raises(ValueError, match=f"steps={steps} is out of range: from 1 to 4"):
        train.make("base", tmp_path / "base", tmp_path / "work", steps=steps)
    assert not any(tmp_path.iterdir())


def test_a_run_that_stops_early_on_purpose_says_how_far_it_is(instant, tmp_path, capsys):
    assert command(tmp_path, "--way", "fp32", "--steps", "2") == 0
    assert "2 of 4 steps are done" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["bit", "other"])
def test_a_damaged_checkpoint_ends_the_command_with_a_line(instant, tmp_path, capsys, damage):
    assert command(tmp_path, "--way", "fp32", "--steps", "1") == 0
    file = tmp_path / "work" / "state.pt"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 8
    if damage == "bit":
        file.write_bytes(data)
    else:
        torch.save([1, 2], file)
    capsys.readouterr()
    assert command(tmp_path) == 1
    said = capsys.readouterr().err
    assert "state.pt is no " in said
    assert "to start over" in said


@pytest.mark.parametrize("saved", [False, True])
def test_ctrl_c_ends_with_one_line_that_says_how_to_go_on(
    instant, tmp_path, capsys, monkeypatch, request, saved
):
    def interrupted(*_, **__):
        signal.raise_signal(signal.SIGINT)

    # A process that was started in the background ignores the signal unless it is told otherwise.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    if saved:
        assert command(tmp_path, "--way", "fp32", "--steps", "2") == 0
    capsys.readouterr()
    with monkeypatch.context() as patch:
        patch.setattr(train, "train", interrupted)
        assert command(tmp_path, "--way", "fp32") == 130
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "stopped; to go on from the last" if saved else "stopped before the first"
    )
    again = shlex.split(line.partition(": ")[2])
    assert again[:3] == ["python", "-m", "lessons.train"]
    assert train.main(again[3:]) == 0
    assert (tmp_path / "base" / "training.json").is_file()


def test_ctrl_c_is_told_by_one_of_several_processes(instant, tmp_path, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "make", interrupted)
    monkeypatch.setenv("RANK", "1")
    assert command(tmp_path) == 130
    assert capsys.readouterr().err == ""


def starting(folder: Path, torch_is: str) -> subprocess.Popen:
    """Start the command with something else in place of torch, which it imports first of all."""
    (folder / "torch.py").write_text(torch_is)
    paths = os.pathsep.join([str(folder), str(Path(lessons.__file__).parents[1])])
    return subprocess.Popen(
        [sys.executable, "-m", "lessons.train", "base"],
        env={**os.environ, "PYTHONPATH": paths}, cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no signal can be sent to one process there")
def test_ctrl_c_while_it_imports_ends_with_one_line(tmp_path):
    slow = "import time\nprint('importing', flush=True)\ntime.sleep(600)\n"
    running = starting(tmp_path, slow)
    assert running.stdout.readline() == "importing\n"
    running.send_signal(signal.SIGINT)
    _, said = running.communicate()
    assert said == "stopped: nothing had begun yet\n"
    assert running.returncode == 130


def test_an_import_that_fails_ends_with_one_line(tmp_path):
    running = starting(tmp_path, "raise ImportError('libtorch is of another processor')")
    _, said = running.communicate()
    assert said == "error: libtorch is of another processor\n"
    assert running.returncode == 1


@pytest.mark.parametrize("name", storage.SHIPPED)
def test_a_shipped_model_was_made_by_the_plan_in_the_code(name):
    told = json.loads((storage.CHECKPOINTS / name / "training.json").read_text("utf-8"))
    plan = train.plan_of(name)
    recipe = {**told["recipe"], "clip": float(told["recipe"]["clip"])}
    assert replace(plan, recipe=Recipe(**recipe), **told["plan"]) == plan


# The recorded losses came from bfloat16 products, those here from float32: at most this far apart.
# Measured over twelve steps: see the assertion's message when it fails.
APART = 0.02


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("mlm", 4),
        # By night: of the others one takes six times as long, one differs in its tokenizer alone.
        *(pytest.param(name, 12, marks=pytest.mark.nightly) for name in storage.SHIPPED),
    ],
)
def test_the_first_steps_trained_again_find_the_recorded_losses(name, steps):
    """The learning rate still rises here, so nothing has grown apart but by rounding."""
    folder = storage.CHECKPOINTS / name
    told = json.loads((folder / "training.json").read_text("utf-8"))
    plan = train.plan_of(name)
    tokenizer = AutoTokenizer.from_pretrained(folder)  # as a test of recipes holds
    model = recipes.untrained(plan, tokenizer)
    batches = recipes.batches_of(plan, tokenizer)
    found = run(model, batches, plan.recipe, None, until=steps).losses
    apart = max(abs(a - b) for a, b in zip(found, told["losses"][:steps], strict=True))
    assert apart < APART
    assert found[0] - found[-1] > 10 * apart, "the loss fell by much more than that"


def test_a_reader_of_the_output_who_stops_reading_stops_no_training(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        train.say("nobody reads this")
        train.say("nor this")
