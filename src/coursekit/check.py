"""What ``make check`` runs: the checks that take seconds, and what a change can reach.

A change is compared definition by definition with the commit that the work began from. A page is run
if its blocks changed, or a definition or a file that they can reach did; so is a file of tests. A change
of prose reaches no block: the contract of each page, the site's build and its links are checked always.
"""

import dataclasses
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from coursekit import tree
from coursekit.built import Site, all_problems
from coursekit.config import Config
from coursekit.page import Page, load
from coursekit.problems import ContractError
from coursekit.reach import Facts, Reach

__all__ = ["Selection", "print_site_problems", "select"]

# Few files hold what is worth seconds to compare with.
COMPARED = frozenset({".py", ".md", ".yml", ".svg", ".toml"})
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


def select(config: Config) -> Selection:
    """Find what the change in the working tree can reach.

    Raises:
        tree.GitError: git refused.
    """
    root = config.root
    missing = tree.has_git(root)
    names = None if missing else tree.changed(root)
    begun = None if missing else tree.base(root)
    if names is None or begun is None:
        tests = [config.relative(path) for path in sorted((root / "tests").rglob("test_*.py"))]
        pages = [config.relative(path) for path in config.page_files]
        return Selection(pages, tests, whole=missing or "git has no commit yet")
    with tempfile.TemporaryDirectory() as folder:
        before = _before(config, begun, names, Path(folder).resolve())
        return _Change(config, before, names).selection()


def _before(config: Config, commit: str, names: Iterable[str], folder: Path) -> Config:
    """Write the course as it was in a commit into a folder: its code and its pages."""
    for name in tree.files(config.root):
        if Path(name).suffix in COMPARED:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(config.root / name, folder / name)
    for name in names:
        file = folder / name
        file.unlink(missing_ok=True)
        if (
            file.suffix in COMPARED
            and (text := tree.text_at(config.root, commit, name)) is not None
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
    return dataclasses.replace(config, root=folder)


class _Change:
    """One change, and what it can reach.

    Args:
        config: the course as it is.
        before: the course as it was.
        names: the files that differ.
    """

    def __init__(self, config: Config, before: Config, names: set[str]) -> None:
        self.config, self.names = config, names
        self.now, self.then = Reach(config), Reach(before)
        self.definitions: set[str] = set()
        self.gone: set[str] = set()
        for name in names:
            if name.endswith(".py") and (module := self._module(Path(name))):
                self._compare(module)
        prose = {name for name in names if name.endswith(".md") and self._only_prose(Path(name))}
        self.files = names - prose

    def _module(self, path: Path) -> str | None:
        """Dotted name of a module of the lessons, this package or the tests."""
        parts = path.with_suffix("").parts
        if parts[0] not in ("src", "tests"):
            return None
        return ".".join(parts[1:-1] if parts[-1] == "__init__" else parts[1:])

    def _compare(self, module: str) -> None:
        """Note the definitions that differ, and the names of those that are gone."""
        known = [reach.test_code.module(module) for reach in (self.now, self.then)]
        now, then = (dict(one.definitions) if one else {} for one in known)
        for name in now.keys() | then.keys():
            if Facts.of(now.get(name, [])) != Facts.of(then.get(name, [])):
                self.definitions.add(f"{module}:{name}")
            if name not in now:
                self.gone.add(name)

    def _page(self, reach: Reach, path: Path) -> Page | None:
        file = reach.config.root / path
        try:
            return load(file, reach.config) if file.is_file() else None
        except ContractError:
            return None

    def _only_prose(self, path: Path) -> bool:
        """Whether nothing of a page changed but what stands between its blocks."""
        pages = [self._page(reach, path) for reach in (self.now, self.then)]
        if None in pages:
            return False
        now, then = ([[b.attributes, b.body] for b in page.blocks] for page in pages if page)
        metas = [yaml.safe_dump(dict(page.meta)) for page in pages if page]
        return now == then and metas[0] == metas[1]

    def _reaches(self, reached: dict[str, str], mentioned: Iterable[frozenset[str]]) -> bool:
        if not (self.definitions | self.files).isdisjoint(reached):
            return True
        return any(not self.gone.isdisjoint(names) for names in mentioned)

    def selection(self) -> Selection:
        """Return the pages and the files of tests."""
        typed = any(name.startswith(TYPED) for name in self.names)
        return Selection(list(self._pages()), list(self._tests()), typed)

    def _pages(self) -> Iterator[Path]:
        for file in self.config.page_files:
            path = self.config.relative(file)
            page, before = self._page(self.now, path), self._page(self.then, path)
            if page is None or before is None:
                yield path
                continue
            if not (reached := self.now.page(page)):
                continue
            changed = self.now.shown(page) != self.then.shown(before)
            if changed or self._reaches(reached, self._mentioned(self.now.code, reached)):
                yield path

    def _tests(self) -> Iterator[Path]:
        for file in sorted((self.config.root / "tests").rglob("test_*.py")):
            reached = self.now.test(file)
            if self._reaches(reached, self._mentioned(self.now.test_code, reached)):
                yield self.config.relative(file)

    def _mentioned(self, code: object, reached: Iterable[str]) -> Iterator[frozenset[str]]:
        for name in reached:
            if ":" in name:
                yield self.now.facts(code, name).names  # type: ignore[arg-type]


def print_site_problems(folder: Path, config: Config) -> int:
    """Print what is wrong with the built site; 1 if anything is."""
    problems = all_problems(Site(folder), config)
    print(*problems, sep="\n" if problems else "", end="\n" if problems else "")
    return 1 if problems else 0
