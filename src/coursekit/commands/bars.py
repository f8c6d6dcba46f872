"""Prints every bar of the site: what was measured, the limit, and whether it is met."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.built import bars, visits
from coursekit.built.bars import Bar
from coursekit.built.checks import Site
from coursekit.built.reader import Reader
from coursekit.built.visiting import serve
from coursekit.commands import browser
from coursekit.config import Config

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["lines", "run"]

# An address, so that the built pages have the tags of shared links; a set one is kept.
ADDRESS = {"COURSE_SITE_URL": "https://example.org/course/"}


def run(config: Config, site: Path | None = None) -> int:
    """Measure a built site and print its bars; 1 where one is missed.

    Args:
        config: the course.
        site: folder of a site that is built already; by default one is built for this.

    Raises:
        RuntimeError: the site was not built, or there is nothing to look at it with.
    """
    try:
        from playwright.sync_api import sync_playwright

        path = browser.find()
    except (ImportError, browser.NoBrowserError) as error:
        needed = 'the bars need a browser, and Playwright, which is in the extra "dev"'
        raise RuntimeError(f"{needed}: {error}") from error
    with tempfile.TemporaryDirectory() as folder:
        seconds = 0.0 if site else _build(config.root, Path(folder))
        built = Site(site or Path(folder))
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=path, args=browser.ARGUMENTS)
            with reading(chromium, built) as reader:
                found = [*bars.files(built, config), *visits.measured(reader, config.root)]
            chromium.close()
    for line in lines(found, reader, seconds):
        print(line)
    return 0 if all(bar.met for bar in found) else 1


@contextmanager
def reading(chromium: "Browser", site: Site, *, everywhere: bool = True) -> Iterator[Reader]:
    """A browser before a site that is served as long as it reads.

    Args:
        chromium: a browser, started.
        site: the built site.
        everywhere: whether each page is laid out at each width.
    """
    server, url = serve(site.root)
    try:
        yield Reader(chromium, url, site, everywhere=everywhere)
    finally:
        server.shutdown()
        server.server_close()


def lines(found: Iterable[Bar], reader: Reader, seconds: float = 0.0) -> Iterator[str]:
    """The report: the bars by step, what people have to judge, and the totals.

    Args:
        found: the bars.
        reader: who measured them, and weighed each page on the way.
        seconds: what the build took; 0 where there was none.
    """
    ordered = sorted(found, key=lambda bar: bar.step)
    yield from map(str, ordered)
    yield from (f"people  {text}" for text in bars.by_people())
    heaviest = max(reader.sizes, key=lambda path: reader.sizes[path])
    yield (
        f"bytes before any click: {min(reader.sizes.values()):.0f} to {reader.sizes[heaviest]:.0f} KB, "
        f"most for {heaviest}, in at most {max(reader.requests.values()):.0f} requests"
    )
    others = sum("request to" in complaint for complaint in reader.complaints)
    yield f"requests to others: {others}"
    if seconds:
        yield f"build: {seconds:.0f} s, which depends on the machine and is not judged"
    missed = sum(not bar.met for bar in ordered)
    yield (
        f"{missed} of {len(ordered)} bars MISSED" if missed else f"all {len(ordered)} bars are met"
    )


def _build(root: Path, folder: Path) -> float:
    """Build the site as it would be published, and say how many seconds that took."""
    before = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--site-dir",
        str(folder),
    ]
    if subprocess.call(command, cwd=root, env={**ADDRESS, **os.environ}):
        raise RuntimeError("the site was not built")
    return time.monotonic() - before
