"""What a folder would look like if a process were killed at one moment or another of a call.

Python tells its audit hooks before it opens, renames or removes a file. At each of these moments the folder
is copied: as it stands, and as it would stand had the file that is being written got no further than a
part of its bytes. What is not on the disk after a cut of power, although it was written, is not seen here.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Files = dict[str, bytes]  # names below the folder, with slashes -> what they hold
WRITES = os.O_WRONLY | os.O_RDWR
CHANGES = ("os.rename", "os.remove", "os.link", "os.truncate", "os.rmdir")


class Watch:
    """Collects the moments of one folder.

    Args:
        folder: the place.
        found: gets each state of the folder that differs from the one before.
    """

    def __init__(self, folder: Path, found: list[Files]) -> None:
        self.folder, self.found = Path(os.path.realpath(folder)), found
        self.writing: Path | None = None
        self.before: bytes | None = None  # what the file held, unless it was emptied first

    def event(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Take note of a moment, if something is about to be changed in the folder."""
        opens = name == "open" and bool(int(arguments[2] or 0) & WRITES)
        if not opens and name not in CHANGES:
            return
        named = arguments[:1] if name == "open" else arguments[:2]
        places = [
            Path(os.path.realpath(os.fsdecode(one)))
            for one in named
            if isinstance(one, str | bytes | os.PathLike)
        ]
        if not any(self.folder in place.parents for place in places):
            return
        self.take()
        if opens and not places[0].is_dir():
            self.writing = places[0]
            kept = self.writing.is_file() and not arguments[2] & os.O_TRUNC
            self.before = self.writing.read_bytes() if kept else None
        else:
            self.writing = None

    def take(self) -> None:
        """Keep what is there, and what would be there with less of the last file written."""
        now = {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }
        name = self.writing.relative_to(self.folder).as_posix() if self.writing else ""
        if name in now:
            for part in _parts(self.before, now[name]):
                self._keep({**now, name: part})
        self._keep(now)

    def _keep(self, files: Files) -> None:
        if files not in self.found:
            self.found.append(files)


def _parts(before: bytes | None, now: bytes) -> list[bytes]:
    """What a file holds on the way from its old bytes to the new ones."""
    if before is None:
        return [now[:end] for end in (0, len(now) // 2, len(now) - 1)]
    pairs = zip(before, now, strict=False)
    same = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(before), len(now)))
    middle = (same + len(now)) // 2
    return [before, now[:middle] + before[middle:]]


_active: list[Watch] = []
_installed: list[bool] = []


def _hook(name: str, arguments: tuple[Any, ...]) -> None:
    if not _active:
        return
    watch = _active.pop()  # what it reads itself is no event
    try:
        watch.event(name, arguments)
    finally:
        _active.append(watch)


@contextmanager
def recorded(folder: str | Path | None) -> Iterator[list[Files]]:
    """Note the moments of a folder while something is done to it.

    Args:
        folder: the place; None to note nothing.

    Yields:
        The different states in which a kill would have left it, in order. The last one, what is there at
        the end, is added when the block ends.
    """
    found: list[Files] = []
    if folder is None:
        yield found
        return
    if not _installed:
        sys.addaudithook(_hook)  # stays for as long as the process does
        _installed.append(True)
    watch = Watch(Path(folder), found)
    watch.take()
    _active.append(watch)
    try:
        yield found
    finally:
        _active.remove(watch)
        watch.take()
