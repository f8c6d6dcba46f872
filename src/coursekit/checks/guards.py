"""Checks that no single block can make: of a lesson page as a whole, and of the whole course.

Each function returns what is wrong, as :class:`~coursekit.problems.Problem`, and nothing if all is
well.
"""

import ast
import builtins
import re
import tomllib
from collections.abc import Iterator, Set
from pathlib import Path

from coursekit.checks import form
from coursekit.checks.core import core_problems, frames
from coursekit.checks.loose import loose_numbers
from coursekit.checks.words import word_problems
from coursekit.config import Config
from coursekit.course import costs, glossary
from coursekit.downloads import labs
from coursekit.page.contents import Page
from coursekit.page.core import DEEPER, layered
from coursekit.page.numbers import fill
from coursekit.page.sections import Section, sections
from coursekit.parser import readable
from coursekit.problems import ContractError, Problem
from coursekit.syntax import is_main_guard
from coursekit.text import read_text

__all__ = [
    "lesson_problems",
    "module_problems",
    "orphan_problems",
    "page_problems",
    "section_problems",
]

REFERENCE = re.compile(r"\breference/([\w.]+)\.md\b")  # a link to a module's page
# What a constant may be made by: pure constructors, views of a dictionary, what makes a short text, path or
# order of another and does nothing else, and classes (by their capital letter).
CONSTRUCTORS = frozenset(
    {
        *(
            "decode",
            "encode",
            "findall",
            "join",
            "lower",
            "removeprefix",
            "replace",
            "split",
            "startswith",
            "sub",
            "upper",
            "with_name",
        ),
        *("inv_cdf", "normalize", "permutations", "sorted"),
        "compile",
        "dict",
        "frozenset",
        "range",
        "set",
        "tuple",
        "namedtuple",
        "items",
        "keys",
        "values",
    }
)
REQUIRED_HEADINGS = ("Measured here", "Pitfalls", "Check yourself", "Sources")


def lesson_problems(page: Page, config: Config) -> list[Problem]:
    """What a lesson page owes beyond its blocks: front matter, headings, bound numbers, costs, no skips."""
    return [
        *_front_matter(page, config),
        *_headings(page, config),
        *_skips(page, config),
        *_imports_first(page, config),
        *core_problems(page, config),
        *binding_problems(page, config),
        *loose_numbers(page, config),
        *costs.problems(page, config),
        *form.page_problems(page, config),
        *word_problems(page, config),
    ]


def page_problems(page: Page, config: Config) -> list[Problem]:
    """What any other page owes: bound numbers, its form, and a glossary that keeps its rules."""
    found = [
        *binding_problems(page, config),
        *form.page_problems(page, config),
        *word_problems(page, config),
    ]
    if found or not glossary.is_glossary(page, config):
        return found
    return [*loose_numbers(page, config), *glossary.problems(page, config)]


def binding_problems(page: Page, config: Config) -> list[Problem]:
    """Bindings in prose that name nothing."""
    try:
        fill(page, config)
    except ContractError as error:
        return list(error.problems)
    return []


def _front_matter(page: Page, config: Config) -> Iterator[Problem]:
    wanted = {"title": str, "description": str, "minutes": int, "objectives": list}
    for key, kind in wanted.items():
        if not isinstance(page.meta.get(key), kind) or not page.meta[key]:
            message = f"front matter needs {key}: ({kind.__name__}), has {page.meta.get(key)!r}"
            yield Problem(config.relative(page.path), 1, message)
    yield from _deeper_goals(page, config)
    yield from _extras(page, config)


def _deeper_goals(page: Page, config: Config) -> Iterator[Problem]:
    """``deeper:`` names goals of its own, and something stands deeper that reaches them."""
    if "deeper" not in page.meta:
        return
    named, message = page.meta["deeper"], ""
    if not isinstance(named, list) or not named:
        message = f"front matter: deeper: is a list of goals, has {named!r}"
    elif not layered(page):
        message = (
            f"front matter: deeper: needs the heading {DEEPER!r}, below which they are reached"
        )
    elif twice := [goal for goal in named if goal in (page.meta.get("objectives") or [])]:
        message = f"front matter: {twice[0]!r} stands in objectives: and in deeper:"
    if message:
        yield Problem(config.relative(page.path), 1, message)


