"""Which page of the course explains a module or a definition: what the reference is sorted by.

A page explains what it shows. A module of a package belongs to the page that has the package's name, or
else to the page that shows most of the package.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from coursekit.config import Config
from coursekit.page.contents import Page
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.text import lines, read_text

__all__ = ["Group", "grouped", "in_order", "names", "shown"]

# What makes a page's records is read by nobody who reads the page: the search leaves it out, too.
BEHIND = "experiments"


@dataclass(frozen=True)
class Group:
    """Modules that one page explains.

    Attributes:
        page: the page, or None for those that none explains.
        modules: their dotted names, in alphabetical order.
    """

    page: Page | None
    modules: tuple[str, ...]


def in_order(nav: Iterable[object], config: Config) -> list[Page]:
    """The course's pages in the order of the site; one with a fault is left out, and named elsewhere.

    Args:
        nav: the navigation as mkdocs.yml has it.
        config: the course.
    """
    found = []
    for name in names(nav):
        path = config.root / "docs" / name
        if path.suffix != ".md" or not config.is_page(path):
            continue
        try:
            found.append(load(path, config))
        except ContractError:
            continue
    return found


def names(nav: object) -> Iterator[str]:
    """The files that a navigation names, in its order."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, Mapping):
        for part in nav.values():
            yield from names(part)
    elif isinstance(nav, Iterable):
        for part in nav:
            yield from names(part)


def shown(pages: Sequence[Page], modules: Mapping[str, Path]) -> dict[str, list[Page]]:
    """The pages that show a definition's source, in order, by the definition's dotted name.

    Args:
        pages: the pages in the order of the site.
        modules: file of each module, by its dotted name.
    """
    names = {file: name for name, file in modules.items()}
    found: dict[str, list[Page]] = {}
    for page in pages:
        for block in page.blocks:
            code = block.code
            if not block.embedded or code.path not in names:
                continue
            last = code.line + len(lines(code.text)) - 1
            for name, line in _definitions(read_text(code.path)):
                if code.line <= line <= last:
                    on = found.setdefault(f"{names[code.path]}.{name}", [])
                    if page not in on:
                        on.append(page)
    return found


@lru_cache(maxsize=1024)  # pages show a module in parts, and a build asks more than once
def _definitions(source: str) -> tuple[tuple[str, int], ...]:
    """Name and line of each function and class of a module."""
    found = ast.FunctionDef | ast.ClassDef
    return tuple((n.name, n.lineno) for n in ast.parse(source).body if isinstance(n, found))


def grouped(pages: Sequence[Page], modules: Mapping[str, Path]) -> list[Group]:
    """The modules by the page that explains them, in the order of the pages; the others come last.

    Args:
        pages: the pages in the order of the site.
        modules: file of each module, by its dotted name.
    """
    named = {_package_of(page): page for page in reversed(pages)}
    weights: dict[str, Counter[int]] = {}
    for name, on in shown(pages, modules).items():
        module = name.rpartition(".")[0]
        for owner in {module, _owner(module)}:
            weights.setdefault(owner, Counter()).update(pages.index(page) for page in on)
    members: dict[int, list[str]] = {}
    for module in modules:
        owner = _owner(module)
        if module.endswith(BEHIND):
            at = len(pages)
        elif page := named.get(owner.rpartition(".")[2]):
            at = pages.index(page)
        elif owner in weights:
            # of those that show most of it, the first
            at = min(weights[owner], key=lambda number: (-weights[owner][number], number))
        else:
            at = len(pages)
        members.setdefault(at, []).append(module)
    return [
        Group(pages[at] if at < len(pages) else None, tuple(members[at])) for at in sorted(members)
    ]


def _owner(module: str) -> str:
    """The package of a module, or the module itself where it stands in none below the lessons."""
    package = module.rpartition(".")[0]
    return package if "." in package else module


def _package_of(page: Page) -> str:
    """The name that a package would have for a page to be its own."""
    path = page.path
    name = path.parent.name if path.name == "index.md" else path.stem
    return name.replace("-", "_")
