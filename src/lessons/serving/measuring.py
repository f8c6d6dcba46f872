"""What one server is measured by: how long users wait, and what it does when it is asked to stop."""

import random
import threading
import time
import urllib.error
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from lessons.serving import client as clients
from lessons.serving.client import Answer, Ask, now
from lessons.serving.folders import served
from lessons.serving.load import arrivals, at_once, when_due
from lessons.serving.server import Server, running
from lessons.world.instructions import instructions
from lessons.world.lexicon import KINDS

USERS = {"one": 1, "two": 2, "four": 4, "eight": 8}  # requests at a time -> as a number
BUSY = {"half": 0.5, "most": 0.8, "over": 1.25}  # share of the time for which work arrives
ROOM = {"chat": 80, "smollm2": 24}  # tokens of an answer at most
BATCHING = ("--continuous-batching",)
Serve = Callable[[Path, Sequence[str]], AbstractContextManager[Server]]


def requests(model: str, count: int, seed: int) -> list[str]:
    """What users ask: of `chat` what it learned to do, of SmolLM2 a question about a thing.

    Args:
        model: ``chat`` or ``smollm2``.
        count: of requests.
        seed: chooses them.
    """
    if model == "chat":
        drawn = instructions(seed, 2 * count, "held-out")
        alone = [one.prompt for one in drawn if not one.prompt.startswith("User: ")]
        return alone[:count]
    rng = random.Random(f"requests {seed}")
    things = [noun.english for kind in KINDS for noun in KINDS[kind]]
    return [f"Tell me something about a {rng.choice(things)}." for _ in range(count)]


def load_cell(
    model: str, batching: bool, count: int, seed: int, serve: Serve = running
) -> dict[str, float]:
    """Send requests to a server, so many at a time and then as they come, and time each of them.

    The first two requests are not counted: with continuous batching the first one takes long.

    Args:
        model: ``chat`` or ``smollm2``.
        batching: whether the server computes a token of several requests together.
        count: of requests, each time.
        seed: chooses requests and arrivals.
        serve: starts a server.

    Returns:
        Of each way (a name of `USERS` or `BUSY`) and each request by number: ``due``, ``sent``, ``first``
        and ``done``, in seconds since the first was due, and ``tokens``. Of each way ``share``, the
        processor time that the server used by the seconds that passed: far below 1 means that it
        waited, for requests or for a processor. And ``ready``, seconds until the server answered, and
        ``warm``, seconds of the first request.
    """
    started = now()
    with serve(served(model), BATCHING if batching else ()) as server:
        values = {"ready": now() - started}
        ask = clients.asker(clients.connect(server.address), server.model, ROOM[model], now)
        prompts = requests(model, count, seed)
        began = now()
        ask(prompts[0], began)
        values["warm"] = now() - began
        ask(prompts[0], now())
        alone = 0.0
        for name, many in USERS.items():
            found = _timed(name, values, server, partial(at_once, ask, prompts, many, now))
            alone = alone or fmean(answer.done - answer.sent for answer in found)
        for name, share in BUSY.items():
            due = arrivals(share / alone, count, seed)
            _timed(name, values, server, partial(when_due, ask, prompts, due, now))
    return values


def _timed(
    name: str, values: dict[str, float], server: Server, send: Callable[[], list[Answer]]
) -> list[Answer]:
    """Send requests one way, and add what was measured."""
    used, began = server.cpu_seconds(), now()
    found = send()
    values[f"{name}.share"] = (server.cpu_seconds() - used) / (now() - began)
    start = min(answer.due for answer in found)
    for number, answer in enumerate(found):
        row = f"{name}.{number}"
        for field in ("due", "sent", "first", "done"):
            values[f"{row}.{field}"] = round(getattr(answer, field) - start, 4)
        values[f"{row}.tokens"] = float(answer.tokens)
    return found


def stop_cell(model: str, batching: bool, many: int, serve: Serve = running) -> dict[str, float]:
    """Ask a server to stop while it streams one answer and others wait, and see what becomes of them.

    Args:
        model: ``chat`` or ``smollm2``.
        batching: as in `load_cell`.
        many: requests that were sent before.
        serve: starts a server.

    Returns:
        ``sent``, and how many of them were ``finished``; ``refused``, whether a request
        after the signal was refused; ``seconds`` from the signal to the end of the process, and its
        ``status``.
    """
    with serve(served(model), BATCHING if batching else ()) as server:
        client = clients.connect(server.address)
        ask = clients.asker(client, server.model, ROOM[model], now)
        prompts = requests(model, 100 * many, 0)
        ask(prompts[0], now())
        wanted = [one for one in prompts if "a happy story" in one or model != "chat"][:many]
        ended: list[str] = []
        threads = [threading.Thread(target=_told, args=(ask, one, ended)) for one in wanted]
        for thread in threads:
            thread.start()
        time.sleep(0.5 if model == "smollm2" else 0.15)  # one is being answered, the others wait
        server.ask_to_stop()
        asked = now()
        time.sleep(0.15)  # the server looks for signals ten times a second
        late: list[str] = []
        _told(ask, prompts[0], late)
        for thread in threads:
            thread.join()
        server.process.wait()
        return {
            "sent": float(many),
            "finished": float(sum(one in ("stop", "length") for one in ended)),
            "refused": float(late == ["APIConnectionError"]),
            "seconds": now() - asked,
            "status": float(server.process.returncode),
        }


def serving_cell(
    about: str, model: str, batching: bool, count: int, seed: int, serve: Serve = running
) -> dict[str, float]:
    """Measure what users wait for, or what happens to them when the server has to stop.

    Args:
        about: ``load``, `load_cell`; or ``stop``, `stop_cell`.
        model: ``chat`` or ``smollm2``.
        batching: as in `load_cell`.
        count: of requests, each time.
        seed: chooses requests and arrivals.
        serve: starts a server.
    """
    if about == "stop":
        return stop_cell(model, batching, count, serve)
    return load_cell(model, batching, count, seed, serve)


def _told(ask: Ask, prompt: str, ended: list[str]) -> None:
    """Note how a request ended, or which error its client raised."""
    from openai import OpenAIError

    try:
        ended.append(ask(prompt, now()).ended)
    except (OpenAIError, urllib.error.URLError) as error:
        ended.append(type(error).__name__)


def columns(values: dict[str, Any], name: str) -> list[dict[str, float]]:
    """Return one way's requests out of a record's cell, each with its times and tokens."""
    found: list[dict[str, float]] = []
    while f"{name}.{len(found)}.due" in values:
        row = f"{name}.{len(found)}."
        found.append({k[len(row) :]: v for k, v in values.items() if k.startswith(row)})
    return found
