"""The first page: where it leads, and what it shows."""

import re

import pytest

from coursekit.parser import load

DESKTOP = {"width": 1440, "height": 900}


def test_the_first_button_leads_into_the_lesson_and_the_second_to_how_to_run_it(real_url, still):
    page = still(real_url)
    buttons = page.locator(".md-button").all()
    assert [button.get_attribute("href") for button in buttons] == ["lesson-4/", "#run-it-yourself"]
    assert page.locator("#run-it-yourself").count() == 1


def test_nothing_before_the_stages_invites_a_reader_to_leave_for_the_glossary(real):
    html = real.html("")
    hero = html[html.index('class="hero"') : html.index("<h2")]
    assert "glossary" not in hero
    assert 'class="term"' in html, "further down terms are marked as on any page"


def test_the_first_page_has_no_side_columns_and_no_menu_where_there_is_room(real_url, visit):
    page = visit(real_url, viewport=DESKTOP).go()
    for column in (".md-sidebar--primary", ".md-sidebar--secondary", "button[aria-expanded]"):
        assert not page.locator(f"{column}:visible").count(), column


def test_a_screen_reader_hears_the_story_as_text_and_its_chances_as_a_list(real_url, still):
    page = still(real_url)
    figure = page.get_by_role("figure")
    assert "Once there was a boy named Rito. He had a horse." in figure.inner_text()
    chances = page.get_by_role("list", name="Where it wrote banana, the likeliest piece had 12%:")
    assert chances.get_by_role("listitem").count() == 5
    assert re.match(r"banana\s+12%", chances.get_by_role("listitem").first.inner_text())
    assert figure.locator("svg:not([aria-hidden])").count() == 0


def test_each_stage_leads_to_its_page_and_says_which_number_it_moved(real_url, still):
    page = still(real_url)
    stages = page.get_by_role("list", name=re.compile("^The stages")).get_by_role("link")
    assert stages.count() == 8
    first = stages.first
    assert first.get_attribute("href") == "lesson-4/tokenization/"
    said = " ".join(first.text_content().split())
    assert re.match(r"1 Tokenization1\.0 → ?became 3\.6bytes of new text", said)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_each_shade_differs_from_the_next_and_from_what_is_not_shaded(scheme, real_url, visit):
    page = visit(real_url, color_scheme=scheme).go()
    shades = page.evaluate("""() => [document.querySelector('.hero__text'),
        ...document.querySelectorAll('.surprise__legend span')]
        .map(e => getComputedStyle(e).backgroundColor)""")
    assert len(set(shades)) == len(shades) == 4


def test_the_page_says_where_the_other_lessons_are(real):
    text = re.sub(r"<[^>]*>", "", real.html(""))
    assert "This is Lesson 4 of a series" in re.sub(r"\s+", " ", text)


def test_every_number_in_the_prose_of_the_first_page_is_made_or_marked(real):
    """Beside the names of lessons and of models."""
    page = load(real.course / "docs/index.md", real.config)
    prose = "".join(text for _, text in page.prose())
    prose = re.sub(
        r"\{\{.*?\}\}|\]\([^)]*\)|\{ [.\w -]*\}|<[^>]*>|GPT-2|Lesson \d|(?m:^\d\. )", "", prose
    )
    assert re.findall(r"\d+", prose) == []
