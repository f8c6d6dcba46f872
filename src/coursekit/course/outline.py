"""The outline of a lesson: its sections, their minutes, and the picture of the pipeline.

``outline.yml`` beside a lesson's pages lists the sections in order. Minutes have one home: the front
matter of a section's page, or the outline itself while there is no page. What a stage moved is printed by
a page of the lesson, in an output named ``recap``: a line with the stage's title, the number before and
after, and what it counts, with two blanks or more between them.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from coursekit import yamltext
from coursekit.config import Config
from coursekit.course import flow
from coursekit.page.contents import Page
from coursekit.page.core import layered, whole_minutes
from coursekit.parser import load
from coursekit.problems import ContractError, Problem
from coursekit.text import lines, read_text

__all__ = ["PLACEHOLDER", "Outline", "Section", "read", "render"]

PLACEHOLDER = re.compile(r"\{\{\s*outline\.(?P<name>[\w-]+)\s*\}\}")
SESSION = 60  # minutes
KEYS = {"title", "about", "takes", "gives", "makes", "feeds", "page", "minutes", "hour"}
RECAP = "recap"
MOVED = re.compile(r"(?P<title>\S.*?) {2,}(?P<before>\S+) → (?P<after>\S+) {2,}(?P<counts>\S.*)")
WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


@dataclass(frozen=True)
class Section:
    """One section of a lesson.

    Attributes:
        title: its name.
        takes: what goes into this stage of the pipeline; empty for a section that is no stage.
        gives: what comes out.
        about: what a section that is no stage is about.
        page: its page, relative to the outline, or None while there is none.
        minutes: teaching time.
        hour: teaching time in a session of one hour.
        number: which stage of the pipeline it is, from 1; 0 if it is none.
        reading: minutes to read its page; 0 while there is none.
        before: the number that shows what the stage does, without it; empty where no page prints it.
        after: the same number with the stage.
        counts: what the number counts.
        makes: the things on the pipeline's line that this stage stands between, if it does.
        feeds: title of the stage that this one feeds, if it stands beside the line.
    """

    title: str
    takes: str
    gives: str
    about: str
    page: str | None
    minutes: int
    hour: int
    number: int
    reading: float = 0.0
    before: str = ""
    after: str = ""
    counts: str = ""
    makes: tuple[str, str] | None = None
    feeds: str = ""

    @property
    def label(self) -> str:
        """The title with its number."""
        return f"{self.number}. {self.title}" if self.number else self.title


@dataclass(frozen=True)
class Outline:
    """The sections of a lesson in order.

    Attributes:
        path: the file that lists them.
        sections: each of them.
        beside: minutes of the core, and of all, of each page beside the sections that has a core.
    """

    path: Path
    sections: tuple[Section, ...]
    beside: tuple[tuple[int, float], ...] = ()

    @property
    def minutes(self) -> int:
        """Time for the core of all pages."""
        return self.taught + sum(core for core, _ in self.beside)

    @property
    def taught(self) -> int:
        """Teaching time of all sections."""
        return sum(section.minutes for section in self.sections)

    @property
    def hours(self) -> str:
        """Time to read all of it, to half an hour."""
        pages = [section.reading for section in self.sections] + [whole for _, whole in self.beside]
        hours, half = divmod(round(sum(pages) / 30), 2)
        return f"{hours or ''}{'½' if half else ''}" or "0"

    @property
    def stages(self) -> str:
        """How many stages the pipeline has, in words as far as one would say so."""
        count = sum(section.number > 0 for section in self.sections)
        return WORDS[count] if count < len(WORDS) else str(count)


class _Reader:
    """Reads one outline and collects everything that is wrong with it."""

    def __init__(self, path: Path, config: Config) -> None:
        self.path, self.config = path, config
        self.pages: dict[str, Page] = {}
        self.problems: list[Problem] = []

    def problem(self, title: object, message: str) -> None:
        text = read_text(self.path)
        line = next((n for n, row in enumerate(text.split("\n"), 1) if f"title: {title}" in row), 1)
        shown = self.config.relative(self.path)
        self.problems.append(Problem(shown, line, f"section {title!r}: {message}"))

    def section(self, entry: dict[str, Any], number: int) -> Section:
        title = str(entry.get("title", "?"))
        if unknown := set(entry) - KEYS:
            self.problem(title, f"unknown {sorted(unknown)}; known: {sorted(KEYS)}")
        stage = "takes" in entry and "gives" in entry
        if stage == ("about" in entry):
            self.problem(title, "write takes: and gives: for a stage, about: for any other section")
        hour = entry.get("hour")
        if not isinstance(hour, int):
            self.problem(title, f"hour: must be whole minutes, is {hour!r}")
        return Section(
            title=title,
            takes=str(entry.get("takes", "")),
            gives=str(entry.get("gives", "")),
            about=str(entry.get("about", "")),
            page=entry.get("page"),
            minutes=self.minutes(title, entry),
            hour=hour if isinstance(hour, int) else 0,
            number=number if stage else 0,
            makes=self.makes(title, entry),
            feeds=str(entry.get("feeds", "")),
        )

    def makes(self, title: str, entry: dict[str, Any]) -> tuple[str, str] | None:
        ends = entry.get("makes")
        if ends is None:
            return None
        if not isinstance(ends, list) or len(ends) != 2:
            self.problem(
                title, f"makes: must be two things, what is there and what comes of it, is {ends!r}"
            )
            return None
        return str(ends[0]), str(ends[1])

    def minutes(self, title: str, entry: dict[str, Any]) -> int:
        if ("page" in entry) == ("minutes" in entry):
            message = (
                "write page:, whose front matter states the minutes, or, without one, minutes:"
            )
            self.problem(title, message)
            return 0
        value = entry.get("minutes")
        if "page" in entry:
            file = self.path.parent / entry["page"]
            if not file.is_file():
                self.problem(title, f"no page {entry['page']}; until there is one, write minutes:")
                return 0
            self.pages[entry["page"]] = page = load(file, self.config)
            value = page.meta.get("minutes")
        if not isinstance(value, int):
            self.problem(title, f"minutes: must be a whole number, is {value!r}")
            return 0
        return value

    def read(self) -> Outline:
        lesson = yamltext.read(read_text(self.path, self.config.relative(self.path)))
        entries = lesson["sections"]
        sections, number = [], 0
        for entry in entries:
            number += "takes" in entry
            sections.append(self.section(entry, number))
        total = sum(section.hour for section in sections)
        if total != SESSION and not self.problems:
            message = f"the hour: of all sections must add up to {SESSION}, they give {total}"
            self.problems.append(Problem(self.config.relative(self.path), 1, message))
        on_line = {section.title for section in sections if section.makes}
        for section in sections:
            if section.feeds and section.feeds not in on_line:
                self.problem(section.title, f"feeds: {section.feeds!r} is no stage on the line")
        try:
            flow.things(sections)
        except ValueError as error:
            self.problems.append(Problem(self.config.relative(self.path), 1, str(error)))
        if self.problems:
            raise ContractError(*self.problems)
        beside = tuple(self.beside(lesson.get("beside", [])))
        return Outline(self.path, tuple(map(self.measured, sections)), beside)

    def beside(self, names: list[str]) -> Iterator[tuple[int, float]]:
        """Minutes of the pages beside the sections that have a core; others only serve them."""
        files = (self.path.parent / name for name in names)
        for page in (load(file, self.config) for file in files if file.is_file()):
            if layered(page):
                yield int(page.meta.get("minutes", 0)), whole_minutes(page)

    def measured(self, section: Section) -> Section:
        """A section with what its page takes to read, and what the lesson's pages print of it."""
        if page := self.pages.get(section.page or ""):
            section = replace(section, reading=whole_minutes(page))
        for page in self.pages.values():
            if recap := page.outputs_by_name().get(RECAP):
                for found in filter(None, map(MOVED.fullmatch, lines(recap.body))):
                    if found["title"] == section.title:
                        section = replace(
                            section,
                            before=found["before"],
                            after=found["after"],
                            counts=found["counts"],
                        )
        return section


