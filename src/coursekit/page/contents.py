"""The fenced blocks of a page: their kinds, and what a fence may say."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from coursekit.sections import Code

__all__ = ["ALLOWED", "COMMANDS", "LANGUAGES", "Block", "Kind", "Tolerance"]

COMMANDS = frozenset({"bash", "powershell", "console"})
LISTINGS = frozenset({"text", "json", "yaml", "toml", "markdown", "html", "css", "js", "diff"})
LANGUAGES = frozenset({"python", "output", "figure", "quiz"}) | COMMANDS | LISTINGS


class Kind(Enum):
    """What a fence promises."""

    PYTHON = "python"
    SCRIPT = "script"
    COMMAND = "command"
    OUTPUT = "output"
    FIGURE = "figure"
    QUIZ = "quiz"
    LISTING = "listing"

    @property
    def runs(self) -> bool:
        """Whether the tests execute such a block."""
        return self in (Kind.PYTHON, Kind.SCRIPT, Kind.COMMAND)

    @property
    def checked(self) -> bool:
        """Whether the tests compare such a block with what the blocks made."""
        return self in (Kind.OUTPUT, Kind.FIGURE)


class Tolerance(Enum):
    """How an output is compared with what was printed."""

    EXACT = "exact"
    MEASURED = "measured"
    COST = "cost"
    SAMPLE = "sample"


ALLOWED = {  # kind: (extra classes, keys)
    Kind.PYTHON: (set(), {"title", "raises", "cause", "skip", "hl_lines"}),
    Kind.SCRIPT: ({"script"}, {"title", "args", "skip"}),
    Kind.COMMAND: (set(), {"title", "cause", "skip"}),
    Kind.OUTPUT: ({"measured", "cost", "sample", "provenance"}, {"within"}),
    Kind.FIGURE: (set(), {"src"}),
    Kind.QUIZ: (set(), set()),
    Kind.LISTING: (set(), {"title"}),
}


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        kind: what the fence promises.
        language: its first class or its only word.
        classes: further classes of the brace form.
        attributes: its ``key="value"`` pairs; ``id`` for ``#name``.
        body: the text between the fences as it stands in the page, dedented.
        code: the same with an include resolved, and where it stands.
        start: offset in the page's text of the opening fence's line.
        end: offset just behind the closing fence.
        line: line of the opening fence, from 1.
        indent: blanks in front of the fence.
        output: the output block directly below, if there is one.
    """

    kind: Kind
    language: str
    classes: tuple[str, ...]
    attributes: Mapping[str, str]
    body: str
    code: Code
    start: int
    end: int
    line: int
    indent: str = ""
    output: "Block | None" = None

    @property
    def tolerance(self) -> Tolerance:
        """How an output block is compared."""
        for tolerance in Tolerance:
            if tolerance.value in self.classes:
                return tolerance
        return Tolerance.EXACT

    @property
    def embedded(self) -> bool:
        """Whether the body is an include."""
        return self.body.startswith("--8<--")

    @property
    def raises(self) -> str | None:
        """Name of the exception the block must raise."""
        return self.attributes.get("raises")

    @property
    def skip(self) -> str | None:
        """Why the block is not run."""
        return self.attributes.get("skip")
