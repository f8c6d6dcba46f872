"""A page's unchanged run is held before, and anything that it depended on makes it run again."""

from pathlib import Path

import pytest

from coursekit.config import Config
from coursekit.held import verified
from coursekit.held.reach import Reach
from coursekit.parser import load

SETTINGS = """\
[tool.coursekit]
lessons = "src/sample"
closure = "lessons.fingerprints.dependencies:Code"
machine = "machine:told"
"""
MODULE = '''\
# --8<-- [start:half]
def half(number: float) -> float:
    """Half of a number."""
    return number / 2
# --8<-- [end:half]


def unused() -> int:
    return 1
'''
PAGE = """\
A word of prose.

```python
--8<-- "src/sample/numbers.py:half"
```

```python
from sample.constants import RATIO
print(half(RATIO))
```

```{{.output .measured within="0.1"}}
2.0
```

```python
from pathlib import Path
words = Path({data!r}).read_text().split()
print(len(words))
```

```output
2
```
"""
BLOCKS = 3


@pytest.fixture
def kept(course):
    """A course whose page ran and was recorded."""
    course.write("pyproject.toml", SETTINGS)
    course.write("constraints.txt", "torch==1\n")
    course.write("machine.py", "def told():\n    return {'cpu': 'A'}\n")
    course.write("src/sample/__init__.py", "")
    course.write("src/sample/numbers.py", MODULE)
    course.write("src/sample/constants.py", "RATIO = 4.0\nOTHER = 1\n")
    course.write("data.txt", "two words")
    course.page(PAGE.format(data=str(course.root / "data.txt")))
    course.pytester.syspathinsert(course.root / "src")
    assert outcome(course) == (BLOCKS, 0)
    return course


def outcome(course, *options: str) -> tuple[int, int]:
    """How many blocks ran, and how many were held before."""
    result = course.pytester.runpytest_inprocess(
        "-p",
        "coursekit.testing.pytest_plugin",
        "docs",
        "--record-verified",
        *(options or ["--held"]),
    )
    (line,) = (line for line in result.outlines if line.startswith("blocks: "))
    counts = {words.split(" ", 1)[1]: int(words.split()[0]) for words in line[8:].split(", ")}
    return counts["run and held"], counts.get("held before", 0)


def change(course, name: str, old: str, new: str) -> None:
    text = (course.root / name).read_text()
    assert old in text
    course.write(name, text.replace(old, new))


def test_a_second_run_is_held_before_and_called_so(kept):
    result = kept.pytester.runpytest_inprocess(
        "-p", "coursekit.testing.pytest_plugin", "docs", "--held", "-v"
    )
    assert f"blocks: 0 run and held, {BLOCKS} held before, 0 skipped" in result.stdout.str()
    assert result.stdout.str().count("HELD BEFORE") == BLOCKS
    assert "3 held before" in result.outlines[-1]
    assert "passed" in result.outlines[-1], "the page's contract is checked all the same"


def test_without_being_asked_for_nothing_is_held_before(kept):
    assert outcome(kept, "--verbose") == (BLOCKS, 0)


def test_an_update_of_outputs_runs_everything(kept):
    assert outcome(kept, "--held", "--update-outputs") == (BLOCKS, 0)


def test_what_a_page_does_not_depend_on_leaves_its_run_standing(kept):
    for name, old, new in (
        ("docs/page.md", "A word of prose", "Some other words"),
        ("src/sample/constants.py", "OTHER = 1", "OTHER = 2"),
        ("src/sample/numbers.py", "return 1", "return 3"),
        ("src/sample/constants.py", "RATIO", "# a comment\nRATIO"),
    ):
        change(kept, name, old, new)
    assert outcome(kept) == (0, BLOCKS)


def test_each_thing_that_a_page_depends_on_makes_it_run_again(kept):
    for name, old, new in (
        ("docs/page.md", "print(len(words))", "print(len(words), end='\\n')"),
        ("docs/page.md", 'within="0.1"', 'within="0.2"'),
        ("src/sample/constants.py", "RATIO = 4.0", "RATIO = 4.1"),
        ("src/sample/numbers.py", "number / 2", "number * 0.5"),
        ("src/sample/numbers.py", "Half of a number", "The half of a number"),
        ("data.txt", "two words", "other words"),
        ("constraints.txt", "torch==1", "torch==2"),
        ("machine.py", "'A'", "'B'"),
    ):
        change(kept, name, old, new)
        assert outcome(kept) == (BLOCKS, 0), (name, old)
    assert outcome(kept) == (0, BLOCKS), "the last run is held, as each before it was"


def test_fewer_instructions_make_a_page_run_again(kept, monkeypatch):
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", "avx2")
    assert outcome(kept) == (BLOCKS, 0)


def test_another_judge_makes_a_page_run_again(kept):
    kept.write("src/coursekit/outputs.py", "RELATIVE = 1\n")
    assert outcome(kept) == (BLOCKS, 0)


def test_a_page_that_no_longer_runs_is_noticed_behind_what_was_held_before(kept):
    change(kept, "src/sample/constants.py", "RATIO = 4.0", "RATIO = 5.0")
    result = kept.pytester.runpytest_inprocess(
        "-p", "coursekit.testing.pytest_plugin", "docs", "--held", "--record-verified"
    )
    assert "2.5 is not 2.0 within 0.1" in result.stdout.str()
    assert outcome(kept)[1] == 0, "a run that failed holds nothing"


def test_what_another_version_wrote_is_no_run(kept):
    config = Config.load(kept.root)
    page = load(kept.root / "docs" / "page.md", config)
    assert verified.holds(page, Reach(config))
    (file,) = (kept.root / ".cache/verified").glob("*.json")
    file.write_text('{"digest": "1", "date": "2026-01-31", "seconds": 2.0}')
    assert verified.read(page, config) is None
    assert not verified.holds(page, Reach(config))


def test_the_files_that_blocks_open_are_noted_and_no_others(kept):
    config = Config.load(kept.root)
    record = verified.read(load(kept.root / "docs" / "page.md", config), config)
    assert list(record.files) == ["data.txt"]


def test_a_page_that_runs_commands_depends_on_every_file(course):
    course.write("pyproject.toml", SETTINGS)
    file = course.page("```bash\necho 1\n```\n")
    course.write("src/sample/__init__.py", "")
    course.write("anything/at/all.txt", "x")
    config = Config.load(course.root)
    assert "anything/at/all.txt" in Reach(config).page(load(file, config))
    assert Path("anything/at/all.txt") in Reach(config).files


def test_a_block_that_is_no_python_hides_nothing_that_the_others_reach(kept):
    config = Config.load(kept.root)
    before = Reach(config).page(load(kept.root / "docs" / "page.md", config))
    with (kept.root / "docs" / "page.md").open("a", encoding="utf-8") as page:
        page.write("\n```python\nx = (\n```\n")
    after = Reach(config).page(load(kept.root / "docs" / "page.md", config))
    assert "sample.constants:RATIO" in after
    assert before.keys() == after.keys()
