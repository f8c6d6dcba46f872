"""Runs a learner's code in a process of its own, with limits of time, memory and output.

The checks run here and call the learner's functions there, so nothing that the code does to a module
reaches the check. This keeps mistakes apart, not attackers: it is no sandbox.
"""

import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from lessons.labs.child import PRINTED
from lessons.labs.limits import Limits
from lessons.labs.verdicts import WrongError, call_text, shown
from lessons.labs.wire import pack, unpack

CHILD = [sys.executable, "-m", "lessons.labs.child"]
LINE = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<name>\S+)')
NOISE = (
    1_000_000  # characters past the collected printing, as a program that the code starts can write
)


class Solution:
    """A learner's file in a process of its own: ``solution.call("name", …)`` calls its functions.

    Used in a ``with`` statement. A new process is started for each use.

    Args:
        source: the file's text.
        limits: what it may take.
    """

    def __init__(self, source: str, limits: Limits | None = None) -> None:
        self.source, self.limits = source, limits or Limits()
        self.printed, self.unlimited = "", ""
        self.takes: dict[str, tuple[int, int]] = {}
        self._token = secrets.token_hex(8)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True)
        path, self._dump = (Path(self._folder.name) / name for name in ("solution.py", "stack.txt"))
        path.write_text(self.source, "utf-8")
        command = [*CHILD, str(path), self._token, str(self._dump)]
        command += [str(self.limits.loading), str(self.limits.megabytes)]
        self._process: subprocess.Popen[str] = subprocess.Popen(
            command, cwd=self._folder.name, encoding="utf-8", errors="replace",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
            start_new_session=os.name == "posix",
        )  # fmt: skip
        try:
            loaded = self._answer("loading the file", self.limits.loading)
        except WrongError:
            self.__exit__(None, None, None)
            raise
        self.takes = {name: (least, most) for name, (least, most) in loaded["takes"].items()}
        self.unlimited = loaded["unlimited"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            _close(pipe)
        self._folder.cleanup()

    def _kill(self) -> None:
        """End the process, and where the system knows groups of them, all that it started."""
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def require(self, name: str, arguments: tuple[str, ...]) -> None:
        """Make sure that a function is there and can be called as the lab calls it.

        Raises:
            WrongError: it is missing, or takes other arguments.
        """
        call = f"{name}({', '.join(arguments)})"
        if name not in self.takes:
            near = [one for one in self.takes if one.lower() == name.lower()]
            hint = f" There is {near[0]!r}, which is another name." if near else ""
            raise WrongError(
                f"there is no function {name!r}",
                f"This part calls {call}, and looks for it at the top level of your code.{hint}",
            )
        least, most = self.takes[name]
        if not least <= len(arguments) <= most:
            has = f"{least}" if least == most else f"{least} to {most}"
            raise WrongError(
                f"{name} takes {has if least < 99 else 'named'} arguments, the lab gives {len(arguments)}",
                f"This part calls {call}. Keep the first line of the starter as it is.",
            )

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of the learner's.

        Returns:
            A copy of its result.

        Raises:
            WrongError: it raised, ended, printed or took too much, or changed what it was given.
        """
        said = call_text(name, arguments)
        seconds = self.limits.seconds
        asked = {"name": name, "arguments": pack(list(arguments)), "seconds": seconds}
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(json.dumps(asked) + "\n")
            stdin.flush()
        except OSError:
            raise WrongError(*_ENDED, said) from None
        answer = self._answer(said, seconds)
        after = unpack(answer["after"])
        for before, now in zip(arguments, after, strict=True):
            if before != now:
                raise WrongError(
                    f"{name} changes what it is given",
                    "Whoever calls it still needs that value, so work on a copy.",
                    said,
                    f"an argument that is now {shown(now)}",
                    f"the argument as it was, {shown(before)}",
                )
        return unpack(answer["result"])

    def _answer(self, said: str, seconds: float) -> dict[str, Any]:
        """Wait for the next answer, and take apart what is none."""
        watch = threading.Timer(seconds * 1.5 + 5, self._kill)  # should the other clock stand still
        watch.start()
        try:
            answer = self._next(said)
        finally:
            watch.cancel()
        if answer is None:
            raise self._ended(said, seconds)
        self.printed += answer.get("printed", "")
        if error := answer.get("error"):
            raise _raised(error, said, self.limits)
        if "large" in answer:
            raise WrongError(
                "the result is too large",
                f"It takes {answer['large']:,} characters to write down.",
                said,
            )
        return answer

    def _next(self, said: str) -> dict[str, Any] | None:
        """The next line that is an answer; None if the process ended."""
        stdout = self._process.stdout
        assert stdout is not None
        noise = 0
        while line := stdout.readline(NOISE):
            if line.startswith(self._token):
                answer: dict[str, Any] = json.loads(line[len(self._token) :])
                if "flood" in answer:
                    raise _flood(said, answer["flood"])
                return answer
            noise += len(line)
            if noise >= NOISE:
                raise _flood(said, line[:200])
        return None

    def _ended(self, said: str, seconds: float) -> WrongError:
        """Why there is no answer: out of time, or at an end."""
        self._kill()
        self._process.wait()
        stack = self._dump.read_text("utf-8", "replace") if self._dump.is_file() else ""
        own = [found for found in LINE.finditer(stack) if Path(found["file"]).name == "solution.py"]
        if stack:
            where = f" It was in line {own[0]['line']}, in {own[0]['name']}." if own else ""
            return WrongError(
                f"it was not done after {seconds:g} seconds",
                "A loop that never ends, or far more work than the task needs: for the input shown a "
                f"fraction of a second is enough.{where}",
                said,
            )
        return WrongError(*_ENDED, said)


_ENDED = (
    "your code ended the process",
    "It called something like exit(), or a library crashed. A function has to return instead.",
)


def _close(pipe: IO[str] | None) -> None:
    assert pipe is not None
    with contextlib.suppress(OSError):  # what was not written has nobody to read it
        pipe.close()


def _flood(said: str, beginning: str) -> WrongError:
    return WrongError(
        "your code prints without end",
        f"More than {PRINTED:,} characters in one call, which begin with {beginning[:40]!r}. "
        "Take the print out of the loop.",
        said,
    )


def _raised(error: dict[str, Any], said: str, limits: Limits) -> WrongError:
    """A learner's exception, with their own line."""
    line = (
        f"line {error['line']}: {error['code']}" if error["line"] else "outside of your own lines"
    )
    if error["kind"] == "MemoryError":
        return WrongError(
            f"it took more than {limits.megabytes:,} MB of memory",
            "The input shown is small, so something grows with each step.",
            said,
            stopped=line,
        )
    if error["kind"] == "EOFError":
        return WrongError(
            "it waits for somebody to type",
            "A check types nothing: use the arguments.",
            said,
            stopped=line,
        )
    if error["kind"] == "NameError":
        why = "Your code is run alone, so what it needs, imports too, has to stand in it."
    else:
        why = "Python stopped there on the input that is shown, before anything was returned."
    return WrongError(f"it raised {error['text']}", why, said, stopped=line)
