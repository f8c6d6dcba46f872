"""How a page's fences become HTML.

:func:`resolved` rewrites a fence of the source page into one that Markdown renders by itself: includes
become their code, attributes become what the theme reads. :func:`formats` lists the fences that Markdown
does not know: kinds that render themselves, and what the site puts between a page's blocks by itself.
"""

import re
from functools import partial
from typing import Any

from markdown import Markdown

from coursekit import kinds
from coursekit.config import Config
from coursekit.page.contents import Block, Kind, Page
from coursekit.page.errors import anchors, errors_of

__all__ = ["SOURCE_TITLE", "formats", "resolved", "standing"]

# A caption that names a place in the source; the site turns it into a link.
SOURCE_TITLE = re.compile(r"(?P<path>[\w./-]+\.py):(?P<line>\d+)$")
GENERATED = "generated"  # by the site itself; no page may contain one


def resolved(block: Block, number: int, page: Page, config: Config) -> str:
    """Write a block as Markdown that renders without the parser's help.

    Args:
        block: a block of ``page``.
        number: its position among the page's blocks of the same kind, from 1.
        page: the page.
        config: the course it belongs to.

    Raises:
        ContractError: what its kind cannot show.
    """
    fence = block.kind.fence(block, number, page, config)
    if errors_of(block):
        fence.attributes["id"] = anchors(page)[block.start]  # the index of errors leads here
    name = fence.attributes.pop("id", "")
    parts = [f".{c}" for c in fence.classes] + [f"#{name}"] * bool(name)
    parts += [f'{key}="{value}"' for key, value in fence.attributes.items()]
    return _fenced(f"{{ {' '.join(parts)} }}", fence.body.rstrip("\n"), block.indent)


def standing(html: str, indent: str) -> str:
    """Write HTML so that Markdown leaves it as it is, also inside a collapsed section."""
    return _fenced(GENERATED, html, indent)


def _fenced(info: str, body: str, indent: str) -> str:
    ticks = max((len(run) for run in re.findall(r"^\s*(`{3,})", body, re.MULTILINE)), default=2)
    fence = "`" * (ticks + 1)
    lines = [f"{fence}{info}", *body.split("\n"), fence]
    return "\n".join(f"{indent}{line}" if line else "" for line in lines)


def formats() -> list[dict[str, Any]]:
    """What the extension ``superfences`` is told of the fences that Markdown does not know."""
    makers = {
        language: partial(_render, kind)
        for kind in kinds.KINDS
        if kind.renders_itself
        for language in sorted(kind.languages)
    }
    return [
        {"name": name, "class": name, "format": make}
        for name, make in {**makers, GENERATED: _generated}.items()
    ]


def _generated(source: str, *_: Any, **__: Any) -> str:
    return source


def _render(
    kind: Kind,
    source: str,
    _language: str,
    _css_class: str,
    _options: dict[str, Any],
    md: Markdown,
    attrs: dict[str, str] | None = None,
    **_rest: Any,
) -> str:
    return kind.html(source, md, attrs or {})
