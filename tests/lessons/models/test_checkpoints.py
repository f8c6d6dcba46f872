"""Runs that are stopped anywhere go on from their checkpoint to the same losses."""

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import lessons
import tinymodel
from lessons.models import progress
from lessons.models.progress import loss_curve
from lessons.models.training import Recipe
from nested import paths
from tinymodel import Stop, Tiny, batches, until
from training_runs import RECIPE, run, weights

ROOTS = (Path(tinymodel.__file__).parent, Path(lessons.__file__).parents[1])


PATHS = paths(*ROOTS)  # where a process started from here finds both


def interrupt(folder, step=8, **options) -> None:
    with pytest.raises(Stop):
        run(folder, batches=until(step), **options)


@pytest.mark.parametrize("dropout", [0.0, 0.1])
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_an_interrupted_run_goes_on_to_the_same_losses(tmp_path, optimizer, dropout):
    recipe = replace(RECIPE, optimizer=optimizer)
    torch.manual_seed(1)
    whole = Tiny(dropout=dropout)
    wanted = run(model=whole, recipe=recipe)
    torch.manual_seed(1)
    interrupt(tmp_path, model=Tiny(dropout=dropout), recipe=recipe)
    torch.manual_seed(2)
    model = Tiny(seed=2, dropout=dropout)  # its weights come from the checkpoint
    history = run(tmp_path, model=model, recipe=recipe)
    assert history.losses == wanted.losses
    assert history.norms == wanted.norms
    assert torch.equal(weights(model), weights(whole))


def test_a_run_may_be_made_in_parts(tmp_path):
    assert len(run(tmp_path, until=7).losses) == 7
    assert run(tmp_path, until=99).losses == run().losses


def test_a_finished_run_is_not_trained_again(tmp_path):
    model, again = Tiny(), Tiny(seed=1)
    wanted = run(tmp_path, model=model)
    history = run(tmp_path, model=again, batches=until(0))
    assert history.losses == wanted.losses
    assert torch.equal(weights(again), weights(model))


def test_a_run_without_resume_starts_over(tmp_path):
    interrupt(tmp_path)
    started = []

    def counted(step):
        started.append(step)
        return batches(step)

    run(tmp_path, batches=counted, resume=False)
    assert started[0] == 0


def test_a_checkpoint_is_written_every_so_many_steps_and_at_the_end(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(
        progress, "save", lambda _, __, history: written.append(len(history.losses))
    )
    run(tmp_path)
    assert written == [5, 10, 12]


def test_a_run_without_a_folder_writes_nothing(monkeypatch):
    monkeypatch.setattr(progress, "write_whole", lambda *_: pytest.fail("wrote"))
    run()


def test_a_folder_holds_checkpoint_history_and_curve_and_no_leftovers(tmp_path):
    history = run(tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert sorted(path.name for path in folder.iterdir()) == [
        "history.json",
        "loss.svg",
        "state.pt",
    ]
    saved = json.loads((folder / "history.json").read_text("utf-8"))
    assert saved["losses"] == history.losses  # to the last bit
    assert saved["memory"] == history.memory
    assert (folder / "loss.svg").read_text("utf-8") == loss_curve(history)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learning_rate": 2e-2}, "learning_rate is 0.01 there, 0.02 here"),
        ({"steps": 20}, "steps is 12 there, 20 here"),
        ({"optimizer": "muon"}, "optimizer is adamw there, muon here"),
    ],
)
def test_the_checkpoint_of_another_recipe_is_refused_with_the_difference(tmp_path, change, message):
    interrupt(tmp_path)
    with pytest.raises(
        ValueError, match=rf"state.pt belongs to another run: {message}. Take another"
    ):
        run(tmp_path, recipe=replace(RECIPE, **change))


def test_how_often_to_save_may_change_within_a_run(tmp_path):
    interrupt(tmp_path)
    assert run(tmp_path, recipe=replace(RECIPE, save_every=1)).losses == run().losses


def test_the_checkpoint_of_another_model_is_refused_with_the_first_tensor_that_differs(tmp_path):
    interrupt(tmp_path)
    message = r"embedding.weight is \(64, 16\) there, \(64, 8\) here"
    with pytest.raises(ValueError, match=message):
        run(tmp_path, model=Tiny(width=8))


