"""Whether a checkpoint is what was saved: a checksum behind its data, and the form of what it holds.

PyTorch's reader notices a file that was cut short, and not one in which a bit is another. So what is
saved gets the SHA-256 of its bytes as the comment that a ZIP archive may end with: it is part of the
file, so both are there or neither, and `torch.load` still reads it.
"""

import hashlib
import io
import os
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch

MARK = b"sha256:"
LENGTH = 71  # of the comment: the mark, and 64 hexadecimal digits behind it
END = b"PK\x05\x06"  # begins the archive's last record, which takes 22 bytes and ends in the length
FORM = {"model": dict, "optimizers": dict, "rng": list, "recipe": dict, "history": dict}
STEPWISE = ("losses", "rates", "norms", "seconds", "tokens")


def seal(archive: io.BytesIO) -> None:
    """Put the checksum behind an archive that `torch.save` has just written."""
    archive.seek(-2, os.SEEK_END)
    archive.write(LENGTH.to_bytes(2, "little") + MARK)
    with archive.getbuffer() as data:
        digest = hashlib.sha256(data).hexdigest()
    archive.write(digest.encode())


def require_whole(path: Path, data: bytes) -> None:
    """Make sure that a file's bytes are those that were saved.

    Args:
        path: name for the message.
        data: bytes of the whole file.

    Raises:
        ValueError: a file that was damaged, or is no checkpoint; what to do about it.
    """
    if not (_is_sealed(data) or _is_older(data)):
        raise ValueError(
            f"{path} is no whole checkpoint ({len(data):,} bytes): delete it to start over, or put "
            "a copy in its place"
        )


def _is_sealed(data: bytes) -> bool:
    """Whether the checksum is there, and right."""
    body, digest = data[:-64], data[-64:]
    return body.endswith(MARK) and hashlib.sha256(body).hexdigest().encode() == digest


def _is_older(data: bytes) -> bool:
    """Whether this is an archive from before there was a checksum, whole by the sums of its parts."""
    if data[-22:-18] != END:  # something stands behind it, or it was cut off
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.testzip() is not None:
                return False
        torch.load(io.BytesIO(data), "cpu", weights_only=True)
    except Exception:  # noqa: BLE001 -- whatever it is that cannot be read, it is no checkpoint
        return False
    return True


def require_form(path: Path, state: object, history: type) -> None:
    """Make sure that what was read is the checkpoint of a run.

    Args:
        path: name for the message.
        state: content that was read.
        history: the data class of what was measured.

    Raises:
        ValueError: it is something else; names what is missing or wrong.
    """
    if wrong := _wrong(state, [field.name for field in fields(history)]):
        raise ValueError(
            f"{path} is no checkpoint of a training run: {wrong}. Take another folder, or delete it "
            "to start over"
        )


def _wrong(state: Any, measured: Collection[str]) -> str:
    """Say what is wrong with the form of a checkpoint; nothing if it is right."""
    if not isinstance(state, Mapping):
        return f"it holds a {type(state).__name__}"
    if missing := [name for name in FORM if name not in state]:
        return f"it has no {', '.join(missing)}"
    if other := [name for name, kind in FORM.items() if not isinstance(state[name], kind)]:
        return f"{', '.join(other)} has another form"
    history, groups = state["history"], state["optimizers"]
    forms = {
        "model": all(map(torch.is_tensor, state["model"].values())),
        "optimizers": isinstance(groups.get("state"), dict)
        and isinstance(groups.get("param_groups"), list),
        "rng": bool(state["rng"]) and all(map(_is_random_state, state["rng"])),
        "history": set(history) <= set(measured) and _is_stepwise(history),
    }
    return ", ".join(f"{name} has another form" for name, right in forms.items() if not right)


def _is_random_state(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.dtype == torch.uint8 and value.dim() == 1


def _is_stepwise(history: Mapping[str, Any]) -> bool:
    """Whether a history has one number for each step, everywhere, and says how steps were computed."""
    lists = [history.get(name) for name in STEPWISE]
    numbers = all(
        isinstance(values, list) and all(isinstance(n, int | float) for n in values)
        for values in lists
    )
    one_length = numbers and len({len(values or ()) for values in lists}) == 1
    return one_length and isinstance(history.get("speed", ""), str)