def _extras(page: Page, config: Config) -> Iterator[Problem]:
    wanted = page.meta.get("extras", [])
    if not wanted:
        return
    settings = tomllib.loads(read_text(config.root / "pyproject.toml"))
    known = settings.get("project", {}).get("optional-dependencies", {})
    for extra in wanted:
        if extra not in known:
            message = f"extras: {extra!r} is none of pyproject.toml's: {', '.join(known)}"
            yield Problem(config.relative(page.path), 1, message)


def _headings(page: Page, config: Config) -> Iterator[Problem]:
    taken = all(block.embedded for block in page.code)
    if taken or page.path in frames(config):
        return  # it measures nothing of its own: it opens or closes a lesson, or takes from other pages
    prose = "\n".join(text for _, text in page.prose())
    for heading in REQUIRED_HEADINGS:
        if not re.search(rf"^#+ {heading}\b", prose, re.MULTILINE):
            yield Problem(config.relative(page.path), 1, f"a lesson page has a heading {heading!r}")


def _skips(page: Page, config: Config) -> Iterator[Problem]:
    for block in page.blocks:
        if block.skip is not None:
            message = "lesson pages skip nothing; make the block run or take it out"
            yield Problem(config.relative(page.path), block.line, message)


def _imports_first(page: Page, config: Config) -> Iterator[Problem]:
    """A page shows a module's imports before it shows anything that needs them."""
    seen: set[Path] = set()
    for block in page.code:
        path, name = block.code.path, block.code.section
        if name is None:
            continue
        if name == "imports":
            seen.add(path)
        elif path not in seen and "imports" in sections(path, config.relative(path)):
            message = f"show {config.relative(path).as_posix()}:imports before {name!r}"
            yield Problem(config.relative(page.path), block.line, message)
            seen.add(path)


def _modules(config: Config) -> list[Path]:
    return sorted((config.root / config.lessons).rglob("*.py"))


def _sections(path: Path, config: Config) -> dict[str, Section]:
    try:
        return sections(path, config.relative(path))
    except ContractError:
        return {}  # reported by section_problems


def section_problems(config: Config) -> list[Problem]:
    """Sections that are misspelt, left open, nested or named twice."""
    problems: list[Problem] = []
    for path in [*_modules(config), *sorted((config.root / config.snippets).glob("*.py"))]:
        try:
            sections(path, config.relative(path))
        except ContractError as error:
            problems.extend(error.problems)
    return problems


def module_problems(config: Config) -> list[Problem]:
    """Statements of a lesson module that run something when it is imported."""
    problems: list[Problem] = []
    for path in _modules(config):
        shown = config.relative(path)
        try:
            body = ast.parse(read_text(path, shown), str(path)).body
        except ContractError as error:
            problems.extend(error.problems)
            continue
        makers = {node.name for node in body if isinstance(node, ast.FunctionDef) and _makes(node)}
        for node in body:
            message = _not_silent(node, makers)
            if message:
                problems.append(Problem(shown, node.lineno, message))
    return problems


def _makes(function: ast.FunctionDef) -> bool:
    """Whether a function only makes another one, or a value by constructors: so it may make constants."""
    *before, last = function.body
    return (
        isinstance(last, ast.Return)
        and all(map(_constructs, _calls(last)))
        and all(isinstance(node, ast.FunctionDef) or _is_text(node) for node in before)
    )


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _not_silent(node: ast.stmt, makers: Set[str] = frozenset()) -> str | None:
    """Say what a statement of a module runs on import; ``makers`` are its functions that may be called."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return "no __future__ import: a page shows code that stands behind other code"
    if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return None
    if _is_text(node):
        return None  # a docstring
    if is_main_guard(node) or _for_types(node):
        return None
    if isinstance(node, ast.Assign | ast.AnnAssign):
        for call in _calls(node):
            if not _constructs(call) and ast.unparse(call.func) not in makers:
                return f"calls {ast.unparse(call.func)} on import; only constructors may"
        return None
    return "runs on import; a module holds imports, constants, functions and classes"


def _for_types(node: ast.stmt) -> bool:
    """Whether a statement imports what only a type checker needs."""
    return (
        isinstance(node, ast.If)
        and ast.unparse(node.test) == "TYPE_CHECKING"
        and not node.orelse
        and all(isinstance(part, ast.Import | ast.ImportFrom) for part in node.body)
    )


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """The calls that evaluating a node makes; the body of a lambda waits."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)


