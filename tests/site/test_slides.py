"""The hour as slides: one section at a time, by keys and buttons, and outputs that wait."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from visiting import axe

HOUR = "lesson-4/teach/"


# Whether the lower end of an element lies above the bar of the slides.
WHOLE = """e => e.isConnected && e.getClientRects().length > 0 &&
    e.getBoundingClientRect().bottom <=
        document.querySelector(".slides__bar").getBoundingClientRect().top + 1"""


def started(real_url, visit, **options) -> Page:
    page = visit(real_url, **options).go(HOUR)
    page.get_by_role("button", name="Show as slides").click()
    expect(page.get_by_role("toolbar", name="Slides")).to_be_visible()
    return page


def until(page: Page, there: Callable[[], bool], press: Callable[[], None] | None = None) -> None:
    """Press on until something is there."""
    for _ in range(100):
        if there():
            return
        (press or (lambda: page.keyboard.press("PageDown")))()
    pytest.fail("it did not come")


SIZE = "() => parseFloat(getComputedStyle(document.querySelector('article p')).fontSize)"


def test_slides_show_a_section_at_a_time_in_large_letters_and_escape_leads_back(real_url, visit):
    page = visit(real_url).go(HOUR)
    page.keyboard.press("ArrowRight")  # keys mean what they always do while no slides are shown
    expect(page.locator("article h2:visible")).to_have_count(12)
    before = page.evaluate(SIZE)
    page.get_by_role("button", name="Show as slides").click()
    expect(page.get_by_role("toolbar", name="Slides")).to_be_visible()
    assert page.evaluate(SIZE) > 1.2 * before
    expect(page.locator("h2:visible")).to_have_count(1)
    expect(page.locator("h2:visible")).to_contain_text("what a language model is")
    expect(page.locator("h2:visible")).to_be_focused()
    expect(page.locator(".notes:visible")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text=" of ")).to_have_text("1 of 11")
    page.keyboard.press("ArrowLeft")  # nothing stands before the first
    expect(page.locator("h2:visible")).to_contain_text("what a language model is")
    assert axe(page) == []

    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar", name="Slides")).to_be_hidden()
    expect(page.locator("article h2:visible")).to_have_count(12)
    assert page.locator(".notes:visible").count() == page.locator(".notes").count() > 5
    assert (
        page.locator(".language-output:visible").count() == page.locator(".language-output").count()
    )
    expect(page.get_by_role("button", name="Show as slides")).to_be_focused()


def test_what_a_block_prints_waits_for_the_next_press(real_url, visit):
    page = started(real_url, visit)
    page.keyboard.press("ArrowRight")
    expect(page.locator("h2:visible")).to_contain_text("text becomes numbers")
    output = page.locator(".slide--shown .language-output").first
    expect(output).to_be_hidden()
    until(page, output.is_visible)
    next_one = page.locator("h2:visible").filter(has_text="how you ask")
    until(page, next_one.is_visible, lambda: page.get_by_role("button", name="Next").click())
    page.get_by_role("button", name="Back").click()
    expect(page.locator("h2:visible")).to_contain_text("text becomes numbers")


@pytest.mark.nightly
def test_no_press_passes_over_what_has_not_been_on_the_screen(real_url, visit):
    page = started(real_url, visit, viewport={"width": 1000, "height": 500})
    question = page.locator(".slide p", has_text="Join the most frequent pair")
    page.keyboard.press("ArrowRight")
    until(page, page.locator("h2:visible", has_text="text becomes numbers").is_visible)
    expect(question).not_to_be_in_viewport()
    seen = []

    def there():
        seen.append(question.evaluate(WHOLE))
        return page.locator("h2:visible", has_text="how you ask").is_visible()

    until(page, there)
    assert any(seen[:-1]), (
        "the question below the last output was on the screen before the slide ended"
    )


@pytest.mark.nightly
def test_none_are_offered_before_their_style_has_come(real_url, visit):
    seen = visit(real_url)
    seen.page.route("**/slides.css", lambda route: route.abort())
    page = seen.go(HOUR)
    seen.settle()
    expect(page.get_by_role("button", name="Show as slides")).to_have_count(0)


@pytest.mark.nightly
def test_lines_of_code_that_are_wider_than_a_slide_wrap(real_url, visit):
    page = started(real_url, visit, viewport={"width": 700, "height": 800})
    until(page, page.locator("h2:visible", has_text="it learns your task").is_visible)
    for code in page.locator(".slide--shown pre > code").all():
        assert code.evaluate("e => e.scrollWidth <= e.clientWidth"), code.inner_text()[:80]


@pytest.mark.nightly
def test_the_last_slide_is_the_end(real_url, visit):
    page = started(real_url, visit)
    for _ in range(120):
        page.keyboard.press("PageDown")
    expect(page.locator("h2:visible")).to_contain_text("Exercises")
