"""The reference: one page for each public module that pages embed, made from its source."""

import ast
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
    docstring = ast.get_docstring(ast.parse(read_text(file))) or ""
    return docstring.partition("\n")[0]


def _page(name: str) -> str:
    return f"{FOLDER}/{name.partition('.')[2]}.md"


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
