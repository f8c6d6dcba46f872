"""Asks the external addresses that pages name whether they still answer."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from coursekit.config import Config
from coursekit.parser import load
from coursekit.problems import Problem

__all__ = ["broken_links", "external_links"]

ADDRESS = re.compile(r"\]\((https?://[^)\s]+)\)|<(https?://[^>\s]+)>")
SECONDS = 20
# A site that answers one of these is there; it only dislikes programs.
ALIVE = frozenset({401, 403, 405, 429, 503})


def external_links(config: Config) -> Iterator[tuple[Problem, str]]:
    """Every external address in the prose of a page, with its place (as a problem without words)."""
    for file in config.page_files:
        page = load(file, config)
        for offset, text in page.prose():
            for match in ADDRESS.finditer(text):
                place = Problem(config.relative(file), page.line_at(offset + match.start()), "")
                yield place, match[1] or match[2]


def _fault(address: str) -> str | None:
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0 (link check)"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
            return None
    except urllib.error.HTTPError as error:
        return None if error.code in ALIVE else f"{error.code} {error.reason}"
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        return str(error)


def broken_links(config: Config) -> list[Problem]:
    """Addresses that do not answer, each with the place that names it."""
    named = list(external_links(config))
    addresses = sorted({address for _, address in named})
    with ThreadPoolExecutor(8) as pool:
        faults = dict(zip(addresses, pool.map(_fault, addresses), strict=True))
    return [
        Problem(place.path, place.line, f"{address}: {faults[address]}")
        for place, address in named
        if faults[address]
    ]
