"""The checks of the lab "Quantize and serve", part by part."""

import json
from random import Random
from typing import Any

from lessons.labs import serving_mistakes as ways
from lessons.labs import serving_streams as streams
from lessons.labs.mistakes import Case, compare
from lessons.labs.runner import Solution
from lessons.labs.serving_json import check_json
from lessons.labs.serving_mistakes import Rounded, known, rounded, tidy
from lessons.labs.serving_queue import check_queue
from lessons.labs.verdicts import WrongError

__all__ = ["check_json", "check_quantize", "check_queue", "check_stream"]

# Part 1


def check_quantize(solution: Solution, rng: Random) -> None:
    """A scale for each row, whole numbers up to 127; then the fewest bits that keep a limit."""
    tidied = Rounded(solution)
    cases: list[Case] = [
        ([[0.5, -1.27, 0.026], [0.04, 0.01, -0.0127]],),
        ([[0.0, 0.0], [3.0, -1.0]],),
    ]
    cases += [([[-2.0, 1.3, 0.11]],), ([[1.0], [-0.3]],)]
    for _ in range(12):
        width, size = rng.randint(2, 5), rng.choice((0.1, 1.0, 30.0))
        rows = rng.randint(1, 4)
        cases.append(
            ([[rng.gauss(0, size * 4**row) for _ in range(width)] for row in range(rows)],)
        )

    def other(case: Case, got: Any) -> tuple[str, str]:
        (matrix,) = case
        good = (
            isinstance(got, list | tuple)
            and len(got) == 2
            and all(isinstance(p, list) for p in got)
        )
        if not good or len(got[0]) != len(matrix):
            return "quantize does not return rows of whole numbers, and scales", (
                "The lab unpacks its result: whole, scales = quantize(matrix)."
            )
        flat = [number for row in got[0] for number in (row if isinstance(row, list) else [row])]
        if worst := [n for n in flat if isinstance(n, int | float) and abs(n) > 127]:
            return "a whole number does not fit", f"{worst[0]} is outside of -127 to 127."
        return "quantize gives other numbers", (
            "A row's scale is its largest distance from 0, divided by 127, and 1.0 for a row of zeros. "
            "Each weight, divided by that and rounded to the nearest whole number, is what is kept."
        )

    try:
        compare(
            tidied,
            "quantize",
            cases,
            rounded(ways.quantize),
            known(ways.QUANTIZE),
            ways.smaller_matrix,
            other,
        )
    except WrongError as error:
        if "ZeroDivisionError" in error.mistake:
            error.why = (
                "A row of zeros has no largest weight to divide by. Networks have such rows: neurons that "
                f"died, or padding. ({error.why})"
            )
        raise
    _check_choose(solution, rng)


def _check_choose(solution: Solution, rng: Random) -> None:
    example = {
        "matrix": (8.0, 1.0, 0.98, 1.02), "row": (4.06, 1.01, 1.0, 1.03),
        "group": (4.5, 1.0, 0.99, 1.015625),
    }  # fmt: skip
    cases: list[Case] = [
        (example, 0.015625), (example, 0.05), (example, 0.001),
        ({"a": (8.0, 1.0, 1.0, 1.25), "b": (4.0, 1.5, 1.0, 2.0)}, 0.25),
        ({"a": (8.0, 1.0, 1.0, 1.125), "b": (4.0, 1.0625, 1.0, 1.25)}, 0.125),
    ]  # fmt: skip
    for _ in range(14):
        rows: dict[str, tuple[float, float, float, float]] = {}
        for name in rng.sample("abcdefgh", rng.randint(2, 6)):
            value = 1 + rng.randint(0, 24) / 128
            rows[name] = (
                rng.randint(16, 80) / 8 + len(rows) / 64,
                value,
                value - rng.randint(1, 8) / 128,
                value + rng.randint(1, 8) / 128,
            )
        cases.append((rows, rng.randint(1, 24) / 128))

    def fewer(case: Case) -> Any:
        for name in case[0]:
            if len(case[0]) > 1:
                yield ({key: row for key, row in case[0].items() if key != name}, case[1])

    def other(case: Case, _: Any) -> tuple[str, str]:
        fit = [name for name, row in case[0].items() if row[3] <= 1 + case[1]]
        return "choose takes another one", (
            f"The limit of {case[1]:.1%} is kept up to the high end by {', '.join(fit) or 'none'}. Of "
            "these, the fewest bits are wanted; of none, None."
        )

    try:
        compare(solution, "choose", cases, ways.choose, known(ways.CHOOSE), fewer, other)
    except WrongError as error:
        if "ValueError" in error.mistake or "IndexError" in error.mistake:
            error.why = (
                "Perhaps nothing keeps the limit: then there is nothing to choose, and None is wanted. "
                f"({error.why})"
            )
        raise


