"""An update writes what was printed, and touches nothing else of the page."""

import pytest

from coursekit.config import Config
from coursekit.kinds.python import PYTHON
from coursekit.page.contents import Page
from coursekit.parser import load
from coursekit.testing.rewriting import output_edit, rewrite


def page(course, text: str) -> Page:
    return load(course.page(text), Config.load(course.root))


def updated(course, text: str) -> Page:
    """The page after an update, which must hold from then on."""
    file = course.page(text)
    course.ends_with("--update-outputs", passed=3)
    course.fails_with(passed=3)
    return load(file, Config.load(course.root))


@pytest.mark.parametrize(
    "printed",
    [
        "text\n   ```\nend",
        "```",
        "   ```\n````",
        "`````python\nx\n`````",
        "a\n```output",
        "~~~\n```",
    ],
)
def test_ticks_that_a_block_prints_do_not_end_its_output(course, printed):
    made = updated(course, f"```python\nprint({printed!r})\n```\n\n# End\n")
    assert made.blocks[0].output.body == f"{printed}\n"
    assert made.text.endswith("\n\n# End\n")


@pytest.mark.parametrize(
    ("fence", "body"),
    [
        ("````{.output #n .cost}", "``` 1000 s"),
        ("```{.output #n .cost}", "1000 s"),
        ('```{.output .measured within="0.5"  #n}', "```` 1000"),
        ("~~~{.output #n .sample}", "x: 1\ny: 2"),
        ("`````output", "``` 7"),
    ],
)
def test_an_output_keeps_the_words_and_the_marks_of_its_opening(course, fence, body):
    marks = fence[: len(fence) - len(fence.lstrip("`~"))]
    text = f"```python\nprint('```', 2)\n```\n\n{fence}\n{body}\n{marks}\n"
    made = updated(course, text)
    row = made.text.split("\n")[4]
    assert row.lstrip("`~") == fence.lstrip("`~")
    assert row[0] == fence[0]
    assert made.blocks[0].output.body == "``` 2\n"


def test_a_new_output_takes_the_marks_of_its_block(course):
    made = updated(course, "~~~~python\nprint('~~~ 1')\n~~~~\n")
    assert made.text == "~~~~python\nprint('~~~ 1')\n~~~~\n\n~~~~output\n~~~ 1\n~~~~\n"


def test_an_indented_output_stays_in_its_box(course):
    made = updated(course, "??? note\n\n    ```python\n    print('```\\n\\n b')\n    ```\n\nend\n")
    assert "\n\n    ````output\n    ```\n\n     b\n    ````\n\nend\n" in made.text


def test_an_update_keeps_the_files_line_ends_and_its_mark(course):
    file = course.page("")
    file.write_bytes(
        b"\xef\xbb\xbf# T\r\nmixed\n\r\n```python\r\nprint(2)\r\n```\r\n\r\n```output\r\n1\r\n```\r\nend\n"
    )
    course.ends_with("--update-outputs", passed=3)
    assert file.read_bytes() == (
        b"\xef\xbb\xbf# T\r\nmixed\n\r\n```python\r\nprint(2)\r\n```\r\n\r\n```output\r\n2\r\n```\r\nend\n"
    )


PLAIN = "```python\nprint(2)\n```\n\n```output\n1\n```\n\ntext\n"


@pytest.mark.parametrize("printed", ["a\0b", "x\x02", "a\rb"])
def test_nothing_is_written_if_the_new_page_would_not_show_what_was_printed(course, printed):
    old = page(course, PLAIN)
    (problem,) = rewrite(old, [output_edit(old, old.blocks[0], printed)], Config.load(course.root))
    assert "nothing was written" in problem.message
    assert old.path.read_text("utf-8") == PLAIN


def test_nothing_is_written_if_an_edit_reaches_beyond_its_output(course):
    old = page(course, PLAIN)
    edit = output_edit(old, old.blocks[0], "2")
    wide = type(edit)(edit.start, edit.end + len("\n\ntext"), edit.text, edit.block, edit.body)
    (problem,) = rewrite(old, [wide], Config.load(course.root))
    assert str(problem).startswith("docs/page.md:1: nothing was written: the page would show")
    assert old.path.read_text("utf-8") == PLAIN


def test_nothing_is_written_over_a_page_that_was_edited_meanwhile(course):
    old = page(course, PLAIN)
    course.page(PLAIN + "A sentence.\n")
    (problem,) = rewrite(old, [output_edit(old, old.blocks[0], "2")], Config.load(course.root))
    assert "the page changed while its blocks ran" in problem.message
    assert old.path.read_text("utf-8") == PLAIN + "A sentence.\n"


def test_edits_of_several_blocks_stay_apart(course):
    text = PLAIN + PLAIN + "```python\npass\n```\n\n```output\n1\n```\n\nlast\n"
    old = page(course, text)
    first, second, third = old.of_kind(PYTHON)
    edits = [
        output_edit(old, third, ""),
        output_edit(old, first, "7"),
        output_edit(old, second, "8"),
    ]
    assert rewrite(old, edits, Config.load(course.root)) == []
    new = load(old.path, Config.load(course.root))
    assert [b.output and b.output.body for b in new.of_kind(PYTHON)] == ["7\n", "8\n", None]
    assert new.text.endswith("```python\npass\n```\n\nlast\n")


def test_an_update_of_one_output_leaves_those_of_other_blocks(course):
    old = page(course, PLAIN + "```python\npass\n```\n\n" + PLAIN)
    edit = output_edit(old, old.of_kind(PYTHON)[-1], "8")
    assert rewrite(old, [edit], Config.load(course.root)) == []
    new = load(old.path, Config.load(course.root))
    assert [b.output and b.output.body for b in new.of_kind(PYTHON)] == ["1\n", None, "8\n"]
