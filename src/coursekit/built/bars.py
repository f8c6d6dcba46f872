"""The bars that the site has to meet: what was measured, beside the limit that was set for it.

This module knows what a bar is, and measures what the files of a built site tell by themselves;
:mod:`coursekit.built.visits` measures what it takes a browser to see.
"""

import gzip
import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mkdocs.config import load_config

from coursekit.built.checks import Site, third_party_problems
from coursekit.config import Config
from coursekit.site import groups, reference, sharing

__all__ = ["Bar", "at_least", "at_most", "by_people", "files", "tag_faults", "transferred"]

TAG = re.compile(r'<meta property="og:(?P<key>[\w:]+)" content="(?P<value>[^"]*)">')
CANONICAL = re.compile(r'<link rel="canonical" href="(?P<url>[^"]*)"')
MINUTES = re.compile(r'class="shown" data-short="(?P<short>\d+)"')
DRAWING = re.compile(r'<div class="pipeline".*?</div>', re.DOTALL)
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
SCRIPT = "docs/assets/js/progress.js"
KB = 1000


@dataclass(frozen=True)
class Bar:
    """A figure and its limit.

    Attributes:
        step: of the design of the site, 1 to 13.
        what: what was measured.
        figure: what came out.
        limit: what it may come to.
        unit: of both.
        least: whether the limit is the least that it has to come to, not the most.
        at: where the figure was the worst.
    """

    step: int
    what: str
    figure: float
    limit: float
    unit: str = ""
    least: bool = False
    at: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure keeps its limit."""
        return self.figure >= self.limit if self.least else self.figure <= self.limit

    def __str__(self) -> str:
        """One line: the verdict, the step, the figure and its limit."""
        verdict = "ok" if self.met else "MISSED"
        side = "at least" if self.least else "at most"
        where = f"  {self.at}" if self.at and (self.limit or not self.met) else ""
        unit = f" {self.unit}" if self.unit else ""
        said = f"{self.what}: {self.figure:,g}{unit} ({side} {self.limit:,g})"
        return f"{verdict:6}  B{self.step:<2}  {said}{where}"


def at_most(
    step: int, what: str, figures: float | Mapping[str, float], limit: float, unit: str = ""
) -> Bar:
    """A bar for the largest of some figures.

    Args:
        step: of the design, 1 to 13.
        what: what was measured.
        figures: one figure, or one for each place.
        limit: the most that it may come to.
        unit: of both.
    """
    places = figures if isinstance(figures, Mapping) else {"": figures}
    at = max(places, key=lambda place: places[place], default="")
    return Bar(step, what, round(places.get(at, 0), 4), limit, unit, at=at)


def at_least(step: int, what: str, figure: float, limit: float, unit: str = "") -> Bar:
    """A bar for a figure that must not be smaller than its limit.

    Args:
        step: of the design, 1 to 13.
        what: what was measured.
        figure: what came out.
        limit: the least that it has to come to.
        unit: of both.
    """
    return Bar(step, what, round(figure, 4), limit, unit, least=True)


def by_people() -> list[str]:
    """What only people can judge, so that nobody takes it for measured."""
    return [
        "B3   five people who see the first page for ten seconds say what it is, for whom, how long",
        "B4   a screen reader says of a page in the menu whether it was read, and how well",
        "B9   headings look the same on Windows, macOS and Linux",
    ]


def files(site: Site, config: Config) -> Iterator[Bar]:
    """The bars that the files of a built site tell by themselves.

    Args:
        site: the built site.
        config: the course that it was built from.
    """
    index = site.root / "search" / "search_index.json"
    docs = json.loads(index.read_text("utf-8"))["docs"]
    yield at_most(2, "search index as it travels", transferred(index) / KB, 100, "KB")
    script = config.root / SCRIPT
    yield at_most(4, "script that remembers what was read", transferred(script) / KB, 2, "KB")
    texts = {_name(file, site): file.read_text("utf-8") for file in site.html_files}
    minutes = {
        name: float(found["short"])
        for name, text in texts.items()
        if (found := MINUTES.search(text))
    }
    yield at_most(6, "longest short path", minutes, 10, "min")
    fonts = [file.stat().st_size for file in site.root.rglob("*.woff2")]
    yield at_most(9, "all fonts", sum(fonts) / KB, 45, "KB")
    yield at_most(10, "modules that are not in exactly one group", _lone_modules(config), 0)
    own = [entry for entry in docs if entry["location"].startswith(f"{reference.FOLDER}/")]
    others = [entry for entry in docs if entry not in own]
    share = _weight(docs) - _weight(others)
    yield at_most(10, "what the reference adds to the search index", share / KB, 8, "KB")
    drawings = {
        name: sum(len(svg.encode()) for svg in SVG.findall(found.group())) / KB
        for name, text in texts.items()
        if (found := DRAWING.search(text))
    }
    yield at_most(12, "picture of the pipeline, both versions", drawings, 4.096, "KB")
    wrong = {name: count for name, count in tag_faults(site).items() if count}
    yield Bar(13, "pages whose tags for shared links are wrong", len(wrong), 0, at=", ".join(wrong))
    pictures = {file.name: file.stat().st_size / KB for file in _pictures(site)}
    yield at_most(13, "largest picture of a shared link", pictures, 60, "KB")
    foreign = len(third_party_problems(site))
    yield at_most(1, "files that a page would load from others", foreign, 0)


def transferred(file: Path) -> int:
    """The bytes that a file has as it travels: compressed, unless that makes it larger."""
    data = file.read_bytes()
    return min(len(data), len(gzip.compress(data, 9)))


def _name(file: Path, site: Site) -> str:
    return file.relative_to(site.root).as_posix().removesuffix("index.html") or "the first page"


def _weight(docs: list[object]) -> int:
    return len(gzip.compress(json.dumps(docs, separators=(",", ":")).encode()))


def _lone_modules(config: Config) -> int:
    modules = list(reference.modules(config))
    nav = load_config(str(config.root / "mkdocs.yml")).nav or []
    found = groups.grouped(groups.in_order(nav, config), reference.modules(config))
    listed = [name for group in found for name in group.modules]
    return sum(listed.count(name) != 1 for name in {*modules, *listed})


def _pictures(site: Site) -> list[Path]:
    return sorted((site.root / sharing.FOLDER).glob("*"))


def tag_faults(site: Site) -> dict[str, float]:
    """For each page, how many of its tags for shared links are wrong.

    A page with a canonical address has all tags, and a picture that is there and of the size that is
    stated. A page without has none.
    """
    found = {}
    for file in site.html_files:
        text = file.read_text("utf-8")
        if file.name != "index.html" or "<title>Moved</title>" in text:
            continue
        tags = {match["key"]: match["value"] for match in TAG.finditer(text)}
        canonical = CANONICAL.search(text)
        name = _name(file, site)
        found[name] = float(_wrong(tags, canonical["url"], site) if canonical else len(tags))
    return found


def _wrong(tags: Mapping[str, str], url: str, site: Site) -> int:
    wanted = ("type", "title", "description", "url", "image", "image:width", "image:height")
    missing = sum(not tags.get(key) for key in wanted)
    if missing:
        return missing
    picture = site.root / sharing.FOLDER / tags["image"].rpartition("/")[2]
    if not picture.is_file():
        return 1
    size = struct.unpack(">II", picture.read_bytes()[16:24])
    stated = (int(tags["image:width"]), int(tags["image:height"]))
    return (tags["url"] != url) + (size != stated)
