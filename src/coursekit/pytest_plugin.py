"""Runs pages under pytest: each block an item, and the checks of page and course beside them.

Enable it with ``-p coursekit.pytest_plugin``. A page is collected from its Markdown file, the checks of
the whole course from ``mkdocs.yml``.
"""

import os
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Region, Sybil
from sybil.example import Example
from sybil.integration.pytest import SybilFile, SybilItem

from coursekit import guards, outputs, promises, recorded, verified
from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.page import Block, Kind, Page, Tolerance, load, parse
from coursekit.problems import ContractError, Problem
from coursekit.runner import BlockError, Session

CONFIG = pytest.StashKey[Config]()
COURSE_CHECKS: dict[str, Callable[[Config], list[Problem]]] = {
    "sections are well formed": guards.section_problems,
    "modules are silent": guards.module_problems,
    "sections, modules and scripts are shown": guards.orphan_problems,
    "records are fresh": guards.record_problems,
    "recorded runs are well formed": recorded.problems,
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
        "--record-verified", action="store_true", help="record when each page's blocks ran"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the course's settings and keep blocks off the network."""
    config.stash[CONFIG] = Config.load(config.rootpath)
    # Nothing on a page may reach for the network, and a test must not depend on whether it could.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


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

    def collect(self) -> Iterator[pytest.Item]:
        """Items of the page; one failing item if the page cannot be parsed."""
        course = self.config.stash[CONFIG]
        try:
            page = load(self.path, course)
        except ContractError as error:
            problems = error.problems
            yield CheckItem.from_parent(self, name="contract", check=lambda: problems)
            return
        check = guards.lesson_problems if course.is_lesson(self.path) else guards.page_problems
        yield CheckItem.from_parent(self, name="contract", check=lambda: check(page, course))
        run = PageRun(page, self.config)
        sybil = PageSybil(parsers=[run.regions], patterns=["*.md"], path=str(self.path.parent))
        self.sybils = [sybil]
        self.documents = [document := sybil.parse(self.path)]
        for example in document.examples():
            yield BlockItem.from_parent(self, sybil=sybil, example=example)
        if page.of_kind(Kind.PYTHON, Kind.SCRIPT, Kind.COMMAND, Kind.FIGURE):
            yield CheckItem.from_parent(self, name="whole page", check=run.finish)


class PageSybil(Sybil):
    """Sybil, naming a block by what it is and where it stands."""

    def identify(self, example: Example) -> str:
        """Name of the item in reports, such as ``python:31``."""
        return f"{example.parsed.kind.value}:{example.parsed.line}"


class BlockItem(SybilItem):
    """One block."""

    @property
    def block(self) -> Block:
        """The block this item runs."""
        block: Block = self.example.parsed
        return block

    def runtest(self) -> None:
        """Run the block, or skip it with its reason, and leave a mark for the summary."""
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
    own = Path(__file__).with_name("runner.py")
    last = max((i for i, f in enumerate(summary.stack) if Path(f.filename) == own), default=-1)
    summary.stack = traceback.StackSummary.from_list(list(summary.stack)[last + 1 :])
    return "\n" + "".join(summary.format(chain=False))


class PageRun:
    """What the items of one page share: the session, and the edits that outputs need."""

    def __init__(self, page: Page, pytest_config: pytest.Config) -> None:
        self.page = page
        self.course = pytest_config.stash[CONFIG]
        self.update = bool(pytest_config.getoption("update_outputs"))
        self.record = bool(pytest_config.getoption("record_verified"))
        self.claims_only = bool(pytest_config.getoption("claims_only"))
        self.factory: pytest.TempPathFactory = pytest_config._tmp_path_factory  # type: ignore[attr-defined]
        self._session: Session | None = None
        self.edits: list[tuple[int, int, str]] = []
        self.broken: int | None = None
        self.held: list[int] = []

    @property
    def session(self) -> Session:
        """The page's session, made when the first block runs."""
        if self._session is None:
            folder = self.factory.mktemp(self.page.path.stem)
            self._session = Session(self.course, folder, self.copy_tree)
        return self._session

    def copy_tree(self) -> Path:
        """A scratch copy of what git tracks or would add, with this environment as its .venv."""
        root, copy = self.course.root, self.factory.mktemp("tree")
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        for name in filter(None, listed.stdout.split("\0")):
            if (root / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, copy / name)
        if sys.prefix != sys.base_prefix:
            (copy / ".venv").symlink_to(sys.prefix, target_is_directory=True)
        return copy

    def regions(self, document: Document) -> Iterator[Region]:
        """Sybil's parser: one region a block that runs, its output included."""
        page = parse(document.text, Path(document.path), self.course)
        for block in page.of_kind(Kind.PYTHON, Kind.SCRIPT, Kind.COMMAND):
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
            printed = self.session.run(block)
        except BaseException:
            if block.kind is Kind.PYTHON:
                self.broken = block.line
            raise
        self.compare(block, printed)
        self.held.append(block.line)

    def compare(self, block: Block, printed: str) -> None:
        """Hold the output fence against what the block printed, or note the edit that mends it."""
        if block.language == "console":
            self.compare_console(block, printed)
            return
        if block.output is None:
            if block.kind is Kind.COMMAND or not printed.strip():
                return
            if self.update:
                self.edits.append((block.end, block.end, f"\n\n{_fence(printed, block.indent)}"))
                return
            raise BlockError(
                "the block prints, and the page shows no output; "
                f"add one below it (--update-outputs does):\n{printed}"
            )
        if not printed.strip():
            if self.update:
                self.edits.append((block.end, block.output.end, ""))
                return
            raise BlockError("the page shows an output, and the block prints nothing; remove it")
        output = block.output
        if self.claims_only and output.tolerance is Tolerance.EXACT:
            return
        within = float(output.attributes.get("within", 0))
        wrong = outputs.difference(output.body, printed, output.tolerance, within)
        if wrong and self.update:
            opening = self.page.text[output.start : output.end].partition("\n")[0]
            text = _fence(printed, block.indent, opening)
            self.edits.append((output.start, output.end, text))
        elif wrong:
            kind = "" if output.tolerance is Tolerance.EXACT else f" ({output.tolerance.value})"
            raise BlockError(
                f"the output{kind} on line {output.line} does not hold: {wrong}\n"
                "mend the code, or accept what was printed with --update-outputs"
            )

    def compare_console(self, block: Block, printed: str) -> None:
        """A console block shows its output itself, in the lines without a prompt."""
        shown = [row for row in block.body.splitlines() if not row.startswith("$ ")]
        wrong = outputs.difference("\n".join(shown), printed) if shown else None
        if wrong:
            raise BlockError(f"the commands print something else: {wrong}")

    def finish(self) -> Iterator[Problem]:
        """Check what only the whole page can: figures drawn, nothing left out; write the updates."""
        yield from self.figures()
        missed = [
            b.line
            for b in self.page.blocks
            if b.kind.runs and b.skip is None and b.line not in self.held
        ]
        if self.update and self.edits:
            write_atomically(self.page.path, _edited(self.page.text, self.edits))
        elif self.record and not missed and self._session is not None:
            verified.write(self.page, self.course, self.session.seconds, len(self.held))
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
            text = drawn.read_text("utf-8")
            old = kept.read_text("utf-8") if kept.is_file() else ""
            if not (wrong := outputs.difference(_spaced(old), _spaced(text))):
                continue
            if self.update:
                write_atomically(kept, text)
            else:
                yield Problem(*place, f"{kept.name} is not what the page draws: {wrong[:2000]}")


def _spaced(svg: str) -> str:
    """Set the numbers of path commands apart, ``M1.5`` as ``M 1.5``, so that they compare as such."""
    return re.sub(r"(?<=[A-Za-z])(?=[-.\d])", " ", svg)


def _fence(printed: str, indent: str, opening: str | None = None) -> str:
    lines = [line.rstrip() for line in printed.rstrip().splitlines()]
    ticks = "```"
    while any(line.startswith(ticks) for line in lines):
        ticks += "`"
    opening = opening if opening and ticks == "```" else f"{indent}{ticks}output"
    body = "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)
    return f"{opening}\n{body}{indent}{ticks}"


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


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
        ran, skipped = marks.count("run"), marks.count("skipped")
        terminalreporter.write_line(f"blocks: {ran} run and held, {skipped} skipped")