# Part 2


def event(payload: dict[str, Any], space: str = " ", end: str = "\n") -> bytes:
    """One event of a stream, with its empty line."""
    return f"data:{space}{json.dumps(payload, ensure_ascii=False)}{end}{end}".encode()


def chunk(text: str | None = None, finish: str | None = None, **delta: str) -> dict[str, Any]:
    """What an event says: a piece of text, or how the answer ended."""
    content: dict[str, Any] = {**delta} if text is None else {**delta, "content": text}
    return {"choices": [{"index": 0, "delta": content, "finish_reason": finish}]}


USAGE = {"choices": [], "usage": {"completion_tokens": 3}}
DONE = b"data: [DONE]\n\n"


def _cut(rng: Random, data: bytes, longest: int) -> list[bytes]:
    """Cut anywhere, as a network does."""
    pieces, at = [], 0
    while at < len(data):
        size = rng.randint(1, longest)
        pieces.append(data[at : at + size])
        at += size
    return pieces


def _streams(rng: Random) -> list[Case]:
    hello = [
        event(chunk(role="assistant")),
        event(chunk("Hi")),
        event(chunk(" there")),
        event(chunk(finish="stop")),
    ]
    e, stop = event, event(chunk(finish="stop"))
    first = event(chunk("Caf"))
    accent = event(chunk("é au lait"))
    at = accent.index("é".encode()) + 1
    return [
        ([*hello, DONE],),
        ([*hello[:-1], DONE],),
        ([*hello, DONE, event(chunk(" and more"))],),
        ([first + accent, stop + DONE],),
        ([first, accent[:at], accent[at:], stop, DONE],),
        ([e(chunk("one"))[:20], e(chunk("one"))[20:], stop],),
        ([e(chunk("a\u2028b\u0085c")), stop, DONE],),
        ([e(chunk("x"), end="\r\n"), e(chunk(finish="stop"), end="\r\n"), DONE],),
        ([e(chunk("no space"), space=""), e(chunk(finish="stop"), space="")],),
        (
            [
                b": ping\n\n",
                e(chunk("after a ping")),
                b": ping\n\n",
                b"event: x\nid: 7\n",
                stop,
                DONE,
            ],
        ),
        ([e(chunk("half an")), e({"error": {"message": "out of memory"}}), DONE],),
        ([e(chunk("half")), e({"error": {"message": "busy"}}), e(chunk(" of it"))],),
        ([e(chunk("it breaks")), e(chunk(" off"))],),
        ([e(chunk(" space \n")), e(chunk(finish="length")), e(USAGE), DONE],),
        (
            [
                e(chunk("null", None)),
                e({"choices": [{"delta": {"content": None}, "finish_reason": "stop"}]}),
                e(USAGE),
            ],
        ),
        *[(_cut(rng, _drawn(rng), rng.choice((1, 3, 9, 40))),) for _ in range(8)],
    ]


def _drawn(rng: Random) -> bytes:
    """A stream with a bit of everything."""
    end, space = rng.choice(("\n", "\r\n")), rng.choice((" ", ""))
    words = [
        rng.choice(("é", "ß ", " the", "\u2028", "🐈", "ab", " ", '"', "\\n")) for _ in range(5)
    ]
    data = [event(chunk(role="assistant"), space, end)]
    for word in words:
        data.append(event(chunk(word), space, end))
        data += [f": ping{end}{end}".encode()] * rng.randint(0, 1)
    last = rng.choice((chunk(finish="stop"), chunk(finish="length"), {"error": "it broke"}, None))
    return b"".join([*data, event(last, space, end) if last else b""])


