"""Names that a page's code uses and never brings: what a reader who calls its functions would miss.

Code above the place counts, not code below it: a function must be callable as soon as the cell that
defines it has run.
"""

import importlib
import json
import subprocess
import sys
import tempfile
from bisect import bisect_right
from pathlib import Path

from coursekit.config import Config
from coursekit.page.contents import Block, Page
from coursekit.problems import ContractError, Problem

__all__ = ["undefined"]

RUFF = (
    *("check", "--isolated", "--no-cache", "--ignore-noqa", "--select", "F821"),
    *("--output-format", "json", "--exit-zero"),
    *("--target-version", f"py{sys.version_info.major}{sys.version_info.minor}"),
)


def undefined(page: Page, config: Config) -> list[Problem]:
    """Names of a page's code that are undefined when the block that uses them has run.

    ``ruff`` reads the page's script as it is behind each of its cells. A block that must raise a
    ``NameError`` may use any name.

    Args:
        page: the page.
        config: the course it belongs to.

    Raises:
        ContractError: ruff is not installed, or refuses.
    """
    blocks = [block for block in page.code if block.skip is None]
    starts, text, found = list[int](), "", dict[tuple[int, str], Problem]()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number, block in enumerate(blocks):
            starts.append(text.count("\n") + 1)
            text += block.code.text.rstrip("\n") + "\n"
            (folder / f"{number:04}.py").write_text(text, encoding="utf-8", newline="\n")
        for row, message in _reported(folder, page, config) if blocks else ():
            number = bisect_right(starts, row) - 1
            if (row, message) not in found and blocks[number].raises != "NameError":
                offset = row - starts[number]
                found[row, message] = _problem(blocks[number], offset, message, page, config)
    return list(found.values())


def _reported(folder: Path, page: Page, config: Config) -> list[tuple[int, str]]:
    """Rows of the script and messages, from all of its beginnings."""
    try:
        # The program itself: a Python that only starts it would take twice as long.
        ruff = importlib.import_module("ruff").find_ruff_bin()
        found = subprocess.run(
            [ruff, *RUFF, str(folder)], capture_output=True, encoding="utf-8", check=True
        ).stdout
    except (ImportError, OSError, subprocess.CalledProcessError) as error:
        why = str(getattr(error, "stderr", error)).strip()
        message = f"ruff, of the extra dev, cannot look for undefined names: {why}"
        raise ContractError(Problem(config.relative(page.path), 1, message)) from error
    return [
        (entry["location"]["row"], entry["message"])
        for entry in json.loads(found)
        if entry["code"] == "F821"
    ]


def _problem(block: Block, row: int, message: str, page: Page, config: Config) -> Problem:
    place = block.line
    if block.embedded:
        source = f" ({config.relative(block.code.path).as_posix()}:{block.code.line + row})"
    else:
        place, source = block.code.line + row, ""
    advice = "show its import or its definition in this block or above it"
    return Problem(config.relative(page.path), place, f"{message}{source}; {advice}")
