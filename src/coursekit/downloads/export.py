"""Makes a page's two downloads: a notebook, and a script with cells.

Both hold the page's prose and exactly its Python blocks, in order. A stand-alone script is a download
of its own: they name it, and hold what it printed. What a class is to run itself, ``bare: true`` in the
front matter, comes without outputs, and without what ``<div class="notes" markdown>`` holds for a teacher.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urljoin

import nbformat

from coursekit.config import Config
from coursekit.page.contents import Block, Cell, Download, Page
from coursekit.page.numbers import fill, filled
from coursekit.problems import ContractError, Problem

__all__ = [
    "HELPER",
    "cells",
    "notebook",
    "notebook_source",
    "raising_helper",
    "script",
    "script_source",
]

COLLAPSIBLE = re.compile(
    r'^(?P<indent> *)(?:!!!|\?\?\?\+?) *(?P<type>[\w -]+?)?(?: *"(?P<title>[^"]*)")?$'
)
ATTRIBUTES = re.compile(r"[ \t]*\{[ :]*[.#][^{}\n]*\}")
INTERNAL_LINK = re.compile(
    r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<target>(?!https?:|mailto:|#)[^)\s]+)\)"
)
SITES_OWN = re.compile(r"(?m)^\{\{ (?:outline|surprise|errors)\.[^{}]* \}\}(?:\n+|\Z)")

NOTES = re.compile(r'^<div class="notes" markdown>\n.*?^</div>\n', re.MULTILINE | re.DOTALL)

HELPER = "_must_raise"


def cells(page: Page, config: Config, site_url: str = "", alone: bool = True) -> list[Cell]:
    """Split a page into prose and Python blocks.

    Args:
        page: the page.
        config: the course it belongs to.
        site_url: address of the published site, for links to its other pages; without it such links
            become their text.
        alone: whether it is a download: the first cell says what the page is and what it needs, and what
            only the site can fill in is left out.
    """
    pieces = _pieces(page, config, site_url)
    if alone:
        own = (replace(cell, prose=SITES_OWN.sub("", cell.prose)) for cell in pieces)
        pieces = itertools.chain([Cell(prose=_title(page))], own)
    return list(_merged(pieces))


def _pieces(page: Page, config: Config, site_url: str) -> Iterator[Cell]:
    base = urljoin(site_url, _address(page, config)) if site_url else ""
    dedent = _Dedent()
    at = page.body_start
    values = fill(page, config)
    download = Download(page, config, site_url, values)
    for block in page.blocks:
        yield Cell(prose=_prose(page, at, block.start, values, dedent, base))
        at = block.end
        yield block.kind.cell(block, download)
    yield Cell(prose=_prose(page, at, len(page.text), values, dedent, base))


def _merged(pieces: Iterator[Cell]) -> Iterator[Cell]:
    prose: list[str] = []
    for piece in pieces:
        if piece.block is None:
            if piece.prose.strip():
                prose.append(piece.prose.strip("\n"))
            continue
        if prose:
            yield Cell(prose="\n\n".join(prose))
            prose = []
        yield piece
    if prose:
        yield Cell(prose="\n\n".join(prose))


def _title(page: Page) -> str:
    install = (
        "Needs the course's package: install the wheel from the site's `dist/` folder, "
        f'`pip install "./llm_development_fundamentals-…-py3-none-any.whl[{page.install}]"`.'
    )
    title = page.meta.get("title")
    return f"# {title}\n\n{install}" if title else install


def _address(page: Page, config: Config) -> str:
    """The page's address below the site's."""
    relative = PurePosixPath(config.relative(page.path).relative_to("docs").as_posix())
    return f"{relative.parent}/" if relative.name == "index.md" else f"{relative.with_suffix('')}/"


class _Dedent:
    """Takes the indentation off the content of admonitions, which Markdown elsewhere reads as code."""

    def __init__(self) -> None:
        self.depth = 0

    def __call__(self, line: str) -> str:
        if not line.strip():
            return ""
        indent = len(line) - len(line.lstrip(" "))
        self.depth = min(self.depth, indent // 4)
        header = COLLAPSIBLE.match(line)
        if header is None:
            return line[4 * self.depth :]
        self.depth = indent // 4 + 1
        return f"**{header['title'] or (header['type'] or 'note').split()[0].capitalize()}**"


def _bare(page: Page) -> bool:
    """Whether a class is to find out itself what the page's blocks print."""
    return bool(page.meta.get("bare"))


def _prose(
    page: Page, start: int, end: int, values: list[tuple[int, int, str]], dedent: _Dedent, base: str
) -> str:
    text = "\n".join(dedent(line) for line in filled(page, start, end, values).split("\n"))
    text = ATTRIBUTES.sub("", NOTES.sub("", text) if _bare(page) else text)

    def link(match: re.Match[str]) -> str:
        if not base:
            return match["text"]
        # A page's own address is a folder: siblings of its file are one level up.
        # A page's source is Markdown, a lab's a script; other scripts are there to be taken along.
        target = re.sub(
            r"(?:index\.md|\.md|(?<=lesson-5/)([\w-]+)\.py)(?=$|#)", _folder, match["target"]
        )
        up = "" if page.path.name == "index.md" else "../"
        return f"[{match['text']}]({urljoin(base, up + target)})"

    return INTERNAL_LINK.sub(link, text)


