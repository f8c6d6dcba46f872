"""Names that a page's code uses and its readers would miss."""

import subprocess
import sys

import pytest

from coursekit.checks import names
from coursekit.config import Config
from coursekit.downloads.export import script
from coursekit.parser import load
from coursekit.problems import ContractError


def problems(course, *codes: str, raises: str = "") -> list[str]:
    fence = f'{{.python raises="{raises}"}}' if raises else "python"
    output = f"```output\n{raises}: x\n```\n" if raises else ""
    text = "".join(f"```{fence}\n{code}\n```\n{output}" for code in codes)
    config = Config.load(course.root)
    return [str(p) for p in names.undefined(load(course.page(text), config), config)]


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (["def f():\n    return deque()"], "docs/page.md:3: Undefined name `deque`"),
        (
            ["class A:\n    def f(self, x: Missing): ..."],
            "docs/page.md:3: Undefined name `Missing`",
        ),
        (["f = lambda: g()", "def g(): ..."], "docs/page.md:2: Undefined name `g`"),
        (["def f():\n    return sqrt(2)", "from math import sqrt"], "docs/page.md:3: Undefined"),
        (["def f():\n    return gone  # noqa: F821"], "docs/page.md:3: Undefined name `gone`"),
    ],
)
def test_a_name_that_no_cell_above_brings_is_a_problem(course, codes, found):
    (problem,) = problems(course, *codes)
    assert problem.startswith(found)
    assert "show its import or its definition in this block or above it" in problem


@pytest.mark.parametrize(
    "codes",
    [
        ["from math import sqrt", "def f():\n    return sqrt(2)"],
        ["def f():\n    return g()\n\n\ndef g(): ..."],
        ["def f():\n    return f()"],
        ["class A:\n    def make(self) -> 'A': ..."],
        ["print(len([]), __name__, ExceptionGroup)"],
        ["x = 1", "del x", "x = 2\nprint(x)"],
        [],
    ],
)
def test_a_name_that_is_there_is_none(course, codes):
    assert problems(course, *codes) == []


def test_a_name_in_embedded_code_is_named_with_its_place_in_the_module(course):
    course.module("# --8<-- [start:f]\ndef f():\n    return half(2)\n# --8<-- [end:f]\n")
    (problem,) = problems(course, '--8<-- "src/lessons/numbers.py:f"')
    assert problem.startswith("docs/page.md:1: Undefined name `half` (src/lessons/numbers.py:3)")


def test_a_block_that_must_raise_a_name_error_may_use_any_name(course):
    assert problems(course, "missing", raises="NameError") == []
    (problem,) = problems(course, "int(missing)", raises="ValueError")
    assert "`missing`" in problem


def test_a_lesson_page_with_an_undefined_name_fails(course):
    course.lesson("```python\ndef f():\n    return deque()\n```\n")
    course.fails_with("docs/lesson-1/page.md:10: Undefined name `deque`", passed=2, failed=1)


@pytest.mark.parametrize("name", ["docs/models/page.md", "docs/page.md"])
def test_another_page_with_an_undefined_name_fails_too(course, name):
    course.page("```python\ndef f():\n    return deque()\n```\n", name)
    course.fails_with(f"{name}:3: Undefined name `deque`", passed=2, failed=1)


def test_a_ruff_that_is_missing_or_refuses_is_named(course, monkeypatch):
    monkeypatch.setattr(names, "RUFF", ("nonsense",))
    with pytest.raises(ContractError, match=r"ruff, of the extra dev, .*unrecognized subcommand"):
        problems(course, "x = 1")
    monkeypatch.setitem(sys.modules, "ruff", None)
    with pytest.raises(ContractError, match=r"ruff, of the extra dev, .*import of ruff halted"):
        problems(course, "x = 1")


def test_what_a_script_adds_uses_no_undefined_name(course, tmp_path):
    config = Config.load(course.root)
    text = '```{.python raises="KeyError"}\n{}[1]\n```\n```output\nKeyError: 1\n```\n'
    file = tmp_path / "page.py"
    file.write_text(script(load(course.page(text), config), config))
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", file], check=False
    )
    assert done.returncode == 0
