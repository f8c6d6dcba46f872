"""Signatures of the reference, formatted by one process of ruff and not by one for each.

What renders the reference starts ``ruff format`` for every signature that is too long for a line, hundreds
of times in a build. Here one ``ruff server`` answers them all, as it answers an editor, with what
``ruff format`` would write. Without ruff, or where its server fails, all is as it would be without this.
"""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocstrings_handlers.python._internal import rendering

__all__ = ["Ruff", "begin", "end"]

Formatter = Callable[[str, int], str]


class Ruff:
    """A ``ruff server``, spoken to by the Language Server Protocol.

    Args:
        command: what starts it.
        line_length: the longest line that it may leave.

    Raises:
        OSError: it does not start, or ends at once.
    """

    def __init__(self, command: list[str], line_length: int) -> None:
        self.asked = 0
        self.uri = (Path.cwd() / "signature.py").as_uri()  # no such file: its place finds settings
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        try:
            self._ask(
                "initialize",
                processId=None,
                rootUri=Path.cwd().as_uri(),
                capabilities={"general": {"positionEncodings": ["utf-32"]}},
                initializationOptions={
                    "settings": {"lineLength": line_length, "lint": {"enable": False}}
                },
            )
            self._tell("initialized")
        except (OSError, ValueError):
            self.close()
            raise

    def format(self, code: str) -> str:
        """The code as ``ruff format`` writes it; what is no Python stays as it is.

        Raises:
            OSError: the process ended.
        """
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": code}
        options = {"tabSize": 4, "insertSpaces": True}
        self._tell("textDocument/didOpen", textDocument=document)
        edits = self._ask(
            "textDocument/formatting", textDocument={"uri": self.uri}, options=options
        )
        self._tell("textDocument/didClose", textDocument={"uri": self.uri})
        for edit in reversed(edits or []):
            start, end = (_offset(code, edit["range"][side]) for side in ("start", "end"))
            code = code[:start] + edit["newText"] + code[end:]
        return code

    def close(self) -> None:
        """End the process, which has nothing to save."""
        self.process.kill()
        self.process.communicate()

    def _ask(self, method: str, **parameters: Any) -> Any:
        self.asked += 1
        self._send(id=self.asked, method=method, params=parameters)
        while (message := self._receive()).get("id") != self.asked:
            pass  # what it says unasked: that it found nothing to complain of
        return message.get("result")

    def _tell(self, method: str, **parameters: Any) -> None:
        self._send(method=method, params=parameters)

    def _send(self, **message: Any) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while header := self.process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise BrokenPipeError("ruff server ended")
        return dict(json.loads(self.process.stdout.read(length)))


def _offset(text: str, position: dict[str, int]) -> int:
    before = text.split("\n")[: position["line"]]
    return sum(len(line) + 1 for line in before) + position["character"]


_running: dict[int, Ruff] = {}  # by length of line
_get_library_formatter = rendering._get_ruff_formatter


def begin() -> None:
    """Let signatures be formatted by a process that stays until :func:`end`."""
    rendering._get_ruff_formatter = _get_formatter
    rendering._get_formatter.cache_clear()


def end() -> None:
    """End what was started to format."""
    while _running:
        _running.popitem()[1].close()


def _get_formatter() -> Formatter | None:
    each: Formatter | None = _get_library_formatter()
    if each is None:
        return None
    from ruff.__main__ import find_ruff_bin

    def formatter(code: str, line_length: int) -> str:
        try:
            if line_length not in _running:
                _running[line_length] = Ruff([find_ruff_bin(), "server"], line_length)
            return _running[line_length].format(code)
        except (OSError, ValueError):
            end()
            return each(code, line_length)

    return formatter
