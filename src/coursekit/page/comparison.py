"""Compares a text with what a page shows of it.

Text must be equal. Numbers are compared by the promise of the fence: exactly (integers) or to a
relative 1e-3 (floats); within an absolute band; or, for costs, not at all, since a busy machine takes
longer (to a factor of ten where that is asked for). A sample is text that a model wrote by chance: only
its form is compared, line by line what stands before the first colon.
"""

import difflib
import re
from collections.abc import Iterator
from enum import Enum

from coursekit.text import BLANKS, lines, without_end

__all__ = ["Tolerance", "difference", "numbers_in", "rows"]

# Digits that belong to a word (GPT2, bf16, x86) are text, not a number; tensors print 1.0 as "1.".
NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+|\.(?=[],)]))?(?:[eE][-+]?\d+)?(?!\w)"
)
RELATIVE = 1e-3
FACTOR = 10.0


class Tolerance(Enum):
    """How an output is compared with what was printed."""

    EXACT = "exact"
    MEASURED = "measured"
    COST = "cost"
    SAMPLE = "sample"


def numbers_in(text: str) -> list[str]:
    """The numbers of a text as written; digits inside words are not numbers."""
    return NUMBER.findall(text)


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _is_integer(number: str) -> bool:
    return not any(mark in number for mark in ".eE")


def rows(text: str) -> list[str]:
    """The lines of a text, without the blanks that nobody sees at their ends and at its end."""
    return [line.rstrip(BLANKS) for line in lines(without_end(text))]


def _skeleton(text: str, tolerance: Tolerance) -> list[str]:
    """What stands before, between and behind the numbers of a text, without unseen blanks."""
    *parts, last = NUMBER.split("\n".join(rows(text)))
    if tolerance is Tolerance.EXACT:
        return [*(part.rstrip(BLANKS) for part in parts), last]
    return [re.sub(r"[ \t]+", " ", part) for part in (*parts, last)]  # a wider number moves blanks


def _form(text: str) -> list[str]:
    """What stands before the first colon of each line; nothing where there is none."""
    return [
        re.sub(r"[ \t]+", " ", line.partition(":")[0]).strip(BLANKS) if ":" in line else ""
        for line in rows(text)
    ]


def _same(expected: str, got: str, tolerance: Tolerance, within: float) -> bool:
    a, b = _value(expected), _value(got)
    if tolerance is Tolerance.MEASURED:
        return abs(a - b) <= within
    if tolerance is Tolerance.COST:
        low, high = sorted((abs(a), abs(b)))
        return a * b >= 0 and (high == low or high <= FACTOR * max(low, _resolution(expected)))
    if _is_integer(expected) or _is_integer(got):
        return expected.lstrip("+") == got.lstrip("+")
    return abs(a - b) <= RELATIVE * abs(a)


def _resolution(number: str) -> float:
    """The smallest step a number was printed with: 0.01 for 0.00, which stands for up to that."""
    decimals = number.partition(".")[2]
    return 10.0 ** -len(decimals)


def _complaints(
    expected: str, got: str, tolerance: Tolerance, within: float, costs: bool
) -> Iterator[str]:
    if tolerance is Tolerance.SAMPLE:
        if _form(expected) != _form(got):
            yield "the lines differ in what stands before the first colon"
        return
    if _skeleton(expected, tolerance) != _skeleton(got, tolerance):
        yield "the text differs"
        return
    if tolerance is Tolerance.COST and not costs:
        return
    for a, b in zip(numbers_in(expected), numbers_in(got), strict=True):
        if not _same(a, b, tolerance, within):
            yield f"{b} is not {a}{_promise(tolerance, within)}"


def _promise(tolerance: Tolerance, within: float) -> str:
    if tolerance is Tolerance.MEASURED:
        return f" within {within:g}"
    return " to a factor of ten" if tolerance is Tolerance.COST else ""


def difference(
    expected: str,
    got: str,
    tolerance: Tolerance = Tolerance.EXACT,
    within: float = 0.0,
    costs: bool = False,
) -> str | None:
    """Say how a printed text breaks the promise of its fence.

    Args:
        expected: the text of the output fence.
        got: what the block printed.
        tolerance: the promise.
        within: the absolute band of a measured output.
        costs: compare the numbers of a cost too, to a factor of ten: for an idle machine.

    Returns:
        None if the promise holds, else the reasons and a line-by-line comparison.
    """
    reasons = list(_complaints(expected, got, tolerance, within, costs))
    if not reasons:
        return None
    a, b = ([_visible(row) for row in rows(text)] for text in (expected, got))
    compared = difflib.unified_diff(a, b, "page", "printed", lineterm="")
    return "; ".join(reasons) + "\n" + "\n".join(compared)


def _visible(row: str) -> str:
    """A line in which characters that move a terminal's cursor, or that nobody sees, are escaped."""
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in row)
