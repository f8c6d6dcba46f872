"""The reference: one page for each public module that pages embed, made from its source."""

import ast
from functools import lru_cache
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from coursekit.config import Config
from coursekit.text import read_text

__all__ = ["add_files", "add_to_nav", "index", "modules"]

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


def summary(file: Path) -> str:
    """The first line of a module's docstring."""
    return _summary(read_text(file))


@lru_cache(maxsize=1024)  # two pages state each, in every build
def _summary(source: str) -> str:
    docstring = ast.get_docstring(ast.parse(source)) or ""
    return docstring.partition("\n")[0]


def _page(name: str) -> str:
    return f"{FOLDER}/{name.partition('.')[2]}.md"


def sources(page: str, config: Config) -> list[str]:
    """The text of the module that a page is about, and of all that it imports, directly or not.

    A class shows what it inherits, so a page changes with any of them.

    Args:
        page: a page as mkdocs names it; one that is about no module gives an empty list.
        config: the course.
    """
    root = config.root / config.lessons
    known = {_dotted(file, root.parent): file for file in sorted(root.rglob("*.py"))}
    todo = [name for name in known if _page(name) == page]
    found: dict[str, str] = {}
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = known[name].read_text("utf-8")
            todo += [other for other in _imports(found[name]) if other in known]
    return [found[name] for name in sorted(found)]


def _dotted(file: Path, folder: Path) -> str:
    parts = file.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@lru_cache(maxsize=1024)  # a module is imported by many others
def _imports(source: str) -> frozenset[str]:
    """Full names of what a source imports; ``from a import b`` counts as ``a`` and ``a.b``."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def prepare(config: MkDocsConfig) -> None:
    """Have the handler's style sheet written, also where no page of the reference is rendered."""
    plugin: Any = config.plugins["mkdocstrings"]
    plugin.handlers.get_handler("python")


def add_to_nav(config: MkDocsConfig) -> None:
    """List the modules below the reference's index."""
    course = Config.load(Path(config.config_file_path).parent)
    nav: list[Any] = config.nav or []
    for entry in nav:
        section = entry.get("Reference") if isinstance(entry, dict) else None
        if isinstance(section, list) and section == [f"{FOLDER}/index.md"]:
            section.extend({name: _page(name)} for name in modules(course))


def add_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each module."""
    course = Config.load(Path(config.config_file_path).parent)
    for name, file in modules(course).items():
        text = (
            f"---\ntitle: {name}\ndescription: 'Reference of the module {name}: "
            f"{summary(file).replace(chr(39), chr(39) * 2)}'\n---\n\n# `{name}`\n\n::: {name}\n"
        )
        files.append(File.generated(config, _page(name), content=text))
    return files


def index(config: Config) -> str:
    """The list of all modules, for the end of the reference's index."""
    rows = (
        f"| [`{name}`]({name.partition('.')[2]}.md) | {summary(file)} |"
        for name, file in modules(config).items()
    )
    return "\n".join(["", "| Module | What it is |", "| --- | --- |", *rows, ""])
