"""What Markdown accepts without a word and shows wrong is found, with its line."""

import pytest

from coursekit.checks import form
from coursekit.config import Config
from coursekit.parser import load

NAV = """\
site_name: mini
markdown_extensions:
  - x: !!python/name:x.y
strict: !ENV [S, ""]
nav:
  - Home: index.md
  - Lesson:
      - lesson-1/index.md
      - lesson-1/words.md
      - lesson-1/test.md
"""
OUTLINE = """\
beside: [test.md]
sections:
  - {title: Start, page: index.md}
  - {title: Words, page: words.md}
  - {title: Later, minutes: 5}
"""


def said(course, text: str) -> list[str]:
    config = Config.load(course.root)
    return [
        f"{p.line}: {p.message}"
        for p in form.page_problems(load(course.page(text), config), config)
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('# T\n\n!!! note "N"\nText.\n', "3: the text of this box is not indented; write 4 blanks"),
        ('??? note "N"\n\nText.\n', "1: the text of this box is not indented"),
        ("???+ note\n\n```python\n1\n```\n", "1: the text of this box is not indented"),
        ('!!! note "N"\n', "1: the text of this box is not indented"),
        (
            '!!! note "A"\n    ??? note "B"\n    Text.\n',
            "2: the text of this box is not indented; write 8 blanks",
        ),
        ("It is <b>bold.\n\nMore.\n", "1: <b> is never closed; add </b>"),
        ("# T\n\n<div>\n<i>x\n</div>\n", "4: <i> is never closed; add </i>"),
        ("Bold</b> text.\n", "1: </b> closes nothing"),
        ("# T\n\n![](a.png)\n", "3: an image without words; write what it shows"),
        ('<img src="a.png">\n', '1: an image without words; add alt="what it shows"'),
        ('<img src="a.png" alt=" ">\n', "1: an image without words"),
        (f"```python\na = 1\nb = '{'x' * 110}'\n```\n", "3: a line of 116 characters, at most 108"),
    ],
)
def test_a_fault_of_form_is_named_with_its_line(course, text, message):
    (found,) = said(course, text)
    assert found.startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        '!!! note "N"\n    Text.\n\n    ??? note\n\n        ```python\n        1\n        ```\n',
        "It is <b>bold</b>, a `<b>`, <br> a < b, <https://example.org/a> and <!-- <b> -->.\n",
        "An <span class='icon'/> that is empty.\n",
        "```html\n<b>\n```\n\n```markdown\n!!! note\nText.\n```\n",
        '![words](a.png)\n\n<img src="a.png" alt="words"/>\n',
        f"```text\n{'x' * 200}\n```\n",
    ],
)
def test_a_page_in_good_form_passes(course, text):
    assert said(course, text) == []


def test_embedded_code_may_be_as_long_as_its_module_is(course):
    course.module(f"# --8<-- [start:a]\nA = '{'x' * 110}'\n# --8<-- [end:a]\n")
    assert said(course, '```python\n--8<-- "src/lessons/numbers.py:a"\n```\n') == []


def test_the_form_of_a_page_is_part_of_its_contract(course):
    course.page("<b>\n")
    course.lesson("<i>\n")
    message = "docs/page.md:1: <b> is never closed"
    course.fails_with(message, "docs/lesson-1/page.md:8: <i> is never closed", failed=2)


@pytest.fixture
def lesson(course):
    course.write("mkdocs.yml", NAV)
    course.write("docs/lesson-1/outline.yml", OUTLINE)
    for name in ("index", "lesson-1/index", "lesson-1/words", "lesson-1/test"):
        course.page(f"---\ntitle: {name}\n---\n", f"docs/{name}.md")
    return course


def of_the_course(course) -> str:
    return "\n".join(map(str, form.course_problems(Config.load(course.root))))


def test_a_course_whose_titles_navigation_and_outline_agree_passes(lesson):
    assert of_the_course(lesson) == ""


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "docs/index.md",
            "title: index",
            "title: Lesson-1/Words",
            "docs/lesson-1/words.md:1: docs/index.md has the title 'lesson-1/words' too; rename one",
        ),
        (
            "docs/index.md",
            "---\ntitle: index\n---",
            "# lesson-1/test",
            "docs/lesson-1/test.md:1: docs/index.md has the title",
        ),
        (
            "mkdocs.yml",
            "      - lesson-1/words.md\n",
            "",
            "docs/lesson-1/outline.yml:1: lesson-1/words.md is missing in the nav of mkdocs.yml",
        ),
        (
            "docs/lesson-1/outline.yml",
            "page: words.md",
            "minutes: 5",
            "no section has the page lesson-1/words.md of mkdocs.yml",
        ),
        (
            "docs/lesson-1/outline.yml",
            "beside: [test.md]\n",
            "",
            "no section has the page lesson-1/test.md of mkdocs.yml",
        ),
        (
            "docs/lesson-1/outline.yml",
            "  - {title: Start, page: index.md}\n  - {title: Words, page: words.md}\n",
            "  - {title: Words, page: words.md}\n  - {title: Start, page: index.md}\n",
            "the sections stand in another order than in mkdocs.yml",
        ),
    ],
)
def test_what_titles_navigation_and_outline_disagree_on_is_named(lesson, name, old, new, message):
    file = lesson.root / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    assert message in of_the_course(lesson)
    assert message in lesson.run("-k", "navigation").stdout.str()
