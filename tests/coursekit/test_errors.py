"""The index of errors: every error that a page shows, with what went wrong and where."""

from pathlib import Path

import pytest

from coursekit.config import Config
from coursekit.course import error_index
from coursekit.page.errors import anchors
from coursekit.parser import load, parse
from coursekit.problems import ContractError

RAISING = '```{.python raises="TypeError"}\nlen(5)\n```\n\n```output\nTypeError: no len()\n```\n'
PRINTING = "```python\nprint(seen)\n```\n\n```output\nsome lines\nOSError: gone\n```\n"


def page(course, text: str, name: str = "docs/page.md"):
    return course.page(f"---\ntitle: Page & more\n---\n\n{text}", name)


def causes(course) -> list[str]:
    return [entry.cause for entry in error_index.entries(Config.load(course.root))]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            f"## Pitfalls\n\n**3. A whole\nnumber.** It has no length.\n\n{RAISING}",
            "A whole\nnumber",
        ),
        (f"**First.** A.\n\n**Second.** B.\n\n{RAISING}", "Second"),
        (f'??? warning "In a box"\n\n    Text.\n\n{RAISING}', "In a box"),
        (f"### A heading\n\nText.\n\n{RAISING}", "A heading"),
        (f"**Bold.**\n\n### A heading\n\n{RAISING}", "A heading"),
        (f"**Bold.**\n\n{RAISING}".replace('r"}', 'r" cause="Its own."}'), "Its own"),
    ],
)
def test_the_cause_is_what_a_reader_of_the_page_reads_above_the_block(course, text, cause):
    page(course, text)
    assert causes(course) == [cause]


@pytest.mark.parametrize(
    "text", [RAISING, f"**Other.**\n\n## Pitfalls\n\nSome **bold**.\n\n{RAISING}"]
)
def test_an_error_without_a_cause_is_refused_with_its_line(course, text):
    file = page(course, text)
    line = file.read_text().split("\n").index('```{.python raises="TypeError"}') + 1
    with pytest.raises(
        ContractError, match=rf"docs/page.md:{line}: this error goes into the index"
    ):
        causes(course)


def test_what_a_block_must_raise_is_an_error_whatever_its_name(course):
    stops = '```{.python raises="StopIteration"}\nnext(iter(()))\n```\n\n```output\nStopIteration\n```\n'
    page(course, f"**At its end.**\n\n{stops}")
    (entry,) = error_index.entries(Config.load(course.root))
    assert (entry.text, entry.kind) == ("StopIteration", "StopIteration")


def test_an_error_that_a_block_prints_counts_too(course):
    page(course, f"**Printed.**\n\n{PRINTING}")
    (entry,) = error_index.entries(Config.load(course.root))
    assert (entry.text, entry.kind) == ("OSError: gone", "OSError")


SKIPPED = (
    '```{.python raises="OSError" skip="needs a GPU & a <network>"}\nopen_hub()\n```\n\n'
    "```output\nOSError: no hub\n```\n"
)


def test_an_error_that_no_test_makes_happen_says_why(course):
    page(course, f"**Not here.**\n\n{SKIPPED}\n**Here.**\n\n{RAISING}")
    first, second = error_index.entries(Config.load(course.root))
    assert (first.untested, second.untested) == ("needs a GPU & a <network>", None)
    shown = error_index.render(
        [first, second], Path("elsewhere.md"), lambda path: f"../{path.stem}/"
    )
    assert "(Page &amp; more; not tested: needs a GPU &amp; a &lt;network&gt;)</span>" in shown
    assert shown.count("not tested") == 1


def test_what_a_command_prints_is_an_error_if_it_has_a_cause(course):
    command = '```{.bash skip="no Debian" cause="Its own."}\npip install x\n```\n\n'
    output = "```output\nerror: managed-elsewhere\n```\n"
    page(course, f"{command}{output}")
    (entry,) = error_index.entries(Config.load(course.root))
    assert (entry.text, entry.kind, entry.cause) == ("error: managed-elsewhere", "error", "Its own")
    page(course, f"{command.replace(' cause=' + chr(34) + 'Its own.' + chr(34), '')}{output}")
    assert causes(course) == []


SAYING = (
    '```{.python cause="Wrong input."}\nrun()\n```\n\n'
    "```output\nlabels: 2\nerror: a.txt: need 4\nerror: b is full\n```\n"
)


