"""Where the parts of a course lie: ``[tool.coursekit]`` in ``pyproject.toml``."""

import importlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from coursekit.text import read_text

__all__ = ["Allowed", "Config"]


@dataclass(frozen=True)
class Allowed:
    """A warning or log record that lesson code may cause, and why."""

    message: str
    reason: str

    def matches(self, text: str) -> bool:
        """Whether the pattern ``message`` occurs in a warning's text."""
        return re.search(self.message, text) is not None


@dataclass(frozen=True)
class Config:
    """Where the parts of a course lie, the same in every course, and the settings of one.

    Attributes:
        pages: patterns of all Markdown files whose blocks are run.
        lesson_pages: patterns of those that must show front matter, bind their numbers, skip nothing.
        snippets: folder of the stand-alone scripts.
        script_runs: file that holds what those scripts printed with the models they name.
        results: folder of the recorded experiments.
        costs: file that holds what each lesson page costs.
        glossary: the page that defines the course's terms.
        root: the repository.
        lessons: folder of the package that pages embed.
        promises: file that lists what the course promises; empty for a course that keeps none.
        closure: ``module:class`` that follows definitions by name, as `coursekit.held.reach.Code` says.
        registries: patterns of modules that name records to list them, so that their strings say
            nothing of which a page loads.
        machine: ``module:function`` that describes this machine: ``cpu`` and ``cores``.
        variants: environments in which a page's costs are measured too: name -> variables.
        allow: warnings and log records that are no failure.
        seconds_limit: longest time that a lesson page's script may take.
        memory_limit_mb: most memory that it may take.
        line_limit: most characters of a line of code that a page writes itself.
    """

    pages: ClassVar[tuple[str, ...]] = ("README.md", "docs/**/*.md")
    lesson_pages: ClassVar[tuple[str, ...]] = ("docs/lesson-*/*.md",)
    snippets: ClassVar = "snippets"
    script_runs: ClassVar = "snippets/recorded.json"
    results: ClassVar = "src/lessons/results"
    costs: ClassVar = "docs/costs.json"
    glossary: ClassVar = "docs/glossary.md"

    root: Path
    lessons: str = "src/lessons"
    promises: str = ""
    closure: str = ""
    registries: tuple[str, ...] = ()
    machine: str = ""
    variants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    allow: tuple[Allowed, ...] = field(default=())
    seconds_limit: int = 90
    memory_limit_mb: int = 2000
    line_limit: int = 108

    @classmethod
    def load(cls, root: Path) -> "Config":
        """Read the settings of the repository at ``root``; a missing table means the defaults.

        Raises:
            ValueError: an unknown setting, or an allowed warning without a reason.
        """
        root = root.resolve()
        file = root / "pyproject.toml"
        table: dict[str, Any] = {}
        if file.exists():
            table = tomllib.loads(read_text(file)).get("tool", {}).get("coursekit", {})
        known = {f.name for f in fields(cls)} - {"root"}
        if unknown := set(table) - known:
            raise ValueError(
                f"{file}: unknown [tool.coursekit] setting {sorted(unknown)}; known: {sorted(known)}"
            )
        for entry in table.get("allow", []):
            if not entry.get("message") or not entry.get("reason"):
                raise ValueError(f"{file}: allow needs a message and a reason, got {entry}")
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in table.items()
        }
        values["allow"] = tuple(Allowed(**entry) for entry in table.get("allow", []))
        return cls(root=root, **values)

    def files(self, patterns: tuple[str, ...]) -> list[Path]:
        """All files that one of the patterns names, sorted."""
        return sorted({path for pattern in patterns for path in self.root.glob(pattern)})

    @cached_property
    def page_files(self) -> list[Path]:
        """All pages."""
        return self.files(self.pages)

    @cached_property
    def lesson_files(self) -> list[Path]:
        """All pages that must keep the rules of a lesson page; those beside labs only lead to them."""
        found = self.files(self.lesson_pages)
        return [path for path in found if not any(path.parent.glob("*.py"))]

    def is_page(self, path: Path) -> bool:
        """Whether the file is one of the course's pages."""
        return path.resolve() in self.page_files

    def is_lesson(self, path: Path) -> bool:
        """Whether the page must keep the rules of a lesson page."""
        return path.resolve() in self.lesson_files

    def relative(self, path: Path) -> Path:
        """The path as people write it: from the repository root where it lies below it."""
        path = path.resolve()
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path

    def function(self, setting: str) -> Callable[..., Any]:
        """The function that a setting names.

        Raises:
            ValueError: the setting is absent.
        """
        named = getattr(self, setting)
        if ":" not in named:
            raise ValueError(f'set [tool.coursekit] {setting} = "module:function"')
        module, name = named.split(":")
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return function
