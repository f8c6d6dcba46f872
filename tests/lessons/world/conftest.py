"""Documents of both splits, made once for all tests of the world."""

from collections.abc import Callable
from functools import cache

import pytest

from lessons import world


@pytest.fixture(scope="session")
def training() -> list[str]:
    return [text for seed in range(2) for text in world.documents(seed, 3500)]


@pytest.fixture(scope="session")
def held_out() -> list[str]:
    kinds = {kind: share for kind, share in world.SHARES.items() if kind != "fact"}
    return [text for seed in range(2) for text in world.documents(seed, 600, "held-out", kinds)]


@pytest.fixture(scope="session")
def of_kind() -> Callable[[str, str], list[str]]:
    """Documents of one kind and split, made when they are first asked for."""

    @cache
    def made(kind: str, split: str) -> list[str]:
        return world.documents(7, 1500 if split == "train" else 400, split, {kind: 1})

    return made
