"""A client that streams: the stock ``openai`` package, and when each thing arrived."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import OpenAI


@dataclass(frozen=True)
class Answer:
    """One request, as a user sees it; times are seconds of one clock.

    Attributes:
        due: when the user wanted to send it.
        sent: when it was sent.
        first: when the first text came; the end if none did.
        done: when the stream ended.
        tokens: that the answer has, as the server counts.
        text: the answer.
        ended: ``stop``, ``length``, or ``cut`` where the stream ended and nobody said why.
    """

    due: float
    sent: float
    first: float
    done: float
    tokens: int
    text: str
    ended: str


Ask = Callable[[str, float], Answer]


def connect(address: str, seconds: float = 600.0) -> "OpenAI":
    """Return a client of a server on this machine.

    Args:
        address: of the API, ending in ``/v1``.
        seconds: after which a request fails.
    """
    from openai import OpenAI  # takes half a second to load

    return OpenAI(base_url=address, api_key="none", timeout=seconds, max_retries=0)


def asker(
    client: "OpenAI",
    model: str,
    room: int,
    clock: Callable[[], float],
    show: Callable[[str], None] = lambda _: None,
) -> Ask:
    """Return a function that sends one request and reads the stream to its end.

    Args:
        client: of the server.
        model: the name that the server wants.
        room: tokens of an answer at most.
        clock: tells the time.
        show: gets each piece of text as it arrives.
    """

    def ask(prompt: str, due: float) -> Answer:
        sent = clock()
        stream: Any = client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": prompt}], stream=True,
            max_tokens=room, temperature=0,
        )  # fmt: skip
        first, tokens, parts, ended = None, 0, [], "cut"
        for chunk in stream:
            tokens = chunk.usage.completion_tokens if chunk.usage else tokens
            for choice in chunk.choices:
                if choice.delta.content:
                    first = clock() if first is None else first
                    parts.append(choice.delta.content)
                    show(choice.delta.content)
                ended = choice.finish_reason or ended
        done = clock()
        return Answer(
            due, sent, done if first is None else first, done, tokens, "".join(parts), ended
        )

    return ask


def now() -> float:
    """The clock that requests are timed with."""
    return time.perf_counter()
