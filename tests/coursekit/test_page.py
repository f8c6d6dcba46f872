from collections.abc import Callable

import pytest

from coursekit import parser
from coursekit.config import Config
from coursekit.kinds.output import OUTPUT, tolerance
from coursekit.kinds.python import PYTHON
from coursekit.page.comparison import Tolerance
from coursekit.page.contents import Page
from coursekit.parser import load
from coursekit.problems import ContractError

ParseError = Callable[[str], str]


def parsed(course, text: str) -> Page:
    return load(course.page(text), Config.load(course.root))


def test_plain_titled_indented_and_raising_fences_are_all_collected(course):
    page = parsed(
        course,
        "```python\na = 1\n```\n\n"
        '```{.python title="x.py" hl_lines="1"}\nb = 1\n```\n\n'
        "??? note\n\n    ```python\n    if a:\n        c = 1\n    ```\n\n"
        '```{.python raises="NameError"}\nd\n```\n\n'
        "```output\nNameError: name 'd' is not defined\n```\n",
    )
    assert [b.kind for b in page.blocks] == [PYTHON] * 4 + [OUTPUT]
    assert page.blocks[1].attributes == {"title": "x.py", "hl_lines": "1"}
    assert page.blocks[2].code.text == "if a:\n    c = 1\n"
    assert page.blocks[3].raises == "NameError"


def test_lines_and_offsets_are_those_of_the_file(course):
    page = parsed(course, "---\ntitle: T\n---\n\ntext\n\n```python\na = 1\n```\nmore\n")
    (block,) = page.blocks
    assert (block.line, block.code.line) == (7, 8)
    assert page.text[block.start : block.end] == "```python\na = 1\n```"
    assert [text for _, text in page.prose()] == ["\ntext\n\n", "\nmore\n"]
    assert page.meta == {"title": "T"}


def test_an_output_belongs_to_the_block_above(course):
    page = parsed(course, '```python\nprint(1)\n```\n\n```{.output .measured within="2"}\n1\n```\n')
    output = page.blocks[0].output
    assert output is not None
    assert tolerance(output) is Tolerance.MEASURED
    assert output is page.blocks[1]


def test_a_fence_inside_a_longer_fence_is_text(course):
    page = parsed(course, "````markdown\n```python\nnothing()\n```\n````\n")
    assert [b.language for b in page.blocks] == ["markdown"]


def test_crlf_pages_parse_like_lf_pages(course):
    path = course.page("")
    path.write_bytes(b"```python\r\na = 1\r\n```\r\n")
    assert load(path, Config.load(course.root)).blocks[0].code.text == "a = 1\n"


