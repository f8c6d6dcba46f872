"""A page of a lesson that is no lesson yet: all that it needs stands in one list."""

from pathlib import Path

import pytest

from coursekit.checks import unfinished
from coursekit.commands import gate
from coursekit.commands.selection import Selection
from minicourse import FRONT_MATTER

NAV = "site_name: mini\nnav:\n  - lesson-1/page.md\n"
OUTLINE = "sections:\n  - {title: T, page: page.md}\n"
QUESTION = """\
```{.quiz}
question: Which?
objective: know it
choices:
  - text: This
    why: Yes.
    right: true
  - text: That
    why: No.
```
"""


@pytest.fixture
def lesson(course, monkeypatch):
    """A course with one lesson that is listed everywhere."""
    monkeypatch.chdir(course.root)
    course.write("mkdocs.yml", NAV)
    course.write("docs/lesson-1/outline.yml", OUTLINE + "beside: [self-test.md]\n")
    course.write("docs/lesson-1/self-test.md", FRONT_MATTER.replace("T", "S") + QUESTION)
    course.write("mkdocs.yml", NAV + "  - lesson-1/self-test.md\n")
    course.lesson("Words.")
    return course


def test_a_lesson_needs_nothing(lesson, capsys):
    assert unfinished.main() == 0
    assert capsys.readouterr().out == ""


def test_a_page_that_is_no_lesson_yet_gets_one_list_of_all_that_it_needs(lesson, capsys):
    lesson.write("docs/lesson-1/new-page.md", "# New\n\n```python\nhalf = 1 / 2\n```\n")
    lesson.write("src/lessons/new_page/__init__.py", "")
    assert unfinished.main() == 1
    first, *needed = capsys.readouterr().out.splitlines()
    assert first == "docs/lesson-1/new-page.md is no lesson yet; it needs:"
    page = "  docs/lesson-1/new-page.md:1:"
    for key, kind in {
        "title": "str", "description": "str", "minutes": "int", "objectives": "list",
    }.items():  # fmt: skip
        assert f"{page} front matter needs {key}: ({kind}), has None" in needed
    assert f"{page} a lesson page has a heading 'Pitfalls'" in needed
    assert needed[-4:] == [
        "  mkdocs.yml: an entry - lesson-1/new-page.md in nav:",
        "  docs/lesson-1/outline.yml: a section with page: new-page.md, or its name in beside:",
        "  docs/lesson-1/self-test.md: a question with objective: the page's first objective",
        "  tests/lessons/new_page: tests of src/lessons/new_page",
    ]


@pytest.mark.parametrize(
    ("name", "text", "needed"),
    [
        ("mkdocs.yml", "nav: [lesson-1/self-test.md]\n", "mkdocs.yml: an entry - lesson-1/page.md"),
        (
            "docs/lesson-1/outline.yml", "sections: []\nbeside: [self-test.md]\n",
            "a section with page: page.md",
        ),
        (
            "docs/lesson-1/page.md", FRONT_MATTER.replace("know it", "do it").replace("5", "0"),
            "a question with objective: do it",
        ),
        (
            "docs/lesson-1/page.md", FRONT_MATTER.replace("minutes: 5", "deeper: [sort it]\nminutes: 0"),
            "a question with objective: sort it",
        ),
        (
            "docs/lesson-1/page.md", FRONT_MATTER.replace("[know it]", "know it").replace("5", "0"),
            "front matter needs objectives: (list), has 'know it'",
        ),
    ],
)  # fmt: skip
def test_one_thing_that_is_missing_makes_a_page_no_lesson(lesson, name, text, needed, capsys):
    lesson.write(name, text)
    assert unfinished.main() == 1
    assert needed in capsys.readouterr().out


def test_a_lesson_without_an_outline_and_a_self_test_needs_no_entry_there(lesson):
    for name in ("outline.yml", "self-test.md"):
        (lesson.root / "docs/lesson-1" / name).unlink()
    lesson.write("mkdocs.yml", NAV)
    assert unfinished.main() == 0


def test_a_page_is_asked_for_no_question_where_there_is_no_self_test(lesson, capsys):
    (lesson.root / "docs/lesson-1/self-test.md").unlink()
    lesson.write("docs/lesson-1/new-page.md", "# New\n")
    assert unfinished.main() == 1
    assert "mkdocs.yml: an entry" in (said := capsys.readouterr().out)
    assert "a question" not in said


def test_a_page_that_cannot_be_read_is_left_to_its_own_contract(lesson, capsys):
    lesson.lesson("```unknown\n```\n")
    assert unfinished.main() == 0
    assert capsys.readouterr().out == ""


def test_the_check_fails_for_a_page_that_is_no_lesson_yet(lesson, monkeypatch, capsys):
    steps = []

    def note(_: object, *step: str) -> int:
        steps.append(step)
        return int(step == ("coursekit.checks.unfinished",))

    monkeypatch.setattr(gate, "run_step", note)
    monkeypatch.setattr(gate.selection, "select", lambda _: Selection([Path("docs/long.md")], []))
    assert gate.run_check(lesson.root) == 1
    assert ("coursekit.checks.unfinished",) in steps
    said = capsys.readouterr()
    assert "failed with exit status 1: pages that are no lesson yet" in said.err
    assert "not run, since something fails above: what the change can reach" in said.out
    assert not any("docs/long.md" in step for step in steps)
