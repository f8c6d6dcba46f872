"""``figure``: a drawing that a block of the page writes, with what to see in it, its words and numbers."""

import csv
import html as escaping
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from markdown import Markdown

from coursekit.config import Config
from coursekit.files import write_atomically
from coursekit.page.comparison import difference
from coursekit.page.contents import Block, Cell, Download, Fence, Judging, Kind, Page
from coursekit.page.numbers import fill, filled_body
from coursekit.problems import ContractError, Problem
from coursekit.text import read_text

__all__ = ["FIGURE"]

FILLED = re.compile(r"\{\{.*?\}\}")  # a binding: one word to a reader, however many name it
WORDS = {"title, with what is measured,": 40, "caption": 25}
# The drawing for a wide column, that for a phone, and the numbers; a block writes the first at least.
ENDINGS = (".svg", ".narrow.svg", ".csv")
LONGEST = 2000  # characters of a difference between two drawings
# What the content security policy blocks or what could run.
UNSAFE_SVG = re.compile(r"<script|<style|<foreignObject|\s(?:style|on\w+)\s*=", re.IGNORECASE)


class Figure(Kind):
    """An SVG file: ``src="figures/name.svg"``."""

    name = "figure"
    languages = frozenset({"figure"})
    keys = frozenset({"src"})
    compared = True
    renders_itself = True
    binds = True

    def problems(self, block: Block, config: Config) -> Iterator[str]:
        """No drawing, no words for who cannot see it, or too many beside it."""
        if not block.attributes.get("src", "").endswith(".svg"):
            yield 'a figure names its file: {.figure src="figures/name.svg"}'
        head, see, *words = (*re.split(r"\n\s*\n", block.body.strip()), "", "")[:3]
        if not all(words) or head.count("\n") != 1:
            yield (
                "a figure's body is a title that claims what to see, on the next line what is measured, an "
                "empty line, a sentence about it, another, and the picture in words, for those who cannot "
                "see it"
            )
        for text, what in ((head, "title, with what is measured,"), (see, "caption")):
            if len(FILLED.sub("0", text).split()) > (limit := WORDS[what]):
                yield (
                    f"a {what} has at most {limit} words; what the picture shows in full stands below it"
                )

    def depends(self, block: Block, page: Page, config: Config) -> Iterator[str]:
        """The drawings and the numbers."""
        yield from (config.relative(file).as_posix() for file in self.drawings(block, page))

    def judged_by(self, block: Block) -> str:
        """No text: the drawing counts."""
        return ""

    def unlike(
        self, block: Block, page: Page, config: Config, folder: Path, judging: Judging
    ) -> str | None:
        """How a drawing, or its numbers, differ from what a block of the page drew."""
        if not (folder / _file(block, page).name).is_file():
            return f"no block of the page writes {_file(block, page).name!r}"
        if judging.claims_only:
            return None
        for kept in _files(block, page):
            drawn = folder / kept.name
            text = read_text(drawn) if drawn.is_file() else ""
            old = read_text(kept, config.relative(kept)) if kept.is_file() else ""
            wrong = difference(_spaced(old), _spaced(text))
            if wrong and not judging.update:
                return f"{kept.name} is not what the page draws: {wrong[:LONGEST]}"
            if wrong and text:
                write_atomically(kept, text)
            elif wrong:
                kept.unlink()
        return None

    def fence(self, block: Block, number: int, page: Page, config: Config) -> Fence:
        """The caption and the words, with their numbers, and where the drawing is.

        Raises:
            ContractError: a drawing that is missing, not drawn to scale, or not safe to put inline; a
                binding that names nothing.
        """
        body = filled_body(block, page, fill(page, config, block))
        file = _safe_file(block, page, config)
        return Fence([block.language], {"src": str(file), "number": str(number)}, body)

    def html(self, source: str, md: Markdown, attributes: Mapping[str, str]) -> str:
        """Show the drawing inline, so that it has the page's colors.

        Whoever sees the picture reads a title, what is measured, and a sentence below. Whoever does not,
        hears the title as the picture's name, and then the picture in words, which stand closed below for
        everybody else, with the numbers. Of the two drawings, the style sheet shows the one that fits.
        """
        name = f"figure-{attributes.get('number', '1')}"
        wide, narrow, numbers = (Path(attributes["src"]).with_suffix(end) for end in ENDINGS)
        drawings = "".join(_inline(file) for file in (wide, narrow) if file.is_file())
        head, see, *words = _paragraphs(source)
        title, _, measured = head.partition("\n")
        table = _table(numbers) if numbers.is_file() else ""
        summary = "In words, and as a table" if table else "In words"
        return (
            f'<figure class="drawing"><p class="drawing__title" id="{name}-see">{title}</p>'
            f'<p class="drawing__measured">{measured}</p>'
            f'<div class="drawing__picture" data-search-exclude="true" role="img" '
            f'aria-labelledby="{name}-see" aria-describedby="{name}-words">{drawings}</div>'
            f"<figcaption><p>{see}</p>"
            f'<details class="drawing__words"><summary>{summary}</summary>'
            f'<div id="{name}-words">{"".join(f"<p>{part}</p>" for part in words)}</div>{table}</details>'
            "</figcaption></figure>"
        )

    def drawings(self, block: Block, page: Page) -> list[Path]:
        """The drawings and the numbers; the first, even if it is not drawn yet."""
        wide, *others = _files(block, page)
        return [wide, *(file for file in others if file.is_file())]

    def cell(self, block: Block, download: Download) -> Cell:
        """The caption and the words: a cell of the page draws the picture."""
        name = PurePosixPath(block.attributes["src"]).name
        text = filled_body(block, download.page, download.values).strip()
        return Cell(prose=f"*Figure (a cell of this page draws it as `{name}`):* {text}")

    def lines_read(self, block: Block) -> int:
        """None: a picture is looked at."""
        return 0

    def prose_read(self, block: Block) -> str:
        """The title, what is measured, and the caption; the picture in words stands closed."""
        return "\n\n".join(re.split(r"\n\s*\n", block.body.strip())[:2])


