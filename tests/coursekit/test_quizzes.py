"""Neither place nor length of the right choices gives them away."""

import pytest

from coursekit.checks import quizzes
from coursekit.config import Config
from minicourse import FRONT_MATTER


def quiz(place: int, *, longest: bool = False, choices: int = 3) -> str:
    """A question whose right choice stands at a place, from 1."""
    lines = ["```{.quiz}", "question: Which?", "choices:"]
    for number in range(1, choices + 1):
        text = "the one that is right" if longest and number == place else f"choice {number}"
        lines.append(f"  - text: {text}\n    why: so")
        if number == place:
            lines.append("    right: true")
    return "\n".join([*lines, "```\n\n"])


def said(course, *pages: list[str]) -> str:
    for number, questions in enumerate(pages):
        course.page(FRONT_MATTER + "\n" + "".join(questions), f"docs/lesson-1/page{number}.md")
    return "\n".join(map(str, quizzes.problems(Config.load(course.root))))


def test_mixed_places_and_lengths_give_nothing_away(course):
    page = [quiz(1), quiz(2, longest=True), quiz(3), quiz(2), quiz(1, longest=True)]
    assert said(course, page, page, page * 2) == ""


def test_a_place_that_is_mostly_right_on_all_pages_together_is_named(course):
    page = [quiz(2), quiz(2), quiz(2), quiz(1), quiz(3)]
    assert "choice 2 is right in 6 of the 10 questions of these pages, at most 50%" in said(
        course, page, page
    )


def test_a_page_with_many_questions_stands_for_itself(course):
    found = said(course, [quiz(2), quiz(2), quiz(1)] * 4, [quiz(1), quiz(3), quiz(2)])
    assert found.startswith("docs/lesson-1/page0.md:1: choice 2 is right in 8 of the 12 questions")


def test_a_page_whose_questions_are_all_right_at_one_place_is_named(course):
    found = said(course, [quiz(3)] * 3, [quiz(1), quiz(2), quiz(2), quiz(1)])
    assert found == "docs/lesson-1/page0.md:1: choice 3 is right in all 3 questions; move some"


def test_right_choices_that_are_mostly_the_longest_are_named(course):
    page = [quiz(place, longest=n < 7) for n, place in enumerate([1, 2, 3, 1, 2, 3, 1, 2, 3, 1])]
    assert "the right choice is the longest in 7 of the 10 questions of the page" in said(
        course, page
    )


@pytest.mark.parametrize("choices", [2, 4])
def test_questions_with_other_numbers_of_choices_count_too(course, choices):
    assert "choice 2 is right in 10 of the 10" in said(course, [quiz(2, choices=choices)] * 10)


def test_a_few_questions_give_nothing_away(course):
    assert said(course, [quiz(2), quiz(2)], [quiz(2), quiz(2)]) == ""
    assert said(course) == ""