def check_stream(solution: Solution, rng: Random) -> None:
    """Bytes to text however they are cut; how it ended; the first token, the others, the slowest."""

    def other(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, list | tuple) or len(got) != 2:
            return (
                "read does not return the text and how it ended",
                "The lab unpacks: text, ended = read(…).",
            )
        text, _ = streams.read(*case)
        if got[0] != text:
            return (
                "read gives another text",
                "Put the bytes together, take lines from them, and read each event.",
            )
        return "read says another end", (
            "The finish_reason, if one came (stop or length); error, if an error did; cut, if the stream "
            "is over and nobody said why."
        )

    try:
        compare(
            solution,
            "read",
            _streams(rng),
            streams.read,
            known(streams.READ),
            streams.fewer_pieces,
            other,
        )
    except WrongError as error:
        _explain(error)
        raise
    tidied = Rounded(solution)
    _check_timing(tidied, rng)
    _check_slowest(tidied, rng)


EXPLAINED = {
    "UnicodeDecodeError": "The network may cut inside of a character. Keep bytes until a line is whole.",
    "JSONDecodeError": (
        "What was read is no JSON: half an event, because a piece ends anywhere, or because "
        "splitlines() also cuts at U+2028 and others inside of a text; two, because a line may end in a "
        "return and a line feed; or [DONE]."
    ),
    "KeyError": "Not each event has it: a chunk may bring no content, and an error has no choices.",
    "TypeError": "What an event brings may be null: content, for example, which is None in Python.",
    "IndexError": "The list of choices may be empty: some servers send the number of tokens that way.",
}


def _explain(error: WrongError) -> None:
    """Say why code for streams raises what it raises."""
    for name, why in EXPLAINED.items():
        if name in error.mistake:
            error.why = f"{why} ({error.why})"


def _check_timing(solution: Solution, rng: Random) -> None:
    example = [(2.25, ""), (5.0, "The"), (5.5, " cat sat"), (6.0, "."), (6.75, "")]
    cases: list[Case] = [
        (2.0, example, 5),
        (0.0, [(0.5, ""), (1.0, "")], 0),
        (1.0, [(1.5, "Yes")], 1),
    ]
    cases += [(1.0, [(1.25, ""), (3.0, "Ye"), (3.5, "s")], 2)]
    for _ in range(12):
        at, chunks, sent = rng.randint(1, 40) / 4, [], rng.randint(1, 40) / 4
        now, count = sent + at / 8, rng.randint(1, 6)
        for _ in range(count):
            now += rng.randint(1, 8) / 8
            chunks.append((now, rng.choice(("a", " b", "cd", " a longer one"))))
        chunks = [(sent + 0.125, ""), *chunks, (now + rng.randint(1, 4) / 8, "")]
        cases.append((sent, chunks, count + rng.randint(0, 4)))

    def fewer(case: Case) -> Any:
        sent, chunks, tokens = case
        for i in range(len(chunks)):
            yield (sent, [*chunks[:i], *chunks[i + 1 :]], tokens)

    def other(_: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, list | tuple) or len(got) != 2:
            return "timing does not return two times", "The lab unpacks: first, each = timing(…)."
        return "timing gives other times", (
            "First, from sending to the first chunk that has text. Then from there to the last one that "
            "has text, by the tokens that followed the first. None where there is no such token."
        )

    compare(solution, "timing", cases, rounded(streams.timing), known(streams.TIMING), fewer, other)


def _check_slowest(solution: Solution, rng: Random) -> None:
    stalled = [(0.0, 0.0, 1.0), (1.0, 1.0, 8.0), (2.0, 8.0, 8.5), (3.0, 8.5, 9.0)]
    cases: list[Case] = [
        ([stalled, [(0.0, 0.0, 0.5)]], 50),
        ([[(0.0, 0.0, float(n)) for n in range(1, 21)]], 95),
    ]
    for _ in range(14):
        logs = []
        for _ in range(rng.randint(1, 3)):
            log, free = [], 0.0
            for number in range(rng.randint(1, 12)):
                due = number / 2
                sent = max(due, free)
                free = sent + rng.choice((1, 2, 3, 30)) / 8
                log.append((due, sent, free))
            logs.append(log)
        cases.append((logs, rng.choice((50, 75, 90, 95, 99))))

    def other(case: Case, _: Any) -> tuple[str, str]:
        count = sum(map(len, case[0]))
        return "slowest gives another wait", (
            f"There are {count} requests. Sort their waits, from due to done, and take the first one that "
            f"at least {case[1]} % of all do not exceed."
        )

    right = rounded(streams.slowest)
    compare(
        solution,
        "slowest",
        [tidy(c) for c in cases],
        right,
        known(streams.SLOWEST),
        streams.fewer_logs,
        other,
    )
