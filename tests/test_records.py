"""Records: complete, fresh, summed up as they say, and measured again with the same numbers."""

import importlib
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from transformers import AutoModelForMaskedLM, AutoTokenizer

from lessons.catalog.experiment import Cell, Record
from lessons.experiments import EXPERIMENTS, RESULTS, changes, load_result, recompute
from lessons.storage import checkpoint
from realmodels import real_folder
from remeasured import (
    BUDGET,
    MOST,
    assert_same_numbers,
    changed_records,
    choose,
    choose_real,
    cost,
    git,
    label,
    marks,
)

NAMES = sorted(EXPERIMENTS)
RECORDS = {name: load_result(name) for name in NAMES}
REPEATABLE = {name: RECORDS[name] for name in NAMES if EXPERIMENTS[name].repeatable}
# A run that gates has no real models: make test-real measures a cell of each of their records again.
GATING = {name: record for name, record in REPEATABLE.items() if not EXPERIMENTS[name].models}
CHANGED = changed_records(GATING)
CHOSEN = choose(GATING, CHANGED, git("rev-parse", "HEAD"))
REAL = choose_real(REPEATABLE.keys() - GATING.keys(), RECORDS, git("rev-parse", "HEAD"))


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_fresh(name: str) -> None:
    found = changes(RECORDS[name])
    assert not found, f"record anew what changed: python -m lessons.experiments {name}"


@pytest.mark.parametrize("name", NAMES)
def test_a_record_holds_every_cell_and_says_what_it_depends_on(name: str) -> None:
    record, experiment = RECORDS[name], EXPERIMENTS[name]
    assert [cell["parameters"] for cell in record["cells"]] == list(experiment.cells)
    assert record["n"] == len(experiment.cells)
    assert record["question"] == experiment.question
    assert record["tolerance"] == experiment.tolerance
    assert record["seeds"] == sorted({cell["seed"] for cell in experiment.cells if "seed" in cell})
    assert {*record["versions"]} == {"python", *experiment.packages}
    assert {*record["machine"]} == {"cpu", "cores", "os"}
    assert record["seconds"] > 0
    assert len(record["date"]) == len("2026-11-24")


def test_every_record_belongs_to_an_experiment() -> None:
    assert sorted(file.stem for file in RESULTS.glob("*.json")) == NAMES


def flat(tree: Record, above: str = "") -> dict[str, float]:
    """Write a tree of dictionaries as one: ``a.b.c`` -> number."""
    found = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{above}{name}.")
        else:
            found[above + name] = value
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_summary_follows_from_the_cells(name: str) -> None:
    summary = json.loads(json.dumps(EXPERIMENTS[name].summarise(RECORDS[name]["cells"])))
    assert flat(summary) == pytest.approx(flat(RECORDS[name]["summary"]))


# Measured again


@pytest.mark.parametrize(
    ("name", "index"),
    [
        pytest.param(
            name,
            index,
            id=label(name, cell),
            marks=marks(EXPERIMENTS[name], index in (CHOSEN.get(name), REAL.get(name))),
        )
        for name, record in REPEATABLE.items()
        for index, cell in enumerate(record["cells"])
    ],
)
def test_a_cell_measured_again_gives_the_recorded_numbers(
    name: str, index: int, record_property: Callable[[str, object], None]
) -> None:
    for needed in EXPERIMENTS[name].models:
        real_folder(needed)
    record = RECORDS[name]
    why = "changed" if name in CHANGED else "its turn"
    cell = record["cells"][index]
    record_property("records", f"measured again ({why}): {label(name, cell)}")
    assert_same_numbers(recompute(record, index), cell["values"], record["tolerance"])


def test_the_cells_that_are_measured_again_keep_to_the_budget(
    record_property: Callable[[str, object], None],
) -> None:
    left = [name for name in NAMES if name not in CHOSEN]
    record_property("records", f"not measured again in this run: {', '.join(left) or 'none'}")
    assert sum(cost(RECORDS[name]) for name in CHOSEN.keys() - CHANGED) <= BUDGET
    too_dear = {name for name in NAMES if cost(RECORDS[name]) > MOST}
    assert CHANGED - CHOSEN.keys() <= too_dear


