"""A reader of the built site: a browser that visits its pages as somebody who was never there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from coursekit.built.bars import transferred
from coursekit.built.checks import Site
from coursekit.built.visiting import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

__all__ = ["DESKTOP", "PHONE", "ZOOMED", "Places", "Reader"]

DESKTOP: "ViewportSize" = {"width": 1440, "height": 900}
PHONE: "ViewportSize" = {"width": 390, "height": 844}
ZOOMED: "ViewportSize" = {"width": 640, "height": 450}  # 1280 pixels at 200 %
LIMIT = 120_000  # milliseconds for a browser to do anything at all: a net below the figures


@dataclass(frozen=True)
class Places:
    """The pages that the design names.

    Attributes:
        lesson: the page that is printed and looked at closely.
        self_test: the page that asks about all others.
        pipeline: the page with the picture of the pipeline.
        names: pages of the reference with long names.
        lab: a page that is a notebook.
    """

    lesson: str = "lesson-4/prompting/"
    self_test: str = "lesson-4/self-test/"
    pipeline: str = "lesson-4/"
    names: tuple[str, ...] = (
        "reference/",
        "reference/quantization.quantization_aware_training/",
        "reference/prompting.prompts/",
    )
    lab: str = "lesson-5/tokenizer/"

    @property
    def kinds(self) -> tuple[str, ...]:
        """A page of each kind: what the theme does at some width, it does on one of these."""
        return ("", self.lesson, self.self_test, self.pipeline, self.lab, *self.names)


@dataclass
class Reader:
    """A browser before a site.

    Attributes:
        chromium: a browser, started.
        url: address of the site.
        site: its files.
        places: the pages that the design names.
        everywhere: whether each page is laid out at each width and judged by axe in light and dark colors,
            or only one of each kind, in dark colors where it has a look that none before it had. All others
            are then laid out for a desktop, a zoomed one, a phone and the smallest phone.
        complaints: all that the browser complained of on the way.
        sizes: bytes of each page before any click, with all that comes with it.
        requests: how many addresses each page asked for.
    """

    chromium: "Browser"
    url: str
    site: Site
    places: Places = field(default_factory=Places)
    everywhere: bool = True
    complaints: list[str] = field(default_factory=list)
    sizes: dict[str, float] = field(default_factory=dict)
    requests: dict[str, float] = field(default_factory=dict)
    _travels: dict[Path, int] = field(default_factory=dict)

    @contextmanager
    def visit(self, size: "ViewportSize", **options: Any) -> Iterator[Visit]:
        """A visit in a window of some size, by a reader who was never there."""
        context = self.chromium.new_context(
            viewport=size, reduced_motion="reduce", **options
        )  # fmt: skip
        context.set_default_timeout(LIMIT)
        seen = Visit(context.new_page(), self.url)
        try:
            yield seen
        finally:
            self.complaints += seen.complaints
            context.close()

    @property
    def paths(self) -> list[str]:
        """The addresses of the pages, of the reference those with long names alone."""
        names = [file.relative_to(self.site.root).as_posix() for file in self.site.html_files]
        found = [name.removesuffix("index.html") for name in names if name.endswith("index.html")]
        return [
            path for path in found if not path.startswith("reference/") or path in self.places.names
        ]

    def weigh(self, path: str, seen: Visit) -> None:
        """Take down what a page asked for before any click, and what that weighs as it travels."""
        asked = {
            unquote(urlsplit(url).path).lstrip("/")
            for url in seen.asked
            if url.startswith(seen.url)
        }
        files = [self.site.root / name for name in asked]
        files = [file / "index.html" if file.is_dir() else file for file in files]
        for file in files:  # most come with each page, and to compress one takes its time
            self._travels[file] = self._travels.get(file) or transferred(file)
        self.sizes[path or "the first page"] = sum(map(self._travels.__getitem__, files)) / 1000
        self.requests[path or "the first page"] = len(asked)
