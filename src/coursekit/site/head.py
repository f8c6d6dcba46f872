"""The head of a lesson page: a sentence that says what it is about, and one line of facts."""

import html
import re
from math import ceil

from coursekit.course.costs import Cost
from coursekit.page import core
from coursekit.page.contents import Page
from coursekit.site.card import Downloads

__all__ = ["RUN", "head", "lead"]

RUN = "run-this-page"  # where the page ends with how to run it
END_OF_SENTENCE = re.compile(r"(?<=[.?!])\s")


def lead(page: Page) -> str:
    """The first sentence of a page's description, which a search engine shows, too."""
    return END_OF_SENTENCE.split(str(page.meta.get("description", "")), maxsplit=1)[0]


def head(page: Page, downloads: Downloads | None, cost: Cost | None = None) -> str:
    """The head of a lesson page as HTML.

    Args:
        page: the page; its front matter has description and goals.
        downloads: None for a page without code.
        cost: seconds of the page's script, if they were measured.
    """
    whole = ceil(core.whole_minutes(page))
    facts = [_switch(page, whole) if core.layered(page) else f"<span>{whole} min to read</span>"]
    if downloads:
        if cost:
            seconds = next(iter(cost.runs.values())).seconds
            facts.append(f'<a href="#{RUN}">{seconds:.0f} s to run</a>')
        facts += [
            f'<a class="facts__button" href="{downloads.notebook}" download>Notebook</a>',
            f'<a class="facts__button" href="{downloads.script}" download>Script</a>',
        ]
    facts.append(_goals(page))
    sentence = html.escape(lead(page), quote=False)
    return (
        '<div class="lesson-head" role="region" aria-label="About this page" data-generated="head" '
        f'data-minutes="{whole}" data-search-exclude="true">'
        f'<p class="lead">{sentence}</p>'
        f'<div class="facts">{" ".join(facts)}</div></div>'
    )


def _switch(page: Page, whole: int) -> str:
    """The place of the switch between a page's core and all of it, with the minutes of both."""
    short = ceil(core.core_minutes(page))
    return f'<div class="shown" data-short="{short}" data-everything="{whole}">{whole} min to read</div>'


def _goals(page: Page) -> str:
    """What a reader can do after the page, closed, so that the page begins where it begins."""
    first, more = core.goals(page)
    if not first:
        return ""
    total = len(first) + len(more)  # no more than that, so that the line of facts stays one
    count = "1 goal" if total == 1 else f"{total} goals"
    after = "the core" if core.layered(page) else "this page"
    lists = f"<p>After {after} you can</p>{_listed(first)}"
    if more:
        lists += f"<p>What goes deeper adds</p>{_listed(more)}"
    return f'<details class="facts__goals"><summary>{count}</summary><div>{lists}</div></details>'


def _listed(goals: list[str]) -> str:
    items = "".join(f"<li>{html.escape(goal)}</li>" for goal in goals)
    return f"<ul>{items}</ul>"
