"""Plausible mistakes for the lab on pre-training, parts 1 and 2: code that stands below its solution."""

WRONG = {  # name -> part, code, what the check says
    "in the order of the files": (
        1,
        """
def order(seed, epoch, examples):
    return list(range(examples))
""",
        "in the order in which they lie there",
    ),
    "the same order each epoch": (
        1,
        """
def order(seed, epoch, examples):
    n = list(range(examples))
    Random(seed).shuffle(n)
    return n
""",
        "each epoch has the same order",
    ),
    "without the seed": (
        1,
        """
def order(seed, epoch, examples):
    n = list(range(examples))
    Random(epoch).shuffle(n)
    return n
""",
        "the seed changes nothing",
    ),
    "seed plus epoch": (
        1,
        """
def order(seed, epoch, examples):
    n = list(range(examples))
    Random(seed + epoch).shuffle(n)
    return n
""",
        "epoch 1 of seed 0 is epoch 0 of seed 1",
    ),
    "seed times epoch": (
        1,
        """
def order(seed, epoch, examples):
    n = list(range(examples))
    Random(seed * epoch + epoch).shuffle(n)
    return n
""",
        "the seed changes nothing",
    ),
    "orders come again": (
        1,
        """
def order(seed, epoch, examples):
    n = list(range(examples))
    Random((seed * 3 + epoch) % 4 or 4).shuffle(n)
    return n
""",
        "two pairs of seed and epoch share an order",
    ),
    "global random numbers": (
        1,
        """
import random
def order(seed, epoch, examples):
    n = list(range(examples))
    random.shuffle(n)
    return n
""",
        "answers differently when it is asked again",
    ),
    "hash of a text": (
        1,
        """
def order(seed, epoch, examples):
    n = list(range(examples))
    Random(hash(f'{seed} {epoch}')).shuffle(n)
    return n
""",
        "in a new process",
    ),
    "a memory of the last epoch": (
        1,
        """
asked = []
def batch(seed, step, examples, size):
    asked.append(step)
    return order(seed, len(asked), examples)[:size]
""",
        "answers differently when it is asked again",
    ),
    "drawn with replacement": (
        1,
        """
def batch(seed, step, examples, size):
    return Random(f'{seed} {step}').choices(range(examples), k=size)
""",
        "reads examples twice and leaves others unread",
    ),
    "begins again within the epoch": (
        1,
        """
def batch(seed, step, examples, size):
    cards = order(seed, step * size // examples, examples)
    return [cards[(step * size + n) % examples] for n in range(size)]
""",
        "reads examples twice and leaves others unread",
    ),
    "the rest is dropped": (
        1,
        """
def batch(seed, step, examples, size):
    epoch, at = divmod(step, examples // size)
    return order(seed, epoch, examples)[at * size : (at + 1) * size]
""",
        "the rest of an epoch is never read",
    ),
    "a short batch": (
        1,
        """
def batch(seed, step, examples, size):
    epoch, at = divmod(step, -(-examples // size))
    return order(seed, epoch, examples)[at * size : (at + 1) * size]
""",
        "a batch has another size",
    ),
    "batches shuffled": (
        1,
        """
def batch(seed, step, examples, size):
    if examples % size:
        return [n for p in range(step * size, step * size + size)
            for n in [order(seed, p // examples, examples)[p % examples]]]
    epoch, at = divmod(step, examples // size)
    first = order(seed, epoch, examples // size)[at] * size
    return list(range(first, first + size))
""",
        "the same examples always stand together",
    ),
    "numbers from 1": (
        1,
        """
def batch(seed, step, examples, size):
    return [order(seed, p // examples, examples)[p % examples] + 1
        for p in range(step * size, step * size + size)]
""",
        "a number that no example has",
    ),
    "a generator": (
        1,
        """
def batch(seed, step, examples, size):
    return range(size)
""",
        "does not return a list of numbers",
    ),
    "all to each": (
        1,
        """
def shard(ids, rank, world):
    return ids
""",
        "each process gets all",
    ),
    "the rest to none": (
        1,
        """
def shard(ids, rank, world):
    n = len(ids) // world
    return ids[rank * n : (rank + 1) * n]
""",
        "an example goes to no process",
    ),
    "the rest to the last": (
        1,
        """
def shard(ids, rank, world):
    n = len(ids) // world
    return ids[rank * n : (rank + 1) * n if rank < world - 1 else None]
""",
        "more than one example more",
    ),
    "filled up": (
        1,
        """
def shard(ids, rank, world):
    n = -(-len(ids) // world)
    return (ids * world)[rank : n * world : world]
""",
        "goes to two processes",
    ),
    "by the number": (
        1,
        """
def shard(ids, rank, world):
    return [one for one in ids if one % world == rank]
""",
        "more than one example more",
    ),
    "ranks from 1": (
        1,
        """
def shard(ids, rank, world):
    return ids[rank - 1 :: world] if rank else []
""",
        "an example goes to no process",
    ),
    "none where there is none": (
        1,
        """
def shard(ids, rank, world):
    return ids[rank::world] or None
""",
        "shard does not return a list",
    ),
    "examples from elsewhere": (
        1,
        """
def shard(ids, rank, world):
    return ids[rank::world] + ([0] if rank else [])
""",
        "the batch does not hold",
    ),
    "mean of means": (
        2,
        """
def combine(parts):
    n = len(parts)
    return (sum(p[0] for p in parts) / n,
        [sum(c) / n for c in zip(*(p[1] for p in parts))], sum(p[2] for p in parts))
""",
        "takes the mean of the means",
    ),
    "mean of means that are numbers": (
        2,
        """
def combine(parts):
    full = [p for p in parts if p[2]] or [(0.0, [0.0] * len(parts[0][1]), 0)]
    n = len(full)
    return (sum(p[0] for p in full) / n, [sum(c) / n for c in zip(*(p[1] for p in full))],
        sum(p[2] for p in parts))
""",
        "takes the mean of the means",
    ),
    "only the loss is weighed": (
        2,
        """
whole = combine
def combine(parts):
    ones = [(m, s, int(n > 0)) for m, s, n in parts]
    return whole(parts)[0], whole(ones)[1], whole(parts)[2]
""",
        "the gradient is a mean of means",
    ),
    "only the gradient is weighed": (
        2,
        """
whole = combine
def combine(parts):
    ones = [(m, s, int(n > 0)) for m, s, n in parts]
    return whole(ones)[0], whole(parts)[1], whole(parts)[2]
""",
        "the loss is a mean of means",
    ),
    "nan times 0": (
        2,
        """
def combine(parts):
    tokens = sum(p[2] for p in parts)
    shares = [p[2] / max(1, tokens) for p in parts]
    return (sum(x * p[0] for x, p in zip(shares, parts)),
        [sum(x * s for x, s in zip(shares, c)) for c in zip(*(p[1] for p in parts))], tokens)
""",
        "a part without tokens makes all of it nan",
    ),
    "nan if nothing is there": (
        2,
        """
whole = combine
def combine(parts):
    return whole(parts) if any(p[2] for p in parts) else parts[0]
""",
        "a part without tokens makes it nan",
    ),
    "divided by 0": (
        2,
        """
whole = combine
def combine(parts):
    1 / sum(p[2] for p in parts)
    return whole(parts)
""",
        "It may happen that no part has tokens",
    ),
    "added up": (
        2,
        """
def combine(parts):
    full = [p for p in parts if p[2]]
    return (sum(p[0] for p in full),
        [sum(c) for c in zip(*(p[1] for p in full))] or [0.0] * len(parts[0][1]), sum(p[2] for p in full))
""",
        "adds the means up",
    ),
    "not divided": (
        2,
        """
whole = combine
def combine(parts):
    m, s, n = whole(parts)
    return m * n, [x * n for x in s], n
""",
        "does not divide by the tokens",
    ),
    "divided twice": (
        2,
        """
whole = combine
def combine(parts):
    m, s, n = whole(parts)
    k = len(parts)
    return m / k, [x / k for x in s], n
""",
        "divides twice",
    ),
    "parts counted": (
        2,
        """
whole = combine
def combine(parts):
    return *whole(parts)[:2], len(parts)
""",
        "returns how many parts there are",
    ),
    "a number only": (
        2,
        """
whole = combine
def combine(parts):
    return whole(parts)[0]
""",
        "does not return a loss, a gradient and a count",
    ),
    "the first part only": (
        2,
        """
def combine(parts):
    return next((p for p in parts if p[2]), (0.0, [0.0] * len(parts[0][1]), 0))
""",
        "gives another mean",
    ),
}
