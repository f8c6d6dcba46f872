"""What the core of a lesson page owes: its minutes, showing before measuring, and what to take home.

The core is all that stands before the heading "Deeper". A page that frames a lesson, and a page without
code, owe no example by hand, no output and no figure.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coursekit import yamltext
from coursekit.checks.words import Words, any_of, silent_names, words
from coursekit.config import Config
from coursekit.kinds.quiz import QUIZ
from coursekit.page import core
from coursekit.page.contents import Block, Page
from coursekit.page.numbers import BINDING, CODE_SPAN, bound
from coursekit.page.reading import COLLAPSED, WORD
from coursekit.parser import readable
from coursekit.problems import Problem
from coursekit.text import read_text

__all__ = ["core_problems", "frames", "sentences", "without_core"]

NEAR = 250  # words within which a reader meets what he knows
SENTENCES_IN_SHORT = 3
QUESTIONS = 2
MOST_PRINTS, MOST_ASSERTS = 8, 1
MOST_NUMBERS = 3  # in 100 words
MOST_BY_HAND = 2  # sections in which numbers may stand close together
SHORT_SENTENCE, SHORT_SHARE, JOINED_SHARE = 5, 0.10, 0.25
CAPTION_NUMBERS = 2
SHARE = re.compile(r"\d\s?%|\|\s*\.\d%\s*\}\}")
NUMBER = re.compile(r"(?<![\w.,-])\d[\d.,]*")
INTERVAL = re.compile(r"\[\s*[-+]?\d[\d.]*\s?%?\s*,\s*[-+]?\d[\d.]*\s?%?\s*\]")
PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*] |\d+\. ))")
END = re.compile(r"(?<=[.!?])[\"'”’)*_]*\s+")
NO_PROSE = re.compile(r"^\s*(?:\||#|!!!|\?\?\?|<|\{\{ *\w+\.\w+ *\}\}\s*$).*$", re.MULTILINE)
LINK = re.compile(r"\[(?P<words>[^\]]*)\]\([^)\s]*\)(?:\{[^}\n]*\})?")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def core_problems(page: Page, config: Config) -> list[Problem]:
    """Faults of a page's core; none for a page that has no layers."""
    if not core.layered(page):
        return []
    place = config.relative(page.path)
    known, framing = words(config), not page.code or page.path in frames(config)
    found = [
        *_minutes(page),
        *_opening(page, known),
        *(() if framing else _shown(page)),
        *_in_short(page, config, framing),
        *_questions(page),
        *_code(page, known),
        *_numbers(page),
        *_sentences(page, known),
        *_captions(page),
    ]
    return [Problem(place, page.line_at(at), f"core: {text}") for at, text in found]


def frames(config: Config) -> set[Path]:
    """The pages that open or close a lesson: sections that are about something, and no stage."""
    return {path for path, section in _listed(config) if "about" in section}


def without_core(config: Config) -> list[Problem]:
    """The sections of a lesson whose page has no layers, so that nobody can stop halfway."""
    message = f"has no heading `## {core.DEEPER}`, above which its core would stand"
    pages = readable([path for path, _ in _listed(config) if path.is_file()], config)
    return [
        Problem(config.relative(page.path), 1, message) for page in pages if not core.layered(page)
    ]


def _listed(config: Config) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The sections of all lessons that name a page, each with the page's file."""
    for file in sorted((config.root / "docs").glob("*/outline.yml")):
        for section in yamltext.read(read_text(file, config.relative(file)))["sections"]:
            if "page" in section:
                yield file.parent / str(section["page"]), section


def _blocks(page: Page) -> list[Block]:
    end = core.core_end(page)
    return [block for block in page.blocks if block.start < end]


def _prose(page: Page, start: int, end: int) -> Iterator[tuple[int, str]]:
    """The prose of a part of a page, piece by piece, with the offset of each."""
    for offset, text in page.prose():
        first, last = max(offset, start), min(offset + len(text), end)
        if first < last:
            yield first, page.text[first:last]


