"""Printing that no console can break."""

import io
from typing import TextIO


def print_all(stream: TextIO) -> None:
    r"""Let a stream write characters that its encoding lacks, as ``\u2026`` and the like.

    Into a pipe or a file, Windows writes by an old code page, which lacks many. Without this, printing one
    of them raises `UnicodeEncodeError`.

    Args:
        stream: such as ``sys.stdout``; left alone where it encodes nothing, as in a notebook.
    """
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
