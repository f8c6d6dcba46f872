"""What tests that visit a site need, and the page of the small course with one of everything."""

from pathlib import Path

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
