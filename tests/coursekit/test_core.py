"""A page's core: all before "Deeper", what it owes, and what becomes of the rest."""

import re
from pathlib import Path

import pytest

from coursekit.checks.core import core_problems, sentences, without_core
from coursekit.config import Config
from coursekit.page.core import core_minutes, core_sections, layered, sections
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.site.folded import folded

PLACE = Path("docs/lesson-1/page.md")
WORDS = """\
out: {}
names: [of]
assistants: [ChatGPT]
connectives: [because, so, if]
"""
QUIZ = """\
```{.quiz}
question: Which one is it?
choices:
  - {text: This, why: Right., right: true}
  - {text: That, why: Wrong.}
```
"""
BODY = f"""\
# Title

**How many words are there in a text?** You ask ChatGPT, because it answers, so you learn how many.

```python
print("one")
```

```output
one
```

## By hand: a pair

If one of two is right, the share is {{{{ computed 1 / 2 | .0% }}}}, so what comes next?

```python
print("share", 0.5)
```

```{{.output #share}}
share 0.5
```

```{{.figure src="figures/bars.svg"}}
A bar
in words

If it is long, it is the first of {{{{ constant 2 }}}}.

A bar.
```

## In short

If you look, it is {{{{ output.share.share | .0% }}}}. Because 2 are there, so it is. So it is 3 for all.

## Check yourself

{QUIZ}
{QUIZ}
## Deeper

What follows goes on.

### One

More.

## Measured here

There.

## Pitfalls

None.

## Sources

None.
"""
HTML = """\
<h1 id="title">Title</h1>
<p>0</p>
<h2 id="by-hand-a-pair">By hand: a pair</h2>
<p>1</p>
<h2 id="in-short">In short</h2>
<p>2</p>
<h2 id="check-yourself">Check yourself</h2>
<p>3</p>
<h2 id="deeper">Deeper</h2>
<p>4</p>
<h3 id="one">One</h3>
<p>5</p>
<h2 id="measured-here">Measured here</h2>
<p>6</p>
<h2 id="pitfalls">Pitfalls</h2>
<p>7</p>
<h2 id="sources">Sources</h2>
<p>8</p>
"""


def page_of(course, body=BODY, minutes=5):
    course.write("docs/words.yml", WORDS)
    meta = f"---\ntitle: T\ndescription: D\nminutes: {minutes}\nobjectives: [know it]\n---\n"
    return load(course.lesson(body, meta=meta, headings=""), Config.load(course.root))


@pytest.fixture
def faults(course):
    def found(body=BODY, **options):
        page = page_of(course, body, **options)
        return [str(problem) for problem in core_problems(page, Config.load(course.root))]

    return found


def test_the_core_is_all_that_stands_before_the_heading_deeper(course):
    page = page_of(course)
    assert layered(page)
    titles = [part.title for part in core_sections(page)]
    assert titles == ["", "By hand: a pair", "In short", "Check yourself"]
    shown = [part.title for part in sections(page) if part.shown]
    assert shown == [*titles, "Deeper"]  # a reader sees that there is more


def test_a_page_without_that_heading_has_no_layers_and_owes_no_core(course, faults):
    body = BODY.replace("## Deeper", "## Later")
    assert not layered(page_of(course, body))
    assert all(part.shown for part in sections(page_of(course, body)))
    assert faults(body) == []


def test_a_core_that_keeps_its_promises_is_fine(faults):
    assert faults() == []


def changed(old, new, times=1):
    assert old in BODY
    return BODY.replace(old, new, times)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("in a text?**", "in a text.**", "its first paragraph asks the question"),
        ("ChatGPT", "it", "none of ChatGPT is named in its first 250 words"),
        ("**How", "Half, {{ constant 50% }}. **How", "a share stands before the first output"),
        ("## By hand: a pair", "## A pair", "has no section whose heading begins with 'By hand'"),
        ("## In short", "## Shortly", "has no section 'In short'"),
        (" So it is 3 for all.", "", "a number each, it has 2, 2 with a number"),
        ("So it is 3 for", "So it is fine for", "a number each, it has 3, 2 with a number"),
        ("{{ output.share.share | .0% }}", "{{ constant 5 }}", "'In short' quotes no measurement"),
        ("## Check yourself", "## Questions", "has no section 'Check yourself'"),
        (QUIZ, "", "asks 2 questions, all below 'Check yourself'; has 1"),
        ("## In short", f"{QUIZ}\n## In short", "has 3"),
        ('print("one")', "of = 1\nprint(of)", "of: a name that says nothing"),
        ('print("one")', "print(1)\n" * 9, "has 10 calls of print, at most 8"),
        ('print("one")', "print(1)\nassert 1\nassert 2", "has 2 asserts, at most 1"),
        ("If one", "In [0.1, 0.2], if one", "an interval in brackets"),
        ("because it", "because 1, 2, 3 it", "numbers in 100 words, at most 3"),
        ("so you learn how many.", "so. Yes. It is so. Really.", "5 words or fewer"),
        ("{{ constant 2 }}.", "{{ constant 2 }}, 3 and 4.", "a caption with 3 numbers, at most 2"),
    ],
)
def test_a_core_that_breaks_a_promise_is_told_which(faults, old, new, fault):
    assert any(fault in text for text in faults(changed(old, new))), faults(changed(old, new))


