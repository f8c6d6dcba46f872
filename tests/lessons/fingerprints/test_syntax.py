"""What counts in a definition: whatever can change a number, and nothing else."""

import ast
import keyword
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.fingerprints.dependencies import Code


def normal(text: str) -> str:
    """The digest of a text that stands alone, by the rules of a definition."""
    code = Code(Path(__file__).parent)
    module = code._text(text)
    return code._define(module, module.body).digest


FUNCTION = """
import math

LIMIT = 3

def measure(x, scale=2):
    \"\"\"Say something.\"\"\"
    known = ", ".join(str(n) for n in range(LIMIT))
    if x > LIMIT:
        raise ValueError(f"{x} is too large, take one of {known}")
    total = 0
    for part in range(x):
        total += part * scale  # a comment
    assert total >= 0, "negative"
    return math.sqrt(total) + sum(value for value in [1, 2])
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  # a comment", ""),
        ('    """Say something."""\n', ""),
        ("is too large, take", "is more than we have: take"),
        ('f"{x} is too large, take one of {known}"', 'f"not one of {known}"'),
        ('", ".join(str(n) for n in range(LIMIT))', '"3"'),
        ('"negative"', "f'negative: {total}'"),
        ("total", "whole"),
        ("part", "piece"),
        ("value", "v"),
        ("def measure(x, scale=2):", "def measure(x: int, scale: float = 2) -> float:"),
        ("    total = 0", "    total: int = 0"),
        ("    total = 0", "    count: int\n    total = 0"),
        ("    total = 0", "    pass\n    total = 0"),
        ("LIMIT = 3", "LIMIT: int = 3"),
        ("import math", "import math as m"),
        ("import math", "from math import sqrt"),
    ],
)
def test_what_cannot_change_a_number_does_not_count(old: str, new: str) -> None:
    assert old in FUNCTION
    changed = FUNCTION.replace(old, new)
    if " as m" in new:
        changed = changed.replace("math.sqrt", "m.sqrt")
    if "from math" in new:
        changed = changed.replace("math.sqrt", "sqrt")
    ast.parse(changed)
    assert normal(changed) == normal(FUNCTION)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x > LIMIT", "x >= LIMIT"),
        ("LIMIT = 3", "LIMIT = 4"),
        ("LIMIT = 3", "LIMIT = 3.0"),
        ("scale=2", "scale=3"),
        ("scale", "factor"),
        ("total >= 0", "total > 0"),
        ("ValueError", "TypeError"),
        ("total = 0", "part = 0"),
        ("total += part", "total -= part"),
        ("math", "cmath"),
        ("import math", "from cmath import sqrt\nimport math"),
        ("[1, 2]", "[2, 1]"),
        ("range(x)", "range(scale)"),
        ("total = 0", "global LIMIT\n    total = 0"),
    ],
)
def test_what_can_change_a_number_counts(old: str, new: str) -> None:
    assert old in FUNCTION
    changed = FUNCTION.replace(old, new)
    if "from cmath" in new:
        changed = changed.replace("math.sqrt", "sqrt")
    if "global" in new:
        changed = changed.replace("total +=", "LIMIT = part\n        total +=")
    assert normal(changed) != normal(FUNCTION)


CATCH = "def f():\n    try: g()\n    except {} as e: h(e)"
MATCH = "def f(x):\n    match x:\n        case {}: return {}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # an assignment that also acts is not only words
        (
            "def f(x):\n    n = x.pop()\n    if not x:\n        raise ValueError(n)",
            "def f(x):\n    n = x.pop(0)\n    if not x:\n        raise ValueError(n)",
        ),
        # nor is one whose value is used elsewhere
        (
            "def f(x):\n    n = len(x)\n    if not n:\n        raise ValueError(n)",
            "def f(x):\n    n = max(x)\n    if not n:\n        raise ValueError(n)",
        ),
        # nor one in a place that another statement sets as well
        (
            "def f(x):\n    n = 1\n    n += x.pop()\n    raise ValueError(n)",
            "def f(x):\n    n = 1\n    n += x.pop(1)\n    raise ValueError(n)",
        ),
        # what ends a program or an iteration carries a value
        ("def f():\n    raise SystemExit(1)", "def f():\n    raise SystemExit(2)"),
        ("def f(x):\n    raise StopIteration(x)", "def f(x):\n    raise StopIteration(-x)"),
        # an annotation that makes another data class
        (
            "@dataclass\nclass C:\n    x: int = 1",
            "@dataclass\nclass C:\n    x: ClassVar[int] = 1",
        ),
        ("class C:\n    x: int = 1", "class C:\n    x = 1"),
        ("class C:\n    x: 'InitVar[int]'", "class C:\n    x: 'int'"),
        # variables that can be found by their names
        ("def f():\n    a = 1\n    return locals()", "def f():\n    b = 1\n    return locals()"),
        # an f-string that shows the name
        ("def f():\n    a = 1\n    return f'{a=}'", "def f():\n    b = 1\n    return f'{b=}'"),
        # two variables that change places
        ("def f(g):\n    a, b = g\n    return a - b", "def f(g):\n    a, b = g\n    return b - a"),
        ("def f():\n    return {**g}", "def f():\n    return {None: g}"),
        ("def f(*, a, b=1): pass", "def f(*, b=1, a): pass"),
        ("def f(a, /): pass", "def f(a): pass"),
        ("x = [a for a in b if a]", "x = [a for a in b if b]"),
        ("x = (a async for a in b)", "x = (a for a in b)"),
        ("x = True", "x = 1"),
        ("x = f'{a}b'", "x = f'{a}' 'c'"),
        ("x = f'{a:>{b}}'", "x = f'{a:<{b}}'"),
        (CATCH.format("A"), CATCH.format("B")),
        (MATCH.format("{'a': 1, **r}", "r"), MATCH.format("{'a': 1, **r}", "x")),
        (MATCH.format("[1, *r]", "r"), MATCH.format("[1, *r]", "x")),
        (MATCH.format("int() as n", "n"), MATCH.format("str() as n", "n")),
    ],
)  # fmt: skip
def test_two_texts_that_do_different_things_differ(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = f'{a}' 'b' f'c{d}'", "x = f'{a}bc{d}'"),
        ("f = lambda x: [y for y in x]", "f = lambda x: [z for z in x]"),
        (
            "def f(x):\n    def g(v):\n        nonlocal n\n        n += v\n    n = 0\n    return g, n",
            "def f(x):\n    def g(v):\n        nonlocal m\n        m += v\n    m = 0\n    return g, m",
        ),
        (
            "def f(x):\n    try: return x()\n    except A as error: return error",
            "def f(x):\n    try: return x()\n    except A as e: return e",
        ),
        (
            "def f(x):\n    match x:\n        case [a, *b]: return a, b",
            "def f(x):\n    match x:\n        case [c, *d]: return c, d",
        ),
        (
            "def f(x):\n    if any((a := y) for y in x): return a",
            "def f(x):\n    if any((b := z) for z in x): return b",
        ),
        ("async def f(x):\n    a = await x\n    g(a)", "async def f(x):\n    b = await x\n    g(b)"),
    ],
)  # fmt: skip
def test_two_texts_that_do_the_same_have_one_digest(one: str, other: str) -> None:
    assert normal(one) == normal(other)


NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True).filter(
    lambda name: name not in {*keyword.kwlist, "x", "n", "scale", "math", "range", "sum", "str"}
)


@given(st.lists(NAMES, min_size=4, max_size=4, unique=True))
def test_no_choice_of_names_for_variables_counts(names: list[str]) -> None:
    changed = FUNCTION
    for number, old in enumerate(("known", "total", "part", "value")):
        changed = changed.replace(old, f"_variable{number}")
    for number, new in enumerate(names):
        changed = changed.replace(f"_variable{number}", new)
    assert normal(changed) == normal(FUNCTION)


@given(st.integers(), st.integers())
def test_two_constants_have_one_digest_only_if_they_are_equal(one: int, other: int) -> None:
    assert (normal(f"x = {one}") == normal(f"x = {other}")) == (one == other)


@given(st.text(), st.text())
def test_every_character_of_a_string_counts(one: str, other: str) -> None:
    assert (normal(f"x = {one!r}") == normal(f"x = {other!r}")) == (one == other)
