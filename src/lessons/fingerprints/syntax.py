"""A definition as text: what counts in it and nothing else; and what it refers to.

Not counted are comments, docstrings, annotations, the words of errors, import statements, the names of
local variables, by which path a name was imported, and calls of what can change no number if nobody
takes their value. The text is the same in each Python version.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from lessons.fingerprints.error_words import is_error, only_gives, only_words
from lessons.fingerprints.trees import every, parts

# Fields that differ from version to version, or that only a type checker reads.
SKIPPED = frozenset(("annotation", "ctx", "kind", "returns", "type_comment", "type_params"))
# An annotation that changes what a data class is.
MARKERS = ("ClassVar", "InitVar", "KW_ONLY")
# Where one of these is called, a variable can be found by its name.
BY_NAME = frozenset(("eval", "exec", "locals", "vars"))

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Place(NamedTuple):
    """What a name stands for.

    Attributes:
        module: dotted name of a module; of something elsewhere, its whole dotted name.
        name: a definition in the module; None for the module itself.
        inside: whether its code is followed; what belongs to other packages is not.
    """

    module: str
    name: str | None = None
    inside: bool = True


class Names(Protocol):
    """Tells what names stand for, as seen from one module."""

    def meaning(self, name: str) -> Sequence[Place]:
        """Return what a name of the module stands for, the first first; nothing for a builtin."""

    def attribute(self, place: Place, name: str) -> Place:
        """Return what an attribute of a module stands for."""

    def imported(self, node: ast.Import | ast.ImportFrom) -> dict[str, Place]:
        """Return what an import statement gives names to."""

    def quoted(self, text: str) -> Place | None:
        """Return what a string names, if it is ``package.module`` or ``module:name``."""

    def counts(self, place: Place) -> bool:
        """Return whether what stands at a place can change a number."""


@dataclass
class Scope:
    """The names of a function, a class or a comprehension.

    Attributes:
        kept: names that others can see: parameters, attributes, functions.
        local: variables, which are numbered.
        imported: what the scope imports.
        outside: names declared global.
        is_class: its names are not seen by functions inside.
        numbers: the number of each variable seen so far.
    """

    kept: set[str] = field(default_factory=set)
    local: set[str] = field(default_factory=set)
    imported: dict[str, Place] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    is_class: bool = False
    numbers: dict[str, int] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.kept or name in self.local or name in self.imported


def own_nodes(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk syntax trees without entering the functions, classes and comprehensions inside them."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Comprehension):  # only what `:=` names gets out of it
            waiting += [inner for inner in every([node]) if isinstance(inner, ast.NamedExpr)]
        elif not isinstance(node, Function | ast.ClassDef):
            waiting += parts(node)


def bound_by(node: ast.AST) -> str | None:
    """Return the name that a node gives something, unless it imports it."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return name
        case ast.MatchMapping(rest=name):
            return name
    return None


def parameters(arguments: ast.arguments) -> list[str]:
    """List a function's parameters in order."""
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [argument.arg for argument in (*named, *starred)]


