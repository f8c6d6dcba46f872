"""The outline of a lesson: its sections, their minutes, and the picture of the pipeline.

``outline.yml`` beside a lesson's pages lists the sections in order. Minutes have one home: the front
matter of a section's page, or the outline itself while there is no page.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit import yamltext
from coursekit.config import Config
from coursekit.course import flow
from coursekit.parser import load
from coursekit.problems import ContractError, Problem
from coursekit.text import read_text

__all__ = ["Outline", "Section", "read", "render"]

SESSION = 60  # minutes
KEYS = {"title", "about", "takes", "gives", "makes", "feeds", "page", "minutes", "hour"}


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
    makes: tuple[str, str] | None = None
    feeds: str = ""

    @property
    def label(self) -> str:
        """The title with its number."""
        return f"{self.number}. {self.title}" if self.number else self.title


@dataclass(frozen=True)
class Outline:
    """The sections of a lesson in order."""

    path: Path
    sections: tuple[Section, ...]

    @property
    def minutes(self) -> int:
        """Teaching time of the whole lesson."""
        return sum(section.minutes for section in self.sections)


class _Reader:
    """Reads one outline and collects everything that is wrong with it."""

    def __init__(self, path: Path, config: Config) -> None:
        self.path, self.config = path, config
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
            value = load(file, self.config).meta.get("minutes")
        if not isinstance(value, int):
            self.problem(title, f"minutes: must be a whole number, is {value!r}")
            return 0
        return value

    def read(self) -> Outline:
        entries = yamltext.read(read_text(self.path, self.config.relative(self.path)))["sections"]
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
        return Outline(self.path, tuple(sections))


def read(path: Path, config: Config) -> Outline:
    """Read and check an outline.

    Raises:
        ContractError: everything that is wrong with it, in one error.
    """
    return _Reader(path, config).read()


def render(name: str, outline: Outline, url: Callable[[str], str], here: str) -> str:
    """What ``{{ outline.NAME }}`` stands for.

    Args:
        name: ``pipeline``, ``minutes`` or ``plan``.
        outline: the lesson's sections.
        url: turns a page's path beside the outline into an address relative to the page shown.
        here: the page shown, as the outline would name it.

    Raises:
        KeyError: another name.
    """
    if name == "minutes":
        return str(outline.minutes)
    if name == "pipeline":
        return _pipeline(outline, url)
    if name == "plan":
        return _plan(outline, url, here)
    raise KeyError(f"no outline.{name}; there are outline.minutes, outline.pipeline, outline.plan")


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


def _plan(outline: Outline, url: Callable[[str], str], here: str) -> str:
    rows = "".join(_row(section, url, here) for section in outline.sections)
    return (
        '<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table class="plan">'
        '<thead><tr><th scope="col">Section</th><th scope="col" align="right">Full lesson</th>'
        f'<th scope="col" align="right">One hour</th></tr></thead><tbody>{rows}</tbody>'
        f'<tfoot><tr><th scope="row">Together</th><td align="right">{outline.minutes} min</td>'
        f'<td align="right">{SESSION} min</td></tr></tfoot></table></div></div>'
    )


def _row(section: Section, url: Callable[[str], str], here: str) -> str:
    label = html.escape(section.label)
    if section.page and section.page != here:
        label = f'<a href="{url(section.page)}">{label}</a>'
    flow = section.about or f"{section.takes} → {section.gives}"
    if section.page is None:
        flow += " (not written yet)"
    return (
        f'<tr><th scope="row">{label} <span class="plan__flow">{html.escape(flow)}</span></th>'
        f'<td align="right">{section.minutes} min</td><td align="right">{section.hour} min</td></tr>'
    )
