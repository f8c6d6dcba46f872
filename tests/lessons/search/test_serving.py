"""The server: it takes its port first, opens when it is ready, and ends with its answers finished."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import uvicorn

from lessons.search import benchmark, command, serving
from smallsearch import desk

TESTS = Path(__file__).parents[2]
# A server whose answers take half a second.
SLOW = """
import time
from lessons.search import asking, serving
from smallsearch import desk
answers = asking.Desk.ask
def ask(*given):
    print("asked", flush=True)
    time.sleep(0.5)
    return answers(*given)
asking.Desk.ask = ask
serving.serve(0, desk)
"""
# What a shell starts in the background ignores interrupts, and so do its children.
HEEDS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
IN_BACKGROUND = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"


def started(code: str) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(TESTS), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signal that asks a process to end")
@pytest.mark.parametrize(
    "before",
    [
        pytest.param(HEEDS, id="shell", marks=pytest.mark.nightly),
        pytest.param(IN_BACKGROUND, id="background"),
    ],
)
def test_an_answer_that_is_being_made_is_finished_before_it_stops(before):
    with started(before + SLOW) as process:
        try:
            place = benchmark._address(process).split("/")[2]
            asking = http.client.HTTPConnection(place)
            asking.request("GET", "/api/search?q=loops")
            assert process.stdout.readline() == "asked\n"
            process.send_signal(signal.SIGINT)
            assert json.loads(asking.getresponse().read())["found"]
            asking.close()
            assert process.stdout.read() == "Stopped.\n"
            assert process.wait() == 0
        finally:
            process.kill()


def test_a_port_that_is_taken_is_named():
    with serving.listen(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"port {port} cannot be used \(.*--port 0 any"):
            serving.serve(port, desk)
    with pytest.raises(ValueError, match="port 65536: a port is a number from 0 to 65535"):
        serving.listen(65536)


def test_the_address_is_said_when_the_index_is_loaded(capsys, monkeypatch):
    ran = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda _, sockets: ran.append(sockets[0]))
    assert serving.serve(0, lambda: print("loaded") or desk()) == 0
    first, loaded, address, _ = capsys.readouterr().out.splitlines()
    assert (first, loaded) == ("Loading the index ...", "loaded")
    assert address.startswith("Ask at http://127.0.0.1:")
    assert isinstance(ran[0], socket.socket)


def test_a_stop_from_the_keyboard_is_no_error(capsys, monkeypatch):
    def stop(self, sockets):
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", stop)
    assert serving.serve(0, desk) == 0
    assert capsys.readouterr().out.endswith("Stopped.\n")


def test_the_command_serves_and_measures(capsys, monkeypatch):
    monkeypatch.setattr(serving, "serve", lambda port: port)
    assert command.main(["serve", "--port", "7"]) == 7
    monkeypatch.setattr(benchmark, "lines", lambda count: [f"{count} questions"])
    assert command.main(["benchmark", "-n", "5"]) == 0
    assert capsys.readouterr().out == "5 questions\n"


SAYS = "print('Ask at http://127.0.0.1:1/ now', flush=True)"


def test_the_benchmark_measures_each_way_and_several_at_once(monkeypatch):
    place = serving.listen(0)
    app = serving.application(desk())
    running = serving.server(app)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [place]})
    thread.start()
    port = place.getsockname()[1]
    says = SAYS.replace(":1/", f":{port}/") + "\nimport time; time.sleep(60)"
    try:
        said = list(benchmark.lines(5, desk(), [sys.executable, "-c", says]))
    finally:
        running.should_exit = True
        thread.join()
        place.close()
    assert [line.split(":")[0] for line in said] == [
        "both", "both, with the places in all rankings", "words", "words, with the places in all rankings",
        "vectors", "vectors, with the places in all rankings",
        "1 at a time", "4 at a time", "8 at a time", "memory of the server",
    ]  # fmt: skip
    assert "median" in said[0]
    assert "95 % within" in said[0]
    medians = [float(re.findall(r"median ([\d.]+) ms", line)[0]) for line in said[:6]]
    assert all(search <= whole for search, whole in zip(medians[::2], medians[1::2], strict=True))


def test_a_server_that_ends_is_told(monkeypatch):
    with pytest.raises(RuntimeError, match="the server ended, or did not start"):
        list(benchmark.lines(1, desk(), [sys.executable, "-c", "print('no')"]))
    with pytest.raises(ValueError, match="0 questions: at least 1 is needed"):
        list(benchmark.lines(0, desk()))


def test_the_memory_of_a_process_is_told_where_the_system_tells_it(tmp_path, monkeypatch):
    if sys.platform == "linux":
        assert benchmark._memory(os.getpid()).endswith(" MB")
    monkeypatch.setattr(benchmark, "Path", lambda _: tmp_path / "none")
    assert benchmark._memory(1) == "not told by this system"
