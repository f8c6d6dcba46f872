"""Texts that say the same: exact copies by hash, near copies by MinHash and locality-sensitive hashing."""

# --8<-- [start:imports]
import hashlib
import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lessons.data_preparation.similarity import shingles

# --8<-- [end:imports]


# --8<-- [start:exact]
def fingerprint(text: str) -> bytes:
    """Hash a text to 16 bytes; case, spaces and all marks do not count, also those of sums and code."""
    words = " ".join(re.findall(r"\w+", text.lower()))
    return hashlib.blake2b(words.encode(), digest_size=16).digest()


# --8<-- [end:exact]


# --8<-- [start:minhash]
PRIME = 2**31 - 1
Signature = NDArray[np.uint32]


class MinHash:
    """Signatures of sets: two agree at a place as often as the sets are similar (Broder 1997).

    Args:
        places: numbers in a signature.
        seed: of the hash functions ``(a x + b) mod PRIME``, one for each place.
    """

    def __init__(self, places: int, seed: int = 0) -> None:
        chance = np.random.default_rng(seed)
        self.a = chance.integers(1, PRIME, (places, 1), dtype=np.uint64)
        self.b = chance.integers(0, PRIME, (places, 1), dtype=np.uint64)

    def __call__(self, items: set[str]) -> Signature:
        """Return the signature of a set that is not empty, shape (places,)."""
        hashes = np.array([crc32(item.encode()) for item in items], dtype=np.uint64)
        mixed = (self.a * (hashes % PRIME) + self.b) % PRIME  # (places, items), below 2**62
        signature: Signature = mixed.min(axis=1).astype(np.uint32)
        return signature


# --8<-- [end:minhash]


# --8<-- [start:lsh]
def band_keys(signature: Signature, rows: int) -> list[bytes]:
    """Cut a signature into bands of ``rows`` numbers, each a key that says which band it is."""
    bands = signature.reshape(-1, rows)
    return [bytes([number]) + band.tobytes() for number, band in enumerate(bands)]


def chance_to_meet(similarity: float, bands: int, rows: int) -> float:
    """Return how likely two sets share at least one band: ``1 - (1 - s^rows)^bands``."""
    return 1 - (1 - similarity**rows) ** bands


class NearDuplicates:
    """Remembers what it has seen; asked about a text, it names an earlier one that is alike.

    Args:
        size: words in a shingle.
        bands: in a signature.
        rows: in a band.
    """

    def __init__(self, size: int, bands: int, rows: int) -> None:
        self.size, self.rows = size, rows
        self.minhash = MinHash(bands * rows)
        self.first: dict[int, str] = {}  # hash of a band -> the first text that had it

    def keys(self, text: str) -> list[int]:
        """Return what decides about a text: 8 bytes for each of its bands."""
        bands = band_keys(self.minhash(shingles(text, self.size)), self.rows)
        return [_hash64(band) for band in bands]

    def add(self, name: str, keys: Sequence[int]) -> str | None:
        """Remember a text by its keys, and return the earlier text that it meets, if any."""
        met = next((self.first[key] for key in keys if key in self.first), None)
        for key in keys:
            self.first.setdefault(key, met or name)
        return met


def _hash64(band: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(band, digest_size=8).digest())


# --8<-- [end:lsh]
