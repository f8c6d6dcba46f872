"""A measurement depends on the definitions that it can reach by name."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lessons.fingerprints.dependencies import Code

Write = Callable[..., Code]


@pytest.fixture
def package(tmp_path: Path) -> Write:
    """Write modules of a package ``lessons``: dotted name below it -> text."""

    def write(**files: str) -> Code:
        for name, text in {"__init__": "", **files}.items():
            path = tmp_path / "lessons" / f"{name.replace('__in_', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Code(tmp_path)

    return write


@pytest.mark.parametrize(
    "body",
    [
        "return helper()",
        "return [helper() for _ in x]",
        "return (lambda: helper())()",
        "value = helper\n    return value()",
        "@helper\n    def inner(): pass\n    return inner",
        "def inner(v=helper()): return v\n    return inner()",
        "class Inner(helper()): pass\n    return Inner",
        "class Inner:\n        a = helper()\n    return Inner",
        "return TABLE['a']()",
        "return f'{helper()}'",
        "from lessons.far import helper as h\n    return h()",
        "import lessons.far\n    return lessons.far.helper()",
        "import lessons.far as f\n    return f.helper()",
        "from lessons import far as f\n    return f.helper()",
        "from lessons.deep import helper as h\n    return h()",
        "return again()",
        "return Child().method()",
        "return run('lessons.far:helper')",
        "return run([exe, '-m', 'lessons.far'])",
        "match x:\n        case helper.y: return 1",
    ],
)
def test_a_name_is_followed_wherever_it_stands(package: Write, body: str) -> None:
    code = package(
        far="def helper():\n    return LEAF\nLEAF = 1\ndef other(): pass\n",
        deep__in___init__="from lessons.deep.inner import helper\n",
        deep__in_inner="from lessons.far import helper\n",
        start="from lessons.far import helper\n"
        "from lessons.far import helper as again\n"
        "TABLE = {'a': helper}\n"
        "class Parent:\n    def method(self): return helper()\n"
        "class Child(Parent): pass\n"
        f"def measure(x):\n    {body}\n",
    )
    found = code.reach("lessons.start:measure")
    assert {"lessons.start:measure", "lessons.far:helper", "lessons.far:LEAF"} <= found.keys()
    assert ("lessons.far:other" in found) == ("'lessons.far'" in body)


@pytest.mark.parametrize(
    "body",
    [
        "helper = x\n    return helper()",
        "return [helper for helper in x]",
        "def inner(helper): return helper\n    return inner(x)",
        "raise ValueError(helper())",
        "assert x, helper()",
        "value: helper = x\n    return value",
        "return x.helper",
        "return 'helper'",
        "return 'lessons'",
        "return 'lessons.nowhere'",
        "return 'lessons.far:nothing'",
        "return f'-m lessons.far'",
    ],
)
def test_what_only_looks_like_a_reference_is_not_followed(package: Write, body: str) -> None:
    code = package(
        far="def helper(): pass\n",
        start=f"from lessons.far import helper\ndef measure(x: helper) -> helper:\n    {body}\n",
    )
    assert [*code.reach("lessons.start:measure")] == ["lessons.start:measure"]


@pytest.mark.parametrize(
    "text",
    [
        "if x:\n    A = helper\nelse:\n    A = 1\n",
        "try:\n    from lessons.far import helper as A\nexcept ImportError:\n    A = None\n",
        "A = {}\nA['x'] = helper\n",
        "A = {}\nA.update(x=helper)\n",
        "A = []\nA += [helper]\n",
        "A, B = helper, 1\n",
        "for A in [helper]: pass\n",
        "with helper() as A: pass\n",
        "A = 1\nregister(helper)\n",
        "A = 1\n@helper\ndef g(): pass\n",
    ],
)
def test_what_a_constant_is_made_of_is_followed(package: Write, text: str) -> None:
    code = package(
        far="def helper(): pass\n",
        start=f"from lessons.far import helper\n{text}def measure():\n    return A\n",
    )
    assert "lessons.far:helper" in code.reach("lessons.start:measure")


def test_what_runs_when_a_module_is_imported_is_followed(package: Write) -> None:
    code = package(
        registry="KNOWN = []\ndef add(f):\n    KNOWN.append(f)\n",
        one="from lessons.registry import add\ndef f(): pass\nadd(f)\n",
        start="from lessons import one\nfrom lessons.registry import KNOWN\n"
        "def measure(): return KNOWN\n",
    )
    assert {"lessons.one:*", "lessons.one:f"} <= code.reach("lessons.start:measure").keys()


def test_what_runs_only_as_a_script_is_not_reached(package: Write) -> None:
    code = package(
        start="def main(): pass\ndef f(): pass\nif __name__ == '__main__':\n    main()\n"
    )
    assert [*code.reach("lessons.start:f")] == ["lessons.start:f"]


def test_moving_a_definition_changes_no_digest(package: Write) -> None:
    first = package(
        far="LEAF = 1\ndef helper(): return LEAF\n",
        start="from lessons import far\ndef measure(): return far.helper()\n",
    ).summary("lessons.start:measure")
    moved = package(
        near__in_far="LEAF = 1\ndef helper(): return LEAF\n",
        near__in___init__="from lessons.near.far import helper\n",
        begin="from lessons.near import helper as h\ndef measure(): return h()\n",
    ).summary("lessons.begin:measure")
    assert first == moved
    assert first.keys() == {"LEAF", "helper", "measure"}


def test_which_of_two_definitions_of_one_name_is_used_counts(package: Write) -> None:
    files = {"one": "def f(): return 1\n", "two": "def f(): return 2\n"}
    uses = "from lessons import one, two\ndef a(): return {}.f()\ndef b(): return {}.f()\n" \
        "def measure(): return a(), b()\n"  # fmt: skip
    straight = package(**files, start=uses.format("one", "two")).summary("lessons.start:measure")
    crossed = package(**files, start=uses.format("two", "one")).summary("lessons.start:measure")
    assert {name for name in straight if straight[name] != crossed[name]} == {"f"}
    both = "from lessons import one, two\ndef measure(): return {}.f() - {}.f()\n"
    straight = package(**files, start=both.format("one", "two")).summary("lessons.start:measure")
    crossed = package(**files, start=both.format("two", "one")).summary("lessons.start:measure")
    assert {name for name in straight if straight[name] != crossed[name]} == {"f"}


def test_no_name_is_followed_beyond_a_boundary(package: Write, tmp_path: Path) -> None:
    package(
        far="def helper(): return LEAF\nLEAF = 1\n",
        start="from lessons.far import helper\ndef measure(): return helper()\n",
    )
    code = Code(tmp_path, boundaries=("lessons.far",))
    assert [*code.reach("lessons.start:measure")] == ["lessons.start:measure"]


CHECKED = (
    "from lessons import far\nfrom lessons.far import check\nfrom lessons.near import near\n"
    "def measure(x, y):\n    {}\n    return x\n"
)


@pytest.mark.parametrize(
    ("call", "counts"),
    [
        ("check(x)", False),
        ("far.check(x, len(y), key=[str(n) for n in y])", False),
        ("from lessons.far import check as c\n    c(x)", False),
        ("import lessons.far as f\n    f.check(x)", False),
        ("x = check(x)", True),  # its value is taken
        ("if check(x): x = 2", True),
        ("check(x := y)", True),  # what is given does something
        ("check(next(y))", True),
        ("check(near(x))", True),
        ("near(x)", True),  # of a module that counts
        ("x.check(y)", True),  # whatever that is
        ("print(x)", True),
        ("check = y\n    check(x)", True),  # another, of the same name
        ("def check(x): pass\n    check(x)", True),
    ],
)
def test_a_call_beyond_a_boundary_counts_only_if_something_comes_of_it(
    package: Write, tmp_path: Path, call: str, counts: bool
) -> None:
    far = "LEAF = 1\ndef check(x, *y, **z): return LEAF\n"
    package(far=far, near="def near(x): return x\n", start=CHECKED.format("pass"))
    without = Code(tmp_path, boundaries=("lessons.far",)).reach("lessons.start:measure")
    package(far=far, near="def near(x): return x\n", start=CHECKED.format(call))
    found = Code(tmp_path, boundaries=("lessons.far",)).reach("lessons.start:measure")
    assert (found != without) == counts
    everything = Code(tmp_path).reach("lessons.start:measure")
    assert everything != without, "where nothing is a boundary, each call counts"


def test_a_parameter_that_is_called_as_a_boundary_is_not_one(
    package: Write, tmp_path: Path
) -> None:
    text = "from lessons import far\ndef measure(far, x):\n    {}\n    return x\n"
    code = []
    for body in ("pass", "far.check(x)"):
        package(far="def check(x): pass\n", start=text.format(body))
        code.append(Code(tmp_path, boundaries=("lessons.far",)).reach("lessons.start:measure"))
    assert code[0] != code[1]


def test_a_text_reaches_what_it_imports_and_not_what_it_defines(package: Write) -> None:
    code = package(
        far="def helper(): return LEAF\nLEAF = 1\n", near="def helper(): pass\ndef g(): pass\n"
    )
    text = "from lessons.far import helper\nfrom lessons import near\ndef LEAF(): pass\nhelper()\n"
    assert code.reach_source(text).keys() == {"lessons.far:helper", "lessons.far:LEAF"}
    whole = code.reach_source("from lessons import near\nprint(near)\n")
    assert whole.keys() == {"lessons.near:helper", "lessons.near:g"}
    assert code.reach_source("print(1)\n") == {}


def test_a_file_of_tests_is_a_module_too(package: Write, tmp_path: Path) -> None:
    package(far="def helper(): pass\n")
    (tmp_path / "support.py").write_text("from lessons.far import helper\nX = helper\n", "utf-8")
    (tmp_path / "cases.py").write_text("import support\ndef test_it():\n    support.X()\n", "utf-8")
    paths = {name: tmp_path / f"{name}.py" for name in ("support", "cases")}
    found = Code(tmp_path, paths=paths).reach("cases")
    assert found.keys() == {"cases:test_it", "support:X", "lessons.far:helper"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("from . import other", r"start\.py:2: write `from package import …`, not a dot"),
        ("from lessons.far import *", r"start\.py:2: name what is imported, not `\*`"),
    ],
)
def test_an_import_that_cannot_be_followed_is_refused(
    package: Write, line: str, message: str
) -> None:
    code = package(far="x = 1\n", start=f"\n{line}\ndef f(): pass\n")
    with pytest.raises(ValueError, match=message):
        code.reach("lessons.start:f")


def test_a_root_that_does_not_exist_is_named(package: Write) -> None:
    code = package(start="def f(): pass\n")
    with pytest.raises(ValueError, match=r"no module 'lessons.nowhere' below"):
        code.reach("lessons.nowhere:f")
    with pytest.raises(ValueError, match=r"start\.py defines no 'g'"):
        code.reach("lessons.start:g")


def test_listing_what_a_record_depends_on_needs_nothing_installed() -> None:
    code = (
        "import sys; from lessons.registry import EXPERIMENTS\n"
        "for one in EXPERIMENTS.values(): one.definitions()\n"
        "assert not {'torch', 'transformers', 'numpy'} & sys.modules.keys()"
    )
    source = Path(__file__).parents[3] / "src"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=source)
