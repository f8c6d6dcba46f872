"""The checks of a lesson page and of the whole course, each with the fault planted."""

import pytest

from minicourse import FRONT_MATTER, HEADINGS, LESSON_CODE, SHOW_ALL


def test_a_complete_lesson_passes(course):
    course.module()
    course.lesson(SHOW_ALL)
    course.fails_with(passed=4)


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ("", "front matter needs title: (str), has None"),
        (FRONT_MATTER.replace("5", "five"), "front matter needs minutes: (int), has 'five'"),
        (FRONT_MATTER.replace("[know it]", "[]"), "front matter needs objectives: (list), has []"),
    ],
)
def test_a_lesson_without_full_front_matter_fails(course, meta, message):
    course.lesson(meta=meta)
    course.fails_with(f"docs/lesson-1/page.md:1: {message}", failed=1)


@pytest.mark.parametrize(
    ("deeper", "message"),
    [
        ("sort it", "front matter: deeper: is a list of goals, has 'sort it'"),
        ("[]", "front matter: deeper: is a list of goals, has []"),
        ("[sort it]", "front matter: deeper: needs the heading 'Deeper', below which they are"),
    ],
)
def test_goals_of_what_goes_deeper_are_a_list_on_a_page_that_goes_deeper(course, deeper, message):
    course.lesson(meta=FRONT_MATTER.replace("[know it]", f"[know it]\ndeeper: {deeper}"))
    course.fails_with(f"docs/lesson-1/page.md:1: {message}", failed=1)


def test_a_goal_is_reached_by_the_core_or_deeper_and_not_by_both(course):
    meta = FRONT_MATTER.replace("[know it]", "[know it]\ndeeper: [sort it, know it]")
    course.lesson("## Deeper", meta=meta)
    message = "front matter: 'know it' stands in objectives: and in deeper:"
    course.fails_with(f"docs/lesson-1/page.md:1: {message}", failed=1)


