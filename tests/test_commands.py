"""The commands a contributor types, run in a copy of the repository."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from _pytest.mark.expression import Expression

from coursekit import __main__ as commands
from coursekit.commands import gate
from coursekit.testing import coverage
from realmodels import REQUIRED
from samplepages import write_sample
from visiting import SAMPLE

ROOT = Path(__file__).parents[1]


class Server(NamedTuple):
    """A course that is served: by which process, at which address, from which folder."""

    process: subprocess.Popen[str]
    address: str
    copy: Path


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()


def wait_for(server: Server, page: str, text: str) -> None:
    """Ask until the page shows the text: how long that takes is for a benchmark to say."""
    address = f"{server.address}{page}"
    while True:
        assert server.process.poll() is None, "the server has ended"
        try:
            if text in fetch(address):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.3)


def heed_interrupts() -> None:
    """Take Ctrl+C again: whatever a shell starts in the background ignores it, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Server]:
    """The small course, which has one of everything and is built in a tenth of the time of the real one."""
    copy = write_sample(tmp_path / "course")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "coursekit", "serve"],
        cwd=copy, env={**os.environ, "PYTHONPATH": str(copy / "src")},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        preexec_fn=heed_interrupts,
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    drain = threading.Thread(target=process.stdout.read)
    drain.start()
    match = re.search(r"http://127\.0\.0\.1:\d+/", first)
    assert match, first
    yield Server(process, match.group(), copy)
    with suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(process.pid, signal.SIGINT)
    process.wait()  # it ends after the build that it is in
    drain.join()
    process.stdout.close()


@pytest.mark.skipif(os.name == "nt", reason="ends the server with a POSIX signal")
def test_serve_prints_its_address_and_shows_changed_pages_and_changed_lessons(served):
    page = served.copy / "docs/lesson-4/sample.md"
    wait_for(served, SAMPLE, "Sample")
    assert "livereload" in fetch(f"{served.address}{SAMPLE}")
    page.write_text(page.read_text("utf-8") + "\nA sentence added while serving.\n", "utf-8")
    wait_for(served, SAMPLE, "A sentence added while serving.")
    module = served.copy / "src/lessons/sample.py"
    source = module.read_text("utf-8")
    name = re.search(r"# --8<-- \[start:(?!imports)\w+\]\n(?:class|def) (\w+)", source)[1]
    module.write_text(source.replace(f" {name}", f" {name}_renamed"), "utf-8")
    wait_for(served, SAMPLE, f"{name}_renamed")


def test_a_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"port {port} is taken; choose another with --port"):
            commands._port(port)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What a command would run."""
    found: list[list[str]] = []

    def note(_: Path, *arguments: str, **__: str) -> int:
        found.append(list(arguments))
        return 0

    monkeypatch.setattr(gate, "run_step", note)
    monkeypatch.setattr(coverage, "command", lambda _, arguments: (list(arguments), {}))
    monkeypatch.setattr(coverage, "judge", lambda *_: 0)
    return found


HUB = "tests/snippets/test_real_hub.py"
REAL = ("tests/snippets/test_real_models.py", "tests/lessons/real_models/test_with_the_models.py")
RECORDS = "tests/test_records.py"


class Noting:
    """A plugin that keeps the marks of each test that was collected: file -> marks of each."""

    def __init__(self) -> None:
        self.found: dict[str, list[set[str]]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            names = {mark.name for mark in item.iter_markers()}
            self.found.setdefault(item.nodeid.partition("::")[0], []).append(names)


@pytest.fixture(scope="module")
def marks() -> dict[str, list[set[str]]]:
    """What pytest collects of the tests that need the Hub or the real models: file -> marks of each.

    In this process, which has loaded what these files import.
    """
    noting = Noting()
    files = [str(ROOT / name) for name in (HUB, *REAL, RECORDS)]
    alone = ("-p", "no:slipcover", "-p", "no:cacheprovider", f"--rootdir={ROOT}", "--noconftest")
    assert pytest.main(["--collect-only", "-qq", *alone, "-m", "", *files], [noting]) == 0
    return noting.found


@pytest.fixture
def collects(marks: dict[str, list[set[str]]], pytestconfig: pytest.Config) -> Callable[..., bool]:
    """Whether a step that runs pytest would run a test of these files, if it were told to look."""

    def run(step: list[str], *files: str) -> bool:
        # The last one counts: that of a step stands behind the one that the settings always give.
        arguments = [*pytestconfig.getini("addopts"), *step]
        chosen = [after for before, after in pairwise(arguments) if before == "-m"][-1]
        wanted = Expression.compile(chosen)
        found = [names for file in files for names in marks[file]]
        return any(wanted.evaluate(lambda name, names=names, **_: name in names) for names in found)

    return run


def test_only_test_hub_needs_the_hub(steps, collects):
    assert commands.main(["test-hub"]) == 0
    assert [collects(step, HUB) for step in steps] == [True]
    steps.clear()
    assert commands.main(["test-all"]) == 0
    runs = [step for step in steps if step[0] == "pytest"]
    assert len(runs) == 2
    assert not any(collects(step, HUB, *REAL) for step in runs)


def test_only_test_real_needs_the_real_models(steps, collects):
    assert commands.main(["test-real"]) == 0
    assert [collects(step, file) for step in steps for file in REAL] == [True, True]
    assert [collects(step, HUB) for step in steps] == [False]
    assert {str(Path(file).parents[-3]) for file in REAL} <= {*steps[0]}
    assert RECORDS in steps[0]
    assert collects(steps[0], RECORDS), "no record of real models is measured again"


def test_the_real_models_come_by_the_command_that_readers_have(steps):
    assert commands.main(["real-models"]) == 0
    assert steps == [["lessons.real_models"]]


def test_in_test_real_a_missing_model_is_a_failure(monkeypatch):
    told: list[dict[str, str]] = []
    monkeypatch.setattr(gate, "run_step", lambda *_, **variables: told.append(variables) or 0)
    assert commands.main(["test-real"]) == 0
    assert told == [{REQUIRED: "required"}]


def test_the_type_checker_is_given_the_scripts():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert (settings["strict"], "snippets" in settings["packages"]) == (True, True)


@pytest.mark.nightly
def test_types_are_checked_in_scripts_too(tmp_path):
    script = ROOT / "snippets/perplexity.py"
    (wrong := tmp_path / "wrong.py").write_text(script.read_text("utf-8") + "wrong: int = ''\n")
    arguments = ["--shadow-file", str(script.relative_to(ROOT)), str(wrong)]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "snippets/perplexity.py" in done.stdout
    assert "Found 1 error in 1 file" in done.stdout
