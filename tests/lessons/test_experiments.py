"""The command that records experiments, and says which records are stale and why."""

import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from lessons import experiments
from lessons.catalog.experiment import Experiment, Record
from lessons.experiments import EXPERIMENTS, changes, load_result, other_versions, save_result
from lessons.models.experiments import summarise_sentiment

SRC = Path(experiments.__file__).parent.parent


def tiny(**changes) -> Experiment:
    fields = {
        "name": "tiny",
        "question": "Does it run?",
        "measure": "lessons.catalog.experiment:spread",
        "cells": ({"values": (1.0, 2.0, 6.0)}, {"values": (4.0,)}),
        "summarise": lambda cells: {"means": [cell["values"]["mean"] for cell in cells]},
        "packages": ("tokenizers",),
    }
    return Experiment(**{**fields, **changes})


def test_a_gain_is_paired_by_seed_and_has_a_t_interval():
    cells = [
        {
            "parameters": {"start": start, "labels": 64, "seed": seed},
            "values": {"accuracy": 0.5 + seed / 10 + (0.2 + seed / 100) * (start == "mlm")},
        }
        for start in ("mlm", "scratch")
        for seed in range(5)
    ]
    gain = summarise_sentiment(cells)["labels64"]["gain"]
    half = 2.776 * 0.015811 / 5**0.5  # the gains are 0.20, 0.21, … 0.24
    assert gain == pytest.approx(
        {"value": 0.22, "low": 0.22 - half, "high": 0.22 + half, "seeds": 5}, abs=1e-5
    )


def test_peak_memory_is_in_megabytes_where_the_system_tells(monkeypatch):
    if sys.platform != "win32":
        block = bytearray(300_000_000)
        block[::4096] = b"x" * len(block[::4096])
        assert 300 < experiments.peak_memory() < 30_000
    monkeypatch.setitem(sys.modules, "resource", None)
    assert experiments.peak_memory() is None


@pytest.fixture
def records(tmp_path: Path) -> Callable[..., Record]:
    """Write a record that differs from the one that is recorded."""

    def write(name: str, **changes: Record) -> Record:
        record = load_result(name) | changes
        save_result(record, tmp_path)
        return record

    return write


def test_what_changed_came_and_went_since_a_record_was_made_is_named(records):
    definitions = load_result("models_abilities")["definitions"] | {"share": "0", "gone": "0"}
    del definitions["bootstrap"]
    (weights,) = EXPERIMENTS["models_abilities"].data
    record = records("models_abilities", definitions=definitions, data={weights: "0"})
    assert changes(record) == [
        f"changed: {weights}", "changed: share", "came: bootstrap", "went: gone",
    ]  # fmt: skip


def test_a_record_of_other_cells_is_stale(records):
    cells = load_result("reward_modeling_best")["cells"]
    other = cells[0] | {"parameters": {"seed": 99}}
    record = records("reward_modeling_best", cells=[other, *cells[1:]])
    assert changes(record) == ['cell came: {"seed": 0}', 'cell went: {"seed": 99}']


def test_stale_records_are_listed_with_the_reason_and_the_price(records, tmp_path, capsys):
    definitions = load_result("reward_modeling_dpo")["definitions"] | {"dpo": "0"}
    records("reward_modeling_dpo", definitions=definitions, seconds=600.0)
    records("models_sentiment")
    names = ["reward_modeling_dpo", "models_sentiment", "reward_modeling_best"]
    assert experiments.main(["--stale", *names, "--results", str(tmp_path)]) == 1
    said = [line for line in capsys.readouterr().out.splitlines() if "made with" not in line]
    assert said == [
        "reward_modeling_dpo: stale, 10 minutes to record anew",
        "  changed: dpo",
        "reward_modeling_best: stale, never recorded",
        "2 of 3 records stale, 10 minutes to record anew",
        "record them anew: python -m lessons.experiments reward_modeling_dpo reward_modeling_best",
    ]


def test_no_record_of_the_course_is_stale(capsys):
    assert experiments.main(["--stale"]) == 0
    assert f"0 of {len(EXPERIMENTS)} records stale, 0 minutes" in capsys.readouterr().out