def test_a_checkpoint_with_a_tensor_too_many_is_refused(tmp_path):
    interrupt(tmp_path)
    smaller = Tiny()
    del smaller.blocks[1]
    with pytest.raises(
        ValueError, match=r"blocks.1.linear.weight is \(16, 16\) there, nothing here"
    ):
        run(tmp_path, model=smaller)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_truncated_checkpoint_is_named_with_what_to_do(tmp_path, share):
    interrupt(tmp_path)
    path = tmp_path / "state.pt"
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(
        ValueError, match=r"state.pt is no whole checkpoint .*: delete it to start over"
    ):
        run(tmp_path)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path):
    torch.save({"model": Path("x")}, tmp_path / "state.pt")
    with pytest.raises(ValueError, match="is no whole checkpoint"):
        run(tmp_path)


@pytest.mark.parametrize("place", ["mkdir", "fsync", "replace"])
def test_a_full_disk_leaves_the_old_checkpoint_and_says_where_room_is_needed(
    tmp_path, monkeypatch, place
):
    interrupt(tmp_path)
    old = (tmp_path / "state.pt").read_bytes()

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if place == "mkdir":
            patch.setattr(progress.Path, "mkdir", full)
        elif place == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(progress.Path, "replace", full)
        with pytest.raises(
            OSError, match=r"could not write state.pt in .*no room left. Nothing was lost"
        ) as caught:
            run(tmp_path)
    assert caught.value.errno == errno.ENOSPC
    assert str(tmp_path) in str(caught.value)
    assert (tmp_path / "state.pt").read_bytes() == old
    assert not list(tmp_path.glob("*.part"))
    assert run(tmp_path).losses == run().losses


def test_a_checkpoint_that_cannot_be_made_leaves_the_old_one(tmp_path, monkeypatch):
    interrupt(tmp_path)
    old = (tmp_path / "state.pt").read_bytes()

    def broken(*_):
        raise RuntimeError("torn")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", broken)
        with pytest.raises(RuntimeError, match="torn"):
            run(tmp_path)
    assert (tmp_path / "state.pt").read_bytes() == old


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OSError, match=r"could not write state.pt in .*taken"):
        run(tmp_path / "taken")


# Processes that train and save at every step, and kill themselves a few saves after their start, at
# moments spread over a step and its save. They do it from a thread of their own, so that a busy machine,
# which keeps a process waiting, keeps its end waiting, too. They are forked from one that has already
# imported everything, which makes many kills cheap.
KILLED = """
import os, random, signal, sys, threading, time
from pathlib import Path
import torch, torch.distributed.checkpoint.state_dict
from tinymodel import Tiny, batches
from lessons.models.training import Recipe, optimizers, train
folder, chance = Path(sys.argv[1]), random.Random(0)
recipe = Recipe(int(sys.argv[2]), 1e-2, 3, save_every=1)
torch.set_num_threads(1)
torch.manual_seed(1)
optimizers(Tiny(), recipe)  # imports what is slow
def go():
    return train(Tiny(dropout=0.1), batches, recipe, folder, quiet=True)
def saved():
    path = folder / "state.pt"
    return path.stat().st_mtime_ns if path.exists() else 0
def end(saves, pause):
    for _ in range(saves):
        last = saved()
        while saved() == last:
            time.sleep(0.001)
    time.sleep(pause)
    os.kill(os.getpid(), signal.SIGKILL)
kills = torn = 0
for _ in range(40):
    when = chance.randint(1, 4), chance.uniform(0, recipe.steps / 2000)
    child = os.fork()
    if child == 0:
        threading.Thread(target=end, args=when, daemon=True).start()
        go()
        os._exit(0)
    if os.WIFEXITED(os.waitpid(child, 0)[1]):
        break
    kills += 1
    torn += (folder / "state.pt.part").exists()
if kills:
    torch.manual_seed(7)
history = go()
print(kills, torn, [loss.hex() for loss in history.losses])
"""


@pytest.mark.parametrize("steps", [28, pytest.param(60, marks=pytest.mark.nightly)])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks to be quick")
def test_a_run_killed_again_and_again_ends_with_the_losses_of_one_left_alone(tmp_path, steps):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(steps)],
        capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": PATHS, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    kills, _, losses = done.stdout.split(" ", 2)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    wanted = run(model=Tiny(dropout=0.1), recipe=Recipe(steps, 1e-2, 3)).losses
    torch.set_num_threads(threads)
    assert int(kills) >= 3
    assert losses.strip() == str([loss.hex() for loss in wanted])
