"""A plain sentence of a docstring is what Markdown would make of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from markdown import Markdown
from markupsafe import Markup
from mkdocs.config import load_config

from coursekit.site import docstrings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def markdown() -> Markdown:
    """As the site has it."""
    config = load_config(str(ROOT / "mkdocs.yml"))
    return Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)


@given(text=st.from_regex(docstrings.PLAIN, fullmatch=True))
def test_markdown_leaves_a_plain_sentence_as_it_is(markdown, text):
    assert markdown.reset().convert(text) == f"<p>{text}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "the `model`", "a *b*", "a _b_", "a < b", "a & b", "[a][b]", "a\nb", "- a", "1. a", " a", "a ",
        "a  b", "A: x\n    y", "# a", "a\\b", "a | b", "http://a <b>", "a ^b^", "~a~", "!!! note",
        "{: .a}", "",
    ],
)  # fmt: skip
def test_all_else_is_converted(text):
    assert not docstrings.PLAIN.fullmatch(text)


def test_templates_convert_what_is_not_plain_and_nothing_else():
    templates, asked = Environment(autoescape=True), []

    def convert(*given: object, **named: object) -> Markup:
        asked.append((given, named))
        return Markup("<p><b>b</b></p>")

    templates.filters["convert_markdown"] = convert
    docstrings.plain_as_it_is(templates)
    text = (
        "{{ 'A (plain) one: it\\'s 5 %.'|convert_markdown(2, 'id', autoref_hook=None) }}"
        "{{ 'Title'|convert_markdown(2, 'id', strip_paragraph=True) }}"
        "{{ '**b**'|convert_markdown(2, 'id', autoref_hook=1) }}"
    )
    made = templates.from_string(text).render()
    assert made == "<p>A (plain) one: it's 5 %.</p>Title<p><b>b</b></p>"
    assert asked == [(("**b**", 2, "id"), {"strip_paragraph": False, "autoref_hook": 1})]
