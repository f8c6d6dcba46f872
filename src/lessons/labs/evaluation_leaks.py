"""Wrong ways to search for leaked questions, and to leave them out."""

import re
from collections.abc import Callable, Sequence

from lessons.labs.mistakes import Mistake

Cut = Callable[[str], list[str]]
Kept = tuple[list[bool], list[bool], list[str]]


def words(text: str) -> list[str]:
    """The words of a text, small; numbers are words, too."""
    return re.findall(r"\w+", text.lower())


def _runs(own: Sequence[str], size: int) -> list[str]:
    size = min(size, len(own))
    return [" ".join(own[i : i + size]) for i in range(len(own) - size + 1)]


def leaked(
    items: Sequence[str], texts: Sequence[str], size: int, cut: Cut = words, all_runs: bool = False
) -> list[bool]:
    """Which items share a run of words with a text: the right answer, or close to it.

    Args:
        items: questions.
        texts: what was trained on.
        size: words in a run; of a shorter item, all of them.
        cut: takes a text apart into words.
        all_runs: whether each run has to be found.
    """
    read = [f" {' '.join(cut(text))} " for text in texts]
    enough = all if all_runs else any
    return [
        enough(any(f" {run} " in text for text in read) for run in _runs(cut(item), size))
        for item in items
    ]


def _inside(items: Sequence[str], texts: Sequence[str], size: int) -> list[bool]:
    read = [" ".join(words(text)) for text in texts]
    return [any(run in text for run in _runs(words(i), size) for text in read) for i in items]


def _inside_short_ones(items: Sequence[str], texts: Sequence[str], size: int) -> list[bool]:
    found = zip(items, leaked(items, texts, size), _inside(items, texts, size), strict=True)
    return [part if len(words(item)) < size else whole for item, whole, part in found]


def _whole(items: Sequence[str], texts: Sequence[str], _: int) -> list[bool]:
    return leaked(items, texts, 10**6)


def _any_order(items: Sequence[str], texts: Sequence[str], size: int) -> list[bool]:
    read = [{*words(text)} for text in texts]
    return [
        any(len({*words(item)} & text) >= min(size, len({*words(item)})) for text in read)
        for item in items
    ]


def _without_the_last(items: Sequence[str], texts: Sequence[str], size: int) -> list[bool]:
    read = [f" {' '.join(words(text))} " for text in texts]
    return [
        any(f" {run} " in text for run in _runs(words(item), size)[:-1] for text in read)
        for item in items
    ]


def _no_short_ones(items: Sequence[str], texts: Sequence[str], size: int) -> list[bool]:
    found = leaked(items, texts, size)
    return [hit and len(words(item)) >= size for hit, item in zip(found, items, strict=True)]


LEAKED = (
    Mistake(
        "leaked reads across the end of a text",
        "A run that begins in one text and ends in the next was never read as one.",
        lambda items, texts, size: leaked(items, [" ".join(texts)], size),
    ),
    Mistake(
        "leaked finds parts of words",
        "The 3 of 31 is not the word 3. Compare whole words.",
        _inside,
    ),
    Mistake(
        "leaked finds parts of words where a question is short",
        "The 3 of 31 is not the word 3. Compare whole words, of short questions too.",
        _inside_short_ones,
    ),
    Mistake(
        "leaked goes by capitals and marks",
        "A copy with another capital or comma is still a copy. words takes both away.",
        lambda items, texts, size: leaked(items, texts, size, cut=str.split),
    ),
    Mistake(
        "leaked finds whole questions only",
        "A question that was quoted without its last word has leaked all the same: one run is enough.",
        _whole,
    ),
    Mistake(
        "leaked wants every run of the question",
        "One shared run is enough.",
        lambda items, texts, size: leaked(items, texts, size, all_runs=True),
    ),
    Mistake(
        "leaked minds neither order nor neighborhood",
        "Two texts about the same things share words. A run is words that stand side by side, in order.",
        _any_order,
    ),
    Mistake(
        "leaked misses the last run of a question",
        "Of five words, the runs of three begin at the first, the second and the third.",
        _without_the_last,
    ),
    Mistake(
        "leaked passes over short questions",
        "A question that has fewer words than a run can leak, too: then all of its words are the run.",
        _no_short_ones,
    ),
)


def _kept(
    old: Sequence[bool], new: Sequence[bool], groups: Sequence[str], keep: Sequence[bool]
) -> Kept:
    rows = [row for row, wanted in enumerate(keep) if wanted]
    return [old[row] for row in rows], [new[row] for row in rows], [groups[row] for row in rows]


def clean(
    old: Sequence[bool], new: Sequence[bool], groups: Sequence[str], leaks: Sequence[bool]
) -> Kept:
    """Leave out the groups of which a question leaked: the right answer."""
    out = {key for key, leak in zip(groups, leaks, strict=True) if leak}
    return _kept(old, new, groups, [key not in out for key in groups])


def _questions_only(
    old: Sequence[bool], new: Sequence[bool], groups: Sequence[str], leaks: Sequence[bool]
) -> Kept:
    return _kept(old, new, groups, [not leak for leak in leaks])


def _the_leaked_ones(
    old: Sequence[bool], new: Sequence[bool], groups: Sequence[str], leaks: Sequence[bool]
) -> Kept:
    return _kept(old, new, groups, leaks)


def _new_only(
    old: Sequence[bool], new: Sequence[bool], groups: Sequence[str], leaks: Sequence[bool]
) -> Kept:
    _, left, keys = clean(old, new, groups, leaks)
    return [*old], left, keys


def _new_only_alone(
    old: Sequence[bool], new: Sequence[bool], groups: Sequence[str], leaks: Sequence[bool]
) -> Kept:
    _, left, keys = _questions_only(old, new, groups, leaks)
    return [*old], left, keys


def _wrong_instead(
    old: Sequence[bool], new: Sequence[bool], groups: Sequence[str], leaks: Sequence[bool]
) -> Kept:
    return [*old], [hit and not leak for hit, leak in zip(new, leaks, strict=True)], [*groups]


_ONE_MODEL = (
    "The old model would be scored on questions that the new one no longer answers, so their difference "
    "is one of the questions, not of the models."
)
CLEAN = (
    Mistake("clean leaves the leaked questions out for one model only", _ONE_MODEL, _new_only),
    Mistake(
        "clean leaves the leaked questions out for one model only", _ONE_MODEL, _new_only_alone
    ),
    Mistake(
        "clean leaves out the question that leaked and keeps its group",
        "Who has read 3 + 5 + 1 = 9 knows more about 1 + 5 + 3 than about a new sum. If one question of a "
        "group leaked, none of them is new.",
        _questions_only,
    ),
    Mistake(
        "clean keeps what leaked",
        "Wanted is what the new model cannot have read.",
        _the_leaked_ones,
    ),
    Mistake(
        "clean counts leaked answers as wrong",
        "That punishes a model for a question that tells nothing. Take it out of the test, for both.",
        _wrong_instead,
    ),
)
