"""What a reader has read and answered: kept in the browser, shown beside pages, taken along, cleared."""

import json
import shutil
import time

import pytest
from playwright.sync_api import Page, Route, expect

from visiting import QUESTIONS, Visit, serve

LESSON = "lesson-4/prompting/"
SELF_TEST = "lesson-4/self-test/"
RECORD = "course:progress"


def record(page: Page) -> dict:
    return json.loads(page.evaluate(f"localStorage.getItem('{RECORD}') ?? '{{}}'"))


def mark(page: Page, name: str):
    return page.locator(".md-nav--primary a.md-nav__link", has_text=name).locator(".progress").first


def scroll(page: Page) -> None:
    page.locator("#step-by-step").scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)


def test_nothing_is_kept_or_shown_before_the_page_is_used(real_url, visit):
    page = visit(real_url).go(LESSON)
    page.wait_for_timeout(600)
    assert record(page) == {}
    assert page.locator(".progress").count() == 0


def test_a_page_is_begun_with_the_first_scroll_and_the_navigation_says_so_aloud(real_url, visit):
    seen = visit(real_url)
    page = seen.go(LESSON)
    scroll(page)
    expect(mark(page, "Prompting")).to_have_attribute("data-state", "begun")
    expect(mark(page, "Prompting")).to_have_text(", begun, 0 of 4 questions right")
    page.locator("#question-1 .quiz__choice--right summary").click()
    expect(mark(page, "Prompting")).to_have_text(", begun, 1 of 4 questions right")
    assert record(page)["pages"][LESSON]["at"]
    other = seen.go("lesson-4/evaluation/")
    expect(mark(other, "Prompting")).to_have_attribute("data-state", "begun")
    assert seen.complaints == []


def test_a_page_is_read_once_its_end_was_seen_and_a_quarter_of_its_minutes_spent(real_url, visit):
    seen = visit(real_url)
    seen.page.clock.install()
    page = seen.go(LESSON)
    page.evaluate("document.querySelector('article > :last-child').scrollIntoView()")
    page.clock.run_for(1000)
    expect(mark(page, "Prompting")).to_have_attribute("data-state", "begun")
    while mark(page, "Prompting").get_attribute("data-state") != "read":
        page.clock.run_for(
            60_000
        )  # of the page's own time; the browser sees its end when it comes to it


def test_answers_outlive_the_address_of_the_site_and_of_the_page(real, real_url, visit, tmp_path):
    first = visit(real_url).go(LESSON)
    first.locator("#question-2 .quiz__choice--right summary").click()
    kept = first.evaluate(f"localStorage.getItem('{RECORD}')")
    shutil.copytree(real.root, tmp_path / "below" / "course")
    moved = tmp_path / "below/course/lesson-4/asking"
    shutil.copytree(tmp_path / "below/course/lesson-4/prompting", moved)
    server, url = serve(tmp_path / "below")
    seen: Visit = visit(url)
    seen.page.add_init_script(f"localStorage.setItem('{RECORD}', {json.dumps(kept)})")
    for place in (LESSON, "lesson-4/asking/"):
        page = seen.go(f"course/{place}")
        expect(page.locator(".quiz-score output")).to_have_text("1 of 4 answered, 1 right")
    page = seen.go("course/lesson-4/evaluation/")
    expect(mark(page, "Prompting")).to_have_attribute("data-state", "begun")
    server.shutdown()
    server.server_close()


def test_answers_that_each_page_kept_for_itself_are_taken_over(real_url, visit):
    page = visit(real_url).go(LESSON)
    key = page.locator("check-yourself").first.get_attribute("data-key")
    page.evaluate(f"localStorage.setItem('check-yourself:/old/', JSON.stringify({{'{key}': 0}}))")
    page.reload()
    expect(page.locator(".quiz-score output")).to_contain_text("1 of 4 answered")
    assert page.evaluate("localStorage.getItem('check-yourself:/old/')") is None
    assert record(page)["answers"] == {key: 0}


