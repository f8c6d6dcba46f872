"""Which files of the repository a page's blocks open: what a run depends on beside code."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Opened"]

# Made by commands, or followed as code.
UNCOUNTED = (".git", ".venv", ".cache", "__pycache__", "site")


class Opened:
    """Notes the files below a folder that this process opens while it is asked to.

    What a library opens without Python, or another process, is not seen.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._start = f"{root}{os.sep}"
        self._found: set[str] | None = None
        sys.addaudithook(self._note)  # for as long as the process lives

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and self._found is not None:
            name = arguments[0]
            text = os.fspath(name) if isinstance(name, os.PathLike) else name
            if isinstance(text, str) and text.startswith(self._start):
                self._found.add(text)

    @contextmanager
    def during(self, found: set[Path]) -> Iterator[None]:
        """Add to ``found`` what is opened in the body: files that are there, below the folder."""
        self._found = set()
        try:
            yield
        finally:
            paths = [Path(name).relative_to(self.root) for name in self._found]
            self._found = None
            found |= {
                path
                for path in paths
                if path.suffix not in (".py", ".pyc")
                and path.parts[0] not in UNCOUNTED
                and (self.root / path).is_file()
            }
