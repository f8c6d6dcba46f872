"""Shipped models are found; what a stage makes is made once, whole, and anew when its code changes."""

import json
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

import lessons
from lessons import cards, storage
from lessons.fine_tuning import unlabeled
from lessons.fingerprints import fingerprint
from lessons.fingerprints.dependencies import Code
from lessons.models import recipes
from lessons.registry import EXPERIMENTS


def write(folder: Path) -> None:
    """Stand in for a stage that makes a model."""
    (folder / "model.safetensors").write_bytes(b"weights")


def as_lesson(make: Callable[[Path], None]) -> Callable[[Path], None]:
    """Let a function pass for one of the lessons, whose code can be followed."""
    make.__module__, make.__qualname__ = "lessons.reward_modeling.preferences", "make_talker"
    return make


as_lesson(write)


def test_a_shipped_model_has_weights_tokenizer_and_card() -> None:
    for name in storage.NAMES:
        files = {path.name for path in lessons.checkpoint(name).iterdir()}
        assert {"model.safetensors", "config.json", "tokenizer.json", "README.md"} <= files


def test_every_list_of_the_models_is_the_one_that_is_shipped() -> None:
    """Records depend on three of the lists as they stand, so those cannot read the one in storage."""
    names = {*storage.SHIPPED}
    assert {*cards.MODELS} == {*recipes.PLANS, unlabeled.NAME} == names
    assert {path.parent.name for path in storage.CHECKPOINTS.glob("*/model.safetensors")} == names
    read = {path for experiment in EXPERIMENTS.values() for path in experiment.data}
    weights = {path for path in read if path.endswith(".safetensors")}
    assert weights == {f"lessons/checkpoints/{name}/model.safetensors" for name in names}


def test_a_shipped_model_names_the_class_that_its_weights_are_for() -> None:
    for name, of in (("base", "GPT2LMHeadModel"), ("mlm", "BertForMaskedLM")):
        told = json.loads((lessons.checkpoint(name) / "config.json").read_text("utf-8"))
        assert told["architectures"] == [of]


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    for checkpoint in (lessons.checkpoint, storage.checkpoint):
        with pytest.raises(ValueError, match=r"no model 'gpt2': take one of base, mlm"):
            checkpoint("gpt2")


def test_missing_weights_name_the_command_that_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "CHECKPOINTS", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"python -m lessons\.train base"):
        lessons.checkpoint("base")


def test_a_stage_is_made_once(tmp_path: Path) -> None:
    calls = []

    def make(folder: Path) -> None:
        calls.append(folder)
        write(folder)

    as_lesson(make)
    first = storage.cached("tuned", make, {"steps": 3}, folder=tmp_path)
    assert storage.cached("tuned", make, {"steps": 3}, folder=tmp_path) == first
    assert len(calls) == 1
    assert (first / "model.safetensors").read_bytes() == b"weights"


def test_other_settings_make_another(tmp_path: Path) -> None:
    first = storage.cached("tuned", write, {"steps": 3}, folder=tmp_path)
    assert storage.cached("tuned", write, {"steps": 4}, folder=tmp_path) != first


@pytest.mark.parametrize(
    ("file", "old", "new", "is_other"),
    [
        (
            "reward_modeling/preferences.py",
            "def make_talker(folder: Path) -> None:\n",
            "{}    SEED = 1\n",
            True,
        ),
        ("world/lexicon.py", "COLORS = ", "COLORS = 1 and ", True),
        ("storage.py", "no model {name!r}: take", "no such model, {name!r}: take", False),
        ("drawings.py", "FONT = 13", "FONT = 14", False),
        ("tokenization/tokenizers.py", "\nimport ", "\nNEW = 1\nimport ", False),
    ],
)
def test_another_is_made_when_code_that_makes_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str, is_other: bool
) -> None:
    first = storage.cached("tuned", write, {}, folder=tmp_path)
    source = tmp_path / "src"
    shutil.copytree(
        fingerprint.SOURCES / "lessons",
        source / "lessons",
        ignore=shutil.ignore_patterns("checkpoints", "results", "__pycache__"),
    )
    text = (source / "lessons" / file).read_text("utf-8")
    assert old in text
    changed = text.replace(old, new.format(old), 1) if "{}" in new else text.replace(old, new, 1)
    (source / "lessons" / file).write_text(changed, "utf-8")
    monkeypatch.setattr(
        fingerprint, "code", lambda: Code(source, boundaries=fingerprint.BOUNDARIES)
    )
    assert (storage.cached("tuned", write, {}, folder=tmp_path) != first) == is_other


def test_other_weights_to_start_from_make_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "CHECKPOINTS", tmp_path / "shipped")
    weights = tmp_path / "shipped" / "base" / "model.safetensors"
    weights.parent.mkdir(parents=True)
    made = []
    for content in (b"one", b"two", b"two"):
        weights.write_bytes(content)
        made.append(storage.cached("tuned", write, {}, "base", tmp_path))
    assert made[0] != made[1] == made[2]


def test_code_that_cannot_be_followed_is_refused(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        """Belong to this test, not to the lessons."""

    with pytest.raises(ValueError, match="is not a function of lessons"):
        storage.cached("tuned", make, {}, folder=tmp_path)


def test_a_stage_that_fails_leaves_nothing_that_looks_made(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("no space left on device")

    as_lesson(fail)
    with pytest.raises(OSError, match="no space"):
        storage.cached("tuned", fail, {}, folder=tmp_path)
    fail.__code__ = write.__code__
    made = storage.cached("tuned", fail, {}, folder=tmp_path)
    assert [path.name for path in made.iterdir()] == ["model.safetensors"]


def make_slowly(folder: Path, seconds: float) -> None:
    with (folder.parent / "calls").open("a") as calls:
        calls.write("x")
    (folder / "half").touch()
    time.sleep(seconds)
    (folder / "model.safetensors").write_bytes(b"weights")


def ask(tmp_path: Path, seconds: float) -> None:
    """Ask for a model that takes its time, and note where it is."""
    make = as_lesson(partial(make_slowly, seconds=seconds))
    place = storage.cached("slow", make, {}, folder=tmp_path)
    (tmp_path / f"asked-{os.getpid()}").write_text(str(place), "utf-8")


# A copy of this process has loaded all that the lessons import, which takes a new one seconds.
PROCESSES = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def start(tmp_path: Path, seconds: float) -> BaseProcess:
    process = PROCESSES.Process(target=ask, args=(tmp_path, seconds))
    process.start()
    return process


def places(tmp_path: Path) -> list[str]:
    return [file.read_text("utf-8") for file in tmp_path.glob("asked-*")]


def test_of_two_processes_one_makes_it_and_the_other_waits(tmp_path: Path) -> None:
    for process in [start(tmp_path, 1.0) for _ in range(2)]:
        process.join()
    first, second = places(tmp_path)
    assert first == second
    assert (tmp_path / "calls").read_text() == "x"


def test_after_a_kill_it_is_made_anew(tmp_path: Path) -> None:
    killed = start(tmp_path, 3600)
    while not list(tmp_path.glob("*/half")):
        assert killed.is_alive(), "it ended before it made anything"
        time.sleep(0.05)
    killed.kill()
    killed.join()
    start(tmp_path, 0).join()
    (place,) = places(tmp_path)
    assert (Path(place) / "model.safetensors").is_file()
    assert len(list(tmp_path.glob("*.unfinished"))) == 0
