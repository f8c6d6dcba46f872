"""The folders of a run: what is not ours stays, and two runs do not share one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lessons.models import output_folders
from lessons.models.output_folders import (
    CARD,
    FILES,
    STORY,
    alone_in,
    claimed,
    put,
    require_apart,
    require_own,
)

LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")


def model(folder: Path, name: str = "base", text: str = "old") -> Path:
    """A folder as the command writes it."""
    folder.mkdir(parents=True)
    for file in FILES:
        (folder / file).write_text(text)
    (folder / STORY).write_text(json.dumps({"model": name, "text": text}))
    return folder


def held(folder: Path) -> dict[str, str]:
    """Everything below a folder, with its content."""
    return {
        str(file.relative_to(folder)): file.read_text()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def claim(folder: Path, work: Path) -> None:
    """Begin a run, and end it at once."""
    with claimed(folder, work, "base"):
        pass


def add_directory(folder):
    (folder / "runs").mkdir()


def add_hidden(folder):
    (folder / ".gitkeep").write_text("")


def add_notes(folder):
    (folder / "notes.txt").write_text("mine")


def take_story(folder):
    (folder / STORY).unlink()


def spoil_story(folder):
    (folder / STORY).write_text("{")


def story_without_name(folder):
    (folder / STORY).write_text('["base"]')


def other_model(folder):
    (folder / STORY).write_text('{"model": "mlm"}')


def directory_for_a_file(folder):
    (folder / "config.json").unlink()
    (folder / "config.json").mkdir()


NOT_OURS = [
    (add_notes, r"holds other things: name another --folder \(notes.txt\)"),
    (add_hidden, r"holds other things: name another --folder \(.gitkeep\)"),
    (add_directory, "holds other things"),
    (directory_for_a_file, r"holds other things: name another --folder \(config.json\)"),
    (take_story, "holds a model that this command did not make: name another --folder"),
    (spoil_story, "holds a model that this command did not make"),
    (story_without_name, "holds a model that this command did not make"),
    (other_model, "holds the model mlm: name another --folder"),
]


@pytest.mark.parametrize(("change", "message"), NOT_OURS)
def test_a_folder_with_anything_else_is_refused_and_left_as_it_was(tmp_path, change, message):
    folder = model(tmp_path / "mine")
    change(folder)
    before = held(folder)
    with pytest.raises(ValueError, match=message):
        put(model(tmp_path / "new", text="new"), folder, "base")
    assert held(folder) == before
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "new"}


def test_a_folder_full_of_things_names_only_the_first(tmp_path):
    for name in "abcde":
        (tmp_path / name).write_text("")
    with pytest.raises(ValueError, match=r"\(a, b, c, …\)"):
        require_own(tmp_path, "base")


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(ValueError, match="taken is a file: name another --folder"):
        require_own(tmp_path / "taken", "base")
    with pytest.raises(ValueError, match="taken is a file: name another --work"):
        output_folders.require_work(tmp_path / "taken")


@LINKS
def test_a_link_that_stands_for_a_file_is_not_ours(tmp_path):
    folder = model(tmp_path / "mine")
    (tmp_path / "weights").write_text("somebody's")
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to(tmp_path / "weights")
    with pytest.raises(ValueError, match=r"\(model.safetensors\)"):
        require_own(folder, "base")


def test_an_older_model_is_replaced_and_its_readme_is_carried_over(tmp_path):
    folder, new = model(tmp_path / "mine"), model(tmp_path / "new", text="new")
    (folder / CARD).write_text("a card")
    wanted = held(new) | {CARD: "a card"}
    put(new, folder, "base")
    assert held(folder) == wanted
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("readme", [False, True])
def test_an_empty_folder_is_taken_with_a_readme_or_without(tmp_path, readme):
    folder, new = tmp_path / "mine", model(tmp_path / "new")
    folder.mkdir()
    if readme:
        (folder / CARD).write_text("a stranger's")
    put(new, folder, "base")
    assert (folder / STORY).is_file()
    assert (folder / CARD).is_file() == readme


@LINKS
def test_through_a_link_its_target_is_replaced_and_the_link_stays(tmp_path):
    model(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    put(model(tmp_path / "new", text="new"), tmp_path / "link", "base")
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "real" / STORY).read_text())["text"] == "new"


@pytest.mark.parametrize("fault", [OSError("no"), KeyboardInterrupt()])
def test_what_fails_between_the_two_renames_puts_the_old_model_back(tmp_path, monkeypatch, fault):
    folder, new = model(tmp_path / "mine"), model(tmp_path / "new", text="new")
    before, rename = held(folder), Path.rename

    def failing(path, target):
        if path == new:
            raise fault
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", failing)
        with pytest.raises(type(fault)):
            put(new, folder, "base")
    assert held(folder) == before
    assert (new / STORY).is_file(), "nor is the new one lost"


def test_what_comes_in_while_the_folder_is_replaced_is_kept(tmp_path, monkeypatch):
    folder, new = model(tmp_path / "mine"), model(tmp_path / "new", text="new")
    rename = Path.rename

    def meanwhile(path, target):
        if path == folder:
            add_notes(folder)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", meanwhile)
    with pytest.raises(ValueError, match="holds other things"):
        put(new, folder, "base")
    assert held(folder)["notes.txt"] == "mine"


@pytest.mark.parametrize("left", ["nothing", "new", "a part"])
def test_what_a_killed_run_moved_aside_is_put_right_by_the_next(tmp_path, left):
    folder, aside = tmp_path / "mine", tmp_path / ".mine.before"
    model(aside)
    if left != "nothing":  # killed behind the second rename
        model(folder, text="new")
    if left == "a part":  # and while it deleted the old files
        for name in FILES[:3]:
            (aside / name).unlink()
    claim(folder, tmp_path / "work")
    assert not aside.exists()
    text = json.loads((folder / STORY).read_text())["text"]
    assert text == ("old" if left == "nothing" else "new")


def spellings(base: Path, name: str) -> list[str]:
    """Ways to give one folder; the current one is ``base``."""
    return [name, f"./{name}", f"{name}/", f"{name}/.", f"x/../{name}", str(base / name)]


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize(("one", "other"), [("a", "a"), ("a", "a/b"), ("a/b", "a"), ("a", ".")])
def test_model_and_checkpoints_in_one_another_are_refused_in_every_spelling(
    tmp_path, monkeypatch, one, other, number
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    for folder, work in ((spellings(tmp_path, one)[number], other), (other, one)):
        with pytest.raises(ValueError, match=r"lie in one another|the folder you are in"):
            require_apart(Path(folder), Path(work))


@LINKS
@pytest.mark.parametrize("inner", ["link", "link/work"])
def test_a_link_does_not_hide_that_one_lies_in_the_other(tmp_path, inner):
    (tmp_path / "model").mkdir()
    (tmp_path / "link").symlink_to("model")
    with pytest.raises(ValueError, match="lie in one another"):
        require_apart(tmp_path / "model", tmp_path / inner)


@LINKS
def test_links_in_a_circle_are_named(tmp_path):
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(ValueError, match="circle"):
        claim(tmp_path / "circle", tmp_path / "work")


@pytest.mark.parametrize("folder", [".", "", "..", "../here", "../here/"])
def test_the_current_folder_and_those_around_it_are_never_replaced(tmp_path, monkeypatch, folder):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(ValueError, match="is the folder you are in, or lies around it"):
        require_apart(Path(folder), tmp_path.parent / "elsewhere")


def test_folders_beside_one_another_with_names_alike_are_apart(tmp_path):
    require_apart(tmp_path / "base", tmp_path / "base-work")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("history.json", '{"losses": [], "mood": 1}'),
        ("history.json", "[]"),
        ("history.json", "{"),
        ("loss.svg", "<svg/>"),
    ],
)
def test_a_file_of_somebody_elses_is_not_overwritten_by_the_checkpoints(tmp_path, name, text):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / name).write_text(text)
    with pytest.raises(ValueError, match=f"holds a {name} that this command did not write"):
        claim(tmp_path / "base", tmp_path / "work")
    assert held(tmp_path / "work") == {name: text}


def test_a_place_that_cannot_be_written_to_is_known_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    for folder, work in (("file/base", "work"), ("base", "file/work")):
        with pytest.raises(OSError, match="file"):
            claim(tmp_path / folder, tmp_path / work)


HOLDING = """
import sys, time
from filelock import FileLock
lock = FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
time.sleep(600)
"""


def test_a_second_run_is_refused_and_a_killed_one_leaves_no_lock(tmp_path):
    (tmp_path / "work").mkdir()
    lock = str(tmp_path / "work" / output_folders.LOCK)
    other = subprocess.Popen([sys.executable, "-c", HOLDING, lock], stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(ValueError, match=r"another run works in .*work: wait until it has end"):
            claim(tmp_path / "base", tmp_path / "work")
    finally:
        other.kill()
        other.communicate()
    with alone_in(tmp_path / "work"):
        assert os.path.lexists(lock)


@LINKS
def test_one_folder_under_two_names_has_one_lock(tmp_path):
    (tmp_path / "link").symlink_to("work")
    with alone_in(tmp_path / "work"), pytest.raises(ValueError, match="another run works in"):
        claim(tmp_path / "base", tmp_path / "link")


def test_a_disk_without_locks_is_worked_on_with_a_word(tmp_path, monkeypatch, capsys):
    import filelock

    def unknown(*_, **__):
        raise NotImplementedError

    monkeypatch.setattr(filelock.FileLock, "acquire", unknown)
    with alone_in(tmp_path):
        assert "knows no locks: let no other run work there" in capsys.readouterr().err


def test_a_picture_that_is_no_text_is_not_ours(tmp_path):
    (tmp_path / "loss.svg").write_bytes(b"\xff\xfe\x00picture")
    assert not output_folders._is_curve(tmp_path / "loss.svg")
    assert not output_folders._is_curve(tmp_path / "nothing.svg")


def test_a_folder_that_is_a_disk_cannot_be_renamed_into(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "is_mount", lambda _: True)
    with pytest.raises(ValueError, match="is a disk of its own: name a folder in it as --folder"):
        output_folders._require_room_beside(tmp_path / "base")