@pytest.fixture(scope="module")
def one_layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The masked model without its upper layers: it reads a thousand reviews in a third of the time."""
    model = AutoModelForMaskedLM.from_pretrained(checkpoint("mlm"))
    model.bert.encoder.layer = model.bert.encoder.layer[:1]
    model.config.num_hidden_layers = 1
    folder = tmp_path_factory.mktemp("one-layer")
    for each in (model, AutoTokenizer.from_pretrained(checkpoint("mlm"))):
        each.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        (
            "data_preparation_augmentation",
            {"change": "none", "labels": 2, "epochs": 1, "copies": 1},
        ),
        ("fine_tuning_labels", {"start": "mlm", "labels": 8, "rate": 1e-4, "num_train_epochs": 1}),
        ("fine_tuning_overfitting", {"labels": 8, "wrong": 0.0, "rate": 1e-4, "epochs": 1}),
        ("fine_tuning_ways", {"way": "lora", "labels": 8, "rate": 1e-4, "epochs": 1}),
        ("models_sentiment", {"start": "mlm", "labels": 2}),
        ("models_sentiment", {"start": "scratch", "labels": 2}),
        # By day the race has tests of its own.
        *(
            pytest.param(*values, marks=pytest.mark.nightly)
            for values in (
                ("models_optimizers", {"optimizer": "adamw", "rate": 0.01, "rest": 0.01}),
                ("models_optimizers", {"optimizer": "muon", "rate": 0.01, "rest": 0.01}),
            )
        ),
    ],
)
def test_a_cell_of_less_work_has_the_scores_that_are_recorded(
    name: str, parameters: Cell, one_layer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever cells a run measures again, each measurement runs in it."""
    for module in ("data_preparation.augmentation", "fine_tuning.classifiers", "fine_tuning.lora",
                   "models.classification"):  # fmt: skip
        monkeypatch.setattr(f"lessons.{module}.checkpoint", lambda _: one_layer)
    race = importlib.import_module("lessons.models.optimizer_comparison")
    short = replace(race.SMALL.recipe, steps=11, warmup=1)
    monkeypatch.setattr(race, "SMALL", replace(race.SMALL, recipe=short))
    values = EXPERIMENTS[name].run(parameters | {"seed": 0})
    assert values
    assert values.keys() <= RECORDS[name]["cells"][0]["values"].keys()
    assert all(map(math.isfinite, values.values()))


def fake(seconds: float, n: int = 4) -> Record:
    return {"seconds": seconds * n, "n": n, "machine": {"cores": 1}}


def test_every_record_and_every_cell_has_its_turn() -> None:
    records = {f"r{price}": fake(price) for price in (1, 2, 5, 10, 20, 40)}
    seen = {pair for i in range(300) for pair in choose(records, (), str(i), 45).items()}
    assert seen == {(name, index) for name in records for index in range(4)}


def test_of_each_record_of_real_models_a_cell_has_its_turn_whatever_it_costs() -> None:
    records = {"a": fake(1), "dear": fake(MOST + 1)}
    seen = {pair for i in range(100) for pair in choose_real(records, records, str(i)).items()}
    assert seen == {(name, index) for name in records for index in range(4)}


@pytest.mark.parametrize(
    ("models", "chosen", "names"),
    [
        ((), True, set()),
        ((), False, {"nightly", "timeout"}),
        (("minilm",), True, {"real", "timeout"}),
        (("minilm",), False, {"real", "nightly", "timeout"}),
    ],
)
def test_what_reads_real_models_is_measured_again_where_they_are_and_nowhere_else(
    models: tuple[str, ...], chosen: bool, names: set[str]
) -> None:
    experiment = replace(EXPERIMENTS["models_sentiment"], models=models)
    assert {mark.name for mark in marks(experiment, chosen)} == names


def test_a_changed_record_is_measured_whatever_the_budget_is_spent_on() -> None:
    records = {"a": fake(10), "b": fake(10), "c": fake(10), "dear": fake(MOST + 1)}
    for commit in "0123456789":
        chosen = choose(records, ("a", "b", "dear"), commit, 10)
        assert chosen.keys() == {"a", "b", "c"}
        assert len(choose(records, (), commit, 10)) == 1


