"""Wrong ways to compare two prompts and to decide that people go, each as a function that answers so."""

from collections.abc import Sequence
from math import ceil, comb, erfc, floor, sqrt
from statistics import NormalDist

from lessons.intervals import wilson
from lessons.labs.mistakes import Mistake

Z, POWER = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.8)
Hits = list[bool]


# Part 3: compare pair by pair


def disagree(new: Hits, old: Hits) -> tuple[int, int]:
    """Where only the new prompt is right, and where only the old one is: the right answer."""
    pairs = list(zip(new, old, strict=True))
    return pairs.count((True, False)), pairs.count((False, True))


DISAGREE = (
    Mistake(
        "all right answers are counted",
        "Where both prompts are right, the question says nothing about which is better.",
        lambda new, old: (sum(new), sum(old)),
    ),
    Mistake(
        "ties count as wins",
        "Where both are right or both are wrong, nobody wins, so such a question belongs to neither count.",
        lambda new, old: (
            sum(a >= b for a, b in zip(new, old, strict=True)), disagree(new, old)[1]
        ),
    ),
    Mistake(
        "gained and lost are swapped",
        "Gained is where the new prompt alone is right.",
        lambda new, old: disagree(new, old)[::-1],
    ),
    Mistake(
        "agreements are counted",
        "Both right, and both wrong: these are the questions that do not tell the prompts apart.",
        lambda new, old: (
            sum(a and b for a, b in zip(new, old, strict=True)),
            sum(not a and not b for a, b in zip(new, old, strict=True)),
        ),
    ),
)  # fmt: skip


def _tail(least: int, n: int) -> float:
    """The chance of at least so many heads of n coins."""
    return float(sum(comb(n, k) for k in range(least, n + 1)) / 2**n)


def p_value(new: Hits, old: Hits) -> float:
    """McNemar's exact test, two-sided: the right answer."""
    gained, lost = disagree(new, old)
    return min(1.0, 2 * _tail(max(gained, lost), gained + lost))


def _unpaired(new: Hits, old: Hits) -> float:
    n = len(new)
    pooled = (sum(new) + sum(old)) / (2 * n)
    error = sqrt(2 * pooled * (1 - pooled) / n)
    return erfc(abs(sum(new) - sum(old)) / n / error / sqrt(2)) if error else 1.0


def _chi_square(new: Hits, old: Hits, correction: int) -> float:
    gained, lost = disagree(new, old)
    apart = max(0, abs(gained - lost) - correction)
    return erfc(apart / sqrt(gained + lost) / sqrt(2)) if gained + lost else 1.0


