"""Wrong ways to fill a batch and to weigh a loss that people go, as functions that answer as they would."""

from collections.abc import Callable, Sequence
from math import exp, log, log2

from lessons.labs.mistakes import Mistake

Vector = list[float]


def batch(rows: Sequence[Sequence[int]], pad: int) -> tuple[list[list[int]], list[list[int]]]:
    """Fill rows up, and say what is real: the right answer."""
    longest = max(map(len, rows))
    ids = [[*row, *[pad] * (longest - len(row))] for row in rows]
    return ids, [[1] * len(row) + [0] * (longest - len(row)) for row in rows]


def _by_id(rows: list[list[int]], pad: int) -> tuple[list[list[int]], list[list[int]]]:
    ids, _ = batch(rows, pad)
    return ids, [[int(one != pad) for one in row] for row in ids]


def _cut(rows: list[list[int]], _: int) -> tuple[list[list[int]], list[list[int]]]:
    shortest = min(map(len, rows))
    return [row[:shortest] for row in rows], [[1] * shortest for _ in rows]


def _left(rows: list[list[int]], pad: int) -> tuple[list[list[int]], list[list[int]]]:
    ids, mask = batch([row[::-1] for row in rows], pad)
    return [row[::-1] for row in ids], [row[::-1] for row in mask]


def _all_real(rows: list[list[int]], pad: int) -> tuple[list[list[int]], list[list[int]]]:
    ids, _ = batch(rows, pad)
    return ids, [[1] * len(row) for row in ids]


def _inverted(rows: list[list[int]], pad: int) -> tuple[list[list[int]], list[list[int]]]:
    ids, mask = batch(rows, pad)
    return ids, [[1 - one for one in row] for row in mask]


BATCH = (
    Mistake(
        "batch finds the padding by its id",
        "Some models have no pad token of their own and fill up with the one that ends a text. Then "
        "a real token has that id, too, and must not be hidden. How long each row was, you know.",
        _by_id,
    ),
    Mistake(
        "batch cuts long rows",
        "What stands at the end of a message may decide where it belongs. Rows are filled up to the "
        "longest.",
        _cut,
    ),
    Mistake(
        "batch says that all is real",
        "The model would read the padding as text, and a message would get another answer in other "
        "company.",
        _all_real,
    ),
    Mistake(
        "batch marks the padding, not the text",
        "The attention mask is 1 where there is something to look at, and 0 at the padding.",
        _inverted,
    ),
    Mistake(
        "batch fills up on the left",
        "A model that writes is filled up on the left, so that its next token follows the text. This"
        " BERT counts positions from the left, and has learned on texts that begin there.",
        _left,
    ),
)


def _sum(rows: Sequence[Vector]) -> Vector:
    return [sum(column) for column in zip(*rows, strict=True)]


def pooled(vectors: Sequence[Vector], mask: Sequence[int]) -> Vector:
    """Average the vectors of the real tokens: the right answer."""
    real = [vector for vector, one in zip(vectors, mask, strict=True) if one]
    return [value / len(real) for value in _sum(real)]


def _over_all(vectors: list[Vector], mask: list[int]) -> Vector:
    return [value * sum(mask) / len(mask) for value in pooled(vectors, mask)]


def _first_places(vectors: list[Vector], mask: list[int]) -> Vector:
    return [value / sum(mask) for value in _sum(vectors[: sum(mask)])]


def _last_real(vectors: list[Vector], mask: list[int]) -> Vector:
    return vectors[max(place for place, one in enumerate(mask) if one)]


