"""``figure``: a drawing that a block of the page writes, with a caption and the whole in words."""

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
CAPTION_WORDS = 25
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
        see, *words = re.split(r"\n\s*\n", block.body.strip())
        if not words:
            yield (
                "a figure's body is a sentence that says what to see, an empty line, and the picture "
                "in words, for those who cannot see it"
            )
        elif len(FILLED.sub("0", see).split()) > CAPTION_WORDS:
            yield (
                f"a caption has at most {CAPTION_WORDS} words; what the picture shows in full "
                "stands below it"
            )

    def depends(self, block: Block, page: Page, config: Config) -> Iterator[str]:
        """The drawing."""
        yield config.relative(_file(block, page)).as_posix()

    def judged_by(self, block: Block) -> str:
        """No text: the drawing counts."""
        return ""

    def unlike(
        self, block: Block, page: Page, config: Config, folder: Path, judging: Judging
    ) -> str | None:
        """How the drawing differs from what a block of the page drew."""
        kept = _file(block, page)
        drawn = folder / kept.name
        if not drawn.is_file():
            return f"no block of the page writes {kept.name!r}"
        if judging.claims_only:
            return None
        text = read_text(drawn)
        old = read_text(kept, config.relative(kept)) if kept.is_file() else ""
        wrong = difference(_spaced(old), _spaced(text))
        if wrong and judging.update:
            write_atomically(kept, text)
            return None
        return wrong and f"{kept.name} is not what the page draws: {wrong[:LONGEST]}"

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
        """Show the drawing inline, so that ``currentColor`` follows the theme.

        Whoever sees the picture reads one sentence. Whoever does not, hears it as the picture's name, and
        then the picture in words, which stands closed below for everybody else.
        """
        text = read_text(Path(attributes["src"]))
        svg = text[text.index("<svg") :].strip()
        name = f"figure-{attributes.get('number', '1')}"
        opening = re.match(r"<svg[^>]*>", svg)
        assert opening is not None
        tag = re.sub(r'\s(?:role|aria-\w+|width|height)="[^"]*"', "", opening.group())
        width = re.search(r'\swidth="([\d.]+)(?:px)?"', opening.group())
        size = f' width="{width.group(1)}"' if width else ""
        labels = f'aria-labelledby="{name}-see" aria-describedby="{name}-words"'
        tag = f'{tag[:-1]} role="img" {labels}{size}>'
        see, *words = (
            f"<p>{escaping.escape(part.strip(), quote=False)}</p>"
            for part in re.split(r"\n\s*\n", source.strip())
        )
        return (
            f'<figure class="drawing"><div class="drawing__picture" data-search-exclude="true">'
            f"{tag}{svg[opening.end() :]}</div>"
            f'<figcaption><div id="{name}-see">{see}</div>'
            f'<details class="drawing__words"><summary>In words</summary>'
            f'<div id="{name}-words">{"".join(words)}</div></details></figcaption></figure>'
        )

    def drawings(self, block: Block, page: Page) -> list[Path]:
        """The drawing."""
        return [_file(block, page)]

    def cell(self, block: Block, download: Download) -> Cell:
        """The caption and the words: a cell of the page draws the picture."""
        name = PurePosixPath(block.attributes["src"]).name
        text = filled_body(block, download.page, download.values).strip()
        return Cell(prose=f"*Figure (a cell of this page draws it as `{name}`):* {text}")

    def lines_read(self, block: Block) -> int:
        """None: a picture is looked at."""
        return 0


def _file(block: Block, page: Page) -> Path:
    return page.path.parent / block.attributes["src"]


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
    return re.sub(r"(?<=[A-Za-z])(?=[-.\d])", " ", svg)


FIGURE = Figure()
