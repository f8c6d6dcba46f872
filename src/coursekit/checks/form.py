"""The form of pages: what Markdown accepts without a word and shows wrong.

A box whose text is not indented is an empty box with a paragraph below it; an element that is never
closed takes the rest of the page with it; a picture without words is nothing to who cannot see it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from coursekit import yamltext
from coursekit.config import Config
from coursekit.markup import Html
from coursekit.page.contents import Page
from coursekit.page.numbers import CODE_SPAN, blank
from coursekit.parser import readable
from coursekit.problems import Problem
from coursekit.text import lines, read_text

__all__ = ["course_problems", "navigation", "own_code", "page_problems"]

BOX = re.compile(r"^(?P<indent> *)(?:!!!|\?\?\?\+?) +[\w\"].*$", re.MULTILINE)
NEXT_LINE = re.compile(r"\n(?P<blanks>[ \t]*)\S")
NAMELESS_IMAGE = re.compile(r"!\[\s*\]\(")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
AUTOLINK = re.compile(r"<(?:https?:|mailto:)[^>\s]*>|<[\w.+-]+@[\w.-]+>")
HEADING = re.compile(r"^# +(?P<title>.+?) *#*$", re.MULTILINE)


def page_problems(page: Page, config: Config) -> list[Problem]:
    """What of a page would be shown wrong, or not at all."""
    place = config.relative(page.path)
    found = [*_empty_boxes(page), *_html(page), *_nameless_images(page), *_long_lines(page, config)]
    return [Problem(place, line, message) for line, message in sorted(found)]


def _empty_boxes(page: Page) -> Iterator[tuple[int, str]]:
    for offset, text in page.prose():
        for box in BOX.finditer(text):
            below = NEXT_LINE.search(page.text, offset + box.end())
            wanted = len(box["indent"]) + 4
            if below is None or len(below["blanks"].expandtabs(4)) < wanted:
                yield (
                    page.line_at(offset + box.start()),
                    f"the text of this box is not indented; write {wanted} blanks before each line",
                )


def _plain(page: Page) -> str:
    """The page with blanks in place of code, comments and addresses; each line where it was."""
    text = list(page.text)
    for start, end in [(0, page.body_start), *((b.start, b.end) for b in page.blocks)]:
        text[start:end] = re.sub(r"[^\n]", " ", page.text[start:end])
    plain = "".join(text)
    for pattern in (COMMENT, CODE_SPAN, AUTOLINK):
        plain = blank(pattern, plain)
    return plain


def _html(page: Page) -> Iterator[tuple[int, str]]:
    """Elements that are never closed, ends without a beginning, and images without words."""
    html = Html.parse(_plain(page))
    yield from ((line, f"<{tag}> is never closed; add </{tag}>") for line, tag in html.unclosed)
    yield from ((line, f"</{tag}> closes nothing") for line, tag in html.stray)
    for line, words in html.images:
        if not (words or "").strip():
            yield line, 'an image without words; add alt="what it shows"'


def _nameless_images(page: Page) -> Iterator[tuple[int, str]]:
    for image in NAMELESS_IMAGE.finditer(_plain(page)):
        line = page.line_at(image.start())
        yield line, "an image without words; write what it shows: ![words](file)"


def _long_lines(page: Page, config: Config) -> Iterator[tuple[int, str]]:
    """Lines of code that a page writes itself; embedded code is linted where it stands."""
    for number, line in own_code(page):
        if len(line) > config.line_limit:
            yield number, f"a line of {len(line)} characters, at most {config.line_limit}; break it"


def own_code(page: Page) -> Iterator[tuple[int, str]]:
    """The lines of Python that a page writes itself, each with its number in the page."""
    for block in page.code:
        if not block.embedded:
            yield from enumerate(lines(block.body), block.line + 1)


def course_problems(config: Config) -> list[Problem]:
    """Pages with one title, and pages that stand in the navigation or in the outline only."""
    return [*_same_titles(config), *_lost_pages(config)]


def _same_titles(config: Config) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for page in readable(config.page_files, config):
        heading = HEADING.search(_plain(page))
        title = str(page.meta.get("title") or (heading["title"] if heading else "")).strip()
        other = first.setdefault(title.casefold(), page.path)
        if title and other != page.path:
            message = f"{config.relative(other).as_posix()} has the title {title!r} too; rename one"
            yield Problem(config.relative(page.path), 1, message)


class _Loader(yaml.SafeLoader):
    """Reads mkdocs.yml without what its tags name."""


_Loader.add_multi_constructor("", lambda *_: None)


def navigation(config: Config) -> list[str]:
    """The pages of the navigation, in order, below ``docs``; none if mkdocs makes it by itself."""
    settings = yaml.load(read_text(config.root / "mkdocs.yml", Path("mkdocs.yml")), _Loader)  # noqa: S506
    return list(_leaves(settings.get("nav") or []))


def _leaves(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    for inner in entry.values() if isinstance(entry, dict) else entry:
        if not isinstance(entry, str):
            yield from _leaves(inner)


def _lost_pages(config: Config) -> Iterator[Problem]:
    docs, nav = config.root / "docs", navigation(config)
    for path in sorted(docs.glob("*/outline.yml")) if nav else []:
        outline = yamltext.read(read_text(path, config.relative(path)))
        folder = path.parent.relative_to(docs).as_posix()
        shown = [name for name in nav if name.rpartition("/")[0] == folder]
        listed = [f"{folder}/{s['page']}" for s in outline["sections"] if "page" in s]
        beside = [f"{folder}/{name}" for name in outline.get("beside", [])]
        place = config.relative(path)
        for name in sorted({*shown} - {*listed, *beside}):
            message = f"no section has the page {name} of mkdocs.yml; add it, or name it in beside:"
            yield Problem(place, 1, message)
        for name in sorted({*listed, *beside} - {*shown}):
            yield Problem(place, 1, f"{name} is missing in the nav of mkdocs.yml")
        if [name for name in shown if name in listed] != [name for name in listed if name in shown]:
            yield Problem(place, 1, "the sections stand in another order than in mkdocs.yml")
