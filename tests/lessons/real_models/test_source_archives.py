"""A source archive comes by its hash as a wheel does, and its ``setup.py`` never runs."""

import os
import stat
import tarfile

import pytest

from lessons.real_models import command, fetching, places
from lessons.real_models.fetching import RefusedError
from realmodels import INNER, TEXT, write_source


@pytest.fixture
def folder(tmp_path):
    (path := tmp_path / "arriving").mkdir()
    return path


@pytest.fixture(autouse=True)
def somewhere(tmp_path, monkeypatch):
    """The folder in which a ``setup.py`` that ran would leave its mark."""
    monkeypatch.chdir(tmp_path)


def left_by_setup(folder):
    return [*folder.rglob("setup-was-run")]


@pytest.mark.parametrize("path", ["", "elsewhere"])
def test_it_comes_as_it_is_and_nothing_of_it_is_run(source, wheels, folder, monkeypatch, path):
    monkeypatch.setenv("PYTHONPATH", path)
    found = fetching.download(source, folder)
    assert found.name == "tiny-texts-1.0.tar.gz"
    assert found.read_bytes() == (wheels / found.name).read_bytes()
    assert left_by_setup(folder.parent) == []
    assert os.environ["PYTHONPATH"] == path


def test_without_the_stand_in_pip_would_have_run_it(source, folder, monkeypatch):
    """The test above could not fail otherwise."""
    monkeypatch.setattr(fetching, "_stand_in", lambda *_: {})
    with pytest.raises(RefusedError, match=r"tiny-texts==1\.0: pip could not fetch it"):
        fetching.download(source, folder)


def test_other_bytes_are_refused_before_pip_asks_anything_of_them(source, wheels, folder):
    write_source(wheels, b"other text")
    with pytest.raises(RefusedError, match=r"other bytes than those that were measured"):
        fetching.download(source, folder)
    assert left_by_setup(folder.parent) == []


def test_one_that_is_gone_is_said_to_be_gone(source, wheels, folder):
    (wheels / "tiny-texts-1.0.tar.gz").unlink()
    with pytest.raises(RefusedError, match=r"no such archive.*\(ERROR: No matching distribution"):
        fetching.download(source, folder)


def test_files_are_taken_out_of_it_and_out_of_an_archive_in_it(source, wheels, folder):
    fetching.take(wheels / "tiny-texts-1.0.tar.gz", source.files, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "text.txt": TEXT,
        "inner.txt": INNER,
    }


@pytest.mark.parametrize(
    "inside",
    ["tiny-texts-1.0/gone", "tiny-texts-1.0/data/more.tar.gz!more/gone", "gone!more/inner.txt"],
)
def test_a_file_that_is_not_in_it_is_named(wheels, source, folder, inside):
    archive = wheels / "tiny-texts-1.0.tar.gz"
    with pytest.raises(RefusedError, match=rf"tiny-texts-1\.0\.tar\.gz holds no {inside}"):
        fetching.take(archive, {inside: "0" * 64}, folder)


def test_a_folder_is_no_file(folder):
    with tarfile.open(folder / "a.tar", "w") as archive:
        (entry := tarfile.TarInfo("data")).type = tarfile.DIRTYPE
        archive.addfile(entry)
    with pytest.raises(RefusedError, match=r"a\.tar holds no data"):
        fetching.take(folder / "a.tar", {"data": "0" * 64}, folder)


def test_other_bytes_in_it_are_refused(source, wheels, folder):
    archive = write_source(wheels, b"other text")
    with pytest.raises(RefusedError, match=r"data/text\.txt is not the file that was measured"):
        fetching.take(archive, source.files, folder)


def test_the_command_keeps_its_texts_beside_the_models(texts, cache, capsys):
    assert command.main(["tiny"]) == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith("to download: 0 MB, from where pip looks for packages; kept in ")
    assert second == "tiny: fetching tiny-texts==1.0, 0 MB"
    assert last == f"tiny: Tiny is there: {places.find('tiny')}"
    kept = {path.name: path.read_bytes() for path in places.find("tiny").iterdir()}
    assert kept == {"text.txt": TEXT, "inner.txt": INNER, "NOTICE": b"Not ours.\n"}
    if os.name != "nt":
        assert {stat.S_IMODE(path.stat().st_mode) for path in places.find("tiny").iterdir()} == {
            0o644
        }
    assert command.main(["tiny"]) == 0
    assert "fetching" not in capsys.readouterr().out