def _plain(text: str) -> str:
    """Prose as it is read: without tables, headings, comments and addresses, each binding a number."""
    text = LINK.sub(lambda m: m["words"], NO_PROSE.sub("", COMMENT.sub("", text)))
    return CODE_SPAN.sub("code", BINDING.sub("0", text))


def sentences(text: str) -> list[str]:
    """The sentences of a piece of prose; an item of a list ends one."""
    parts = (part for paragraph in PARAGRAPH.split(_plain(text)) for part in END.split(paragraph))
    return [" ".join(part.split()) for part in parts if WORD.search(part)]


def _minutes(page: Page) -> Iterator[tuple[int, str]]:
    minutes, limit = core.core_minutes(page), page.meta.get("minutes")
    if isinstance(limit, int) and minutes > limit:
        yield 0, f"takes {minutes:.2f} minutes to read, and `minutes` says {limit}"


def _opening(page: Page, known: Words) -> Iterator[tuple[int, str]]:
    """It asks a question, and says where readers meet its answer."""
    text = page.text[page.body_start : core.core_end(page)]
    title = re.search(r"^# .*$", text, re.MULTILINE)
    body = text[title.end() if title else 0 :].strip()
    if "?" not in body.split("\n\n")[0]:
        yield page.body_start, "its first paragraph asks the question that the page answers"
    prose = "\n".join(
        _plain(piece) for _, piece in _prose(page, page.body_start, core.core_end(page))
    )
    near = " ".join(prose.split()[:NEAR])
    if known.assistants and not any_of(known.assistants).search(near):
        names = ", ".join(known.assistants)
        yield page.body_start, f"none of {names} is named in its first {NEAR} words"


def _shown(page: Page) -> Iterator[tuple[int, str]]:
    """An output before a share, an example by hand, code that works after it, and a picture."""
    end = core.core_end(page)
    outputs = [block.start for block in _blocks(page) if block.kind.printed]
    shares = [
        offset + match.start()
        for offset, text in _prose(page, page.body_start, end)
        for match in SHARE.finditer(CODE_SPAN.sub(lambda m: " " * len(m.group()), text))
    ]
    if shares and not (outputs and outputs[0] < shares[0]):
        yield shares[0], "a share stands before the first output; show what is scored first"
    by_hand = [part for part in core.core_sections(page) if part.title.startswith(core.BY_HAND)]
    if not by_hand:
        yield page.body_start, f"has no section whose heading begins with {core.BY_HAND!r}"
    elif not any(start > by_hand[0].start for start in outputs):
        yield by_hand[0].start, "no block with an output follows the example by hand"
    if not any(block.kind.drawings(block, page) for block in _blocks(page)):
        yield page.body_start, "has no figure"


def _section(page: Page, title: str) -> core.Section | None:
    return next((part for part in core.core_sections(page) if part.title == title), None)


def _in_short(page: Page, config: Config, framing: bool) -> Iterator[tuple[int, str]]:
    part = _section(page, core.IN_SHORT)
    if part is None:
        yield page.body_start, f"has no section {core.IN_SHORT!r}"
        return
    text = "\n\n".join(piece for _, piece in _prose(page, part.start, part.end))
    said = sentences(text)
    if len(said) != SENTENCES_IN_SHORT or not all(NUMBER.search(sentence) for sentence in said):
        yield (
            part.start,
            f"{core.IN_SHORT!r} is {SENTENCES_IN_SHORT} sentences with a number each, it has "
            f"{len(said)}, {sum(bool(NUMBER.search(sentence)) for sentence in said)} with a number",
        )
    quoted = [b for b in bound(page, config) if part.start <= b.start < part.end]
    if not framing and not any(binding.measured for binding in quoted):
        yield part.start, f"{core.IN_SHORT!r} quotes no measurement"


def _questions(page: Page) -> Iterator[tuple[int, str]]:
    part = _section(page, core.QUESTIONS)
    if part is None:
        yield page.body_start, f"has no section {core.QUESTIONS!r}"
        return
    asked = [block for block in _blocks(page) if block.kind is QUIZ]
    inside = [block for block in asked if part.start <= block.start < part.end]
    if len(inside) != QUESTIONS or len(asked) != QUESTIONS:
        yield (
            part.start,
            f"asks {QUESTIONS} questions, all below {core.QUESTIONS!r}; has {len(asked)}",
        )


