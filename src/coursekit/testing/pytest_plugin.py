"""Runs pages under pytest: each block an item, and the checks of page and course beside them.

Enable it with ``-p coursekit.testing.pytest_plugin``. A page is collected from its Markdown file, the
checks of the whole course from ``mkdocs.yml``.
"""

import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Sybil
from sybil.example import Example
from sybil.integration.pytest import SybilFile, SybilItem

from coursekit.checks import core, form, guards, names, promises, quizzes
from coursekit.config import Config
from coursekit.held.opened import Opened
from coursekit.held.reach import Reach
from coursekit.page import script_records
from coursekit.page.contents import Block, Page
from coursekit.parser import load
from coursekit.problems import ContractError, Problem
from coursekit.run import session
from coursekit.run.session import BlockError
from coursekit.testing.page_run import PageRun
from coursekit.testing.spent import HELD

CONFIG = pytest.StashKey[Config]()
REACH = pytest.StashKey[Reach]()
OPENED = pytest.StashKey[Opened | None]()
COURSE_CHECKS: dict[str, Callable[[Config], list[Problem]]] = {
    "sections are well formed": guards.section_problems,
    "modules are silent": guards.module_problems,
    "sections, modules and scripts are shown": guards.orphan_problems,
    "recorded runs are well formed": script_records.problems,
    "titles, navigation and outline agree": form.course_problems,
    "the page of each section has a core": core.without_core,
    "quizzes give nothing away": quizzes.problems,
    "promises hold": promises.problems,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add this plugin's options."""
    group = parser.getgroup("coursekit")
    group.addoption(
        "--update-outputs",
        action="store_true",
        help="rewrite outputs and figures that no longer hold, add missing ones, drop empty ones",
    )
    group.addoption(
        "--claims-only",
        action="store_true",
        help="compare no exact output or figure, for versions and systems that print other digits: "
        "measured bands, costs and what the blocks assert must still hold",
    )
    group.addoption(
        "--costs",
        action="store_true",
        help="compare costs by value too, to a factor of ten; only an idle machine can tell",
    )
    group.addoption(
        "--record-verified", action="store_true", help="record when each page's blocks ran"
    )
    group.addoption(
        "--contracts",
        action="store_true",
        help="check what each page owes as a whole, and run no block",
    )
    group.addoption(
        "--held",
        action="store_true",
        help="do not run a page again whose last recorded run cannot have changed",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Keep blocks off the network, before a conftest loads a library that asks once whether to.

    Nothing on a page may reach for the network, and a test must not depend on whether it could.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def pytest_configure(config: pytest.Config) -> None:
    """Read the course's settings."""
    try:
        config.stash[CONFIG] = course = Config.load(config.rootpath)
    except (ContractError, ValueError) as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[REACH] = Reach(course)
    config.stash[OPENED] = Opened(course.root) if config.getoption("record_verified") else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect pages, and the checks of the course from mkdocs.yml."""
    config = parent.config.stash[CONFIG]
    if file_path == config.root / "mkdocs.yml":
        return CourseFile.from_parent(parent, path=file_path)
    if file_path.suffix == ".md" and config.is_page(file_path):
        return PageFile.from_parent(parent, path=file_path, sybils=[])
    return None


class PlainFailure:
    """Shows course failures as their message, without pytest's view of this plugin's frames."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The message alone for what this package raises."""
        if isinstance(excinfo.value, ContractError | BlockError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)  # type: ignore[misc]


class CheckItem(PlainFailure, pytest.Item):
    """A check that returns what is wrong."""

    def __init__(
        self, *, check: Callable[[], Iterable[Problem]], line: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.check, self.line = check, line

    def runtest(self) -> None:
        """Fail with everything that is wrong."""
        problems = list(self.check())
        if problems:
            raise ContractError(*sorted(problems))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the check belongs."""
        return self.path, self.line - 1, self.name


class CourseFile(pytest.File):
    """The checks of the whole course."""

    def collect(self) -> Iterator[CheckItem]:
        """One item a check."""
        config = self.config.stash[CONFIG]
        for name, check in COURSE_CHECKS.items():
            yield CheckItem.from_parent(
                self, name=name, check=lambda check=check: check(config)
            )  # fmt: skip


class PageFile(SybilFile):
    """A page: its checks, its blocks in order, and what holds only when all of them ran."""

    run: PageRun | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """Items of the page; one failing item if the page cannot be parsed."""
        course = self.config.stash[CONFIG]
        try:
            page = load(self.path, course)
        except ContractError as error:
            problems = error.problems
            yield CheckItem.from_parent(self, name="contract", check=lambda: problems)
            return
        yield CheckItem.from_parent(self, name="contract", check=lambda: _contract(page, course))
        if self.config.getoption("contracts"):
            return
        run = PageRun(page, self.config.stash[REACH], self.config.stash[OPENED], self.config)
        self.run = run
        sybil = PageSybil(parsers=[run.regions], patterns=["*.md"], path=str(self.path.parent))
        # Sybil would read the file once more, and in its own way.
        document = Document(page.text, str(self.path))
        for region in run.regions(document):
            document.add(region)
        self.sybils, self.documents = [sybil], [document]
        for example in document.examples():
            item = BlockItem.from_parent(self, sybil=sybil, example=example)
            item.held_before = run.held_before
            yield item
        if any(block.kind.runs or block.kind.compared for block in page.blocks):
            yield CheckItem.from_parent(self, name="whole page", check=run.finish)

    def teardown(self) -> None:
        """End the page: what its blocks changed in the process is put back."""
        super().teardown()
        if self.run is not None:
            self.run.close()


def _contract(page: Page, course: Config) -> list[Problem]:
    """What a page owes beside its blocks."""
    owed = guards.lesson_problems if course.is_lesson(page.path) else guards.page_problems
    return [*owed(page, course), *names.undefined(page, course)]


class PageSybil(Sybil):
    """Sybil, naming a block by what it is and where it stands."""

    def identify(self, example: Example) -> str:
        """Name of the item in reports, such as ``python:31``."""
        return f"{example.parsed.kind.name}:{example.parsed.line}"


class BlockItem(SybilItem):
    """One block.

    Attributes:
        held_before: whether its page is taken over from an earlier run.
    """

    held_before = False

    @property
    def block(self) -> Block:
        """The block this item runs."""
        block: Block = self.example.parsed
        return block

    def runtest(self) -> None:
        """Run the block, or skip it with its reason, and leave a mark for the summary."""
        if self.held_before and self.block.skip is None:
            self.user_properties.append(("block", HELD))
            return
        if self.block.skip is not None:
            self.user_properties.append(("block", "skipped"))
        super().runtest()
        self.user_properties.append(("block", "run"))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The block's place in the page."""
        course = self.config.stash[CONFIG]
        return self.path, self.block.line - 1, f"{course.relative(self.path)}:{self.block.line}"

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ARG002 - pytest's signature
    ) -> Any:
        """Page and line, the line of embedded code, and the frames below the block."""
        course = self.config.stash[CONFIG]
        code = self.block.code
        place = f"{course.relative(self.path)}:{self.block.line}: "
        if self.block.embedded:
            place += f"(embeds {course.relative(code.path)}:{code.line}) "
        if isinstance(excinfo.value, BlockError):
            cause = excinfo.value.__cause__
            return place + str(excinfo.value) + (_trace(cause) if cause else "")
        return place + "the block raised" + _trace(excinfo.value)


def _trace(error: BaseException) -> str:
    """The traceback from the first frame that is not this package's or its hosts'."""
    summary = traceback.TracebackException.from_exception(error)
    own = Path(session.__file__)
    last = max((i for i, f in enumerate(summary.stack) if Path(f.filename) == own), default=-1)
    summary.stack = traceback.StackSummary.from_list(list(summary.stack)[last + 1 :])
    return "\n" + "".join(summary.format(chain=False))


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """A word of its own for a block that was not run: it is neither passed nor skipped."""
    if report.when == "call" and ("block", HELD) in map(tuple, report.user_properties):
        return HELD, "h", HELD.upper()
    return None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many blocks ran, and how many were skipped (pytest's ``-ra`` says why)."""
    reports = [r for rs in terminalreporter.stats.values() for r in rs]
    marks = [
        value
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in getattr(report, "user_properties", [])
        if name == "block"
    ]
    if marks:
        ran, held, skipped = map(marks.count, ("run", HELD, "skipped"))
        before = f"{held} {HELD}, " if held else ""
        terminalreporter.write_line(f"blocks: {ran} run and held, {before}{skipped} skipped")
