"""What a recorded number, or a model that a stage makes, depends on: definitions, settings, data."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from lessons.fingerprints.dependencies import Code

SOURCES = Path(__file__).parents[2]
KEYS = "decides in which folder a model is kept, not what is in it"
# Modules whose code changes no number, and why. No name is followed into them, and a call whose value
# nobody takes counts for nothing.
BOUNDARIES = {
    "lessons.drawings": "draws: what it returns is the text of a picture, never a number of a record",
    "lessons.fingerprints.dependencies": KEYS,
    "lessons.fingerprints.error_words": KEYS,
    "lessons.fingerprints.fingerprint": KEYS,
    "lessons.models.checkpoint_integrity": (
        "adds a checksum, refuses what is damaged: what is read is what was saved"
    ),
    "lessons.fingerprints.syntax": KEYS,
    "lessons.fingerprints.trees": KEYS,
    "lessons.real_models.places": (
        "finds a folder; what may lie in it says the hashes of `Experiment.models`"
    ),
}


@cache
def code() -> Code:
    """Return the definitions of `lessons`, read once."""
    return Code(SOURCES, boundaries=BOUNDARIES)


def file_digest(path: Path) -> str:
    """Hash a file of data: SHA-256, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_key(
    make: Callable[[Path], None],
    settings: Mapping[str, str | int | float | bool],
    starts_from: Path | None,
) -> str:
    """Hash what decides about a model that a stage makes.

    Args:
        make: a function of a module of `lessons`.
        settings: values that it depends on beside its code.
        starts_from: the weights it starts from.

    Raises:
        ValueError: ``make`` is no function of `lessons`, so its code cannot be followed.
    """
    module, name = make.__module__, make.__qualname__
    if not code().place(module, name).inside:
        raise ValueError(f"{module}.{name} is not a function of lessons")
    parts = {
        "make": name,
        "definitions": code().summary(f"{module}:{name}"),
        "settings": dict(settings),
        "from": file_digest(starts_from) if starts_from else "",
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
