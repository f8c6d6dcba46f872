"""What a reader passed, when and with which versions: one file on their own disk.

It is the honest form of a certificate: it says what the checks said on this machine, to the one who
owns it. Who can write the file can write anything into it.
"""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

NOTE = (
    "Written by `python -m lessons.labs` on the reader's own machine. It says what the checks passed "
    "there, and is no proof to anybody else."
)
PLACE = "LESSONS_PROGRESS"  # a variable that names another file
NAMED = ("llm-development-fundamentals", "tokenizers", "torch", "transformers")


def place() -> Path:
    """Where the file lies: what ``LESSONS_PROGRESS`` names, or a file in the user's folder of data."""
    if named := os.environ.get(PLACE):
        return Path(named)
    from platformdirs import user_data_path  # here, because a check runs without it

    return user_data_path("llm-development-fundamentals", appauthor=False) / "labs.json"


def read(file: Path) -> dict[str, Any]:
    """What was passed: lab -> part -> what is known of it; empty where there is no file.

    Raises:
        ValueError: the file is damaged or is something else.
    """
    if not file.is_file():
        return {}
    try:
        labs = json.loads(file.read_text("utf-8"))["labs"]
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ValueError(
            f"{file} is no file of progress: look at it, and move it away to begin a new one"
        ) from error
    if not isinstance(labs, dict):
        raise ValueError(f"{file} is no file of progress: 'labs' is no list of labs by name")
    return labs


def record(file: Path, lab: str, parts: Sequence[int], seed: int, digest: str) -> None:
    """Note the parts that passed; what was passed before stays, with its own date.

    Args:
        file: the file; it is written beside and renamed, so that it is whole at each moment.
        lab: the lab's name.
        parts: numbers of the parts that passed.
        seed: chose the hidden inputs.
        digest: tells which code it was.

    Raises:
        ValueError: the file is damaged.
        OSError: it cannot be written.
    """
    from filelock import FileLock  # here, because a check runs without it

    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{file}.lock"):
        labs = read(file)
        known = labs.setdefault(lab, {})
        for part in parts:
            known.setdefault(
                str(part), {"passed": _now(), "seed": seed, "code": digest, **versions()}
            )
        whole = json.dumps({"note": NOTE, "labs": labs}, indent=1) + "\n"
        beside = file.with_name(f"{file.name}.part")
        beside.write_text(whole, "utf-8")
        beside.replace(file)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """The versions that a check ran with; a library that is not installed is left out."""
    found = {"python": platform.python_version()}
    for name in NAMED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