def _code(page: Page, known: Words) -> Iterator[tuple[int, str]]:
    """Nothing fails, nothing is closed, and little is printed or asserted."""
    blocks = [block for block in _blocks(page) if block.kind.shares_names]
    closed = [match.span() for match in COLLAPSED.finditer(page.text)]
    prints = asserts = 0
    for block in blocks:
        if block.raises:
            yield block.start, "a block must fail; working code comes first, so show it deeper"
        if any(start <= block.start < end for start, end in closed):
            yield block.start, "code stands in a closed box; show it, or move it deeper"
        if names := silent_names(block, known):
            yield (
                block.start,
                f"{', '.join(sorted(names))}: a name that says nothing; say what it holds",
            )
        nodes = list(ast.walk(ast.parse(block.code.text)))
        asserts += sum(isinstance(node, ast.Assert) for node in nodes)
        prints += sum(
            isinstance(node, ast.Call) and ast.unparse(node.func) == "print" for node in nodes
        )
    if prints > MOST_PRINTS:
        yield page.body_start, f"has {prints} calls of print, at most {MOST_PRINTS}"
    if asserts > MOST_ASSERTS:
        yield page.body_start, f"has {asserts} asserts, at most {MOST_ASSERTS}"


def _numbers(page: Page) -> Iterator[tuple[int, str]]:
    """Few numbers, but for examples by hand and what to take home; no intervals in brackets."""
    parts = core.core_sections(page)
    by_hand = [part for part in parts if part.title.startswith(core.BY_HAND)]
    free = {part.start for part in by_hand[:MOST_BY_HAND]}
    free |= {part.start for part in parts if part.title in (core.IN_SHORT, core.QUESTIONS)}
    counted, numbers = 0, 0
    for part in parts:
        text = "\n\n".join(piece for _, piece in _prose(page, part.start, part.end))
        if INTERVAL.search(CODE_SPAN.sub("", text)):
            yield part.start, "an interval in brackets; say it in words, or show it deeper"
        if part.start not in free:
            plain = _plain(text)
            counted += len(WORD.findall(plain))
            numbers += len(NUMBER.findall(plain))
    if numbers * 100 > MOST_NUMBERS * counted:
        share = numbers * 100 / counted
        yield page.body_start, f"has {share:.1f} numbers in 100 words, at most {MOST_NUMBERS}"


def _sentences(page: Page, known: Words) -> Iterator[tuple[int, str]]:
    """Few very short sentences, and enough that say how their parts belong together."""
    prose = [piece for _, piece in _prose(page, page.body_start, core.core_end(page))]
    said = [sentence for piece in prose for sentence in sentences(piece)]
    if not said or not known.connectives:
        return
    short = [text for text in said if len(WORD.findall(text)) <= SHORT_SENTENCE]
    if len(short) >= SHORT_SHARE * len(said):
        yield (
            page.body_start,
            f"{len(short)} of {len(said)} sentences have {SHORT_SENTENCE} words or fewer, "
            f"under {SHORT_SHARE:.0%}: {short}",
        )
    joins = any_of(known.connectives)
    joined = sum(bool(joins.search(text)) for text in said)
    if joined <= JOINED_SHARE * len(said):
        yield (
            page.body_start,
            f"{joined} of {len(said)} sentences have a connecting word, more than {JOINED_SHARE:.0%}",
        )


def _captions(page: Page) -> Iterator[tuple[int, str]]:
    for block in _blocks(page):
        if block.kind.drawings(block, page):
            caption = block.kind.prose_read(block).split("\n\n")[-1]
            if (count := len(NUMBER.findall(_plain(caption)))) > CAPTION_NUMBERS:
                yield block.start, f"a caption with {count} numbers, at most {CAPTION_NUMBERS}"
