"""Runs the blocks of a page the way a reader would: in order, in one namespace.

Nothing is injected. Standard output is what counts, wherever it was written; warnings and log records of
level WARNING are failures unless the course allows them by name and reason.
"""

import __future__

import contextlib
import logging
import re
import subprocess
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from coursekit.config import Config
from coursekit.run.capture import Capture, decoded, flush
from coursekit.run.environment import bash
from coursekit.run.interpreter import Leftovers, Snapshot, log_records, readers_environment
from coursekit.run.start import quick
from coursekit.text import lines

__all__ = ["BlockError", "Said", "Session", "last_line", "noise"]

COMMAND_SECONDS = 900
# What Python itself writes when a script warns or leaves a thread to die; bars and notes are free.
NOISE = re.compile(
    r"^(?:.*:\d+: (?P<warning>\w*Warning: .*)|(?P<trace>Traceback \(most recent call last\):))$",
    re.MULTILINE,
)
FEATURES = [getattr(__future__, name).compiler_flag for name in __future__.all_feature_names]


class BlockError(Exception):
    """A block did not keep its promise; the message says how and what to do."""


def last_line(error: BaseException) -> str:
    """The line of a traceback that names the error; its first line where the message has several."""
    rows = lines("".join(traceback.format_exception_only(error)))
    return next(line for line in rows if line and not line[0].isspace())


def noise(errors: str) -> list[str]:
    """Warnings of Python and tracebacks in what a script wrote to standard error."""
    return [match["warning"] or match["trace"] for match in NOISE.finditer(errors)]


class Said(NamedTuple):
    """What a process wrote."""

    stdout: str
    stderr: str


@dataclass
class Session:
    """One page being run.

    Attributes:
        config: the course.
        folder: scratch folder in which the blocks run; what they write is found there.
        copy_tree: makes a scratch copy of the repository for commands, once.
        module: the namespace all Python blocks share; they find it as ``__main__``, as a reader's do.
        instrument: applied to the code of each Python block before it is executed.
        without: packages that processes which the blocks start do not find.
    """

    config: Config
    folder: Path
    copy_tree: Callable[[], Path]
    module: types.ModuleType = field(default_factory=lambda: types.ModuleType("__main__"))
    instrument: Callable[[types.CodeType], types.CodeType] | None = None
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._leftovers = Leftovers(self.folder)
        self._started = contextlib.ExitStack()
        self._state = Snapshot.fresh(self.folder, self.module)
        paths = self._started.enter_context(quick(without=self.without))
        self._state.environment["PYTHONPATH"] = paths
        self._printed, self._errors = Capture(1), Capture(2)
        self._features = 0

    def late(self) -> str:
        """What was printed since the last block ended, by threads or processes that it left running."""
        return self._printed.take()

    def close(self) -> None:
        """End the page: nothing that its blocks changed in the process outlives it."""
        self._leftovers.remove()
        self._printed.close()
        self._errors.close()
        self._started.close()

    def compiled(self, source: str, path: Path) -> types.CodeType:
        """Compile code of the page, with the ``__future__`` features that code above it asked for."""
        code = compile(source, str(path), "exec", flags=self._features, dont_inherit=True)
        for feature in FEATURES:
            self._features |= code.co_flags & feature
        return self.instrument(code) if self.instrument else code

    def execute(self, source: str, path: Path, line: int, raises: str | None = None) -> str:
        """Execute code in the page's namespace.

        Args:
            source: the code.
            path: the file that it stands in.
            line: the line of that file on which it begins, from 1.
            raises: name of the exception that it must raise, if it must.

        Returns:
            What it printed; for code that raised as promised, then the error's last line.

        Raises:
            BlockError: it raised nothing or something else than promised, or a reader would be warned.
            Exception: whatever it raised that promised nothing.
        """
        code = self.compiled("\n" * (line - 1) + source, path)
        try:
            with self._inside() as (records, warned):
                error = self._execute(code, raises)
        except BaseException:
            sys.stdout.write(self._printed.take())  # for the report of the failure
            raise
        finally:
            errors = self._errors.take()
            sys.stderr.write(errors)
        said = [f"{w.category.__name__}: {w.message}" for w in warned]
        said += [f"{r.levelname} {r.name}: {r.getMessage()}" for r in records]
        self.complain(said + noise(errors))
        printed = self._printed.take()
        return printed if error is None else printed + last_line(error) + "\n"

    @contextlib.contextmanager
    def _inside(
        self,
    ) -> Iterator[tuple[list[logging.LogRecord], list[warnings.WarningMessage]]]:
        """Let the page's interpreter take the place of the tests' one, and collect its complaints."""
        outside = Snapshot(self.folder)
        with (
            log_records() as records,
            warnings.catch_warnings(record=True) as warned,
            self._printed.active(),
            self._errors.active(),
        ):
            try:
                self._state.restore()
                yield records, warned
            finally:
                flush()
                self._state = Snapshot(self.folder)
                outside.restore()

    def _execute(self, code: types.CodeType, raises: str | None) -> Exception | None:
        if raises is None:
            exec(code, self.module.__dict__)  # noqa: S102 - running the page is the purpose
            return None
        try:
            exec(code, self.module.__dict__)  # noqa: S102
        except Exception as error:
            if type(error).__name__ != raises:
                raise BlockError(
                    f"promised raises={raises!r}, raised {last_line(error)}"
                ) from error
            return error
        raise BlockError(f"promised raises={raises!r}, raised nothing")

    def complain(self, said: list[str]) -> None:
        """Refuse warnings that a reader would see, unless the course allows them.

        Raises:
            BlockError: it does not.
        """
        loud = [text for text in said if not any(a.matches(text) for a in self.config.allow)]
        if loud:
            advice = "mend the cause, or allow it with a reason in [tool.coursekit] allow"
            raise BlockError(
                "a reader would see a warning:\n  " + "\n  ".join(loud) + f"\n{advice}"
            )

    def shell(self, text: str) -> str:
        """Run commands with bash in the scratch copy of the repository, and return what they printed.

        Raises:
            BlockError: one failed.
        """
        return self.program([bash(), "-euo", "pipefail", "-c", text], self.copy_tree()).stdout

    @staticmethod
    def program(command: list[str], folder: Path, **variables: str) -> Said:
        """Run a program as a process of its own.

        Args:
            command: the program and its arguments.
            folder: where it runs.
            variables: of its environment, beside a reader's.

        Raises:
            BlockError: it is missing, takes too long, or ends with another status than 0.
        """
        try:
            done = subprocess.run(
                command, cwd=folder, env=readers_environment() | variables,
                capture_output=True, timeout=COMMAND_SECONDS, check=False,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise BlockError(
                f"no program {command[0]!r} on this machine; install it, or say on the fence where "
                'the block can run: skip="needs …"'
            ) from error
        except subprocess.TimeoutExpired as error:
            raise BlockError(f"{command[0]} took longer than {COMMAND_SECONDS} s") from error
        said = Said(decoded(done.stdout), decoded(done.stderr))
        if done.returncode:
            raise BlockError(
                f"exit status {done.returncode} from {command[0]}\n{said.stdout}{said.stderr}"
            )
        return said
