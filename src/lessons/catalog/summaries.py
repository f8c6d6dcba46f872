"""From cells to a summary: one way to gather them, and one rule for the names of its branches.

A summary is a tree: a branch for each value of a parameter, then the scores, then what is said of one.
Prose names a number by its path, ``mlm.labels64.test_accuracy.mean``.
"""

from collections.abc import Callable, Sequence
from typing import Any

from lessons.catalog.experiment import Record, spread


def key(name: str, value: str | float) -> str:
    """Name a branch: ``mlm`` for a text, ``labels64`` or ``rate0_002`` for a number.

    Args:
        name: the parameter.
        value: its value.

    Raises:
        ValueError: a text with a dot, which separates the parts of a path.
    """
    if isinstance(value, str):
        if "." in value:
            raise ValueError(f"{name} {value!r} has a dot, which parts a path: take another text")
        return value
    return f"{name}{value:.15g}".replace(".", "_")


def gather(cells: Sequence[Record], *names: str) -> Record:
    """Put together what was measured with the same parameters.

    Args:
        cells: measurements, each with ``parameters`` and ``values``.
        names: parameters to tell apart, the outermost first; cells that differ in others, such as the
            seed, are taken together.

    Returns:
        A tree: a branch for each of ``names``, then the values' names, then a list with a value of each
        cell, in the order of the cells. A dot in a value's name begins a further branch, and a number
        behind it is named ``at8``.
    """
    tree: Record = {}
    for cell in cells:
        branch = [key(name, cell["parameters"][name]) for name in names]
        for name, value in cell["values"].items():
            parts = [f"at{part}" if part.isdigit() else part for part in name.split(".")]
            place = tree
            for part in (*branch, *parts[:-1]):
                place = place.setdefault(part, {})
            place.setdefault(parts[-1], []).append(value)
    return tree


def each(describe: Callable[[list[Any]], Any], tree: Record) -> Record:
    """Describe each list of a gathered tree, such as by its `spread`, and leave its branches."""
    return {
        name: each(describe, below) if isinstance(below, dict) else describe(below)
        for name, below in tree.items()
    }


def only(values: Sequence[Any]) -> Any:
    """Take the value of the one cell that was measured with these parameters.

    Raises:
        ValueError: there are several, which a summary must not hide.
    """
    if len(values) != 1:
        raise ValueError(f"{len(values)} cells have the same parameters: summarise their spread")
    return values[0]


class SpreadBy:
    """Summarise over seeds: a branch for each parameter of these names, then score -> spread."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, cells: Sequence[Record]) -> Record:
        """Sum up cells, which may differ in further parameters, such as the seed."""
        return each(spread, gather(cells, *self.names))


class ValueBy:
    """Summarise single cells: a branch for each parameter of these names, then score -> value."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, cells: Sequence[Record]) -> Record:
        """Sum up cells, no two of which have the same of these parameters."""
        return each(only, gather(cells, *self.names))
