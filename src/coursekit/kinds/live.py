"""``live``: something to try in the page, and until a reader asks for it, what was recorded.

The fence's ``widget`` names a script of ``docs/assets/js/live``, which defines a custom element of that
name. Its ``model`` names what the script loads when a reader asks for it. The body is YAML::

    title: Let the model choose the next token
    try: Take a beginning, and look at what the model finds likely.
    recorded: At a temperature of 1 the model wrote this ([how](#sampling)).
    rows: [[token, chance], [cold, "{{ figure.next.cold | .0% }}"]]
    options: {presets: [Once there was]}

A cell of a row is a line of Markdown, or ``{written: …}``: what a model wrote, shown as it is.
Instead of rows or a text, ``above: true`` says that what was recorded stands above, in the same box.
Without a script, on paper and before a click, a reader sees what was recorded.
"""

import html as escaping
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml
from markdown import Markdown

from coursekit import yamltext
from coursekit.config import Config
from coursekit.kinds.quiz import inline
from coursekit.page.contents import Block, Cell, Download, Fence, Kind, Page
from coursekit.page.numbers import fill, filled_body

__all__ = ["LIVE", "MODEL", "SCRIPTS"]

SCRIPTS = Path("docs/assets/js/live")
MODEL = " data-model="  # on pages with a model: their security policy lets it be compiled
NO_SCRIPT = (
    "<noscript><p>It takes JavaScript to try it. What stands here was recorded.</p></noscript>"
)
NEEDED = ("title", "try", "recorded")
FIELDS = {*NEEDED, "rows", "text", "above", "options"}


class Live(Kind):
    """A custom element around a recorded state that says where it comes from."""

    name = "live"
    languages = frozenset({"live"})
    keys = frozenset({"widget", "model"})
    renders_itself = True
    binds = True
    between = re.compile(r"\n(?=(?:title|try|recorded|rows|text|above|options):)")

    def problems(self, block: Block, config: Config) -> Iterator[str]:
        """What keeps it from being tried, or from being honest before that."""
        widget = block.attributes.get("widget", "")
        if not (config.root / SCRIPTS / f"{widget}.js").is_file():
            known = sorted(file.stem for file in (config.root / SCRIPTS).glob("*.js"))
            yield f'widget="{widget}" is none of {SCRIPTS.as_posix()}: {", ".join(known)}'
        try:
            body = yamltext.read(block.body)
        except yaml.YAMLError as error:
            yield f"live is not YAML: {error}"
            return
        yield from _faults(body)

    def fence(self, block: Block, number: int, page: Page, config: Config) -> Fence:
        """The texts with their numbers.

        Raises:
            ContractError: a binding that names nothing.
        """
        body = filled_body(block, page, fill(page, config, block))
        shown = {
            key: block.attributes[key] for key in ("widget", "model") if key in block.attributes
        }
        return Fence([block.language], {**shown, "number": str(number)}, body)

    def html(self, source: str, md: Markdown, attributes: Mapping[str, str]) -> str:
        """What was recorded, in an element that a script makes live."""
        body, name = yamltext.read(source), f"live-{attributes.get('number', '1')}"
        tag = f"live-{attributes['widget']}"
        model = f'{MODEL}"{attributes["model"]}"' if "model" in attributes else ""
        options = escaping.escape(json.dumps(body.get("options", {}), ensure_ascii=False))
        text = f"<pre>{escaping.escape(body['text'], quote=False)}</pre>" if "text" in body else ""
        rows = _table(body["rows"], md) if "rows" in body else ""
        return (
            f'<div class="live" id="{name}"><{tag} role="group" aria-labelledby="{name}-title" '
            f'data-widget="{attributes["widget"]}"{model} data-options="{options}" '
            'data-search-exclude="true">'
            f'<p class="live__title" id="{name}-title">{inline(body["title"], md)}</p>'
            f'<p class="live__try">{inline(body["try"], md)}</p>{NO_SCRIPT}'
            f'<div class="live__recorded">{text}{rows}'
            f'<p class="live__source">{inline(body["recorded"], md)}</p></div></{tag}></div>'
        )

    def cell(self, block: Block, download: Download) -> Cell:
        """A line that says what the page of the site has here."""
        body = yamltext.read(filled_body(block, download.page, download.values))
        return Cell(prose=f"*On this page of the site you can try it: {body['title'].strip()}*")

    def lines_read(self, block: Block) -> int:
        """None: it is tried, not read."""
        return 0

    def prose_read(self, block: Block) -> str:
        """What it is, and what to do with it."""
        body = yamltext.read(block.body)
        return f"{body['title']}\n\n{body['try']}"


def _faults(body: object) -> Iterator[str]:
    if not isinstance(body, dict) or not all(str(body.get(key) or "").strip() for key in NEEDED):
        yield f"a live fence needs {', '.join(f'{key}:' for key in NEEDED)}"
        return
    if unknown := set(body) - FIELDS:
        yield f"a live fence has {', '.join(sorted(FIELDS))}, no {', '.join(sorted(unknown))}"
    if not {"rows", "text"} & set(body) and body.get("above") is not True:
        yield "before it is tried it shows rows: or a text: that were recorded, or has them above: true"
    rows = body.get("rows", [["", ""]])
    if not isinstance(rows, list) or not all(isinstance(row, list) and row for row in rows):
        yield "rows: are lists, the first with the heads of the columns"
    elif any(isinstance(cell, dict) and set(cell) != {"written"} for row in rows for cell in row):
        yield "a cell is a line of Markdown, or written: what a model wrote"
    if not isinstance(body.get("options", {}), dict):
        yield "options: are names with values, as its script knows them"


def _table(rows: Sequence[Sequence[object]], md: Markdown) -> str:
    head, *others = rows
    columns = "".join(f'<th scope="col">{_cell(cell, md)}</th>' for cell in head)
    lines = "".join(
        f'<tr><th scope="row">{_cell(first, md)}</th>'
        f"{''.join(f'<td>{_cell(cell, md)}</td>' for cell in cells)}</tr>"
        for first, *cells in others
    )
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(cell: object, md: Markdown) -> str:
    if isinstance(cell, dict):
        return escaping.escape(str(cell["written"]), quote=False)
    return inline(str(cell), md)


LIVE = Live()
