"""Files as contributors save them, and lines as editors count them."""

import os
import time

import pytest

from coursekit import text
from coursekit.checks import form, guards, promises
from coursekit.config import Config
from coursekit.course import outline
from coursekit.downloads.export import script
from coursekit.kinds.python import PYTHON
from coursekit.page.comparison import difference
from coursekit.page.errors import error_of
from coursekit.page.sections import sections
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.text import lines, read_text, with_ends
from lessons.fingerprints.dependencies import Code

BOM = b"\xef\xbb\xbf"
# Where str.splitlines breaks and no editor does.
INSIDE_A_LINE = ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
BLOCK = "```python\nprint(1)\n```\n\n```output\n1\n```\n"


def config(course) -> Config:
    return Config.load(course.root)


def save(course, data: bytes, name: str = "docs/page.md"):
    path = course.write(name, "")
    path.write_bytes(data)
    return path


def test_a_mark_at_the_beginning_hides_no_front_matter(course):
    page = load(save(course, BOM + f"---\ntitle: T\n---\n{BLOCK}".encode()), config(course))
    assert page.meta == {"title": "T"}
    assert "\ufeff" not in page.text


@pytest.mark.parametrize(("age", "times"), [(60, 1), (-60, 2)])
def test_a_file_is_read_once_unless_it_may_change_without_a_new_time(
    course, monkeypatch, age, times
):
    """Two changes within one tick of a file system's clock have one time, however slow the test is."""
    file, reads = save(course, b"old\r\n"), []
    read = text.raw_text
    monkeypatch.setattr(text, "raw_text", lambda *given: reads.append(given) or read(*given))
    then = time.time_ns() - age * 10**9
    os.utime(file, ns=(then, then))
    assert [read_text(file), read_text(file)] == ["old\n", "old\n"]
    assert len(reads) == times
    file.write_bytes(b"new\r\n")
    if age < 0:
        os.utime(file, ns=(then, then))
    assert read_text(file) == "new\n"


def test_each_file_of_a_contributor_may_begin_with_a_mark(course):
    module = course.module()
    module.write_bytes(BOM + module.read_bytes())
    course.page('---\ntitle: T\n---\n```python\n--8<-- "src/lessons/numbers.py:half"\n```\n')
    settings = course.root / "pyproject.toml"
    settings.write_bytes(BOM + settings.read_bytes())
    assert set(sections(module, module)) == {"imports", "half"}
    assert guards.module_problems(config(course)) == []
    plan = save(course, BOM + b"sections: []\n", "docs/lesson-1/outline.yml")
    with pytest.raises(ContractError, match="must add up to"):
        outline.read(plan, config(course))


def test_promises_and_records_read_files_that_begin_with_a_mark(course):
    """Settings, navigation, outlines, tests, code that a record reaches, and the kept promises."""
    course.page(f"---\ntitle: T\n---\n{BLOCK}")
    course.write("pyproject.toml", '[tool.coursekit]\npromises = "promises.txt"\n')
    course.write("tests/test_a.py", "def test_a(): assert 1\n")
    course.write("mkdocs.yml", "site_name: x\nnav: [lesson-1/a.md]\n")
    course.write("docs/lesson-1/outline.yml", "sections: [{page: a.md}]\n")
    course.write("src/lessons/numbers.py", "def f(): return 1\n")
    before = list(promises.lines(config(course))), form.course_problems(config(course))
    promises.write(config(course))
    for name in (
        "pyproject.toml", "tests/test_a.py", "mkdocs.yml", "docs/lesson-1/outline.yml",
        "src/lessons/numbers.py", "promises.txt",
    ):  # fmt: skip
        file = course.root / name
        file.write_bytes(BOM + file.read_bytes())
    assert list(promises.lines(config(course))) == before[0]
    assert form.course_problems(config(course)) == before[1]
    assert promises.problems(config(course)) == []
    code = Code(course.root / "src")
    assert code.module("lessons.numbers") is not None


@pytest.mark.parametrize("name", ["tests/test_a.py", "mkdocs.yml", "docs/lesson-1/outline.yml"])
def test_a_file_that_a_check_of_the_course_cannot_read_is_named(course, name):
    course.write("mkdocs.yml", "site_name: x\nnav: [lesson-1/a.md]\n")
    save(course, "# Grün\n".encode("latin-1"), name)
    with pytest.raises(ContractError, match=f"{name}:1: byte 4 .* is no UTF-8"):
        [*promises.lines(config(course)), *form.course_problems(config(course))]