def test_a_lesson_that_needs_an_extra_which_the_package_lacks_fails(course):
    with (course.root / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('[project.optional-dependencies]\nrun = []\nfast = ["numpy"]\n')
    course.lesson(meta=FRONT_MATTER.replace("minutes:", "extras: [fast, quick]\nminutes:"))
    message = "docs/lesson-1/page.md:1: extras: 'quick' is none of pyproject.toml's: run, fast"
    course.fails_with(message, failed=1)


def test_a_lesson_without_a_required_section_fails(course):
    course.lesson("```python\n1\n```\n", headings=HEADINGS.replace("Pitfalls", "Traps"))
    course.fails_with("a lesson page has a heading 'Pitfalls'", passed=2, failed=1)


def test_a_page_that_runs_nothing_needs_no_section_on_measurements(course):
    course.lesson("Welcome.", headings="")
    course.fails_with(passed=1)


def test_a_lesson_skips_nothing(course):
    course.lesson('```{.python skip="slow"}\n1\n```\n')
    course.fails_with(
        "docs/lesson-1/page.md:8: lesson pages skip nothing", passed=1, failed=1, skipped=1
    )


def test_a_loose_number_in_a_lesson_fails_and_elsewhere_does_not(course):
    course.page("It is 0.5 here.\n")
    course.lesson("It is 0.5 here.")
    course.fails_with(
        "docs/lesson-1/page.md:8: '0.5' is bound to no measurement", passed=1, failed=1
    )


def test_a_page_shows_a_modules_imports_first(course):
    course.module()
    first, second = SHOW_ALL.split("\n\n")
    course.lesson(f"{second}\n\n{first}\n")
    course.fails_with("show src/lessons/numbers.py:imports before 'half'", passed=3, failed=1)


def test_a_section_that_no_page_shows_fails_at_its_line(course):
    course.module()
    course.lesson(SHOW_ALL.split("\n\n")[0])
    course.fails_with("src/lessons/numbers.py:8: no page shows section 'half'", passed=3, failed=1)


def test_a_module_that_no_page_reaches_fails(course):
    course.module()
    course.module('"""Helps."""\n', "helper")
    course.lesson(SHOW_ALL)
    course.fails_with(
        "helper.py:1: no page shows, imports or links module lessons.helper", passed=4, failed=1
    )
    course.lesson(SHOW_ALL + "\nSee [another module](../reference/helpers.md).\n")
    course.fails_with("no page shows, imports or links module lessons.helper", passed=4, failed=1)
    course.lesson(SHOW_ALL + "\nSee [`help`](../reference/helper.md).\n")
    course.run("-k", "shown").assert_outcomes(passed=1)


def test_what_only_starts_a_module_need_not_be_reached(course):
    course.module()
    course.module('"""Starts."""\n', "__main__")
    course.lesson(SHOW_ALL)
    course.run("-k", "shown").assert_outcomes(passed=1)


def test_a_binding_that_names_nothing_fails_at_its_line(course):
    course.lesson("It is {{ output.none.half }}.")
    course.fails_with(
        "docs/lesson-1/page.md:8: {{ output.none.half }}: no output named #none", failed=1
    )


def test_a_block_that_is_no_python_hides_nothing_that_other_blocks_show(course):
    course.module()
    course.lesson(SHOW_ALL + "\n```python\nx = (\n```\n")
    course.run("-k", "shown").assert_outcomes(passed=1)


def test_a_reached_module_that_is_no_text_is_named_once(course):
    course.module('"""Helps."""\n', "helper").write_bytes(b'"""\xff"""\n')
    course.page("```python\nimport lessons.helper\n```\n")
    result = course.run("-k", "silent or shown")
    result.assert_outcomes(passed=1, failed=1)
    assert "src/lessons/helper.py:1: " in result.stdout.str()


def test_a_module_reached_through_another_is_no_orphan(course):
    course.module(
        LESSON_CODE.replace("import math\n", "import math\n\nfrom lessons import helper\n")
    )
    course.module('"""Helps."""\n', "helper")
    course.write("src/lessons/__init__.py", "")
    course.lesson(SHOW_ALL)
    course.run("-k", "shown").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("# --8<-- [start:a]\n", "numbers.py:1: section 'a' is never closed; add # --8<-- [end:a]"),
        ("# --8<-- [end:a]\n", "numbers.py:1: end of section 'a', which is not open"),
        (
            "# --8<-- [start:a]\n# --8<-- [start:b]\n# --8<-- [end:b]\n# --8<-- [end:a]\n",
            "numbers.py:2: section 'b' starts inside 'a'",
        ),
        (
            "# --8<-- [start:a]\n# --8<-- [end:a]\n# --8<-- [start:a]\n# --8<-- [end:a]\n",
            "numbers.py:3: second section named 'a'; rename one",
        ),
        ("# --8<- [star:a]\n", "numbers.py:1: misspelt mark"),
    ],
)
def test_a_malformed_section_fails_at_its_line(course, code, message):
    course.module(code)
    course.page("```python\nimport lessons.numbers as _\n```\n".replace("import", "# import"))
    result = course.run()
    assert f"src/lessons/{message}" in result.stdout.str()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print(1)\n", "numbers.py:2: runs on import"),
        ("for i in ():\n    pass\n", "numbers.py:2: runs on import"),
        ("if TYPE_CHECKING:\n    print(1)\n", "numbers.py:2: runs on import"),
        ("A = sum([1])\n", "numbers.py:2: calls sum on import; only constructors may"),
        ("A = ValueError('x')\n", "numbers.py:2: calls ValueError on import"),
        ("A: int = B(open('x'))\n", "numbers.py:2: calls open on import"),
        ("from __future__ import annotations\n", "numbers.py:2: no __future__ import"),
        ("def f():\n    return sum([1])\nA = f()\n", "numbers.py:4: calls f on import"),
        ("def f():\n    print(1)\n    return ()\nA = f()\n", "numbers.py:5: calls f on import"),
    ],
)
def test_a_module_that_does_something_on_import_fails(course, code, message):
    course.module(f'"""A lesson."""\n{code}')
    course.page("```python\nimport sys\n```\n")
    assert message in course.run("-k", "silent").stdout.str()


def test_a_module_of_definitions_and_constants_is_silent(course):
    course.module(
        '"""A lesson."""\nimport re\nWORD = re.compile("a")\nA = (1, 2)\nB: int = 3\n'
        'def made(n):\n    """Makes one."""\n    def f():\n        print(n)\n    return f\nF = made(1)\n'
        "class C:\n    pass\nD = (C(), frozenset({1}), frozenset[str]())\nE = lambda: print(1)\n"
        "if TYPE_CHECKING:\n    import ast\n"
        'if __name__ == "__main__":\n    print(1)\n'
    )
    course.page("text\n")
    course.run("-k", "silent").assert_outcomes(passed=1)


def test_a_lesson_page_that_takes_all_its_blocks_from_others_measures_nothing_of_its_own(course):
    course.page("```{.python #one}\nnumber = 1\n```\n", "docs/other.md")
    taken = '```python\n--8<-- "docs/other.md:one"\n```\n'
    course.lesson(taken, headings="")
    course.ends_with(passed=6)
    course.lesson(f"{taken}\n```python\nnumber = 2\n```\n", headings="")
    course.fails_with("a lesson page has a heading 'Pitfalls'", passed=6, failed=1)
