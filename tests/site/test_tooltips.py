"""Definitions of terms where the terms stand: by keyboard, mouse and finger, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from visiting import SAMPLE, Visit, axe, tab_to

TIP = ".term-tip"
MOMENT = 500  # milliseconds, longer than the script waits before it opens or closes one
TERM = "a.term[href$='#token-id']"
TEXT = re.compile("The number of a token in a vocabulary.")


def opened(page: Page) -> None:
    expect(page.locator(TIP)).to_be_visible()
    expect(page.locator(TIP)).to_contain_text(TEXT)


def stopped(seen: Visit) -> Page:
    """Show the page with its clock stopped: time passes where a test says so, and nowhere else."""
    seen.page.clock.install()
    page = seen.go(SAMPLE)
    page.clock.pause_at("2100-01-01")
    return page


def test_the_keyboard_opens_a_definition_escape_closes_it_and_the_focus_stays(sample_url, visit):
    seen = visit(sample_url, reduced_motion="reduce")
    page = seen.go(SAMPLE)
    tab_to(page, TERM)
    opened(page)
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(TIP)).to_have_count(0)
    assert page.evaluate("s => document.activeElement.matches(s)", TERM)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    opened(page)
    page.keyboard.press("Tab")
    expect(page.locator(TIP)).to_have_count(0)
    assert seen.complaints == []


def test_a_screen_reader_is_told_the_definition_of_the_focused_term(sample_url, visit):
    """And all definitions come once, with the first term that is looked at."""
    seen = visit(sample_url)
    page, asked = seen.go(SAMPLE), seen.asked
    seen.settle()
    assert "terms.json" not in "".join(asked), (
        "the definitions come with the first that is looked at"
    )
    link = page.locator(TERM)
    status = page.locator("[role=status].visually-hidden:not(.code-bar__said)")
    link.focus()
    expect(link).to_have_accessible_description(TEXT)
    assert page.locator(TIP).get_attribute("role") == "tooltip"
    expect(status).to_have_text(TEXT)  # it came after the link was read, so it is announced
    page.locator("a.term").first.focus()
    expect(link).not_to_have_attribute("aria-describedby", re.compile("."))
    link.focus()
    expect(link).to_have_accessible_description(TEXT)
    expect(status).to_have_text("")  # now it was there at once, and belongs to the link
    for other in page.locator("a.term").all():
        other.focus()
        expect(page.locator(TIP)).to_be_visible()
    assert len([url for url in asked if url.endswith("/glossary/terms.json")]) == 1


def test_a_pointer_opens_a_definition_and_can_rest_on_it_and_one_that_passes_opens_nothing(
    sample_url, visit
):
    page = stopped(visit(sample_url))
    page.locator(TERM).hover()
    page.clock.run_for(MOMENT)
    opened(page)
    page.locator(TIP).hover()
    page.clock.run_for(MOMENT)
    opened(page)
    page.mouse.move(5, 5)
    page.clock.run_for(MOMENT)
    expect(page.locator(TIP)).to_have_count(0)
    page.locator(TERM).hover()
    page.clock.run_for(MOMENT)
    opened(page)
    page.keyboard.press("Escape")
    expect(page.locator(TIP)).to_have_count(0)
    page.mouse.move(5, 5)
    page.clock.run_for(MOMENT)

    page.locator(TERM).hover()  # the definitions have come: none is only late
    page.clock.run_for(100)
    assert page.locator(TIP).count() == 0
    page.mouse.move(5, 5)
    page.clock.run_for(MOMENT)
    assert page.locator(TIP).count() == 0


def test_a_tap_opens_a_definition_and_a_second_one_the_glossary(sample_url, visit):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    seen = visit(sample_url, **phone)
    page = seen.go(SAMPLE)
    link = page.locator(TERM)
    link.tap()
    opened(page)
    box = page.locator(TIP).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(TIP)).to_contain_text("Tap the term again to open the glossary.")
    page.locator("h1").tap()
    expect(page.locator(TIP)).to_have_count(0)
    link.tap()
    opened(page)
    link.tap()
    page.wait_for_url("**/glossary/#token-id")
    assert seen.complaints == []


@pytest.mark.nightly  # by day a second tap does, and without scripts a click
def test_a_click_and_the_enter_key_follow_the_link(sample_url, visit):
    page = visit(sample_url).go(SAMPLE)
    page.locator(TERM).click()
    page.wait_for_url("**/glossary/#token-id")
    page.go_back()
    page.locator("a.term[href$='#tokenizer']").press("Enter")
    page.wait_for_url("**/glossary/#tokenizer")


def test_without_javascript_a_term_leads_to_its_entry(sample_url, unscripted):
    page = unscripted(sample_url + SAMPLE)
    page.locator(TERM).click()
    page.wait_for_url("**/glossary/#token-id")
    assert page.locator("#token-id").inner_text().startswith("token id")


@pytest.mark.nightly
def test_where_the_definitions_cannot_be_had_the_link_still_works(sample_url, visit):
    page = visit(sample_url).page
    page.route("**/terms.json", lambda route: route.abort())
    page.goto(sample_url + SAMPLE)
    with page.expect_event("requestfailed"):
        page.locator(TERM).focus()
    page.evaluate("new Promise(done => setTimeout(done))")  # behind what waited for the answer
    expect(page.locator(TIP)).to_have_count(0)
    page.locator(TERM).press("Enter")
    page.wait_for_url("**/glossary/#token-id")


@pytest.mark.nightly
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_definition_has_no_serious_accessibility_fault(scheme, sample_url, visit):
    seen = visit(sample_url, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page = seen.go(SAMPLE)
    page.locator(TERM).focus()
    opened(page)
    assert axe(page) == []


@pytest.mark.nightly
def test_a_definition_stays_on_the_screen_at_its_edges(sample_url, visit):
    page = visit(sample_url, viewport={"width": 390, "height": 300}).go(SAMPLE)
    for at_bottom in (False, True):
        page.evaluate(
            "([s, end]) => document.querySelector(s).scrollIntoView({block: end ? 'end' : 'center'})",
            [TERM, at_bottom],
        )
        page.locator(TERM).focus()
        opened(page)
        box = page.locator(TIP).bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 300
        page.keyboard.press("Escape")
        page.locator(TERM).blur()
