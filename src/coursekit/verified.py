"""When a page's blocks last ran, and on which versions.

The test run writes it, the site shows it. A record of another text than the page's is no record.
"""

import datetime
import hashlib
import importlib.metadata
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.page import Page

__all__ = ["Verified", "read", "write"]

PACKAGES = ("torch", "transformers", "tokenizers")


@dataclass(frozen=True)
class Verified:
    """One test run of a page.

    Attributes:
        digest: hash of the page and of all code it embeds.
        date: day of the run in UTC, YYYY-MM-DD.
        blocks: number of blocks that ran.
        versions: Python's and the packages' versions.
    """

    digest: str
    date: str
    blocks: int
    versions: dict[str, str]


def _file(page: Page, config: Config) -> Path:
    name = "--".join(config.relative(page.path).with_suffix(".json").parts)
    return config.root / ".cache" / "verified" / name


def _digest(page: Page) -> str:
    whole = page.text + "".join(block.code.text for block in page.blocks)
    return hashlib.sha256(whole.encode()).hexdigest()


def _versions() -> dict[str, str]:
    versions = {"Python": sys.version.split()[0]}
    for name in PACKAGES:
        if name in sys.modules:
            versions[name] = importlib.metadata.version(name).partition("+")[0]
    return versions


def write(page: Page, config: Config, blocks: int) -> None:
    """Record that all blocks of the page ran and held."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    record = Verified(_digest(page), today, blocks, _versions())
    write_atomically(_file(page, config), json.dumps(asdict(record), indent=2) + "\n")


def read(page: Page, config: Config) -> Verified | None:
    """The last run of exactly this page, or None if there was none."""
    file = _file(page, config)
    if not file.is_file():
        return None
    record = Verified(**json.loads(file.read_text("utf-8")))
    return record if record.digest == _digest(page) else None
