"""What a measurement depends on: the definitions that it can reach by name, not the files they are in.

From a function, names are followed through imports, classes, decorators, defaults and constants to
every function, class and constant of the packages. Each has a digest of what counts in it (see
`lessons.fingerprints.syntax`). So a reworded error or a moved file changes nothing, and a changed
constant changes exactly what can reach it.
"""

import ast
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lessons.fingerprints.syntax import Place, Writer, bound_by, own_nodes
from lessons.fingerprints.trees import every

EFFECTS = "*"  # the definition that holds a module's statements which define nothing
QUOTED = re.compile(r"\w+(\.\w+)*(:\w+)?", re.ASCII)


class Module:
    """The definitions and imports of one file.

    Args:
        name: its dotted name; empty for a text that stands alone.
        text: its source.
        where: what errors call it.
        inside: whether the code of a module is followed, by its dotted name.

    Attributes:
        definitions: name -> the statements that bind it.
        imports: name -> the module, and what of it.

    Raises:
        ValueError: an import that does not say by name what it brings.
    """

    def __init__(self, name: str, text: str, where: str, inside: Callable[[str], bool]) -> None:
        self.name, self.where, self.inside = name, where, inside
        self.body = ast.parse(text, where).body
        self.imports: dict[str, tuple[str, str | None]] = {}
        self.definitions: dict[str, list[ast.stmt]] = {EFFECTS: []}
        for node in self.body:
            for bound in self._bound(node):
                self.definitions.setdefault(bound, []).append(node)

    def named(self, node: ast.Import | ast.ImportFrom) -> dict[str, tuple[str, str | None]]:
        """Return what an import statement gives names to."""
        if isinstance(node, ast.Import):
            tops = {alias.name.partition(".")[0] for alias in node.names if not alias.asname}
            renamed = {alias.asname: alias.name for alias in node.names if alias.asname}
            return {
                name: (module, None) for name, module in ({t: t for t in tops} | renamed).items()
            }
        if node.level:
            raise ValueError(
                f"{self.where}:{node.lineno}: write `from package import …`, not a dot"
            )
        module = str(node.module)
        if any(alias.name == "*" for alias in node.names) and self.inside(module):
            raise ValueError(f"{self.where}:{node.lineno}: name what is imported, not `*`")
        return {alias.asname or alias.name: (module, alias.name) for alias in node.names}

    def _bound(self, node: ast.stmt) -> set[str]:
        """Name what a statement on the top level defines or changes."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            self.imports |= self.named(node)
            return set()
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            return set()  # runs in a script only
        names = set[str]()
        for inner in own_nodes([node]):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                self.imports |= self.named(inner)
                names |= self.named(inner).keys()
            elif (name := bound_by(inner)) is not None:
                names.add(name)
        return names | self._changed(node) or {EFFECTS}

    def _changed(self, node: ast.stmt) -> set[str]:
        """Name what a statement such as ``NAMES["x"] = 1`` or ``NAMES.update(…)`` changes."""
        changed: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            changed = [t for t in node.targets if isinstance(t, ast.Attribute | ast.Subscript)]
        elif isinstance(node, ast.AugAssign):
            changed = [node.target]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            changed = [node.value.func]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            # a decorator of the packages may keep what it decorates
            roots = {_root(decorator) for decorator in node.decorator_list}
            return {EFFECTS} if any(map(self._is_inside, roots)) else set()
        roots = {_root(target) for target in changed}
        return {root if root in self.definitions else EFFECTS for root in roots}

    def _is_inside(self, name: str) -> bool:
        module, _ = self.imports.get(name, ("", None))
        return name in self.definitions or self.inside(module)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


@dataclass(frozen=True)
class Definition:
    """What counts of a definition.

    Attributes:
        digest: of its text.
        references: what it mentions.
        is_empty: whether nothing of it counts.
    """

    digest: str
    references: tuple[Place, ...]
    is_empty: bool = False


class Code:
    """The definitions of some packages, and which of them can be reached by name from where.

    Files are read once; what changes later is not seen.

    Args:
        root: the folder that holds the packages.
        packages: their names.
        paths: further modules on the top level, such as files of tests: name -> file.
        boundaries: modules in which no name is followed, and nothing counts, nor a call of theirs
            whose value nobody takes.
    """

    def __init__(
        self,
        root: Path,
        packages: Sequence[str] = ("lessons",),
        paths: Mapping[str, Path] | None = None,
        *,
        boundaries: Collection[str] = (),
    ) -> None:
        self.root, self.packages, self.paths = root, packages, dict(paths or {})
        self.boundaries = boundaries
        self._modules: dict[str, Module | None] = {}
        self._definitions: dict[tuple[str, str], Definition] = {}

    def reach(self, *roots: str) -> dict[str, str]:
        """Return the digest of each definition that can be reached: ``module:name`` -> digest.

        Args:
            roots: ``module:name``, or ``module`` for all its definitions.

        Raises:
            ValueError: a root that does not exist, or an import that cannot be followed.
        """
        reached = self._closure(map(self._root, roots))
        return {key: reached[key].digest for key in sorted(reached)}

    def reach_source(self, source: str) -> dict[str, str]:
        """Return what a text that stands alone can reach, apart from what it defines itself.

        Args:
            source: a script, or the blocks of a page one behind another.

        Raises:
            ValueError: an import that cannot be followed.
        """
        module = self._text(source)
        reached = self._closure(self._define(module, module.body).references)
        return {key: reached[key].digest for key in sorted(reached)}

    def summary(self, *roots: str) -> dict[str, str]:
        """Return what `reach` does by bare names, so that it does not depend on where they stand.

        Several definitions of one name have their digests joined, and one more that says who
        refers to which of them.
        """
        reached = self._closure(map(self._root, roots))
        names: dict[str, list[str]] = {}
        for key in sorted(reached):
            names.setdefault(key.partition(":")[2], []).append(key)
        summary = {}
        for name, keys in sorted(names.items()):
            digests = sorted(reached[key].digest for key in keys)
            summary[name] = "+".join([*digests, *([_users(name, reached)] if keys[1:] else [])])
        return summary

    # Modules

    def inside(self, module: str) -> bool:
        """Whether the code of a module is followed, if there is one of that name."""
        return module in self.paths or module.partition(".")[0] in self.packages

    def module(self, name: str) -> Module | None:
        """Return a module of the packages, or None for any other name."""
        if name not in self._modules:
            path = self._file(name) if self.inside(name) else None
            self._modules[name] = (
                Module(name, path.read_text("utf-8-sig"), str(path), self.inside) if path else None
            )
        return self._modules[name]

    def _file(self, name: str) -> Path | None:
        stem = self.root.joinpath(*name.split("."))
        paths = (stem / "__init__.py", stem.with_name(f"{stem.name}.py"))
        return self.paths.get(name) or next((path for path in paths if path.is_file()), None)

    def _known(self, name: str) -> Module:
        if (module := self.module(name)) is None:
            raise ValueError(f"no module {name!r} below {self.root}")
        return module

    def _text(self, source: str) -> Module:
        return Module("", source, "<text>", self.inside)

    def place(self, module: str, name: str | None, seen: Collection[object] = ()) -> Place:
        """Find what a module's attribute is and where it is defined, through re-exports."""
        known = self.module(module)
        if known is None:
            return Place(f"{module}.{name}" if name else module, None, inside=False)
        if name is None or name in known.definitions:
            return Place(module, name)
        if name in known.imports and (module, name) not in seen:
            return self.place(*known.imports[name], (*seen, (module, name)))
        if self.module(f"{module}.{name}"):
            return Place(f"{module}.{name}")
        return Place(f"{module}.{name}", None, inside=False)

    def _root(self, root: str) -> Place:
        module, _, name = root.partition(":")
        known = self._known(module)
        place = self.place(module, name or None)
        if not place.inside:
            raise ValueError(f"{known.where} defines no {name!r}")
        return place

    # Definitions

    def _closure(self, places: Iterable[Place]) -> dict[str, Definition]:
        reached: dict[str, Definition] = {}
        waiting, seen = list(places), set[Place]()
        while waiting:
            place = waiting.pop()
            if place in seen or not place.inside or place.module in ("", *self.boundaries):
                continue
            seen.add(place)
            if place.name is None:
                waiting += self._members(place.module)
                continue
            definition = self._definition(place.module, place.name)
            if not definition.is_empty:
                reached[f"{place.module}:{place.name}"] = definition
            waiting += definition.references
        return reached

    def _members(self, name: str) -> Iterator[Place]:
        """List what a whole module offers: its definitions, and those that it imports by name."""
        module = self._known(name)
        yield from (Place(name, member) for member in module.definitions)
        offered = [self.place(*target) for target in module.imports.values() if target[1]]
        yield from (place for place in offered if place.name)

    def _definition(self, module: str, name: str) -> Definition:
        if (module, name) not in self._definitions:
            known = self._known(module)
            self._definitions[module, name] = self._define(known, known.definitions[name], name)
        return self._definitions[module, name]

    def _define(self, module: Module, nodes: Sequence[ast.stmt], name: str = "") -> Definition:
        writer = Writer(View(self, module))
        text = writer.statements(nodes)
        imports = [node for node in every(nodes) if isinstance(node, IMPORTS)]
        effects = [target for node in imports for target in module.named(node).values()]
        if name == EFFECTS or not module.name:
            effects += module.imports.values()
            above = module.name.rpartition(".")[0]
            effects += [(above, None)] if above else []
        touched = [self.place(*target).module for target in effects]
        places = [
            Place(name_of_module, EFFECTS)
            for name_of_module in touched
            if self.module(name_of_module)
        ]
        if module.name:
            places.append(Place(module.name, EFFECTS))
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        references = tuple(dict.fromkeys((*writer.references, *places)))
        return Definition(digest, references, text == "[]")


