"""Labs as their source has them, and as readers take them along: a notebook with what its cells print.

The source of a lab, ``docs/lesson-5/NAME.py``, is a script in the percent format. Cells tagged
``starter`` leave bodies to be written; the next fence of Python below the words "A solution" fills them.
What the cells print with the solutions stands in ``outputs/NAME.json`` beside the source, and a test
runs them again.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from coursekit import yamltext
from coursekit.config import Config
from coursekit.problems import ContractError, Problem
from coursekit.text import read_text

__all__ = ["PATTERN", "Cell", "Lab", "find", "load"]

PATTERN = "lesson-5/*.py"  # below docs
MARKER = re.compile(r"^# %%(?P<rest>.*)$", re.MULTILINE)
HEADER = re.compile(r"\A# ---\n(?P<header>(?:#.*\n)*?)# ---\n")
SOLUTION = re.compile(
    r"<summary>A solution</summary>\s*```python\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE
)
STARTER = '"starter"'
CHECK = re.compile(r"^check\(", re.MULTILINE)
THE_SITE = "."
# Runs cells one after the other as a notebook does, and gives back what each printed.
RUN = """\
import contextlib, gc, io, json, sys
gc.set_threshold(100_000)  # while libraries are loaded, there is no garbage to look for
cells, space, printed = json.load(sys.stdin), {"__name__": "__main__", "In": [""]}, []
for number, cell in enumerate(cells, 1):
    space["In"].append(cell)
    with contextlib.redirect_stdout(io.StringIO()) as text:
        exec(compile(cell, f"cell {number}", "exec"), space)
    printed.append(text.getvalue())
