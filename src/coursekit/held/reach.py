"""What a page or a file of tests can reach: the code it names, and the files that its strings name.

Two questions are answered from it. May a page's run be taken over from an earlier one? And which pages
and tests can a change reach? For both, all of a definition counts but its comments: a page may print
the words of an error.
"""

import ast
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from coursekit import tree
from coursekit.config import Config
from coursekit.page.contents import Page

__all__ = ["Reach"]

# What a fence only says to readers; all else is its promise.
UNJUDGED = frozenset({"title", "cause", "hl_lines"})


class Module(Protocol):
    """A file of code, as what the setting ``closure`` names reads it."""

    definitions: Mapping[str, list[ast.stmt]]


class Code(Protocol):
    """Follows definitions by name: what the setting ``closure`` names."""

    def reach(self, *roots: str) -> Mapping[str, object]:
        """All that can be reached from ``module:name`` or ``module``, by ``module:name``."""

    def reach_source(self, source: str) -> Mapping[str, object]:
        """All that a text that stands alone can reach."""

    def module(self, name: str) -> Module | None:
        """A module by its dotted name."""


@dataclass(frozen=True)
class Facts:
    """What is looked at in a definition.

    Attributes:
        nodes: its statements.
        strings: its constants that are text.
        arguments: names of the arguments of its functions: fixtures, in tests.
        names: all names that it mentions.
    """

    nodes: tuple[ast.AST, ...]
    strings: frozenset[str]
    arguments: frozenset[str]
    names: frozenset[str]

    @property
    def says_where(self) -> bool:
        """Whether it mentions its file's place, and so can find the repository."""
        return "__file__" in self.names

    @cached_property
    def digest(self) -> str:
        """Digest of all but its comments; most are never asked for it."""
        return _digest("\n".join(map(ast.dump, self.nodes)).encode())

    @classmethod
    def of(cls, nodes: Iterable[ast.AST]) -> "Facts":
        """Look at the statements of a definition."""
        whole = tuple(nodes)
        inner = [node for one in whole for node in ast.walk(one)]
        constants = (node.value for node in inner if isinstance(node, ast.Constant))
        return cls(
            whole,
            frozenset(value for value in constants if isinstance(value, str)),
            frozenset(node.arg for node in inner if isinstance(node, ast.arg)),
            frozenset(name for node in inner if (name := _mentioned(node))),
        )