def test_each_line_that_a_script_says_an_error_in_is_one_of_the_block(course):
    file = page(course, SAYING)
    first, second = error_index.entries(Config.load(course.root))
    assert (first.text, first.kind, first.cause) == (
        "error: a.txt: need 4",
        "error",
        "Wrong input",
    )
    assert (second.text, second.cause) == ("error: b is full", "Wrong input")
    assert first.anchor == second.anchor == "error-a-txt-need-4"
    assert list(anchors(load(file, Config.load(course.root))).values()) == [first.anchor]


def test_such_lines_are_other_output_where_no_cause_is_given(course):
    page(course, "**Printed.**\n\n" + SAYING.replace(' cause="Wrong input."', ""))
    assert causes(course) == []


def test_a_warning_that_a_library_logs_is_in_the_index(course):
    page(course, "**Logged.**\n\n" + PRINTING.replace("OSError: gone", "WARNING: add `x=True`"))
    (entry,) = error_index.entries(Config.load(course.root))
    assert (entry.text, entry.kind) == ("WARNING: add `x=True`", "WARNING")


@pytest.mark.parametrize("last", ["Errors: 3", "a ValueError: no", "error: 2", "Warning"])
def test_other_output_is_no_error(course, last):
    page(course, PRINTING.replace("OSError: gone", last))
    assert causes(course) == []


def test_a_new_raising_block_on_any_page_is_in_the_index(course):
    page(course, f"**One.**\n\n{RAISING}")
    page(course, "Text.\n", "docs/lesson-1/other.md")
    assert causes(course) == ["One"]
    page(course, f"**Two.**\n\n{RAISING.replace('no len', 'another')}", "docs/lesson-1/other.md")
    assert causes(course) == ["Two", "One"]


def test_every_error_of_a_page_has_an_id_of_its_own(course):
    own = RAISING.replace('r"}', 'r" #own}')
    text = f"**One.**\n\n{RAISING}\n{RAISING}\n{RAISING}\n{own}"
    config = Config.load(course.root)
    names = anchors(load(page(course, text), config)).values()
    assert list(names) == ["typeerror-no-len", "typeerror-no-len-2", "typeerror-no-len-3", "own"]


def test_long_errors_with_the_same_beginning_are_told_apart(course):
    one = RAISING.replace("no len()", "f() got an unexpected keyword argument 'a'")
    text = f"**One.**\n\n{one}\n{one.replace(chr(39) + 'a', chr(39) + 'b')}"
    first, second = anchors(load(page(course, text), Config.load(course.root))).values()
    assert first == "typeerror-f-got-an-unexpected"
    assert second == "typeerror-f-got-an-unexpected-keyword-argument-b"


def test_the_index_groups_errors_by_type_and_escapes_their_text(course):
    page(course, f"**A `<b>` & more.**\n\n{RAISING.replace('no len()', 'no <class>')}")
    found = error_index.entries(Config.load(course.root))
    shown = error_index.render(found, Path("elsewhere.md"), lambda path: f"../{path.stem}/")
    assert shown.startswith("### TypeError\n\n<div ")
    heading = '<h4 id="index-typeerror-no-class"><code>TypeError: no &lt;class&gt;</code></h4>'
    assert heading in shown
    link = '<a href="../page/#typeerror-no-class">A <code>&lt;b&gt;</code> &amp; more</a>'
    assert f'<li>{link} <span class="errors__page">(Page &amp; more)</span></li>' in shown


def test_one_text_with_two_causes_stands_there_once(course):
    page(course, f"**One.**\n\n{RAISING}")
    page(course, f"**Two.**\n\n{RAISING}", "docs/second.md")
    found = error_index.entries(Config.load(course.root))
    shown = error_index.render(found, found[0].page.path, lambda path: f"../{path.stem}/")
    assert shown.count("<h4") == 1
    assert shown.count("<li>") == 2
    assert '<a href="#typeerror-no-len">One</a> <span class="errors__page">(below)</span>' in shown


def test_a_page_may_not_give_a_cause_where_nothing_runs(course):
    with pytest.raises(ContractError, match="knows no \\['cause'\\]"):
        parse('```{.text cause="x"}\n```\n', course.root / "docs/p.md", Config.load(course.root))
