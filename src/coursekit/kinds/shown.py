"""``text``, ``json``, ``yaml`` and others: shown, not run; data must parse."""

import json
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from coursekit import yamltext
from coursekit.config import Config
from coursekit.page.contents import Block, Kind

__all__ = ["SHOWN"]

LOADERS: dict[str, Callable[[str], Any]] = {
    "json": json.loads,
    "yaml": yamltext.read,
    "toml": tomllib.loads,
}


class Shown(Kind):
    """Text of another language."""

    name = "listing"
    languages = frozenset({"text", "json", "yaml", "toml", "markdown", "html", "css", "js", "diff"})
    keys = frozenset({"title"})

    def problems(self, block: Block, config: Config) -> Iterator[str]:
        """Data that does not parse."""
        if block.language in LOADERS:
            try:
                LOADERS[block.language](block.body)
            except (ValueError, yaml.YAMLError) as error:
                yield f"{block.language} does not parse: {error}"


SHOWN = Shown()
