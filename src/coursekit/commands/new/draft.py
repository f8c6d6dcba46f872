"""All that a new thing needs, worked out before anything is written."""

import keyword
from collections.abc import Callable
from dataclasses import dataclass, field

from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.text import plain_ends, raw_text

__all__ = ["Draft", "reserved"]

# Names that Windows gives to devices, whatever stands behind the dot.
DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


def reserved(word: str) -> str | None:
    """Say why no file or module may have a name; None if it may.

    Args:
        word: the name, without a folder and without an ending.
    """
    if word in DEVICES:
        return f"Windows keeps the name {word!r} for a device"
    return f"{word!r} is a word of Python" if keyword.iskeyword(word) else None


@dataclass
class Draft:
    """Files to write and to change, and what is left for the author.

    Attributes:
        config: the course.
        new: texts of files that are not there yet, by their path below the root.
        changed: texts that files are to have, by their path below the root.
        refused: why nothing may be written; empty if all may.
        by_hand: what nobody but the author can do: which file, and what to write there.
        then: arguments of the commands to run next, behind ``python -m``.
    """

    config: Config
    new: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    then: list[str] = field(default_factory=list)

    def create(self, name: str, text: str) -> None:
        """Plan a file; refuse to write over one.

        Args:
            name: path below the root, with slashes.
            text: all of the file.
        """
        if (self.config.root / name).exists():
            self.refused.append(f"{name} is there already; choose another name")
        self.new[name] = text

    def edit(self, name: str, change: Callable[[str], str | None], otherwise: str) -> None:
        """Plan a change of a file, or leave it to the author where its form is not the usual one.

        A file that the course does not have needs no change.

        Args:
            name: path below the root, with slashes.
            change: returns the new text for the old one, the same where nothing has to change, or None
                where it cannot tell what to.
            otherwise: what to write in this file, for whom it is left to.
        """
        path = self.config.root / name
        if not path.is_file():
            return
        raw = raw_text(path, self.config.relative(path))
        text = change(plain_ends(raw))
        if text is None:
            self.by_hand.append(f"{name}: {otherwise}")
        elif text != plain_ends(raw):
            self.changed[name] = text.replace("\n", "\r\n") if "\r\n" in raw else text

    def write(self) -> None:
        """Write everything, or nothing.

        Raises:
            ValueError: something is refused; it names all that is.
            OSError: a file cannot be written; those written before it are as they were.
        """
        if self.refused:
            raise ValueError("\n  ".join(["nothing was written:", *self.refused]))
        before: dict[str, str | None] = {}
        try:
            for name, text in (self.new | self.changed).items():
                path = self.config.root / name
                before[name] = path.read_bytes().decode("utf-8") if name in self.changed else None
                write_atomically(path, text)
        except OSError:
            self._restore(before)
            raise

    def _restore(self, before: dict[str, str | None]) -> None:
        for name, text in before.items():
            path = self.config.root / name
            if text is None:
                path.unlink(missing_ok=True)  # nobody's but ours: it was not there
            elif path.read_bytes().decode("utf-8") != text:
                write_atomically(path, text)

    def report(self) -> str:
        """Say what was written, what is left to do by hand, and which commands come next."""
        parts = [
            ("written", list(self.new)),
            ("changed", list(self.changed)),
            ("by hand", self.by_hand),
            ("then", [f"python -m {command}" for command in self.then]),
        ]
        return "\n".join("\n  ".join([f"{title}:", *rows]) for title, rows in parts if rows)
