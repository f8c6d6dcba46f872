"""Wrong ways to part messages that people go, each as a function that answers as they would."""

from collections.abc import Callable, Sequence
from typing import Any

from lessons.fine_tuning.sorting_messages import COPY, group, split
from lessons.labs.mistakes import Mistake

Parts = tuple[list[int], list[int], list[int]]


# Part 1: groups


def _linked(count: int, linked: Callable[[int, int], bool]) -> list[int]:
    """Group messages of which two are linked, over any number of steps."""
    found = list(range(count))
    for place in range(count):
        for before in range(place):
            if linked(before, place) and found[before] != found[place]:
                old, new = max(found[before], found[place]), min(found[before], found[place])
                found = [new if one == old else one for one in found]
    return found


def _authors_only(authors: list[str], _: list[str]) -> list[int]:
    return _linked(len(authors), lambda one, other: authors[one] == authors[other])


def _by_length(
    authors: list[str], contents: list[str], long: Callable[[str], bool], by_author: bool = True
) -> list[int]:
    def linked(one: int, other: int) -> bool:
        same = contents[one] == contents[other] and long(contents[one])
        return same or (by_author and authors[one] == authors[other])

    return _linked(len(authors), linked)


def _long(said: str) -> bool:
    return len(said.split()) >= COPY


def _one_step(authors: list[str], contents: list[str]) -> list[int]:
    """Each message joins the first one that it is linked to, and groups never meet."""
    found: list[int] = []
    for place, (author, said) in enumerate(zip(authors, contents, strict=True)):
        near = (
            before
            for before in range(place)
            if authors[before] == author or (contents[before] == said and _long(said))
        )
        before = next(near, None)
        found.append(place if before is None else found[before])
    return found


def _alone(authors: list[str], contents: list[str]) -> list[int]:
    """Each message joins the groups of both that it is linked to, and leaves its own group behind."""
    found = list(range(len(authors)))
    seen: dict[tuple[str, str], int] = {}
    for place, (author, said) in enumerate(zip(authors, contents, strict=True)):
        for key in [("author", author), ("content", said)][: 1 + _long(said)]:
            found[place] = min(found[place], found[seen.setdefault(key, place)])
    return found


def _running(authors: list[str], contents: list[str]) -> list[int]:
    groups = group(authors, contents)
    distinct = list(dict.fromkeys(groups))
    return [distinct.index(one) for one in groups]


def _last(authors: list[str], contents: list[str]) -> list[int]:
    groups = group(authors, contents)
    last = {one: place for place, one in enumerate(groups)}
    return [last[one] for one in groups]


GROUP = (
    Mistake(
        "group looks at authors only",
        "Customers pass a text on, and a copy by somebody else tells the answer just as well. So a "
        "long text that stands there twice links its messages, too.",
        _authors_only,
    ),
    Mistake(
        "group looks at copies only",
        "Several messages by one customer are about one matter, and have one label. Who has read the"
        " first knows the others, whatever their words are.",
        lambda authors, contents: _by_length(authors, contents, _long, by_author=False),
    ),
    Mistake(
        "group takes short texts for copies, too",
        "Many customers write a short question in the same words and know nothing of one another. "
        "Linked by those, nearly all messages would be one group that cannot be parted.",
        lambda authors, contents: _by_length(authors, contents, bool),
    ),
    Mistake(
        "group asks for more words than COPY",
        "A text of exactly that many words is long enough: COPY or more.",
        lambda authors, contents: _by_length(
            authors, contents, lambda said: len(said.split()) > COPY
        ),
    ),
    Mistake(
        "group counts characters",
        "COPY is a number of words. Twelve characters are two or three of them, which anybody writes.",
        lambda authors, contents: _by_length(authors, contents, lambda said: len(said) >= COPY),
    ),
    Mistake(
        "group stops after one step",
        "A message can link two groups that were apart before: it is by the author of one, and a "
        "copy of the other. Then all of them belong together, or the copy and the author's other "
        "texts part.",
        _one_step,
    ),
    Mistake(
        "group stops after one step",
        "A message can link two groups that were apart before: it is by the author of one, and a "
        "copy of the other. Then all of them belong together, or the copy and the author's other "
        "texts part.",
        _alone,
    ),
    Mistake(
        "group counts the groups",
        "The number of a group is the place of its first message, so that it does not change when "
        "another group appears before it.",
        _running,
    ),
    Mistake(
        "group goes by the last message",
        "The number of a group is the place of its first message. The order that is drawn goes by "
        "the same numbers.",
        _last,
    ),
)


# Part 1: parts


