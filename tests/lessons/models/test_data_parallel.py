"""Several processes: the same losses as one, whole checkpoints, and failing together."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import lessons
import tinymodel
from lessons.models import data_parallel
from lessons.models.data_parallel import distributed, own_rows
from lessons.models.training import Recipe, train
from nested import paths
from tinymodel import Tiny, batches, until

RECIPE = Recipe(steps=10, learning_rate=1e-2, warmup=3, save_every=5)
MUON = replace(RECIPE, optimizer="muon")
ROOTS = (Path(tinymodel.__file__).parent, Path(lessons.__file__).parents[1])
PATHS = paths(*ROOTS)  # where a process started from here finds both

# Runs on two processes at once; one start for all cases, because a start takes longer than they do. On
# Linux the second is a copy of the first, with all that is loaded: torchrun, with which the pages start
# theirs, would load it three times.
TWO = """
import contextlib, gc, io, json, os, sys, warnings
gc.set_threshold(100_000)  # while libraries are loaded there is no garbage to be found
from dataclasses import replace
from pathlib import Path
warnings.simplefilter("error")
import torch
from tinymodel import Stop, Tiny, batches, until
from lessons.models import data_parallel
from lessons.models.training import Recipe, train

recipe, folder, found = Recipe(10, 1e-2, 3, save_every=5), Path(sys.argv[1]), {}
muon = replace(recipe, optimizer="muon")
copy = None
if "RANK" not in os.environ:
    import torch.distributed.checkpoint.state_dict, torch.distributed.fsdp
    copy = os.fork()
    os.environ["RANK"] = "0" if copy else "1"

def run(name, model=None, recipe=recipe, batches=batches, **options):
    model, shown = model or Tiny(), io.StringIO()
    try:
        with contextlib.redirect_stderr(shown):
            history = train(model, batches, recipe, **options)
    except Stop:
        return
    except (OSError, ValueError) as error:
        found[name] = {"error": f"{type(error).__name__}: {error}"}
        return
    weights = torch.cat([p.detach().flatten() for p in model.parameters()]).tolist()
    found[name] = {
        "losses": history.losses, "norms": history.norms, "memory": history.memory,
        "weights": weights, "training": model.training, "shown": shown.getvalue(),
    }

with data_parallel.distributed() as device:
    assert device.type == "cpu"
    rank = data_parallel.rank()
    run("replicated")
    run("pieces", micro=2)
    run("another model on each process", Tiny(seed=rank))
    run("another model on each process, sharded", Tiny(seed=rank), shard=True)
    run("sharded", shard=True)
    run("sharded pieces", micro=1, shard=True)
    run("muon", recipe=muon)
    run("muon sharded", recipe=muon, shard=True)
    for shard in (False, True):
        name = "sharded" if shard else "replicated"
        run("", batches=until(8), folder=folder / name, shard=shard)
        run(name + " resumed", folder=folder / name, shard=shard)
        run("", batches=until(8), folder=folder / (name + " to one"), shard=shard)
        run(name + " after one", folder=folder / f"one to {name}", shard=shard)
    torch.manual_seed(rank)
    run("dropout", Tiny(dropout=0.1))
    torch.manual_seed(rank)
    run("", Tiny(dropout=0.1), batches=until(8), folder=folder / "dropout")
    torch.manual_seed(99)
    run("dropout resumed", Tiny(dropout=0.1), folder=folder / "dropout")
    run("too few", batches=lambda _: {name: t[:1] for name, t in batches(0).items()})
    run("full", folder=folder / "a file")
    run("damaged", folder=folder / "damaged")
