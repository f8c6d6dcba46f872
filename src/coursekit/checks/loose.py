"""Finds numbers that a measurement gave and that nothing ties to it.

In the prose of a lesson, in the captions of its figures and in the glossary, these are loose:

- a decimal or a percentage that is neither bound, nor marked as constant, nor in a paragraph that links
  its source;
- an integer of two digits or more in a sentence, or a row of a table, that quotes a bound number. One
  that the binding names itself is tied by that: 512 beside ``result.vocabulary.bpe.size512``;
- an integer of three digits or more that the page's outputs or bindings show, too. Round ones (multiples
  of 100 and of 64) are left out: they are mostly sizes that somebody chose.

A quiz asks about made-up cases: of its numbers only those are loose that the page shows, too, integers
as above and decimals with at least three digits. A ``{{ constant }}`` that the page shows is loose in the
same way, for it seems to be measured; where the two are equal by chance, it says so behind a bar:
``{{ constant 127 | the largest number of eight bits }}``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coursekit.config import Config
from coursekit.page.comparison import numbers_in
from coursekit.page.contents import PARAGRAPH, Page
from coursekit.page.numbers import BINDING, CODE_SPAN, Bound, blank, bound, inside
from coursekit.problems import Problem

__all__ = ["loose_numbers"]

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TAG = re.compile(r"<[a-zA-Z/][^>]*>")
LINK_TARGET = re.compile(r"\]\([^)\s]*\)")
SOURCE = re.compile(r"\]\(https?://|<https?://")
DECIMAL_OR_PERCENT = re.compile(
    r"(?<![\w.])\d+(?:,\d{3})*\.\d+(?!\w|\.\d)|(?<![\w.])\d+(?:\.\d+)?\s?%"
)
INTEGER = re.compile(r"(?<![\w.,/^-])\d+(?:,\d{3})*(?![\w%]|[.,]\d|-\w|\s%)")
# A sentence ends at its point, a row or an item of a list at the end of its line.
SENTENCE = re.compile(r"(?<=[.!?])[\"')*]*\s+|\n(?=\s*(?:\||[-*] |\d+\. ))")
KEY = re.compile(r"\d+(?:\.\d+)?")
BESIDE_DIGITS, TELLING_DIGITS = 2, 3
ADVICE = (
    "write {{ output.NAME.ROW }}, {{ result.NAME.KEY }} or {{ constant VALUE }}, "
    "in an example by hand {{ computed ARITHMETIC }}"
)


@dataclass(frozen=True)
class _Piece:
    """Text in which numbers are looked for, blanked where none may be; bindings still stand in it."""

    start: int
    text: str
    made_up: bool


def loose_numbers(page: Page, config: Config) -> list[Problem]:
    """The numbers of a page that should be bound and are not, each with its line."""
    bindings = {b.start: b for b in bound(page, config)}
    shown = _shown(page, bindings)
    found: dict[int, str] = {}
    for piece in _pieces(page):
        for start, message in _loose(piece, bindings, shown):
            found.setdefault(start, message)
    for start, binding in bindings.items():
        if binding.constant and not binding.reason and _repeats(binding.value, shown):
            found[start] = (
                f"{{{{ {binding.expression} }}}} is a number that this page measures; write "
                "{{ output.NAME.ROW }} or {{ result.NAME.KEY }}, or behind a bar why it is none"
            )
    place = config.relative(page.path)
    return [Problem(place, page.line_at(start), text) for start, text in sorted(found.items())]


def _shown(page: Page, bindings: dict[int, Bound]) -> set[str]:
    """The numbers that the page's outputs and bindings show."""
    texts = [block.body for block in page.outputs]
    texts += [b.value for b in bindings.values() if b.measured]
    return {_plain(number) for text in texts for number in numbers_in(text)}


def _plain(number: str) -> str:
    return number.replace(",", "").lstrip("+-").rstrip("% ")


def _telling(number: str) -> bool:
    """Whether two equal numbers of this form are hardly equal by chance."""
    plain = _plain(number)
    if len(re.sub(r"\D", "", plain)) < TELLING_DIGITS:
        return False
    return "." in plain or (plain.isdigit() and int(plain) % 100 != 0 and int(plain) % 64 != 0)


def _pieces(page: Page) -> Iterator[_Piece]:
    texts = [(offset, text, PARAGRAPH, False) for offset, text in page.prose()]
    for block in (block for block in page.blocks if block.kind.binds):
        start, end = inside(block, page)
        texts.append((start, page.text[start:end], block.kind.between, block.kind.made_up))
    for offset, text, between, made_up in texts:
        for at, part in _split(between, blank(COMMENT, blank(CODE_SPAN, text))):
            if not SOURCE.search(blank(BINDING, part)):
                plain = blank(TAG, blank(LINK_TARGET, part))
                yield _Piece(offset + at, plain, made_up)


def _split(between: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for gap in between.finditer(text):
        yield at, text[at : gap.start()]
        at = gap.end()
    yield at, text[at:]


def _loose(piece: _Piece, bindings: dict[int, Bound], shown: set[str]) -> Iterator[tuple[int, str]]:
    for at, sentence in _split(SENTENCE, piece.text):
        start = piece.start + at
        quoted = [b for n, b in bindings.items() if start <= n < start + len(sentence)]
        keys = {key for b in quoted for key in KEY.findall(b.expression)}
        measured = any(b.measured for b in quoted)
        # What the arithmetic of an example begins with; a name such as shots50 ties no share.
        begun = {key for b in quoted if b.computes for key in KEY.findall(b.expression)}
        plain = blank(BINDING, sentence)
        for match in DECIMAL_OR_PERCENT.finditer(plain):
            tied = _plain(match.group()) in begun
            if not tied and (not piece.made_up or _repeats(match.group(), shown)):
                yield start + match.start(), _unbound(match.group())
        for match in INTEGER.finditer(plain):
            number = _plain(match.group())
            beside = measured and len(number) >= BESIDE_DIGITS and number not in keys
            if beside or _repeats(number, shown):
                why = "beside a bound one" if beside else "which this page measures"
                yield start + match.start(), _unbound(match.group(), f", {why},")


def _repeats(number: str, shown: set[str]) -> bool:
    return _plain(number) in shown and _telling(number)


def _unbound(number: str, why: str = "") -> str:
    return (
        f"{number!r}{why} is bound to no measurement; {ADVICE}, "
        "or link its source in the same paragraph"
    )