def deal(
    labels: Sequence[str],
    groups: Sequence[int],
    order: Sequence[int],
    whole: bool = True,
    by_label: bool = True,
    unit: str = "messages",
    past: str = "over",
) -> Parts:
    """Part messages slowly, in one of several ways.

    Args:
        labels: of each message.
        groups: of each message.
        order: of the groups.
        whole: whether a group stays together.
        by_label: whether each label has a fifth of its own.
        unit: what is counted: ``messages`` or ``groups``.
        past: when a part is full: ``over`` once it has a fifth or more; ``more`` once it has more than a
            fifth; ``under``, where a group that would not fit goes elsewhere; ``floor`` once it has a
            fifth, rounded down; ``rest``, where validation gets a fifth of what the test leaves.
    """
    bundles = [[p for p, one in enumerate(groups) if one == number] for number in order]
    if not whole:
        bundles = [[place] for bundle in bundles for place in bundle]
    kinds = [labels[bundle[0]] if by_label else "" for bundle in bundles]
    sizes = [len(bundle) if unit == "messages" else 1 for bundle in bundles]
    enough = {
        kind: sum(size for size, one in zip(sizes, kinds, strict=True) if one == kind) / 5
        for kind in kinds
    }
    parts: Parts = ([], [], [])
    filled: dict[tuple[str, int], int] = {}
    for bundle, kind, size in zip(bundles, kinds, sizes, strict=True):
        target = 0
        for part in (2, 1):
            has = filled.get((kind, part), 0)
            room = {
                "over": has < enough[kind],
                "more": has <= enough[kind],
                "under": has + size <= enough[kind],
                "floor": has < enough[kind] // 1,
                "rest": has < enough[kind] - (part == 1) * filled.get((kind, 2), 0) / 5,
            }[past]
            if room:
                target = part
                break
        filled[kind, target] = filled.get((kind, target), 0) + size
        parts[target].extend(bundle)
    learn, choose, test = map(sorted, parts)
    return learn, choose, test


def _validation_first(labels: list[str], groups: list[int], order: list[int]) -> Parts:
    learn, choose, test = split(labels, groups, order)
    return learn, test, choose


def _turned(labels: list[str], groups: list[int], order: list[int]) -> Parts:
    learn, choose, test = split(labels, groups, order)
    return test, choose, learn


def _kept(labels: list[str], groups: list[int], order: list[int]) -> Parts:
    learn, choose, test = split(labels, groups, order)
    return sorted(learn + choose), choose, test


SPLIT = (
    Mistake(
        "split tears groups apart",
        "One message of a customer is learned from and the next one tested, so the test asks what "
        "has been read. A group goes as a whole, even where that makes a part a little larger than a"
        " fifth.",
        lambda labels, groups, order: deal(labels, groups, order, whole=False),
    ),
    Mistake(
        "split does not look at the labels",
        "Luck decides then how many of the rarest label are tested, perhaps none. Each label has a "
        "fifth of its own.",
        lambda labels, groups, order: deal(labels, groups, order, by_label=False),
    ),
    Mistake(
        "split counts groups",
        "Groups are of different size, so a fifth of the groups may be far from a fifth of the "
        "messages.",
        lambda labels, groups, order: deal(labels, groups, order, unit="groups"),
    ),
    Mistake(
        "split leaves out a group that does not fit",
        "Large groups would never be tested, and they are the customers who write most. Fill a part "
        "until it has a fifth or more.",
        lambda labels, groups, order: deal(labels, groups, order, past="under"),
    ),
    Mistake(
        "split fills a part that is full",
        "A part that has exactly a fifth has enough.",
        lambda labels, groups, order: deal(labels, groups, order, past="more"),
    ),
    Mistake(
        "split rounds the fifth down",
        "Of nine messages with a label, a fifth is 1.8, so a part that has one has less. Rounded "
        "down, a label of four messages would never be tested.",
        lambda labels, groups, order: deal(labels, groups, order, past="floor"),
    ),
    Mistake(
        "split gives validation a fifth of what the test leaves",
        "A fifth is that of all messages with the label, for validation as for the test.",
        lambda labels, groups, order: deal(labels, groups, order, past="rest"),
    ),
    Mistake(
        "split takes the groups in another order",
        "What came first, or has a small number, is no fair sample of what will come. The order was "
        "drawn before anybody looked, so take it as it is.",
        lambda labels, groups, order: split(labels, groups, sorted(order)),
    ),
    Mistake(
        "split fills validation before the test",
        "The test is chosen first. Otherwise whoever asks for more validation later changes the test.",
        _validation_first,
    ),
    Mistake(
        "split returns the test first",
        "The lab unpacks its result: learn, choose, test = split(…). You would train on the test.",
        _turned,
    ),
    Mistake(
        "split leaves the validation messages among those to learn from",
        "Settings would be chosen on what was learned by heart, and the longest training would "
        "always win.",
        _kept,
    ),
)


def three_lists(value: Any) -> bool:
    """Whether something is three lists of whole numbers."""
    return (
        isinstance(value, list | tuple)
        and len(value) == 3
        and all(
            isinstance(part, list | tuple) and all(isinstance(one, int) for one in part)
            for part in value
        )
    )
