"""At scale: the same outcomes from a stream and from several processes, in memory that stays flat."""

import functools
import json
import os
import subprocess
import sys
from dataclasses import asdict

import pytest

from lessons.data_preparation import scale
from lessons.data_preparation.duplicates import NearDuplicates
from lessons.data_preparation.pipeline import Outcome, Unseen, boilerplate_of, pipeline, run
from lessons.data_preparation.splits import Leaks
from lessons.experiments import load_result
from lessons.machine import peak_memory
from lessons.world.dirty import collection, evaluation_items


@functools.cache
def sample():
    return collection(8, 700)[0]


def steps():
    outcomes = [Outcome(asdict(record)) for record in sample()]
    near = NearDuplicates(3, 14, 8)
    return pipeline(boilerplate_of(outcomes), Leaks(evaluation_items(), 5, 0.8), near)


def test_several_processes_give_what_one_gives_in_the_same_order():
    alone, together = steps()
    one = list(run(together, run(alone, scale.read(8, 0, 1200))))
    alone, together = steps()
    two = list(run(together, scale.clean_in_parallel(alone, 8, 1200, workers=2)))
    assert one == two
    assert len(one) == 1200
    assert sum(bool(outcome.dropped) for outcome in one) > 200


def test_parts_are_handed_out_as_they_are_used(monkeypatch):
    given = []

    class Pool:
        def __init__(self, workers, mp_context):
            assert (workers, mp_context.get_start_method()) == (2, "spawn")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def submit(self, work, *arguments):
            given.append(arguments[1:])
            return type("Done", (), {"result": lambda _: work(*arguments)})()

    monkeypatch.setattr(scale, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(scale, "collection", lambda seed, _: collection(seed, 1000))
    assert scale.measure("stream", 8, 10, workers=2)["kept"] > 0
    assert given == [(8, 0, 10)]
    given.clear()
    outcomes = scale.clean_in_parallel({}, 8, 10**9, workers=2)
    first = next(outcomes)
    assert first.row["id"] == "8-0000000"
    assert given == [(8, i * 500, i * 500 + 500) for i in range(5)]


def test_reading_a_part_gives_what_the_collection_has_there():
    records, _ = collection(8, 60)
    assert [o.row for o in scale.read(8, 20, 60)] == [asdict(r) for r in records[20:]]


def test_the_size_of_the_memory_grows_with_what_it_remembers():
    near = NearDuplicates(3, 14, 8)
    unseen = Unseen(near, {})
    empty = scale.state_size(unseen)
    for number in range(200):
        unseen.first[bytes(f"{number:16}", "ascii")] = f"8-{number:07}"
        near.add(f"8-{number:07}", near.keys(f"text number {number} of {number * 7}"))
    per_record = (scale.state_size(unseen) - empty) / 200
    assert 14 * 8 + 16 < per_record < 3000


@pytest.mark.parametrize(
    ("way", "workers"),
    [
        ("list", 0),
        ("stream", 0),
        ("copies", 0),
        pytest.param("copies", 1, marks=pytest.mark.nightly),
    ],
)
def test_every_way_keeps_what_it_should(way, workers, monkeypatch, capsys):
    # A quarter of the sample shows the boilerplate, too.
    monkeypatch.setattr(scale, "collection", lambda seed, _: collection(seed, 1000))
    scale.main([way, "8", "400", str(workers)])
    found = json.loads(capsys.readouterr().out)
    assert found["per_second"] > 0
    assert found["cpu_seconds"] > 0
    assert (found["worker_cpu_seconds"] > 0.1) == (workers > 0 and os.name != "nt")
    assert found["peak_mb"] == pytest.approx(scale.own_peak(), rel=0.01)
    assert (found["state_bytes"] > 10_000) == (way == "copies")
    assert 240 < found["kept"] < (300 if way == "copies" else 350)


def test_a_cell_is_what_the_command_prints(monkeypatch, capsys):
    def here(command, **_):
        assert command[:3] == [sys.executable, "-m", scale.__name__]
        scale.main(command[3:])
        return subprocess.CompletedProcess(command, 0, capsys.readouterr().out)

    monkeypatch.setattr(subprocess, "run", here)
    monkeypatch.setattr(scale, "collection", lambda seed, _: collection(seed, 700))
    assert scale.scale_cell("stream", 300, 0)["kept"] > 150


@pytest.mark.nightly
def test_a_cell_is_measured_in_a_process_of_its_own():
    found = scale.scale_cell("stream", 300, 0)
    assert found["kept"] > 150
    assert found["peak_mb"] < 150  # this process, with torch, holds more


def test_a_peak_is_in_megabytes_and_known_without_a_status_file(monkeypatch, tmp_path):
    before = scale.own_peak()
    block = bytearray(300_000_000)
    block[::4096] = b"x" * len(block[::4096])
    assert before == 0 or 0 <= scale.own_peak() - before <= 310
    assert before == 0 or scale.own_peak() > 300
    monkeypatch.setattr(scale, "STATUS", tmp_path / "none")
    assert scale.own_peak() == (peak_memory() or 0)


def test_the_record_shows_memory_that_stays_flat_without_state():
    ways = load_result("data_preparation_scale")["summary"]
    assert ways["stream"]["workers0"]["growth_mb"] < 10 < ways["list"]["workers0"]["growth_mb"]
