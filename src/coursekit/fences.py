"""How a page's fences become HTML.

:func:`resolved` rewrites a fence of the source page into one that Markdown renders by itself: includes
become their code, attributes become what the theme reads. :func:`figure` and :func:`quiz` are the
formatters of the two fences that Markdown does not know, :func:`generated` that of what the site puts
between a page's blocks by itself.
"""

import hashlib
import html
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from markdown import Markdown

from coursekit import yamltext
from coursekit.config import Config
from coursekit.errors import anchors, error_of
from coursekit.numbers import fill, filled_body
from coursekit.page import Block, Kind, Page, Tolerance
from coursekit.problems import ContractError, Problem
from coursekit.scripts import command
from coursekit.text import read_text

__all__ = ["SOURCE_TITLE", "figure", "generated", "quiz", "resolved", "standing"]

# A caption that names a place in the source; the site turns it into a link.
SOURCE_TITLE = re.compile(r"(?P<path>[\w./-]+\.py):(?P<line>\d+)$")
# What the content security policy blocks or what could run.
UNSAFE_SVG = re.compile(r"<script|<style|<foreignObject|\s(?:style|on\w+)\s*=", re.IGNORECASE)


def resolved(block: Block, number: int, page: Page, config: Config) -> str:
    """Write a block as Markdown that renders without the parser's help.

    Args:
        block: a block of ``page``.
        number: its position among the page's blocks of the same kind, from 1.
        page: the page.
        config: the course it belongs to.

    Raises:
        ContractError: a figure whose file is missing, not drawn to scale, or not safe to put inline; a
            binding that names nothing.
    """
    classes, attributes = [block.language, *block.classes], dict(block.attributes)
    body = block.code.text
    if block.kind in (Kind.FIGURE, Kind.QUIZ):
        body = filled_body(block, page, fill(page, config, block))
    if block.kind is Kind.FIGURE:
        attributes = {"src": str(_figure_file(block, page, config)), "number": str(number)}
    elif block.kind is Kind.QUIZ:
        attributes = {"number": str(number)}
    elif block.kind is Kind.OUTPUT:
        classes.append("no-copy")
        source = next(b for b in page.blocks if b.output is block)
        attributes.pop("within", None)
        attributes["title"] = _output_label(block, source, config)
        if not source.raises:  # error texts are what people search for
            attributes["data-search-exclude"] = "true"
    else:
        for name in ("raises", "cause", "skip", "args"):
            attributes.pop(name, None)
        if error_of(block):
            attributes["id"] = anchors(page)[block.start]  # the index of errors leads here
        if block.embedded:
            place = config.relative(block.code.path).as_posix()
            if block.kind is not Kind.SCRIPT:  # which begins on the first line, always
                place += f":{block.code.line}"
            title = attributes.get("title")
            attributes["title"] = f"{title} · {place}" if title else place
    name = attributes.pop("id", "")
    parts = [f".{c}" for c in classes] + [f"#{name}"] * bool(name)
    parts += [f'{key}="{value}"' for key, value in attributes.items()]
    return _fenced(f"{{ {' '.join(parts)} }}", body.rstrip("\n"), block.indent)


def standing(html: str, indent: str) -> str:
    """Write HTML so that Markdown leaves it as it is, also inside a collapsed section."""
    return _fenced("generated", html, indent)


def _fenced(info: str, body: str, indent: str) -> str:
    ticks = max((len(run) for run in re.findall(r"^\s*(`{3,})", body, re.MULTILINE)), default=2)
    fence = "`" * (ticks + 1)
    lines = [f"{fence}{info}", *body.split("\n"), fence]
    return "\n".join(f"{indent}{line}" if line else "" for line in lines)


def _output_label(block: Block, source: Block, config: Config) -> str:
    if source.raises:
        return "Output (error)"
    label = "Output"
    if args := source.attributes.get("args"):
        script = PurePosixPath(config.relative(source.code.path).as_posix())
        label += f" of {command(script, args)}"
    if block.tolerance is Tolerance.MEASURED:
        return f"{label} (measured: yours within {block.attributes['within']})"
    if block.tolerance is Tolerance.COST:
        return f"{label} (cost: yours will differ)"
    if block.tolerance is Tolerance.SAMPLE:
        return f"{label} (a sample: yours will read differently)"
    return label