def test_other_versions_are_named_and_make_no_record_stale(records, tmp_path, capsys):
    here = load_result("models_sentiment")["versions"]
    records("models_sentiment", versions=here | {"torch": "1.0+cpu", "nowhere": "2.0"})
    assert experiments.main(["--stale", "models_sentiment", "--results", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert f"torch 1.0+cpu, here {version('torch')}" in said
    assert "nowhere 2.0, here none" in said
    assert "0 of 1 records stale" in said


def test_who_built_a_package_is_no_other_version():
    record = {"versions": {"torch": version("torch").partition("+")[0] + "+elsewhere"}}
    assert other_versions(record) == []
    assert other_versions({"versions": {"python": platform.python_version()}}) == []


def test_running_measures_every_cell_and_writes_the_record_alone(tmp_path):
    path = experiments.run(tiny(), tmp_path / "results", tmp_path / "parts")
    record = load_result("tiny", path.parent)
    assert record["summary"] == {"means": [3.0, 4.0]}
    assert record["cells"][0]["values"] == {"mean": 3.0, "low": 1.0, "high": 6.0, "sd": 7**0.5}
    assert record["cells"][1]["values"]["sd"] == 0.0
    assert record["seeds"] == []
    assert record["definitions"].keys() == {"spread"}
    assert record["data"] == {}
    assert [file.name for file in path.parent.iterdir()] == ["tiny.json"]
    assert path.stat().st_mode & 0o777 == 0o644 or sys.platform == "win32"
    assert list((tmp_path / "parts").iterdir()) == []


class StoppedError(Exception):
    pass


@pytest.fixture
def stopping(monkeypatch):
    """Note which cells are measured, and stop at the second, as a user may."""
    measured = []
    original = Experiment.run

    def run(experiment, parameters):
        measured.append(parameters["values"])
        if len(measured) == 2:
            raise StoppedError
        return original(experiment, parameters)

    monkeypatch.setattr(Experiment, "run", run)
    return measured


def test_a_stopped_run_goes_on_with_the_cells_that_are_left(tmp_path, stopping):
    folders = tmp_path / "results", tmp_path / "parts"
    with pytest.raises(StoppedError):
        experiments.run(tiny(), *folders)
    assert not folders[0].exists()
    experiments.run(tiny(), *folders)
    assert stopping == [(1.0, 2.0, 6.0), (4.0,), (4.0,)]
    assert load_result("tiny", folders[0])["summary"] == {"means": [3.0, 4.0]}
    experiments.run(tiny(), *folders)  # asked again, it measures again
    assert len(stopping) == 5


def test_what_another_process_records_is_not_recorded_beside_it(tmp_path, monkeypatch):
    folders = tmp_path / "results", tmp_path / "parts"
    original = Experiment.run

    def run(experiment, parameters):  # asked again while it measures
        with pytest.raises(OSError, match="tiny is being recorded by another process"):
            experiments.run(tiny(), *folders)
        return original(experiment, parameters)

    monkeypatch.setattr(Experiment, "run", run)
    experiments.run(tiny(), *folders)
    assert load_result("tiny", folders[0])["summary"] == {"means": [3.0, 4.0]}
    assert list(folders[1].iterdir()) == []


def test_what_was_measured_before_a_change_is_measured_again(tmp_path, stopping, monkeypatch):
    folders = tmp_path / "results", tmp_path / "parts"
    with pytest.raises(StoppedError):
        experiments.run(tiny(), *folders)
    monkeypatch.setattr(Experiment, "definitions", lambda _: {"spread": "another"})
    experiments.run(tiny(), *folders)
    assert stopping == [(1.0, 2.0, 6.0), (4.0,), (1.0, 2.0, 6.0), (4.0,)]


def test_a_record_that_does_not_exist_is_named_with_the_command_that_makes_it(tmp_path):
    message = "no record of 'x' .recorded: none.; make it with: python -m lessons.experiments x"
    with pytest.raises(FileNotFoundError, match=message):
        load_result("x", tmp_path)


def test_an_unknown_experiment_is_answered_with_the_known_ones(capsys):
    with pytest.raises(ValueError, match=r"no experiment 'x': take one of .*tokenization_voc"):
        experiments.find("x")
    with pytest.raises(SystemExit):
        experiments.main(["x"])
    assert "no experiment 'x': take one of" in capsys.readouterr().err


def test_no_name_is_answered_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        experiments.main([])
    assert (
        "name an experiment, or --all: data_preparation_augmentation, " in capsys.readouterr().err
    )


def test_listing_shows_the_questions_and_imports_nothing_heavy():
    code = (
        "import sys; from lessons.experiments import main; main(['--list'])\n"
        "assert not {'torch', 'transformers', 'tokenizers'} & sys.modules.keys()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SRC
    )
    assert "tokenization_vocabulary: How does" in done.stdout


def test_the_list_is_printed(capsys):
    assert experiments.main(["--list"]) == 0
    assert "tokenization_vocabulary: How does" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--all"], ["tiny"]])
def test_the_command_records(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(experiments, "EXPERIMENTS", {"tiny": tiny()})
    assert experiments.main([*arguments, "--results", str(tmp_path)]) == 0
    assert load_result("tiny", tmp_path)["n"] == 2
    assert "tiny.json: 2 cells in" in capsys.readouterr().out


def test_a_summary_is_renewed_from_its_cells_and_nothing_is_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(experiments, "EXPERIMENTS", {"tiny": tiny()})
    assert experiments.main(["tiny", "--results", str(tmp_path)]) == 0
    before = load_result("tiny", tmp_path)
    best = {"summarise": lambda cells: {"best": max(cell["values"]["mean"] for cell in cells)}}
    monkeypatch.setattr(experiments, "EXPERIMENTS", {"tiny": tiny(measure="none:none", **best)})
    capsys.readouterr()
    for printed in ("tiny: summed up anew\n", ""):
        assert experiments.main(["--summarise", "--all", "--results", str(tmp_path)]) == 0
        assert capsys.readouterr().out == printed
    assert load_result("tiny", tmp_path) == before | {"summary": {"best": 4.0}}


def test_a_machine_without_cpuinfo_is_described_all_the_same(monkeypatch):
    monkeypatch.setattr(experiments.Path, "is_file", lambda _: False)
    assert experiments.machine()["cpu"]


def test_a_folder_that_cannot_hold_a_record_is_known_before_the_first_cell(
    tmp_path, monkeypatch, capsys
):
    seen = []
    monkeypatch.setitem(EXPERIMENTS, "tiny", tiny())
    monkeypatch.setattr(Experiment, "run", lambda _, cell: seen.append(cell))
    (tmp_path / "taken").write_text("mine")
    assert experiments.main(["tiny", "--results", str(tmp_path / "taken")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert "taken" in line
    assert seen == []


def test_ctrl_c_while_recording_is_one_line_that_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(EXPERIMENTS, "tiny", tiny())
    monkeypatch.setattr(experiments, "run", stopped)
    assert experiments.main(["tiny", "--results", str(tmp_path)]) == 130
    said = capsys.readouterr().err
    assert said == "stopped; the same command goes on with the cells that are left\n"