POOLED = (
    Mistake(
        "pooled averages the padding, too",
        "A pad token has a vector like any other. With it, a message has another vector in a batch "
        "with a longer one than alone, and perhaps another answer.",
        lambda vectors, _: [value / len(vectors) for value in _sum(vectors)],
    ),
    Mistake(
        "pooled divides by all places",
        "Only the real tokens were added up. Divided by all places, a message in long company has a "
        "short vector.",
        _over_all,
    ),
    Mistake(
        "pooled takes the last place",
        "In a batch, that is a pad token for all messages but the longest.",
        lambda vectors, _: vectors[-1],
    ),
    Mistake(
        "pooled takes the last real token only",
        "That is right for a model that reads from left to right, where no other token has seen all "
        "of the text. In a BERT each token has, and their mean did better on the page.",
        _last_real,
    ),
    Mistake(
        "pooled takes the first token only",
        "On the page, a line on the mean was better than one on the first token. The docstring asks "
        "for the mean.",
        lambda vectors, _: vectors[0],
    ),
    Mistake(
        "pooled takes the text to be on the left",
        "The mask says which places are real. Batches that are filled up on the left exist, too.",
        _first_places,
    ),
    Mistake(
        "pooled does not divide",
        "A sum grows with the length of a message. Wanted is the mean.",
        lambda vectors, mask: [value * sum(mask) for value in pooled(vectors, mask)],
    ),
)


def losses(
    scores: Sequence[Vector], labels: Sequence[int], logarithm: Callable[[float], float] = log
) -> Vector:
    """What each message costs: minus the logarithm of its label's probability."""
    found = []
    for row, label in zip(scores, labels, strict=True):
        highest = max(row)
        total = sum(exp(score - highest) for score in row)
        found.append(logarithm(total) - (row[label] - highest) * logarithm(exp(1)))
    return found


def loss(scores: Sequence[Vector], labels: Sequence[int], weights: Vector) -> float:
    """Average the losses, weighted by label: the right answer."""
    return _weighted(losses(scores, labels), [weights[label] for label in labels])


def _weighted(values: Vector, weights: Vector) -> float:
    return sum(a * b for a, b in zip(values, weights, strict=True)) / sum(weights)


def _by_queues(scores: list[Vector], labels: list[int], weights: Vector) -> float:
    return _by_count(scores, labels, weights) * len(labels) / sum(weights)


def _by_count(scores: list[Vector], labels: list[int], weights: Vector) -> float:
    each = zip(losses(scores, labels), labels, strict=True)
    return sum(value * weights[label] for value, label in each) / len(labels)


def _summed(scores: list[Vector], labels: list[int], weights: Vector) -> float:
    return _by_count(scores, labels, weights) * len(labels)


def _uncertain(scores: list[Vector], labels: list[int], weights: Vector) -> float:
    values = [1 - exp(-value) for value in losses(scores, labels)]
    return _weighted(values, [weights[label] for label in labels])


def _base_two(scores: list[Vector], labels: list[int], weights: Vector) -> float:
    return _weighted(losses(scores, labels, log2), [weights[label] for label in labels])


def _plain(scores: list[Vector], labels: list[int], _: Vector) -> float:
    return sum(losses(scores, labels)) / len(labels)


def _in_order(scores: list[Vector], labels: list[int], weights: Vector) -> float:
    turns = [weights[place % len(weights)] for place in range(len(labels))]
    return _weighted(losses(scores, labels), turns)


LOSS: tuple[Mistake, ...] = (
    Mistake(
        "loss has the wrong sign",
        "A logarithm of a probability is negative. Training makes the loss small, so it would learn "
        "to be wrong.",
        lambda *case: -loss(*case),
    ),
    Mistake(
        "loss forgets the weights",
        "Then the most frequent queue decides. Each message counts as much as the weight of its label.",
        _plain,
    ),
    Mistake(
        "loss divides by the number of messages",
        "A weighted mean is divided by the sum of the weights. Otherwise a batch with rare labels "
        "makes a larger step only because they are rare.",
        _by_count,
    ),
    Mistake(
        "loss divides by the weights of all queues",
        "A weight counts each time that a message has it: the weights of the messages are added up, "
        "not those of the queues.",
        _by_queues,
    ),
    Mistake(
        "loss is not divided",
        "A sum grows with the batch, and so would the steps. Wanted is the weighted mean.",
        _summed,
    ),
    Mistake(
        "loss goes by place",
        "A weight belongs to a label: that of label 2 is the third one. Yours go by the order of the"
        " messages.",
        _in_order,
    ),
    Mistake(
        "loss counts in bits",
        "With log2 each loss is 1.44 times as large. The page, and PyTorch, take the natural "
        "logarithm.",
        _base_two,
    ),
    Mistake(
        "loss is one minus the probability",
        "That hardly minds an answer that is sure and wrong. The logarithm does: it costs the most.",
        _uncertain,
    ),
)