def _folder(match: re.Match[str]) -> str:
    """The end of a link to a page's source as the end of one to the page."""
    return "" if match[0] == "index.md" else f"{match[1] or ''}/"


def notebook_source(block: Block) -> str:
    """A block as a notebook cell: a value on its last line stays silent, as it does in a script."""
    source = block.code.text.rstrip("\n")
    last = ast.parse(source).body[-1:]
    if not last or not isinstance(last[0], ast.Expr):
        return source
    lines = source.split("\n")
    row, column = (last[0].end_lineno or 1) - 1, last[0].end_col_offset or 0
    line = lines[row].encode()
    lines[row] = (line[:column] + b";" + line[column:]).decode()
    return source if _is_print(last[0]) else "\n".join(lines)


def _is_print(node: ast.Expr) -> bool:
    return isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "print"


def notebook(page: Page, config: Config, site_url: str = "") -> str:
    """A page as a notebook (nbformat 4), with the outputs the page shows.

    A cell that must raise carries the tag ``raises-exception``, so that "run all" goes on behind it.
    """
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {
        "name": "python3",
        "language": "python",
        "display_name": "Python 3",
    }
    book.metadata["language_info"] = {"name": "python"}
    # Checked once as a whole: nbformat's own makers of cells check each for itself, at ten times the cost.
    made = [
        _cell(cell, f"cell-{n}", outputs=not _bare(page))
        for n, cell in enumerate(cells(page, config, site_url))
    ]
    book.cells = nbformat.from_dict(made)
    nbformat.validate(book)
    return str(nbformat.v4.writes(book)) + "\n"


def _cell(cell: Cell, name: str, outputs: bool) -> dict[str, Any]:
    """A cell as nbformat 4 writes it; its name repeats from build to build."""
    if cell.block is None:
        return {"cell_type": "markdown", "id": name, "metadata": {}, "source": cell.prose}
    shown = cell.block.output if outputs else None
    stream = {"output_type": "stream", "name": "stdout", "text": shown.body} if shown else None
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {"tags": ["raises-exception"]} if cell.block.raises else {},
        "outputs": [stream] if stream else [],
        "source": notebook_source(cell.block),
    }


def script_source(block: Block, shown: str, helper: str = HELPER) -> str:
    """A block as part of a script: one that must raise prints the error's line and goes on.

    Args:
        block: a Python block.
        shown: the page's path, to name in errors.
        helper: name of the function that :func:`raising_helper` defines.

    Raises:
        ContractError: a raising block with a string over several lines, which indenting would change.
    """
    source = block.code.text.rstrip("\n")
    if block.raises is None:
        return source
    if any(
        isinstance(node, ast.Constant | ast.JoinedStr) and node.lineno != node.end_lineno
        for node in ast.walk(ast.parse(source))
    ):
        message = (
            "a raising block may hold no string over several lines; build it in the block above"
        )
        raise ContractError(Problem(block.code.path, block.line, f"{shown}: {message}"))
    body = "\n".join(f"    {line}".rstrip() for line in source.split("\n"))
    return f"with {helper}({block.raises!r}):\n{body}"


def raising_helper(name: str) -> str:
    """Source of the one function that a script adds to a page's code.

    All that it needs it brings along: the page may have variables of any name, also of built-in ones.
    """
    return f'''\
def {name}(expected):
    """Print the line that names the error that the lines below must raise, and go on behind them."""
    import builtins
    import contextlib
    import traceback

    @contextlib.contextmanager
    def raising():
        try:
            yield
        except builtins.Exception as error:
            if builtins.type(error).__name__ != expected:
                raise
            lines = "".join(traceback.format_exception_only(error)).split("\\n")
            for line in lines:
                if line and not line[0].isspace():
                    builtins.print(line)
                    break
        else:
            raise builtins.AssertionError(f"expected {{expected}}, nothing was raised")

    return raising()'''


def _helper_name(page: Page) -> str:
    """A name for the helper that occurs nowhere in the page's code."""
    code = "\n".join(block.code.text for block in page.code)
    name = HELPER
    while name in code:
        name += "_"
    return name


def script(page: Page, config: Config, site_url: str = "") -> str:
    """A page as one Python file in the percent format that editors show as cells.

    What it adds to the page's code, one function, stands directly before the first block that needs it:
    a docstring or a ``__future__`` import must come first in a file.
    """
    parts = []
    helper, needed = _helper_name(page), True
    for cell in cells(page, config, site_url):
        if cell.block is None:
            commented = "\n".join(f"# {line}".rstrip() for line in cell.prose.split("\n"))
            parts.append(f"# %% [markdown]\n{commented}")
            continue
        if cell.block.raises and needed:
            parts.append(f"# %%\n{raising_helper(helper)}")
            needed = False
        source = script_source(cell.block, str(config.relative(page.path)), helper)
        parts.append(f"# %%\n{source}")
    return "\n\n".join(parts) + "\n"