def test_a_score_may_be_off_as_far_as_its_record_says_of_it() -> None:
    tolerance = {"all": 0.05, "others": 0.2}
    assert_same_numbers({"all": 0.54, "add": 0.3}, {"all": 0.5, "add": 0.1}, tolerance)
    for name, again in (("all", 0.56), ("add", 0.31)):
        recorded = {"all": 0.5, "add": 0.1}
        with pytest.raises(AssertionError, match=name):
            assert_same_numbers(recorded | {name: again}, recorded, tolerance)


def test_numbered_scores_may_be_off_as_far_as_is_said_of_all_of_them() -> None:
    tolerance, recorded = {"nats": 0.5, "others": 0.0}, {"nats.0": 7.0, "nats.1": 8.0, "run.0": 3}
    assert_same_numbers(recorded | {"nats.0": 7.4, "nats.1": 7.6}, recorded, tolerance)
    for name, again in (("nats.1", 8.6), ("run.0", 4)):
        with pytest.raises(AssertionError, match=name):
            assert_same_numbers(recorded | {name: again}, recorded, tolerance)


def test_a_time_may_be_another_and_must_be_one() -> None:
    tolerance = {"seconds": None, "others": 0.01}
    assert_same_numbers({"seconds": 9.0, "right": 0.5}, {"seconds": 0.1, "right": 0.5}, tolerance)
    for name, again in (("seconds", 0.0), ("seconds", math.inf), ("right", 0.52)):
        recorded = {"seconds": 0.1, "right": 0.5}
        with pytest.raises(AssertionError, match=name):
            assert_same_numbers(recorded | {name: again}, recorded, tolerance)


def test_single_hits_may_differ_and_their_share_may_not() -> None:
    recorded = {f"old.{number}": float(number < 20) for number in range(40)}
    assert_same_numbers(recorded | {"old.3": 0.0, "old.9": 0.0}, recorded, 1.0)
    with pytest.raises(AssertionError, match="old"):
        assert_same_numbers(dict.fromkeys(recorded, 0.0), recorded, 1.0)


def test_what_a_model_wrote_may_differ_and_stays_a_text() -> None:
    assert_same_numbers({"story": "a cat"}, {"story": "a dog"}, 0.0)
    with pytest.raises(AssertionError, match="story"):
        assert_same_numbers({"story": 1.0}, {"story": "a dog"}, 0.0)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose branch ``work`` begins at ``main``, with one record committed there."""
    if not git("--version"):
        pytest.skip("needs git")
    (tmp_path / "src/lessons/results").mkdir(parents=True)
    write(tmp_path, "old", cells=[1], tolerance=0.1, definitions={"f": "1"}, data={})
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    git("init", "--initial-branch", "main", root=tmp_path)
    git("add", ".", root=tmp_path)
    git(*identity, "commit", "--message", "m", root=tmp_path)
    git("checkout", "-b", "work", root=tmp_path)
    return tmp_path


def write(root: Path, name: str, **record: object) -> Record:
    whole = {"name": name, **record}
    (root / f"src/lessons/results/{name}.json").write_text(json.dumps(whole), "utf-8")
    return whole


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({}, False),
        ({"question": "Reworded?"}, False),
        ({"cells": [2]}, True),
        ({"tolerance": 0.2}, True),
        ({"definitions": {"f": "2"}}, True),
        ({"data": {"weights": "1"}}, True),
    ],
)
def test_a_record_counts_as_changed_where_measuring_could_refute_it(
    repository: Path, change: Record, counts: bool
) -> None:
    kept = {"cells": [1], "tolerance": 0.1, "definitions": {"f": "1"}, "data": {}}
    records = {"old": write(repository, "old", **{**kept, **change})}
    assert changed_records(records, repository) == ({"old"} if counts else set())


def test_a_new_record_counts_as_changed(repository: Path) -> None:
    new = write(repository, "new", cells=[1], tolerance=0.1, definitions={}, data={})
    assert changed_records({"new": new}, repository) == {"new"}


def test_without_a_repository_no_record_counts_as_changed(tmp_path: Path) -> None:
    assert changed_records({"old": {"name": "old"}}, tmp_path) == set()
