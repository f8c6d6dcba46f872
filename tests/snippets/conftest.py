"""Readers who run the scripts, with a stand-in for the Hugging Face Hub that serves small models."""

import dataclasses
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

import pytest
from transformers.utils import logging

from coursekit.page.scripts import unnamed
from coursekit.run.start import start
from snippets.local_hub import Hub
from snippets.recording import NOT_A_READERS
from snippets.small_models import write_bert, write_gpt2, write_no_tokenizer

SNIPPETS = Path(__file__).parents[2] / "snippets"
GPT2, BERT = "openai-community/gpt2", "google-bert/bert-base-uncased"
NO_TOKENIZER = "somebody/no-tokenizer"


@pytest.fixture(scope="session")
def repos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the stand-in serves."""
    root = tmp_path_factory.mktemp("repos")
    for name, write in [(GPT2, write_gpt2), (BERT, write_bert), (NO_TOKENIZER, write_no_tokenizer)]:
        (root / name).mkdir(parents=True)
        write(root / name)
    return root


@pytest.fixture(scope="session")
def server(repos: Path) -> Iterator[Hub]:
    hub = Hub(repos)
    Thread(target=hub.serve_forever, daemon=True).start()
    yield hub
    hub.shutdown()
    hub.server_close()


@pytest.fixture
def hub(server: Hub) -> Hub:
    server.fault = ""
    server.downloads.clear()
    server.resumed.clear()
    return server


# For who has no patience, waits between two tries, which double, are a tenth as long.
HASTE = """
import time
wait = time.sleep
time.sleep = lambda seconds: wait(seconds / 10)
"""


def hiding(folder: Path, script: Path, *, hasty: bool = False) -> Path:
    """Write what hides the packages that a script's head does not name, as in an environment of its own.

    Of those that transformers loads wherever they are: with PyTorch and torchao, which some scripts
    do without, starting takes five times as long.
    """
    names = unnamed(script)
    hidden = folder / f"without-{'-'.join(names)}"
    hidden.mkdir(exist_ok=True)
    begun = start(names) + HASTE * hasty
    (hidden / "sitecustomize.py").write_text(begun, "utf-8")
    return hidden


HASTY = "1"
WAITING = "test_unreachable.py"  # whose tests wait for the Hubs of `patient`


@dataclasses.dataclass
class Reader:
    """Somebody who runs scripts in a folder of theirs, with a cache of their own.

    Attributes:
        folder: where the scripts run.
        endpoint: address of the Hub.
        offline: whether they are told to do without it.
        patience: seconds to wait for an answer; by default more than a busy machine needs.
    """

    folder: Path
    endpoint: str
    offline: bool = False
    patience: str = "60"

    def run(self, script: str, *args: str) -> subprocess.CompletedProcess[str]:
        """Run a script as it stands, as a process: one of ``snippets/`` or, by its path, a copy."""
        return subprocess.run(
            [sys.executable, str(SNIPPETS / script), *args], cwd=self.folder,
            env=self.environment(script), capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip

    def environment(self, script: str) -> dict[str, str]:
        """What the libraries of a script find as they are loaded, in place of a developer's own."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(NOT_A_READERS)}
        home = self.folder.parent / f"{self.folder.name}-environment"
        home.mkdir(exist_ok=True)
        return environment | {
            "PYTHONPATH": str(hiding(home, SNIPPETS / script, hasty=self.patience == HASTY)),
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(self.folder / "cache"),
            "HF_HUB_ETAG_TIMEOUT": self.patience,
            "HF_HUB_DOWNLOAD_TIMEOUT": self.patience,
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_OFFLINE": str(int(self.offline)),
            "no_proxy": "127.0.0.1,localhost",
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        }


