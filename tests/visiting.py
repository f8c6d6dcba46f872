"""What tests that visit a site need, and the page of the small course with one of everything."""

from pathlib import Path
from typing import Any

from coursekit.built.visiting import (
    Visit,
    axe,
    bring_axe,
    contrast,
    has_its_landmarks,
    hindrances,
    serve,
    tab_to,
    unmark,
)

__all__ = [
    "QUESTIONS",
    "SAMPLE",
    "Visit",
    "axe",
    "bring_axe",
    "contrast",
    "faults_of",
    "has_its_landmarks",
    "hindrances",
    "serve",
    "tab_to",
    "unmark",
]

SAMPLE = "lesson-4/sample/"
# How many questions the self-test asks.
SELF_TEST = Path(__file__).parents[1] / "docs/lesson-4/self-test.md"
QUESTIONS = SELF_TEST.read_text("utf-8").count("```{.quiz}")


def faults_of(page: Any, widget: Any) -> list[str]:
    """What axe finds, once what a page says beside a widget is taken away: the bars let it see that."""
    widget.evaluate(
        """kept => {
            const stays = one => one.matches('h1') || one.querySelector('h1');
            for (let part = kept; part.localName !== 'article'; part = part.parentElement)
                for (const other of [...part.parentElement.children])
                    if (other !== part && !stays(other)) other.remove();
            for (const list of document.querySelectorAll('.md-sidebar')) list.remove();
        }"""
    )
    return axe(page)
