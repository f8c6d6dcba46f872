"""Breaks the long signatures of the reference into lines as ruff does, without starting it for each.

mkdocstrings starts ruff for every signature that is too long for a line: hundreds of processes, which were
a third of a build. The usual signature is broken here; all others still go to ruff, and a test holds both
ways against each other.
"""

import re
from collections.abc import Callable, Iterator

__all__ = ["broken", "without_processes"]

Formatter = Callable[[str, int], str]

DEFINITION = re.compile(r"def (?P<name>\w+)\((?P<inside>.+): pass")
# What ruff leaves as it is but for the marks around a text: names, annotations, and defaults that are a
# name, a number, a plain text or empty.
TYPE = r"[\w.\[\], |]+"
TEXT = r"""'[^'"\\]*'"""
PARAMETER = re.compile(rf"[*/]|\*{{0,2}}\w+(?:: {TYPE})?(?: ?= ?(?:-?[\w.]+|\(\)|{TEXT}))?")
RETURNS = re.compile(rf"(?: -> {TYPE})?")
INDENT = " " * 4


def broken(code: str, width: int) -> str | None:
    """A definition as ruff formats it; None where that takes more than putting parameters on lines.

    Args:
        code: ``def name(…) -> …: pass`` on one line.
        width: characters of a line.
    """
    found = DEFINITION.fullmatch(code)
    *parts, end = _parts(found["inside"]) if found else ("",)
    if found is None or not all(map(PARAMETER.fullmatch, parts)) or not RETURNS.fullmatch(end):
        return None
    parts = [part.replace("'", '"') for part in parts]
    head, tail, together = f"def {found['name']}(", f"){end}:", ", ".join(parts)
    if len(head + together + tail) <= width:
        rows = [head + together + tail]
    elif len(INDENT + together) <= width and len(parts) > 1:
        rows = [head, INDENT + together, tail]
    else:
        rows = [head, *(f"{INDENT}{part}," for part in parts), tail]
    if not parts or max(map(len, rows)) > width:
        return None
    return "\n".join([*rows, f"{INDENT}pass\n"])


def _parts(inside: str) -> Iterator[str]:
    """The parameters that a text begins with, up to the bracket that ends them; then what follows it."""
    depth, start = 0, 0
    for at, letter in enumerate(inside):
        if letter == ")" and depth == 0:
            yield inside[start:at]
            yield inside[at + 1 :]
            return
        if letter == "," and depth == 0:
            yield inside[start:at]
            start = at + 2
        depth += (letter in "([") - (letter in ")]")
    yield inside


def without_processes() -> None:
    """Let mkdocstrings ask :func:`broken` first, in this process."""
    from mkdocstrings_handlers.python._internal import rendering  # here: only a build needs it

    ruff: Formatter = rendering._get_formatter()
    if getattr(ruff, "asks_first", False):
        return

    def formatter(code: str, width: int) -> str:
        made = broken(code, width)
        return ruff(code, width) if made is None else made

    formatter.asks_first = True  # type: ignore[attr-defined]
    rendering._get_formatter = lambda: formatter  # type: ignore[assignment]
