"""A stand-in for the Hugging Face Hub on loopback, with small models in the layout of the real ones."""

import dataclasses
import hashlib
import json
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import pytest
import torch
from safetensors.torch import save_file
from transformers import (
    BertConfig,
    BertForPreTraining,
    BertTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Tokenizer,
)
from transformers.utils import logging

from snippets.recording import NOT_A_READERS

SNIPPETS = Path(__file__).parents[2] / "snippets"
GPT2, BERT = "openai-community/gpt2", "google-bert/bert-base-uncased"
NO_TOKENIZER = "somebody/no-tokenizer"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SLOW_SECONDS = 3  # a reader who meets a slow Hub has the patience of one
WORDS = "the a was is story film meal song trip room lesson game show book joy waste of time ."


class Hub(ThreadingHTTPServer):
    """Serves the models below a folder, and can be told to fail.

    Attributes:
        root: holds owner/name/file.
        fault: what goes wrong: slow, gated, private, busy, portal, truncated, cut, damaged; or "".
        downloads: paths of the GET requests, in order.
        resumed: bytes that a client already had when it asked for the rest of a file.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.root, self.fault = root, ""
        self.downloads: list[str] = []
        self.resumed: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that lost patience and hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.respond()

    def do_GET(self) -> None:
        self.server.downloads.append(self.path)
        self.respond()

    def respond(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if self.server.fault == "slow":
            time.sleep(SLOW_SECONDS)
        refusals = {
            "gated": (403, "GatedRepo"),
            "private": (401, "RepoNotFound"),
            "busy": (503, ""),
        }
        if self.server.fault in refusals:
            return self.refuse(*refusals[self.server.fault])
        if self.server.fault == "portal":
            return self.send(b"<html>Log in to this network</html>", {"Content-Type": "text/html"})
        if match := re.fullmatch(r"/cdn/(.+)", path):
            return self.send_file(self.server.root / match[1])
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)(/.*)?", path):
            return self.describe(self.server.root / match[1], match[2] or "")
        match = re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path)
        if match is None or not (self.server.root / match[1]).is_dir():
            return self.refuse(404, "RepoNotFound")
        return self.resolve(self.server.root / match[1] / match[2])

    def resolve(self, file: Path) -> None:
        """Answer as the Hub does: large files lie elsewhere, small ones here."""
        if not file.is_file():
            return self.refuse(404, "EntryNotFound", {"X-Repo-Commit": COMMIT})
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{etag(file)}"'}
        if file.suffix != ".safetensors":
            return self.send_file(file, headers)
        headers["X-Linked-Size"] = str(file.stat().st_size)
        headers["X-Linked-Etag"] = headers["ETag"]
        headers["Location"] = (
            f"http://localhost:{self.server.server_port}/cdn/{file.relative_to(self.server.root)}"
        )
        return self.send(b"", headers, HTTPStatus.FOUND)

    def send_file(self, file: Path, headers: dict[str, str] | None = None) -> None:
        content, weights = file.read_bytes(), file.suffix == ".safetensors"
        if weights and self.server.fault == "truncated":
            content = content[: len(content) // 2]
        if weights and self.server.fault == "damaged":
            content = bytes(len(content))
        if found := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            start = int(found[1])
            self.server.resumed.append(start)
            span = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
            return self.send(content[start:], span, HTTPStatus.PARTIAL_CONTENT)
        return self.send(content, headers or {}, cut=weights and self.server.fault == "cut")

    def describe(self, repo: Path, rest: str) -> None:
        if not repo.is_dir():
            return self.refuse(404, "RepoNotFound")
        files = sorted(repo.iterdir())
        if not rest.startswith("/tree/"):
            names = [{"rfilename": file.name} for file in files]
            about = {
                "id": str(repo.relative_to(self.server.root)),
                "sha": COMMIT,
                "siblings": names,
            }
            return self.send(json.dumps(about).encode(), {"Content-Type": "application/json"})
        if rest.count("/") > 2:  # a folder, and there are none
            return self.refuse(404, "EntryNotFound")
        rows = [
            {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": etag(file)}
            for file in files
        ]
        return self.send(json.dumps(rows).encode(), {"Content-Type": "application/json"})

    def refuse(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        words = {"X-Error-Code": code, "X-Error-Message": f"{code or 'Busy'} ({status})"}
        self.send(b"", {**words, **(headers or {})}, HTTPStatus(status))

    def send(
        self, body: bytes, headers: dict[str, str], status: int = HTTPStatus.OK, cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.server.fault = ""  # once
            self.close_connection = True


def etag(file: Path) -> str:
    return hashlib.sha1(file.read_bytes()).hexdigest()


def write_gpt2(folder: Path) -> None:
    """Write GPT-2's files, with its names of tensors: no prefix, and a mask for each layer."""
    true = os.environ.get("GPT2_TOKENIZER_DIR")
    if true:
        for name in ("vocab.json", "merges.txt"):
            shutil.copy(Path(true, name), folder)
        tokenizer = GPT2Tokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    else:
        texts = ["Hello, how are you? Translate English to French:", "The quick brown fox"] * 20
        tokenizer = GPT2Tokenizer().train_new_from_iterator(texts, vocab_size=400)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    # All of GPT-2's vocabulary, whatever the tokenizer knows: half of the file is then more than what
    # huggingface_hub writes at once (10 MiB), so that a download that broke off can be resumed.
    config = GPT2Config(
        vocab_size=50257, n_embd=64, n_layer=2, n_head=4, n_positions=1024,
        bos_token_id=len(tokenizer) - 1, eos_token_id=len(tokenizer) - 1,
    )  # fmt: skip
    model = GPT2LMHeadModel(config)
    config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    weights = {name: value.clone() for name, value in model.transformer.state_dict().items()}
    mask = torch.ones(1024, 1024).tril()[None, None]
    weights |= {f"h.{layer}.attn.bias": mask.clone() for layer in range(config.n_layer)}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def write_bert(folder: Path) -> None:
    """Write BERT's files, with its names of tensors: gamma and beta, and both pre-training heads."""
    letters = [*"abcdefghijklmnopqrstuvwxyz", *(f"##{x}" for x in "abcdefghijklmnopqrstuvwxyz")]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS.split(), *letters]
    words = list(dict.fromkeys(words))
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words), hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=128,
    )  # fmt: skip
    model = BertForPreTraining(config)
    config.save_pretrained(folder)
    weights = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
            "LayerNorm.bias", "LayerNorm.beta"
        ): value.clone()
        for name, value in model.state_dict().items()
        if not name.startswith("cls.predictions.decoder")
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def write_no_tokenizer(folder: Path) -> None:
    """Write a model that somebody published without its tokenizer."""
    GPT2Config().save_pretrained(folder)


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