def test_an_include_becomes_its_code_with_file_and_line(course):
    source = course.module()
    page = parsed(course, '```python\n--8<-- "src/lessons/numbers.py:half"\n```\n')
    code = page.blocks[0].code
    assert code.text.startswith("def half(x: float)")
    assert (code.path, code.section) == (source, "half")
    assert source.read_text().splitlines()[code.line - 1] == "def half(x: float) -> float:"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```pyhton\n```\n", "docs/page.md:1: unknown fence 'pyhton'; known: bash"),
        ("```\nx\n```\n", "docs/page.md:1: a fence without a language"),
        ('```python title="x"\n1\n```\n', 'write a known word or {.word key="value"}'),
        ("```{python}\n1\n```\n", "cannot read 'python' in '{python}'"),
        ('```{title="x"}\n1\n```\n', "names no language"),
        ('```{.python colour="red"}\n1\n```\n', "a python fence knows no ['colour']"),
        ("```{.output .exact}\n1\n```\n", "a output fence knows no class ['exact']"),
        ("\n\n```python\n1\n", "docs/page.md:3: fence ``` is never closed"),
        ("```python\n```\n", "empty Python block"),
        ("```output\n1\n```\n", "output without a block"),
        ("```python\n1\n```\ntext\n```output\n1\n```\n", "docs/page.md:5: output without a block"),
        ("```text\n1\n```\n```output\n1\n```\n", "output without a block"),
        ('```{.python raises="KeyError"}\n1\n```\n', "a raising block needs an output"),
        ('```{.python raises="no name"}\n1\n```\n```output\n1\n```\n', "is no exception's name"),
        ('```{.bash skip=" "}\nls\n```\n', 'skip="" gives no reason'),
        ("```python\n1\n```\n```{.output .measured}\n1\n```\n", "both or neither"),
        ('```python\n1\n```\n```{.output within="1"}\n1\n```\n', "both or neither"),
        (
            '```python\n1\n```\n```{.output .measured within="few"}\n1\n```\n',
            "within='few' is no positive number",
        ),
        ("```python\n1\n```\n```{.output .measured .cost}\n1\n```\n", "one of them"),
        ("```json\n{1: 2}\n```\n", "docs/page.md:1: json does not parse"),
        ("```yaml\na: [\n```\n", "yaml does not parse"),
        ("```toml\na = \n```\n", "toml does not parse"),
        ('```{.figure src="a.png"}\nx\n```\n', 'a figure names its file: {.figure src="'),
        ('```{.figure src="a.svg"}\n\n```\n', "a figure's body is a title"),
        ('```{.figure src="a.svg"}\nA\nB\n\nSee.\n```\n', "and the picture in words"),
        ('```{.figure src="a.svg"}\nA\n\nSee.\n\nAll.\n```\n', "on the next line what is measured"),
        (
            f'```{{.figure src="a.svg"}}\nA\nB\n\n{"see " * 26}\n\nAll.\n```\n',
            "a caption has at most 25",
        ),
        (
            f'```{{.figure src="a.svg"}}\nA\n{"see " * 40}\n\nSee.\n\nAll.\n```\n',
            "a title, with what is measured, has at most 40",
        ),
        ("```quiz\nquestion: [\n```\n", "docs/page.md:1: quiz is not YAML"),
        ("```quiz\nWhy?\n```\n", "a quiz needs question: and choices:"),
        ("```quiz\nquestion:\nchoices: [a, b]\n```\n", "a quiz needs question: and choices:"),
        ("```quiz\nquestion: Why?\n```\n", "a quiz needs at least two choices"),
        (
            "```quiz\nquestion: Why?\nchoices:\n- text: a\n  why: b\n- text: c\n```\n",
            "choice 2 needs text: and why:",
        ),
        (
            "```quiz\nquestion: Why?\nchoices:\n- {text: a, why: b}\n- {text: c, why: d}\n```\n",
            "a quiz has one choice with right: true, this one has 0",
        ),
        (
            "```quiz\nquestion: Why?\nhint: a\nchoices:\n- {text: a, why: b}\n```\n",
            "a quiz has question:, choices: and perhaps objective:, no ['hint']",
        ),
        (
            "```quiz\nquestion: Why?\nobjective:\nchoices:\n- {text: a, why: b}\n```\n",
            "objective: says which of a page's objectives",
        ),
        ("---\na: [\n---\n", "front matter is not YAML"),
        ("---\n- a\n---\n", "front matter must be a mapping"),
        (
            "```python\nprint(1)\n```\n```{.output #a}\n1\n```\n"
            "```python\nprint(1)\n```\n```{.output #a}\n1\n```\n",
            "2 blocks are named #a",
        ),
    ],
)
def test_a_broken_promise_of_a_fence_is_named_with_file_line_and_cure(
    parse_error: ParseError, text: str, message: str
):
    assert message in parse_error(text)


def test_all_faults_of_a_page_are_reported_together(parse_error: ParseError):
    text = parse_error("```pyhton\n```\n\n```output\n1\n```\n")
    assert [line.split(":")[1] for line in text.splitlines()] == ["1", "4"]


@pytest.mark.parametrize(
    ("include", "message"),
    [
        ('--8<-- "src/lessons/none.py:half"', "no file 'src/lessons/none.py'"),
        (
            '--8<-- "src/lessons/numbers.py:none"',
            "no section 'none' in src/lessons/numbers.py; it has",
        ),
        ('--8<-- "src/lessons/numbers.py:3:5"', "'3:5' is no section name"),
        ('--8<-- "src/lessons/numbers.py:3"', "'3' is no section name; line ranges go stale"),
        ("--8<-- src/lessons/numbers.py:half", "write exactly --8<--"),
        ('--8<-- "src/lessons/numbers.py:half" ', "write exactly --8<--"),
        ('a = 1\n--8<-- "src/lessons/numbers.py:half"', "write exactly --8<--"),
    ],
)
def test_an_include_that_shows_nothing_is_an_error(
    course, parse_error: ParseError, include: str, message: str
):
    course.module()
    assert message in parse_error(f"```python\n{include}\n```\n")