def test_a_core_fits_the_minutes_of_its_page_and_what_is_deeper_is_not_counted(course, faults):
    many = "If you read on, it is so and so it is. " * 90
    assert faults(changed("More.", many)) == []
    (fault,) = faults(changed("If one of two", f"{many} If one of two"))
    assert re.search(r"core: takes \d\.\d\d minutes to read, and `minutes` says 5$", fault)
    assert faults(changed("If one of two", f"{many} If one of two"), minutes=9) == []
    assert core_minutes(page_of(course)) < 1


def test_sentences_of_a_core_say_how_they_belong_together(faults):
    flat = BODY
    for word in ("because ", "Because ", "so ", "So ", "If "):
        flat = flat.replace(word, "and ")
    assert any("sentences have a connecting word, more than 25%" in text for text in faults(flat))


def test_a_course_without_words_asks_for_no_assistant_and_no_connectives(course):
    page = page_of(course, BODY.replace("ChatGPT", "it").replace("because ", "and "))
    (course.root / "docs/words.yml").unlink()
    assert core_problems(page, Config.load(course.root)) == []


def test_code_of_a_core_works_and_is_shown(faults):
    failing = '```{.python raises="TypeError"}\nlen(5)\n```\n\n```output\nTypeError: object\n```\n'
    (fault,) = faults(changed("## In short", f"{failing}\n## In short"))
    assert fault.endswith("a block must fail; working code comes first, so show it deeper")
    closed = '??? note "More"\n\n    ```python\n    length = 5\n    ```\n'
    (fault,) = faults(changed("## In short", f"{closed}\n## In short"))
    assert fault.endswith("code stands in a closed box; show it, or move it deeper")


def test_a_block_with_an_output_follows_the_example_by_hand(faults):
    block = BODY[BODY.index('```python\nprint("share"') : BODY.index("```{.figure")]
    body = BODY.replace(block, "").replace("{{ output.share.share | .0% }}", "3")
    assert any(
        "no block with an output follows the example by hand" in text for text in faults(body)
    )


def test_a_core_has_a_figure(faults):
    figure = BODY[BODY.index("```{.figure") : BODY.index("## In short")]
    (fault,) = faults(BODY.replace(figure, ""))
    assert fault.endswith("core: has no figure")


def test_a_page_without_code_owes_its_sentences_and_questions_only(course, faults):
    start, stop = BODY.index("```python"), BODY.index("## In short")
    body = (BODY[:start] + BODY[stop:]).replace("{{ output.share.share | .0% }}", "1")
    assert faults(body) == []


def test_a_heading_of_its_own_is_no_opening(faults):
    body = BODY.replace("# Title\n\n", "")  # the site takes the title from the front matter
    assert faults(body) == []


def test_sentences_are_those_of_prose():
    text = "# No\n\nOne [link](a.md). `x.y` two!\n\n- Three\n- Four {{ result.a.b }}.\n\n| no | table |\n"
    assert sentences(text) == ["One link.", "code two!", "- Three", "- Four 0."]


def test_each_deeper_section_lies_in_an_element_behind_its_heading(course):
    html = folded(HTML, page_of(course), PLACE)
    assert html.replace("\n", "").endswith(
        '<h2 id="deeper">Deeper</h2><p>4</p>'
        '<h3 id="one">One</h3><div class="deeper"><p>5</p></div>'
        '<h2 id="measured-here">Measured here</h2><div class="deeper"><p>6</p></div>'
        '<h2 id="pitfalls">Pitfalls</h2><div class="deeper"><p>7</p></div>'
        '<h2 id="sources">Sources</h2><div class="deeper"><p>8</p></div>'
    )
    assert html.startswith(HTML[: HTML.index('<h2 id="deeper">')])


def test_a_page_without_layers_stays_as_it_is(course):
    assert folded(HTML, page_of(course, BODY.replace("## Deeper", "## Later")), PLACE) == HTML


def test_headings_that_the_markdown_does_not_have_are_refused(course):
    message = "docs/lesson-1/page.md:1: 9 headings in the HTML, 8 in the page's Markdown"
    html = HTML.replace('<h3 id="one">', '<h2 id="x">X</h2><h3 id="one">')
    with pytest.raises(ContractError, match=re.escape(message)):
        folded(html, page_of(course), PLACE)


def test_each_section_of_a_lesson_has_a_page_with_a_core(course):
    outline = "sections:\n  - {title: T, page: page.md}\n  - {title: Gone, page: gone.md}\n"
    course.write("docs/lesson-1/outline.yml", f"{outline}  - {{title: Later, minutes: 5}}\n")
    page_of(course)
    config = Config.load(course.root)
    assert without_core(config) == []
    page_of(course, BODY.replace("## Deeper", "## Later"))
    (fault,) = map(str, without_core(config))
    assert fault == (
        "docs/lesson-1/page.md:1: has no heading `## Deeper`, above which its core would stand"
    )


def test_a_page_that_opens_or_closes_a_lesson_owes_no_example_and_no_figure(course, faults):
    start, stop = BODY.index("## By hand"), BODY.index("## In short")
    body = (BODY[:start] + BODY[stop:]).replace("{{ output.share.share | .0% }}", "1")
    assert any(
        "has no section whose heading begins with 'By hand'" in text for text in faults(body)
    )
    outline = "sections:\n  - {title: T, about: all of it, page: page.md}\n"
    course.write("docs/lesson-1/outline.yml", outline)
    assert faults(body) == []
    course.lesson(body, headings="")
    course.run().stdout.no_fnmatch_line("*a lesson page has a heading*")