# What Python runs as it starts. Looking for garbage as often as usual, while libraries are loaded, would
# take a fifth of a script's time, and finds none.
START = """
import gc, sys
gc.set_threshold(100_000)
for name in {names!r}:
    sys.modules[name] = None
"""


def hiding(folder: Path, script: Path) -> Path:
    """Write what hides the packages that a script's head does not name, as in an environment of its own.

    Of those that transformers loads wherever they are: with PyTorch and torchao, which some scripts
    do without, starting takes five times as long.
    """
    head = script.read_text("utf-8").split("# ///")[1]
    names = tuple(name for name in ("torch", "torchao") if f'"{name}' not in head)
    hidden = folder / f"without-{'-'.join(names)}"
    hidden.mkdir(exist_ok=True)
    (hidden / "sitecustomize.py").write_text(START.format(names=names), "utf-8")
    return hidden


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
            "PYTHONPATH": str(hiding(home, SNIPPETS / script)),
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
    """A script whose libraries are loaded once, for runs that are told apart by what the Hub does.

    Args:
        script: one of ``snippets/`` that loads GPT-2 or its tokenizer.
        reader: whose settings hold for all runs, since libraries read them as they are loaded.
    """

    def __init__(self, script: str, reader: Reader) -> None:
        self.script, self.reader = script, reader
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("warm.py")), str(SNIPPETS / script)],
            # Relative: each run has the cache of its own folder.
            env={**reader.environment(script), "HF_HOME": "cache"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True,
        )  # fmt: skip

    def run(self, reader: Reader, *args: str) -> subprocess.CompletedProcess[str]:
        """Run it in the folder of a reader, who may differ in nothing else."""
        assert {**vars(reader), "folder": self.reader.folder} == vars(self.reader)
        files = [self.reader.folder / name for name in ("stdout", "stderr")]
        wanted = {"folder": reader.folder, "arguments": args, "files": files}
        print(json.dumps(wanted, default=str), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        assert answer, f"{self.script} could not be loaded"
        texts = (file.read_text("utf-8") for file in files)
        return subprocess.CompletedProcess([self.script, *args], int(answer), *texts)

    def stop(self) -> None:
        """End the process, and a run that a test has given up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


class Again(Protocol):
    """Runs a script that a reader has run before."""

    def __call__(
        self, reader: Reader, script: str, *args: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture(scope="module")
def again(server: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Again]:
    """What runs a script as ``Reader.run`` does, in an eighth of its time.

    What only a new process shows, another test must: the commands of the pages are run in one. Only
    Linux copies a process with all that is loaded and nothing lost; elsewhere, each run is new.
    """
    ready: dict[str, Warm] = {}

    def run(reader: Reader, script: str, *args: str) -> subprocess.CompletedProcess[str]:
        if sys.platform != "linux":
            return reader.run(script, *args)
        if script not in ready:
            ready[script] = Warm(script, Reader(tmp_path_factory.mktemp("warm"), server.url))
        return ready[script].run(reader, *args)

    yield run
    for warm in ready.values():
        warm.stop()


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