def test_what_was_done_is_exported_imported_and_cleared(real_url, visit, tmp_path):
    page = visit(real_url).go(SELF_TEST)
    page.locator(".self-test__heading button").first.click()
    page.locator("#question-1 .quiz__choice--right summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export progress").click()
    file = tmp_path / "progress.json"
    download.value.save_as(file)
    exported = json.loads(file.read_text("utf-8"))

    other = visit(real_url).go(SELF_TEST)
    other.locator("input[type=file]").set_input_files(file)
    expect(other.locator(".quiz-score output")).to_contain_text(
        f"1 of {QUESTIONS} answered, 1 right"
    )
    assert record(other)["answers"] == exported["answers"]
    other.get_by_role("button", name="Clear progress").click()
    expect(other.locator(".quiz-score output")).to_have_text(f"0 of {QUESTIONS} answered")
    assert record(other) == {}


def test_what_is_cleared_right_after_a_scroll_stays_cleared(real_url, visit):
    page = visit(real_url).go(SELF_TEST)

    def late(route: Route) -> None:
        """The page comes again after what was scrolled has been noted."""
        time.sleep(0.8)
        route.continue_()

    clear = page.get_by_role("button", name="Clear progress")
    clear.scroll_into_view_if_needed()
    page.wait_for_function(f"() => localStorage.getItem('{RECORD}') !== null")
    page.route(f"**/{SELF_TEST}", late)
    page.mouse.wheel(0, -100)
    with page.expect_navigation():
        clear.click()
    assert record(page) == {}


def test_what_is_brought_is_added_to_what_is_there(real_url, visit, tmp_path):
    page = visit(real_url).go(SELF_TEST)
    keys = page.locator("check-yourself").evaluate_all("all => all.map(e => e.dataset.key)")
    page.locator(".self-test__heading button").first.click()
    page.locator("#question-1 summary").nth(1).click()
    file = tmp_path / "progress.json"
    file.write_text(json.dumps({"v": 1, "pages": {}, "answers": {keys[1]: 0}}), "utf-8")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".quiz-score output")).to_contain_text(f"2 of {QUESTIONS} answered")
    assert record(page)["answers"] == {keys[0]: 1, keys[1]: 0}


@pytest.mark.parametrize(
    "text", ["no JSON", "[]", '{"v": 2, "answers": {}}', '{"v": 1, "pages": {}, "answers": 5}']
)
def test_a_file_that_holds_no_progress_is_refused_by_its_name(real_url, visit, tmp_path, text):
    page = visit(real_url).go(SELF_TEST)
    file = tmp_path / "other.json"
    file.write_text(text, "utf-8")
    page.locator("input[type=file]").set_input_files(file)
    said = page.locator(".self-test__end [role=status]")
    expect(said).to_contain_text("other.json was not taken: ")
    expect(said).to_contain_text("Choose a file that Export has made.")
    assert record(page) == {}


def test_the_file_of_the_labs_is_sent_to_their_page(real_url, visit, tmp_path):
    page = visit(real_url).go(SELF_TEST)
    file = tmp_path / "labs.json"
    file.write_text('{"note": "", "labs": {"tokenizer": {}}}', "utf-8")
    page.locator("input[type=file]").set_input_files(file)
    said = page.locator(".self-test__end [role=status]")
    expect(said).to_contain_text("it is the file of the labs, and their own page imports it")
    assert record(page) == {}


def test_without_scripts_or_storage_nothing_of_it_shows(real_url, unscripted):
    page = unscripted(real_url + SELF_TEST)
    assert page.locator(".progress, .self-test__choices, .self-test__end").count() == 0
    expect(page.locator(".self-test")).to_be_hidden()
    expect(page.locator("#question-40")).to_be_visible()


@pytest.mark.parametrize("place", ["", "404.html"])
def test_home_and_a_wrong_address_lead_back_to_where_a_reader_was(real_url, visit, place):
    seen = visit(real_url)
    page = seen.go(place)
    expect(page.locator(".resume")).to_be_hidden()
    page = seen.go(LESSON)
    scroll(page)
    expect(mark(page, "Prompting")).to_be_visible()
    at = record(page)["pages"][LESSON]["at"]
    link = seen.go(place).get_by_role("link", name="Go on where you were: Prompting")
    link.click()
    expect(seen.page).to_have_url(f"{real_url}{LESSON}#{at}")
    assert seen.complaints == []
