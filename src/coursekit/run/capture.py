"""Takes what a block writes where a reader would see it: at the file descriptors.

Replacing ``sys.stdout`` alone misses child processes and libraries in C, which write below it.
"""

import contextlib
import ctypes
import functools
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

__all__ = ["Capture", "decoded", "flush", "stream"]


@functools.cache
def stream(descriptor: int) -> TextIO:
    """A text stream that writes at once to a file descriptor, wherever that leads at the time.

    There is one for the whole process, never closed with a page: libraries keep the stream that they
    find when they are imported.
    """
    raw = io.FileIO(descriptor, "w", closefd=False)
    # Without a buffer in between, what children write stands in its place.
    return io.TextIOWrapper(raw, encoding="utf-8", newline="\n", write_through=True)


def flush() -> None:
    """Write out what waits in buffers: of Python's streams, and of libraries in C."""
    for file in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        if file is not None and not file.closed:
            file.flush()
    with contextlib.suppress(OSError, AttributeError):  # a system whose C library has another name
        ctypes.CDLL("ucrtbase" if os.name == "nt" else None).fflush(None)


def decoded(data: bytes) -> str:
    r"""What a process wrote as a terminal shows it; the line ends that Windows writes become ``\n``."""
    return data.decode("utf-8", errors="replace").replace("\r\n", "\n")


class Capture:
    """A buffer that a file descriptor can lead to; it lasts for a whole page."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        handle, name = tempfile.mkstemp(prefix="page-output-")
        os.close(handle)
        self._path = Path(name)
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._file = os.open(self._path, flags)
        self._taken = 0

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """Let the descriptor lead here while the body runs."""
        flush()
        before = os.dup(self._descriptor)
        os.dup2(self._file, self._descriptor)
        try:
            yield
        finally:
            flush()
            os.dup2(before, self._descriptor)
            os.close(before)

    def take(self) -> str:
        """What was written since the last call."""
        with self._path.open("rb") as file:
            file.seek(self._taken)
            data = file.read()
        self._taken += len(data)
        return decoded(data)

    def close(self) -> None:
        """Remove the buffer; a process that still writes to it on Windows keeps the file alive."""
        os.close(self._file)
        with contextlib.suppress(PermissionError):
            self._path.unlink()