def _file(block: Block, page: Page) -> Path:
    return page.path.parent / block.attributes["src"]


def _files(block: Block, page: Page) -> list[Path]:
    return [_file(block, page).with_suffix(ending) for ending in ENDINGS]


def _paragraphs(text: str) -> list[str]:
    parts = re.split(r"\n\s*\n", text.strip())
    return [escaping.escape(part.strip(), quote=False) for part in parts]


def _inline(file: Path) -> str:
    """A drawing as a part of the page, which names and describes it."""
    text = read_text(file)
    svg = text[text.index("<svg") :].strip()
    opening = re.match(r"<svg[^>]*>", svg)
    assert opening is not None
    tag = re.sub(r'\s(?:role|aria-\w+|height|xmlns|font-family)="[^"]*"', "", opening.group())
    return f"{tag}{svg[opening.end() :]}"


def _table(file: Path) -> str:
    """The numbers; a row's first cell says what it is about."""
    head, *rows = (
        [escaping.escape(cell, quote=False) for cell in row]
        for row in csv.reader(read_text(file).splitlines())
    )
    columns = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    # A phone scrolls a wide one sideways, which a keyboard can where it can be focused.
    return (
        '<div class="drawing__numbers" role="group" aria-label="The numbers" tabindex="0">'
        f'<table class="drawing__table"><thead><tr>{columns}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _safe_file(block: Block, page: Page, config: Config) -> Path:
    file, shown = _file(block, page), config.relative(page.path)
    if not file.is_file():
        message = (
            f"no figure {config.relative(file).as_posix()}; a block of the page draws it: "
            f"run `pytest --update-outputs {shown.as_posix()}`"
        )
        raise ContractError(Problem(shown, block.line, message))
    text = read_text(file, config.relative(file))
    if unsafe := UNSAFE_SVG.search(text):
        message = (
            f"{file.name} contains {unsafe.group().strip()!r}, which the site's security policy "
            'blocks; write presentation attributes (fill="…") instead of styles'
        )
        raise ContractError(Problem(shown, block.line, message))
    if "viewBox=" not in text:
        message = f"{file.name} has no viewBox, so it cannot fit a narrow screen; add one"
        raise ContractError(Problem(shown, block.line, message))
    return file


def _spaced(svg: str) -> str:
    """Set the numbers of path commands apart, ``M1.5`` as ``M 1.5``, so that they compare as such."""
    return re.sub(r"(?<=[A-Za-z])(?=[-.\d])|(?<=\d)(?=[A-Za-z])", " ", svg)


FIGURE = Figure()
