"""Wrong ways to keep a test out of training texts that people go, each as a function."""

from collections.abc import Callable

from lessons.data_preparation.similarity import jaccard, shingles
from lessons.labs.cleaning_mistakes import score
from lessons.labs.mistakes import Mistake

Found = dict[float, list[int]]  # for each share, the positions that are found with it
Part = tuple[Found, list[int]]  # and the positions that are there
Runs = set[str]


def _of_the_item(text: Runs, item: Runs) -> float:
    return len(text & item) / len(item)


def _of_the_text(text: Runs, item: Runs) -> float:
    return len(text & item) / len(text)


def _leaks_by(measure: Callable[[Runs, Runs], float], size: int = 3) -> Callable[..., list[int]]:
    def leaks(train: list[str], test: list[str], share: float) -> list[int]:
        items = [shingles(item, size) for item in test]
        return [
            at
            for at, text in enumerate(train)
            if any(measure(shingles(text, size), item) >= share for item in items)
        ]

    return leaks


leaks = _leaks_by(_of_the_item)  # the right answer


def _of_the_test(train: list[str], test: list[str], share: float) -> list[int]:
    return [
        at for at, item in enumerate(test) if any(leaks([text], [item], share) for text in train)
    ]


def _equal_only(train: list[str], test: list[str], _: float) -> list[int]:
    return [at for at, text in enumerate(train) if text in test]


def _inside_only(train: list[str], test: list[str], _: float) -> list[int]:
    return [at for at, text in enumerate(train) if any(item in text for item in test)]


def _all_items(train: list[str], test: list[str], share: float) -> list[int]:
    return leaks(train, ["\n".join(test)], share) if test else []


def _above(train: list[str], test: list[str], share: float) -> list[int]:
    return leaks(train, test, share + 1e-9)


def _stay(train: list[str], test: list[str], share: float) -> list[int]:
    return sorted(set(range(len(train))) - set(leaks(train, test, share)))


def _repeated(train: list[str], test: list[str], share: float) -> list[int]:
    return [at for at, text in enumerate(train) for item in test if leaks([text], [item], share)]


def _by_item(train: list[str], test: list[str], share: float) -> list[int]:
    found = [at for item in test for at in leaks(train, [item], share)]
    return list(dict.fromkeys(found))


LEAKS = (
    Mistake(
        "leaks names texts of the test",
        "A test that shrinks is another test, and no longer comparable with others. Training gives way.",
        _of_the_test,
    ),
    Mistake(
        "leaks finds only texts that equal an item",
        "An item with one word exchanged, or behind another text, is still known after training.",
        _equal_only,
    ),
    Mistake(
        "leaks finds only items that are there letter for letter",
        "An item with one word exchanged is still known after training.",
        _inside_only,
    ),
    Mistake(
        "leaks compares by Jaccard similarity",
        "An item inside a long text is a small part of it, so the two are hardly similar. Yet all of it "
        "is there.",
        _leaks_by(jaccard),
    ),
    Mistake(
        "leaks divides by the runs of the training text",
        "Whether an item is known depends on how much of the item is there, however long the text is.",
        _leaks_by(_of_the_text),
    ),
    Mistake(
        "leaks looks at all items together",
        "All of one item out of a hundred is a whole leak. Compare with each item by itself.",
        _all_items,
    ),
    Mistake(
        "leaks compares single words",
        "Any long text has most words of a short item. Compare runs of three words.",
        _leaks_by(_of_the_item, size=1),
    ),
    Mistake(
        "leaks misses texts that hold exactly the share",
        "At least the share is wanted, and equal is enough.",
        _above,
    ),
    Mistake("leaks returns what stays", "The positions that are to go are wanted.", _stay),
    Mistake(
        "leaks names a text once for each item in it",
        "A text goes once. Counted twice, it spoils precision and recall.",
        _repeated,
    ),
    Mistake(
        "leaks loses the order of the training texts",
        "Positions from small to large are wanted, whatever the order of the test.",
        _by_item,
    ),
)


