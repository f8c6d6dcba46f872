"""The head of a lesson page, how soon its text begins, and how to run it at the end."""

from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import get_toc
from playwright.sync_api import expect

from coursekit.config import Config
from coursekit.course.costs import Cost, Run
from coursekit.page.contents import Page
from coursekit.parser import load, parse
from coursekit.site import lesson
from coursekit.site.card import Downloads
from coursekit.site.head import head, lead
from visiting import SAMPLE

TEXT = """\
---
title: T
description: What 2.5 < 3 says. And more.
minutes: 10
objectives: [count a & b]
---

"""
DOWNLOADS = Downloads("../page.ipynb", "../page.py", "../../dist/x.whl", "x.whl")
COST = Cost("2026-01-31", "A, 2 cores", 1, {"as it is": Run(61.4, 1234), "few": Run(99, 1)})


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return parse(TEXT + "word " * 900, tmp_path / "page.md", Config(tmp_path))


def test_the_lead_is_the_first_sentence_of_the_description(page):
    assert lead(page) == "What 2.5 < 3 says."
    assert '<p class="lead">What 2.5 &lt; 3 says.</p>' in head(page, None)


def test_the_line_of_facts_says_how_long_it_takes_and_holds_the_goals_closed(page):
    html = head(page, DOWNLOADS, COST)
    assert "<span>6 min to read</span>" in html
    assert '<a href="#run-this-page">61 s to run</a>' in html
    assert '<a class="facts__button" href="../page.ipynb" download>Notebook</a>' in html
    assert '<a class="facts__button" href="../page.py" download>Script</a>' in html
    assert "<summary>1 goal</summary>" in html
    assert "<li>count a &amp; b</li>" in html
    assert " open" not in html


def test_a_page_with_a_core_says_how_long_both_take_in_place_of_the_switch(tmp_path):
    text = TEXT + "word " * 300 + "\n\n## A\n\n## Deeper\n\n" + "word " * 600
    html = head(parse(text, tmp_path / "page.md", Config(tmp_path)), None)
    switch = '<div class="shown" data-short="3" data-everything="7">7 min to read</div>'
    assert switch in html
    assert html.count("min to read") == 1


def test_a_page_with_a_core_says_which_goals_the_core_reaches(tmp_path):
    text = TEXT.replace("---\n\n", "deeper: [count c, sort <d>]\n---\n\n") + "word\n\n## Deeper\n"
    html = head(parse(text, tmp_path / "page.md", Config(tmp_path)), None)
    assert "<summary>3 goals</summary>" in html
    assert (
        "<p>After the core you can</p><ul><li>count a &amp; b</li></ul>"
        "<p>What goes deeper adds</p><ul><li>count c</li><li>sort &lt;d&gt;</li></ul>"
    ) in html


def test_a_page_without_a_core_has_its_goals_in_one_list(page):
    html = head(page, None)
    assert "<p>After this page you can</p><ul><li>count a &amp; b</li></ul>" in html
    assert "deeper" not in html


def test_minutes_of_teaching_are_no_matter_of_a_page_s_head(page):
    assert "10 min" not in head(page, DOWNLOADS, COST)


def test_a_page_without_code_costs_or_goals_says_nothing_of_them(tmp_path):
    html = head(parse("Words.\n", tmp_path / "page.md", Config(tmp_path)), None, COST)
    for word in ("download", "to run", "goal"):
        assert word not in html
    assert "<span>1 min to read</span>" in html


def test_without_measured_costs_the_downloads_are_there(page):
    html = head(page, DOWNLOADS)
    assert "to run" not in html
    assert "Notebook" in html


@pytest.mark.parametrize("title", [[{"level": 1, "id": "t", "name": "T", "children": []}], []])
def test_the_end_of_a_page_is_in_its_table_of_contents(title, course):
    known, config = Config.load(course), load_config(str(course / "mkdocs.yml"))
    file = get_files(config).src_uris[f"{SAMPLE.rstrip('/')}.md"]
    page = SitePage(None, file, config)
    page.toc = get_toc(title)
    source = load(course / "docs" / file.src_uri, known)
    html = lesson.framed("<h1>T</h1><p>x</p>", page, source, config, known)
    assert html.index("lesson-head") < html.index("<p>x</p>") < html.index('id="run-this-page"')
    (first,) = page.toc
    last = first.children[-1] if title else first
    assert (last.title, last.url) == ("Run this page", "#run-this-page")


def test_how_to_run_a_page_stands_at_its_end_and_in_its_contents(sample):
    html = sample.html("lesson-4/sample")
    assert html.count('<a href="#run-this-page" class="md-nav__link">') >= 1
    assert html.index('id="pitfalls"') < html.index('id="run-this-page"')
    assert html.index('id="run-this-page"') < html.index('class="card"')
    assert 'id="run-this-page"' not in sample.html("lesson-4"), "which has nothing to run"


def test_every_lesson_page_says_in_a_sentence_what_it_is_about(real):
    for path in real.config.lesson_files:
        page = parse(path.read_text("utf-8"), path, real.config)
        assert 20 < len(lead(page)) < 160, path


@pytest.mark.parametrize("scripts", [True, False])
def test_the_goals_open_below_their_line_and_what_opens_them_stays_where_it_is(
    scripts, sample_url, visit, unscripted
):
    page = visit(sample_url).go(SAMPLE) if scripts else unscripted(sample_url + SAMPLE)
    summary = page.locator(".facts summary")
    goals = page.locator(".facts li")
    expect(goals).to_be_hidden()
    before = summary.bounding_box()
    summary.focus()
    page.keyboard.press("Enter")
    expect(goals).to_be_visible()
    assert summary.bounding_box() == before
    line = page.locator(".facts").bounding_box()
    assert goals.bounding_box()["y"] > before["y"] + before["height"]
    assert goals.bounding_box()["x"] < line["x"] + 60, "the whole width is theirs"


def test_the_seconds_lead_to_how_to_run_the_page(real_url, visit):
    page = visit(real_url).go("lesson-4/conclusion/")
    page.get_by_role("link", name="s to run").click()
    expect(page.get_by_role("heading", name="Run this page")).to_be_in_viewport()
