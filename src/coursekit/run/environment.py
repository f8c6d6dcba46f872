"""What commands on pages find around them: this Python as ``.venv``, and a shell.

Pages say ``.venv/bin/python`` and mean bash, as readers on Linux and macOS have it. The tests may run
elsewhere: without a virtual environment (conda, a system's Python, a workflow's), where there is no
``.venv``, or on Windows, where it has no ``bin`` and where ``bash`` may be another system's.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["bash", "offer_python"]

# Git for Windows brings the bash that blocks are written for; its own folder holds the command `git`.
GITS_BASH = ("../bin/bash.exe", "../../bin/bash.exe")


def offer_python(folder: Path) -> None:
    """Make ``.venv/bin/python`` below a folder run this Python, on every system.

    It is a script of two lines: a link would need rights on Windows, and a link to a Python outside of
    a virtual environment need not be named ``python`` where it lies.

    Args:
        folder: scratch copy of the repository, without a ``.venv``.
    """
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    executable = shlex.quote(Path(sys.executable).as_posix())
    python.write_text(f'#!/bin/sh\nexec {executable} "$@"\n', encoding="utf-8", newline="\n")
    python.chmod(0o755)


def bash(system: str = os.name, environment: Mapping[str, str] = os.environ) -> str:
    """The bash that runs blocks: on Windows that of Git, elsewhere the one that is found first.

    Windows looks into its own folder before it looks at ``PATH``, and finds there a bash that starts
    another system.

    Args:
        system: this system, as ``os.name`` names it.
        environment: variables, of which ``PATH`` counts.

    Raises:
        FileNotFoundError: Git for Windows is not installed.
    """
    if system != "nt":
        return "bash"
    git = shutil.which("git", path=environment.get("PATH"))
    for place in GITS_BASH:
        if git and (found := Path(git).parent / place).is_file():
            return str(found.resolve())
    raise FileNotFoundError(
        "no bash for the blocks of pages: install Git for Windows, whose bash runs them, "
        "and put its command git on PATH"
    )
