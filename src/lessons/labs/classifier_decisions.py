"""Wrong ways to choose a setting and to price labels that people go, as functions that answer so."""

from collections.abc import Sequence
from statistics import fmean, median

from lessons.intervals import clustered
from lessons.labs.mistakes import Mistake

Profit = tuple[float, float, float]


def pick(validation: dict[str, list[float]]) -> str:
    """The setting of the lowest mean cost, the first of several: the right answer."""
    return min(validation, key=lambda name: fmean(validation[name]))


def _last(validation: dict[str, list[float]]) -> str:
    return min(reversed(validation), key=lambda name: fmean(validation[name]))


PICK = (
    Mistake(
        "pick takes the most expensive setting",
        "These are costs, not scores: the lowest is the best.",
        lambda validation: max(validation, key=lambda name: fmean(validation[name])),
    ),
    Mistake(
        "pick goes by the best single run",
        "The best of several runs is the luckiest. The next run, which you will use, is an average "
        "one.",
        lambda validation: min(validation, key=lambda name: min(validation[name])),
    ),
    Mistake(
        "pick goes by the worst single run",
        "That is a matter of one run as well. The docstring asks for the mean.",
        lambda validation: min(validation, key=lambda name: max(validation[name])),
    ),
    Mistake(
        "pick goes by the median",
        "A run that fails costs money, and the median does not see it. The docstring asks for the "
        "mean.",
        lambda validation: min(validation, key=lambda name: median(validation[name])),
    ),
    Mistake(
        "pick goes by the first run",
        "One run tells the luck of one seed.",
        lambda validation: min(validation, key=lambda name: validation[name][0]),
    ),
    Mistake(
        "pick takes the last of equally good settings",
        "They stand in the order of what they cost to run, so of equally good ones the first is "
        "wanted.",
        _last,
    ),
    Mistake(
        "pick returns the cost",
        "The name of the setting is wanted.",
        lambda validation: min(fmean(values) for values in validation.values()),
    ),
)


def costs(
    runs: Sequence[Sequence[int]], truth: Sequence[int], prices: Sequence[Sequence[float]]
) -> list[float]:
    """What each message costs, on average over the runs: the right answer."""
    columns = zip(*runs, strict=True)
    return [
        fmean(prices[label][answer] for answer in column)
        for column, label in zip(columns, truth, strict=True)
    ]


def _by_vote(runs: list[list[int]], truth: list[int], prices: list[list[float]]) -> list[float]:
    votes = [max(sorted(set(column)), key=column.count) for column in zip(*runs, strict=True)]
    return costs([votes], truth, prices)


def _by_run(runs: list[list[int]], truth: list[int], prices: list[list[float]]) -> list[float]:
    return [fmean(costs([run], truth, prices)) for run in runs]


def _errors(runs: list[list[int]], truth: list[int], prices: list[list[float]]) -> list[float]:
    same = [[float(row != column) for column in range(len(prices))] for row in range(len(prices))]
    return costs(runs, truth, same)


COSTS = (
    Mistake(
        "costs turns the table",
        "A row is for the queue where a message belongs, a column for where it was put. A complaint "
        "that is taken for praise does not cost what praise costs that is taken for a complaint.",
        lambda runs, truth, prices: costs(
            runs, truth, [list(column) for column in zip(*prices, strict=True)]
        ),
    ),
    Mistake(
        "costs adds up the runs",
        "One model will be used, not all of them. So each message costs the mean of the runs.",
        lambda runs, truth, prices: [len(runs) * one for one in costs(runs, truth, prices)],
    ),
    Mistake(
        "costs lets the runs vote",
        "Several models that vote are another model, better and more expensive than the one that you"
        " will use.",
        _by_vote,
    ),
    Mistake(
        "costs returns a number for each run",
        "For an interval over customers you need one number for each message.",
        _by_run,
    ),
    Mistake(
        "costs takes the first run only",
        "One run tells the luck of one seed. Take the mean of all.",
        lambda runs, truth, prices: costs(runs[:1], truth, prices),
    ),
    Mistake(
        "costs counts mistakes",
        "Mistakes differ in price. The table says what each one costs.",
        _errors,
    ),
)


def profit(
    before: Sequence[float], after: Sequence[float], groups: Sequence[int], messages: int,
    price: float,
) -> Profit:  # fmt: skip
    """What a change earns, with the ends of its interval: the right answer."""
    saved = [old - new for old, new in zip(before, after, strict=True)]
    score = clustered(saved, [str(one) for one in groups])
    return (
        messages * score.value - price,
        messages * score.low - price,
        messages * score.high - price,
    )


def _apart(
    before: list[float], after: list[float], groups: list[int], messages: int, price: float
) -> Profit:
    names = [str(one) for one in groups]
    old, new = clustered(before, names), clustered(after, names)
    ends = (old.value - new.value, old.low - new.high, old.high - new.low)
    value, low, high = (messages * one - price for one in ends)
    return value, low, high


def _once(
    before: list[float], after: list[float], groups: list[int], _: int, price: float
) -> Profit:
    return profit(before, after, groups, 1, price)


def _price_of_mean(
    before: list[float], after: list[float], groups: list[int], messages: int, price: float
) -> Profit:
    value, low, high = profit(before, after, groups, messages, 0.0)
    return value - price, low, high


def _sums(
    before: list[float], after: list[float], groups: list[int], messages: int, price: float
) -> Profit:
    value, low, high = profit(before, after, groups, messages, price)
    return value, high, low


PROFIT = (
    Mistake(
        "profit has the wrong sign",
        "These are costs: a change saves what it cost before less what it costs after.",
        lambda before, after, groups, messages, price: profit(
            after, before, groups, messages, price
        ),
    ),
    Mistake(
        "profit takes each message for a customer",
        "Messages of one customer are easy together or hard together. Taken one by one, they look "
        "like more evidence than they are, and the interval is too narrow.",
        lambda before, after, _, messages, price: profit(
            before, after, range(len(before)), messages, price
        ),
    ),
    Mistake(
        "profit compares two intervals",
        "The same messages are sorted before and after, so most of their luck cancels. Take the "
        "difference of each message first, then one interval.",
        _apart,
    ),
    Mistake(
        "profit takes the price off the mean only",
        "The ends of the interval are amounts of money, too, and the labels are paid in any case.",
        _price_of_mean,
    ),
    Mistake(
        "profit forgets the price",
        "What is saved is not yet earned: the labels have to be paid.",
        lambda before, after, groups, messages, _: profit(before, after, groups, messages, 0.0),
    ),
    Mistake(
        "profit adds the price",
        "What is paid for is taken off what is saved.",
        lambda before, after, groups, messages, price: profit(
            before, after, groups, messages, -price
        ),
    ),
    Mistake(
        "profit pays for each message",
        "Labels are paid once, however many messages are sorted with what was learned from them.",
        lambda before, after, groups, messages, price: profit(
            before, after, groups, messages, messages * price
        ),
    ),
    Mistake(
        "profit looks at one message only",
        "The labels are paid once, and what is saved, is saved with each message.",
        _once,
    ),
    Mistake(
        "profit returns the high end before the low one",
        "Wanted are the value, its low end and its high end.",
        _sums,
    ),
)
