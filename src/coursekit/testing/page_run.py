"""One page being run under pytest: its session, what its outputs are held against, and their updates."""

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from sybil import Document, Region
from sybil.example import Example

from coursekit import tree
from coursekit.held import verified
from coursekit.held.opened import Opened
from coursekit.held.reach import Reach
from coursekit.page.contents import Block, Judging, Page
from coursekit.problems import Problem
from coursekit.run.environment import offer_python
from coursekit.run.session import BlockError, Session
from coursekit.testing import coverage
from coursekit.testing.rewriting import Edit, output_edit, rewrite
from coursekit.text import without_end

__all__ = ["PageRun"]

# What pages install that need it, and libraries load wherever it is, for a second and a half.
EXTRA = ("torchao",)


class PageRun:
    """What the items of one page share: the session, and the edits that outputs need."""

    def __init__(
        self, page: Page, reach: Reach, opened: Opened | None, pytest_config: pytest.Config
    ) -> None:
        self.page, self.course, self.reach, self.opened = page, reach.config, reach, opened
        self.judging = Judging(
            update=bool(pytest_config.getoption("update_outputs")),
            claims_only=bool(pytest_config.getoption("claims_only")),
            costs=bool(pytest_config.getoption("costs")),
        )
        self.record = bool(pytest_config.getoption("record_verified"))
        self.factory: pytest.TempPathFactory = pytest_config._tmp_path_factory  # type: ignore[attr-defined]
        self._session: Session | None = None
        self.edits: list[Edit] = []
        self.broken: int | None = None
        self.held: list[int] = []
        self.files: set[Path] = set()
        asked = bool(pytest_config.getoption("held")) and not self.judging.update
        self.held_before = asked and verified.holds(page, reach)

    @property
    def session(self) -> Session:
        """The page's session, made when the first block runs."""
        if self._session is None:
            folder = self.factory.mktemp(self.page.path.stem)
            without = tuple(name for name in EXTRA if name not in self.page.text)
            self._session = Session(
                self.course, folder, self.copy_tree, instrument=coverage.instrument, without=without
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
        for block in (block for block in self.page.blocks if block.kind.runs):
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
                printed = block.kind.run(block, self.session)
        except BaseException:
            if block.kind.shares_names:
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
        wrong = block.kind.wrong(block, printed, self.judging)
        if wrong and self.judging.update and not block.kind.shows_itself(block):
            self.edits.append(output_edit(self.page, block, printed))
        elif wrong:
            raise BlockError(wrong)

    def finish(self) -> Iterator[Problem]:
        """Check what only the whole page can: figures drawn, nothing left out; write the updates."""
        if self.held_before:
            return
        yield from self.unlike()
        if self._session is not None and (late := without_end(self._session.late())):
            message = f"a process or thread that a block left running printed behind it: {late!r}"
            yield Problem(self.course.relative(self.page.path), 1, message)
        missed = [b.line for b in self.page.blocks if b.executed and b.line not in self.held]
        if self.judging.update and self.edits:
            yield from rewrite(self.page, self.edits, self.course)
        elif self.record and not missed and self._session is not None:
            verified.write(self.page, self.reach, self.files, len(self.held))
        if missed:
            message = f"blocks on lines {missed} did not run or did not hold"
            yield Problem(self.course.relative(self.page.path), 1, message)

    def unlike(self) -> Iterator[Problem]:
        """Each block must show what the whole page made, such as a drawing."""
        place = self.course.relative(self.page.path)
        whole = (b for b in self.page.blocks if b.kind.compared and not b.kind.printed)
        for block in whole:
            wrong = block.kind.unlike(
                block, self.page, self.course, self.session.folder, self.judging
            )
            if wrong:
                yield Problem(place, block.line, wrong)
