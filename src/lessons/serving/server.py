"""Runs ``transformers serve`` in a process of its own, offline, on a port that is free."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVE = (sys.executable, "-m", "transformers.cli.transformers", "serve")
OFFLINE = {
    "HF_HUB_OFFLINE": "1",  # no request to the Hub
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",  # nor to PyPI, to ask for a newer version
    "OMP_NUM_THREADS": "1",
}
STARTING, STOPPING = 300.0, 60.0  # seconds


class ServerError(Exception):
    """The server did not come up; the message has the end of its log."""


@dataclass
class Server:
    """A server that runs.

    Attributes:
        address: of its API, as ``base_url`` of a client.
        model: the name that requests have to give: the folder's, as the server was started with it.
        process: the operating system's.
        log: the file it writes to.
    """

    address: str
    model: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def cpu_seconds(self) -> float:
        """Processor time that the server has used so far; 0 where the system has no ``/proc``."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.is_file():
            return 0.0
        fields = stat.read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask_to_stop(self) -> None:
        """Send the signal by which an operator, Docker or Kubernetes asks a process to end.

        Windows has no such signal: there the process ends at once.
        """
        self.process.send_signal(signal.SIGTERM)


def free_port() -> int:
    """Find a port that nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@contextmanager
def running(
    folder: Path,
    options: Sequence[str] = (),
    command: Sequence[str] = SERVE,
    starting: float = STARTING,
    stopping: float = STOPPING,
) -> Iterator[Server]:
    """Serve a model as long as a ``with`` block lasts.

    Args:
        folder: of a model with a chat template.
        options: more of the command's, such as ``--continuous-batching``.
        command: what is run; the model's name, options, host and port are added.
        starting: seconds until it has to answer.
        stopping: seconds that it gets to finish after it was asked to stop; then it is killed.

    Raises:
        ServerError: it ended, or did not answer in time.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="serve-") as scratch:
        log = Path(scratch, "log.txt")
        (hub := Path(scratch, "hub")).mkdir()  # /v1/models fails where this folder is missing
        asked = [*command, folder.name, "--device", "cpu", "--host", "127.0.0.1", *options]
        with log.open("wb") as written:
            process = subprocess.Popen(
                [*asked, "--port", str(port)], cwd=folder.parent, stdout=written, stderr=written,
                env={**os.environ, **OFFLINE, "HF_HUB_CACHE": str(hub)},
            )  # fmt: skip
        server = Server(f"http://127.0.0.1:{port}/v1", folder.name, process, log)
        try:
            _wait(server, f"http://127.0.0.1:{port}/health", time.monotonic() + starting)
            yield server
        finally:
            _end(process, stopping)


def _wait(server: Server, health: str, until: float) -> None:
    while True:
        try:
            with urllib.request.urlopen(health, timeout=5):  # noqa: S310 - this machine's own
                return
        except (urllib.error.URLError, OSError):
            pass  # not yet
        if server.process.poll() is not None:
            raise ServerError(f"ended with status {server.process.returncode}: {_last(server)}")
        if time.monotonic() > until:
            raise ServerError(f"does not answer: {_last(server)}")
        time.sleep(0.1)


def _last(server: Server) -> str:
    return server.log.read_text("utf-8", "replace")[-2000:]


def _end(process: "subprocess.Popen[bytes]", stopping: float) -> None:
    process.terminate()
    try:
        process.wait(stopping)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
