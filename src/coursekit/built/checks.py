"""Checks on the built site: that it shows what the pages say, and asks nobody else for anything.

Each function returns what is wrong, and nothing if all is well.
"""

import argparse
import gzip
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from coursekit.config import Config
from coursekit.markup import OPTIONAL_END, Code, Html
from coursekit.page.contents import Block, Page
from coursekit.parser import load
from coursekit.problems import Problem
from coursekit.site.csp import META, policy

__all__ = [
    "Site",
    "all_problems",
    "equality_problems",
    "form_problems",
    "link_problems",
    "main",
    "policy_problems",
    "third_party_problems",
    "weight_problems",
]

# Bytes of a page's HTML, compressed: what a slow line has to carry. A page with seven figures has each
# of them for two widths, with its numbers as a table.
PAGE_LIMIT = 52_000
LAB_LIMIT = 100_000  # bytes of a notebook page as it is
INDEX_LIMIT = 150_000  # bytes of the search index, compressed; it comes with the first search
CSS_URL = re.compile(r"""(?:url\(\s*|@import\s+)["']?(?P<url>[^"')\s;]+)""")


@dataclass(frozen=True)
class Site:
    """A built site."""

    root: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.resolve())

    @cached_property
    def files(self) -> frozenset[Path]:
        """All files."""
        return frozenset(path for path in self.root.rglob("*") if path.is_file())

    @cached_property
    def html_files(self) -> list[Path]:
        """All HTML files, in order."""
        return sorted(file for file in self.files if file.suffix == ".html")

    @cached_property
    def pages(self) -> dict[Path, Html]:
        """All HTML files, parsed."""
        return {file: Html.parse(file.read_text("utf-8")) for file in self.html_files}

    @cached_property
    def target(self) -> Callable[[Path, str], Path | None]:
        """Tells the file that a path leads to, from a folder of the site; None where there is none."""

        @cache  # all pages of a folder have the navigation's links
        def find(folder: Path, path: str) -> Path | None:
            start = self.root if path.startswith("/") else folder
            place = Path(os.path.normpath(start / path.lstrip("/")))
            return next((f for f in (place / "index.html", place) if f in self.files), None)

        return find

    def problem(self, file: Path, line: int, message: str) -> Problem:
        """A problem in a file of the site."""
        return Problem(file.relative_to(self.root), line, message)


def all_problems(site: Site, config: Config) -> list[Problem]:
    """Everything that is wrong with the built site."""
    return [
        *equality_problems(site, config),
        *third_party_problems(site),
        *link_problems(site),
        *policy_problems(site),
        *form_problems(site),
        *weight_problems(site),
    ]


def html_file(page: Path, site: Site, config: Config) -> Path:
    """Where a page of ``docs/`` stands in the built site."""
    inner = page.relative_to(config.root / "docs")
    folder = inner.parent if inner.name == "index.md" else inner.with_suffix("")
    return site.root / folder / "index.html"


def equality_problems(site: Site, config: Config) -> list[Problem]:
    """Pages whose HTML does not show exactly the code and outputs that the parser finds."""
    problems: list[Problem] = []
    for path in config.page_files:
        if not path.is_relative_to(config.root / "docs"):
            continue
        file = html_file(path, site, config)
        if file not in site.pages:
            message = "this page is missing from the built site; add it to nav in mkdocs.yml"
            problems.append(Problem(config.relative(path), 1, message))
            continue
        problems += _unequal(load(path, config), site.pages[file], config)
    return problems


def _unequal(page: Page, html: Html, config: Config) -> Iterator[Problem]:
    shown = config.relative(page.path)
    outputs = page.outputs
    codes = [b for b in page.blocks if not b.kind.printed and not b.kind.renders_itself]
    for what, wanted, found in (
        ("code blocks", codes, [c for c in html.codes if c.language != "output"]),
        ("outputs", outputs, [c for c in html.codes if c.language == "output"]),
    ):
        if len(wanted) != len(found):
            message = f"{len(wanted)} {what} on the page, {len(found)} in the built HTML"
            yield Problem(shown, _first_difference(wanted, found), message)
            continue
        for block, code in zip(wanted, found, strict=True):
            if block.language != code.language:
                message = f"{block.language} on the page is {code.language} in the built HTML"
                yield Problem(shown, block.line, message)
            elif _plain(block.code.text) != _plain(code.text):
                yield Problem(shown, block.line, f"{what[:-1]} differs in the built HTML")


def _first_difference(wanted: list[Block], found: list[Code]) -> int:
    for block, code in zip(wanted, found, strict=False):
        if _plain(block.code.text) != _plain(code.text):
            return block.line
    return wanted[len(found)].line if len(wanted) > len(found) else 1


