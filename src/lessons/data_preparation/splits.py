"""Splitting and decontamination: nothing that is tested on may have been trained on."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from zlib import crc32


# --8<-- [start:split]
def side(group: str, one_in: int = 10) -> str:
    """Say on which side of the split a group lies: always the same, whatever else there is."""
    return "validation" if crc32(group.encode()) % one_in == 0 else "train"


# --8<-- [end:split]


def ngrams(text: str, size: int) -> set[str]:
    """List the runs of ``size`` words of a text; none if it is shorter."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + size]) for i in range(len(words) - size + 1)}


class Leaks:
    """Finds texts that contain an item of an evaluation, or a part of one.

    Args:
        items: of the evaluation.
        size: words in a run. Items that are shorter cannot be found.
        share: how many of an item's runs a text must contain; with 0, one is enough.
    """

    def __init__(self, items: Sequence[str], size: int, share: float = 0.0) -> None:
        self.size = size
        self.where: defaultdict[str, set[int]] = defaultdict(set)  # run -> items that have it
        self.needed: dict[int, float] = {}
        for number, item in enumerate(items):
            runs = ngrams(item, size)
            self.needed[number] = max(1, share * len(runs))
            for run in runs:
                self.where[run].add(number)

    def __call__(self, text: str) -> str | None:
        """Give a reason to drop a text, or None."""
        runs = ngrams(text, self.size) & self.where.keys()
        shared = Counter(item for run in runs for item in self.where[run])
        leaked = any(count >= self.needed[item] for item, count in shared.items())
        return "in the evaluation" if leaked else None