def _figure_file(block: Block, page: Page, config: Config) -> Path:
    file = page.path.parent / block.attributes["src"]
    shown = config.relative(page.path)
    if not file.is_file():
        message = (
            f"no figure {config.relative(file).as_posix()}; a block of the page draws it: "
            f"run `pytest --update-outputs {shown.as_posix()}`"
        )
        raise ContractError(Problem(shown, block.line, message))
    text = read_text(file, config.relative(file))
    if found := UNSAFE_SVG.search(text):
        message = (
            f"{file.name} contains {found.group().strip()!r}, which the site's security policy "
            'blocks; write presentation attributes (fill="…") instead of styles'
        )
        raise ContractError(Problem(shown, block.line, message))
    if "viewBox=" not in text:
        message = f"{file.name} has no viewBox, so it cannot fit a narrow screen; add one"
        raise ContractError(Problem(shown, block.line, message))
    return file


def generated(source: str, *_: Any, **__: Any) -> str:
    """Show HTML that the site made."""
    return source


def figure(
    source: str,
    _language: str,
    _css_class: str,
    _options: dict[str, Any],
    _md: Markdown,
    attrs: dict[str, str] | None = None,
    **_rest: Any,
) -> str:
    """Show a drawing inline, so that ``currentColor`` follows the theme: a caption, and the whole in words.

    Whoever sees the picture reads one sentence. Whoever does not, hears it as the picture's name, and then
    the picture in words, which stands closed below for everybody else.
    """
    attributes = attrs or {}
    text = read_text(Path(attributes["src"]))
    svg = text[text.index("<svg") :].strip()
    name = f"figure-{attributes.get('number', '1')}"
    opening = re.match(r"<svg[^>]*>", svg)
    assert opening is not None
    tag = re.sub(r'\s(?:role|aria-\w+|width|height)="[^"]*"', "", opening.group())
    width = re.search(r'\swidth="([\d.]+)(?:px)?"', opening.group())
    size = f' width="{width.group(1)}"' if width else ""
    tag = (
        f'{tag[:-1]} role="img" aria-labelledby="{name}-see" aria-describedby="{name}-words"{size}>'
    )
    see, *words = (
        f"<p>{html.escape(part.strip(), quote=False)}</p>"
        for part in re.split(r"\n\s*\n", source.strip())
    )
    return (
        f'<figure class="drawing"><div class="drawing__picture" data-search-exclude="true">'
        f"{tag}{svg[opening.end() :]}</div>"
        f'<figcaption><div id="{name}-see">{see}</div>'
        f'<details class="drawing__words"><summary>In words</summary>'
        f'<div id="{name}-words">{"".join(words)}</div></details></figcaption></figure>'
    )


def _inline(text: str, md: Markdown) -> str:
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


def quiz(
    source: str,
    _language: str,
    _css_class: str,
    _options: dict[str, Any],
    md: Markdown,
    attrs: dict[str, str] | None = None,
    **_rest: Any,
) -> str:
    """Ask a question: each choice opens its own explanation, with or without JavaScript."""
    number = (attrs or {}).get("number", "1")
    asked = yamltext.read(source)
    key = hashlib.sha256(source.encode()).hexdigest()[:8]  # a changed question is a new one
    name = f"question-{number}"
    label = f"Question {number}"
    if "objective" in asked:
        label += f": {html.escape(str(asked['objective']).strip(), quote=False)}"
    choices = "".join(_choice(choice, md) for choice in asked["choices"])
    return (
        # The theme ends an exclusion at the first end tag of the same name: a div would not do.
        f'<div class="quiz" id="{name}"><check-yourself role="group" data-key="{key}" '
        'data-search-exclude="true" '
        f'aria-labelledby="{name}-label {name}-text">'
        f'<div class="quiz__head"><span class="quiz__label" id="{name}-label">'
        f"{label}</span></div>"
        f'<div class="quiz__question" id="{name}-text">{_inline(asked["question"], md)}</div>'
        f"{choices}</check-yourself></div>"
    )


def _choice(choice: dict[str, Any], md: Markdown) -> str:
    right = bool(choice.get("right"))
    verdict = "Right." if right else "Not quite."
    return (
        f'<details class="quiz__choice quiz__choice--{"right" if right else "wrong"}">'
        f"<summary>{_inline(choice['text'], md)}</summary>"
        f'<div class="quiz__why"><strong class="quiz__verdict">{verdict}</strong> '
        f"{_inline(choice['why'], md)}</div></details>"
    )
