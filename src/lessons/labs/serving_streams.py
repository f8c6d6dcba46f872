"""Wrong ways to read a stream and to time it, each as a function that answers as people do."""

import json
import re
from collections.abc import Callable, Iterator
from statistics import fmean
from typing import Any

from lessons.labs.mistakes import Mistake, without_one

Log = list[tuple[float, float, float]]
ENDS = ("stop", "length")


# Part 2: read


def _events(lines: list[str]) -> Iterator[str]:
    """The data of each event, out of lines without their ends."""
    data: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def _told(
    events: Iterator[str], done_matters: bool = False, errors: bool = True
) -> tuple[str, str]:
    """Text and end of a stream of events."""
    text, ended, done = "", "cut", False
    for event in events:
        if event == "[DONE]":
            done = True
            break
        payload = json.loads(event)
        if "error" in payload:
            if errors:
                return text, "error"
            continue
        for choice in payload["choices"]:
            text += choice["delta"].get("content") or ""
            ended = choice["finish_reason"] or ended
    return (text, ended if done or not done_matters else "cut")


def lines_of(text: str) -> list[str]:
    """Lines as a stream of events has them: ended by a line feed, with or without a return before it."""
    return text.replace("\r\n", "\n").split("\n")


def read(pieces: list[bytes]) -> tuple[str, str]:
    """Text and end of a stream: the right answer."""
    return _told(_events(lines_of(b"".join(pieces).decode())))


def _each_piece(decode: Callable[[bytes], str]) -> Callable[[list[bytes]], tuple[str, str]]:
    return lambda pieces: _told(_events(lines_of("".join(map(decode, pieces)))))


def _whole_lines(pieces: list[bytes]) -> tuple[str, str]:
    """Each piece for itself, as if an event never lay in two."""
    found: list[str] = []
    for piece in pieces:
        for line in lines_of(piece.decode("utf-8", "replace")):
            if line.startswith("data:"):
                try:
                    json.loads(line[5:])
                except json.JSONDecodeError:
                    if "[DONE]" not in line:
                        continue
                found.append(line[5:].strip())
    return _told(iter(found))


def _first_of_each(pieces: list[bytes]) -> tuple[str, str]:
    """One event in each piece, as if there were never two."""
    found = [next(_events(lines_of(piece.decode())), "") for piece in pieces]
    return _told(event for event in found if event)


def _split_lines(pieces: list[bytes]) -> tuple[str, str]:
    return _told(_events(b"".join(pieces).decode().splitlines()))


def _strict_lines(pieces: list[bytes]) -> tuple[str, str]:
    return _told(_events(b"".join(pieces).decode().split("\n")))


def _swallows(pieces: list[bytes]) -> tuple[str, str]:
    return _told(_events(lines_of(b"".join(pieces).decode())), errors=False)


def _optimist(pieces: list[bytes]) -> tuple[str, str]:
    text, ended = read(pieces)
    return text, "stop" if ended == "cut" else ended


def _loses_text(pieces: list[bytes]) -> tuple[str, str]:
    text, ended = read(pieces)
    return ("" if ended == "error" else text), ended


def _no_length(pieces: list[bytes]) -> tuple[str, str]:
    text, ended = read(pieces)
    return text, "stop" if ended == "length" else ended


def _waits_for_done(pieces: list[bytes]) -> tuple[str, str]:
    return _told(_events(lines_of(b"".join(pieces).decode())), done_matters=True)


def _stripped(pieces: list[bytes]) -> tuple[str, str]:
    text, ended = read(pieces)
    return text.strip(), ended


def _reads_on(pieces: list[bytes], past: str) -> tuple[str, str]:
    lines = lines_of(b"".join(pieces).decode())
    return _told(_events([line for line in lines if past not in line]))