def _ties_shared(new: Hits, old: Hits) -> float:
    gained, lost = disagree(new, old)
    ties = len(new) - gained - lost
    return min(1.0, 2 * _tail(max(gained, lost) + ties // 2, len(new)))


def _ties_won(new: Hits, old: Hits) -> float:
    n, lost = len(new), disagree(new, old)[1]
    return min(1.0, 2 * _tail(max(n - lost, lost), n))


P_VALUE = (
    Mistake(
        "p is of an unpaired test",
        "Such a test takes the questions of both prompts for different ones. What makes a question hard "
        "makes it hard for both, so it sees less than the data show.",
        _unpaired,
    ),
    Mistake(
        "p is one-sided by mistake",
        "You would also have reported a difference in the other direction, so both directions count.",
        lambda new, old: _tail(max(disagree(new, old)), sum(disagree(new, old))),
    ),
    Mistake(
        "p is one-sided by mistake, in the direction of the new prompt",
        "You would also have reported that the new prompt is worse, so both directions count.",
        lambda new, old: _tail(disagree(new, old)[0], sum(disagree(new, old))),
    ),
    Mistake(
        "p counts ties as wins",
        "Where both are right or both are wrong, nobody wins. As wins they make any prompt look proven.",
        _ties_won,
    ),
    Mistake(
        "p counts ties, half for each side",
        "They tell the prompts apart no better than a question that nobody asked, and hide a difference.",
        _ties_shared,
    ),
    Mistake(
        "p is more than 1",
        "Doubling the tail counts the middle twice where both counts are the same. A chance is at most 1.",
        lambda new, old: 2 * _tail(max(disagree(new, old)), sum(disagree(new, old))),
    ),
    Mistake(
        "p is of the normal approximation",
        "With few disagreements it is off, mostly too small. The exact chance takes one line more.",
        lambda new, old: _chi_square(new, old, 0),
    ),
    Mistake(
        "p is of the normal approximation with a correction",
        "It is near, but the exact chance is as easy to have and needs no excuse.",
        lambda new, old: _chi_square(new, old, 1),
    ),
)


def interval(new: Hits, old: Hits) -> tuple[float, float]:
    """The interval of Bonett and Price: the right answer."""
    return _interval(new, old)


def _interval(
    new: Hits, old: Hits, more: int = 1, z: float = Z, covariance: bool = True, wider: float = 1.0
) -> tuple[float, float]:
    gained, lost = disagree(new, old)
    n = len(new) + 2 * more
    one, other = (gained + more) / n, (lost + more) / n
    variance = one + other - (one - other) ** 2 * covariance
    half = wider * z * sqrt(variance / n)
    return one - other - half, one - other + half


def _unpaired_interval(new: Hits, old: Hits) -> tuple[float, float]:
    n = len(new)
    one, other = sum(new) / n, sum(old) / n
    half = Z * sqrt((one * (1 - one) + other * (1 - other)) / n)
    return one - other - half, one - other + half


def _two_intervals(new: Hits, old: Hits) -> tuple[float, float]:
    (low, high), (least, most) = wilson(sum(new), len(new)), wilson(sum(old), len(old))
    return low - most, high - least


INTERVAL = (
    Mistake(
        "the interval is of unpaired answers",
        "It takes the questions of both prompts for different ones, so it is wider than the data allow.",
        _unpaired_interval,
    ),
    Mistake(
        "the interval is made from the ends of two separate intervals",
        "Each says what luck did to one score. On the same questions luck does much the same to both.",
        _two_intervals,
    ),
    Mistake(
        "nothing is added to the counts",
        "Without it the interval has no width where nothing tells the prompts apart, as if you were sure.",
        lambda new, old: _interval(new, old, more=0),
    ),
    Mistake(
        "the interval holds 90% only",
        "1.64 leaves one in ten outside. Take the Z that is given.",
        lambda new, old: _interval(new, old, z=1.644854),
    ),
    Mistake(
        "the interval is made with a rounded Z",
        "Nobody would mind 1.96, but the check compares to many digits. Take the Z that is given.",
        lambda new, old: _interval(new, old, z=1.96),
    ),
    Mistake(
        "the interval has the wrong sign",
        "It is of the new prompt less the old one, so that more than 0 means better.",
        lambda new, old: tuple(-end for end in reversed(interval(new, old))),
    ),
    Mistake(
        "the interval forgets the square of the difference",
        "The variance of what is 1, 0 or -1 is the mean of its square less the square of its mean.",
        lambda new, old: _interval(new, old, covariance=False),
    ),
    Mistake(
        "the interval divides after the root",
        "The root is of all of the quotient, so n + 2 stands below it, too.",
        lambda new, old: _interval(new, old, wider=1 / sqrt(len(new) + 2)),
    ),
    Mistake(
        "the interval divides by n below the root",
        "Two questions more were added, there as in the shares. So it is n + 2 everywhere.",
        lambda new, old: _interval(new, old, wider=sqrt((len(new) + 2) / len(new))),
    ),
)


# Part 4: plan, choose, decide


def pick(hits: dict[str, Hits], develop: Sequence[int], usual: str) -> str:
    """The prompt with the most right answers on development questions: the right answer."""
    return max(hits, key=lambda name: (sum(hits[name][n] for n in develop), name == usual))


def _others(hits: dict[str, Hits], develop: Sequence[int], usual: str) -> str:
    rest = [n for n in range(len(hits[usual])) if n not in set(develop)]
    return pick(hits, rest, usual)


def _most_gained(hits: dict[str, Hits], develop: Sequence[int], usual: str) -> str:
    return max(hits, key=lambda name: sum(hits[name][n] and not hits[usual][n] for n in develop))


CHOSEN = (
    "The test would praise whatever was lucky in it, and nothing would be left to find that out. "
)
PICK = (
    Mistake(
        "the prompt is chosen on the test",
        f"{CHOSEN}Only development questions may have a say.",
        _others,
    ),
    Mistake(
        "the prompt is chosen on all questions, those of the test too",
        f"{CHOSEN}Only development questions may have a say.",
        lambda hits, _, usual: pick(hits, range(len(hits[usual])), usual),
    ),
    Mistake(
        "of equally good prompts the usual one loses",
        "A change costs something, so it needs a reason. Where the usual prompt is as good, it stays.",
        lambda hits, develop, _: max(hits, key=lambda name: sum(hits[name][n] for n in develop)),
    ),
    Mistake(
        "what a prompt loses is not counted",
        "One that is right where the usual one fails may fail where that is right.",
        _most_gained,
    ),
)


def needed(apart: float, gain: float) -> int:
    """Questions that show a gain in four of five trials: the right answer."""
    return ceil(_needed(apart, gain))


def _needed(apart: float, gain: float, z: float = Z, power: float = POWER) -> float:
    return ((z * sqrt(apart) + power * sqrt(apart - gain**2)) / gain) ** 2


NEEDED = (
    Mistake(
        "the number of questions is rounded down",
        "A part of a question cannot be asked, and one too few is not enough.",
        lambda apart, gain: floor(_needed(apart, gain)),
    ),
    Mistake(
        "the plan finds the gain in one of two trials only",
        "If the gain is as large as you think, half of all measurements find less. POWER is for that.",
        lambda apart, gain: ceil(_needed(apart, gain, power=0)),
    ),
    Mistake(
        "the plan is for a one-sided test",
        "1.64 belongs to one direction. Take the Z that is given, as in your test.",
        lambda apart, gain: ceil(_needed(apart, gain, z=1.644854)),
    ),
    Mistake(
        "the plan forgets to square",
        "Half the gain takes four times as many questions, not twice as many.",
        lambda apart, gain: ceil(sqrt(_needed(apart, gain))),
    ),
    Mistake(
        "the plan counts the disagreements",
        "Most questions do not tell the prompts apart, and you have to ask them all the same.",
        lambda apart, gain: ceil(apart * _needed(apart, gain)),
    ),
    Mistake(
        "the number of questions is rounded to the nearest",
        "271.2 questions cannot be asked, and 271 are not enough.",
        lambda apart, gain: round(_needed(apart, gain)),
    ),
    Mistake(
        "the plan squares only the gain",
        "The square is of the whole quotient, and not of the gain alone.",
        lambda apart, gain: ceil(sqrt(_needed(apart, gain)) / gain),
    ),
    Mistake(
        "the plan takes the gain off, and not its square",
        "Below the second root, what is taken off apart is the square of the gain.",
        lambda apart, gain: ceil(((Z * sqrt(apart) + POWER * sqrt(apart - gain)) / gain) ** 2),
    ),
)
KEEP, CHANGE, MORE = "keep", "change", "not enough data"


def decide(asked: int, planned: int, p: float, low: float, high: float, worth: float) -> str:
    """What the measurement allows to do: the right answer."""
    if asked < planned:
        return MORE
    if high < worth:
        return KEEP
    return CHANGE if p < 0.05 and low > 0 else MORE


def _any_direction(*case: float) -> str:
    asked, planned, p, _, high, worth = case
    if asked < planned:
        return MORE
    return CHANGE if p < 0.05 else KEEP if high < worth else MORE


def _any_gain(*case: float) -> str:
    asked, planned, p, low, high, worth = case
    if asked < planned:
        return MORE
    return CHANGE if p < 0.05 and low > 0 else KEEP if high < worth else MORE


def _middle(*case: float) -> str:
    asked, planned, _, low, high, worth = case
    if asked < planned:
        return MORE
    return CHANGE if (low + high) / 2 >= worth else KEEP


def _strict(*case: float) -> str:
    _, _, _, low, _, worth = case
    found = decide(*case)  # type: ignore[arg-type]
    return MORE if found == CHANGE and low < worth else found


DECIDE = (
    Mistake(
        "it decides before the planned number of questions",
        "Who looks again and again and stops once p is small finds a difference where there is none.",
        lambda _, planned, *rest: decide(planned, planned, *rest),
    ),
    Mistake(
        "as many questions as planned do not count as enough",
        "It is too early with fewer than planned. With exactly as many, the plan is met.",
        lambda asked, planned, *rest: decide(asked - 1, planned, *rest),
    ),
    Mistake(
        "a high end that is just worth it counts as too little",
        "Only a high end below what is worth a change speaks for keeping.",
        lambda asked, planned, p, low, high, worth: decide(
            asked, planned, p, low, high, worth if high != worth else 2 * worth
        ),
    ),
    Mistake(
        "no proof of a difference counts as proof of none",
        "If the interval still holds a gain that would be worth it, nobody knows yet.",
        lambda *case: KEEP if case[0] >= case[1] and decide(*case) == MORE else decide(*case),
    ),
    Mistake(
        "a small p counts whatever its direction",
        "It says that the prompts differ. Which one is better, the interval says.",
        _any_direction,
    ),
    Mistake(
        "a gain counts that is too small to be worth it",
        "With enough questions any difference is proven. If even the high end is too little, keep.",
        _any_gain,
    ),
    Mistake(
        "it goes by the middle of the interval alone",
        "The middle is what you happened to measure. What luck may have done to it stands in the ends.",
        _middle,
    ),
    Mistake(
        "it asks that even the low end is worth it",
        "That is a stricter rule than the one of the docstring, and takes many times the questions.",
        _strict,
    ),
)
