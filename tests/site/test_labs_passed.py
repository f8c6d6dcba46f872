"""What labs passed: the reader's own file, imported in the browser, beside what was read there."""

import json

import pytest
from playwright.sync_api import expect

from lessons.labs import catalog, progress
from visiting import tab_to

PLACE = "lesson-5/"
RECORD = "course:progress"
BUTTON = "Import what I passed"


@pytest.fixture
def passed(tmp_path):
    """A file as the labs write it, with two parts of one lab and all of another."""
    file = tmp_path / "labs.json"
    progress.record(file, "tokenizer", [1, 3], 5, "abc")
    progress.record(file, "cleaning", [1, 2, 3, 4], 5, "abc")
    return file


WRONG = (
    "no JSON",
    "null",
    "[]",
    "{}",
    '{"labs": []}',
    '{"labs": {"tokenizer": 4}}',
    '{"labs": {"tokenizer": {"1": true}}}',
    '{"labs": {"tokenizer": {"1": {"passed": "some day"}}}}',
    '{"labs": {"tokenizer": {"1": {"passed": 5}}}}',
    '{"v": 1, "pages": {}, "answers": {}}',
    " " * 1_000_001,
)


def record(page) -> dict:
    return json.loads(page.evaluate(f"localStorage.getItem('{RECORD}') ?? '{{}}'"))


def bring(page, file) -> None:
    page.locator(".labs-passed input[type=file]").set_input_files(file)


def said(page):
    return page.locator(".labs-passed [role=status]")


def test_the_file_of_the_labs_is_shown_in_the_table_and_the_navigation(real_url, visit, passed):
    seen = visit(real_url)
    page = seen.go(PLACE)
    expect(page.locator(".lab-passed")).to_have_count(0)
    bring(page, passed)
    expect(said(page)).to_have_text("Parts taken from labs.json: 6.")
    row = page.locator("article tr", has_text="A tokenizer for your own text")
    expect(row.locator(".lab-passed")).to_have_text("2 of 4 parts passed")
    link = page.locator(".md-nav--primary a.md-nav__link", has_text="A tokenizer").first
    expect(link.locator(".progress")).to_have_text(", begun, 2 of 4 parts passed")
    whole = page.locator(".md-nav--primary a.md-nav__link", has_text="Clean a dirty").first
    expect(whole.locator(".progress")).to_have_attribute("data-state", "read")
    page.reload()
    expect(page.locator(".lab-passed")).to_have_count(2)
    expect(seen.go().locator(".resume a")).to_have_text(
        "Go on where you were: A tokenizer for your own text"
    )
    assert seen.complaints == []
    assert all(address.startswith(real_url) for address in seen.asked)


def test_a_file_that_is_none_changes_nothing_and_is_named(real_url, visit, passed, tmp_path):
    """And one that is adds to what is there, and takes nothing away."""
    page = visit(real_url).go(PLACE)
    bring(page, passed)
    expect(said(page)).to_contain_text("6.")
    first = record(page)["pages"]["lesson-5/tokenizer/"]["parts"]["1"]
    later = tmp_path / "later.json"
    times = {
        "1": {"passed": "2031-01-01T00:00:00+00:00"},
        "2": {"passed": "2031-01-01T00:00:00+00:00"},
    }
    later.write_text(json.dumps({"labs": {"tokenizer": times}}), "utf-8")
    bring(page, later)
    expect(said(page)).to_contain_text("later.json: 2.")
    kept = record(page)["pages"]["lesson-5/tokenizer/"]
    assert sorted(kept["parts"]) == ["1", "2", "3"]
    assert kept["parts"]["1"] == first
    before = record(page)
    for number, text in enumerate(WRONG):
        other = tmp_path / f"other{number}.json"
        other.write_text(text, "utf-8")
        bring(page, other)
        expect(said(page)).to_contain_text(f"other{number}.json was not taken: it is ")
        expect(said(page)).to_contain_text("Choose labs.json")
        assert record(page) == before


def test_labs_and_parts_that_the_site_does_not_have_do_not_count(real_url, visit, tmp_path):
    page = visit(real_url).go(PLACE)
    time = {"passed": "2026-11-29T10:00:00+00:00"}
    labs = {
        "tokenizer": {"1": time, "5": time, "0": time, "1.5": time, "__proto__x": time},
        "juggling": {"1": time},
        "constructor": {"1": time},
    }
    file = tmp_path / "labs.json"
    file.write_text(json.dumps({"labs": labs}), "utf-8")
    bring(page, file)
    expect(said(page)).to_have_text(
        "Parts taken from labs.json: 1. 6 that this site does not have: left out."
    )
    assert [*record(page)["pages"]] == ["lesson-5/tokenizer/"]
    file.write_text(json.dumps({"labs": {"juggling": {"1": time}}}), "utf-8")
    bring(page, file)
    expect(said(page)).to_contain_text("it names no part of a lab of this site")


def test_the_keyboard_reaches_the_button_and_it_opens_the_choice_of_a_file(real_url, visit):
    page = visit(real_url).go(PLACE)
    # Listened to from here on: the browser is asked to hand over its choice of a file, and nobody waits for
    # its answer. A key pressed in the same moment came before it in one of ten runs on a busy machine.
    page.on("filechooser", lambda _: None)
    button = page.get_by_role("button", name=BUTTON)
    expect(button).to_be_visible()
    tab_to(page, ".labs-passed button")
    with page.expect_file_chooser():
        page.keyboard.press("Enter")
    expect(button).to_be_focused()


@pytest.mark.nightly  # by day answers are
def test_what_was_passed_is_exported_with_the_rest_and_comes_back(
    real_url, visit, passed, tmp_path
):
    page = visit(real_url).go(PLACE)
    bring(page, passed)
    expect(said(page)).to_contain_text("6.")
    page.goto(f"{real_url}lesson-4/self-test/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export progress").click()
    file = tmp_path / "progress.json"
    download.value.save_as(file)
    other = visit(real_url).go("lesson-4/self-test/")
    other.locator("input[type=file]").set_input_files(file)
    other.wait_for_function(f"() => localStorage.getItem('{RECORD}') !== null")
    other.goto(f"{real_url}{PLACE}")
    expect(other.locator(".lab-passed")).to_have_count(2)


def test_without_scripts_nothing_of_it_shows(real_url, unscripted):
    page = unscripted(real_url + PLACE)
    assert page.locator(".labs-passed").inner_html() == ""
    assert page.locator(".lab-passed").count() == 0


def test_the_site_knows_each_lab_and_its_parts(real):
    script = (real.root / "assets/js/on-demand/labs.js").read_text("utf-8")
    line = next(line for line in script.splitlines() if line.startswith("const LABS = "))
    known = json.loads(line.removeprefix("const LABS = ").partition("; //")[0].rstrip(";"))
    assert known == {
        lab.name: {"title": lab.title, "parts": len(lab.parts)} for lab in catalog.LABS
    }
