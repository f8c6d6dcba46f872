"""What a reader has read and answered: kept in the browser, shown beside pages, taken along, cleared."""

import json
import shutil
import time

import pytest
from playwright.sync_api import Page, Route, expect

from visiting import QUESTIONS, Visit, serve

LESSON, TITLE = "lesson-4/conclusion/", "Conclusion"  # the shortest
OTHER = "lesson-4/teach/"
SELF_TEST = "lesson-4/self-test/"
RECORD = "course:progress"


def record(page: Page) -> dict:
    return json.loads(page.evaluate(f"localStorage.getItem('{RECORD}') ?? '{{}}'"))


def mark(page: Page, name: str):
    return page.locator(".md-nav--primary a.md-nav__link", has_text=name).locator(".progress").first


def scroll(page: Page) -> None:
    page.locator("#in-short").scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)


def test_a_page_is_begun_with_the_first_scroll_and_not_before_and_the_navigation_says_so_aloud(
    real_url, visit
):
    seen = visit(real_url)
    page = seen.go(LESSON)
    page.wait_for_timeout(600)
    assert record(page) == {}
    assert page.locator(".progress").count() == 0
    scroll(page)
    expect(mark(page, TITLE)).to_have_attribute("data-state", "begun")
    expect(mark(page, TITLE)).to_have_text(", begun, 0 of 3 questions right")
    page.locator("#question-1 .quiz__choice--right summary").click()
    expect(mark(page, TITLE)).to_have_text(", begun, 1 of 3 questions right")
    assert record(page)["pages"][LESSON]["at"]
    other = seen.go(OTHER)
    expect(mark(other, TITLE)).to_have_attribute("data-state", "begun")
    assert seen.complaints == []


def test_a_page_is_read_once_its_end_was_seen_and_a_quarter_of_its_minutes_spent(real_url, visit):
    seen = visit(real_url)
    seen.page.clock.install()
    page = seen.go(LESSON)
    page.evaluate("document.querySelector('article > :last-child').scrollIntoView()")
    page.clock.run_for(1000)
    expect(mark(page, TITLE)).to_have_attribute("data-state", "begun")
    while mark(page, TITLE).get_attribute("data-state") != "read":
        page.clock.run_for(
            60_000
        )  # of the page's own time; the browser sees its end when it comes to it


def test_answers_outlive_the_address_of_the_site_and_of_the_page(real, real_url, visit, tmp_path):
    first = visit(real_url).go(LESSON)
    first.locator("#question-2 .quiz__choice--right summary").click()
    kept = first.evaluate(f"localStorage.getItem('{RECORD}')")
    site = tmp_path / "below/course"
    most = shutil.ignore_patterns("dist", "lesson-5", "models", "reference")
    shutil.copytree(real.root, site, ignore=most)
    shutil.copytree(site / LESSON, site / "lesson-4/asking")
    server, url = serve(tmp_path / "below")
    seen: Visit = visit(url)
    seen.page.add_init_script(f"localStorage.setItem('{RECORD}', {json.dumps(kept)})")
    for place in (LESSON, "lesson-4/asking/"):
        page = seen.go(f"course/{place}")
        expect(page.locator(".quiz-score output")).to_have_text("1 of 3 answered, 1 right")
    page = seen.go(f"course/{OTHER}")
    expect(mark(page, TITLE)).to_have_attribute("data-state", "begun")
    server.shutdown()
    server.server_close()


def test_answers_that_each_page_kept_for_itself_are_taken_over(real_url, visit):
    page = visit(real_url).go(LESSON)
    key = page.locator("check-yourself").first.get_attribute("data-key")
    page.evaluate(f"localStorage.setItem('check-yourself:/old/', JSON.stringify({{'{key}': 0}}))")
    page.reload()
    expect(page.locator(".quiz-score output")).to_contain_text("1 of 3 answered")
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
    keys = other.locator("check-yourself").evaluate_all("all => all.map(e => e.dataset.key)")
    other.locator(".self-test__heading button").first.click()
    other.locator("#question-2 .quiz__choice--wrong summary").first.click()
    there = record(other)["answers"]
    assert list(there) == [keys[1]]
    other.locator("input[type=file]").set_input_files(file)
    expect(other.locator(".quiz-score output")).to_contain_text(
        f"2 of {QUESTIONS} answered, 1 right"
    )
    assert list(exported["answers"]) == [keys[0]]
    assert record(other)["answers"] == {**exported["answers"], **there}, "added to what is there"
    other.get_by_role("button", name="Clear progress").click()
    expect(other.locator(".quiz-score output")).to_have_text(f"0 of {QUESTIONS} answered")
    assert record(other) == {}


@pytest.mark.nightly
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


WRONG = ("no JSON", "[]", '{"v": 2, "answers": {}}', '{"v": 1, "pages": {}, "answers": 5}')


def test_files_that_hold_no_progress_are_refused_by_name_and_that_of_the_labs_is_sent_on(
    real_url, visit, tmp_path
):
    page = visit(real_url).go(SELF_TEST)
    said = page.locator(".self-test__end [role=status]")
    for number, text in enumerate(WRONG):
        file = tmp_path / f"other{number}.json"
        file.write_text(text, "utf-8")
        page.locator("input[type=file]").set_input_files(file)
        expect(said).to_contain_text(f"other{number}.json was not taken: ")
        expect(said).to_contain_text("Choose a file that Export has made.")
        assert record(page) == {}
    file = tmp_path / "labs.json"
    file.write_text('{"note": "", "labs": {"tokenizer": {}}}', "utf-8")
    page.locator("input[type=file]").set_input_files(file)
    expect(said).to_contain_text("it is the file of the labs, and their own page imports it")
    assert record(page) == {}


def test_without_scripts_or_storage_nothing_of_it_shows(real_url, unscripted):
    page = unscripted(real_url + SELF_TEST)
    assert page.locator(".progress, .self-test__choices, .self-test__end").count() == 0
    expect(page.locator(".self-test")).to_be_hidden()
    expect(page.locator("#question-40")).to_be_visible()


@pytest.mark.parametrize("place", ["", pytest.param("404.html", marks=pytest.mark.nightly)])
def test_home_and_a_wrong_address_lead_back_to_where_a_reader_was(real_url, visit, place):
    seen = visit(real_url)
    page = seen.go(place)
    expect(page.locator(".resume")).to_be_hidden()
    page = seen.go(LESSON)
    scroll(page)
    expect(mark(page, TITLE)).to_be_visible()
    at = record(page)["pages"][LESSON]["at"]
    link = seen.go(place).get_by_role("link", name=f"Go on where you were: {TITLE}")
    link.click()
    expect(seen.page).to_have_url(f"{real_url}{LESSON}#{at}")
    assert seen.complaints == []
