"""The run of the lab on pre-training, with the functions of its solution."""

import json
import math
import os
import runpy
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lessons.labs import pretraining_run as run
from solvedlabs import solution

SHORT = {"steps": 4, "every": 2, "micro": 5}


@pytest.fixture(name="own", scope="module")
def _own(tmp_path_factory):
    file = tmp_path_factory.mktemp("own") / "solution.py"
    file.write_text(solution("pretraining"), "utf-8")
    space = runpy.run_path(str(file))
    return {name: space[name] for name in run.NAMES}


@pytest.fixture(name="file")
def _file(tmp_path):
    file = tmp_path / "my_pretraining.py"
    file.write_text(solution("pretraining"), "utf-8")
    return file


@pytest.fixture(name="quiet", autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setenv("LESSONS_LAB_RUNS", "")  # put back after the test


def test_a_run_that_goes_on_has_the_losses_of_one_without_a_stop(own, tmp_path):
    whole = run.train(own, **SHORT)
    assert len(whole) == 4
    assert run.train(own, tmp_path, **{**SHORT, "steps": 2}) == whole[:2]
    assert run.train(own, tmp_path, **SHORT) == whole


@pytest.mark.parametrize(("missing", "first"), [("moments", 3), ("random", 2), ("step", 2)])
def test_what_is_missing_in_a_checkpoint_changes_the_losses(own, tmp_path, missing, first):
    whole = run.train(own, **SHORT)
    run.train(own, tmp_path, **{**SHORT, "steps": 2})
    losses = run.train(own, tmp_path, without=missing, **SHORT)
    if missing == "step":
        assert len(losses) == 6
    assert losses[:first] == whole[:first]
    assert losses[first] != whole[first]


def test_micro_batches_change_nothing_and_no_example_is_no_number(own):
    from lessons.labs.pretraining_model import Model

    one, all_at_once = (run.train(own, steps=2, micro=m, dropout=0.0) for m in (1, 10))
    assert one == pytest.approx(all_at_once, abs=1e-5)
    loss, gradient, tokens = Model(0, 0.0).gradient([])
    assert math.isnan(loss)
    assert math.isnan(gradient[-1])
    assert tokens == 0


def test_all_processes_begin_with_the_weights_of_the_first(own):
    from lessons.labs.pretraining_model import Model

    weights = Model(run.SEED, 0.0).network.state_dict()

    def everyone(value):
        return [weights if isinstance(value, dict) else value] * 2

    everybody = {**own, "shard": lambda ids, *_: ids}
    alone = run.train(everybody, steps=1, dropout=0.0)
    second = run.Place(1, 2, everyone)
    assert run.train(everybody, None, second, steps=1, dropout=0.0) == pytest.approx(alone)


def test_only_the_first_process_saves(own, tmp_path):
    place = run.Place(1, 2, lambda value: [value, value])
    run.train(own, tmp_path, place, steps=1, every=1)
    assert list(tmp_path.iterdir()) == []


def test_the_process_kills_itself_after_the_step(own, monkeypatch, capsys):
    killed = []
    monkeypatch.setattr(run.os, "kill", lambda *given: killed.append(given))
    run.train(own, steps=2, kill=2)
    assert killed[0][0] == os.getpid()
    assert capsys.readouterr().err == "killed after step 2\n"


def test_the_newest_file_is_cut_in_half(tmp_path):
    for number, name in enumerate(("old", "new")):
        (tmp_path / name).write_bytes(b"12345678")
        os.utime(tmp_path / name, ns=(number, number))
    run.cut_newest(tmp_path)
    assert [(tmp_path / name).read_bytes() for name in ("old", "new")] == [b"12345678", b"1234"]


def test_a_start_hands_over_code_folder_and_settings(own, tmp_path, monkeypatch):
    asked = []

    def started(command, **_):
        asked.append(command)
        at = command.index("--losses")
        assert "def combine" in Path(command[at - 2]).read_text("utf-8")
        Path(command[at + 1]).write_text("[2.5]", "utf-8")

    monkeypatch.setattr(run.subprocess, "run", started)
    assert run.launch(own, tmp_path / "a", processes=2, kill=5) == [2.5]
    assert "torch.distributed.run" in asked[0]
    assert asked[0][asked[0].index("--kill") + 1] == "5"
    assert (tmp_path / "a").is_dir()


def test_on_windows_processes_find_each_other_without_a_library_that_may_be_missing(
    own, tmp_path, monkeypatch
):
    given = []

    def started(command, env, **_):
        given.append(env.get("USE_LIBUV"))
        Path(command[command.index("--losses") + 1]).write_text("[2.5]", "utf-8")

    monkeypatch.setattr(run.subprocess, "run", started)
    monkeypatch.delenv("USE_LIBUV", raising=False)
    run.launch(own, tmp_path)
    monkeypatch.setattr(run, "ON_WINDOWS", {"USE_LIBUV": "0"})
    run.launch(own, tmp_path)
    monkeypatch.setenv("USE_LIBUV", "1")  # what the reader says holds
    run.launch(own, tmp_path)
    assert given == [None, "0", "1"]


def test_a_kill_is_told_from_an_error(own, tmp_path, monkeypatch):
    said = SimpleNamespace(stderr="killed after step 3\n")
    monkeypatch.setattr(run.subprocess, "run", lambda *_, **__: said)
    assert run.launch(own, tmp_path, kill=3) is None
    with pytest.raises(RuntimeError, match="the run failed"):
        run.launch(own, tmp_path)


def test_what_failed_is_told_before_what_torchrun_says_about_it(own, tmp_path, monkeypatch):
    own_error = "Traceback (most recent call last):\nNameError: name 'hashlib' is not defined\n"
    said = SimpleNamespace(stderr="a warning\n" + own_error + 400 * "torchrun failed, too\n")
    monkeypatch.setattr(run.subprocess, "run", lambda *_, **__: said)
    with pytest.raises(RuntimeError) as found:
        run.launch(own, tmp_path, processes=2)
    assert str(found.value).startswith("the run failed:\n" + own_error)


def test_the_command_trains_and_writes_the_losses(file, tmp_path, capsys):
    losses = tmp_path / "losses.json"
    given = [str(file), str(tmp_path / "run"), "--losses", str(losses), "--steps", "2"]
    assert run.main(given) == 0
    assert len(json.loads(losses.read_text("utf-8"))) == 2
    assert capsys.readouterr().out.startswith("step 2: loss ")


def test_a_process_that_torchrun_started_joins_the_others(file, tmp_path, monkeypatch):
    with socket.create_server(("localhost", 0)) as free:
        port = str(free.getsockname()[1])
    started = {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "localhost", "MASTER_PORT": port}
    for name, value in started.items():
        monkeypatch.setenv(name, value)
    assert run.main([str(file), str(tmp_path / "run"), "--steps", "1", "--every", "1"]) == 0
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["step-000000001"]


@pytest.mark.nightly
def test_killed_and_damaged_runs_end_with_the_losses_of_one_left_alone(own, tmp_path):
    alone = run.train(own)
    for kill in (9, 30):
        assert run.launch(own, tmp_path, kill=kill) is None
        run.cut_newest(tmp_path)
    assert run.launch(own, tmp_path) == alone


@pytest.mark.nightly
def test_torchrun_on_three_processes_learns_what_one_learns(own, file, tmp_path):
    alone = run.train(own, dropout=0.0)
    assert run.launch(own, tmp_path, processes=3, kill=20, dropout=0.0) is None
    assert run.launch(own, tmp_path, processes=3, dropout=0.0) == pytest.approx(alone, abs=1e-4)
    command = [sys.executable, "-m", "lessons.labs.pretraining_run", str(file), str(tmp_path)]
    done = subprocess.run([*command, "--dropout", "0"], check=True, capture_output=True, text=True)
    assert done.stdout == f"step 48: loss {alone[-1]:.2f}\n"  # begun by three, looked at by one