IMPORTS = ast.Import | ast.ImportFrom


def _users(name: str, reached: Mapping[str, Definition]) -> str:
    """Hash who refers to which of several definitions of one name."""
    users = []
    for key, definition in reached.items():
        places = [p for p in definition.references if p.name == name]
        digests = [reached[at].digest for p in places if (at := f"{p.module}:{p.name}") in reached]
        if name != EFFECTS and digests:
            users.append(f"{key.partition(':')[2]} {' '.join(digests)}")
    return hashlib.sha256("\n".join(sorted(users)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class View:
    """What names stand for, as seen from one module.

    Attributes:
        code: all modules.
        module: the one whose names are looked up.
    """

    code: Code
    module: Module

    def meaning(self, name: str) -> list[Place]:
        """Return what a name stands for: a definition, an import, both, or nothing for a builtin."""
        places = [Place(self.module.name, name)] if name in self.module.definitions else []
        if name in self.module.imports:
            places.append(self.code.place(*self.module.imports[name]))
        return places

    def attribute(self, place: Place, name: str) -> Place:
        """Return what an attribute of a module, or of something elsewhere, stands for."""
        if place.inside:
            return self.code.place(place.module, name)
        return Place(f"{place.module}.{name}", None, inside=False)

    def imported(self, node: ast.Import | ast.ImportFrom) -> dict[str, Place]:
        """Return what an import statement gives names to."""
        return {name: self.code.place(*target) for name, target in self.module.named(node).items()}

    def quoted(self, text: str) -> Place | None:
        """Return what a string names by which a process could be started."""
        module, _, name = text.partition(":")
        if not QUOTED.fullmatch(text) or not (name or "." in module):
            return None
        if not self.code.inside(module) or self.code.module(module) is None:
            return None
        place = self.code.place(module, name or None)
        return place if place.inside else None

    def counts(self, place: Place) -> bool:
        """Return whether what stands at a place can change a number."""
        return place.module not in self.code.boundaries