def read(path: Path, config: Config) -> Outline:
    """Read and check an outline.

    Raises:
        ContractError: everything that is wrong with it, in one error.
    """
    return _Reader(path, config).read()


def render(name: str, outline: Outline, url: Callable[[str], str], here: str) -> str:
    """What ``{{ outline.NAME }}`` stands for.

    Args:
        name: ``minutes``, ``hours``, ``stages``, ``pipeline``, ``moved`` or ``plan``.
        outline: the lesson's sections.
        url: turns a page's path beside the outline into an address relative to the page shown.
        here: the page shown, as the outline would name it.

    Raises:
        KeyError: another name.
    """
    makers: dict[str, Callable[[], str]] = {
        "minutes": lambda: str(outline.minutes),
        "hours": lambda: outline.hours,
        "stages": lambda: outline.stages,
        "pipeline": lambda: _pipeline(outline, url),
        "moved": lambda: _moved(outline, url),
        "plan": lambda: _plan(outline, url, here),
    }
    if name not in makers:
        known = ", ".join(f"outline.{one}" for one in makers)
        raise KeyError(f"no outline.{name}; there are {known}")
    return makers[name]()


def _pipeline(outline: Outline, url: Callable[[str], str]) -> str:
    stages = [section for section in outline.sections if section.number]
    drawn = flow.picture(stages, url)
    words = "".join(_words(section) for section in stages)
    return f'<div class="pipeline">{drawn}<ol>{words}</ol></div>'


