"""A page's core: the sections that a first reader sees, their minutes, and what becomes of the others."""

import re
from pathlib import Path

import pytest

from coursekit.checks.core import core_problems
from coursekit.config import Config
from coursekit.page.core import core_minutes, sections
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.site.folded import folded
from minicourse import FRONT_MATTER

PLACE = Path("docs/lesson-1/page.md")
CORE = "core: [First, One, Check yourself]"
BODY = """\
# Title

Above all.

## First

Its text.

### One

```python
print("## no heading")
```

### Two

Deeper.

## Second

Deeper.

### Three

Deeper, too.

## Check yourself

Questions.

## Sources

None.
"""
HTML = """\
<h1 id="title">Title</h1>
<p>Above all.</p>
<h2 id="first">First</h2>
<p>1</p>
<h3 id="one">One</h3>
<p>2</p>
<h3 id="two">Two</h3>
<p>3</p>
<h2 id="second">Second</h2>
<p>4</p>
<h3 id="three">Three</h3>
<p>5</p>
<h2 id="check-yourself">Check yourself</h2>
<p>6</p>
<h2 id="sources">Sources</h2>
<p>7</p>
"""


def page_of(course, core=CORE, body=BODY, minutes="5"):
    meta = FRONT_MATTER.replace("minutes: 5", f"minutes: {minutes}\n{core}")
    return load(course.lesson(body, meta=meta, headings=""), Config.load(course.root))


def faults(course, *arguments, **options):
    config = Config.load(course.root)
    return [str(fault) for fault in core_problems(page_of(course, *arguments, **options), config)]


def test_all_is_core_where_a_page_names_none(course):
    assert [part.core for part in sections(page_of(course, core=""))] == [True] * 8
    assert faults(course, core="") == []


def test_the_sections_that_the_front_matter_names_are_core_and_what_stands_above_them(course):
    parts = sections(page_of(course))
    assert [part.title for part in parts if part.core] == ["", "First", "One", "Check yourself"]
    assert faults(course) == []


@pytest.mark.parametrize(
    ("core", "fault"),
    [
        (
            "core: [First, Fourth, Check yourself]",
            "'Fourth' names 0 headings of level 2 or 3, not one",
        ),
        ("core: Fourth", "'Fourth' names 0 headings of level 2 or 3, not one"),
        ("core: [First]", "'Check yourself' belongs to it"),
        ("core: [Three, Check yourself]", "'Three' stands in a section that is none"),
    ],
)
def test_a_core_of_sections_that_are_not_there_or_out_of_place_is_refused(course, core, fault):
    assert any(f"core: {fault}" in text for text in faults(course, core=core))


def test_a_core_section_does_not_announce_what_is_closed(course):
    body = BODY.replace("Its text.\n\n### One", "Its text:\n\n### One")
    assert faults(course, body=body) == []  # it announces what is shown
    (fault,) = faults(course, core="core: [First, Check yourself]", body=body)
    assert fault.endswith("core: 'First' ends with a colon before 'One', which is none")


def test_a_core_takes_the_minutes_of_the_page_at_most_and_its_questions_are_not_counted(course):
    words = "word " * 750
    longer = BODY.replace("Its text.", words)  # five minutes of 150 words
    (fault,) = faults(course, body=longer)
    assert fault.endswith("takes 5.1 minutes to read, and `minutes` says 5")
    assert faults(course, body=longer, minutes="6") == []
    assert faults(course, body=BODY.replace("Deeper.", words).replace("Questions.", words)) == []
    assert core_minutes(page_of(course)) == pytest.approx(7 / 150 + 1 / 12)


def test_each_deeper_section_lies_in_an_element_behind_its_heading(
    course,
):
    html = folded(HTML, page_of(course), PLACE)
    assert html.replace("\n", "") == (
        '<h1 id="title">Title</h1>'
        '<p>Above all.</p><h2 id="first">First</h2><p>1</p><h3 id="one">One</h3><p>2</p>'
        '<h3 id="two">Two</h3><div class="deeper"><p>3</p></div>'
        '<h2 id="second">Second</h2><div class="deeper"><p>4</p><h3 id="three">Three</h3><p>5</p></div>'
        '<h2 id="check-yourself">Check yourself</h2><p>6</p>'
        '<h2 id="sources">Sources</h2><div class="deeper"><p>7</p></div>'
    )


def test_a_page_without_a_core_stays_as_it_is(course):
    assert folded(HTML, page_of(course, core=""), PLACE) == HTML


def test_headings_that_the_markdown_does_not_have_are_refused(course):
    message = "docs/lesson-1/page.md:1: 8 headings in the HTML, 7 in the page's Markdown"
    with pytest.raises(ContractError, match=re.escape(message)):
        folded(HTML + '<h2 id="x">X</h2>', page_of(course), PLACE)
