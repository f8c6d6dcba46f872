"""The glossary: one page that defines every term, and the data that the tooltips show.

An entry is a heading of the second level, its definition, and a last line that says where the term is
taught, and how else it is written::

    ## byte-pair encoding

    A way to learn subwords: start from single bytes, and join the most frequent pair, again and again.

    Also: BPE. Taught in: Tokenization.

A page is named by its title. A section of a lesson's outline that has no page yet may be named, too. Pages
mark a term where they use it first, except for one whose word has too many other senses: ``Unmarked:
REASON.`` behind the page says so.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from markdown.extensions.toc import slugify

from coursekit.config import Config
from coursekit.course import outline
from coursekit.page.contents import Page
from coursekit.page.numbers import fill, filled
from coursekit.parser import load
from coursekit.problems import ContractError, Problem

__all__ = [
    "Term",
    "changes",
    "definitions",
    "is_glossary",
    "load_terms",
    "pattern",
    "problems",
]

HEADING = re.compile(r"^## +(?P<name>.+?) *$", re.MULTILINE)
WHERE = re.compile(
    r"^(?:Also: (?P<also>.+?)\. )?Taught in: (?P<page>[^.\n]+)\.(?: Unmarked: (?P<unmarked>.+)\.)?$",
    re.MULTILINE,
)
LINK = re.compile(r"\[(?P<text>[^\]]*)\]\([^)]*\)")
MARKS = re.compile(r"[`*]")
BETWEEN_WORDS = re.compile(r"[ -]")


@dataclass(frozen=True)
class Term:
    """An entry of the glossary.

    Attributes:
        name: the term as running text writes it.
        also: other ways to write it.
        definition: what it means, without Markdown.
        taught: title of the page that teaches it.
        unmarked: why pages do not mark it; empty if they do.
        start: offset of its heading in the glossary's text.
        where: start and end of its last line; empty if there is none.
        line: line of its heading, from 1.
    """

    name: str
    also: tuple[str, ...]
    definition: str
    taught: str
    unmarked: str
    start: int
    where: tuple[int, int]
    line: int

    @property
    def forms(self) -> tuple[str, ...]:
        """All ways to write it, in the singular."""
        return (self.name, *self.also)

    @property
    def slug(self) -> str:
        """The id of its heading in the built page."""
        return slugify(self.name, "-")


def is_glossary(page: Page, config: Config) -> bool:
    """Whether the page is the course's glossary."""
    return page.path == config.root / config.glossary


def terms(page: Page, config: Config) -> list[Term]:
    """The entries of the glossary, in its order.

    Raises:
        ContractError: a binding that names nothing.
    """
    headings, values = list(HEADING.finditer(page.text, page.body_start)), fill(page, config)
    ends = [heading.start() for heading in headings[1:]] + [len(page.text)]
    return [_term(page, h, end, values) for h, end in zip(headings, ends, strict=True)]


def _term(page: Page, heading: re.Match[str], end: int, values: list[tuple[int, int, str]]) -> Term:
    where = WHERE.search(page.text, heading.end(), end)
    body = filled(page, heading.end(), where.start() if where else end, values)
    plain = MARKS.sub("", LINK.sub(r"\g<text>", body))
    also = where["also"] if where else None
    return Term(
        name=heading["name"],
        also=tuple(also.split(", ")) if also else (),
        definition=" ".join(plain.split()),
        taught=where["page"] if where else "",
        unmarked=(where["unmarked"] or "") if where else "",
        start=heading.start(),
        where=where.span() if where else (end, end),
        line=page.line_at(heading.start()),
    )


def load_terms(config: Config) -> list[Term]:
    """The entries of the course's glossary; none for a course without one.

    Raises:
        ContractError: the page cannot be parsed, or a binding names nothing.
    """
    path = config.root / config.glossary
    return terms(load(path, config), config) if path.is_file() else []


def pattern(forms: Sequence[str]) -> re.Pattern[str]:
    """Finds the first of the forms that begins at a place, in a group named by its number."""
    return _pattern(tuple(forms))


@lru_cache(maxsize=1024)  # more than there are terms, each of which is looked for on many pages
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    initials: dict[str, list[str]] = {}  # only forms with a word's initial are tried at that word
    for number, form in enumerate(forms):
        initials.setdefault(form[0].lower(), []).append(f"(?P<f{number}>{_form(form)})")
    alternatives = "|".join(
        f"(?=[{re.escape(initial + initial.upper())}])(?:{'|'.join(some)})"
        for initial, some in initials.items()
    )
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])")


def _form(form: str) -> str:
    """A pattern for a form: its plural, a capital at its beginning, hyphens or blanks, line breaks."""
    words = [re.escape(word) for word in BETWEEN_WORDS.split(form)]
    first = form[0]
    if first.islower():
        words[0] = f"[{first}{first.upper()}]" + words[0][1:]
    if form.endswith("y") and form[-2:-1] not in "aeiou":
        words[-1] = f"{words[-1][:-1]}(?:y|ies)"
    elif form[-1].isalpha():
        words[-1] += "(?:e?s)?" if form.endswith(("s", "x", "z", "ch", "sh")) else "s?"
    return r"(?:-|\s+)".join(words)