class Warm:
    """Scripts whose libraries are loaded once, for runs that are told apart by what the Hub does.

    Args:
        scripts: of ``snippets/``, whose heads leave out the same packages.
        reader: whose settings hold for all runs, since libraries read them as they are loaded.
    """

    def __init__(self, scripts: Sequence[str], reader: Reader) -> None:
        self.reader = reader
        paths = [str(SNIPPETS / script) for script in scripts]
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("warm.py")), *paths],
            # Relative: each run has the cache of its own folder.
            env={**reader.environment(scripts[0]), "HF_HOME": "cache"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True,
        )  # fmt: skip

    def run(self, reader: Reader, script: str, *args: str) -> subprocess.CompletedProcess[str]:
        """Run a script, or by its path a copy, in the folder of a reader who differs in nothing else."""
        assert {**vars(reader), "folder": self.reader.folder} == vars(self.reader)
        files = [self.reader.folder / name for name in ("stdout", "stderr")]
        place = {"script": SNIPPETS / script, "folder": reader.folder}
        wanted = {**place, "arguments": args, "files": files}
        print(json.dumps(wanted, default=str), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        assert answer, f"what {script} needs could not be loaded"
        texts = (file.read_text("utf-8") for file in files)
        return subprocess.CompletedProcess([script, *args], int(answer), *texts)

    def stop(self) -> None:
        """End the process, and a run that a test has given up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


class Again(Protocol):
    """Runs a script that a reader has run before."""

    def __call__(
        self, reader: Reader, script: str, *args: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture(scope="session")
def again(server: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Again]:
    """What runs a script as ``Reader.run`` does, in an eighth of its time.

    What only a new process shows, another test must: the page of the scripts runs each in one. Only
    Linux copies a process with all that is loaded and nothing lost; elsewhere, each run is new.
    """
    ready: dict[tuple[str, ...], Warm] = {}
    alike: dict[tuple[str, ...], list[str]] = {}
    for path in sorted(SNIPPETS.glob("*.py")):
        alike.setdefault(unnamed(path), []).append(path.name)

    def run(reader: Reader, script: str, *args: str) -> subprocess.CompletedProcess[str]:
        if sys.platform != "linux":
            return reader.run(script, *args)
        hidden = unnamed(SNIPPETS / script)
        if hidden not in ready:
            loading = Reader(tmp_path_factory.mktemp("warm"), server.url)
            ready[hidden] = Warm(alike[hidden], loading)
        return ready[hidden].run(reader, script, *args)

    yield run
    for warm in ready.values():
        warm.stop()


@pytest.fixture(scope="session", autouse=True)
def patient(
    repos: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[dict[str, Any]]:
    """Runs against Hubs that are down, slow and busy: folder, and by fault what will have come of each.

    They mostly wait, so they begin with the first test of this folder, if one will ask for them.
    """
    if not any(item.path.name == WAITING for item in request.session.items):
        yield {}
        return
    folder = tmp_path_factory.mktemp("patient")
    hubs = {fault: Hub(repos) for fault in ("slow", "busy")}
    for fault, hub in hubs.items():
        hub.fault = fault
        Thread(target=hub.serve_forever, daemon=True).start()
    runs: dict[str, Any] = {"folder": folder}
    with ThreadPoolExecutor(3) as pool:
        for fault in ("down", "slow", "busy"):
            (folder / fault).mkdir()
            url = hubs[fault].url if fault in hubs else "http://127.0.0.1:9"
            hasty = Reader(folder / fault, url, patience=HASTY)
            runs[fault] = pool.submit(hasty.run, "tokenize_text.py")
        yield runs
    for hub in hubs.values():
        hub.shutdown()
        hub.server_close()


@pytest.fixture
def reader(tmp_path: Path, hub: Hub) -> Reader:
    """A reader whose cache is empty."""
    return Reader(tmp_path, hub.url)


@pytest.fixture(scope="session")
def at_home(tmp_path_factory: pytest.TempPathFactory, server: Hub) -> Reader:
    """A reader whose cache fills from test to test."""
    return Reader(tmp_path_factory.mktemp("home"), server.url)


def inside(monkeypatch: Any, capsys: Any, script: str, *args: str) -> tuple[str, str, object]:
    """Run a script in this process, where torch is loaded already; return stdout, stderr, status."""
    monkeypatch.setattr(sys, "argv", [script, *args])
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    status: object = 0
    try:
        runpy.run_path(str(SNIPPETS / script), run_name="__main__")
    except SystemExit as end:
        status = end.code
    finally:  # scripts change both for the whole process
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
    printed = capsys.readouterr()
    return printed.out, printed.err, status


@pytest.fixture
def empty_folder(monkeypatch: Any, tmp_path: Path) -> None:
    """Let a test run in a folder that holds nothing."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(monkeypatch: Any, capsys: Any) -> Callable[..., tuple[str, str, object]]:
    """Run a script in this process; return stdout, stderr, status."""
    return lambda script, *args: inside(monkeypatch, capsys, script, *map(str, args))
