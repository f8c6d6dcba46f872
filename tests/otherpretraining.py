"""Another road through the lab on pre-training: no file is renamed, and all is done in another way."""

OTHER = """
import json
import zlib


class Deck:
    def __init__(self, seed, epoch, examples):
        self.left, chance = list(range(examples)), Random(seed * 1_000_003 + epoch * 7_919 + 11)
        self.cards = [self.left.pop(chance.randrange(len(self.left))) for _ in range(examples)]


def batch(seed, step, examples, size):
    epoch, begin = divmod(step * size, examples)
    cards = Deck(seed, epoch, examples).cards[begin : begin + size]
    if len(cards) < size:
        cards += Deck(seed, epoch + 1, examples).cards[: size - len(cards)]
    return cards


def shard(ids, rank, world):
    ends = [len(ids) * n // world for n in range(world + 1)]
    return ids[ends[rank] : ends[rank + 1]]


def combine(parts):
    sums = [(m * n, [s * n for s in slopes], n) for m, slopes, n in parts if n > 0]
    tokens = sum(n for _, _, n in sums) or 1
    columns = list(zip(*(slopes for _, slopes, _ in sums))) or [()] * len(parts[0][1])
    return (
        sum((m for m, _, _ in sums), 0.0) / tokens,
        [sum(column, 0.0) / tokens for column in columns],
        sum(n for _, _, n in sums),
    )


def save(folder, step, data):
    text = json.dumps({"step": step, "data": data.hex()}).encode()
    slots = [Path(folder, name) for name in ("a.json", "b.json")]
    found = [_slot(path) for path in slots]
    worst = min((0, 1), key=lambda n: found[n][0] if found[n] else -1)
    with slots[worst].open("wb") as file:
        file.write(b"%08x" % zlib.crc32(text) + text)


def _slot(path):
    raw = path.read_bytes() if path.exists() else b""
    try:
        if len(raw) > 8 and raw[:8] == b"%08x" % zlib.crc32(raw[8:]):
            state = json.loads(raw[8:])
            return state["step"], bytes.fromhex(state["data"])
    except ValueError:
        pass
    return None


def load(folder):
    found = [_slot(Path(folder, name)) for name in ("a.json", "b.json")]
    return max((one for one in found if one), default=None)


def finish(work, every, save, restart, taken):
    left, clock, losses, spent = work, 0, list(taken), 0
    while left > 0:
        piece = every if left > every else left
        if losses and losses[0] < clock + piece + save:
            clock = losses.pop(0) + restart
            continue
        clock += piece + save
        left -= piece
    return clock


def interval(save, between, machines):
    return (2.0 * save * (between / machines)) ** 0.5
"""
