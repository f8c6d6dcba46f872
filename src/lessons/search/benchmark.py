"""Measure the application: how long an answer takes, alone and among others, and what memory it holds."""

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

import numpy as np

from lessons.search.asking import Desk
from lessons.search.questions import questions

CLIENTS = (1, 4, 8)
START = 120  # seconds until the server has loaded its index, the vectors computed by then


def lines(count: int, desk: Desk | None = None, server: Sequence[str] = ()) -> Iterator[str]:
    """Measure, and say it line by line.

    The clients are a closed loop: each asks its next question when it has the answer to the one before. So
    the server is never behind, and its users would wait longer than this says when more of them come.

    Args:
        count: questions for each measurement.
        desk: what answers in this process; all that is at hand if None.
        server: the command that starts the server; ``python -m lessons.search serve`` if empty.

    Raises:
        ValueError: fewer than one question.
    """
    if count < 1:
        raise ValueError(f"{count} questions: at least 1 is needed")
    asked = [one.ask for one in questions()]
    asked = [asked[number % len(asked)] for number in range(count)]
    desk = desk or Desk.load()
    for way in desk.ways:
        searched, took = [], []
        for number, question in enumerate(asked):
            # Another text each time, or a vector would be remembered from another way.
            began = time.perf_counter()
            searched.append(desk.ask(f"{question} {way} {number}", by=way).seconds)
            took.append(time.perf_counter() - began)
        yield f"{way}: {_milliseconds(searched)} for the search, of {count} questions, in this process"
        yield f"{way}, with the places in all rankings: {_milliseconds(took)}"
    command = server or [sys.executable, "-m", "lessons.search", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            address = _address(process)
            for clients in CLIENTS:
                took, whole = _together(address, asked, clients)
                yield (
                    f"{clients} at a time: {_milliseconds(took)}, {count / whole:.0f} answers a second, "
                    f"by {desk.ways[0]}, over HTTP"
                )
            yield f"memory of the server: {_memory(process.pid)}"
        finally:
            process.terminate()


def _milliseconds(took: Sequence[float]) -> str:
    """The median and the 95 % point of times in seconds, as text."""
    return (
        f"median {1000 * median(took):.1f} ms, 95 % within {1000 * np.quantile(took, 0.95):.1f} ms"
    )


def _address(process: "subprocess.Popen[str]") -> str:
    """Read where a server is, as it says when it is ready.

    Raises:
        RuntimeError: it ended before.
    """
    watch = threading.Timer(START, process.kill)
    watch.start()
    try:
        for line in process.stdout or ():
            if line.startswith("Ask at "):
                return line.split()[2]
    finally:
        watch.cancel()
    raise RuntimeError("the server ended, or did not start in time")


def _together(address: str, asked: Sequence[str], clients: int) -> tuple[list[float], float]:
    """Ask from several threads at once; returns the seconds of each answer, and those of all."""
    waiting = [f"{question} {clients} {number}" for number, question in enumerate(asked)]
    took: list[float] = []
    place = urlsplit(address).netloc

    def one() -> None:
        while True:
            try:
                question = waiting.pop()
            except IndexError:
                return
            began = time.perf_counter()
            asking = http.client.HTTPConnection(place)
            asking.request("GET", f"/api/search?{urlencode({'q': question})}")
            asking.getresponse().read()
            asking.close()
            took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=one) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, time.perf_counter() - began


def _memory(pid: int) -> str:
    """Say what memory a process holds now; only Linux tells of another process."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return "not told by this system"
    (held,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return f"{int(held.split()[1]) / 1000:.0f} MB"
