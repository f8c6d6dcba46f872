"""What a change can reach, on a course of three pages and three files of tests: each kind of change."""

from pathlib import Path

import pytest

from coursekit.commands.selection import Selection, before, select
from coursekit.config import Config

PAGE, OTHER, DRAWN = Path("docs/page.md"), Path("docs/other.md"), Path("docs/drawn.md")
HALVES, ELSE = Path("tests/test_halves.py"), Path("tests/test_else.py")
READING = Path("tests/test_reading.py")
FIGURE = """\
```python
print(2)
```

```output
2
```

```{.figure src="figures/line.svg"}
A line
Its points

A line.

A line from 0 to 1.
```
"""
FILES = {
    "pyproject.toml": """\
[tool.coursekit]
lessons = "src/sample"
closure = "lessons.fingerprints.dependencies:Code"
""",
    "src/sample/__init__.py": "",
    "src/sample/numbers.py": """\
# --8<-- [start:half]
def half(number: float) -> float:
    return number / 2
# --8<-- [end:half]


def third(number: float) -> float:
    return number / 3
""",
    "src/sample/results/speed.json": '{"seconds": 1}',
    "data/words.txt": "one",
    "notes/first.txt": "one",
    "docs/figures/line.svg": "<svg/>",
    "tests/helper.py": "def two():\n    return 2\n",
    "tests/conftest.py": """\
import pytest


@pytest.fixture
def three():
    return 3
""",
    HALVES.as_posix(): """\
from sample.numbers import half


def test_half():
    assert half(2) == 1
""",
    ELSE.as_posix(): """\
from helper import two


def test_two(three):
    assert two() == three - 1
""",
    READING.as_posix(): """\
from pathlib import Path

ROOT = Path(__file__).parents[1]
RECORD = "speed"


def test_files():
    assert (ROOT / "data/words.txt").is_file()
    assert [*ROOT.glob("notes/*.txt")]
""",
}


@pytest.fixture
def small(course):
    """The course, in its first commit."""
    for name, text in FILES.items():
        course.write(name, text)
    shown = '```python\n--8<-- "src/sample/numbers.py:half"\n```\n'
    course.page(f"Words.\n\n{shown}\n```python\nprint(half(4))\n```\n\n```output\n2.0\n```\n")
    course.page("```python\nprint(1)\n```\n\n```output\n1\n```\n", OTHER.as_posix())
    course.page(FIGURE, DRAWN.as_posix())
    git(course, "init", "-q")
    git(course, "add", ".")
    git(course, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "All")
    return course


def git(course, *arguments: str) -> None:
    assert course.pytester.run("git", *arguments).ret == 0


def changed(course, name: Path | str, old: str, new: str) -> Selection:
    file = course.root / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    with before(config := Config.load(course.root), "HEAD") as known:
        found = select(config, known)
    assert found == select(config), "what was before is found by itself, too"
    file.write_text(text, "utf-8")
    return found


def test_without_a_change_and_after_one_of_prose_nothing_is_selected(small):
    nothing = Selection([], [], typed=False)
    assert select(Config.load(small.root)) == nothing
    assert changed(small, PAGE, "Words.", "Other words.\n\nAnd more.") == nothing


def test_a_change_of_a_block_reaches_its_page_alone(small):
    assert changed(small, OTHER, "print(1)", "print(*[1])") == Selection([OTHER], [], typed=False)


@pytest.mark.parametrize(("old", "new"), [("number / 2", "number * 0.5"), ("def half", "def part")])
def test_a_function_that_changed_or_is_gone_reaches_who_called_it(small, old, new):
    found = changed(small, "src/sample/numbers.py", old, new)
    assert found == Selection([PAGE], [HALVES], typed=True)


def test_a_change_of_what_nobody_calls_is_typed_and_reaches_nothing(small):
    found = changed(small, "src/sample/numbers.py", "number / 3", "number * 3")
    assert found == Selection([], [], typed=True)


def test_a_change_of_a_helper_of_tests_and_a_new_file_of_tests_reach_tests_alone(small):
    assert changed(small, "tests/helper.py", "2", "1 + 1") == Selection([], [ELSE], typed=False)
    assert changed(small, "tests/conftest.py", "3", "2 + 1") == Selection([], [ELSE], typed=False)
    small.write("tests/test_new.py", "def test_it():\n    pass\n")
    found = select(Config.load(small.root))
    assert found == Selection([], [Path("tests/test_new.py")], typed=False)


@pytest.mark.parametrize(
    ("name", "pages", "tests"),
    [
        ("data/words.txt", [], [READING]),
        ("notes/first.txt", [], [READING]),
        ("src/sample/results/speed.json", [], [READING]),
        ("docs/figures/line.svg", [DRAWN], []),
    ],
)
def test_a_file_that_is_no_code_reaches_who_names_it(small, name, pages, tests):
    old = FILES[name][1:-1]
    found = changed(small, name, old, old + " ")
    assert found == Selection(pages, tests, typed=name.startswith("src"))
