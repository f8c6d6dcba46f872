"""Docstrings of the reference at less cost: a plain sentence is a paragraph, and needs no Markdown for it.

Most descriptions of parameters are one, and there are nearly two thousand. For each the converter would go
through all its steps and change nothing.
"""

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

__all__ = ["PLAIN", "plain_as_it_is"]

# A line that begins with a letter and has no sign with which Markdown, HTML or a reference could begin.
PLAIN = re.compile(r"""[^\W\d_](?:[^\W_]|[-,;:.?()'"%=+/]| (?=\S))*""")


def plain_as_it_is(templates: Environment) -> None:
    """Let the templates of the reference convert only what is no plain sentence."""
    convert: Callable[..., Markup] = templates.filters["convert_markdown"]

    def converted(text: str, *given: Any, strip_paragraph: bool = False, **named: Any) -> Markup:
        if not PLAIN.fullmatch(text):
            return convert(text, *given, strip_paragraph=strip_paragraph, **named)
        return Markup(text if strip_paragraph else f"<p>{text}</p>")  # noqa: S704 - it has no sign of HTML

    templates.filters["convert_markdown"] = converted
