"""The stand-alone scripts of a course: how the tests run one, and how a reader would.

The fence ``{.python .script args="--model {root}/models/small"}`` says what the tests run a script with:
``{root}`` stands for the repository, so that the script finds what lies there from any folder.
"""

import hashlib
import re
import shlex
from pathlib import Path, PurePosixPath

from coursekit.text import read_text

__all__ = ["argument_problems", "arguments", "command", "digest", "unnamed"]

PLACEHOLDER = re.compile(r"\{(?P<name>[^{}]*)\}")
KNOWN = ("root",)
HEAD = re.compile(r"^# /// script\n(?P<head>(?:#.*\n)*?)# ///$", re.MULTILINE)
UNASKED = ("torch", "torchao")  # which transformers loads wherever they are, for seconds


def argument_problems(args: str) -> list[str]:
    """What keeps a fence's ``args`` from being handed to a script."""
    problems = [
        f'args="{args}" names {{{name}}}; known: {", ".join(f"{{{known}}}" for known in KNOWN)}'
        for name in PLACEHOLDER.findall(args)
        if name not in KNOWN
    ]
    try:
        shlex.split(args)
    except ValueError as error:
        problems.append(f'args="{args}" cannot be split as a shell would: {error}')
    return problems


def arguments(args: str, root: str) -> list[str]:
    """A script's arguments, with the repository's path in its place.

    Split before the path is put in: a blank in that path separates nothing.
    """
    return [part.replace("{root}", root) for part in shlex.split(args)]


def command(script: PurePosixPath, args: str) -> str:
    """What a reader types in a clone, at its root, to run a script as the tests did.

    Args:
        script: its path below the repository.
        args: the fence's ``args``.
    """
    typed = re.sub(r"\{root\}/(?=[^\s'\"])", "", args).replace("{root}", ".")
    return f"python {script.as_posix()} {typed}".rstrip()


def digest(script: Path) -> str:
    """SHA-256 of a script's text, as hexadecimal digits: the same whatever its line breaks are."""
    return hashlib.sha256(read_text(script).encode()).hexdigest()


def unnamed(script: Path) -> tuple[str, ...]:
    """The packages, of those that transformers loads by itself, which a script's head does not name.

    Whoever runs the script in an environment of its own, as its page tells how to, does not have them.
    """
    head = HEAD.search(read_text(script))
    return tuple(name for name in UNASKED if head and not re.search(rf'"{name}\b', head["head"]))
