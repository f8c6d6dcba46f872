"""What is held out: a key decides, once and for all, on which side of the split an item lies.

An item is a name, a word, a sentence, a sum. Its *key* leaves out what does not make it new: for a
sentence the articles, adjectives and numbers. The CRC-32 of the key decides, so every generator,
every seed and every machine agree, and no list of held-out items is needed.
"""

# --8<-- [start:imports]
from collections.abc import Callable
from typing import TypeVar
from zlib import crc32

SPLITS = ("train", "held-out")
T = TypeVar("T")
# --8<-- [end:imports]


# --8<-- [start:split]
def split_of(key: str, one_in: int = 10) -> str:
    """Say which split a key belongs to: one key in ``one_in`` is held out."""
    return "held-out" if crc32(key.encode()) % one_in == 0 else "train"


def draw(make: Callable[[], T], key: Callable[[T], str], split: str) -> T:
    """Make items until one belongs to ``split``."""
    while split_of(key(item := make())) != split:
        pass
    return item


# --8<-- [end:split]
