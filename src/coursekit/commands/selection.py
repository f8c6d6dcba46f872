"""What ``make check`` selects: the pages and the files of tests that a change can reach.

A change is compared with the commit that the work began from, definition by definition. A page is run
if its blocks changed, or if a definition or a file did that they could reach before; so is a file of
tests. That is enough: what is new can only be reached through something that changed. A change of prose
reaches no block: the contract of each page, the site's build and its links are checked always.
"""

import dataclasses
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from coursekit import tree
from coursekit.config import Config
from coursekit.held.reach import Facts, Reach
from coursekit.page.contents import Page
from coursekit.parser import load
from coursekit.problems import ContractError

__all__ = ["Before", "Selection", "before", "select"]

# The larger files, weights, are compared by what git says of them.
COMPARED = frozenset({".py", ".md", ".yml", ".yaml", ".svg", ".toml", ".json", ".txt"})
TYPED = ("src", "snippets", "pyproject.toml", "constraints.txt")


@dataclass(frozen=True)
class Selection:
    """What a change can reach.

    Attributes:
        pages: pages whose blocks are to be run, relative to the root.
        tests: files of tests, relative to the root.
        typed: whether it can change what the type checker says.
        whole: why everything is selected; empty if it is not.
    """

    pages: list[Path] = field(default_factory=list)
    tests: list[Path] = field(default_factory=list)
    typed: bool = True
    whole: str = ""


class Before:
    """The course as it was in a commit, and what its pages and tests could reach then.

    Args:
        config: the course, in a folder that holds it as it was.
    """

    def __init__(self, config: Config) -> None:
        self.reach = Reach(config)

    def page(self, path: Path) -> Page | None:
        """A page by its path below the root; None if it was not there, or could not be read."""
        return _page(self.reach.config, path)

    @cached_property
    def pages(self) -> dict[Path, set[str]]:
        """What each page could reach."""
        config = self.reach.config
        paths = [config.relative(file) for file in config.page_files]
        return {path: self.reach.names(page) for path in paths if (page := self.page(path))}

    @cached_property
    def tests(self) -> dict[Path, set[str]]:
        """What each file of tests could reach."""
        config = self.reach.config
        files = sorted((config.root / "tests").rglob("test_*.py"))
        return {config.relative(file): self.reach.test(file) for file in files}


def _page(config: Config, path: Path) -> Page | None:
    try:
        return load(config.root / path, config) if (config.root / path).is_file() else None
    except ContractError:
        return None


@contextmanager
def before(config: Config, commit: str) -> Iterator[Before]:
    """Write the course as it was in a commit into a folder of its own, for as long as it is needed.

    Raises:
        tree.GitError: git refused.
    """
    changed = tree.changed(config.root) or set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for name in {*tree.files(config.root), *changed}:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if name not in changed and Path(name).suffix in COMPARED:
                shutil.copyfile(config.root / name, file)
            elif name not in changed:
                file.touch()  # that it is there is all that counts
            elif (text := tree.text_at(config.root, commit, name)) is not None:
                file.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        yield Before(dataclasses.replace(config, root=folder))


def select(config: Config, then: Before | None = None) -> Selection:
    """Find what the change in the working tree can reach.

    Args:
        config: the course.
        then: the course as it was, if that is known already.

    Raises:
        tree.GitError: git refused.
    """
    missing = tree.has_git(config.root)
    names = None if missing else tree.changed(config.root)
    commit = None if names is None else tree.base(config.root)
    if names is None or commit is None:
        tests = sorted((config.root / "tests").rglob("test_*.py"))
        return Selection(
            [config.relative(path) for path in config.page_files],
            [config.relative(path) for path in tests],
            whole=missing or "git has no commit yet",
        )
    if then is not None:
        return _Change(config, then, names).selection()
    with before(config, commit) as known:
        return _Change(config, known, names).selection()


class _Change:
    """One change, and what it can reach.

    Args:
        config: the course as it is.
        then: the course as it was.
        names: the files that differ.
    """

    def __init__(self, config: Config, then: Before, names: set[str]) -> None:
        self.config, self.then, self.names = config, then, names
        self.now = Reach(config)
        modules = {module for name in names if (module := _module(Path(name)))}
        prose = {name for name in names if name.endswith(".md") and self._only_prose(Path(name))}
        self.changed = {one for module in modules for one in self._definitions(module)}
        self.changed |= names - prose

    def selection(self) -> Selection:
        """Return the pages and the files of tests."""
        typed = any(name.startswith(TYPED) for name in self.names)
        return Selection(list(self._pages()), list(self._tests()), typed)

    def _definitions(self, module: str) -> Iterator[str]:
        """The definitions of a module that differ, that came or that went."""
        known = (reach.test_code.module(module) for reach in (self.now, self.then.reach))
        now, then = (dict(one.definitions) if one else {} for one in known)
        for name in now.keys() | then.keys():
            if Facts.of(now.get(name, [])).digest != Facts.of(then.get(name, [])).digest:
                yield f"{module}:{name}"

    def _only_prose(self, path: Path) -> bool:
        """Whether nothing of a page changed but what stands between its blocks."""
        now, then = _page(self.config, path), self.then.page(path)
        return now is not None and then is not None and _blocks(now) == _blocks(then)

    def _reaches(self, reached: Iterable[str]) -> bool:
        return not self.changed.isdisjoint(reached)

    def _pages(self) -> Iterator[Path]:
        for path in map(self.config.relative, self.config.page_files):
            page, old = _page(self.config, path), self.then.page(path)
            if page is None or old is None:
                yield path
            elif not any(block.executed for block in page.blocks):
                continue
            elif self.now.shown(page) != self.then.reach.shown(old) or self._reaches(
                self.then.pages[path]
            ):
                yield path

    def _tests(self) -> Iterator[Path]:
        for path in map(
            self.config.relative, sorted((self.config.root / "tests").rglob("test_*.py"))
        ):
            if path.as_posix() in self.names or self._reaches(self.then.tests.get(path, ())):
                yield path


def _module(path: Path) -> str | None:
    """Dotted name of a module of the lessons, of this package or of the tests."""
    parts = path.with_suffix("").parts
    if path.suffix != ".py" or parts[0] not in ("src", "tests"):
        return None
    return ".".join(parts[1:-1] if parts[-1] == "__init__" else parts[1:])


def _blocks(page: Page) -> str:
    """What of a page is no prose: its front matter and its blocks."""
    blocks = [[block.kind.name, dict(block.attributes), block.body] for block in page.blocks]
    return json.dumps([dict(page.meta), blocks], default=str)
