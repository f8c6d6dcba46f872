"""The short path of a page as a reader sees it: closed headings, a switch, addresses that open them."""

import re

import pytest
from playwright.sync_api import Page, expect

from visiting import axe

LESSON = "lesson-4/conclusion/"  # the shortest
LONGEST = "lesson-4/prompting/"
CORE = "five-mistakes-that-give-no-error"
DEEPER = "what-carries-over-row-by-row"
INNER, AROUND = "when-you-prompt", "questions-readers-ask"


def choice(page: Page, name: str):
    return page.get_by_role("group", name="How much of this page is shown").get_by_role(
        "button", name=name
    )


def body_of(page: Page, heading: str):
    return page.locator(f"#{heading}--deeper")


def test_a_first_reader_sees_the_core_and_opens_the_rest_by_key_click_and_search(real_url, visit):
    seen = visit(real_url)
    page = seen.go(LESSON)
    expect(choice(page, "Short")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name="Five mistakes")).to_be_visible()
    expect(page.locator(f"#{CORE} + p")).to_be_visible()
    for heading in page.locator(".deeper__heading:not(.deeper *)").all():
        expect(heading).to_be_visible()
        expect(heading.get_by_role("button")).to_have_attribute("aria-expanded", "false")
    assert page.locator("article .deeper:visible").count() == 0

    # By key, which opens one section alone.
    button = page.locator(f"#{DEEPER}").get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(body_of(page, DEEPER)).to_be_visible()
    assert page.locator("article .deeper:visible").count() == 1
    page.keyboard.press("Space")
    expect(body_of(page, DEEPER)).to_be_hidden()

    # By a click beside the heading.
    heading = page.locator(f"#{DEEPER}")
    heading.scroll_into_view_if_needed()
    box = heading.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    expect(body_of(page, DEEPER)).to_be_visible()
    button.click()

    # By the browser's own search.
    body = body_of(page, DEEPER)
    expect(body).to_have_attribute("hidden", "until-found")
    body.evaluate("e => e.dispatchEvent(new Event('beforematch'))")
    expect(button).to_have_attribute("aria-expanded", "true")

    # The table of contents lists what is shown.
    page.set_viewport_size({"width": 1440, "height": 900})
    inner = page.locator(f".md-sidebar--secondary a[href='#{INNER}']")
    expect(inner).to_be_hidden()
    page.locator(f"#{AROUND}").get_by_role("button").click()
    expect(inner).to_be_visible()
    assert seen.complaints == []


def test_everything_is_shown_when_asked_for_and_on_the_next_visit_and_hinders_nobody(
    real_url, visit
):
    page = visit(real_url, viewport={"width": 1440, "height": 900}).go(LESSON)
    choice(page, "Everything").click()
    expect(body_of(page, DEEPER)).to_be_visible()
    page.reload()
    expect(choice(page, "Everything")).to_have_attribute("aria-pressed", "true")
    expect(body_of(page, DEEPER)).to_be_visible()
    outer = page.locator(f"#{CORE} + p").evaluate("e => e.getBoundingClientRect().width")
    inner = page.locator(f"#{DEEPER}--deeper > p").first.evaluate(
        "e => e.getBoundingClientRect().width"
    )
    assert inner == outer, "lines of deeper sections are as long as others"
    assert axe(page) == []
    choice(page, "Short").click()
    page.reload()
    expect(choice(page, "Short")).to_have_attribute("aria-pressed", "true")
    expect(body_of(page, DEEPER)).to_be_hidden()
    assert page.evaluate("localStorage.getItem('course:everything')") is None


def test_an_address_opens_what_it_leads_into(real_url, visit):
    seen = visit(real_url)
    page = seen.go(f"{LESSON}#{INNER}")
    expect(page.locator(f"#{INNER}")).to_be_in_viewport()
    expect(body_of(page, AROUND)).to_be_visible()
    page.goto("about:blank")
    page = seen.go(LESSON)
    link = f"a[href='#{DEEPER}']"
    for _ in range(2):  # the second time the address is there already
        page.locator(f"article {link}, .md-nav--secondary {link}").first.evaluate("e => e.click()")
        expect(body_of(page, DEEPER)).to_be_visible()
        page.locator(f"#{DEEPER}").get_by_role("button").click()
        expect(body_of(page, DEEPER)).to_be_hidden()


@pytest.mark.parametrize(
    ("place", "heading", "width", "height"),
    [
        (LESSON, CORE, 390, 844),
        *(
            pytest.param(LONGEST, heading, *size, marks=pytest.mark.nightly)
            for size in ((390, 844), (1440, 900))
            for heading in ("step-by-step", "check-yourself")
        ),
    ],
)
def test_an_address_of_the_core_is_where_a_reader_arrives(
    real_url, visit, place, heading, width, height
):
    page = visit(real_url, viewport={"width": width, "height": height}).go(f"{place}#{heading}")
    expect(page.locator(f"#{heading}")).to_be_in_viewport()
    assert page.locator(f"#{heading}").bounding_box()["y"] < height / 4


def test_without_scripts_everything_is_shown(real_url, unscripted):
    page = unscripted(real_url + LESSON)
    for body in page.locator("article .deeper").all():
        expect(body).to_be_visible()
    expect(page.locator(".shown")).to_have_text(re.compile(r"^\d+ min to read$"))
    expect(page.locator(".shown button")).to_have_count(0)


@pytest.mark.nightly
@pytest.mark.parametrize("everything", [False, True], ids=["short", "everything"])
def test_nothing_hinders_a_reader_in_either_form(real_url, visit, everything):
    page = visit(real_url).go(LONGEST)
    if everything:
        choice(page, "Everything").click()
    assert axe(page) == []
