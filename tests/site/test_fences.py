from pathlib import Path

import pytest
from markdown import Markdown

from coursekit.config import Config
from coursekit.kinds.figure import FIGURE as FIGURE_KIND
from coursekit.kinds.quiz import QUIZ
from coursekit.page.contents import Block, Page
from coursekit.parser import parse
from coursekit.problems import ContractError
from coursekit.site.fences import formats, resolved, standing

SVG = '<svg viewBox="0 0 9 9" width="9" height="9"><path d="M0 0"/></svg>'
MODULE = "# --8<-- [start:one]\nONE = 1\n# --8<-- [end:one]\n"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "src/lessons").mkdir(parents=True)
    (tmp_path / "src/lessons/sample.py").write_text(MODULE)
    return Config(tmp_path.resolve())


def page(text: str, config: Config) -> Page:
    return parse(text, config.root / "docs" / "page.md", config)


def first(text: str, config: Config) -> tuple[Block, Page]:
    parsed = page(text, config)
    return parsed.blocks[0], parsed


def test_an_include_becomes_its_code_under_a_caption_that_names_its_place(config):
    block, parsed = first('```python\n--8<-- "src/lessons/sample.py:one"\n```\n', config)
    assert resolved(block, 1, parsed, config) == (
        '```{ .python title="src/lessons/sample.py:2" }\nONE = 1\n```'
    )


def test_a_titled_include_keeps_its_title(config):
    block, parsed = first(
        '```{.python title="One"}\n--8<-- "src/lessons/sample.py:one"\n```\n', config
    )
    assert 'title="One · src/lessons/sample.py:2"' in resolved(block, 1, parsed, config)


@pytest.fixture
def script(config: Config) -> str:
    """A page with a script and what it printed."""
    (config.root / "snippets").mkdir()
    (config.root / "snippets/greet.py").write_text("print('hello')\n")
    include = '--8<-- "snippets/greet.py"'
    return f"```{{.python .script ARGS}}\n{include}\n```\n```{{FENCE}}\nhello 1\n```\n"


def test_a_script_is_named_without_a_line(config, script):
    text = script.replace("{FENCE}", "output").replace("ARGS", 'title="Hello"')
    block, parsed = first(text, config)
    assert resolved(block, 1, parsed, config).startswith(
        '```{ .python .script title="Hello · snippets/greet.py" }\n'
    )


@pytest.mark.parametrize(
    ("args", "fence", "label"),
    [
        ("", "output", "Output"),
        ('args="--to \'A <b> (c)\'"', "output", "Output of python snippets/greet.py --to 'A <b> (c)'"),
        (
            'args="--to {root}/a"',
            '{.output .measured within="0.03"}',
            "Output of python snippets/greet.py --to a (measured: your numbers within 0.03 of these)",
        ),
        ('args="-v"', "{.output .cost}", "Output of python snippets/greet.py -v (cost: yours will differ)"),
    ],
)  # fmt: skip
def test_the_output_of_a_script_names_the_command_if_it_has_arguments(
    config, script, args, fence, label
):
    text = script.replace("ARGS", args).replace("{FENCE}", fence)
    parsed = page(text, config)
    assert f'title="{label}"' in resolved(parsed.blocks[1], 1, parsed, config)


def test_html_that_the_site_made_stands_as_it_is_in_a_box():
    html = "<section><pre>a\n\n```\n  b</pre></section>"
    text = f'??? note "Box"\n\n    before\n\n{standing(html, "    ")}\n\nafter\n'
    md = Markdown(
        extensions=["pymdownx.details", "pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": formats()}},
    )
    made = md.convert(text)
    assert f"<p>before</p>\n{html}\n</details>\n<p>after</p>" in made


def test_an_indented_block_stays_indented(config):
    block, parsed = first("??? note\n\n    ```python\n    a = 1\n\n    b = 2\n    ```\n", config)
    lines = resolved(block, 1, parsed, config).split("\n")
    assert lines == ["    ```{ .python }", "    a = 1", "", "    b = 2", "    ```"]


def test_code_that_contains_a_fence_gets_a_longer_one(config):
    block, parsed = first('````python\nx = """\n```\n"""\n````\n', config)
    rewritten = resolved(block, 1, parsed, config)
    assert rewritten.startswith("````{")
    assert rewritten.endswith("\n````")


def test_what_a_block_must_raise_is_a_mark_of_it(config):
    text = '```{.python raises="KeyError" #x}\n{}[1]\n```\n```output\nKeyError: 1\n```\n'
    block, parsed = first(text, config)
    assert resolved(block, 1, parsed, config).startswith(
        '```{ .python #x data-raises="KeyError" }\n'
    )