def _pages_by_title(config: Config) -> dict[str, Path | None]:
    """The pages of the site by their titles; None for a section that has no page yet."""
    docs = config.root / "docs"
    found: dict[str, Path | None] = {}
    for path in sorted(docs.glob("*/outline.yml")):
        found |= {s.title: None for s in outline.read(path, config).sections if s.page is None}
    for path in config.page_files:
        if path.is_relative_to(docs) and (title := load(path, config).meta.get("title")):
            found[str(title)] = path
    return found


def problems(page: Page, config: Config) -> list[Problem]:
    """Entries that are incomplete, defined twice, out of order, or used nowhere."""
    shown, entries, pages = config.relative(page.path), terms(page, config), _pages_by_title(config)
    found = [
        Problem(shown, term.line, message)
        for term in entries
        for message in _incomplete(term, pages)
    ]
    found += [Problem(shown, term.line, message) for term, message in _disorder(entries)]
    waiting = [term for term in entries if pages.get(term.taught) and not term.unmarked]
    for term in _unused(waiting, page, config):
        message = (
            f"no page uses {term.name!r}; add the form that the pages use to its line 'Also:', "
            "or take the entry out"
        )
        found.append(Problem(shown, term.line, message))
    return found


def _unused(waiting: list[Term], glossary: Page, config: Config) -> list[Term]:
    """The terms that occur in the prose of no other page of the site."""
    texts: list[tuple[str, str]] = []  # the title and the prose of each page
    docs = config.root / "docs"
    for path in config.page_files:
        if path != glossary.path and path.is_relative_to(docs):
            page = load(path, config)
            prose = "\n".join(text for _, text in page.prose())
            texts.append((str(page.meta.get("title")), prose))
    return [term for term in waiting if not _used(term, texts)]


def _used(term: Term, texts: Sequence[tuple[str, str]]) -> bool:
    """Whether a term occurs in one of the texts; the page that teaches it is looked at first."""
    by_title = sorted(texts, key=lambda text: text[0] != term.taught)
    return any(pattern(term.forms).search(prose) for _, prose in by_title)


def _disorder(entries: list[Term]) -> Iterator[tuple[Term, str]]:
    first: dict[str, Term] = {}
    for term in entries:
        for form in term.forms:
            other = first.setdefault(_key(form), term)
            if other is not term or term.forms.count(form) > 1:
                yield term, f"{form!r} is defined twice, here and on line {other.line}"
    for before, term in pairwise(entries):
        if _key(term.name) < _key(before.name):
            yield term, f"{term.name!r} stands behind {before.name!r}; keep the alphabetical order"


def _key(form: str) -> str:
    """What makes two forms the same: neither case nor hyphens."""
    return form.casefold().replace("-", " ")


def _incomplete(term: Term, pages: dict[str, Path | None]) -> Iterator[str]:
    if not term.definition:
        yield f"{term.name!r} has no definition"
    if not term.taught:
        yield f"{term.name!r} does not end with a line 'Taught in: PAGE.'"
    elif term.taught not in pages:
        yield f"no page {term.taught!r} teaches {term.name!r}; there are {sorted(pages)}"


def changes(page: Page, config: Config) -> list[tuple[int, int, str]]:
    """What the site shows in place of parts of the glossary's text: letters, and links to pages.

    Raises:
        ContractError: something is wrong with an entry.
    """
    if found := problems(page, config):
        raise ContractError(*found)
    entries, pages = terms(page, config), _pages_by_title(config)
    made = [(*term.where, _where(term, pages[term.taught], page.path.parent)) for term in entries]
    if entries:
        made.append((entries[0].start, entries[0].start, _letters(entries)))
    return made


def _where(term: Term, path: Path | None, folder: Path) -> str:
    also = f"Also: {', '.join(term.also)}. " if term.also else ""
    if path is None:
        taught = f"To be taught in {term.taught}, which is not written yet."
    else:
        taught = f"Taught in [{term.taught}]({path.relative_to(folder).as_posix()})."
    return f"{also}{taught}\n{{: .glossary__where }}"


def _letters(entries: list[Term]) -> str:
    first: dict[str, Term] = {}
    for term in entries:
        first.setdefault(term.name[0].upper(), term)
    links = "\n".join(f'<a href="#{term.slug}">{letter}</a>' for letter, term in first.items())
    return f'<nav class="letters" aria-label="Letters">\n{links}\n</nav>\n\n'


def definitions(config: Config) -> str:
    """What the tooltips show, as JSON: the definition of each term by its slug."""
    found = {term.slug: term.definition for term in load_terms(config)}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))
