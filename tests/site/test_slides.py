"""The hour as slides: one section at a time, by keys and buttons, and outputs that wait."""

from playwright.sync_api import Page, expect

from visiting import axe

HOUR = "lesson-4/teach/"


def started(real_url, visit) -> Page:
    page = visit(real_url).go(HOUR)
    page.get_by_role("button", name="Show as slides").click()
    expect(page.get_by_role("toolbar", name="Slides")).to_be_visible()
    return page


def test_slides_show_a_section_at_a_time_without_what_is_for_the_teacher(real_url, visit):
    page = started(real_url, visit)
    expect(page.locator("h2:visible")).to_have_count(1)
    expect(page.locator("h2:visible")).to_contain_text("what a language model is")
    expect(page.locator("h2:visible")).to_be_focused()
    expect(page.locator(".notes:visible")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text=" of ")).to_have_text("1 of 11")
    page.keyboard.press("ArrowLeft")  # nothing stands before the first
    expect(page.locator("h2:visible")).to_contain_text("what a language model is")


def test_what_a_block_prints_waits_for_the_next_press(real_url, visit):
    page = started(real_url, visit)
    page.keyboard.press("ArrowRight")
    expect(page.locator("h2:visible")).to_contain_text("text becomes numbers")
    output = page.locator(".slide--shown .language-output").first
    expect(output).to_be_hidden()
    page.keyboard.press("PageDown")
    expect(output).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("h2:visible")).to_contain_text("how you ask")
    page.get_by_role("button", name="Back").click()
    expect(page.locator("h2:visible")).to_contain_text("text becomes numbers")


def test_escape_leads_back_to_the_page_with_everything_on_it(real_url, visit):
    page = started(real_url, visit)
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


def test_the_last_slide_is_the_end(real_url, visit):
    page = started(real_url, visit)
    for _ in range(60):
        page.keyboard.press("PageDown")
    expect(page.locator("h2:visible")).to_contain_text("Exercises")


def test_slides_can_be_used_by_everybody(real_url, visit):
    page = started(real_url, visit)
    assert axe(page) == []


def test_keys_mean_what_they_always_do_while_no_slides_are_shown(real_url, visit):
    page = visit(real_url).go(HOUR)
    page.keyboard.press("ArrowRight")
    expect(page.locator("article h2:visible")).to_have_count(12)
