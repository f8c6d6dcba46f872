"""What a fence promises, as far as it shows without running it.

A promise that can never hold is a problem of the page when it is parsed, not when it is run.
"""

import ast
import builtins
import json
import keyword
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import yaml

from coursekit import yamltext
from coursekit.blocks import Block, Kind
from coursekit.config import Config
from coursekit.scripts import argument_problems

__all__ = ["fence_problems", "page_problems"]

FILLED = re.compile(r"\{\{.*?\}\}")  # a binding: one word to a reader, however many name it
CAPTION_WORDS = 25
# What Markdown uses as its own marks, and takes out of a page; HTML and Python know no NUL.
UNSHOWN = re.compile(r"[\x00-\x04]")
FUTURE = re.compile(r"^from __future__ import ", re.MULTILINE)
LOADERS: dict[str, Callable[[str], Any]] = {
    "json": json.loads,
    "yaml": yamltext.read,
    "toml": tomllib.loads,
}


def fence_problems(block: Block, config: Config) -> Iterator[str]:
    """Say what keeps a fence's promise from holding, whatever the block does when it runs.

    Args:
        block: the block, its output attached.
        config: the course it belongs to.
    """
    if block.skip is not None and not block.skip.strip():
        yield 'skip="" gives no reason; say why the block is not run'
    if found := UNSHOWN.search(block.code.text):
        yield f"the site cannot show the character {found.group()!r}; write it as an escape"
    checks: dict[Kind, Callable[[Block, Config], Iterator[str]]] = {
        Kind.PYTHON: _python,
        Kind.SCRIPT: _script,
        Kind.COMMAND: _command,
        Kind.OUTPUT: _output,
        Kind.FIGURE: _figure,
        Kind.QUIZ: _quiz,
        Kind.LISTING: _listing,
    }
    yield from checks[block.kind](block, config)


def page_problems(blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
    """Say which blocks cannot stand where they stand, with their lines: code is one script, too."""
    code = [block for block in blocks if block.kind is Kind.PYTHON and block.skip is None]
    for block in code[1:]:
        if FUTURE.search(block.code.text):
            yield block.line, "a __future__ import stands at the top of a page's first Python block"


def _python(block: Block, _: Config) -> Iterator[str]:
    if not block.body.strip():
        yield "empty Python block"
    if block.raises is None:
        return
    if not block.raises.isidentifier() or keyword.iskeyword(block.raises):
        yield f"raises={block.raises!r} is no exception's name"
        return
    yield from _never_raised(block, block.raises)
    if block.output is None and block.skip is None:
        yield "a raising block needs an output: the last line of the error"


def _never_raised(block: Block, name: str) -> Iterator[str]:
    known = getattr(builtins, name, Exception)
    if not (isinstance(known, type) and issubclass(known, BaseException)):
        yield f"raises={name!r} is no exception's name"
    elif not issubclass(known, Exception):
        yield f"raises={name!r} ends a script or a notebook, so that no reader could go on behind it"
    elif issubclass(known, SyntaxError):
        try:
            ast.parse(block.code.text)
        except SyntaxError as error:
            yield (
                f"raises={name!r}: {error.msg}, so that the page's script does not even start; "
                "show it with compile('…', 'file.py', 'exec')"
            )


def _script(block: Block, config: Config) -> Iterator[str]:
    folder = config.root / config.snippets
    if not block.embedded or not block.code.path.is_relative_to(folder) or block.code.section:
        yield f'a script is one whole file: --8<-- "{config.snippets}/name.py"'
    yield from argument_problems(block.attributes.get("args", ""))


def _command(block: Block, _: Config) -> Iterator[str]:
    if block.language == "console" and block.output is not None:
        yield "a console block shows its output itself, so that nothing compares the fence below it"


def _output(block: Block, _: Config) -> Iterator[str]:
    measured = "measured" in block.classes
    if len({"measured", "cost", "sample"}.intersection(block.classes)) > 1:
        yield "an output is measured, a cost or a sample: one of them"
    if measured != ("within" in block.attributes):
        yield 'write {.output .measured within="0.03"}: both or neither'
    elif measured and not _positive(block.attributes["within"]):
        yield f"within={block.attributes['within']!r} is no positive number"


def _positive(number: str) -> bool:
    try:
        return 0 < float(number) < float("inf")
    except ValueError:
        return False


def _figure(block: Block, _: Config) -> Iterator[str]:
    if not block.attributes.get("src", "").endswith(".svg"):
        yield 'a figure names its file: {.figure src="figures/name.svg"}'
    see, *words = re.split(r"\n\s*\n", block.body.strip())
    if not words:
        yield (
            "a figure's body is a sentence that says what to see, an empty line, and the picture in words, "
            "for those who cannot see it"
        )
    elif len(FILLED.sub("0", see).split()) > CAPTION_WORDS:
        yield f"a caption has at most {CAPTION_WORDS} words; what the picture shows in full stands below it"


def _listing(block: Block, _: Config) -> Iterator[str]:
    if block.language in LOADERS:
        try:
            LOADERS[block.language](block.body)
        except (ValueError, yaml.YAMLError) as error:
            yield f"{block.language} does not parse: {error}"


def _quiz(block: Block, _: Config) -> Iterator[str]:
    try:
        quiz = yamltext.read(block.body)
    except yaml.YAMLError as error:
        yield f"quiz is not YAML: {error}"
        return
    yield from _quiz_problems(quiz)


def _quiz_problems(quiz: object) -> Iterator[str]:
    """Say what keeps a quiz from being asked: ``question``, and ``choices`` with ``text`` and ``why``.

    An ``objective`` is shown with the question: one of those in a page's front matter, word by word.
    """
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