def cost(found: list[int], there: list[int], price: float) -> float:
    """What is lost: each text that goes wrongly costs 1, and each leak that stays costs ``price``."""
    right = len(set(found) & set(there))
    return price * (len(there) - right) + len(found) - right


def best(part: Part, price: float) -> float:
    """The cheapest share on a part; of equally cheap ones the largest."""
    found, there = part
    return min(found, key=lambda share: (cost(found[share], there, price), -share))


def _told(share: float, part: Part) -> tuple[float, float, float]:
    return share, *score(part[0][share], part[1])


def decide(develop: Part, hidden: Part, price: float) -> tuple[float, float, float]:
    """Choose on one part and measure on the other: the right answer."""
    return _told(best(develop, price), hidden)


def _on_hidden(_: Part, hidden: Part, price: float) -> tuple[float, float, float]:
    return _told(best(hidden, price), hidden)


def _told_of_develop(develop: Part, _: Part, price: float) -> tuple[float, float, float]:
    return _told(best(develop, price), develop)


def _on_both(develop: Part, hidden: Part, price: float) -> tuple[float, float, float]:
    def both(share: float) -> tuple[float, float]:
        return sum(cost(part[0][share], part[1], price) for part in (develop, hidden)), -share

    return _told(min(develop[0], key=both), hidden)


def _swapped(develop: Part, hidden: Part, price: float) -> tuple[float, float, float]:
    share, precision, recall = decide(develop, hidden, price)
    return share, recall, precision


def _by_price(change: Callable[[float], float]) -> Callable[..., tuple[float, float, float]]:
    return lambda develop, hidden, price: decide(develop, hidden, change(price))


def _small_first(develop: Part, hidden: Part, price: float) -> tuple[float, float, float]:
    found, there = develop
    share = min(found, key=lambda one: (cost(found[one], there, price), one))
    return _told(share, hidden)


def _by_f1(develop: Part, hidden: Part, _: float) -> tuple[float, float, float]:
    found, there = develop

    def f1(share: float) -> tuple[float, float]:
        right = len(set(found[share]) & set(there))
        return 2 * right / max(1, len(found[share]) + len(there)), share

    return _told(max(found, key=f1), hidden)


DECIDE = (
    Mistake(
        "decide chooses on the hidden part",
        "What is chosen there fits that part by luck, too, and nothing is left to measure on. Choose on "
        "the development part.",
        _on_hidden,
    ),
    Mistake(
        "decide chooses on both parts together",
        "Then the hidden part is hidden no longer. Choose on the development part.",
        _on_both,
    ),
    Mistake(
        "decide tells precision and recall of the part that it chose on",
        "They flatter, since the share was made to fit there. Measure on the hidden part.",
        _told_of_develop,
    ),
    Mistake(
        "decide tells recall first",
        "The order is share, precision, recall.",
        _swapped,
    ),
    Mistake(
        "decide does not look at the price",
        "Where a leak costs as much as fifty texts, another share is best than where it costs one.",
        _by_price(lambda _: 1.0),
    ),
    Mistake(
        "decide puts the price on texts that go wrongly",
        "A leak that stays is what costs the price. A text that goes wrongly costs 1.",
        _by_price(lambda price: 1 / price),
    ),
    Mistake(
        "decide takes what misses the fewest leaks",
        "So nearly everything could go. Weigh leaks that stay against texts that go wrongly.",
        _by_price(lambda _: 1e9),
    ),
    Mistake(
        "decide goes by the F-score",
        "It weighs both errors alike, whatever a leak costs you. Go by the price.",
        _by_f1,
    ),
    Mistake(
        "decide takes the smallest of equally cheap shares",
        "The largest is wanted: it takes the fewest texts out.",
        _small_first,
    ),
)
