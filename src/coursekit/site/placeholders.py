"""What a page asks the site for by name: the lesson's outline, the index of errors, a shaded text."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from coursekit.config import Config
from coursekit.course import error_index, outline, surprise
from coursekit.page.contents import Page as Source
from coursekit.page.numbers import CODE_SPAN, blank
from coursekit.parser import load
from coursekit.problems import ContractError, Problem

__all__ = ["below", "changes", "page_url", "shaded"]


def changes(
    source: Source, course: Config, page: Page, files: Files
) -> Iterator[tuple[int, int, str]]:
    """What to write in place of each: start and end in the page's text, and the text to put there.

    Args:
        source: the page, parsed.
        course: the course it belongs to.
        page: the page of the site that it becomes.
        files: all files of the site.

    Raises:
        ContractError: a name that stands for nothing.
    """
    url: Callable[[Path], str] = partial(page_url, page=page, files=files, course=course)
    for offset, text in source.prose():
        visible = blank(CODE_SPAN, text)
        for pattern, fill in (
            (outline.PLACEHOLDER, _outline),
            (surprise.PLACEHOLDER, _surprise),
            (error_index.MARKER, _errors),
        ):
            for match in pattern.finditer(visible):
                try:
                    new = fill(match.groupdict(), source, course, url)
                except (KeyError, ValueError) as error:
                    line = source.line_at(offset + match.start())
                    place = Problem(course.relative(source.path), line, str(error.args[0]))
                    raise ContractError(place) from error
                yield offset + match.start(), offset + match.end(), new


def _outline(
    names: dict[str, str], source: Source, course: Config, url: Callable[[Path], str]
) -> str:
    """A part of the outline of the page's own or the only lesson."""
    path = _outline_file(source, course)
    here = below(source.path, path.parent)
    lesson = outline.read(path, course)
    return outline.render(names["name"], lesson, lambda name: url(path.parent / name), here)


def _outline_file(source: Source, course: Config) -> Path:
    beside = source.path.parent / "outline.yml"
    found = [beside] if beside.is_file() else sorted((course.root / "docs").glob("*/outline.yml"))
    if not found:
        raise ContractError(Problem(course.relative(source.path), 1, "no outline.yml to fill in"))
    return found[0]


def _surprise(
    names: dict[str, str], _source: Source, course: Config, _url: Callable[[Path], str]
) -> str:
    return shaded(names["page"], names["name"], course)


def shaded(page: str, name: str, course: Config) -> str:
    """A text that a page of the course prints, with its surprises.

    Args:
        page: the page, below ``docs`` and without its ending.
        name: the output's.
        course: the course.

    Raises:
        KeyError: there is no such page or output.
    """
    path = course.root / "docs" / f"{page}.md"
    if not path.is_file():
        raise KeyError(f"no page {course.relative(path).as_posix()} that prints a text")
    outputs = load(path, course).outputs_by_name()
    if name not in outputs:
        raise KeyError(f"no output #{name} on {course.relative(path).as_posix()}")
    return surprise.render(surprise.read(outputs[name]))


def _errors(
    _names: dict[str, str], source: Source, course: Config, url: Callable[[Path], str]
) -> str:
    """The index of errors."""
    return error_index.render(error_index.entries(course), source.path, url)


def page_url(path: Path, page: Page, files: Files, course: Config) -> str:
    """The address of a page of ``docs/``, as seen from another page."""
    target = files.get_file_from_path(below(path, course.root / "docs"))
    return get_relative_url(target.url, page.url) if target else path.name


def below(path: Path, folder: Path) -> str:
    """A path below a folder as mkdocs writes it, and its plain name if it lies elsewhere."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
