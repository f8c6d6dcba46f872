"""``python``: the page's own code. All of its blocks run in one namespace, from top to bottom."""

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator

from coursekit.config import Config
from coursekit.page.contents import Block, Cell, Download, Fence, Kind, Page
from coursekit.run.session import Session

__all__ = ["PYTHON"]

FUTURE = re.compile(r"^from __future__ import ", re.MULTILINE)


class Python(Kind):
    """Code of a page, written there or embedded by the name of its section."""

    name = "python"
    languages = frozenset({"python"})
    keys = frozenset({"title", "raises", "cause", "skip", "hl_lines"})
    silent_keys = frozenset({"raises", "cause", "skip"})
    runs = True
    shares_names = True
    embeds = True

    def takes(self, language: str, classes: Iterable[str]) -> bool:
        """Whether it is Python, and no whole file of its own."""
        return language in self.languages and "script" not in classes

    def problems(self, block: Block, config: Config) -> Iterator[str]:
        """No code, or an error that it cannot raise or does not show."""
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

    def problems_together(self, blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
        """What can stand at the top of a script only: the page is one, too."""
        code = [block for block in blocks if block.skip is None]
        for block in code[1:]:
            if FUTURE.search(block.code.text):
                yield (
                    block.line,
                    "a __future__ import stands at the top of a page's first Python block",
                )

    def run(self, block: Block, session: Session) -> str:
        """Execute the code in the page's namespace."""
        code = block.code
        return session.execute(code.text, code.path, code.line, block.raises)

    def fence(self, block: Block, number: int, page: Page, config: Config) -> Fence:
        """The code, and the error that it must raise, for who copies it with others."""
        fence = super().fence(block, number, page, config)
        if block.raises is not None:
            fence.attributes["data-raises"] = block.raises
        return fence

    def cell(self, block: Block, download: Download) -> Cell:
        """A cell of its own."""
        return Cell(block=block)


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


PYTHON = Python()
