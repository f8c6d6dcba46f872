"""Which parts of a function only say what went wrong: they can change no number."""

import ast
from collections import Counter, defaultdict
from collections.abc import Sequence

from lessons.fingerprints.trees import every

# What an expression may call and still do nothing but give a value.
HARMLESS = (
    "abs", "all", "any", "bool", "dict", "enumerate", "float", "format", "frozenset", "getattr",
    "int", "isinstance", "items", "join", "keys", "len", "list", "lower", "map", "max", "min",
    "range", "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "type", "upper",
    "values", "zip",
)  # fmt: skip


def is_error(node: ast.AST | None) -> bool:
    """Whether a node makes an error whose arguments are words.

    By its name: other exceptions, such as ``StopIteration`` or ``SystemExit``, carry a value.
    """
    return isinstance(node, ast.Call) and _last(node.func).endswith(("Error", "Exception"))


def only_words(nodes: Sequence[ast.AST], local: set[str]) -> set[ast.AST]:
    """Find the assignments of variables that only the words of errors use.

    Args:
        nodes: a function, and all that stands inside.
        local: its variables.
    """
    words = {inner for node in nodes for inner in every(_words_of(node))}
    used: dict[str, set[ast.AST]] = defaultdict(set)
    stored: Counter[str] = Counter()
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used[node.id].add(node)
        elif isinstance(node, ast.Name):
            stored[node.id] += 1
    assigned: dict[str, list[ast.Assign]] = defaultdict(list)
    for node in nodes if words else ():
        if isinstance(node, ast.Assign) and (name := _given_only(node)) in local & used.keys():
            assigned[name].append(node)
    waiting = {name for name, values in assigned.items() if len(values) == stored[name]}
    silent: set[ast.AST] = set()
    while ready := {name for name in waiting if used[name] <= words}:
        waiting -= ready
        silent |= {node for name in ready for node in assigned[name]}
        words |= {inner for name in ready for inner in every(assigned[name])}
    return silent


def _words_of(node: ast.AST) -> list[ast.expr]:
    """List the expressions that only say what went wrong."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and is_error(node.exc):
        return [*node.exc.args, *(keyword.value for keyword in node.exc.keywords)]
    return [node.msg] if isinstance(node, ast.Assert) and node.msg else []


def only_gives(*values: ast.expr) -> bool:
    """Whether expressions do nothing but give values."""
    nodes = every(values)
    acts = any(isinstance(n, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom) for n in nodes)
    return not acts and {_last(n.func) for n in nodes if isinstance(n, ast.Call)} <= {*HARMLESS}


def _given_only(node: ast.Assign) -> str:
    """Return the name that a statement gives a value to, if it does nothing else; empty if not."""
    target, *others = node.targets
    if others or not isinstance(target, ast.Name) or not only_gives(node.value):
        return ""
    return target.id


def _last(node: ast.expr) -> str:
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))