def _plain(text: str) -> str:
    """Text without what Markdown may change: tabs, and blanks on blank lines."""
    lines = text.strip("\n").expandtabs(4).split("\n")
    return "\n".join(line if line.strip() else "" for line in lines).strip("\n")


def third_party_problems(site: Site) -> list[Problem]:
    """Resources that a page or a style sheet would fetch from another server."""
    problems = [
        site.problem(file, line, f"loads {url} from another server; copy it into docs/assets")
        for file, html in site.pages.items()
        for line, url in html.resources
        if urlsplit(url).netloc
    ]
    for file in sorted(site.root.rglob("*.css")):
        for match in CSS_URL.finditer(file.read_text("utf-8")):
            if urlsplit(match["url"]).netloc:
                message = f"loads {match['url']} from another server"
                problems.append(site.problem(file, 1, message))
    return problems


def link_problems(site: Site) -> list[Problem]:
    """Links and resources inside the site that lead nowhere, and ids that a page uses twice."""
    problems = []
    for file, html in site.pages.items():
        for line, url in html.links + html.resources:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            if message := _broken(site, file, url):
                problems.append(site.problem(file, line, message))
        problems += [
            site.problem(file, 1, f"{count} elements have the id {name!r}")
            for name, count in sorted(Counter(html.ids).items())
            if count > 1
        ]
    return problems


def _broken(site: Site, file: Path, url: str) -> str:
    path, anchor = urldefrag(url.split("?")[0] if "#" not in url else url)
    path, anchor = unquote(path.split("?")[0]), unquote(anchor)
    target = site.target(file.parent, path) if path else file
    if target is None:
        return f"link to {url}: no such file in the site"
    page = site.pages.get(target)
    if anchor and page and anchor not in page.ids:
        return f"link to {url}: that page has no element with the id {anchor!r}"
    return ""


def policy_problems(site: Site) -> list[Problem]:
    """Pages without the policy that they need and no wider one, or with styles that it blocks."""
    problems = []
    for file, html in site.pages.items():
        text = file.read_text("utf-8")
        found = META.search(text)
        if found is None:
            problems.append(site.problem(file, 1, "no content security policy"))
            continue
        needed = policy(META.sub("", text))
        if found["policy"] != needed:
            message = f"its policy is not the one that it needs, {needed!r}"
            problems.append(site.problem(file, 1, message))
        message = "an inline style, which the policy blocks"
        problems += [site.problem(file, line, message) for line in html.styled]
    return problems


def form_problems(site: Site) -> list[Problem]:
    """Elements that nothing closes, and what says nothing, or too little, to who cannot see it.

    Decoration may say nothing, with an empty ``alt``. Headings may go deeper by one level at a time.
    """
    wordless = 'an image without alt="what it shows"'
    silent = "<{}> without a word: a screen reader has nothing to say of it"
    deep = "a heading of level {} under one of level {}: the one between is missing"
    return [
        site.problem(file, line, message)
        for file, html in site.pages.items()
        for line, message in [
            *(
                (line, f"<{tag}> is never closed; add </{tag}>")
                for line, tag in html.unclosed
                if tag not in OPTIONAL_END
            ),
            *((line, wordless) for line, words in html.images if words is None),
            *((line, silent.format(tag)) for line, tag in html.wordless),
            *(
                (line, deep.format(level, above))
                for (_, above), (line, level) in pairwise(html.headings)
                if level > above + 1
            ),
        ]
    ]


def weight_problems(site: Site) -> list[Problem]:
    """Pages and a search index that weigh too much."""
    problems = []
    for file in site.html_files:
        text = file.read_bytes()
        lab = b'class="jupyter-wrapper"' in text
        size = len(text) if lab else len(gzip.compress(text))
        limit, what = (LAB_LIMIT, "HTML") if lab else (PAGE_LIMIT, "HTML, compressed")
        if size > limit:
            message = f"{size:,} bytes of {what}; the limit is {limit:,}"
            problems.append(site.problem(file, 1, message))
    index = site.root / "search" / "search_index.json"
    if index.is_file() and (size := len(gzip.compress(index.read_bytes()))) > INDEX_LIMIT:
        message = f"the search index has {size:,} bytes compressed; the limit is {INDEX_LIMIT:,}"
        problems.append(site.problem(index, 1, message))
    return problems


def main(arguments: list[str] | None = None) -> int:
    """Print what is wrong with a built site; 1 if anything is."""
    parser = argparse.ArgumentParser(
        prog="python -m coursekit.built.checks", description=main.__doc__
    )
    parser.add_argument("site", type=Path, help="folder of the built site")
    folder = parser.parse_args(arguments).site.resolve()
    problems = all_problems(Site(folder), Config.load(Path.cwd()))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
