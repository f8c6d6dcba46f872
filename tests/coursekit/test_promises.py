"""Each way to weaken the course without a word changes a line of the file of promises."""

from pathlib import Path

import pytest

from coursekit.checks import promises
from coursekit.config import Config

PAGE = """\
```python
a = 0.5
assert a > 0
print(a)
```

```{.output #half}
half 0.5
```

```python
--8<-- "src/lessons/numbers.py:double"
```

```python
print(double(a))
```

```{.output .measured within="0.03"}
1.0
```

```{.bash skip="serves until stopped"}
false
```

Half is {{ output.half.half }}, of {{ result.speed.best }}.
"""
MODULE = """\
# --8<-- [start:double]
def double(x: float) -> float:
    assert x > 0
    return 2 * x  # noqa: X1
# --8<-- [end:double]
"""
SETTINGS = """\
[tool.coursekit]
promises = "promises.txt"
line_limit = 120
[[tool.coursekit.allow]]
message = "old"
reason = "a library's own"
[tool.ruff.lint]
select = ["A", "B"]
[tool.mypy]
strict = true
[tool.pytest]
filterwarnings = ["error"]
[tool.coverage.report]
fail_under = 100
"""
TESTS = """\
import pytest

@pytest.mark.parametrize("x", [1, 2, 3])
def test_one(x):
    assert x
    assert x > 0

def test_two():
    with pytest.raises(ValueError):
        int("x")
"""


@pytest.fixture
def promised(course):
    course.page(PAGE)
    course.module(MODULE)
    course.write("pyproject.toml", SETTINGS)
    course.write("tests/test_it.py", TESTS)
    course.write("tests/test_more.py", TESTS)
    course.result("speed", summary={"best": 7}, tolerance=0.1, cells=[{"values": {"a": 1.5}}])
    promises.write(Config.load(course.root))
    return course


def complaint(root: Path) -> str:
    """What is said about the course at ``root``."""
    return "\n".join(map(str, promises.problems(Config.load(root))))


def test_a_course_whose_promises_stand_in_the_file_passes(promised):
    assert complaint(promised.root) == ""


@pytest.mark.parametrize(
    ("name", "old", "new", "change"),
    [
        ("docs/page.md", "0.03", "100", "+docs/page.md | bands: 100"),
        (
            "docs/page.md",
            "{.output #half}",
            "{.output .sample #half}",
            "+docs/page.md | outputs: measured 1, sample 1",
        ),
        ("docs/page.md", "a = 0.5", "a = 0.5  # " + "x" * 100, "+docs/page.md | long lines: 1"),
        ("docs/page.md", "assert a > 0\n", "", "-docs/page.md | asserts: 2"),
        ("src/lessons/numbers.py", "    assert x > 0\n", "", "+docs/page.md | asserts: 1"),
        ("docs/page.md", "stopped", "late", "+docs/page.md | skip: serves until late"),
        (
            "docs/page.md",
            "```python\nprint(double",
            '```{.python skip="slow"}\nprint(double',
            "+docs/page.md | skip: slow",
        ),
        (
            "docs/page.md",
            "half 0.5\n",
            "half 0.6\n",
            "+docs/page.md | {{ output.half.half }} = 0.6",
        ),
        (
            "docs/page.md",
            "{{ output.half.half }}",
            "0.5",
            "-docs/page.md | {{ output.half.half }} = 0.5",
        ),
        ("src/lessons/results/speed.json", "7", "8", "{{ result.speed.best }} = 8"),
        ("src/lessons/results/speed.json", "0.1", "0.9", "speed.json | tolerance 0.9, cells 1"),
        ("src/lessons/results/speed.json", "1.5", "2.5", "+src/lessons/results/speed.json |"),
        ("src/lessons/numbers.py", "  # noqa: X1", "", "-src/lessons/numbers.py | noqa 1"),
        ("pyproject.toml", "= 100", "= 0", "+pyproject.toml | tool.coverage.report.fail_under: 0"),
        ("pyproject.toml", '"A", ', "", '-pyproject.toml | tool.ruff.lint.select: ["A", "B"]'),
        ("pyproject.toml", "true", "false", "+pyproject.toml | tool.mypy.strict: false"),
        ("pyproject.toml", '"error"', "", "+pyproject.toml | tool.pytest.filterwarnings: []"),
        (
            "pyproject.toml",
            '"old"',
            '"."',
            '+pyproject.toml | tool.coursekit.allow: {"message": "."',
        ),
        (
            "pyproject.toml",
            "= 120",
            "= 199",
            "+limits | characters in a line of a page's code: 199",
        ),
        (
            "tests/test_it.py",
            "    assert x\n",
            "",
            "+tests/test_it.py | tests 2, cases 3, asserts 1",
        ),
        ("tests/test_it.py", "def test_two", "def two", "+tests/test_it.py | tests 1,"),
        ("tests/test_it.py", "[1, 2, 3]", "[1]", "+tests/test_it.py | tests 2, cases 1,"),
        ("tests/test_it.py", "def test_two", "@pytest.mark.skip\ndef test_two", ", skip 1"),
        ("tests/test_it.py", "    with pytest.raises(ValueError):\n    ", "", ", raises 0"),
    ],
)
def test_a_weakened_promise_is_a_line_of_the_difference(promised, name, old, new, change):
    file = promised.root / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    found = complaint(promised.root)
    assert change in found
    assert "run `python -m coursekit promises`, commit the file" in found
    promises.write(Config.load(promised.root))
    assert complaint(promised.root) == ""


def test_a_deleted_test_file_is_a_line_of_the_difference(promised):
    (promised.root / "tests/test_more.py").unlink()
    assert "\n  -tests/test_more.py | tests 2, cases 3, asserts 2" in complaint(promised.root)


def test_the_check_is_one_of_the_courses_and_names_the_line(promised):
    file = promised.root / "promises.txt"
    lines = file.read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "| bands:" in line)
    file.write_text("\n".join(lines).replace("0.03", "0.02") + "\n", "utf-8")
    result = promised.run("-k", "promises")
    result.assert_outcomes(failed=1)
    assert f"promises.txt:{number}: the course promises something else" in result.stdout.str()


def test_a_block_that_is_no_python_promises_no_asserts(promised):
    promised.page(PAGE.replace("assert a > 0", "assert a >"))
    assert "+docs/page.md | asserts: 1" in complaint(promised.root)


def test_a_long_difference_is_cut_and_says_so(promised):
    (promised.root / "promises.txt").write_text("gone\n" * 100)
    assert "\n  and " in complaint(promised.root)


def test_a_course_that_names_no_file_keeps_no_promises(course):
    course.page("text\n")
    assert complaint(course.root) == ""
    with pytest.raises(ValueError, match=r"promises\.txt"):
        promises.write(Config.load(course.root))
