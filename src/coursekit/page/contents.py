"""What a page consists of: its fenced blocks, each of a kind, and the prose between them.

A kind of fence is a file of :mod:`coursekit.kinds` that says all about it. Everything else asks a
block's :class:`Kind` and knows none by name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from markdown import Markdown

from coursekit.config import Config
from coursekit.page.sections import Code
from coursekit.run.session import Session
from coursekit.text import lines, without_end

__all__ = [
    "PARAGRAPH",
    "Block",
    "Cell",
    "Download",
    "Fence",
    "Judging",
    "Kind",
    "Links",
    "Page",
]

PARAGRAPH = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Judging:
    """How strictly a run of a page is judged.

    Attributes:
        update: write what the blocks made where the page shows something else.
        claims_only: compare no exact output and no figure, for systems that print other digits.
        costs: compare the numbers of a cost too, to a factor of ten: for an idle machine.
    """

    update: bool = False
    claims_only: bool = False
    costs: bool = False


@dataclass
class Fence:
    """A fence that Markdown renders without the parser's help.

    Attributes:
        classes: the language first.
        attributes: its ``key="value"`` pairs.
        body: the text between the fences.
    """

    classes: list[str]
    attributes: dict[str, str]
    body: str


@dataclass(frozen=True)
class Cell:
    """A piece of a download: prose, or a block whose code runs there."""

    prose: str = ""
    block: "Block | None" = None


@dataclass(frozen=True)
class Download:
    """A page on its way into a notebook or a script.

    Attributes:
        page: the page.
        config: the course it belongs to.
        site_url: address of the published site; empty where it is not known.
        values: its bindings, filled: start, end and text.
    """

    page: "Page"
    config: Config
    site_url: str
    values: list[tuple[int, int, str]]


class Links(Protocol):
    """Addresses, as the page of the site that is being made needs them."""

    def file(self, path: str) -> str:
        """The address of a file of the site, relative to the page."""

    def source(self, path: str, line: str = "") -> str:
        """The address of a file in the public repository; empty where that is not known."""


class Kind:
    """What a kind of fence promises, and all that is done with it; one instance of each is enough.

    What stands here is right for text that is shown as it is. A file of :mod:`coursekit.kinds` changes
    what is different for its kind, and stands in the list there.

    Attributes:
        name: what reports call it.
        languages: the first words of its fences.
        classes: further classes that such a fence may have.
        keys: what may stand in it as ``key="value"``, beside ``#id``.
        silent_keys: those that tell a reader of the site nothing.
        runs: whether the tests execute such a block.
        compared: whether the tests compare it with what the blocks made.
        printed: whether it shows what the block directly above it printed.
        output_optional: whether a block may print something that the page does not show.
        shares_names: whether its code runs in the page's one namespace, and is a part of its downloads.
        stands_alone: whether it is a whole file, to be downloaded and run as a process of its own.
        embeds: whether it may show a named section, or a file, in place of its own text.
        renders_itself: whether :meth:`html` makes its HTML; else it is a code block.
        binds: whether the numbers in it are bound, as those of prose are.
        made_up: whether its numbers are those of made-up cases.
        between: what stands between two passages of its text, where ``binds``.
        cause_names_error: whether ``cause="…"`` makes an error of any last line of its output.
    """

    name: str
    languages: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    silent_keys: frozenset[str] = frozenset({"cause", "skip"})
    runs = False
    compared = False
    printed = False
    output_optional = False
    shares_names = False
    stands_alone = False
    embeds = False
    renders_itself = False
    binds = False
    made_up = False
    between = PARAGRAPH
    cause_names_error = False

    def takes(self, language: str, classes: Iterable[str]) -> bool:
        """Whether a fence is of this kind."""
        return language in self.languages

    # Check

    def problems(self, block: "Block", config: Config) -> Iterable[str]:
        """What keeps the fence's promise from holding, whatever the block does when it runs."""
        return ()

    def problems_together(self, blocks: Iterable["Block"]) -> Iterable[tuple[int, str]]:
        """Which of a page's blocks of this kind cannot stand where they stand, with their lines."""
        return ()

    # Run

    def run(self, block: "Block", session: Session) -> str:
        """Run a block, and return what it printed.

        Raises:
            BlockError: it did not do what its fence promises.
        """
        raise NotImplementedError(f"a {self.name} fence does not run")

    def depends(self, block: "Block", page: "Page", config: Config) -> Iterable[str]:
        """Files and folders below the repository on which the verdict depends; ``.`` for all of it."""
        return ()

    def judged_by(self, block: "Block") -> str:
        """The text of a block by which its run is judged."""
        return block.code.text

    # Compare

    def shows_itself(self, block: "Block") -> bool:
        """Whether a block shows what it prints in its own text, and has no output below it."""
        return False

    def wrong(self, block: "Block", printed: str, judging: Judging) -> str | None:
        """How a block that ran breaks its promise, and what to do; None if it keeps it."""
        output, silent = block.output, not without_end(printed)
        if output is None:
            if silent or self.output_optional:
                return None
            return (
                "the block prints, and the page shows no output; "
                f"add one below it (--update-outputs does):\n{printed}"
            )
        if silent:
            return "the page shows an output, and the block prints nothing; remove it"
        return output.kind.broken(output, printed, judging)

    def broken(self, output: "Block", printed: str, judging: Judging) -> str | None:
        """How an output breaks its promise, given what the block above it printed."""
        raise NotImplementedError(f"a {self.name} fence is no output")

    def unlike(
        self, block: "Block", page: "Page", config: Config, folder: Path, judging: Judging
    ) -> str | None:
        """How what a block shows differs from what the whole page made in ``folder``.

        With ``judging.update`` it is written anew where that mends it.
        """
        return None

    # Show

    def fence(self, block: "Block", number: int, page: "Page", config: Config) -> Fence:
        """The fence as Markdown can render it, with what it embeds and binds in place.

        Args:
            block: a block of ``page``.
            number: its position among the page's blocks of the same kind, from 1.
            page: the page.
            config: the course it belongs to.

        Raises:
            ContractError: what cannot be shown.
        """
        shown = {k: v for k, v in block.attributes.items() if k not in self.silent_keys}
        if block.embedded:
            place, title = self.place(block, config), shown.get("title")
            shown["title"] = f"{title} · {place}" if title else place
        return Fence([block.language, *block.classes], shown, block.code.text)

    def place(self, block: "Block", config: Config) -> str:
        """Where an embedded text stands: file and line."""
        return f"{config.relative(block.code.path).as_posix()}:{block.code.line}"

    def html(self, source: str, md: Markdown, attributes: Mapping[str, str]) -> str:
        """The HTML of a fence that :meth:`fence` made, for a kind that renders itself."""
        raise NotImplementedError(f"a {self.name} fence is a code block")

    def below(self, block: "Block", config: Config) -> str:
        """HTML that the site adds below a block and its output; empty for nothing."""
        return ""

    def finished(self, html: str, links: Links) -> str:
        """A page's HTML with all blocks of this kind as they are to be."""
        return html

    def drawings(self, block: "Block", page: "Page") -> list[Path]:
        """Files beside the page that the block's HTML is made of."""
        return []

    # Download

    def cell(self, block: "Block", download: Download) -> Cell:
        """A block as a piece of a download."""
        return Cell(prose=f"```{block.language}\n{block.code.text}```")

    # Read

    def lines_read(self, block: "Block") -> int:
        """How many lines of it a reader reads as code."""
        return sum(1 for line in lines(block.code.text) if line.strip())

    def prose_read(self, block: "Block") -> str:
        """What of it a reader reads as prose; its bindings still stand in it."""
        return ""


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

    @property
    def executed(self) -> bool:
        """Whether the tests execute this block: its kind runs, and it is not skipped."""
        return self.kind.runs and self.skip is None


