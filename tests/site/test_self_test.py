"""The self-test asks about every objective of the lesson, and the conclusion names every paper."""

import re
from pathlib import Path

import pytest
import yaml

from coursekit.config import Config
from coursekit.course import outline
from coursekit.kinds.quiz import QUIZ
from coursekit.page.contents import Page
from coursekit.parser import load

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "docs/lesson-4"
CONFIG = Config.load(ROOT)
# Those whose objectives are about the whole lesson.
CLOSING = {"conclusion.md", "self-test.md"}
PAPER = re.compile(r"\]\((https://(?:arxiv\.org/abs|doi\.org|aclanthology\.org)/[^)\s]+)\)")


def lesson_pages() -> list[Page]:
    sections = outline.read(LESSON / "outline.yml", CONFIG).sections
    return [load(LESSON / s.page, CONFIG) for s in sections if s.page and s.page not in CLOSING]


def asked() -> dict[str, list[str]]:
    """Heading of the self-test -> the objectives that its questions name."""
    page = load(LESSON / "self-test.md", CONFIG)
    groups: dict[str, list[str]] = {}
    for block in page.of_kind(QUIZ):
        heading = re.findall(r"^## (.+)$", page.text[: block.start], re.MULTILINE)[-1]
        objective = yaml.safe_load(block.body).get("objective", "a question without objective")
        groups.setdefault(heading, []).append(objective)
    return groups


@pytest.mark.parametrize("page", lesson_pages(), ids=lambda page: page.path.stem)
def test_each_objective_of_a_page_has_its_question(page):
    title = page.meta["title"]
    assert asked().get(title) == page.meta["objectives"]
    text = (LESSON / "self-test.md").read_text("utf-8")
    assert f"Unsure? Read [{title}]({page.path.name}) again." in text


def test_the_self_test_asks_about_nothing_else():
    assert list(asked()) == [page.meta["title"] for page in lesson_pages()]


def test_no_question_of_the_self_test_stands_on_a_page():
    def questions(page: Page) -> set[str]:
        return {yaml.safe_load(block.body)["question"] for block in page.of_kind(QUIZ)}

    mine = questions(load(LESSON / "self-test.md", CONFIG))
    assert all(mine.isdisjoint(questions(page)) for page in lesson_pages())


def test_the_conclusion_names_every_paper_that_a_page_of_the_lesson_names():
    named = {
        address
        for page in lesson_pages()
        for _, text in page.prose()
        for address in PAPER.findall(text)
    }
    listed = set(PAPER.findall((LESSON / "conclusion.md").read_text("utf-8")))
    assert sorted(named - listed) == []