def _words(section: Section) -> str:
    title = f"<strong>{html.escape(section.title)}</strong>"
    planned = "" if section.page else " (not written yet)"
    takes, gives = html.escape(section.takes), html.escape(section.gives)
    return f"<li>{title}{planned} takes {takes}, and gives {gives}.</li>"


def _moved(outline: Outline, url: Callable[[str], str]) -> str:
    """The stages that have a page, each with the number that it moved."""
    stages = "".join(
        f'<li><a class="moved__box" href="{url(section.page)}">{_change(section)}</a></li>'
        for section in outline.sections
        if section.number and section.page
    )
    return (
        '<ol class="moved" aria-label="The stages, each with a number that it moved" '
        f'data-search-exclude="true">{stages}</ol>'
    )


def _change(section: Section) -> str:
    parts = [
        f'<span class="moved__title"><span class="moved__number" aria-hidden="true">{section.number}'
        f'</span> <span class="moved__name">{html.escape(section.title)}</span></span>'
    ]
    if section.counts:
        parts.append(
            f'<span class="moved__change">{html.escape(section.before)} <span class="moved__to" '
            'aria-hidden="true">→</span><span class="visually-hidden">became</span> '
            f"{html.escape(section.after)}</span>"
        )
    says = section.counts or f"{section.takes} → {section.gives}"
    return "".join([*parts, f'<span class="moved__counts">{html.escape(says)}</span>'])


def _plan(outline: Outline, url: Callable[[str], str], here: str) -> str:
    begins = accumulate((section.hour for section in outline.sections), initial=0)
    rows = "".join(_row(*row, url, here) for row in zip(outline.sections, begins, strict=False))
    return (
        '<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table class="plan">'
        '<thead><tr><th scope="col">Section</th><th scope="col" align="right">Full lesson</th>'
        f'<th scope="col" align="right">Minutes of one hour</th></tr></thead><tbody>{rows}</tbody>'
        f'<tfoot><tr><th scope="row">Together</th><td align="right">{outline.taught} min</td>'
        f'<td align="right">{SESSION} min</td></tr></tfoot></table></div></div>'
    )


def _row(section: Section, begins: int, url: Callable[[str], str], here: str) -> str:
    label = html.escape(section.label)
    if section.page and section.page != here:
        label = f'<a href="{url(section.page)}">{label}</a>'
    flow = section.about or f"{section.takes} → {section.gives}"
    if section.page is None:
        flow += " (not written yet)"
    hour = f"{begins} to {begins + section.hour}"
    return (
        f'<tr><th scope="row">{label} <span class="plan__flow">{html.escape(flow)}</span></th>'
        f'<td align="right">{section.minutes} min</td><td align="right">{hour}</td></tr>'
    )
