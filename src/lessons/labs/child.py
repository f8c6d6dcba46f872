"""The process that runs a learner's code: it loads the file, then answers one call after the other.

Started by :mod:`lessons.labs.runner`. What the code prints is collected, up to a limit, and what it does
to any module stays in this process: the checks run in the other one.
"""

import contextlib
import faulthandler
import inspect
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from lessons.labs.limits import limit_memory
from lessons.labs.moments import recorded
from lessons.labs.wire import pack, unpack

PRINTED = 20_000  # characters that the code may print while the lab calls it once
RESULT = 20_000_000  # characters of a result as text
RUNS = "LESSONS_LAB_RUNS"  # set in this process: a check that the learner's file calls has to do nothing


class Printed(io.TextIOBase):
    """Collects what is printed; the process ends when that is too much.

    Args:
        flooded: called with the beginning of it.
    """

    def __init__(self, flooded: Callable[[str], None]) -> None:
        self.text, self._flooded = "", flooded

    def writable(self) -> bool:
        """Tell that it can be printed to."""
        return True

    def write(self, text: str) -> int:
        """Keep the text."""
        self.text += text
        if len(self.text) > PRINTED:
            self._flooded(self.text[:200])
        return len(text)

    def taken(self) -> str:
        """What was printed since it was last asked."""
        text, self.text = self.text, ""
        return text


class Server:
    """A learner's file, loaded, and its functions.

    Args:
        path: the file.
        answers: takes the answers, one a line.
        token: begins each answer, so that nothing else is taken for one.
        end: ends the process at once.
    """

    def __init__(
        self, path: Path, answers: IO[str], token: str, end: Callable[[int], Any] = os._exit
    ) -> None:
        self.path, self.answers, self.token, self.end = path, answers, token, end
        self.namespace: dict[str, Any] = {"__name__": "solution", "__file__": str(path)}
        self.kept: list[Any] = []
        self.printed = Printed(self._flooded)

    def answer(self, **what: Any) -> None:
        """Send one answer."""
        self.answers.write(f"{self.token} {json.dumps(what)}\n")
        self.answers.flush()

    def load(self, seconds: float, dump: IO[str], unlimited: str = "") -> bool:
        """Run the file, and say whether that went well."""
        source = self.path.read_text("utf-8")
        try:
            with _clock(seconds, dump):
                self._run(lambda: exec(compile(source, str(self.path), "exec"), self.namespace))  # noqa: S102 - their own code
        except BaseException as error:  # noqa: BLE001 - whatever their code raises is told to them
            self.answer(error=self._told(error), printed=self.printed.taken())
            return False
        takes = {name: _arguments(value) for name, value in self.namespace.items()}
        self.answer(
            takes={name: n for name, n in takes.items() if n},
            unlimited=unlimited,
            printed=self.printed.taken(),
        )
        return True

    def call(
        self, name: str, arguments: str, seconds: float, dump: IO[str], watch: str | None = None
    ) -> None:
        """Call a function, and answer with its result and with its arguments as they are afterwards.

        With a folder to watch, the answer also has what a kill at each moment would have left there.
        """
        values = unpack(arguments, self.kept.__getitem__)
        try:
            with _clock(seconds, dump), recorded(watch) as moments:
                result = self._run(lambda: self.namespace[name](*values))
                text = pack(result, self._keep)
        except BaseException as error:  # noqa: BLE001 - the same
            self.answer(error=self._told(error), printed=self.printed.taken())
            return
        if len(text) > RESULT:
            self.answer(large=len(text), printed="")
            return
        more = {"moments": pack(moments)} if watch else {}
        after = pack(values, self._keep)
        self.answer(result=text, after=after, printed=self.printed.taken(), **more)

    def _run(self, call: Callable[[], Any]) -> Any:
        """Run something of the learner's with nothing to read, and with all printing collected."""
        stdin, sys.stdin = sys.stdin, io.StringIO()
        try:
            with contextlib.redirect_stdout(self.printed), contextlib.redirect_stderr(self.printed):
                return call()
        finally:
            sys.stdin = stdin

    def _keep(self, value: Any) -> int:
        for number, one in enumerate(self.kept):
            if one is value:
                return number
        self.kept.append(value)
        return len(self.kept) - 1

    def _flooded(self, beginning: str) -> None:
        self.answer(flood=beginning)
        self.end(0)

    def _told(self, error: BaseException) -> dict[str, Any]:
        """An error as the learner should see it: what it says, and their own innermost line."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename == str(self.path)]
        line = own[-1].lineno if own else None
        text = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        return {
            "kind": type(error).__name__,
            "name": getattr(error, "name", None) if type(error) is NameError else None,
            "text": text,
            "line": line,
            "code": (own[-1].line or "").strip() if own else "",
        }


def _arguments(value: Any) -> list[int] | None:
    """The least and the largest number of arguments that a function takes by position; None for others."""
    if not callable(value):
        return None
    try:
        parameters = inspect.signature(value).parameters.values()
    except ValueError:  # some built-in functions do not tell
        return [0, 99]
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    named = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    least = sum(p.default is p.empty for p in placed) + 99 * len(named)
    return [least, 99 if any(p.kind is p.VAR_POSITIONAL for p in parameters) else len(placed)]


@contextlib.contextmanager
def _clock(seconds: float, dump: IO[str]) -> Iterator[None]:
    """End the process after so many seconds, and write down where it was."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=dump)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def serve(
    server: Server, calls: IO[str], dump: IO[str], loading: float, unlimited: str = ""
) -> None:
    """Load the learner's file, then answer the calls until there are no more."""
    if not server.load(loading, dump, unlimited):
        return
    for line in calls:
        asked = json.loads(line)
        server.call(asked["name"], asked["arguments"], asked["seconds"], dump, asked.get("watch"))


def start(path: str, token: str, dump: str, loading: str, megabytes: str) -> None:
    """Run as the process that :mod:`lessons.labs.runner` starts: calls come in, answers go out."""
    unlimited = limit_memory(int(megabytes))
    os.environ[RUNS] = "1"
    answers = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="\n")
    with Path(dump).open("w", encoding="utf-8") as stack:
        serve(Server(Path(path), answers, token), sys.stdin, stack, float(loading), unlimited)


if __name__ == "__main__":
    start(*sys.argv[1:])
