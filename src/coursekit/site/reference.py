"""The reference: one page for each module that readers meet, made from its source."""

import ast
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from coursekit.config import Config
from coursekit.site import docstrings, formatting, groups
from coursekit.text import read_text

__all__ = ["Sources", "add_files", "add_to_nav", "has", "index", "met", "modules"]

FOLDER = "reference"


def modules(config: Config) -> dict[str, Path]:
    """The public modules of the lessons by dotted name, in alphabetical order."""
    root = config.root / config.lessons
    found = {}
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root.parent).with_suffix("").parts
        if file.name != "__init__.py" and not any(part.startswith("_") for part in parts):
            found[".".join(parts)] = file
    return found


def met(config: Config, nav: Iterable[object]) -> dict[str, Path]:
    """The modules that have a page, by dotted name: those that readers meet.

    Either a page explains them, or a page or a lab names them: imports them, embeds them or links to them.

    Args:
        config: the course.
        nav: the navigation, whose pages may explain modules.
    """
    found = modules(config)
    known = _named(config)
    for group in groups.grouped(groups.in_order(nav, config), found):
        known |= {*group.modules} if group.page else set()
    return {name: file for name, file in found.items() if name in known}


def _named(config: Config) -> set[str]:
    """All dotted names of the package in the texts of pages and labs: imports, files and links."""
    docs = config.root / "docs"
    files = (*docs.rglob("*.md"), *docs.rglob("*.py"))
    package = PurePosixPath(config.lessons).name
    return {name for file in files for name in _named_in(read_text(file), package)}


@lru_cache(maxsize=256)  # a build asks three times, and most pages stay what they are
def _named_in(text: str, package: str) -> frozenset[str]:
    names = re.compile(
        rf"\b{package}/(?P<path>[\w/]+)\.py\b|\b{FOLDER}/(?P<page>[\w.]+)\.md\b"
        rf"|\b{package}(?P<dotted>(?:\.\w+)*)(?: import (?P<members>\w+(?:, \w+)*))?"
    )
    found: set[str] = set()
    for match in names.finditer(text):
        inner = match["path"] or match["page"] or (match["dotted"] or "")[1:]
        parts = [package, *inner.replace("/", ".").split(".")] if inner else [package]
        found |= {".".join(parts[:end]) for end in range(2, len(parts) + 1)}
        found |= {".".join((*parts, name)) for name in (match["members"] or "").split(", ")}
    return frozenset(found)


def summary(file: Path) -> str:
    """The first line of a module's docstring."""
    return _parsed(read_text(file)).summary


def has(page: str) -> bool:
    """Whether a page, as mkdocs names it, is one of the reference."""
    return page.startswith(f"{FOLDER}/")


def _page(name: str) -> str:
    return f"{FOLDER}/{name.partition('.')[2]}.md"


class Sources:
    """The texts of all modules of a course, read once.

    Args:
        config: the course.
    """

    def __init__(self, config: Config) -> None:
        root = config.root / config.lessons
        files = sorted(root.rglob("*.py"))
        self.texts = {_dotted(file, root.parent): read_text(file) for file in files}

    def of(self, page: str) -> list[str]:
        """The text of the module that a page is about, and of all that it imports, directly or not.

        A class shows what it inherits, so a page changes with any of them.

        Args:
            page: a page as mkdocs names it; one that is about no module gives an empty list.
        """
        todo = [name for name in self.texts if _page(name) == page]
        found: set[str] = set()
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                imports = _parsed(self.texts[name]).imports
                todo += [other for other in imports if other in self.texts]
        return [self.texts[name] for name in sorted(found)]


def _dotted(file: Path, folder: Path) -> str:
    parts = file.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass(frozen=True)
class _Parsed:
    """What pages need of a module.

    Attributes:
        summary: the first line of its docstring.
        imports: full names of what it imports; ``from a import b`` counts as ``a`` and ``a.b``.
    """

    summary: str
    imports: frozenset[str]


@lru_cache(maxsize=1024)  # three pages state each summary, and many modules import each other
def _parsed(source: str) -> _Parsed:
    tree = ast.parse(source)
    docstring = ast.get_docstring(tree) or ""
    return _Parsed(docstring.partition("\n")[0], _imports(tree))


def _imports(tree: ast.Module) -> frozenset[str]:
    names: set[str] = set()
    for node in _statements(tree.body):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def _statements(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Statements in order, with those inside them; what they compute is most of a tree, and left out."""
    for node in nodes:
        yield node
        for field in ("body", "handlers", "cases", "orelse", "finalbody"):
            yield from _statements(getattr(node, field, ()))


def prepare(config: MkDocsConfig) -> Environment:
    """Have the handler's style sheet written, also where no page of the reference is rendered.

    Signatures are broken into lines without a process for each, and plain sentences are not converted.

    Returns:
        Its templates.
    """
    formatting.without_processes()
    plugin: Any = config.plugins["mkdocstrings"]
    templates: Environment = plugin.handlers.get_handler("python").env
    docstrings.plain_as_it_is(templates)
    return templates


def add_to_nav(config: MkDocsConfig) -> None:
    """List the modules below the reference's index, in the order of its groups."""
    course = Config.load(Path(config.config_file_path).parent)
    nav: list[Any] = config.nav or []
    for entry in nav:
        section = entry.get("Reference") if isinstance(entry, dict) else None
        if isinstance(section, list) and section == [f"{FOLDER}/index.md"]:
            sorted_in = groups.grouped(groups.in_order(nav, course), met(course, nav))
            section.extend({name: _page(name)} for group in sorted_in for name in group.modules)


def add_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each module that readers meet."""
    course = Config.load(Path(config.config_file_path).parent)
    for name, file in met(course, config.nav or []).items():
        text = (
            f"---\ntitle: {name}\ndescription: 'Reference of the module {name}: "
            f"{summary(file).replace(chr(39), chr(39) * 2)}'\n---\n\n# `{name}`\n\n::: {name}\n"
        )
        files.append(File.generated(config, _page(name), content=text))
    return files


def _nowhere(_: str) -> str:
    return ""


def index(config: Config, nav: Sequence[object], source: Callable[[str], str] = _nowhere) -> str:
    """The list of all modules, for the end of the reference's index.

    Args:
        config: the course.
        nav: the navigation, in whose order the pages come that explain the modules.
        source: the address of a file's text, for modules without a page; empty where it is not known.
    """
    found = modules(config)
    pages = met(config, nav)
    parts = []
    for group in groups.grouped(groups.in_order(nav, config), found):
        rows = []
        for name in group.modules:
            file = found[name].relative_to(config.root).as_posix()
            to = _page(name)[len(FOLDER) + 1 :] if name in pages else source(file)
            rows.append(f"- {f'[`{name}`]({to})' if to else f'`{name}`'}<br>{summary(found[name])}")
        if group.page:
            place = Path(os.path.relpath(group.page.path, config.root / "docs" / FOLDER)).as_posix()
            parts += [f"## [{group.page.meta['title']}]({place})", "", *rows, ""]
        else:
            count = f"{len(rows)} module{'s' if len(rows) > 1 else ''}"
            parts += ["## Behind the pages", "", f'??? note "{count} that no page explains"', ""]
            parts += [f"    {row}" for row in rows]
    return "\n".join(["", '<div class="modules" markdown>', "", *parts, "", "</div>", ""])
