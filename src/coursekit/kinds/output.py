"""``output``: what the block directly above printed, and how exactly."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from coursekit.config import Config
from coursekit.page.comparison import Tolerance, difference, rows
from coursekit.page.contents import Block, Cell, Download, Fence, Judging, Kind, Page
from coursekit.page.scripts import command

__all__ = ["OUTPUT", "broken", "tolerance"]


class Output(Kind):
    """Text that was printed."""

    name = "output"
    languages = frozenset({"output"})
    classes = frozenset({"measured", "cost", "sample", "provenance"})
    keys = frozenset({"within"})
    silent_keys = frozenset({"within"})
    compared = True
    printed = True

    def problems(self, block: Block, config: Config) -> Iterator[str]:
        """A tolerance that contradicts another, or a band without a width."""
        measured = "measured" in block.classes
        if len({"measured", "cost", "sample"}.intersection(block.classes)) > 1:
            yield "an output is measured, a cost or a sample: one of them"
        if measured != ("within" in block.attributes):
            yield 'write {.output .measured within="0.03"}: both or neither'
        elif measured and not _positive(block.attributes["within"]):
            yield f"within={block.attributes['within']!r} is no positive number"

    def broken(self, output: Block, printed: str, judging: Judging) -> str | None:
        """How what was printed leaves the tolerance of the fence."""
        promise = tolerance(output)
        exact = promise is Tolerance.EXACT
        if judging.claims_only and exact:
            return None
        wrong = broken(output, printed, judging.costs)
        kind = "" if exact else f" ({promise.value})"
        return wrong and (
            f"the output{kind} on line {output.line} does not hold: {wrong}\n"
            "mend the code, or accept what was printed: python -m coursekit update PAGE"
        )

    def fence(self, block: Block, number: int, page: Page, config: Config) -> Fence:
        """The text below a caption that says how it is to be taken."""
        fence = super().fence(block, number, page, config)
        source = next(b for b in page.blocks if b.output is block)
        fence.attributes["title"] = _caption(block, source, config)
        if not source.raises:  # error texts are what people search for
            fence.attributes["data-search-exclude"] = "true"
        return fence

    def cell(self, block: Block, download: Download) -> Cell:
        """Nothing below code, whose cell has it as its own output."""
        if any(b.output is block for b in download.page.code):
            return Cell()
        return super().cell(block, download)


def _positive(number: str) -> bool:
    try:
        return 0 < float(number) < float("inf")
    except ValueError:
        return False


def _caption(block: Block, source: Block, config: Config) -> str:
    if source.raises:
        return "Output (error)"
    label = "Output"
    if args := source.attributes.get("args"):
        script = PurePosixPath(config.relative(source.code.path).as_posix())
        label += f" of {command(script, args)}"
    notes = {
        Tolerance.EXACT: "",
        Tolerance.MEASURED: f" (measured: your numbers within {block.attributes.get('within')} of these)",
        Tolerance.COST: " (cost: yours will differ)",
        Tolerance.SAMPLE: " (a sample: yours will read differently)",
    }
    return label + notes[tolerance(block)]


def tolerance(output: Block) -> Tolerance:
    """How an output block is compared."""
    named = (promise for promise in Tolerance if promise.value in output.classes)
    return next(named, Tolerance.EXACT)


def broken(output: Block, printed: str, costs: bool = False) -> str | None:
    """Say how what a block printed breaks the promise of the output fence below it.

    The last line of an output with provenance says what its record took, and on what machine: whoever
    records anew gets another line there, so it is not compared.

    Args:
        output: the output fence.
        printed: what the block above it printed.
        costs: compare the numbers of a cost too.

    Returns:
        What `difference` does.
    """
    within = float(output.attributes.get("within", 0))
    texts = [output.body, printed]
    if "provenance" in output.classes:
        texts = ["\n".join([*rows(text)[:-1], "(provenance)"]) for text in texts]
    return difference(texts[0], texts[1], tolerance(output), within, costs)


OUTPUT = Output()
