"""Refreshes what pages show: the outputs of their blocks and their figures, and says what changed."""

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

from coursekit.commands import gate
from coursekit.config import Config
from coursekit.parser import load
from coursekit.text import lines

__all__ = ["run"]


def run(config: Config, pages: Sequence[Path]) -> int:
    """Run pages, write what they print and draw into them, and print the difference.

    Args:
        config: the course.
        pages: pages of it, absolute.

    Returns:
        The exit status of pytest: 0 if all holds now.

    Raises:
        ContractError: a page cannot be read.
    """
    files = [file for page in pages for file in (page, *_figures(page, config))]
    before = {file: _text(file) for file in files}
    places = [config.relative(page).as_posix() for page in pages]
    status = gate.run_step(config.root, "pytest", "--quiet", "--update-outputs", *places)
    changes = [line for file in files for line in _changes(file, before[file], config)]
    print(*changes or [f"{', '.join(places)}: nothing changed"], sep="\n")
    return status


def _figures(page: Path, config: Config) -> list[Path]:
    parsed = load(page, config)
    return [file for block in parsed.blocks for file in block.kind.drawings(block, parsed)]


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.is_file() else ""


def _changes(file: Path, before: str, config: Config) -> Iterator[str]:
    """The lines of a page that differ; of a figure only that it does, since nobody reads its numbers."""
    now, place = _text(file), config.relative(file).as_posix()
    if now == before:
        return
    if file.suffix != ".md":
        yield f"{place}: drawn anew" if before else f"{place}: drawn"
        return
    yield from difflib.unified_diff(lines(before), lines(now), place, place, n=1, lineterm="")
