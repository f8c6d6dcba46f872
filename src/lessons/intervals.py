"""Scores with their 95 % intervals: of shares, of means, of items that tell the same thing again."""

# --8<-- [start:intervals]
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, https://doi.org/10.2307/2276774)."""
    z, share = 1.959964, right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


def bootstrap(
    score: Callable[[Sequence[int]], float], n: int, times: int = 200
) -> tuple[float, float]:
    """Return the 95 % interval of a score over n items, by drawing the items again with replacement."""
    rng = random.Random(0)
    scores = sorted(score(rng.choices(range(n), k=n)) for _ in range(times))
    return scores[round(0.025 * times)], scores[round(0.975 * times) - 1]


@dataclass(frozen=True)
class Score:
    """A measured ability.

    Attributes:
        value: the score.
        low, high: its 95 % interval.
        n: items it was measured on.
        groups: how many of them are independent; items about the same word, say, are not.
    """

    value: float
    low: float
    high: float
    n: int
    groups: int


def share(hits: Sequence[bool]) -> Score:
    """Score a list of independent hits and misses."""
    n = len(hits)
    return Score(sum(hits) / n, *wilson(sum(hits), n), n, n)


def mean(values: Sequence[float], groups: Sequence[str] | None = None) -> Score:
    """Score a list of values by their mean.

    Args:
        values: scores, one of each item.
        groups: items of one group are drawn together, so that the interval says what other groups
            would have given; each item by itself if None.
    """
    grouped: dict[object, list[float]] = {}
    for key, value in zip(groups or range(len(values)), values, strict=True):
        grouped.setdefault(key, []).append(value)
    members = list(grouped.values())

    def average(rows: Sequence[int]) -> float:
        return sum(sum(members[row]) for row in rows) / sum(len(members[row]) for row in rows)

    n = len(members)
    return Score(average(range(n)), *bootstrap(average, n), len(values), n)


def student_t(degrees: int) -> float:
    """Return the value that Student's t exceeds, up or down, one time in twenty.

    From the normal distribution by Fisher's and Cornish's series (Abramowitz, Stegun 1964, 26.7.5); too low
    by less than a hundredth from four degrees of freedom on.
    """
    z = 1.959964
    return (
        z
        + (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
    )


def clustered(values: Sequence[float], groups: Sequence[str]) -> Score:
    """Score values by their mean, where items of one group tell the same thing again.

    The interval says what other groups would have given: a t interval with the standard error of groups
    (Miller 2024, https://arxiv.org/abs/2411.00640, section 2.2). With few groups it is wider than drawing
    the groups again would make it, and right more often.

    Args:
        values: scores, one of each item.
        groups: subject of each item, as the model reads it.
    """
    n, value = len(values), sum(values) / len(values)
    apart: dict[str, float] = {}
    for key, score in zip(groups, values, strict=True):
        apart[key] = apart.get(key, 0.0) + score - value
    count = len(apart)
    if count < 2 or not any(apart.values()):  # all alike: as if each group were one item
        low, high = wilson(round(value * count), count)
        return Score(value, low, high, n, count)
    error = sqrt(sum(total**2 for total in apart.values()) * count / (count - 1)) / n
    half = student_t(count - 1) * error
    low, high = value - half, value + half
    if min(values) >= 0 and max(values) <= 1:  # a share
        low, high = max(low, 0.0), min(high, 1.0)
    return Score(value, low, high, n, count)


# --8<-- [end:intervals]


def near_ends(score: Mapping[str, float]) -> dict[str, float]:
    """Give a recorded share that is nearly 0 or 1 the interval of Wilson, as if each group were one item.

    A t interval is too narrow there: of hundreds of items, hardly any differ from the others.

    Args:
        score: a :class:`Score` as a record holds it.

    Returns:
        The same score; only an interval of a share below 0.05 or above 0.95 is another one.
    """
    if 0.05 <= score["value"] <= 0.95:
        return dict(score)
    groups = round(score["groups"])
    low, high = wilson(round(score["value"] * groups), groups)
    return {**score, "low": low, "high": high}