(folder / f"found{rank}.json").write_text(json.dumps(found))
if copy:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]))
"""


def one(folder=None, recipe=RECIPE, model=None, batches=batches):
    return train(model or Tiny(), batches, recipe, folder, quiet=True)


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return str(free.getsockname()[1])


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> list[dict]:
    """What each of two processes found."""
    if sys.platform == "win32":
        pytest.skip(
            "PyTorch's builds for Windows start no process group without settings of their own"
        )
    folder = tmp_path_factory.mktemp("two")
    (folder / "a file").write_text("x")
    (folder / "damaged").mkdir()
    (folder / "damaged" / "state.pt").write_text("x")
    for name in ("replicated", "sharded"):
        with pytest.raises(tinymodel.Stop):
            one(folder / f"one to {name}", batches=until(8))
    (folder / "script.py").write_text(TWO, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": PATHS, "OMP_NUM_THREADS": "1"}
    start = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    if sys.platform == "linux":
        address = {"MASTER_ADDR": "localhost", "MASTER_PORT": free_port()}
        environment, start = {**environment, **address, "WORLD_SIZE": "2"}, []
    done = subprocess.run(
        [sys.executable, *start, str(folder / "script.py"), str(folder)],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = [json.loads((folder / f"found{rank}.json").read_text("utf-8")) for rank in (0, 1)]
    return [{**each, "folder": folder} for each in found]


# The page on pre-training trains with two processes, and a group of one runs the same lines below.
BY_NIGHT = pytest.mark.nightly


@pytest.mark.parametrize(
    "case",
    [
        "replicated", "pieces", "sharded", "sharded pieces", "another model on each process",
        "another model on each process, sharded",
        "replicated resumed", "sharded resumed", "replicated after one", "sharded after one",
    ],
)  # fmt: skip
@BY_NIGHT
def test_two_processes_have_the_losses_of_one(two, case):
    wanted = one()
    assert two[0][case]["losses"] == two[1][case]["losses"]
    assert two[0][case]["losses"] == pytest.approx(wanted.losses, rel=1e-5)
    assert two[0][case]["norms"] == pytest.approx(wanted.norms, rel=1e-4)


@pytest.mark.parametrize("case", ["replicated", "sharded", "muon", "muon sharded"])
@BY_NIGHT
def test_every_process_is_left_with_the_whole_trained_model(two, case):
    model = Tiny()
    one(model=model, recipe=MUON if "muon" in case else RECIPE)
    wanted = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    for found in two:
        assert torch.tensor(found[case]["weights"]) == pytest.approx(wanted, abs=2e-3)
        assert not found[case]["training"]


@BY_NIGHT
def test_muon_makes_a_sharded_matrix_orthogonal_as_a_whole(two):
    wanted = one(
        recipe=MUON
    ).losses  # its products are rounded to bfloat16, so not to the last digit
    assert two[0]["muon"]["losses"] == pytest.approx(wanted, rel=1e-4)
    assert two[0]["muon sharded"]["losses"] == pytest.approx(wanted, rel=1e-3)


@BY_NIGHT
def test_sharding_halves_what_two_processes_keep(two):
    whole, shares = two[0]["replicated"]["memory"], two[0]["sharded"]["memory"]
    for kind in ("weights", "gradients", "optimizer"):
        assert shares[kind] == pytest.approx(whole[kind] / 2, rel=0.02)


@pytest.mark.parametrize("case", ["replicated", "sharded"])
@BY_NIGHT
def test_a_run_begun_by_two_processes_goes_on_in_one(two, case):
    history = one(two[0]["folder"] / f"{case} to one")
    assert history.losses == pytest.approx(one().losses, rel=1e-5)


@pytest.mark.parametrize("case", ["replicated", "sharded"])
@BY_NIGHT
def test_a_checkpoint_has_the_same_form_from_one_process_or_two(two, case):
    folder = two[0]["folder"]
    paths = [folder / f"{case} to one" / "state.pt", folder / "one to replicated" / "state.pt"]
    several, single = (torch.load(path, weights_only=True) for path in paths)
    assert several.keys() == single.keys()
    assert several["model"].keys() == single["model"].keys()
    assert several["optimizers"]["state"].keys() == single["optimizers"]["state"].keys()
    for name, tensor in single["model"].items():
        assert several["model"][name].shape == tensor.shape


@BY_NIGHT
def test_each_process_goes_on_with_its_own_dropout(two):
    assert two[0]["dropout resumed"]["losses"] == two[0]["dropout"]["losses"]
    assert two[0]["dropout"]["losses"] != pytest.approx(two[0]["replicated"]["losses"], rel=1e-3)


@BY_NIGHT
def test_fewer_sequences_than_processes_are_refused(two):
    message = "ValueError: 1 sequences for 2 processes: each needs at least one"
    assert all(found["too few"]["error"].startswith(message) for found in two)


@pytest.mark.parametrize(
    ("case", "message"), [("full", "could not write"), ("damaged", "is no whole checkpoint")]
)
@BY_NIGHT
def test_all_processes_fail_when_the_first_cannot_write_or_read(two, case, message):
    errors = [found[case]["error"] for found in two]
    assert message in errors[0]
    assert errors[0] == errors[1]


@BY_NIGHT
def test_only_the_first_process_shows_a_progress_bar(two):
    finished = [
        name for name, case in two[0].items() if isinstance(case, dict) and "losses" in case
    ]
    assert finished
    assert all("10/10 [" in two[0][name]["shown"] for name in finished)
    assert not any(two[1][name]["shown"] for name in finished)


# One process that joins a group of its own runs the same lines


@pytest.fixture
def alone(monkeypatch):
    if sys.platform == "win32":
        pytest.skip(
            "PyTorch's builds for Windows start no process group without settings of their own"
        )
    address = {
        "RANK": "0",
        "WORLD_SIZE": "1",
        "MASTER_ADDR": "localhost",
        "MASTER_PORT": free_port(),
    }
    for name, value in address.items():
        monkeypatch.setenv(name, value)
    with distributed() as device:
        assert data_parallel.joined()
        yield device
    assert not data_parallel.joined()


@pytest.mark.parametrize("shard", [False, True])
def test_a_group_of_one_has_the_losses_of_no_group(tmp_path, alone, shard):
    model = Tiny()
    history = train(model, batches, RECIPE, tmp_path, shard=shard, quiet=True)
    again = train(Tiny(seed=1), batches, RECIPE, tmp_path, shard=shard, quiet=True)
    assert again.losses == history.losses
    assert type(model) is Tiny
    assert (data_parallel.rank(), data_parallel.world(), str(alone)) == (0, 1, "cpu")


@pytest.mark.usefixtures("alone")
def test_each_block_is_sharded_by_itself_and_gathered_only_when_it_computes():
    from torch.distributed.fsdp import FSDPModule

    model = Tiny()
    sharded = data_parallel.wrap(model, shard=True)
    assert all(isinstance(block, FSDPModule) for block in sharded.blocks)
    assert not any(isinstance(block, FSDPModule) for block in model.blocks)


def test_fewer_rows_than_processes_are_refused():
    with pytest.raises(ValueError, match=r"5 sequences for 6 processes: .* start 5 processes or"):
        own_rows(batches(0), 0, 6)


def test_an_error_of_the_first_process_reaches_all(alone):
    def full():
        raise OSError(28, "no room")

    with pytest.raises(OSError, match="no room"):
        data_parallel.on_rank_zero(full)


def test_a_script_started_alone_joins_nothing(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with distributed() as device:
        assert not data_parallel.joined()
        assert (data_parallel.rank(), data_parallel.world(), device.type) == (0, 1, "cpu")


def test_sharding_over_one_process_is_refused():
    with pytest.raises(ValueError, match=r"shard=True needs several processes: .* torchrun"):
        train(Tiny(), batches, RECIPE, shard=True)


@pytest.mark.parametrize("world", [1, 2, 3, 4, 5])
def test_every_row_belongs_to_one_process_and_all_have_equally_many(world):
    parts = [own_rows(batches(0), rank, world) for rank in range(world)]
    assert len({len(part["input_ids"]) for part in parts}) == 1
    scored = torch.cat([part["input_ids"][(part["labels"] != -100).any(1)] for part in parts])
    assert sorted(scored.tolist()) == sorted(batches(0)["input_ids"].tolist())


def test_taking_rows_leaves_the_batch_as_it_was():
    batch = batches(0)
    own_rows(batch, 1, 2)
    assert torch.equal(batch["labels"], batches(0)["labels"])
