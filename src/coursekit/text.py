"""Reads what contributors write, and splits it into lines as editors, Markdown and terminals do."""

import re
import time
from pathlib import Path

from coursekit.problems import ContractError, Problem

__all__ = ["BLANKS", "lines", "plain_ends", "raw_text", "read_text", "with_ends", "without_end"]

BLANKS = " \t"  # what nobody sees at the end of a line; any other character is part of the text
LINE_END = re.compile(r"\r\n?")
# Nanoseconds after which another change of a file gives it another time, whatever the file system.
SETTLED = 2_000_000_000

# What each file held when it was last read: when it changed, its size and number; its text.
_read: dict[Path, tuple[tuple[int, int, int], str]] = {}


def lines(text: str) -> list[str]:
    r"""Split at ``\n`` and nowhere else, with nothing behind a last ``\n``.

    ``str.splitlines`` also splits at form feeds, ``\x1c``, ``\x85``, ``\u2028`` and others, which stand
    within a line for every editor, so that line numbers and comparisons would differ from what is seen.
    """
    parts = text.split("\n")
    return parts[:-1] if not parts[-1] else parts


def with_ends(text: str) -> list[str]:
    r"""Split like :func:`lines`, and leave each ``\n`` at the end of its line."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def plain_ends(text: str) -> str:
    r"""The text with each line end made ``\n``, as every reader of Markdown takes it."""
    return LINE_END.sub("\n", text) if "\r" in text else text


def without_end(text: str) -> str:
    """The text without the blanks and line ends behind its last character."""
    return text.rstrip(BLANKS + "\n")


def raw_text(path: Path, shown: Path | None = None) -> str:
    """Read a UTF-8 file with the line ends it has, and without the mark that some editors begin it with.

    Args:
        path: the file.
        shown: the path to name in errors; by default ``path``.

    Raises:
        ContractError: the file is no UTF-8; it names the place of the first wrong byte.
    """
    data = path.read_bytes()
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        at = error.start
    line = data.count(b"\n", 0, at) + 1
    column = at - (data.rfind(b"\n", 0, at) + 1) + 1
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    found = "begins like UTF-16" if wide else "is no UTF-8"
    message = f"byte {at} (0x{data[at]:02x}, the {column}. of line {line}) {found}; save the file as UTF-8"
    raise ContractError(Problem(shown or path, line, message))


def read_text(path: Path, shown: Path | None = None) -> str:
    r"""Read a UTF-8 file like :func:`raw_text`, with each line end made ``\n``.

    A build asks for some files hundreds of times. One that has not changed since is not read again.

    Raises:
        ContractError: the file is no UTF-8; it names the place of the first wrong byte.
    """
    now, found = time.time_ns(), path.stat()
    state = (found.st_mtime_ns, found.st_size, found.st_ino)
    if path in _read and _read[path][0] == state:
        return _read[path][1]
    text = plain_ends(raw_text(path, shown))
    if now - found.st_mtime_ns > SETTLED:
        _read[path] = state, text
    return text
