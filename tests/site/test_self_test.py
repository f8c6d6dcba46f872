"""The self-test asks about every objective of the lesson, and the conclusion names every paper."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
import yaml

from coursekit.checks.form import navigation
from coursekit.config import Config
from coursekit.kinds.quiz import QUIZ
from coursekit.page.contents import Page
from coursekit.page.core import goals
from coursekit.parser import load

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "docs/lesson-4"
CONFIG = Config.load(ROOT)
# Those whose objectives are about the whole lesson.
CLOSING = {"conclusion.md", "self-test.md", "teach.md"}
PAPER = re.compile(r"\]\((https://(?:arxiv\.org/abs|doi\.org|aclanthology\.org)/[^)\s]+)\)")


Question = dict[str, Any]
WORD = re.compile(r"\w+")
SHARED = (
    0.6  # of all words that two questions have; the most alike that are two questions have 0.48
)


def words(text: object) -> set[str]:
    return set(WORD.findall(str(text).lower()))


def lengths(question: Question) -> list[int]:
    return [len(str(choice["text"])) for choice in question["choices"]]


def right_place(question: Question) -> int:
    return [bool(choice.get("right")) for choice in question["choices"]].index(True)


def most_like_the_question(question: Question) -> int:
    mine = words(question["question"])
    shared = [len(words(choice["text"]) & mine) for choice in question["choices"]]
    return shared.index(max(shared))


# Ways to choose without a thought: the question, and the place that was right in the one before.
THOUGHTLESS: dict[str, Callable[[Question, int], int]] = {
    "the first": lambda _, __: 0,
    "the second": lambda _, __: 1,
    "the third": lambda _, __: 2,
    "the longest": lambda question, _: lengths(question).index(max(lengths(question))),
    "the shortest": lambda question, _: lengths(question).index(min(lengths(question))),
    "the place of the answer before": lambda _, before: before,
    "the place behind the answer before": lambda _, before: (before + 1) % 3,
    "the place in front of the answer before": lambda _, before: (before - 1) % 3,
    "the one with most words of the question": lambda question, _: most_like_the_question(question),
}


def given_away(asked: Sequence[Question]) -> Iterator[str]:
    """Name the thoughtless ways that are right more often than luck with three choices makes them."""
    places = [right_place(question) for question in asked]
    n = len(asked)
    limit = n / 3 + 2 * (n * 2 / 9) ** 0.5
    for way, choose in THOUGHTLESS.items():
        before = [places[-1], *places[:-1]]
        hits = sum(
            choose(*given) == place for *given, place in zip(asked, before, places, strict=True)
        )
        if hits > limit:
            yield f"{way}: {hits} of {n}, by luck at most {limit:.0f}"


def alike(pairs: Iterable[tuple[Question, Question]]) -> Iterator[tuple[str, str]]:
    """Find pairs of questions that are one question in nearly the same words."""
    for one, other in pairs:
        texts = one["question"], other["question"]
        first, second = map(words, texts)
        if len(first & second) > SHARED * len(first | second):
            yield texts


def questions(page: Page) -> list[Question]:
    return [yaml.safe_load(block.body) for block in page.of_kind(QUIZ)]


def self_test() -> list[Question]:
    return questions(load(LESSON / "self-test.md", CONFIG))


def lesson_pages() -> list[Page]:
    """The lesson's pages as a reader meets them: its stages, and those that stand beside them."""
    paths = [Path(path) for path in navigation(CONFIG) if path.startswith(f"{LESSON.name}/")]
    return [load(LESSON / path.name, CONFIG) for path in paths if path.name not in CLOSING]


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
    title, (first, deeper) = page.meta["title"], goals(page)
    assert sorted(asked().get(title, [])) == sorted([*first, *deeper])
    text = (LESSON / "self-test.md").read_text("utf-8")
    assert f"Unsure? Read [{title}]({page.path.name}) again." in text


def test_the_self_test_asks_about_nothing_else():
    assert list(asked()) == [page.meta["title"] for page in lesson_pages()]


def test_no_question_of_the_self_test_is_asked_on_a_page_or_twice():
    mine = self_test()
    theirs = [question for page in lesson_pages() for question in questions(page)]
    assert list(alike([*product(mine, theirs), *combinations(mine, 2)])) == []


def test_a_question_in_nearly_the_same_words_is_noticed():
    one, other = ({"question": f"What does {n} of a model's weights do?"} for n in ("one", "each"))
    assert list(alike([(one, other)])) == [(one["question"], other["question"])]


def test_each_question_has_three_choices_and_explains_each_in_its_own_words():
    for question in self_test():
        texts = [choice[part] for choice in question["choices"] for part in ("text", "why")]
        assert len(question["choices"]) == 3, question["question"]
        assert len({str(text).strip().lower() for text in texts}) == 6, question["question"]


def test_no_way_to_choose_without_a_thought_is_better_than_luck():
    assert list(given_away(self_test())) == []


@pytest.mark.parametrize("way", THOUGHTLESS)
def test_a_way_to_choose_without_a_thought_is_noticed(way):
    asked: list[Question] = []
    before = 0
    for number in range(30):
        sizes = [3 + (number + place) % 3 for place in range(3)]
        choices: list[dict[str, Any]] = [{"text": "x" * size} for size in sizes]
        choices[number // 3 % 3]["text"] += " why"
        question = {"question": "Why?", "choices": choices}
        before = THOUGHTLESS[way](question, before)
        choices[before]["right"] = True
        asked.append(question)
    assert [line for line in given_away(asked) if line.startswith(f"{way}: ")]


def test_the_sources_name_every_paper_that_a_page_of_the_lesson_names():
    named = {
        address
        for page in lesson_pages()
        for _, text in page.prose()
        for address in PAPER.findall(text)
    }
    listed = set(PAPER.findall((LESSON.parent / "sources.md").read_text("utf-8")))
    assert sorted(named - listed) == []
