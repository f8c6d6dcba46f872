"""Figures of the workshop: what the site weighs, and what tests, pages and records cost.

Nothing here is a verdict: seconds depend on the machine and on what else it does.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.page.results import records
from coursekit.testing import spent

__all__ = ["lines", "site_lines"]

SLOWEST = 20


def site_lines(root: Path) -> Iterator[str]:
    """Build the site twice: the CPU seconds, and what each page weighs.

    The first build makes what has changed since the last one here; in a new clone that is all.

    Raises:
        RuntimeError: the build failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = ["mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
        for which in ("what changed", "nothing changed"):
            before = spent.cpu()
            if subprocess.call([sys.executable, "-m", *command], cwd=root):
                raise RuntimeError("the site was not built")
            yield f"build of the site, {which}: {spent.cpu() - before:.1f} CPU s"
        built = Path(folder)
        for file in [*sorted(built.rglob("*.html")), built / "search" / "search_index.json"]:
            data = file.read_bytes()
            small = len(gzip.compress(data, 9))
            name = file.relative_to(built).as_posix()
            yield f"{len(data) / 1e3:8.1f} KB {small / 1e3:7.1f} KB gz  {name}"


def lines(config: Config) -> Iterator[str]:
    """What the last runs of tests and the recordings cost, and by file for clones that ran nothing."""
    taken = spent.read(config.root)
    files = spent.by_file(taken)
    yield f"tests, as they last ran here: {sum(files.values()):.0f} CPU s on {os.cpu_count()} cores"
    groups: dict[str, float] = {}
    for name, seconds in files.items():
        group = PurePosixPath(name).parent.as_posix()
        groups[group] = groups.get(group, 0.0) + seconds
    for group, seconds in sorted(groups.items(), key=lambda item: -item[1]):
        yield f"{seconds:8.1f} CPU s  {group}"
    yield f"the slowest {SLOWEST}:"
    for name, seconds in sorted(taken.items(), key=lambda item: -item[1])[:SLOWEST]:
        yield f"{seconds:8.1f} CPU s  {name}"
    yield from _records(config)
    if files:
        whole = {name: round(seconds, 1) for name, seconds in sorted(files.items())}
        write_atomically(config.root / spent.USUAL, json.dumps(whole, indent=1) + "\n")


def _records(config: Config) -> Iterator[str]:
    known = {file.stem: record for file, record in records(config)}
    total = sum(record["seconds"] for record in known.values())
    yield f"{len(known)} records, {total / 60:.0f} minutes to make all of them anew:"
    for name, record in sorted(known.items(), key=lambda item: -item[1]["seconds"]):
        yield f"{record['seconds'] / 60:8.1f} minutes, {record['n']:3} cells  {name}"
