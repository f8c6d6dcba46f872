"""The commands of ``python -m lessons.serving``: start a server, ask it, measure one."""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from lessons.console import print_all
from lessons.serving import client as clients
from lessons.serving.client import Answer, now
from lessons.serving.experiments import percentile
from lessons.serving.folders import NAMES, served
from lessons.serving.load import at_once
from lessons.serving.measuring import BATCHING, ROOM, requests
from lessons.serving.server import OFFLINE, SERVE, running


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve a model on this machine, offline, and see what its users wait for."""
    parser = argparse.ArgumentParser(prog="python -m lessons.serving", description=main.__doc__)
    ways = parser.add_subparsers(required=True)
    for name, run in (("start", start), ("ask", ask), ("bench", bench)):
        way = ways.add_parser(name, help=(run.__doc__ or "").splitlines()[0])
        way.set_defaults(run=run)
        if name == "ask":
            way.add_argument("message")
            way.add_argument("--tokens", type=int, default=80, help="of the answer at most")
        if name != "bench":
            way.add_argument("--port", type=int, default=8000)
        if name == "ask":
            way.add_argument("--model", choices=NAMES, default="chat")
        else:
            way.add_argument("model", choices=NAMES)
            way.add_argument("--batching", action="store_true", help="batch continuously")
        if name == "bench":
            way.add_argument("--requests", type=int, default=40)
            way.add_argument("--concurrency", type=int, nargs="+", default=[1, 2, 4, 8])
    asked = parser.parse_args(arguments)
    print_all(sys.stdout)
    status: int = asked.run(asked)
    return status


def start(asked: argparse.Namespace) -> int:
    """Start a server, and leave it running until Ctrl+C or a signal ends it."""
    folder = served(asked.model)
    options = [*(BATCHING if asked.batching else ()), "--device", "cpu", "--host", "127.0.0.1"]
    command = [*SERVE, folder.name, *options, "--port", str(asked.port)]
    offline = {name: value for name, value in OFFLINE.items() if name.startswith("HF_")}
    print("\n".join(typed(folder.parent, offline, command)), flush=True)
    try:
        return subprocess.run(
            command, cwd=folder.parent, env={**os.environ, **offline}, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0  # the server got it, too


def typed(
    folder: Path, variables: Mapping[str, str], command: Sequence[str], system: str = sys.platform
) -> list[str]:
    """Write what somebody would type to run a command in a folder, in cmd on Windows, else in a shell.

    Args:
        folder: where it runs.
        variables: of its environment.
        command: its words.
        system: as ``sys.platform`` names it.
    """
    if system == "win32":
        settings = [f"set {name}={value}" for name, value in variables.items()]
        return [f'cd /d "{folder}"', *settings, subprocess.list2cmdline(command)]
    settings = [f"{name}={value}" for name, value in variables.items()]
    return [f"cd {shlex.quote(str(folder))}", " ".join([*settings, shlex.join(command)])]


def ask(asked: argparse.Namespace) -> int:
    """Send a message to a server that runs, and show the answer as it is written."""
    client = clients.connect(f"http://127.0.0.1:{asked.port}/v1")
    seen = clients.asker(
        client,
        served(asked.model).name,
        asked.tokens,
        now,
        lambda text: print(text, end="", flush=True),
    )(asked.message, now())
    each = (seen.done - seen.first) / (seen.tokens - 1) if seen.tokens > 1 else 0.0
    print(
        f"\n[{seen.ended}; first text after {seen.first - seen.sent:.2f} s, then {each:.3f} s a token]"
    )
    return 0


def bench(asked: argparse.Namespace) -> int:
    """Start a server, send it requests, and print what users wait for."""
    prompts = requests(asked.model, asked.requests, 0)
    with running(served(asked.model), BATCHING if asked.batching else ()) as server:
        send = clients.asker(clients.connect(server.address), server.model, ROOM[asked.model], now)
        began = now()
        send(prompts[0], began)
        print(
            f"{len(prompts)} requests each; the first one took {now() - began:.1f} s and is not counted"
        )
        print("users  first text: median  95 %  whole answer: median  95 %  tokens/s")
        for many in asked.concurrency:
            print(row(many, at_once(send, prompts, many, now)), flush=True)
    return 0


def row(many: int, found: Sequence[Answer]) -> str:
    """A line of the table: what so many users at a time waited for."""
    first = [answer.first - answer.due for answer in found]
    whole = [answer.done - answer.due for answer in found]
    wall = max(answer.done for answer in found) - min(answer.due for answer in found)
    rate = sum(answer.tokens for answer in found) / wall
    starts, ends = ((median(waits), percentile(waits, 95)) for waits in (first, whole))
    return f"{many:5}  {starts[0]:18.2f}  {starts[1]:4.2f}  {ends[0]:20.2f}  {ends[1]:4.2f}  {rate:8.1f}"
