"""The self-test as a tool: folded sections, one question again, ten at random, results."""

import pytest
from playwright.sync_api import Page, expect

from visiting import QUESTIONS, axe

SELF_TEST = "lesson-4/self-test/"


def headings(page: Page):
    return page.locator(".self-test__heading button")


def test_ten_at_random_are_ten_of_all_and_else_sections_fold_and_one_is_open_at_a_time(
    real_url, visit
):
    seen = visit(real_url)
    page = seen.go(SELF_TEST)
    expect(page.locator("check-yourself:visible")).to_have_count(0)
    page.get_by_role("button", name="Ten at random").click()
    expect(page.locator("check-yourself:visible")).to_have_count(10)
    expect(page.get_by_role("button", name="Ten at random")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="All questions").click()
    expect(page.locator("check-yourself:visible")).to_have_count(0)
    for number in (1, 2):
        headings(page).nth(number).focus()
        page.keyboard.press("Enter")
        expect(headings(page).nth(number)).to_have_attribute("aria-expanded", "true")
        assert page.locator(".self-test__heading [aria-expanded=true]").count() == 1
    expect(page.locator(".self-test__section:visible")).to_have_count(1)
    assert seen.complaints == []


def test_one_question_can_be_tried_again_and_the_result_says_where_to_read_again(real_url, visit):
    page = visit(real_url).go(SELF_TEST)
    expect(page.locator(".self-test__result li")).to_have_count(QUESTIONS)
    headings(page).first.click()
    for number in (1, 2):
        page.locator(f"#question-{number} .quiz__choice--wrong summary").first.click()
    score = page.locator(".self-test__score output")
    expect(score).to_have_text(f"2 of {QUESTIONS} answered, 0 right")
    page.locator("#question-1").get_by_role("button", name="Try this one again").click()
    expect(score).to_have_text(f"1 of {QUESTIONS} answered, 0 right")
    page.locator("#question-1 .quiz__choice--right summary").click()
    expect(score).to_have_text(f"2 of {QUESTIONS} answered, 1 right")
    expect(score).to_be_in_viewport()

    headings(page).nth(1).click()
    question = page.locator(".self-test__section:visible check-yourself").first
    question.locator(".quiz__choice--wrong summary").first.click()
    expect(page.locator(".self-test__not-quite")).to_have_count(2)
    line = page.locator(".self-test__not-quite").last
    expect(line).to_contain_text(": not quite - read Tokenization again")
    assert line.locator("a").get_attribute("href").endswith("/lesson-4/tokenization/")
    expect(page.locator(".self-test__count").nth(1)).to_contain_text("0 of ")
    expect(page.locator(".self-test__count").first).to_contain_text("1 of ")


def test_only_pages_that_were_read_are_asked_about(real_url, visit):
    seen = visit(real_url)
    seen.page.add_init_script(
        """localStorage.setItem('course:progress', JSON.stringify({v: 1, answers: {}, pages: {
            'lesson-4/tokenization/': {path: 'lesson-4/tokenization/', read: true},
            'lesson-4/prompting/': {path: 'lesson-4/prompting/', read: false}}}))"""
    )
    page = seen.go(SELF_TEST)
    page.get_by_role("button", name="Only pages I have read").click()
    shown = page.locator(".self-test__heading:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Tokenization")


def test_an_address_of_a_question_opens_its_section(real_url, visit):
    page = visit(real_url).go(f"{SELF_TEST}#question-20")
    expect(page.locator("#question-20")).to_be_visible()


@pytest.mark.parametrize(
    "opened",
    [
        pytest.param(False, id="folded", marks=pytest.mark.nightly),  # by day the bars see it so
        pytest.param(True, id="open"),
    ],
)
def test_nothing_hinders_a_reader_of_the_self_test(real_url, visit, opened):
    page = visit(real_url).go(SELF_TEST)
    expect(page.locator("check-yourself:visible")).to_have_count(0)  # it is a tool by now
    if opened:
        headings(page).first.click()
        page.locator("#question-1 summary").first.click()
    assert axe(page) == []
