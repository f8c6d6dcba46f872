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
from lessons.labs.moments import Files
from lessons.labs.verdicts import WrongError, call_text, shown
from lessons.labs.wire import pack, unpack

WINDOWS = sys.platform == "win32"
CHILD = [sys.executable, "-m", "lessons.labs.child"]
LOADING = "loading the file"
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
            start_new_session=not WINDOWS,
        )  # fmt: skip
        try:
            loaded = self._answer(LOADING, self.limits.loading)
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
        """End the process, and all that it started."""
        if WINDOWS:  # has no groups, but a command that ends a process with those below it
            tree = ["taskkill", "/T", "/F", "/PID", str(self._process.pid)]
            subprocess.run(tree, capture_output=True, check=False)
        else:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # all of it is gone
            except PermissionError:  # from macOS, where all have ended and nobody waited for them
                if self._process.poll() is None:
                    raise
        self._process.kill()

    def again(self) -> "Solution":
        """The same file, for another process that was asked nothing so far."""
        return Solution(self.source, self.limits)

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
        return unpack(self._called(name, arguments)["result"])

    def moments(self, folder: str, name: str, *arguments: Any) -> list[Files]:
        """Call a function that writes into a folder.

        Returns:
            What a kill at one moment or another would have left there, as names and bytes, in order.

        Raises:
            WrongError: as for :meth:`call`.
        """
        found: list[Files] = unpack(self._called(name, arguments, folder)["moments"])
        return found

    def _called(
        self, name: str, arguments: tuple[Any, ...], watch: str | None = None
    ) -> dict[str, Any]:
        said = call_text(name, arguments)
        seconds = self.limits.seconds
        asked = {"name": name, "arguments": pack(list(arguments)), "seconds": seconds}
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(json.dumps({**asked, "watch": watch}) + "\n")
            stdin.flush()
        except OSError:
            raise WrongError(*_ENDED, said) from None
        answer = self._answer(said, seconds)
        after = unpack(answer["after"])
        for before, now in zip(arguments, after, strict=True):
            if before != now and repr(before) != repr(now):  # nan is never equal to itself
                raise WrongError(
                    f"{name} changes what it is given",
                    "Whoever calls it still needs that value, so work on a copy.",
                    said,
                    f"an argument that is now {shown(now)}",
                    f"the argument as it was, {shown(before)}",
                )
        return answer

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
            why = _LONG_LOADING if said == LOADING else _LONG_CALL
            return WrongError(f"it was not done after {seconds:g} seconds", f"{why}{where}", said)
        return WrongError(*_ENDED, said)


_LONG_LOADING = (
    "What stands outside of your functions runs before the first call. A loop there never ends, or it "
    "computes more than the functions need."
)
_LONG_CALL = (
    "A loop that never ends, or far more work than the task needs: for the input shown a fraction of a "
    "second is enough."
)
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
    mistake, why = _named(error, limits)
    place = f"It stopped in line {error['line']}: {error['code']}"
    if not error["line"]:
        place = (
            "It stopped outside of your own lines, in what they call or in how the lab calls them."
        )
    return WrongError(mistake, f"{why} {place}".lstrip(), said)


def _named(error: dict[str, Any], limits: Limits) -> tuple[str, str]:
    """What an exception means, and why it came; nothing where it says so itself."""
    raised = f"it raised {error['text']}"
    if error["kind"] == "MemoryError":
        return (
            f"it took more than {limits.megabytes:,} MB of memory",
            "The input shown is small, so something grows with each step.",
        )
    if error["kind"] == "EOFError":
        return "it waits for somebody to type", "A check types nothing: use the arguments."
    if name := error.get("name"):
        return raised, (
            f"Your code runs alone, in a process of its own, and nothing in it gives {name!r} a meaning. "
            f"Import or define {name!r} in your file, or in a cell of the notebook that you have run."
        )
    if error["kind"] == "FileNotFoundError":
        return raised, (
            "Your code runs in an empty folder of its own, so the name of a file there leads nowhere."
        )
    return raised, ""
