"""The interval: equal to the page's functions, and a sentence for whatever a reader types."""

import random

import pytest
from playwright.sync_api import Page, expect

from lessons.evaluation.differences_and_leaks import questions_needed
from lessons.intervals import wilson
from visiting import faults_of, tab_to

PAGE = "lesson-4/evaluation/#how-often-it-is-right-accuracy"
MODULE = "await import(new URL('assets/js/live/interval.js', root))"


def grid() -> list[tuple[int, int]]:
    """Right answers and questions: both ends of each size, and some between."""
    rng = random.Random(0)
    sizes = [*range(1, 51), *(rng.randint(51, 100_000) for _ in range(50))]
    return [(right, n) for n in sizes for right in (0, n, *(rng.randint(0, n) for _ in range(3)))]


def pairs_of_models() -> list[tuple[float, float, float]]:
    """Two shares, and one that they can have of questions on which exactly one is right."""
    rng, made = random.Random(1), []
    while len(made) < 200:
        one, other = rng.random(), rng.random()
        least, most = abs(one - other), min(one + other, 2 - one - other)
        made.append((one, other, rng.uniform(least, most)))
    return made


def test_its_numbers_are_those_of_the_page(real_url, still):
    page = still(f"{real_url}accessibility/")
    assert len(grid()) == 500
    found = page.evaluate(
        f"""async ([root, pairs]) => {{ const {{ wilson }} = {MODULE};
        return pairs.map(pair => wilson(...pair)); }}""",
        [real_url, grid()],
    )
    for (right, n), (low, high) in zip(grid(), found, strict=True):
        assert (low, high) == pytest.approx(wilson(right, n), abs=1e-6), (right, n)
    found = page.evaluate(
        f"""async ([root, models]) => {{ const {{ needed }} = {MODULE};
        return models.map(([one, other, apart]) => [needed(one, other), needed(one, other, apart)]); }}""",
        [real_url, pairs_of_models()],
    )
    for (one, other, apart), (own, same) in zip(pairs_of_models(), found, strict=True):
        assert own == questions_needed(one, other)
        assert same == questions_needed(one, other, apart)


def width(page: Page) -> float:
    """Of the interval's picture, in pixels."""
    line = page.locator(".live-interval__interval")
    return float(line.get_attribute("x2")) - float(line.get_attribute("x1"))


def test_it_answers_what_is_typed_and_moved(real_url, visit):
    visited = visit(real_url)
    page = visited.go(PAGE)
    widget = page.locator("live-interval")
    widget.scroll_into_view_if_needed()
    about, apart = (widget.locator("p.live-interval__says").nth(place) for place in (0, 1))
    expect(about).to_have_text("9 of 10 are 90.0%. The 95% interval goes from 59.6% to 98.2%.")
    expect(apart).to_contain_text("With the same questions for both, about 89 show the difference")
    expect(apart).to_contain_text("each model needs about 118.")
    tab_to(page, "live-interval input[type=range][aria-label^=Questions]")
    wide = width(page)
    page.keyboard.press("End")  # moved by its slider, the number of questions keeps the share
    expect(about).to_contain_text("900 of 1,000 are 90.0%.")
    assert width(page) < wide / 5
    expect(widget.get_by_role("img")).to_have_attribute("aria-label", about.inner_text())
    expect(widget.get_by_role("status")).to_contain_text("900 of 1,000 are 90.0%.")
    right = widget.get_by_label("Right answers", exact=True)
    right.fill("1001")
    expect(about).to_have_text("Right answers: write a whole number from 0 to 1,000.")
    expect(right).to_have_attribute("aria-invalid", "true")
    for bad in ("2.5", "-1", ""):
        right.fill(bad)
        expect(about).to_have_text("Right answers: write a whole number from 0 to 1,000.")
    right.fill("0")
    expect(about).to_contain_text("from 0.0% to 0.4%.")
    widget.get_by_label("of so many questions").fill("0")
    expect(about).to_have_text("Questions: write a whole number from 1 to 1,000,000.")
    widget.get_by_label("the other on").fill("95")
    expect(apart).to_have_text("Equal shares: no number of questions tells them apart.")
    widget.get_by_label("the other on").fill("60")
    expect(apart).to_contain_text("right on 35.0% to 45.0% of the same questions")
    widget.get_by_label("One is right on").fill("200")
    expect(apart).to_have_text("The first share: write a number from 0 to 100.")
    assert faults_of(page, widget) == []
    assert visited.complaints == []


def test_without_a_script_it_shows_what_the_page_printed(real_url, unscripted):
    page = unscripted(real_url + PAGE)
    cells = page.locator("live-interval tbody td").all_inner_texts()
    assert cells == ["60% to 98%", "89", "118"]