@pytest.mark.parametrize(
    ("fence", "label"),
    [
        ("output", "Output"),
        (
            '{.output .measured within="0.03"}',
            "Output (measured: your numbers within 0.03 of these)",
        ),
        ("{.output .cost}", "Output (cost: yours will differ)"),
        ("{.output .sample}", "Output (a sample: yours will read differently)"),
    ],
)
def test_an_output_says_what_it_promises_and_stays_out_of_search(config, fence, label):
    parsed = page(f"```python\nprint(1.5)\n```\n```{fence}\n1.5\n```\n", config)
    rewritten = resolved(parsed.blocks[1], 1, parsed, config)
    assert f'title="{label}"' in rewritten
    assert 'data-search-exclude="true"' in rewritten


def test_the_text_of_an_error_can_be_searched(config):
    text = '```{.python raises="KeyError"}\n{}[1]\n```\n```output\nKeyError: 1\n```\n'
    parsed = page(text, config)
    rewritten = resolved(parsed.blocks[1], 1, parsed, config)
    assert "data-search-exclude" not in rewritten
    assert 'title="Output (error)"' in rewritten


FIGURE = '\n\n```{.figure src="figures/bars.svg"}\nSee\nWhat\n\nSee.\n\nBars.\n```\n'


def test_a_missing_figure_is_named_with_page_line_and_remedy(config):
    block, parsed = first(FIGURE, config)
    with pytest.raises(
        ContractError, match=r"docs/page.md:3: no figure docs/figures/bars.svg; .*run"
    ):
        resolved(block, 1, parsed, config)


@pytest.mark.parametrize(
    ("svg", "message"),
    [
        (SVG.replace("<path", '<path style="fill:red"'), "contains 'style='"),
        (SVG.replace("<path", '<path onclick="x()"'), "contains 'onclick='"),
        (SVG.replace("<path", "<script/><path"), "contains '<script'"),
        (SVG.replace("viewBox", "data-box"), "has no viewBox"),
    ],
)
def test_a_figure_that_would_not_work_on_the_site_is_refused(config, svg, message):
    file = config.root / "docs/figures/bars.svg"
    file.parent.mkdir(parents=True)
    file.write_text(svg)
    block, parsed = first(FIGURE, config)
    with pytest.raises(ContractError, match=message):
        resolved(block, 1, parsed, config)


def test_a_figure_is_inline_named_by_its_title_and_described_in_words(tmp_path):
    file = tmp_path / "bars.svg"
    file.write_text(f'<?xml version="1.0"?>\n{SVG}\n')
    source = "Bars of <length>\nMeters\n\nSee.\n\nMore."
    html = FIGURE_KIND.html(source, Markdown(), {"src": str(file), "number": "2"})
    assert "<?xml" not in html
    assert '<p class="drawing__title" id="figure-2-see">Bars of &lt;length&gt;</p>' in html
    assert '<p class="drawing__measured">Meters</p>' in html
    assert (
        'role="img" aria-labelledby="figure-2-see" aria-describedby="figure-2-words"><svg' in html
    )
    assert "height=" not in html
    assert "<figcaption><p>See.</p>" in html
    words = '<summary>In words</summary><div id="figure-2-words"><p>More.</p></div></details>'
    assert words in html


def test_a_figure_shows_both_widths_and_its_numbers_as_a_table(tmp_path):
    file = tmp_path / "bars.svg"
    file.write_text(SVG)
    (tmp_path / "bars.narrow.svg").write_text(SVG.replace("M0 0", "M1 1"))
    (tmp_path / "bars.csv").write_text('task,"share, n"\n<sum>,0.3\n')
    html = FIGURE_KIND.html("A\nB\n\nSee.\n\nMore.", Markdown(), {"src": str(file)})
    assert html.index("M0 0") < html.index("M1 1")
    assert html.count('role="img"') == 1
    assert "<summary>In words, and as a table</summary>" in html
    assert '<th scope="col">task</th><th scope="col">share, n</th>' in html
    assert '<tr><th scope="row">&lt;sum&gt;</th><td>0.3</td></tr>' in html


def test_a_question_teaches_without_javascript():
    source = (
        "question: Is `a` **b**?\n"
        "choices:\n"
        "  - {text: Yes, why: 'See [c](#c).', right: true}\n"
        "  - {text: 'No <i>', why: Because.}\n"
    )
    html = QUIZ.html(source, Markdown(), {"number": "3"})
    assert 'aria-labelledby="question-3-label question-3-text"' in html
    assert "Is <code>a</code> <strong>b</strong>?" in html
    assert html.count("<details") == html.count("<summary>") == 2
    assert 'data-search-exclude="true"' in html  # a search finds pages, not questions about them
    assert '<strong class="quiz__verdict">Right.</strong> See <a href="#c">c</a>.' in html
    assert '<strong class="quiz__verdict">Not quite.</strong> Because.' in html


def test_a_question_shows_the_objective_that_it_is_about():
    source = (
        "question: Why?\nobjective: tell < from >\n"
        "choices:\n  - {text: a, why: b, right: true}\n  - {text: c, why: d}\n"
    )
    html = QUIZ.html(source, Markdown(), {"number": "3"})
    assert 'id="question-3-label">Question 3: tell &lt; from &gt;</span>' in html
