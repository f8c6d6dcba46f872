"""One page being run under pytest: its session, what its outputs are held against, and their updates."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Document, Region
from sybil.example import Example

from coursekit import outputs, verified
from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.page import Block, Kind, Page, Tolerance, parse
from coursekit.problems import Problem
from coursekit.runner import BlockError, Session

__all__ = ["PageRun"]


class PageRun:
    """What the items of one page share: the session, and the edits that outputs need."""

    def __init__(self, page: Page, course: Config, pytest_config: pytest.Config) -> None:
        self.page, self.course = page, course
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
