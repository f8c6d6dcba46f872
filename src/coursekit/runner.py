"""Runs the blocks of a page the way a reader would: in order, in one namespace.

Nothing is injected. Standard output is what counts; warnings and log records of level WARNING are
failures unless the course allows them by name and reason.
"""

import contextlib
import io
import logging
import os
import subprocess
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coursekit.config import Config
from coursekit.environment import bash
from coursekit.page import Block, Kind
from coursekit.scripts import arguments, noise

__all__ = ["BlockError", "Session", "last_line"]

COMMAND_SECONDS = 900
# Under `make test`, a page's own `make` would take itself for a part of that and say so.
MAKES_OWN = frozenset({"MAKEFLAGS", "MAKELEVEL", "MFLAGS"})


class BlockError(Exception):
    """A block did not keep its promise; the message says how and what to do."""


def last_line(error: BaseException) -> str:
    """The line of a traceback that names the error; its first line where the message has several."""
    lines = "".join(traceback.format_exception_only(error)).splitlines()
    return next(line for line in lines if line and not line[0].isspace())


@contextlib.contextmanager
def log_records(level: int = logging.WARNING) -> Iterator[list[logging.LogRecord]]:
    """Collect log records of at least this level, also of loggers that do not propagate."""
    records: list[logging.LogRecord] = []
    make = logging.getLogRecordFactory()

    def keep(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if record.levelno >= level:
            records.append(record)
        return record

    logging.setLogRecordFactory(keep)
    try:
        yield records
    finally:
        logging.setLogRecordFactory(make)


@contextlib.contextmanager
def working_directory(folder: Path) -> Iterator[None]:
    """Run the body in a folder, and come back."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@dataclass
class Session:
    """One page being run.

    Attributes:
        config: the course.
        folder: scratch folder in which the blocks run; what they write is found there.
        copy_tree: makes a scratch copy of the repository for commands, once.
        module: the namespace all Python blocks share.
        seconds: time spent in blocks so far.
    """

    config: Config
    folder: Path
    copy_tree: Callable[[], Path]
    module: types.ModuleType = field(default_factory=lambda: types.ModuleType("__page__"))
    seconds: float = 0.0

    def run(self, block: Block) -> str:
        """Run one block.

        Returns:
            What it printed; for a block that raised as promised, then the error's last line.

        Raises:
            BlockError: it raised nothing or something else than promised, warned, or a script or
                command failed.
            Exception: whatever a Python block raised that promised nothing.
        """
        run = {Kind.PYTHON: self._python, Kind.SCRIPT: self._script, Kind.COMMAND: self._command}
        start = time.perf_counter()
        try:
            return run[block.kind](block)
        finally:
            self.seconds += time.perf_counter() - start

    def _python(self, block: Block) -> str:
        source = "\n" * (block.code.line - 1) + block.code.text
        code = compile(source, str(block.code.path), "exec", dont_inherit=True)
        # A dataclass or a pickle looks its module up by name, as a script finds __main__.
        sys.modules[self.module.__name__] = self.module
        printed = io.StringIO()
        with (
            working_directory(self.folder),
            contextlib.redirect_stdout(printed),
            log_records() as records,
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("always")
            error = self._execute(code, block)
        self._check_noise(records, warned)
        if error is not None:
            return printed.getvalue() + last_line(error) + "\n"
        return printed.getvalue()

    def _execute(self, code: types.CodeType, block: Block) -> Exception | None:
        if block.raises is None:
            exec(code, self.module.__dict__)  # noqa: S102 - running the page is the purpose
            return None
        try:
            exec(code, self.module.__dict__)  # noqa: S102
        except Exception as error:
            if type(error).__name__ != block.raises:
                raise BlockError(
                    f"promised raises={block.raises!r}, raised {last_line(error)}"
                ) from error
            return error
        raise BlockError(f"promised raises={block.raises!r}, raised nothing")

    def _check_noise(
        self, records: list[logging.LogRecord], warned: list[warnings.WarningMessage]
    ) -> None:
        said = [f"{w.category.__name__}: {w.message}" for w in warned]
        self._check_said(said + [f"{r.levelname} {r.name}: {r.getMessage()}" for r in records])

    def _check_said(self, said: list[str]) -> None:
        loud = [text for text in said if not any(a.matches(text) for a in self.config.allow)]
        if loud:
            advice = "mend the cause, or allow it with a reason in [tool.coursekit] allow"
            raise BlockError(
                "a reader would see a warning:\n  " + "\n  ".join(loud) + f"\n{advice}"
            )

    def _script(self, block: Block) -> str:
        args = arguments(block.attributes.get("args", ""), str(self.config.root))
        command = [sys.executable, str(block.code.path), *args]
        done = self._process(command, self.folder)
        self._check_said(noise(done.stderr))
        return done.stdout

    def _command(self, block: Block) -> str:
        text = block.code.text
        if block.language == "console":
            lines = text.splitlines()
            text = "\n".join(line[2:] for line in lines if line.startswith("$ "))
        if block.language == "powershell":
            command = ["pwsh", "-NoProfile", "-Command", text]
        else:
            command = [bash(), "-euo", "pipefail", "-c", text]
        return self._process(command, self.copy_tree()).stdout

    @staticmethod
    def _process(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if k not in MAKES_OWN}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True,
            timeout=COMMAND_SECONDS, encoding="utf-8", check=False,
        )  # fmt: skip
        if done.returncode:
            raise BlockError(
                f"exit status {done.returncode} from {command[0]}\n{done.stdout}{done.stderr}"
            )
        return done
