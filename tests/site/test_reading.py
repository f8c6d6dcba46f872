"""A page as it is read: by keyboard at 200 % zoom, on paper, on a phone, aloud, in lines not too long."""

import re
import statistics

import pytest
from playwright.sync_api import Page, expect

from visiting import SAMPLE

LESSON = "lesson-4/prompting/"
ZOOMED = {"width": 640, "height": 450}  # 1280 pixels at 200 %
PHONE = {"width": 390, "height": 844}
OFF_SCREEN = """() => {
    const one = document.activeElement;
    // The switch of the colors has no size; the label behind it shows the focus.
    const seen = one.matches('.md-option') ? one.nextElementSibling : one;
    const box = seen.getBoundingClientRect();
    const inside = box.right > 0 && box.left < innerWidth && box.width * box.height > 0;
    return inside ? null : document.activeElement.outerHTML.slice(0, 120);
}"""
COLORS = """() => Object.fromEntries(
    ['.md-content p', 'pre > code', '.card', '.md-content a[href]', 'h1', 'figcaption'].map(s => {
        const style = getComputedStyle(document.querySelector(s));
        return [s, [style.color, style.backgroundColor, style.borderTopColor]];
    }))"""


@pytest.mark.parametrize("size", [ZOOMED, PHONE], ids=["zoomed", "phone"])
@pytest.mark.parametrize("path", ["", LESSON, "lesson-4/self-test/"])
def test_the_keyboard_never_leaves_the_screen(size, path, real_url, visit):
    page = visit(real_url, viewport=size, reduced_motion="reduce").go(path)
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(OFF_SCREEN) is None
        seen.add(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
    assert len(seen) > 15


@pytest.mark.parametrize("size", [ZOOMED, PHONE], ids=["zoomed", "phone"])
@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_menu_opens_and_closes_by_key_and_gives_the_focus_back(size, key, sample_url, visit):
    page = visit(sample_url, viewport=size, reduced_motion="reduce").go(SAMPLE)
    menu = page.get_by_role("button", name="Menu")
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.focus()
    page.keyboard.press(key)
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.wait_for_function("document.activeElement.closest('.md-sidebar--primary') !== null")
    expect(page.locator(".md-sidebar--primary a[href]").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()


def test_a_menu_left_open_does_not_lock_a_page_that_becomes_wide(sample_url, visit):
    page = visit(sample_url, viewport=PHONE).go(SAMPLE)
    page.get_by_role("button", name="Menu").click()
    inert = "document.querySelector('.md-content').inert"
    assert page.evaluate(inert)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function(f"!{inert}")


def test_the_menu_opens_for_a_pointer_without_scripts(sample_url, visit):
    page = visit(sample_url, viewport=PHONE, java_script_enabled=False).go(SAMPLE)
    page.locator("label.md-header__button[for='__drawer']").click()
    expect(page.locator(".md-sidebar--primary a[href]:visible").first).to_be_visible()


def test_on_paper_the_colors_are_those_of_a_light_screen(real_url, visit):
    found = {}
    for scheme in ("light", "dark"):
        page = visit(real_url, color_scheme=scheme, reduced_motion="reduce").go(LESSON)
        page.emulate_media(media="print", color_scheme=scheme)
        found[scheme] = page.evaluate(COLORS)
    assert found["dark"] == found["light"]


def test_no_button_is_printed_and_no_answer_of_a_question_is_open(real_url, visit):
    page = visit(real_url).go(LESSON)
    page.locator(".code-bar").first.wait_for(state="attached")
    page.emulate_media(media="print")
    buttons = page.locator(
        ".md-content button:not(:is(h2, h3) > *):visible"
    )  # a heading may be one
    assert buttons.count() == 0
    assert page.locator(".md-content .headerlink:visible").count() == 0
    assert page.locator(".quiz__why:visible").count() == 0
    assert page.locator("details.note > :not(summary):visible").count() > 3, (
        "notes are printed open"
    )


def text_of_headings(page: Page) -> list[str]:
    return re.findall(r'heading "([^"]*)"', page.locator("main").aria_snapshot())


def test_a_heading_is_read_as_its_words(sample_url, visit):
    headings = text_of_headings(visit(sample_url).go(SAMPLE))
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


LINES = """() => {
    const lines = [];
    for (const text of document.querySelectorAll('.md-content__inner > p, .hero > div > p, .doors p')) {
        const range = document.createRange();
        const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
        let bottom = null, count = 0;
        const own = [];
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (let i = 0; i < node.length; i++) {
                range.setStart(node, i);
                range.setEnd(node, i + 1);
                const box = range.getBoundingClientRect();
                if (bottom !== null && box.top > bottom - 4) { own.push(count); count = 0; }
                if (box.height) bottom = box.bottom;
                count += 1;
            }
        }
        lines.push(...own);  // the last line of a paragraph is not a full one
    }
    return lines.slice(0, 60);
}"""


@pytest.mark.parametrize("path", ["", LESSON])
def test_a_line_of_prose_has_at_most_eighty_characters(path, real_url, visit):
    page = visit(real_url, viewport={"width": 1440, "height": 900}).go(path)
    lines = page.evaluate(LINES)
    assert len(lines) > 5
    assert statistics.median(lines) <= 80


@pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "wide"])
def test_all_code_has_one_size(size, real_url, visit):
    page = visit(real_url, viewport=size).go(LESSON)
    sizes = page.evaluate(
        "[...new Set([...document.querySelectorAll('pre > code')].map(e => getComputedStyle(e).fontSize))]"
    )
    assert sizes == ["13px"]


def test_on_a_phone_what_was_printed_wraps(real_url, visit):
    page = visit(real_url, viewport=PHONE).go(LESSON)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = page.evaluate(
        """[...document.querySelectorAll('.highlight.language-output pre > code')]
            .filter(e => e.scrollWidth > e.clientWidth + 1).length"""
    )
    assert wide == 0
