"""What a function of a notebook needs of its cells, as a file that stands alone.

Followed from the function backward: the helpers that it calls, imports, constants, and what those were made
with, in the order in which they ran. What else a notebook computed stays behind, so a check does not train
again all that the notebook trained.
"""

import ast
import builtins
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTING = (ast.Import, ast.ImportFrom)
WHOLE = (*DEFINING, *IMPORTING, ast.Assign, ast.AnnAssign)
WITHIN = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
AT_ONCE = frozenset(
    {"lambda", "listcomp", "setcomp", "dictcomp", "genexpr"}
)  # scopes within a line
BODIES = frozenset(
    {"time", "capture"}
)  # cells that run as Python below a first line of the notebook's own
FUTURE = "__future__"


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a cell.

    Attributes:
        node: as it was parsed.
        text: as it was written.
    """

    node: ast.stmt
    text: str

    @cached_property
    def _table(self) -> symtable.SymbolTable:
        return symtable.symtable(self.text, "cell", "exec")

    @cached_property
    def binds(self) -> frozenset[str]:
        """The names that it gives a value."""
        if isinstance(self.node, ast.AnnAssign) and self.node.value is None:
            return frozenset()
        return frozenset(_bound(self.node))

    @cached_property
    def now(self) -> frozenset[str]:
        """The names that it looks up when it runs."""
        own = {s.get_name() for s in self._table.get_symbols() if s.is_referenced()}
        return frozenset(own) | _looked_up(self._table, later=False)

    @cached_property
    def later(self) -> frozenset[str]:
        """The names that its functions look up when they are called."""
        return _looked_up(self._table, later=True)

    @property
    def whole(self) -> bool:
        """Whether what its names were before does not matter."""
        return isinstance(self.node, WHOLE)

    @cached_property
    def changes(self) -> frozenset[str]:
        """The names whose value it changes in place: ``table[1] = 2``, ``table.update(…)``."""
        return frozenset(_changed(self.node))


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds, without those within its functions and comprehensions."""
    if isinstance(node, IMPORTING):
        yield from ((name.asname or name.name).partition(".")[0] for name in node.names)
    elif isinstance(node, DEFINING):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif not isinstance(node, WITHIN):
        if isinstance(named := getattr(node, "name", None), str):  # except … as, case … as
            yield named
        for child in ast.iter_child_nodes(node):
            yield from _bound(child)


def _looked_up(table: symtable.SymbolTable, later: bool) -> frozenset[str]:
    """The global names that the scopes within a table look up: at once, or when they are called."""
    return frozenset(
        symbol.get_name()
        for scope, called in _scopes(table)
        if called == later
        for symbol in scope.get_symbols()
        if symbol.is_referenced() and symbol.is_global()
    )


def _scopes(
    table: symtable.SymbolTable, called: bool = False
) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    """All scopes within a table, each with whether it runs only when a function is called."""
    for inner in table.get_children():
        body = called or (inner.get_type() == "function" and inner.get_name() not in AT_ONCE)
        yield inner, body
        yield from _scopes(inner, body)


def _changed(node: ast.AST) -> Iterator[str]:
    """The names that a statement changes in place, but not those that only its functions would."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        yield from _root(node)
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
    ):
        yield from _root(node.value.func)
    for child in ast.iter_child_nodes(node):
        yield from _changed(child)


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def statements(cells: Iterable[str]) -> list[Statement]:
    """The statements of cells in order; a cell that is no Python has none."""
    return [one for cell in cells for one in _read(cell)]


def _read(cell: str) -> Iterator[Statement]:
    try:
        body = ast.parse(cell).body
        symtable.symtable(cell, "cell", "exec")
    except SyntaxError:
        return
    for node in body:
        if (inner := _below_magic(node)) is not None:
            yield from _read(inner)
        else:
            yield Statement(node, _text(cell, node))


def _below_magic(node: ast.stmt) -> str | None:
    """The Python below a line such as ``%%time``, which a notebook hands to a function of its own."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return None
    call, given = node.value, [getattr(a, "value", None) for a in node.value.args]
    if ast.unparse(call.func) != "get_ipython().run_cell_magic" or given[0] not in BODIES:
        return None
    return str(given[-1])


def _text(cell: str, node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", [])
    if not decorators:
        return ast.get_source_segment(cell, node) or ""
    return "\n".join(cell.splitlines()[decorators[0].lineno - 1 : node.end_lineno])


def gathered(cells: Iterable[str], names: Sequence[str]) -> str:
    """The statements that functions need, in the order in which they ran.

    Args:
        cells: what ran, in that order.
        names: the functions.
    """
    ran = statements(cells)
    taken = {number for number, one in enumerate(ran) if _for_all(one)}
    seen: set[tuple[str, int]] = set()
    wanted = [(name, len(ran)) for name in names]
    while wanted:
        name, at = asked = wanted.pop()
        new = [] if asked in seen else _makers(ran, name, at)
        seen.add(asked)
        for number in new:
            taken.add(number)
            wanted += [(one, number) for one in ran[number].now]
            wanted += [(one, at) for one in ran[number].later]
    first = sorted(taken, key=lambda number: (not _is_future(ran[number]), number))
    return "\n\n".join(_once(ran[number] for number in first))


def _once(taken: Iterable[Statement]) -> Iterator[str]:
    """The texts of statements, an import of the same only once."""
    imported = set()
    for one in taken:
        if isinstance(one.node, IMPORTING):
            if one.text in imported:
                continue
            imported.add(one.text)
        yield one.text


def _makers(ran: Sequence[Statement], name: str, at: int) -> list[int]:
    """The statements before a place that made a name what it is there, the last one first."""
    found: list[int] = []
    for number in range(at - 1, -1, -1):
        one = ran[number]
        if name in one.binds and isinstance(one.node, IMPORTING):
            # a call on a module, such as one that sets a seed, does not make the module
            return [*(n for n in found if name in ran[n].binds), number]
        if name in one.binds or name in one.changes:
            found.append(number)
            if name in one.binds and one.whole:
                break
    return found


def _is_future(one: Statement) -> bool:
    return isinstance(one.node, ast.ImportFrom) and one.node.module == FUTURE


def _for_all(one: Statement) -> bool:
    """Whether a statement is for all that follow: nobody can tell which names it brings."""
    star = isinstance(one.node, ast.ImportFrom) and one.node.names[0].name == "*"
    return star or _is_future(one)


def missing(source: str) -> set[str]:
    """The names that a file looks up, or its functions do, and that nothing in it defines."""
    found = statements([source])
    known = frozenset(vars(builtins)) | {"__name__", "__file__"}
    return {name for one in found for name in one.now | one.later} - known.union(
        *(one.binds for one in found)
    )