def test_a_file_that_is_no_utf8_is_one_problem_with_its_name_and_the_place(course):
    save(course, "Text.\nGrün.\n".encode("latin-1"))
    course.page(BLOCK, "docs/second.md")
    course.fails_with(
        "docs/page.md:2: byte 8 (0xfc, the 3. of line 2) is no UTF-8; save the file as UTF-8",
        "blocks: 1 run and held",
        passed=3,
        failed=1,
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_page_in_utf16_is_a_problem_of_its_own(course, encoding):
    page = save(course, f"\ufeffGrün.\n{BLOCK}".encode(encoding))
    with pytest.raises(ContractError, match=r"docs/page.md:1: byte 0 .*save the file as UTF-8"):
        load(page, config(course))


def test_a_module_that_is_no_utf8_is_one_problem_of_each_check_that_reads_it(course):
    save(course, b"NAME = '\xff'\n", "src/lessons/broken.py")
    course.module("1 + 1\n", "loud")
    found = [str(problem) for problem in guards.module_problems(config(course))]
    assert [text.partition(": ")[0] for text in found] == [
        "src/lessons/broken.py:1",
        "src/lessons/loud.py:1",
    ]


@pytest.mark.parametrize("character", INSIDE_A_LINE)
def test_only_a_line_break_ends_a_line(character):
    text = f"a{character}b\n\nc"
    assert lines(text) == [f"a{character}b", "", "c"]
    assert with_ends(text) == [f"a{character}b\n", "\n", "c"]


@pytest.mark.parametrize("character", INSIDE_A_LINE)
def test_a_block_is_reported_on_the_line_that_editors_show(course, character):
    page = load(course.page(f"{character}\n{character}\n{BLOCK}"), config(course))
    assert [block.line for block in page.blocks] == [3, 7]


@pytest.mark.parametrize("character", INSIDE_A_LINE)
def test_a_line_of_code_is_reported_where_editors_show_it(course, character):
    long = f"x = '{'-' * 200}'"
    page = load(
        course.page(f"```python\n# {character}\n# {character}\n{long}\n```\n"), config(course)
    )
    lines_of_code = dict(form.own_code(page))
    assert lines_of_code[4] == long
    (problem,) = [p for p in form.page_problems(page, config(course)) if "characters" in p.message]
    assert problem.line == 4


@pytest.mark.parametrize("character", [*INSIDE_A_LINE, "\xa0"])
def test_outputs_that_differ_in_an_unseen_character_differ(character):
    for other in ("a\nb", "a b", "ab"):
        assert difference(other, f"a{character}b") is not None
    assert difference("ab", f"ab{character}") is not None
    assert difference(f"a{character}b", f"a{character}b\n") is None


def test_a_difference_that_nobody_sees_is_shown_as_an_escape():
    assert difference("a b", "a\xa0b").split("\n")[-2:] == ["-a b", "+a\\xa0b"]


def test_a_mark_for_numbers_is_no_number():
    assert "the text differs" in difference("a 1", "a \0")


def test_what_was_printed_comes_back_from_an_update(course):
    count = len(INSIDE_A_LINE)
    blocks = (f"```python\nprint('a' + {character!r} + 'b')\n```\n" for character in INSIDE_A_LINE)
    course.page("\n".join(blocks))
    course.ends_with("--update-outputs", passed=2 + count)
    page = load(course.root / "docs/page.md", config(course))
    shown = [block.output.body for block in page.blocks if block.output]
    assert shown == [f"a{character}b\n" for character in INSIDE_A_LINE]
    course.fails_with(passed=2 + count)


def test_a_carriage_return_cannot_be_shown(course):
    course.page("```python\nprint('a\\rb')\n```\n\n```output\na\nb\n```\n")
    course.fails_with("docs/page.md:1: the block prints a carriage return", passed=1, failed=2)


@pytest.mark.parametrize("character", ["\0", "\x01", "\x02", "\x03", "\x04", "\t"])
def test_a_character_that_markdown_takes_out_is_a_problem_of_the_page(parse_error, character):
    text = parse_error(f"```python\nprint('{character}')\n```\n")
    assert f"docs/page.md:1: the site cannot show the character {character!r}" in text


def test_a_tab_in_an_output_is_a_problem_of_the_page(parse_error):
    text = parse_error("```python\nprint('a\\tb')\n```\n\n```output\na\tb\n```\n")
    assert (
        "docs/page.md:5: the site cannot show the character '\\t'; write or print an escape" in text
    )


def test_a_section_keeps_blanks_that_stand_in_a_string(course):
    course.module('# --8<-- [start:f]\nTEXT = """\n    \n  a"""\n# --8<-- [end:f]\n')
    page = load(course.page('```python\n--8<-- "src/lessons/numbers.py:f"\n```\n'), config(course))
    assert page.blocks[0].code.text == 'TEXT = """\n    \n  a"""\n'


def test_an_errors_text_is_the_whole_last_line(course):
    page = load(
        course.page("```python\nprint(seen)\n```\n\n```output\nOSError: a\x0cb\n```\n"),
        config(course),
    )
    assert error_of(page.of_kind(PYTHON)[0]) == ("OSError: a\x0cb", "OSError")


def test_reading_makes_every_line_end_a_line_break(course):
    assert read_text(save(course, b"a\r\nb\rc\n")) == "a\nb\nc\n"


def test_prose_with_an_unseen_character_stays_a_comment_of_the_script(course):
    page = load(course.page(f"a\f1 / 0\u2028b\n\n{BLOCK}"), config(course))
    compile(script(page, config(course)), "page.py", "exec")
