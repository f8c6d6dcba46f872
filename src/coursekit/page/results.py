"""The recorded experiments of a course: one JSON file each, which the package of the lessons writes."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from coursekit.config import Config
from coursekit.text import read_text

__all__ = ["names", "record", "records"]


def names(config: Config) -> list[str]:
    """The names of all recorded experiments, in order."""
    return sorted(file.stem for file in (config.root / config.results).glob("*.json"))


def record(name: str, config: Config) -> Mapping[str, Any]:
    """A recorded experiment: ``summary``, ``cells``, ``seconds`` and others.

    Raises:
        KeyError: there is none of that name.
    """
    file = _file(name, config)
    if not file.is_file():
        raise KeyError(f"no recorded experiment {name!r}; there are {names(config)}")
    return _parsed(read_text(file))


def records(config: Config) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """All recorded experiments by their files, in order."""
    for name in names(config):
        yield _file(name, config), record(name, config)


def _file(name: str, config: Config) -> Path:
    return config.root / config.results / f"{name}.json"


@lru_cache(maxsize=256)  # pages bind dozens of values of one record
def _parsed(text: str) -> Mapping[str, Any]:
    record: Mapping[str, Any] = json.loads(text)
    return record