def test_a_script_is_a_whole_file_of_snippets(course, parse_error: ParseError):
    course.module()
    text = parse_error('```{.python .script}\n--8<-- "src/lessons/numbers.py:half"\n```\n')
    assert 'a script is one whole file: --8<-- "snippets/name.py"' in text


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were parsed, in order."""
    found: list[str] = []
    parse = parser.parse

    def note(text: str, *arguments: object) -> Page:
        found.append(text)
        return parse(text, *arguments)

    monkeypatch.setattr(parser, "parse", note)
    return found


def test_a_page_is_parsed_once_for_all_who_ask_and_again_after_a_change_of_it(course, parses):
    first = parsed(course, "```python\na = 1\n```\n")
    assert load(first.path, Config.load(course.root)) is first
    assert len(parses) == 1
    assert parsed(course, "```python\na = 2\n```\n").blocks[0].code.text == "a = 2\n"
    assert len(parses) == 2


def test_a_page_is_parsed_again_when_code_that_it_embeds_has_changed_or_is_gone(course, parses):
    module = course.module()
    page = parsed(course, '```python\n--8<-- "src/lessons/numbers.py:half"\n```\n')
    changed = module.read_text("utf-8").replace("return x / 2", "return x * 0.5")
    module.write_text(changed, "utf-8")
    again = load(page.path, Config.load(course.root))
    assert "return x * 0.5" in again.blocks[0].code.text
    assert len(parses) == 2
    module.unlink()
    with pytest.raises(ContractError, match=r"no file 'src/lessons/numbers\.py'"):
        load(page.path, Config.load(course.root))


def test_a_page_is_parsed_again_under_other_settings(course, parses):
    page = parsed(course, "text\n")
    course.write("pyproject.toml", "[tool.coursekit]\nline_limit = 90\n")
    load(page.path, Config.load(course.root))
    assert len(parses) == 2


def test_blank_lines_around_a_section_are_no_part_of_it(course):
    source = course.module("# --8<-- [start:a]\n\n\nA = 1\n\n# --8<-- [end:a]\n")
    page = parsed(course, '```python\n--8<-- "src/lessons/numbers.py:a"\n```\n')
    code = page.blocks[0].code
    assert code.text == "A = 1\n"
    assert source.read_text("utf-8").splitlines()[code.line - 1] == "A = 1"


def test_a_section_without_code_shows_nothing_and_is_an_error(course, parse_error: ParseError):
    course.module("# --8<-- [start:a]\n\n# --8<-- [end:a]\n")
    text = parse_error('```python\n--8<-- "src/lessons/numbers.py:a"\n```\n')
    assert "docs/page.md:2: section 'a' of src/lessons/numbers.py is empty" in text


OTHER = """\
~~~{.python #encode title="Encode"}
text = 'a'
~~~

```{.python #half}
--8<-- "src/lessons/numbers.py:half"
```
"""


def test_a_block_of_another_page_is_taken_by_its_name(course):
    other = course.page(OTHER, "docs/other.md")
    page = parsed(course, '```python\n--8<-- "docs/other.md:encode"\n```\n')
    code = page.blocks[0].code
    assert (code.text, code.path, code.line, code.section) == ("text = 'a'\n", other, 2, "encode")
    course.page(OTHER.replace("'a'", "'b'"), "docs/other.md")
    again = load(page.path, Config.load(course.root))
    assert again.blocks[0].code.text == "text = 'b'\n"  # what changes there, changes here


def test_a_block_that_is_not_there_or_shows_another_file_is_not_taken(
    course, parse_error: ParseError
):
    course.module()
    course.page(OTHER, "docs/other.md")
    wanted = "no Python block named #enc in docs/other.md; name it there: {.python #enc}"
    assert wanted in parse_error('```python\n--8<-- "docs/other.md:enc"\n```\n')
    wanted = "#half embeds '--8<-- \"src/lessons/numbers.py:half\"' itself; embed that here, too"
    assert wanted in parse_error('```python\n--8<-- "docs/other.md:half"\n```\n')