json.dump(printed, sys.stdout)
"""


@dataclass(frozen=True)
class Cell:
    """A cell of a lab.

    Attributes:
        text: its Markdown or its code.
        code: whether it is code.
        starter: whether the reader is to write in it.
        line: where it begins in the source, from 1.
    """

    text: str
    code: bool
    starter: bool
    line: int


@dataclass(frozen=True)
class Lab:
    """A lab's source, read.

    Attributes:
        path: the file.
        place: the same, as messages name it.
        meta: its header: title, description, minutes, difficulty, pages.
        cells: in order.
    """

    path: Path
    place: Path
    meta: dict[str, Any]
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """As in ``python -m lessons.labs check NAME``."""
        return self.path.stem

    @property
    def parts(self) -> int:
        """How many parts it has: each begins with a starter."""
        return sum(cell.starter for cell in self.cells)

    @property
    def recorded(self) -> Path:
        """The file with what the cells print."""
        return self.path.parent / "outputs" / f"{self.name}.json"

    @cached_property
    def starter(self) -> str:
        """All that a reader starts from, as one file."""
        texts = [cell.text for cell in self.cells if cell.starter]
        return "\n\n\n".join(texts) + "\n" if texts else ""

    @cached_property
    def solved(self) -> list[str]:
        """The code of all cells in order, with a solution below each starter."""
        found: list[str] = []
        for number, cell in enumerate(self.cells):
            if cell.code:
                own = self._solution(number) if cell.starter else ""
                found.append(f"{cell.text}\n\n\n{own}" if own else cell.text)
        return found

    @property
    def solution(self) -> str:
        """The starter with all solutions, as one file."""
        pairs = zip((cell for cell in self.cells if cell.code), self.solved, strict=True)
        return "\n\n\n".join(solved for cell, solved in pairs if cell.starter) + "\n"

    def _solution(self, number: int) -> str:
        for cell in self.cells[number + 1 :]:
            if cell.starter:
                break
            if found := SOLUTION.search(cell.text):
                return found["code"].rstrip()
        message = "no solution below this starter: a fence of Python below 'A solution'"
        raise ContractError(Problem(self.place, self.cells[number].line, message))

    def run(self) -> list[str]:
        """Run all cells with the solutions in a new process, and return what each printed.

        Raises:
            RuntimeError: a cell failed; the message has its last words.
        """
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", RUN], cwd=folder, encoding="utf-8", check=False,
                input=json.dumps(self.solved), capture_output=True,
                env={**os.environ, "LESSONS_PROGRESS": str(Path(folder) / "labs.json"), "PYTHONUTF8": "1"},
            )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{self.place.as_posix()}: a cell failed\n{done.stderr[-2000:]}")
        printed: list[str] = json.loads(done.stdout)
        return printed

    def record(self, printed: list[str]) -> str:
        """What is written into the file of outputs."""
        cells = [
            {"code": _digest(code), "text": text}
            for code, text in zip(self.solved, printed, strict=True)
        ]
        return json.dumps({"cells": cells}, indent=1, ensure_ascii=False) + "\n"

    @cached_property
    def outputs(self) -> list[str]:
        """What each cell of code prints, as recorded; nothing where nothing was recorded.

        Raises:
            ContractError: it was recorded from other cells.
        """
        codes = self.solved
        if not self.recorded.is_file():
            return [""] * len(codes)
        cells = json.loads(read_text(self.recorded))["cells"]
        if [cell["code"] for cell in cells] != [_digest(code) for code in codes]:
            message = "its outputs are those of other cells; run python -m coursekit.commands.labs --update"
            raise ContractError(Problem(self.place, 1, message))
        return [cell["text"] for cell in cells]

    def notebook(self, head: str = "", site: str = "", setup: str = "") -> str:
        """The lab as a notebook (nbformat 4), with its recorded outputs.

        What a check printed is left out for readers, since it was said of the solution and not of theirs.

        Args:
            head: Markdown of a first cell.
            site: the address of the lab's page, for links to other pages; without it such links become
                their text. A period stands for the site itself, which shows all outputs.
            setup: code of a cell below it that installs what the lab needs.
        """
        outputs = iter(self.outputs)
        cells: list[dict[str, Any]] = [_markdown(head, "cell-head")] if head else []
        if setup:
            cells.append(_code(setup, "cell-setup", ""))
        for number, cell in enumerate(self.cells):
            if not cell.code:
                cells.append(_markdown(_linked(cell.text, site), f"cell-{number}"))
                continue
            text = next(outputs)
            own = site != THE_SITE and CHECK.search(cell.text)
            cells.append(_code(cell.text, f"cell-{number}", "" if own else text))
        kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        return json.dumps(book, indent=1, ensure_ascii=False) + "\n"

    def text(self, site: str) -> str:
        """The lab as Markdown: its cells in order, each with what was recorded of it.

        Args:
            site: the address of the lab's page, for links to other pages.
        """
        outputs, parts = iter(self.outputs), list[str]()
        for cell in self.cells:
            if not cell.code:
                parts.append(_linked(cell.text, site))
                continue
            parts.append(f"```python\n{cell.text}\n```")
            if printed := next(outputs):
                parts.append(f"```output\n{printed.rstrip()}\n```")
        return "\n\n".join(parts)


LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<target>(?!https?:|mailto:|#)[^)\s]+)\)")


def _linked(text: str, site: str) -> str:
    """Links to pages of the course as links to the site; as their words where its address is unknown."""
    if site == THE_SITE:  # it looks after them
        return text

    def link(match: re.Match[str]) -> str:
        page, mark, anchor = match["target"].partition("#")
        page = re.sub(r"(?:index)?\.(?:md|py)$", lambda m: "" if "index" in m[0] else "/", page)
        return (
            f"[{match['text']}]({urljoin(site, '../' + page)}{mark}{anchor})"
            if site
            else match["text"]
        )

    return LINK.sub(link, text)


def _code(text: str, name: str, printed: str) -> dict[str, Any]:
    stream = {"output_type": "stream", "name": "stdout", "text": printed.splitlines(True)}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [stream] if printed else [],
        "source": text.splitlines(True),
    }


def _markdown(text: str, name: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(True)}


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def load(path: Path, config: Config) -> Lab:
    """Read the source of a lab.

    Raises:
        ContractError: it cannot be read.
    """
    place = config.relative(path)
    text = read_text(path, place)
    header = HEADER.match(text)
    meta: dict[str, Any] = {}
    if header:
        found = yamltext.read("".join(f"{line[2:]}\n" for line in header["header"].splitlines()))
        meta = {key: value for key, value in found.items() if key != "jupyter"}
    marks = list(MARKER.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    cells = [
        _cell(mark["rest"], text[mark.end() : end], text.count("\n", 0, mark.start()) + 1)
        for mark, end in zip(marks, ends, strict=True)
    ]
    return Lab(path, place, meta, tuple(cells))


def _cell(rest: str, body: str, line: int) -> Cell:
    text = body.strip("\n")
    if "[markdown]" not in rest:
        return Cell(text, code=True, starter=STARTER in rest, line=line)
    lines = (re.sub(r"^# ?", "", one) for one in text.split("\n"))
    return Cell("\n".join(lines), code=False, starter=False, line=line)


def find(config: Config) -> list[Lab]:
    """All labs of a course."""
    return [load(path, config) for path in sorted((config.root / "docs").glob(PATTERN))]
