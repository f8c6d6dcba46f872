"""One page being run under pytest: its session, what its outputs are held against, and their updates."""

import re
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from sybil import Document, Region
from sybil.example import Example

from coursekit import coverage, outputs, tree, verified
from coursekit.environment import offer_python
from coursekit.files import write_atomically
from coursekit.opened import Opened
from coursekit.page import Block, Kind, Page, Tolerance
from coursekit.problems import Problem
from coursekit.reach import Reach
from coursekit.rewriting import Edit, output_edit, rewrite
from coursekit.runner import BlockError, Session
from coursekit.text import lines, read_text, without_end

__all__ = ["PageRun"]


class PageRun:
    """What the items of one page share: the session, and the edits that outputs need."""

    def __init__(
        self, page: Page, reach: Reach, opened: Opened | None, pytest_config: pytest.Config
    ) -> None:
        self.page, self.course, self.reach, self.opened = page, reach.config, reach, opened
        self.update = bool(pytest_config.getoption("update_outputs"))
        self.record = bool(pytest_config.getoption("record_verified"))
        self.claims_only = bool(pytest_config.getoption("claims_only"))
        self.costs = bool(pytest_config.getoption("costs"))
        self.factory: pytest.TempPathFactory = pytest_config._tmp_path_factory  # type: ignore[attr-defined]
        self._session: Session | None = None
        self.edits: list[Edit] = []
        self.broken: int | None = None
        self.held: list[int] = []
        self.files: set[Path] = set()
        asked = bool(pytest_config.getoption("held")) and not self.update
        self.held_before = asked and verified.holds(page, reach)

    @property
    def session(self) -> Session:
        """The page's session, made when the first block runs."""
        if self._session is None:
            folder = self.factory.mktemp(self.page.path.stem)
            self._session = Session(
                self.course, folder, self.copy_tree, instrument=coverage.instrument
            )
        return self._session

    def copy_tree(self) -> Path:
        """A scratch copy of what git tracks or would add, with this Python as its .venv."""
        root, copy = self.course.root, self.factory.mktemp("tree")
        try:
            names = tree.files(root)
        except tree.GitError as error:
            raise BlockError(
                f"no scratch copy of the repository to run commands in: {error}"
            ) from error
        for name in names:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)
        offer_python(copy)
        return copy

    def close(self) -> None:
        """Take away what the page's blocks left in the process."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def regions(self, _: Document) -> Iterator[Region]:
        """Sybil's parser: one region a block that runs, its output included."""
        for block in self.page.of_kind(Kind.PYTHON, Kind.SCRIPT, Kind.COMMAND):
            end = block.output.end if block.output else block.end
            yield Region(block.start, end, parsed=block, evaluator=self.evaluate)

    def evaluate(self, example: Example) -> None:
        """Sybil's evaluator: run the block and compare."""
        block: Block = example.parsed
        if block.skip is not None:
            raise pytest.skip.Exception(block.skip, _use_item_location=True)
        if self.broken is not None:
            raise BlockError(f"not run: the block on line {self.broken} failed before it")
        try:
            with self.opened.during(self.files) if self.opened else nullcontext():
                printed = self.session.run(block)
        except BaseException:
            if block.kind is Kind.PYTHON:
                self.broken = block.line
            raise
        self.compare(block, printed)
        self.held.append(block.line)

    def compare(self, block: Block, printed: str) -> None:
        """Hold the output fence against what the block printed, or note the edit that mends it."""
        if "\r" in printed:
            raise BlockError(
                "the block prints a carriage return, which every reader of a page takes for the end of "
                f"a line; print without it:\n{printed!r}"
            )
        if block.language == "console":
            self.compare_console(block, printed)
            return
        wrong = self.wrong(block, printed)
        if wrong and self.update:
            self.edits.append(output_edit(self.page, block, printed))
        elif wrong:
            raise BlockError(wrong)

    def wrong(self, block: Block, printed: str) -> str | None:
        """How a block's output and what it printed differ, and what to do; None if they do not."""
        output, silent = block.output, not without_end(printed)
        if output is None:
            if silent or block.kind is Kind.COMMAND:
                return None
            return (
                "the block prints, and the page shows no output; "
                f"add one below it (--update-outputs does):\n{printed}"
            )
        if silent:
            return "the page shows an output, and the block prints nothing; remove it"
        if self.claims_only and output.tolerance is Tolerance.EXACT:
            return None
        wrong = outputs.broken(output, printed, self.costs)
        kind = "" if output.tolerance is Tolerance.EXACT else f" ({output.tolerance.value})"
        return wrong and (
            f"the output{kind} on line {output.line} does not hold: {wrong}\n"
            "mend the code, or accept what was printed with --update-outputs"
        )

    def compare_console(self, block: Block, printed: str) -> None:
        """A console block shows its output itself, in the lines without a prompt."""
        shown = [row for row in lines(block.body) if not row.startswith("$ ")]
        wrong = outputs.difference("\n".join(shown), printed) if shown else None
        if wrong:
            raise BlockError(f"the commands print something else: {wrong}")

    def finish(self) -> Iterator[Problem]:
        """Check what only the whole page can: figures drawn, nothing left out; write the updates."""
        if self.held_before:
            return
        yield from self.figures()
        if self._session is not None and (late := without_end(self._session.late())):
            message = f"a process or thread that a block left running printed behind it: {late!r}"
            yield Problem(self.course.relative(self.page.path), 1, message)
        missed = [
            b.line
            for b in self.page.blocks
            if b.kind.runs and b.skip is None and b.line not in self.held
        ]
        if self.update and self.edits:
            yield from rewrite(self.page, self.edits, self.course)
        elif self.record and not missed and self._session is not None:
            verified.write(self.page, self.reach, self.files, len(self.held))
        if missed:
            message = f"blocks on lines {missed} did not run or did not hold"
            yield Problem(self.course.relative(self.page.path), 1, message)

    def figures(self) -> Iterator[Problem]:
        """Each figure must be what a block of the page drew."""
        for block in self.page.of_kind(Kind.FIGURE):
            kept = self.page.path.parent / block.attributes["src"]
            drawn = self.session.folder / kept.name
            place = self.course.relative(self.page.path), block.line
            if not drawn.is_file():
                yield Problem(*place, f"no block of the page writes {kept.name!r}")
                continue
            if self.claims_only:
                continue
            text = read_text(drawn)
            old = read_text(kept, self.course.relative(kept)) if kept.is_file() else ""
            if not (wrong := outputs.difference(_spaced(old), _spaced(text))):
                continue
            if self.update:
                write_atomically(kept, text)
            else:
                yield Problem(*place, f"{kept.name} is not what the page draws: {wrong[:2000]}")


def _spaced(svg: str) -> str:
    """Set the numbers of path commands apart, ``M1.5`` as ``M 1.5``, so that they compare as such."""
    return re.sub(r"(?<=[A-Za-z])(?=[-.\d])", " ", svg)
