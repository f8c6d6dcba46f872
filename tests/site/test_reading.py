"""A page as it is read: by keyboard at 200 % zoom, on a phone, aloud."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from visiting import SAMPLE

LESSON = "lesson-4/prompting/"
ZOOMED = {"width": 640, "height": 450}  # 1280 pixels at 200 %
PHONE = {"width": 390, "height": 844}
SIZES = [
    pytest.param(PHONE, id="phone"),
    pytest.param(ZOOMED, id="zoomed", marks=pytest.mark.nightly),
]
# What has the focus, and whether a reader sees it.
FOCUS = """() => {
    const one = document.activeElement;
    // The switch of the colors has no size; the label behind it shows the focus.
    const seen = one.matches('.md-option') ? one.nextElementSibling : one;
    const box = seen.getBoundingClientRect();
    const inside = box.right > 0 && box.left < innerWidth && box.width * box.height > 0;
    return [document.activeElement.outerHTML.slice(0, 200), inside];
}"""


def later(*values: str) -> list[Any]:
    """Those that the nightly run tries, too."""
    return [pytest.param(value, marks=pytest.mark.nightly) for value in values]


# By day the bars give the focus to each stop of each page, zoomed, and of some on a phone, and look.
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["", *later(LESSON, "lesson-4/self-test/")])
def test_the_keyboard_never_leaves_the_screen(size, path, real_url, visit):
    page = visit(real_url, viewport=size, reduced_motion="reduce").go(path)
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        element, visible = page.evaluate(FOCUS)
        assert visible, element
        seen.add(element)
    assert len(seen) > 15


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", ["Enter", *later("Space")])
def test_the_menu_opens_and_closes_by_key_and_gives_the_focus_back(size, key, sample_url, visit):
    page = visit(sample_url, viewport=size, reduced_motion="reduce").go(SAMPLE)
    menu = page.get_by_role("button", name="Menu")
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.focus()
    page.keyboard.press(key)
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.wait_for_function("() => document.activeElement.closest('.md-sidebar--primary') !== null")
    expect(page.locator(".md-sidebar--primary a[href]").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()


# Whether a reader sees what has the focus: it lies on top, and not below another list of the menu.
ON_TOP = """() => {
    const box = document.activeElement.getBoundingClientRect();
    const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    return document.activeElement.contains(top);
}"""


def test_the_menu_leads_by_key_from_a_part_of_the_course_to_all_others(sample_url, visit):
    page = visit(sample_url, viewport=ZOOMED, reduced_motion="reduce").go(SAMPLE)
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.closest('.md-sidebar--primary') !== null")
    assert page.evaluate(ON_TOP), "the part's own pages lie over all others"
    # Of its part the small course has this page alone, so there is no other to go to.
    expect(page.get_by_role("button", name="All parts")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Lesson 4"
    names = []
    while "Glossary" not in names:
        page.keyboard.press("Tab")
        assert page.evaluate(ON_TOP)
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert len(names) < 8


def test_the_keyboard_stops_at_the_switch_of_the_colors_from_both_sides(sample_url, visit):
    page = visit(sample_url, reduced_motion="reduce").go(SAMPLE)
    page.locator(".md-search__input").focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.matches('.md-option')")
    element, visible = page.evaluate(FOCUS)
    assert visible, element


@pytest.mark.nightly
def test_a_menu_left_open_does_not_lock_a_page_that_becomes_wide(sample_url, visit):
    page = visit(sample_url, viewport=PHONE).go(SAMPLE)
    page.get_by_role("button", name="Menu").click()
    inert = "document.querySelector('.md-content').inert"
    assert page.evaluate(inert)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function(f"() => !{inert}")


def test_the_menu_opens_for_a_pointer_without_scripts(sample_url, unscripted):
    page = unscripted(sample_url + SAMPLE, PHONE)
    page.locator("label.md-header__button[for='__drawer']").click()
    expect(page.locator(".md-sidebar--primary a[href]:visible").first).to_be_visible()


def text_of_headings(page: Page) -> list[str]:
    return re.findall(r'heading "([^"]*)"', page.locator("main").aria_snapshot())


def test_a_heading_is_read_as_its_words(sample_url, still):
    headings = text_of_headings(still(sample_url + SAMPLE))
    assert len(headings) >= 2
    assert not [name for name in headings if "¶" in name or "Link to" in name]


def test_the_number_of_results_is_said_and_escape_gives_the_focus_back(sample_url, visit):
    page = visit(sample_url).go(SAMPLE)
    link = page.locator(".md-content a.term").first
    link.focus()
    page.keyboard.press("/")
    page.keyboard.type("half", delay=15)
    expect(page.get_by_role("search").get_by_role("status")).to_contain_text("matching")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
