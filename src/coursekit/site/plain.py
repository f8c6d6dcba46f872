"""The course as plain text, for programs that read it: ``llms.txt``, and each page's Markdown.

A page's Markdown lies where its source lies below ``docs``, beside the folder of its HTML. It holds the
code that the page embeds, what the blocks printed, and the numbers that its prose quotes. A lab's Markdown
has its cells in order, each with what it prints once it is solved.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from coursekit.config import Config
from coursekit.course import error_index, outline, surprise
from coursekit.downloads import export, labs
from coursekit.files import write_atomically
from coursekit.page.contents import Cell, Page
from coursekit.site import groups
from coursekit.site.placeholders import shaded

__all__ = ["write"]

PICTURE = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
ITEM, CELL, ROW, TAG = (
    "<li>",
    re.compile(r"</t[hd]>"),
    re.compile(r"</(?:tr|li|h\d)>"),
    re.compile(r"<[^>]*>"),
)


def write(config: MkDocsConfig) -> None:
    """Write ``llms.txt`` and the Markdown of all pages and labs in the navigation below the site."""
    course = Config.load(Path(config.config_file_path).parent)
    nav = config.nav or []
    base = config.site_url or "/"
    for page in _in_order(nav, course):
        text = _lab(page, base) if isinstance(page, labs.Lab) else _text(page, course, base)
        write_atomically(Path(config.site_dir) / _name(page, course), text)
    index = [f"# {config.site_name}", "", f"> {config.site_description}"]
    write_atomically(
        Path(config.site_dir) / "llms.txt", "\n".join([*index, *_listed(nav, course, base), ""])
    )


def _in_order(nav: Iterable[object], course: Config) -> list[Page | labs.Lab]:
    """The pages and labs in the order of the site."""
    known: dict[Path, Page | labs.Lab] = {lab.path: lab for lab in labs.find(course)}
    known |= {page.path: page for page in groups.in_order(nav, course)}
    paths = (course.root / "docs" / name for name in groups.names(nav))
    return [known[path] for path in paths if path in known]


def _name(page: Page | labs.Lab, course: Config) -> str:
    """Where the Markdown lies below the site."""
    return page.path.relative_to(course.root / "docs").with_suffix(".md").as_posix()


def _listed(nav: Iterable[object], course: Config, base: str) -> Iterator[str]:
    """A line for each page, below the title of its part of the site; pages of no part come first."""
    parts: list[tuple[str, list[Page | labs.Lab]]] = [("The course", [])]
    for entry in nav:
        title, inside = next(iter(entry.items())) if isinstance(entry, Mapping) else ("", entry)
        pages = _in_order([inside], course)
        if isinstance(inside, list):
            parts.append((title, pages))
        else:
            parts[0][1].extend(pages)
    for title, pages in parts:
        yield from ["", f"## {title}", ""]
        for page in pages:
            name = _name(page, course)
            yield f"- [{page.meta.get('title', name)}]({base}{name}): {page.meta.get('description', '')}"


def _lab(lab: labs.Lab, base: str) -> str:
    """A lab's cells in order, each with what it prints once it is solved."""
    return lab.text(f"{base}lesson-5/{lab.name}/") + "\n"


def _text(page: Page, course: Config, base: str) -> str:
    cells = export.cells(page, course, base, alone=False)
    text = "\n\n".join(_cell(cell) for cell in cells)
    folder = page.path.parent
    beside = [folder / "outline.yml", *sorted((course.root / "docs").glob("*/outline.yml"))]

    def lesson(match: re.Match[str]) -> str:
        read = outline.read(next(path for path in beside if path.is_file()), course)
        return _plain(outline.render(match["name"], read, str, page.path.name))

    text = outline.PLACEHOLDER.sub(lesson, text)
    text = surprise.PLACEHOLDER.sub(lambda m: _plain(shaded(m["page"], m["name"], course)), text)
    return error_index.MARKER.sub(lambda _: _errors(page, course), text) + "\n"


def _errors(page: Page, course: Config) -> str:
    return _plain(
        error_index.render(error_index.entries(course), page.path, lambda path: path.name)
    )


def _cell(cell: Cell) -> str:
    if cell.block is None:
        return cell.prose
    shown = cell.block.output
    made = f"```python\n{cell.block.code.text.rstrip()}\n```"
    return f"{made}\n\n```output\n{shown.body.rstrip()}\n```" if shown else made


def _plain(html: str) -> str:
    """The words of what the site generates, a line for each item or row."""
    html = ROW.sub("\n", CELL.sub(" | ", PICTURE.sub("", html).replace(ITEM, "- ")))
    return unescape(TAG.sub("", html)).strip()
