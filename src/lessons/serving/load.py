"""Sends many requests: so many at a time, or each when it is due."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue

from lessons.serving.client import Answer, Ask


def at_once(
    ask: Ask, prompts: Sequence[str], many: int, clock: Callable[[], float]
) -> list[Answer]:
    """Let so many users ask, each of whom sends the next request when the last answer is there.

    A *closed loop*: there are never more than ``many`` requests, however slow the server is.

    Returns:
        The answers, in the order in which they ended.
    """
    waiting: SimpleQueue[str] = SimpleQueue()
    for prompt in prompts:
        waiting.put(prompt)
    found: list[Answer] = []

    def user() -> None:
        while True:
            try:
                prompt = waiting.get_nowait()
            except Empty:
                return
            found.append(ask(prompt, clock()))

    with ThreadPoolExecutor(many) as users:
        for started in [users.submit(user) for _ in range(many)]:
            started.result()
    return found


def arrivals(rate: float, count: int, seed: int) -> list[float]:
    """Draw when users come who know nothing of each other: so many a second, on average.

    Returns:
        Seconds from the start, in order.
    """
    rng, at, found = random.Random(f"arrivals {seed}"), 0.0, []
    for _ in range(count):
        at += rng.expovariate(rate)
        found.append(at)
    return found


def when_due(
    ask: Ask, prompts: Sequence[str], due: Sequence[float], clock: Callable[[], float]
) -> list[Answer]:
    """Send each request when it is due, whether or not earlier ones are answered.

    An *open loop*: if the server is too slow, requests pile up, as they do with real users.

    Returns:
        The answers, in the order of the requests.
    """
    start = clock()
    with ThreadPoolExecutor(len(prompts)) as users:
        sent = []
        for prompt, after in zip(prompts, due, strict=True):
            time.sleep(max(0.0, start + after - clock()))
            sent.append(users.submit(ask, prompt, start + after))
        return [one.result() for one in sent]
