"""What a reader can try says where its recorded state comes from, and names a script that there is."""

import json
import re

import pytest
from markdown import Markdown

from coursekit.config import Config
from coursekit.downloads.export import notebook
from coursekit.kinds.live import LIVE
from coursekit.page import reading
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.site.fences import resolved

FENCE = """```{.live widget="dice"}
title: Throw *two* dice
try: Throw, and count.
recorded: This was thrown [here](page.md).
rows: [[eyes, times], [2, "{{ constant 3 }}"]]
options: {sides: [6, 6]}
```
"""


@pytest.fixture
def page(course):
    course.write("docs/assets/js/live/dice.js", "")

    def make(text: str = FENCE):
        return load(course.page(text), Config.load(course.root))

    return make


def test_before_it_is_tried_it_shows_what_was_recorded(course, page):
    found = page()
    (block,) = found.blocks
    config = Config.load(course.root)
    assert list(LIVE.problems(block, config)) == []
    assert '{ .live widget="dice" number="1" }' in resolved(block, 1, found, config)
    fence = LIVE.fence(block, 1, found, config)
    html = LIVE.html(fence.body, Markdown(), fence.attributes)
    assert '<live-dice role="group" aria-labelledby="live-1-title" data-widget="dice" ' in html
    assert 'id="live-1-title">Throw <em>two</em> dice</p>' in html
    assert '<tr><th scope="row">2</th><td>3</td></tr>' in html
    assert 'This was thrown <a href="page.md">here</a>.</p>' in html
    options = re.search(r'data-options="([^"]*)"', html)
    assert options
    assert json.loads(options[1].replace("&quot;", '"')) == {"sides": [6, 6]}
    assert " data-model=" not in html


def test_a_text_can_be_what_was_recorded_and_a_model_is_named(course, page):
    text = FENCE.replace('"dice"', '"dice" model="base"').replace(
        "rows: [[eyes, times], [2,", 'text: "<2>'
    )
    found = page(text.replace(' "{{ constant 3 }}"]]', '"'))
    (block,) = found.blocks
    fence = LIVE.fence(block, 1, found, Config.load(course.root))
    html = LIVE.html(fence.body, Markdown(), fence.attributes)
    assert "<pre>&lt;2&gt;</pre>" in html
    assert ' data-model="base"' in html
    assert "<table>" not in html


def test_what_was_recorded_can_stand_above_it(course, page):
    rows = 'rows: [[eyes, times], [2, "{{ constant 3 }}"]]'
    found = page(FENCE.replace(rows, "above: true"))
    (block,) = found.blocks
    config = Config.load(course.root)
    assert list(LIVE.problems(block, config)) == []
    html = LIVE.html(LIVE.fence(block, 1, found, config).body, Markdown(), {"widget": "dice"})
    assert '<div class="live__recorded"><p class="live__source">This was thrown' in html


def test_what_a_model_wrote_is_shown_as_it_is(course, page):
    found = page(FENCE.replace('"{{ constant 3 }}"', "{written: 'a *b* <il & {{ constant _c_ }}'}"))
    (block,) = found.blocks
    fence = LIVE.fence(block, 1, found, Config.load(course.root))
    html = LIVE.html(fence.body, Markdown(), fence.attributes)
    assert "<td>a *b* &lt;il &amp; _c_</td>" in html


def test_it_is_read_as_its_title_and_what_to_do(course, page):
    found = page()
    (block,) = found.blocks
    assert LIVE.prose_read(block) == "Throw *two* dice\n\nThrow, and count."
    assert reading.minutes(found) < 0.1


def test_a_notebook_says_that_the_site_has_it(course, page):
    text = notebook(page(), Config.load(course.root))
    assert "On this page of the site you can try it: Throw *two* dice*" in text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"dice"', '"coin"', 'widget="coin" is none of docs/assets/js/live: dice'),
        ("title: Throw", "titel: Throw", "a live fence needs title:, try:, recorded:"),
        ("options: {", "option: {", "no option"),
        ("options: {sides: [6, 6]}", "options: 6", "options: are names with values"),
        ("[eyes,", "[{wrote: eyes},", "a cell is a line of Markdown, or written:"),
        ("rows: ", "options: ", "before it is tried it shows rows: or a text:"),
        ("rows: [[eyes, times], [2,", "rows: [1, [2,", "rows: are lists"),
        ("title: Throw", "title: [Throw", "live is not YAML"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_named(course, page, old, new, said):
    text = FENCE.replace(old, new, 1)
    if old == "rows: ":
        text = text.replace("options: {sides: [6, 6]}\n", "").replace(
            '[[eyes, times], [2, "{{ constant 3 }}"]]', "{}"
        )
    with pytest.raises(ContractError, match=re.escape(said)):
        page(text)