READ = (
    Mistake(
        "[DONE] counts as a reason",
        "It says that the stream is over. Whether the answer is whole, only a finish_reason says.",
        lambda pieces: _optimist(pieces) if b"[DONE]" in b"".join(pieces) else read(pieces),
    ),
    Mistake(
        "what comes after an error is read, too",
        "After an error nothing belongs to the answer any more.",
        lambda pieces: (_reads_on(pieces, '"error"')[0], read(pieces)[1]),
    ),
    Mistake(
        "what comes after [DONE] is read, too",
        "[DONE] ends the stream, and nothing after it belongs to the answer.",
        lambda pieces: _reads_on(pieces, "[DONE]"),
    ),
    Mistake(
        "each piece is decoded by itself, and half a character is replaced",
        "The network cuts bytes, and é is two of them. Keep bytes until a whole line is there.",
        _each_piece(lambda piece: piece.decode("utf-8", "replace")),
    ),
    Mistake(
        "each piece is decoded by itself, and half a character is lost",
        "The network cuts bytes, and é is two of them. Keep bytes until a whole line is there.",
        _each_piece(lambda piece: piece.decode("utf-8", "ignore")),
    ),
    Mistake(
        "an event that lies in two pieces is lost",
        "A piece ends where the network wants. Keep what has no end yet, and put the next piece behind it.",
        _whole_lines,
    ),
    Mistake(
        "only one event of each piece is read",
        "Several events arrive in one piece when the server is fast or the client slow. Read all of them.",
        _first_of_each,
    ),
    Mistake(
        "lines are cut at characters that end no line here",
        "str.splitlines() also cuts at U+2028, U+0085 and others, which may stand inside the JSON. In a "
        "stream of events only a line feed, or a return with one, ends a line.",
        _split_lines,
    ),
    Mistake(
        "lines that end in a return and a line feed are not understood",
        "Servers and proxies may send either. The return belongs to the line's end.",
        _strict_lines,
    ),
    Mistake(
        "data: without a space behind it is not read",
        "The space is allowed and not required.",
        lambda pieces: _reads_on(pieces, "data:{"),
    ),
    Mistake(
        "an error in the middle of the stream is passed over",
        "The status was 200 long before, so this is the only place where the server can say it.",
        _swallows,
    ),
    Mistake(
        "a stream that breaks off counts as complete",
        "Nobody said that the answer is finished: no finish_reason came. Half an answer would be taken for "
        "a whole one.",
        _optimist,
    ),
    Mistake(
        "the text before an error is thrown away",
        "The user has seen it already, and it may help to find the error.",
        _loses_text,
    ),
    Mistake(
        "an answer that ran out of room counts as finished",
        "With finish_reason length the last sentence is cut. Whoever reads on has to know.",
        _no_length,
    ),
    Mistake(
        "without [DONE] nothing counts as complete",
        "Not each server sends it: transformers serve does not. The finish_reason says how it ended.",
        _waits_for_done,
    ),
    Mistake(
        "spaces at the ends of the text are taken off",
        "They are part of the answer: a space or a line end may be what the next piece begins with.",
        _stripped,
    ),
)


