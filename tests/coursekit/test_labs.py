"""The source of a lab: read, solved, run, recorded, and written as a notebook."""

import json

import nbformat
import pytest

from coursekit.checks import guards
from coursekit.commands import labs as command
from coursekit.config import Config
from coursekit.downloads import labs
from coursekit.problems import ContractError

SOURCE = '''\
# ---
# title: Adding
# minutes: [1, 2]
# jupyter:
#   kernelspec:
#     name: python3
# ---

# %% [markdown]
# # Adding
#
# See [the page](../lesson-4/sums.md#three), [all](../index.md), [another](other.py) and [elsewhere](https://example.org).

# %% tags=["starter"]
def add(a, b):
    """Add."""
    ...

# %%
print(add(1, 2))

# %% [markdown]
# <details><summary>A solution</summary>
#
# ```python
# def add(a, b):
#     return a + b
# ```
#
# </details>
'''


@pytest.fixture
def course(tmp_path):
    """A course with one lab."""
    (tmp_path / "docs/lesson-5").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "docs/lesson-5/adding.py").write_text(SOURCE, "utf-8")
    return tmp_path


def lab_of(course):
    (found,) = labs.find(Config.load(course))
    return found


def test_a_source_is_read_into_header_and_cells(course):
    lab = lab_of(course)
    assert (lab.name, lab.meta) == ("adding", {"title": "Adding", "minutes": [1, 2]})
    assert [(cell.code, cell.starter, cell.line) for cell in lab.cells] == [
        (False, False, 9), (True, True, 14), (True, False, 19), (False, False, 22),
    ]  # fmt: skip
    assert lab.starter == 'def add(a, b):\n    """Add."""\n    ...\n'


def test_a_solution_stands_below_its_starter(course):
    assert lab_of(course).solution.endswith("    ...\n\n\ndef add(a, b):\n    return a + b\n")


def test_a_starter_without_a_solution_is_named_with_its_line(course):
    file = course / "docs/lesson-5/adding.py"
    file.write_text(SOURCE.replace("A solution", "Another"), "utf-8")
    with pytest.raises(ContractError, match=r"adding\.py:14: no solution below"):
        lab_of(course).solved  # noqa: B018 - asking is the point
    file.write_text(
        SOURCE.replace("A solution", "Another") + '\n# %% tags=["starter"]\nx = 1\n', "utf-8"
    )
    with pytest.raises(ContractError, match="no solution below"):
        lab_of(course).solved  # noqa: B018


def test_outputs_are_recorded_then_hold_until_a_cell_changes(course, capsys):
    assert command.main(["--update", "adding"], course) == 0
    lab = lab_of(course)
    assert lab.outputs == ["", "3\n"]
    assert (course / "src/lessons/labs/starters/adding.txt").read_text() == lab.starter
    assert command.main([], course) == 0
    assert command.main(["other"], course) == 0
    recorded = json.loads(lab.recorded.read_text())
    recorded["cells"][1]["text"] = "4\n"
    lab.recorded.write_text(json.dumps(recorded))
    assert command.main([], course) == 1
    assert "outputs/adding.json is not what" in capsys.readouterr().out
    file = course / "docs/lesson-5/adding.py"
    file.write_text(SOURCE.replace("add(1, 2))", "add(1, 3))"), "utf-8")
    with pytest.raises(ContractError, match="those of other cells"):
        lab_of(course).outputs  # noqa: B018


def test_a_cell_that_fails_is_told_with_its_last_words(course):
    file = course / "docs/lesson-5/adding.py"
    file.write_text(SOURCE.replace("add(1, 2))", "add(1))"), "utf-8")
    with pytest.raises(RuntimeError, match=r"(?s)a cell failed.*missing 1 required"):
        lab_of(course).run()


CHECKS = """print(add(1, 2))
for part, said in {1: "passed: add.", 2: "your function adds one too many."}.items():
    print(f"Part {part} of 2 (add): {said}")"""


