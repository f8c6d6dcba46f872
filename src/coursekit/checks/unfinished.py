"""Pages of a lesson that are no lesson yet: all that each still needs, in one list.

``python -m coursekit.checks.unfinished`` prints the lists. A page that is listed where lessons are listed,
with its front matter, is a lesson: what is wrong with it is said by the checks of each kind.
"""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from coursekit import yamltext
from coursekit.checks import form, guards
from coursekit.config import Config
from coursekit.kinds.quiz import QUIZ
from coursekit.page.contents import Page
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.text import read_text

__all__ = ["main", "missing"]

FRONT_MATTER = ("title", "description", "minutes", "objectives")


def missing(path: Path, config: Config) -> list[str]:
    """All that a page of a lesson needs before it is one: each with its file.

    Args:
        path: the page, absolute.
        config: the course.

    Returns:
        Nothing for a page that is a lesson.
    """
    try:
        page = load(path, config)
    except ContractError:
        return []  # the page's own contract says what is wrong, and where
    places = [*_unlisted(page, config)]
    if not places and all(page.meta.get(key) for key in FRONT_MATTER):
        return []
    owed = sorted(guards.lesson_problems(page, config))
    return [
        *map(str, owed),
        *places,
        *_without_question(page, config),
        *_without_test(page, config),
    ]


def _unlisted(page: Page, config: Config) -> Iterator[str]:
    """The lists that lack a page: the navigation, if there is one, and the outline of its lesson."""
    docs = config.root / "docs"
    nav, name = form.navigation(config), page.path.relative_to(docs).as_posix()
    if nav and name not in nav:
        yield f"mkdocs.yml: an entry - {name} in nav:"
    file = page.path.with_name("outline.yml")
    if not file.is_file():
        return
    outline = yamltext.read(read_text(file))
    listed = [section.get("page") for section in outline["sections"]]
    if page.path.name not in (*listed, *outline.get("beside", [])):
        place = config.relative(file).as_posix()
        yield f"{place}: a section with page: {page.path.name}, or its name in beside:"


def _without_question(page: Page, config: Config) -> Iterator[str]:
    """The objectives that the self-test of a lesson does not ask about."""
    file = page.path.with_name("self-test.md")
    if file == page.path or not file.is_file():
        return
    blocks = load(file, config).of_kind(QUIZ)
    asked = {yamltext.read(block.body).get("objective") for block in blocks}
    objectives: Any = page.meta.get("objectives") or ["the page's first objective"]
    deeper: Any = page.meta.get("deeper") or []
    place = config.relative(file).as_posix()
    lists = (named if isinstance(named, list) else [named] for named in (objectives, deeper))
    for objective in chain.from_iterable(lists):
        if objective not in asked:
            yield f"{place}: a question with objective: {objective}"


def _without_test(page: Page, config: Config) -> Iterator[str]:
    """The tests of the code that has the page's name."""
    folder = page.path.stem.replace("-", "_")
    tests = f"tests/{Path(config.lessons).name}/{folder}"
    if (config.root / config.lessons / folder).is_dir() and not (config.root / tests).is_dir():
        yield f"{tests}: tests of {config.lessons}/{folder}"


def main() -> int:
    """Print what each page that is no lesson yet needs; 1 if there is such a page."""
    config = Config.load(Path.cwd())
    unfinished = {path: missing(path, config) for path in config.lesson_files}
    for path, needed in unfinished.items():
        if needed:
            place = config.relative(path).as_posix()
            print("\n  ".join([f"{place} is no lesson yet; it needs:", *needed]))
    return int(any(unfinished.values()))


if __name__ == "__main__":
    sys.exit(main())