def _mentioned(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.alias):
        return node.name
    return node.attr if isinstance(node, ast.Attribute) else None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Reach:
    """What the pages and tests of one tree of files can reach.

    Files are read once; what changes later is not seen.

    Args:
        config: the course, in this tree.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._digests: dict[Path, str] = {}
        self._facts: dict[str, Facts] = {}
        self._matches: dict[str, list[Path]] = {}

    def shown(self, page: Page) -> str:
        """Digest of what a page's run is judged by: its blocks, and what they promise."""
        return _digest("\0".join(_shown(page)).encode())

    def page(self, page: Page) -> dict[str, str]:
        """Digests of what the run of a page depends on: its blocks, definitions, files."""
        reached, files = self._reached(page)
        found = {name: facts.digest for name, facts in reached.items()}
        found |= {path.as_posix(): self.file(path) for path in files}
        return {"blocks": self.shown(page), **found}

    def names(self, page: Page) -> set[str]:
        """Name the definitions and files that the run of a page depends on."""
        reached, files = self._reached(page)
        return {*reached, *_as_names(files)}

    def _reached(self, page: Page) -> tuple[dict[str, Facts], list[Path]]:
        """Nothing for a page that runs nothing."""
        if not any(block.executed for block in page.blocks):
            return {}, []
        source = "\n".join(b.code.text for b in page.code if _parses(b.code.text))
        reached = self._known(self.code, self.code.reach_source(source))
        own = Facts.of([ast.parse(source)])
        naming = [facts for name, facts in reached.items() if not self._registers(name)]
        files = self._files_of([own, *naming])
        for block in page.blocks:
            for name in block.kind.depends(block, page, self.config):
                files += self._named(name)
        return reached, sorted(set(files))

    def test(self, path: Path) -> set[str]:
        """Name what a file of tests depends on: itself, its helpers, the code, files.

        Of fixtures, those count that it asks for by name. Strings name files of the repository only
        where something of the tests says where the repository is: a small course in a temporary
        folder has files of the same names.

        Args:
            path: below the folder ``tests``, absolute.
        """
        folders = [folder for folder in path.parents if folder.is_relative_to(self._tests)]
        conftests = [f / "conftest.py" for f in folders if (f / "conftest.py").is_file()]
        roots = [self._test_name(path)]
        reached = self._known(self.test_code, self.test_code.reach(*roots))
        while new := set(self._fixtures(reached, conftests)) - set(roots):
            roots += new
            reached = self._known(self.test_code, self.test_code.reach(*roots))
        knows_the_root = any(facts.says_where for facts in self._of_tests(reached))
        files = self._files_of(reached.values(), paths=knows_the_root)
        return {*reached, *_as_names(files), *_as_names([self.config.relative(path)])}

    def file(self, path: Path) -> str:
        """Digest of a file, by its path below the repository; empty if it is not there."""
        if path not in self._digests:
            whole = self.config.root / path
            self._digests[path] = _digest(whole.read_bytes()) if whole.is_file() else ""
        return self._digests[path]

    def _registers(self, name: str) -> bool:
        module = name.partition(":")[0]
        return any(fnmatchcase(module, pattern) for pattern in self.config.registries)

    # Code

    @cached_property
    def code(self) -> Code:
        """The lessons' definitions."""
        return self._follow()

    @cached_property
    def test_code(self) -> Code:
        """The definitions of lessons, of this package and of the tests."""
        return self._follow("coursekit", paths=self.test_files)

    @cached_property
    def test_files(self) -> dict[str, Path]:
        """The modules of the tests, by their dotted names."""
        return {self._test_name(path): path for path in sorted(self._tests.rglob("*.py"))}

    def _follow(self, *more: str, paths: Mapping[str, Path] | None = None) -> Code:
        make: Callable[..., Any] = self.config.function("closure")
        code: Code = make(
            (self.config.root / self.config.lessons).parent, (self._package, *more), paths
        )
        return code

    @property
    def _package(self) -> str:
        return (self.config.root / self.config.lessons).name

    @property
    def _tests(self) -> Path:
        return self.config.root / "tests"

    def _test_name(self, path: Path) -> str:
        return ".".join(path.relative_to(self._tests).with_suffix("").parts)

    def facts(self, code: Code, name: str) -> Facts:
        """What is looked at in the definition ``module:name``."""
        if name not in self._facts:
            module, _, own = name.partition(":")
            known = code.module(module)
            self._facts[name] = Facts.of(known.definitions[own] if known else [])
        return self._facts[name]

    def _known(self, code: Code, names: Iterable[str]) -> dict[str, Facts]:
        return {name: self.facts(code, name) for name in names}

    def _of_tests(self, reached: Mapping[str, Facts]) -> Iterator[Facts]:
        for name, facts in reached.items():
            if name.partition(":")[0] in self.test_files:
                yield facts

    def _fixtures(self, reached: Mapping[str, Facts], conftests: list[Path]) -> Iterator[str]:
        """The fixtures that tests ask for, and what pytest takes from a conftest unasked."""
        tests = list(self._of_tests(reached))
        asked = frozenset().union(*(facts.arguments | facts.strings for facts in tests))
        for file in conftests:
            module = self._test_name(file)
            known = self.test_code.module(module)
            for name, nodes in (known.definitions if known else {}).items():
                unasked = name.startswith("pytest") or any("autouse" in ast.dump(n) for n in nodes)
                if name in asked or unasked:
                    yield f"{module}:{name}"

    # Files that are no code

    @cached_property
    def files(self) -> list[Path]:
        """The files of the repository."""
        return [Path(name) for name in tree.files(self.config.root)]

    def _named(self, name: str) -> Iterable[Path]:
        """The files of a path below the repository: of itself, of all in a folder, of ``.``."""
        if name == ".":
            return self.files
        is_file = (self.config.root / name).is_file()
        return self._places.get(name, [Path(name)] if is_file else [])

    def _files_of(self, reached: Iterable[Facts], *, paths: bool = False) -> list[Path]:
        """The files that strings name.

        A file of data within the package of the lessons is named by its stem, as ``load_result``
        does, by its folder, as ``checkpoint`` does, or by its dotted name, as matplotlib names a style.

        Args:
            reached: definitions.
            paths: take strings for paths below the repository too: of a file, of a folder, patterns;
                or for the name of a file.
        """
        wanted = frozenset().union(*(facts.strings for facts in reached))
        found = {path for name in wanted & self._data.keys() for path in self._data[name]}
        if paths:
            found |= {path for name in wanted & self._places.keys() for path in self._places[name]}
            patterns = [name for name in wanted if "*" in name and "/" in name and "\n" not in name]
            found |= {path for pattern in patterns for path in self._matching(pattern)}
        return sorted(found)

    def _matching(self, pattern: str) -> list[Path]:
        """The files that a pattern matches; many tests know one helper, and name what it names."""
        if pattern not in self._matches:
            self._matches[pattern] = [path for path in self.files if path.match(pattern)]
        return self._matches[pattern]

    @cached_property
    def _data(self) -> dict[str, set[Path]]:
        """The files of data in the lessons' package, by stem, by folder and by dotted name."""
        lessons, found = Path(self.config.lessons), dict[str, set[Path]]()
        shared = {
            lessons.name,
            Path(self.config.results).name,
        }  # whoever loads one names the folder
        for path in self.files:
            if path.is_relative_to(lessons) and path.suffix != ".py":
                dotted = ".".join(path.relative_to(lessons.parent).with_suffix("").parts)
                for name in {path.stem, path.parent.name, dotted} - shared:
                    found.setdefault(name, set()).add(path)
        return found

    @cached_property
    def _places(self) -> dict[str, set[Path]]:
        """All files that are not followed as code, by path, by each folder's path, and by name."""
        found = dict[str, set[Path]]()
        for path in self.files:
            if path.suffix == ".py" and path.parts[0] in ("src", "tests"):
                continue
            for name in [path, *path.parents[:-1], *([path.name] if path.suffix else [])]:
                found.setdefault(str(name).replace(os.sep, "/"), set()).add(path)
        return found


def _as_names(paths: Iterable[Path]) -> Iterator[str]:
    return (path.as_posix() for path in paths)


def _shown(page: Page) -> Iterator[str]:
    """What a page's run is judged by: blocks and outputs as they stand, and what they promise."""
    for block in page.blocks:
        if block.kind.runs or block.kind.compared:
            yield f"{block.kind.name} {block.language} {' '.join(block.classes)}"
            promises = sorted(block.kind.keys - UNJUDGED)
            yield from (f"{key}={block.attributes.get(key)}" for key in promises)
            yield block.kind.judged_by(block)


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False  # it fails where the block runs
    return True