def fewer_pieces(case: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Streams with an event less, or in fewer pieces."""
    (pieces,) = case
    if len(pieces) > 1:
        for i in range(len(pieces) - 1):
            yield ([*pieces[:i], pieces[i] + pieces[i + 1], *pieces[i + 2 :]],)
    for i, piece in enumerate(pieces):
        for event in re.findall(rb"data:[^\n]*\n\r?\n", piece):
            yield ([*pieces[:i], piece.replace(event, b"", 1), *pieces[i + 1 :]],)


# Part 2: timing

Chunks = list[tuple[float, str]]
Times = tuple[float | None, float | None]


def _timing(sent: float, chunks: Chunks, tokens: int, less: int = 1, empty: bool = False) -> Times:
    at = [when for when, text in chunks if text or empty]
    if not at:
        return None, None
    return at[0] - sent, (at[-1] - at[0]) / (tokens - less) if tokens > 1 else None


def timing(sent: float, chunks: Chunks, tokens: int) -> Times:
    """Time to the first text, and for each further token: the right answer."""
    return _timing(sent, chunks, tokens)


def _by_chunks(sent: float, chunks: Chunks, _: int) -> Times:
    return _timing(sent, chunks, sum(bool(text) for _, text in chunks))


def _from_sending(sent: float, chunks: Chunks, tokens: int) -> Times:
    first, _ = timing(sent, chunks, tokens)
    at = [when for when, text in chunks if text]
    return first, (at[-1] - sent) / tokens if at and tokens > 1 else None


def _absolute(sent: float, chunks: Chunks, tokens: int) -> Times:
    first, each = timing(sent, chunks, tokens)
    return (None if first is None else first + sent), each


def _to_the_end(sent: float, chunks: Chunks, tokens: int) -> Times:
    first, each = timing(sent, chunks, tokens)
    if first is None or each is None:
        return first, each
    return first, (chunks[-1][0] - sent - first) / (tokens - 1)


TIMING = (
    Mistake(
        "where no token followed the first, there is a 0",
        "0 seconds a token would be the fastest server there is. Nothing was measured: None.",
        lambda *given: (timing(*given)[0], timing(*given)[1] or (timing(*given)[0] and 0.0)),
    ),
    Mistake(
        "the first chunk is taken for the first text",
        "Many servers send an empty chunk at once, which only says that the assistant speaks, even while "
        "the request waits in a queue. A user sees nothing before the first text.",
        lambda sent, chunks, tokens: _timing(sent, chunks, tokens, empty=True),
    ),
    Mistake(
        "time a token is time a chunk",
        "A chunk may hold several tokens. The server says how many tokens there were.",
        _by_chunks,
    ),
    Mistake(
        "the first token is counted among those that followed",
        "Between ten tokens there are nine steps.",
        lambda sent, chunks, tokens: _timing(sent, chunks, tokens, less=0),
    ),
    Mistake(
        "time a token includes the wait for the first",
        "Waiting in the queue and reading the prompt is one thing, writing on is another. Mixed up, "
        "nobody can say which of both to mend.",
        _from_sending,
    ),
    Mistake(
        "the first time is the clock's, not a wait",
        "What a user waits for begins when the request was sent.",
        _absolute,
    ),
    Mistake(
        "time a token ends with the last chunk, though it has no text",
        "The last chunk says how many tokens there were, and no token comes with it.",
        _to_the_end,
    ),
)


# Part 2: slowest


def nearest(values: list[float], percent: int) -> float:
    """The smallest value that at least so many percent of all do not exceed."""
    return sorted(values)[-(-percent * len(values) // 100) - 1]


def slowest(clients: list[Log], percent: int) -> float:
    """A percentile of what all users waited, from when they wanted to ask: the right answer."""
    return nearest([done - due for log in clients for due, _, done in log], percent)


def _interpolated(clients: list[Log], percent: int) -> float:
    values = sorted(done - due for log in clients for due, _, done in log)
    place = (len(values) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def _of_each(clients: list[Log]) -> Callable[[int], list[float]]:
    return lambda percent: [slowest([log], percent) for log in clients]


def _one_late(clients: list[Log], percent: int) -> float:
    values = sorted(done - due for log in clients for due, _, done in log)
    return values[min(len(values) * percent // 100, len(values) - 1)]


SLOWEST = (
    Mistake(
        "the wait is counted from when the request was sent, not from when it was due",
        "A client that is still busy with a slow answer sends its next request late, and the lateness "
        "vanishes from the measurement: one stall of ten seconds spoils one request instead of ten. Users "
        "wait from when they want something.",
        lambda clients, percent: nearest(
            [done - sent for log in clients for _, sent, done in log], percent
        ),
    ),
    Mistake(
        "only the time before sending is counted",
        "A user waits until the answer is there.",
        lambda clients, percent: nearest(
            [sent - due for log in clients for due, sent, _ in log], percent
        ),
    ),
    Mistake(
        "it is the mean of each client's percentile",
        "A client with three requests then weighs as much as one with three hundred, and the mean of two "
        "percentiles is a percentile of nothing. Put all requests together first.",
        lambda clients, percent: fmean(_of_each(clients)(percent)),
    ),
    Mistake(
        "it is the largest of the clients' percentiles",
        "One client's bad luck then decides for all. Put all requests together first.",
        lambda clients, percent: max(_of_each(clients)(percent)),
    ),
    Mistake(
        "the value lies one place too far",
        "Of 20 waits, 19 do not exceed the 19th: counted from 0 it stands at place 18.",
        _one_late,
    ),
    Mistake(
        "it is a value between two that were measured",
        "Some libraries interpolate. Wanted is a wait that somebody had: the smallest one that at least "
        "so many percent do not exceed.",
        _interpolated,
    ),
    Mistake(
        "the place is rounded to the nearest, and not up",
        "Half of five waits is two and a half, and two of five are not half of them yet.",
        lambda clients, percent: sorted(done - due for log in clients for due, _, done in log)[
            round(percent * sum(map(len, clients)) / 100) - 1
        ],
    ),
    Mistake(
        "it is the mean",
        "A mean says nothing about those who wait longest.",
        lambda clients, _: fmean(done - due for log in clients for due, _, done in log),
    ),
    Mistake(
        "it is a percentile of the fastest",
        "Sorted the other way round, the 95 % point is what the fastest had.",
        lambda clients, percent: sorted(
            (done - due for log in clients for due, _, done in log), reverse=True
        )[-(-percent * sum(map(len, clients)) // 100) - 1],
    ),
)


def fewer_logs(case: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Clients with a request less."""
    clients, percent = case
    yield from ((fewer, percent) for fewer in without_one(clients))
    for i, log in enumerate(clients):
        for fewer in without_one(log):
            yield ([*clients[:i], fewer, *clients[i + 1 :]], percent)