def recorded(course):
    """Outputs and starters, with their times: what an update may write."""
    files = [*course.glob("docs/*/outputs/*"), *course.glob("src/**/*.txt")]
    return {file: (file.read_text("utf-8"), file.stat().st_mtime_ns) for file in files}


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("print(add(1))", "a cell failed"),
        (CHECKS, "adding.py: Part 2 of 2 (add): your function adds one too many."),
        (CHECKS.replace(', 2: "your function adds one too many."', ""), "no cell checks part 2"),
    ],
)
def test_of_a_lab_that_fails_nothing_is_written(course, capsys, cell, says):
    assert command.main(["--update"], course) == 0
    before = recorded(course)
    assert len(before) == 2
    file = course / "docs/lesson-5/adding.py"
    broken = SOURCE.replace("print(add(1, 2))", cell)
    file.write_text(broken.replace('"""Add."""', '"""Add two."""'), "utf-8")
    assert command.main(["--update"], course) == 1
    assert says in capsys.readouterr().out
    assert recorded(course) == before
    assert command.main([], course) == 1
    assert says in capsys.readouterr().out


def test_a_lab_whose_checks_all_pass_is_written(course):
    file = course / "docs/lesson-5/adding.py"
    passing = CHECKS.replace("your function adds one too many.", "passed: add again.")
    file.write_text(SOURCE.replace("print(add(1, 2))", passing), "utf-8")
    assert command.main(["--update"], course) == 0
    assert "Part 2 of 2 (add): passed: add again." in lab_of(course).outputs[1]


def test_a_notebook_has_the_starter_and_the_outputs_of_the_solution(course):
    (course / "docs/lesson-5/second.py").write_text("# %%\nprint(2)\n", "utf-8")
    assert command.main(["--update", "adding"], course) == 0
    (course / "docs/lesson-5/second.py").unlink()
    book = nbformat.reads(lab_of(course).notebook("*First.*", "https://e.org/lesson-5/adding/"), 4)
    nbformat.validate(book)
    first, text, starter, call, _ = book.cells
    assert first.source == "*First.*"
    assert "(https://e.org/lesson-4/sums/#three)" in text.source
    assert "(https://e.org/)" in text.source
    assert "(https://e.org/lesson-5/other/)" in text.source
    assert "(https://example.org)" in text.source
    assert starter.source.endswith("...")
    assert call.outputs[0].text == "3\n"


def test_what_a_check_said_of_the_solution_is_on_the_site_and_not_in_the_readers_notebook(course):
    file = course / "docs/lesson-5/adding.py"
    text = "def check(name):\n    print('passed')\n\n\ncheck('adding')\nprint(add(1, 2))"
    file.write_text(SOURCE.replace("print(add(1, 2))", text), "utf-8")
    assert command.main(["--update", "adding"], course) == 0
    lab = lab_of(course)
    assert lab.outputs[1].startswith("passed")
    assert not any(cell.get("outputs") for cell in json.loads(lab.notebook())["cells"])
    assert any(cell.get("outputs") for cell in json.loads(lab.notebook(site="."))["cells"])


def test_a_cell_that_installs_stands_below_the_first(course):
    book = nbformat.reads(lab_of(course).notebook("*First.*", setup="%pip install x"), 4)
    nbformat.validate(book)
    assert [cell.source for cell in book.cells[:2]] == ["*First.*", "%pip install x"]


def test_links_are_words_where_the_sites_address_is_unknown_and_stay_for_the_site(course):
    lab = lab_of(course)
    assert (
        "See the page, all, another and [elsewhere]"
        in json.loads(lab.notebook())["cells"][0]["source"][2]
    )
    assert "sums.md#three" in lab.notebook(site=".")


def test_the_text_of_a_lab_has_its_cells_with_what_they_print(course):
    assert command.main(["--update", "adding"], course) == 0
    text = lab_of(course).text("/lesson-5/adding/")
    assert text.startswith("# Adding\n\nSee [the page](/lesson-4/sums/#three)")
    assert "```python\nprint(add(1, 2))\n```\n\n```output\n3\n```" in text
    assert text.count("```output") == 1


def test_a_source_without_a_header_has_none(course):
    (course / "docs/lesson-5/adding.py").write_text("# %%\nprint(1)\n", "utf-8")
    assert lab_of(course).meta == {}
    assert lab_of(course).starter == ""


def test_a_lab_reaches_what_it_links(course):
    module = course / "src/lessons/helping/words.py"
    module.parent.mkdir(parents=True)
    module.write_text('"""Helps."""\n')
    config = Config.load(course)
    (found,) = guards.orphan_problems(config)
    assert "no page shows, imports or links module lessons.helping.words" in str(found)
    linked = SOURCE.replace("(other.py)", "(../reference/helping.words.md)")
    (course / "docs/lesson-5/adding.py").write_text(linked, "utf-8")
    assert guards.orphan_problems(config) == []
