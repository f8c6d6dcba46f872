"""Writes down which functions of the lessons run, in a process and in all that it starts.

Python imports a module of this name when it starts, if its folder is on ``PYTHONPATH``.
"""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

WHERE = "NOTE_FUNCTIONS_IN"  # a folder; each process writes a file there
WHOSE = "NOTE_FUNCTIONS_OF"  # the folder of the code


def note(code_of: str, folder: Path, way: str = "profile") -> Callable[[], None]:
    """Begin to write ``file:line`` of each function below ``code_of`` that runs after its import.

    Args:
        code_of: a folder of code.
        folder: where a file is written.
        way: ``profile``, or ``trace``, which is cheaper and leaves no room for a test's coverage.

    Returns:
        What ends it.
    """
    file = (folder / f"{os.getpid()}.txt").open("a", encoding="utf-8", buffering=1)
    seen = set[int]()

    def hook(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or id(code) in seen or not code.co_filename.startswith(code_of):
            return
        if code.co_name != "<module>" and not _is_imported(frame):
            seen.add(id(code))
            file.write(f"{code.co_filename}:{code.co_firstlineno}\n")

    def stop() -> None:
        for setter in setters:
            setter(None)
        file.close()

    setters = (getattr(threading, f"set{way}"), getattr(sys, f"set{way}"))
    for setter in setters:
        setter(hook)
    return stop


def _is_imported(frame: FrameType | None) -> bool:
    """Whether a call is made while a module is imported: what it makes is a constant of that module."""
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") != "__main__":
            return "lessons" in frame.f_globals.get("__name__", "")
        frame = frame.f_back
    return False


if WHERE in os.environ:
    note(os.environ[WHOSE], Path(os.environ[WHERE]), "trace")