def _constructs(call: ast.Call) -> bool:
    called = call.func
    if isinstance(called, ast.Subscript):
        called = called.value  # as in frozenset[str]()
    name = ast.unparse(called).rsplit(".", 1)[-1]
    exception = getattr(builtins, name, None)
    if isinstance(exception, type) and issubclass(exception, BaseException):
        return False
    return name in CONSTRUCTORS or name[:1].isupper() or name == "field"


def orphan_problems(config: Config) -> list[Problem]:
    """Sections and scripts that no page shows, and lesson modules that no page reaches.

    A page reaches a module by showing or importing it, or by a link to the module's reference page. A lab
    reaches what it imports and links, and the module of its own name, which checks it. A ``__main__`` has
    none: it only starts what another module defines.
    """
    shown: set[tuple[Path, str | None]] = set()
    scripts: set[Path] = set()
    reached: set[str] = set()
    package = (config.root / config.lessons).name
    for page in readable(config.page_files, config):
        reached |= {f"{package}.{name}" for name in REFERENCE.findall(page.text)}
        for block in (block for block in page.blocks if block.kind.embeds):
            shown.add((block.code.path, block.code.section))
            if block.kind.stands_alone:
                scripts.add(block.code.path)
            reached |= _imports(block.code.text)
            if block.embedded:
                reached.add(_module_name(block.code.path, config))
    for lab in labs.find(config):
        reached |= {f"{package}.labs.{lab.name}"}.union(*map(_imports, lab.solved))
        linked = REFERENCE.findall("\n".join(cell.text for cell in lab.cells))
        reached |= {f"{package}.{name}" for name in linked}
    modules = {_module_name(path, config): path for path in _modules(config)}
    reached = _closure(reached, modules)
    problems = [
        Problem(config.relative(path), section.start - 1, f"no page shows section {name!r}")
        for path in modules.values()
        for name, section in _sections(path, config).items()
        if (path, name) not in shown
    ]
    problems += [
        Problem(config.relative(path), 1, f"no page shows, imports or links module {name}")
        for name, path in modules.items()
        if name not in reached and path.name not in ("__init__.py", "__main__.py")
    ]
    return problems + _hidden_scripts(scripts, config)


def _hidden_scripts(shown: set[Path], config: Config) -> list[Problem]:
    problems = []
    for path in sorted((config.root / config.snippets).glob("*.py")):
        if path not in shown:
            place = config.relative(path)
            message = f"no page shows {place.as_posix()}; embed it in a {{.python .script}} fence"
            problems.append(Problem(place, 1, message))
    return problems


def _module_name(path: Path, config: Config) -> str:
    base = (config.root / config.lessons).parent
    if not path.is_relative_to(base):
        return path.stem
    parts = path.relative_to(base).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(source: str) -> set[str]:
    """Full names of what a source imports; ``from a import b`` counts as ``a`` and ``a.b``."""
    names: set[str] = set()
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return names  # reported where the block runs
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _imports_of(module: Path) -> set[str]:
    try:
        return _imports(read_text(module))
    except ContractError:
        return set()  # reported by module_problems


def _closure(reached: set[str], modules: dict[str, Path]) -> set[str]:
    todo, done = [name for name in reached if name in modules], set[str]()
    while todo:
        name = todo.pop()
        if name not in done:
            done.add(name)
            todo += [n for n in _imports_of(modules[name]) if n in modules]
    return done