class Writer:
    """Writes a definition, and notes what it refers to.

    Attributes:
        references: each place that was met, in order.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self.references: list[Place] = []
        self._scopes: list[Scope] = []
        self._silent: set[ast.AST] = set()
        self._count = 0

    def write(self, node: ast.AST) -> str:
        """Return the text of a syntax tree."""
        special = getattr(self, f"_{type(node).__name__}", None)
        return str(special(node)) if special else self._plain(node)

    def statements(self, nodes: Iterable[ast.stmt]) -> str:
        """Return the text of statements, without those that do nothing."""
        return f"[{' '.join(self.write(node) for node in nodes if not self._is_silent(node))}]"

    def _is_silent(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Import | ast.ImportFrom):
            if not self._scopes:  # under a condition: both ways to get a name count
                places = self.names.imported(node).values()
                self.references += [place for place in places if place.name is not None]
            return True
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return not (self._scopes and self._scopes[-1].is_class)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return True
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return self._only_checks(node.value)
        return node in self._silent or isinstance(node, ast.Pass | ast.Global | ast.Nonlocal)

    def _only_checks(self, call: ast.Call) -> bool:
        """Whether a call whose value nobody takes can do no more than refuse to go on."""
        place = self._called(call.func)
        given = (*call.args, *(keyword.value for keyword in call.keywords))
        return place is not None and not self.names.counts(place) and only_gives(*given)

    def _called(self, node: ast.expr) -> Place | None:
        """Return where a function stands that is called by its name, or as part of a module."""
        if isinstance(node, ast.Attribute):
            above = self._known(node.value)
            return self.names.attribute(above, node.attr) if above else None
        if not isinstance(node, ast.Name):
            return None
        if (scope := self._scope_of(node.id)) is not None:
            return scope.imported.get(node.id) if node.id not in scope.local | scope.kept else None
        places = self.names.meaning(node.id)
        return places[0] if len(places) == 1 else None

    def _plain(self, node: ast.AST) -> str:
        parts = [type(node).__name__]
        for name in node._fields:
            value = getattr(node, name, None)
            if name not in SKIPPED and value is not None and value != []:
                parts.append(f"{name}={self._value(value)}")
        return f"({' '.join(parts)})"

    def _value(self, value: object) -> str:
        if value is None:  # of a list: `**` in a dictionary, a parameter without default
            return "-"
        if isinstance(value, ast.AST):
            return self.write(value)
        if not isinstance(value, list):
            return ascii(value)
        if value and isinstance(value[0], ast.stmt):
            return self.statements(value)
        return f"[{' '.join(map(self._value, value))}]"

    # Names

    def _scope_of(self, name: str) -> Scope | None:
        for depth, scope in enumerate(reversed(self._scopes)):
            if name in scope.outside:
                return None
            if name in scope and not (scope.is_class and depth):
                return scope
        return None

    def _name(self, name: str) -> str:
        """Write a name that is bound: a variable by its number, all else by its name."""
        scope = self._scope_of(name)
        if scope is None:
            return self._places(name, self.names.meaning(name))
        if name in scope.local:
            self.references += [scope.imported[name]] if name in scope.imported else []
            if name not in scope.numbers:
                self._count += 1
                scope.numbers[name] = self._count
            return f"${scope.numbers[name]}"
        if name in scope.kept:
            return f"%{name}"
        return self._places(name, [scope.imported[name]])

    def _places(self, name: str, places: Sequence[Place]) -> str:
        if not places:
            return name
        self.references += places[1:]
        return self._place(places[0])

    def _place(self, place: Place) -> str:
        if not place.inside:
            return f"!{place.module}"
        same = list(dict.fromkeys(p for p in self.references if p.inside and p.name == place.name))
        self.references.append(place)
        if place.name is None:
            return f"@module:{place.module.rpartition('.')[2]}"
        index = same.index(place) if place in same else len(same)
        return f"@{place.name}" + (f"#{index}" if index else "")

    def _known(self, node: ast.expr) -> Place | None:
        """Return the module or the thing elsewhere that an expression stands for."""
        if isinstance(node, ast.Name):
            scope = self._scope_of(node.id)
            places = self.names.meaning(node.id)[:1]
            if scope is not None:
                is_import = node.id not in scope.local and node.id not in scope.kept
                places = [scope.imported[node.id]] if is_import else []
            return next((place for place in places if place.name is None), None)
        if isinstance(node, ast.Attribute) and (above := self._known(node.value)):
            place = self.names.attribute(above, node.attr)
            return place if place.name is None else None
        return None

    def _Name(self, node: ast.Name) -> str:  # noqa: N802 -- called by the node's name
        return self._name(node.id)

    def _Attribute(self, node: ast.Attribute) -> str:  # noqa: N802
        above = self._known(node.value)
        return self._place(self.names.attribute(above, node.attr)) if above else self._plain(node)

    def _Constant(self, node: ast.Constant) -> str:  # noqa: N802
        place = self.names.quoted(node.value) if isinstance(node.value, str) else None
        return self._place(place) if place else ascii(node.value)

    def _JoinedStr(self, node: ast.JoinedStr) -> str:  # noqa: N802
        """Write an f-string; versions cut its constant parts differently."""
        parts: list[str] = []
        constant = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                constant += str(part.value)
            else:
                parts += [ascii(constant)] if constant else []
                parts.append(self.write(part))
                constant = ""
        parts += [ascii(constant)] if constant else []
        return f"(JoinedStr {' '.join(parts)})"

    # Scopes

    def _open(self, nodes: Sequence[ast.AST], kept: Iterable[str] = ()) -> Scope:
        scope = Scope(kept=set(kept))
        free: set[str] = set()
        for node in own_nodes(nodes):
            if isinstance(node, ast.Import | ast.ImportFrom):
                scope.imported |= self.names.imported(node)
            elif isinstance(node, ast.Global):
                scope.outside |= {*node.names}
            elif isinstance(node, ast.Nonlocal):
                free |= {*node.names}
            elif (name := bound_by(node)) is not None:
                (scope.kept if isinstance(node, Named) else scope.local).add(name)
        scope.local -= scope.kept | scope.outside | free
        return scope

    def _Lambda(self, node: ast.Lambda) -> str:  # noqa: N802
        defaults = self._defaults(node.args)
        self._scopes.append(self._open([node.body], parameters(node.args)))
        text = f"(Lambda {self._signature(node.args)} {defaults} {self.write(node.body)})"
        self._scopes.pop()
        return text

    def _FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:  # noqa: N802
        kind, name = type(node).__name__, self._name(node.name)
        head = f"{self._value(node.decorator_list)} {self._defaults(node.args)}"
        scope = self._open(node.body, parameters(node.args))
        nodes = every([node])
        if any(isinstance(inner, ast.Name) and inner.id in BY_NAME for inner in nodes):
            scope.kept |= scope.local
            scope.local = set()
        self._silent |= only_words(nodes, scope.local)
        self._scopes.append(scope)
        text = f"({kind} {name} {head} {self._signature(node.args)} {self.statements(node.body)})"
        self._scopes.pop()
        return text

    _AsyncFunctionDef = _FunctionDef

    def _defaults(self, arguments: ast.arguments) -> str:
        return f"{self._value(arguments.defaults)} {self._value(arguments.kw_defaults)}"

    def _signature(self, arguments: ast.arguments) -> str:
        groups = (arguments.posonlyargs, arguments.args, arguments.kwonlyargs)
        ends = (arguments.vararg, arguments.kwarg)
        names = ["/".join(argument.arg for argument in group) for group in groups]
        return f"({'|'.join([*names, *(end.arg if end else '' for end in ends)])})"

    def _ClassDef(self, node: ast.ClassDef) -> str:  # noqa: N802
        name = self._name(node.name)
        head = " ".join(map(self._value, (node.decorator_list, node.bases, node.keywords)))
        scope = self._open(node.body)
        scope.kept, scope.local, scope.is_class = scope.kept | scope.local, set(), True
        self._scopes.append(scope)
        text = f"(ClassDef {name} {head} {self.statements(node.body)})"
        self._scopes.pop()
        return text

    def _comprehension(self, node: Comprehension) -> str:
        first, *others = node.generators
        source = self.write(first.iter)  # still seen from outside
        scope = Scope()
        targets = [generator.target for generator in node.generators]
        scope.local = {name for part in own_nodes(targets) if (name := bound_by(part))}
        self._scopes.append(scope)
        text = f"({type(node).__name__} {source} {self._generator(first)}"
        for generator in others:
            text += f" {self.write(generator.iter)} {self._generator(generator)}"
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        text += f" {self._value(results)})"
        self._scopes.pop()
        return text

    _ListComp = _SetComp = _DictComp = _GeneratorExp = _comprehension

    def _generator(self, node: ast.comprehension) -> str:
        return f"{node.is_async} {self.write(node.target)} {self._value(node.ifs)}"

    # Statements and patterns that name something, or of which a part does not count

    def _Raise(self, node: ast.Raise) -> str:  # noqa: N802
        cause = self.write(node.cause) if node.cause else ""
        if isinstance(node.exc, ast.Call) and is_error(node.exc):
            return f"(Raise error {self.write(node.exc.func)} {cause})"
        return f"(Raise {self.write(node.exc) if node.exc else ''} {cause})"

    def _Assert(self, node: ast.Assert) -> str:  # noqa: N802
        return f"(Assert {self.write(node.test)})"

    def _AnnAssign(self, node: ast.AnnAssign) -> str:  # noqa: N802
        value = self.write(node.value) if node.value else ""
        if not (self._scopes and self._scopes[-1].is_class):
            return f"(Assign targets=[{self.write(node.target)}] value={value})"
        words = {
            getattr(n, "id", None) or getattr(n, "attr", None) or getattr(n, "value", None)
            for n in ast.walk(node.annotation)
        }
        markers = " ".join(m for m in MARKERS if any(m in str(word) for word in words))
        return f"(Field {self.write(node.target)} {markers} {value})"

    def _ExceptHandler(self, node: ast.ExceptHandler) -> str:  # noqa: N802
        kind = self.write(node.type) if node.type else ""
        name = self._name(node.name) if node.name else ""
        return f"(ExceptHandler {kind} {name} {self.statements(node.body)})"

    def _MatchAs(self, node: ast.MatchAs) -> str:  # noqa: N802
        pattern = self.write(node.pattern) if node.pattern else ""
        return f"(MatchAs {pattern} {self._name(node.name) if node.name else ''})"

    def _MatchStar(self, node: ast.MatchStar) -> str:  # noqa: N802
        return f"(MatchStar {self._name(node.name) if node.name else ''})"

    def _MatchMapping(self, node: ast.MatchMapping) -> str:  # noqa: N802
        rest = self._name(node.rest) if node.rest else ""
        return f"(MatchMapping {self._value(node.keys)} {self._value(node.patterns)} {rest})"
