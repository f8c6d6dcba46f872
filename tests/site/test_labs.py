"""Labs: pages that mkdocs-jupyter makes from scripts in the percent format."""

import re

from coursekit import labs

PAGE = "lesson-5/sample"


def test_a_lab_weighs_what_another_page_weighs(sample):
    assert len(sample.html(PAGE).encode()) < 40_000


def test_a_lab_carries_no_style_sheet_and_no_script_of_its_own(sample):
    lab, other = sample.html(PAGE), sample.html("contributing")
    assert "<style" not in lab
    assert lab.count("<script") == other.count("<script")
    assert not re.search(r'(?:src|href)="(?:https?:)?//', lab.partition("<footer")[0])


def test_a_lab_shows_its_text_its_table_and_its_code_with_the_theme_s_copy_button(sample):
    lab = sample.html(PAGE)
    assert "<h1" in lab
    assert 'id="Your-task"' in lab or 'id="your-task"' in lab
    assert "<td>a</td>" in lab
    assert lab.count('<div class="language-python highlight"><pre><span></span><code>') == 2
    assert "clipboard-copy" not in lab


def test_a_lab_is_in_search_without_code_of_style_sheets(sample):
    index = (sample.root / "search/search_index.json").read_text("utf-8")
    assert "Your task" in index
    assert "jp-" not in index


def test_another_page_is_left_as_it_is():
    page = '<p style="x">text</p><script>1</script>'
    assert labs.lean(page) == page
