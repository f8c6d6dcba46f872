"""When a page's blocks last ran, on which versions, and whether that run still holds.

The test run writes it, the site shows it. A run is known by a key of all that it depended on: the
blocks and what they promise, the definitions they reach, the files they opened, the locked versions,
the machine, and this package, which judged it. While the key is the same the run need not be done again.
"""

import datetime
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.held.reach import Reach
from coursekit.page.contents import Page

__all__ = ["Verified", "holds", "read", "write"]

PACKAGES = ("torch", "transformers", "tokenizers")
# What decides about the processor's instructions, and about the order of sums.
VARIABLES = ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Verified:
    """One test run of a page.

    Attributes:
        shown: hash of what the page shows of it: blocks, outputs, figures.
        key: hash of all that it depended on but the files.
        files: the files of the repository that it opened, and the hash of each.
        date: day of the run in UTC, YYYY-MM-DD.
        blocks: number of blocks that ran.
        versions: Python's and the packages' versions.
    """

    shown: str
    key: str
    files: dict[str, str]
    date: str
    blocks: int
    versions: dict[str, str]


def _file(page: Page, config: Config) -> Path:
    name = "--".join(config.relative(page.path).with_suffix(".json").parts)
    return config.root / ".cache" / "verified" / name


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _shown(page: Page) -> str:
    return _digest(
        [
            [block.kind.name, block.classes, dict(block.attributes), block.code.text]
            for block in page.blocks
            if block.kind.runs or block.kind.compared
        ]
    )


def _key(page: Page, reach: Reach) -> str:
    files = [path for path in reach.files if path.parts[:2] == ("src", "coursekit")]
    settings = [Path("constraints.txt"), Path("pyproject.toml")]
    return _digest(
        {
            "page": reach.page(page),
            "judge": [[path.as_posix(), reach.file(path)] for path in [*files, *settings]],
            "machine": _machine(reach.config),
            "python": sys.version,
            "variables": {name: os.environ.get(name) for name in VARIABLES},
        }
    )


def _machine(config: Config) -> Mapping[str, object]:
    return config.function("machine")() if config.machine else {"cpu": platform.processor()}


def _versions() -> dict[str, str]:
    versions = {"Python": sys.version.split()[0]}
    for name in PACKAGES:
        if name in sys.modules:
            versions[name] = importlib.metadata.version(name).partition("+")[0]
    return versions


def write(page: Page, reach: Reach, opened: Iterable[Path], blocks: int) -> None:
    """Record that all blocks of the page ran and held.

    Args:
        page: the page.
        reach: what the pages of its course can reach.
        opened: the files that its blocks opened, below the repository.
        blocks: how many ran.
    """
    record = Verified(
        shown=_shown(page),
        key=_key(page, reach) if reach.config.closure else "",
        files={path.as_posix(): reach.file(path) for path in sorted(opened)},
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        blocks=blocks,
        versions=_versions(),
    )
    write_atomically(_file(page, reach.config), json.dumps(asdict(record), indent=2) + "\n")


def _read(page: Page, config: Config) -> Verified | None:
    file = _file(page, config)
    if not file.is_file():
        return None
    known = json.loads(file.read_text("utf-8"))
    if set(known) != {field.name for field in fields(Verified)}:
        return None  # written by another version of this package
    return Verified(**known)


def read(page: Page, config: Config) -> Verified | None:
    """The last run of exactly the blocks that the page shows, or None if there was none."""
    record = _read(page, config)
    return record if record and record.shown == _shown(page) else None


def holds(page: Page, reach: Reach) -> bool:
    """Whether the page's last run held, and nothing that it depended on has changed since."""
    record = read(page, reach.config)
    if record is None or not record.key:
        return False
    if any(reach.file(Path(name)) != digest for name, digest in record.files.items()):
        return False
    return record.key == _key(page, reach)
