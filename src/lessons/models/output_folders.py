"""The folders of a training run: judged before the work, kept to one run, replaced without a loss.

A path that a user gives is not ours. What may be replaced is recognized file by file, moved aside, and
deleted only when the new one stands in its place.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import fields
from pathlib import Path

from lessons.models import data_parallel
from lessons.models.progress import History

# What a model's folder holds. The file by which it is recognized comes last: so it is deleted last.
FILES = (
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "training.json",
)
STORY = FILES[-1]
CARD = "README.md"  # carried over, whoever wrote it
LOCK = ".lock"


def resolved(path: Path) -> Path:
    """Return the place that a path leads to, through links and from wherever it was given.

    Raises:
        ValueError: links that lead in a circle.
    """
    try:
        return path.resolve()
    except RuntimeError as error:
        raise ValueError(f"{path} leads in a circle: name another folder") from error


def _is_within(inner: Path, outer: Path) -> bool:
    """Whether a place is another or lies in it, also where its name is spelled in another way."""
    if outer in (inner, *inner.parents):
        return True
    there = [place for place in (inner, *inner.parents) if place.exists()]
    return outer.exists() and any(place.samefile(outer) for place in there)


def require_apart(folder: Path, work: Path) -> None:
    """Make sure that the model, the checkpoints and the current folder do not lie in one another.

    Args:
        folder: place of the model; it is replaced as a whole.
        work: place of checkpoints; may be the current folder.

    Raises:
        ValueError: names the two.
    """
    model, checkpoints = resolved(folder), resolved(work)
    if _is_within(resolved(Path.cwd()), model):
        raise ValueError(
            f"{folder} is the folder you are in, or lies around it: name another --folder"
        )
    if _is_within(model, checkpoints) or _is_within(checkpoints, model):
        raise ValueError(
            f"--folder {folder} and --work {work} are the same or lie in one another: "
            "name another --folder or another --work"
        )


def require_own(folder: Path, name: str) -> None:
    """Make sure that a folder holds nothing but an older version of a model, if it holds anything.

    Args:
        folder: place of the model; may be missing.
        name: the model that would replace what is there.

    Raises:
        ValueError: it holds something else.
    """
    place = resolved(folder)
    if not os.path.lexists(place):
        return
    if not place.is_dir():
        raise ValueError(f"{folder} is a file: name another --folder")
    entries = sorted(place.iterdir())
    others = [entry.name for entry in entries if not _is_expected(entry)]
    if others:
        shown = ", ".join(others[:3]) + (", …" if len(others) > 3 else "")
        raise ValueError(f"{folder} holds other things: name another --folder ({shown})")
    if any(entry.name != CARD for entry in entries) and (other := _model_in(place)) != name:
        held = f"the model {other}" if other else "a model that this command did not make"
        raise ValueError(f"{folder} holds {held}: name another --folder")


def _is_expected(entry: Path) -> bool:
    if entry.name == CARD:
        return entry.is_file() or entry.is_symlink()
    return entry.name in FILES and entry.is_file() and not entry.is_symlink()


def _model_in(place: Path) -> str | None:
    """Return the name of the model in a folder, if this command made it."""
    try:
        story = json.loads((place / STORY).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    name = story.get("model") if isinstance(story, dict) else None
    return name if isinstance(name, str) else None


def require_work(work: Path) -> None:
    """Make sure that no file of somebody else's has a name under which checkpoints are written.

    Whether ``state.pt`` is a checkpoint of this run is seen when it is read.

    Raises:
        ValueError: names the file.
    """
    place = resolved(work)
    if os.path.lexists(place) and not place.is_dir():
        raise ValueError(f"{work} is a file: name another --work")
    for name, is_own in (("history.json", _is_history), ("loss.svg", _is_curve)):
        if os.path.lexists(place / name) and not is_own(place / name):
            raise ValueError(
                f"{work} holds a {name} that this command did not write: name another --work"
            )


def _is_history(file: Path) -> bool:
    try:
        held = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(held, dict) and "losses" in held and set(held) <= _measured()


def _measured() -> set[str]:
    return {field.name for field in fields(History)}


def _is_curve(file: Path) -> bool:
    try:
        return "Training loss over" in file.read_text("utf-8")
    except (OSError, ValueError):
        return False


@contextmanager
def alone_in(work: Path) -> Iterator[None]:
    """Keep other runs out of a folder while one works in it.

    The system itself gives the lock back when the process ends, however it ends: a killed run leaves
    the file, and not the lock.

    Raises:
        ValueError: another run works there.
    """
    from filelock import FileLock, Timeout  # here, so that finding a model needs nothing installed

    place = resolved(work)
    place.mkdir(parents=True, exist_ok=True)
    lock = FileLock(place / LOCK)
    try:
        lock.acquire(timeout=0)
    except NotImplementedError:  # some disks that machines share
        print(f"{work} knows no locks: let no other run work there", file=sys.stderr)
    except Timeout as error:
        raise ValueError(
            f"another run works in {work}: wait until it has ended, or name another --work"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def claimed(folder: Path, work: Path, name: str) -> Iterator[None]:
    """Judge both folders of a run before it begins, and keep the one of its checkpoints to it.

    All processes of the run must take part.

    Args:
        folder: place that the model is to have.
        work: place of checkpoints.
        name: the model.

    Raises:
        ValueError: a folder that holds something else, or in which another run works.
        OSError: a place that cannot be written to.
    """
    held = ExitStack()

    def claim() -> None:
        require_apart(folder, work)
        require_work(work)
        _finish_replacing(resolved(folder), name)
        require_own(folder, name)
        _require_room_beside(folder)
        held.enter_context(alone_in(work))

    data_parallel.on_rank_zero(claim)
    with held:
        yield


def _require_room_beside(folder: Path) -> None:
    """Make sure, hours before it is needed, that a folder can be made here and renamed."""
    place = resolved(folder)
    if place.is_mount():
        raise ValueError(f"{folder} is a disk of its own: name a folder in it as --folder")
    with scratch_beside(place):
        pass


@contextmanager
def scratch_beside(place: Path) -> Iterator[Path]:
    """Make a folder to write in, beside the place to which the result is renamed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}-") as scratch:
        yield Path(scratch)


def put(whole: Path, folder: Path, name: str) -> None:
    """Rename a new model into its place; what stood there goes when the new one is there.

    Args:
        whole: the new model, on the same disk.
        folder: place of it; may hold an older version.
        name: the model.

    Raises:
        ValueError: the folder holds something else; it stays as it is.
        OSError: the same, where something cannot be renamed.
    """
    place = resolved(folder)
    require_own(folder, name)
    if not place.exists():
        whole.rename(place)
        return
    if os.path.lexists(place / CARD):
        shutil.copy2(place / CARD, whole / CARD, follow_symlinks=False)
    aside = _aside(place)
    place.rename(aside)
    try:
        require_own(aside, name)  # nobody put anything there in the meantime
        whole.rename(place)
    except BaseException:
        if not place.exists():
            aside.rename(place)
        raise
    _clear(aside)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.before")


def _finish_replacing(place: Path, name: str) -> None:
    """Put right what a run that was killed between two renames left."""
    aside = _aside(place)
    if not aside.is_dir():
        return
    require_own(aside, name)
    if place.exists():
        _clear(aside)
    else:
        aside.rename(place)


def _clear(aside: Path) -> None:
    """Delete an older model file by file; what else came into its folder stays, and the folder too."""
    for name in (*FILES, CARD):
        (aside / name).unlink(missing_ok=True)
    with suppress(OSError):
        aside.rmdir()