@dataclass(frozen=True)
class Page:
    """A parsed page.

    Attributes:
        path: the file, absolute.
        text: all of it, each line break one character.
        meta: its front matter.
        body_start: offset of the first character behind the front matter.
        blocks: all fenced blocks in order; an output is also found as ``output`` of its block.
    """

    path: Path
    text: str
    meta: Mapping[str, Any]
    body_start: int
    blocks: tuple[Block, ...] = field(default=())

    def of_kind(self, *kinds: Kind) -> list[Block]:
        """The blocks of these kinds, in order."""
        return [block for block in self.blocks if block.kind in kinds]

    @property
    def code(self) -> list[Block]:
        """The blocks that are the page's own code: one script, from top to bottom."""
        return [block for block in self.blocks if block.kind.shares_names]

    @property
    def outputs(self) -> list[Block]:
        """The blocks that show what another one printed, in order."""
        return [block for block in self.blocks if block.kind.printed]

    @cached_property
    def minutes_read(self) -> dict[tuple[int, int] | None, float]:
        """Minutes to read each part that was asked for; :mod:`coursekit.page.reading` keeps them here.

        The outline asks for those of all pages whenever a page shows it.
        """
        return {}

    def prose(self) -> Iterator[tuple[int, str]]:
        """The text between the blocks, with the offset of each piece."""
        at = self.body_start
        for block in self.blocks:
            yield at, self.text[at : block.start]
            at = block.end
        yield at, self.text[at:]

    @property
    def install(self) -> str:
        """The extras of the course's package that its code needs, as pip takes them."""
        return ",".join(["run", *self.meta.get("extras", [])])

    def line_at(self, offset: int) -> int:
        """Line of an offset into ``text``, from 1."""
        return self.text.count("\n", 0, offset) + 1

    def outputs_by_name(self) -> dict[str, Block]:
        """The output blocks that carry an ``#id``."""
        return {b.attributes["id"]: b for b in self.outputs if "id" in b.attributes}
