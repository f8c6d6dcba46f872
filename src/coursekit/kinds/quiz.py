"""``quiz``: a question in YAML, with an explanation for each choice."""

import hashlib
import html as escaping
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml
from markdown import Markdown

from coursekit import yamltext
from coursekit.config import Config
from coursekit.page.contents import Block, Cell, Download, Fence, Kind, Page
from coursekit.page.numbers import fill, filled_body

__all__ = ["QUIZ", "inline"]


class Quiz(Kind):
    """``question``, and ``choices`` with ``text`` and ``why``, of which one is ``right``.

    An ``objective`` is shown with the question: one of those in a page's front matter, word by word.
    """

    name = "quiz"
    languages = frozenset({"quiz"})
    renders_itself = True
    binds = True
    made_up = True
    between = re.compile(r"\n(?=\s*(?:- )?(?:question|objective|choices|text|why|right):)")

    def problems(self, block: Block, config: Config) -> Iterator[str]:
        """What keeps the question from being asked."""
        try:
            quiz = yamltext.read(block.body)
        except yaml.YAMLError as error:
            yield f"quiz is not YAML: {error}"
            return
        yield from _faults(quiz)

    def fence(self, block: Block, number: int, page: Page, config: Config) -> Fence:
        """The question with its numbers.

        Raises:
            ContractError: a binding that names nothing.
        """
        body = filled_body(block, page, fill(page, config, block))
        return Fence([block.language], {"number": str(number)}, body)

    def html(self, source: str, md: Markdown, attributes: Mapping[str, str]) -> str:
        """Ask: each choice opens its own explanation, with or without JavaScript."""
        number = attributes.get("number", "1")
        asked = yamltext.read(source)
        key = hashlib.sha256(source.encode()).hexdigest()[:8]  # a changed question is a new one
        name = f"question-{number}"
        label = f"Question {number}"
        if "objective" in asked:
            label += f": {escaping.escape(str(asked['objective']).strip(), quote=False)}"
        choices = "".join(_choice(choice, md) for choice in asked["choices"])
        return (
            # The theme ends an exclusion at the first end tag of the same name: a div would not do.
            f'<div class="quiz" id="{name}"><check-yourself role="group" data-key="{key}" '
            'data-search-exclude="true" '
            f'aria-labelledby="{name}-label {name}-text">'
            f'<div class="quiz__head"><span class="quiz__label" id="{name}-label">'
            f"{label}</span></div>"
            f'<div class="quiz__question" id="{name}-text">{inline(asked["question"], md)}</div>'
            f"{choices}</check-yourself></div>"
        )

    def cell(self, block: Block, download: Download) -> Cell:
        """The question, and its choices as notebooks can open them."""
        quiz = yamltext.read(filled_body(block, download.page, download.values))
        lines = [f"**{quiz['question'].strip()}**", ""]
        for choice in quiz["choices"]:
            summary = escaping.escape(str(choice["text"]), quote=False)
            why = escaping.escape(str(choice["why"]).strip(), quote=False)
            lines += [f"<details><summary>{summary}</summary>{_verdict(choice)} {why}</details>"]
        return Cell(prose="\n".join(lines))

    def lines_read(self, block: Block) -> int:
        """None: a question is no code."""
        return 0

    def prose_read(self, block: Block) -> str:
        """The question and its choices; the explanations are closed until one is chosen."""
        quiz = yamltext.read(block.body)
        return "\n".join([str(quiz["question"]), *(str(c["text"]) for c in quiz["choices"])])


def _faults(quiz: object) -> Iterator[str]:
    if not isinstance(quiz, dict) or not str(quiz.get("question") or "").strip():
        yield "a quiz needs question: and choices:"
        return
    if unknown := set(quiz) - {"question", "choices", "objective"}:
        yield f"a quiz has question:, choices: and perhaps objective:, no {sorted(unknown)}"
    if "objective" in quiz and not str(quiz["objective"] or "").strip():
        yield "objective: says which of a page's objectives the question is about"
    choices = quiz.get("choices")
    if not isinstance(choices, list) or len(choices) < 2:
        yield "a quiz needs at least two choices"
        return
    for number, choice in enumerate(choices, 1):
        if not isinstance(choice, dict) or not choice.get("text") or not choice.get("why"):
            yield f"choice {number} needs text: and why: (an explanation for each choice)"
    right = sum(bool(c.get("right")) for c in choices if isinstance(c, dict))
    if right != 1:
        yield f"a quiz has one choice with right: true, this one has {right}"


def _verdict(choice: Mapping[str, Any]) -> str:
    return "Right." if choice.get("right") else "Not quite."


def _choice(choice: Mapping[str, Any], md: Markdown) -> str:
    side = "right" if choice.get("right") else "wrong"
    return (
        f'<details class="quiz__choice quiz__choice--{side}">'
        f"<summary>{inline(choice['text'], md)}</summary>"
        f'<div class="quiz__why"><strong class="quiz__verdict">{_verdict(choice)}</strong> '
        f"{inline(choice['why'], md)}</div></details>"
    )


def inline(text: str, md: Markdown) -> str:
    """Render a line of Markdown inside a page: links are resolved as the page's own are."""
    inner = _inner(md)
    rendered: str = inner.reset().convert(" ".join(str(text).split()))
    return rendered.removeprefix("<p>").removesuffix("</p>")


@lru_cache(maxsize=1)  # a page has dozens of such lines, and each page an instance of its own
def _inner(md: Markdown) -> Markdown:
    inner = Markdown(extensions=["attr_list"])
    if "relpath" in md.treeprocessors:
        inner.treeprocessors.register(md.treeprocessors["relpath"], "relpath", 0)
    return inner


QUIZ = Quiz()
