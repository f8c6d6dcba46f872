"""Ways to solve the lab on serving: another right one, and plausible wrong ones with what they are told."""

OTHER = r"""
import codecs
import heapq
from fractions import Fraction
from math import ceil, floor, fsum


def quantize(matrix):
    whole, scales = [], []
    for row in matrix:
        scale = max(max(row), -min(row)) / 127
        scales.append(scale if scale > 0 else 1.0)
        whole.append([int(w / scales[-1] + (0.5 if w > 0 else -0.5)) for w in row])
    return whole, scales


def choose(measured, limit):
    for name, row in sorted(measured.items(), key=lambda item: item[1][0]):
        if row[3] <= 1 + limit:
            return name


def read(pieces):
    decoder, rest, text, ended = codecs.getincrementaldecoder("utf-8")(), "", "", "cut"
    for piece in [*pieces, b"\n\n"]:
        rest += decoder.decode(piece)
        while "\n" in rest:
            line, rest = rest.split("\n", 1)
            field, _, data = line.partition(":")
            data = data.strip()
            if field != "data" or data == "":
                continue
            if data == "[DONE]":
                return text, ended
            event = json.loads(data)
            if "error" in event:
                return text, "error"
            for choice in event.get("choices", []):
                text += choice.get("delta", {}).get("content") or ""
                ended = choice.get("finish_reason") or ended
    return text, ended


def timing(sent, chunks, tokens):
    first = last = None
    for when, text in chunks:
        if text:
            first, last = when if first is None else first, when
    if first is None:
        return None, None
    return first - sent, None if tokens < 2 else (last - first) / (tokens - 1)


def slowest(clients, percent):
    waits = sorted(request[2] - request[0] for log in clients for request in log)
    return next(w for n, w in enumerate(waits, 1) if 100 * n >= percent * len(waits))


def serve(arrivals, services, slots):
    free, found = [0.0] * slots, []
    for arrival, service in zip(arrivals, services):
        start = max(arrival, heapq.heappop(free))
        heapq.heappush(free, start + service)
        found.append([start, start + service])
    return [tuple(one) for one in found]


def plan(services, slots, rate, limit):
    each = fsum(services) / len(services)
    return rate / (slots / each), max(1, floor(Fraction(limit) * slots / Fraction(each)))


def stop(arrivals, services, slots, signal, grace):
    kept = [n for n, arrival in enumerate(arrivals) if arrival <= signal]
    ends = serve([arrivals[n] for n in kept], [services[n] for n in kept], slots)
    fates = ["done" if end - signal <= grace else "cut" for _, end in ends]
    return fates + ["refused"] * (len(arrivals) - len(kept))


def allowed(valid, text, tokens, end):
    found = {end} if text in valid else set()
    for one in valid:
        if one[: len(text)] == text:
            for length in range(1, len(one) - len(text) + 1):
                piece = one[len(text) : len(text) + length]
                found |= {n for n, token in enumerate(tokens) if token == piece and n != end}
    return sorted(found)


def chances(logits, ids):
    masked = [logit if n in set(ids) else float("-inf") for n, logit in enumerate(logits)]
    top = max(masked)
    powers = [exp(logit - top) for logit in masked]
    return [power / fsum(powers) for power in powers]
"""
SCALES = "max(abs(weight) for weight in row) / 127 or 1.0"
FITS = "if row[3] <= 1 + limit"
FEWEST = "min(fit, key=lambda name: measured[name][0], default=None)"
LINES = 'b"".join(pieces).split(b"\\n")'
WAITS = "waits = sorted(done - due for log in clients for due, _, done in log)"
AT = "at = [when for when, text in chunks if text]"
EACH = "(at[-1] - at[0]) / (tokens - 1) if tokens > 1 else None"
SLOT = "slot = free.index(min(free))"
ENDED = 'ended = choice["finish_reason"] or ended'
REFUSE = '"refused" if arrival > signal else in_time'
TOKEN = 'token != b"" and any(one.startswith(token) for one in rest)'
BEST = "(tokens - 1) if tokens > 1 else None"
# Each: the part, what of the solution becomes what, and what the message has to name.
WRONG = {
    "one scale": (
        1,
        [
            (
                f"[{SCALES} for row in matrix]",
                "[max(abs(w) for row in matrix for w in row) / 127] * len(matrix)",
            )
        ],
        "one scale is used for the whole matrix",
    ),
    "cut off": (
        1,
        [("round(weight / scale)", "int(weight / scale)")],
        "cut off instead of rounded",
    ),
    "128": (1, [("/ 127 or", "/ 128 or")], "the largest weight becomes 128"),
    "no sign": (
        1,
        [("max(abs(weight) for weight in row)", "max(row)")],
        "weights are negative, too",
    ),
    "range": (
        1,
        [("max(abs(weight) for weight in row) / 127", "(max(row) - min(row)) / 255")],
        "taken from the range of a row",
    ),
    "zeros": (1, [(" or 1.0", "")], "A row of zeros has no largest weight"),
    "down": (
        1,
        [("round(weight / scale)", '__import__("math").floor(weight / scale)')],
        "rounded down",
    ),
    "high ends": (1, [(FEWEST, FEWEST.replace("[0]", "[3]"))], "the lowest high end"),
    "nothing fits": (1, [(", default=None", "")], "Perhaps nothing keeps the limit"),
    "by value": (1, [(FITS, "if row[1] <= 1 + limit")], "and not at its interval"),
    "best case": (1, [(FITS, "if row[2] <= 1 + limit")], "the low end"),
    "lowest": (1, [(FEWEST, FEWEST.replace("[0]", "[1]"))], "takes the lowest perplexity"),
    "first": (1, [(FEWEST, "fit[0] if fit else None")], "the first that keeps the limit"),
    "strict": (1, [(FITS, "if row[3] < 1 + limit")], "leaves out what lies on the limit"),
    "no None": (
        1,
        [(", default=None", ""), ("return min(fit", "return min(fit or measured")],
        "another one",
    ),
    "pieces": (
        2,
        [(LINES, "[line for piece in pieces for line in piece.split(b'\\n')]")],
        "inside of a character",
    ),
    "decoded": (
        2,
        [(LINES, '"".join(p.decode("utf-8", "replace") for p in pieces).encode().split(b"\\n")')],
        "half a character is replaced",
    ),
    "splitlines": (
        2,
        [(LINES, '[x.encode() for x in b"".join(pieces).decode().splitlines()]')],
        "no JSON: half an event",
    ),
    "optimist": (
        2,
        [('text, ended = "", "cut"', 'text, ended = "", "stop"')],
        "breaks off counts as complete",
    ),
    "errors": (
        2,
        [('            return text, "error"', "            continue")],
        "error in the middle",
    ),
    "null": (2, [('.get("content") or ""', '.get("content", "")')], "may be null"),
    "done": (
        2,
        [("            break", "            return text, ended if ended != 'cut' else 'stop'")],
        "[DONE] counts as a reason",
    ),
    "after an error": (
        2,
        [
            ('            return text, "error"', '            ended = "error"; continue'),
            (ENDED, 'ended = "error" if ended == "error" else choice["finish_reason"] or ended'),
        ],
        "after an error",
    ),
    "after the end": (2, [("            break", "            continue")], "comes after [DONE]"),
    "no time": (2, [(BEST, BEST.replace("None", "0.0"))], "there is a 0"),
    "nearest place": (
        2,
        [("-(-percent * len(waits) // 100) - 1", "round(percent * len(waits) / 100) - 1")],
        "rounded to the nearest",
    ),
    "empty choices": (
        2,
        [('for choice in event["choices"]:', 'for choice in [event["choices"][0]]:')],
        "The list of choices may be empty",
    ),
    "length": (
        2,
        [(ENDED, 'ended = "stop" if choice["finish_reason"] else ended')],
        "ran out of room",
    ),
    "stripped": (
        2,
        [
            ("    return text, ended\n", "    return text.strip(), ended\n"),
            ('return text, "error"', 'return text.strip(), "error"'),
        ],
        "taken off",
    ),
    "empty chunk": (
        2,
        [(AT, "at = [when for when, text in chunks]")],
        "first chunk is taken for the first text",
    ),
    "by chunks": (
        2,
        [(BEST, "(len(at) - 1) if len(at) > 1 else None")],
        "time a token is time a chunk",
    ),
    "to the end": (
        2,
        [(EACH, "(chunks[-1][0] - at[0]) / (tokens - 1) if tokens > 1 else None")],
        "ends with the last chunk",
    ),
    "all tokens": (
        2,
        [(BEST, "tokens if tokens > 1 else None")],
        "first token is counted among those",
    ),
    "with the wait": (
        2,
        [(EACH, "(at[-1] - sent) / tokens if tokens > 1 else None")],
        "time a token includes the wait",
    ),
    "omission": (
        2,
        [(WAITS, WAITS.replace("done - due", "done - sent").replace("due, _,", "_, sent,"))],
        "due",
    ),
    "mean of percentiles": (
        2,
        [
            (
                "    waits = sorted(done - due for log in clients for due, _, done in log)\n"
                "    return waits[-(-percent * len(waits) // 100) - 1]",
                "    each = [sorted(d - due for due, _, d in log) for log in clients]\n"
                "    return sum(w[-(-percent * len(w) // 100) - 1] for w in each) / len(each)",
            )
        ],
        "mean of each client's percentile",
    ),
    "one place": (
        2,
        [
            (
                "waits[-(-percent * len(waits) // 100) - 1]",
                "waits[min(percent * len(waits) // 100, len(waits) - 1)]",
            )
        ],
        "one place too far",
    ),
    "no queue": (
        3,
        [("start = max(arrival, free[slot])", "start = arrival")],
        "as if nobody were served",
    ),
    "in turn": (3, [(SLOT, "slot = len(found) % slots")], "take turns"),
    "last slot": (3, [(SLOT, "slot = free.index(max(free))")], "only one slot is used"),
    "early": (3, [("start = max(arrival, free[slot])", "start = free[slot]")], "before they come"),
    "median": (
        3,
        [("mean = fmean(services)", "mean = sorted(services)[len(services) // 2]")],
        "plan gives other",
    ),
    "no slots": (
        3,
        [("rate * mean / slots", "rate * mean"), ("limit * slots / mean", "limit / mean")],
        "forgotten",
    ),
    "utilization of one": (3, [("rate * mean / slots", "rate * mean")], "in the utilization"),
    "to the nearest": (3, [("int(limit", "round(limit")], "is rounded to the nearest"),
    "queue cut": (
        3,
        [
            ("for arrival, (_, end) in zip(arrivals", "for arrival, (start, end) in zip(arrivals"),
            ("if end <= signal + grace", "if start <= signal and end <= signal + grace"),
        ],
        "wait in the queue are cut",
    ),
    "one more": (3, [("int(limit * slots / mean)", "-int(-limit * slots // mean)")], "one more in"),
    "as many as come": (3, [("int(limit * slots / mean)", "int(limit * rate)")], "as many as come"),
    "nobody": (
        3,
        [("max(1, int(limit * slots / mean))", "int(limit * slots / mean)")],
        "may let nobody in",
    ),
    "queue refused": (
        3,
        [
            ("for arrival, (_, end) in zip(arrivals", "for arrival, (start, end) in zip(arrivals"),
            (REFUSE, '"refused" if start > signal or arrival > signal else in_time'),
        ],
        "wait in the queue are refused",
    ),
    "let in": (3, [(REFUSE, "in_time")], "still let in after the signal"),
    "killed": (3, [("end <= signal + grace", "end <= signal")], "not done at the signal is cut"),
    "no limit": (3, [('"done" if end <= signal + grace else "cut"', '"done"')], "no limit of time"),
    "exclusive": (
        3,
        [("end <= signal + grace", "end < signal + grace")],
        "ends with the time of grace",
    ),
    "end at any time": (
        4,
        [('fits = b"" in rest', "fits = True")],
        "the end is allowed at any time",
    ),
    "no end": (4, [('fits = b"" in rest', "fits = False")], "the end is never allowed"),
    "empty tokens": (
        4,
        [(TOKEN, "any(one.startswith(token) for one in rest)")],
        "tokens without bytes",
    ),
    "anywhere": (
        4,
        [(TOKEN, 'token != b"" and any(token in one for one in valid)')],
        "without the text before it",
    ),
    "first letter": (
        4,
        [("one.startswith(token)", "one.startswith(token[:1])")],
        "only the first letter",
    ),
    "letters": (4, [('token != b""', "len(token) == 1")], "only tokens of one letter"),
    "zero": (
        4,
        [
            ("top = max(logits[number] for number in ids)", "top = max(logits)"),
            (
                "weights = {number: exp(logits[number] - top) for number in ids}",
                "weights = {n: exp((x if n in ids else 0.0) - top) for n, x in enumerate(logits)}",
            ),
        ],
        "a masked token gets the logit 0",
    ),
    "masked after": (
        4,
        [
            ("top = max(logits[number] for number in ids)", "top = max(logits)"),
            ("total = sum(weights.values())", "total = sum(exp(logit - top) for logit in logits)"),
        ],
        "before the mask",
    ),
    "overflow": (
        4,
        [("exp(logits[number] - top)", "exp(logits[number])")],
        "too large for a float",
    ),
}
