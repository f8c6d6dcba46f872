"""Stand-alone scripts on the site: their captions, downloads, outputs and recorded runs."""

import pytest
from playwright.sync_api import expect

from coursekit.built import checks
from coursekit.kinds.output import OUTPUT
from coursekit.kinds.python import PYTHON
from coursekit.kinds.script import SCRIPT
from coursekit.parser import load
from visiting import SAMPLE, axe

# What a reader of the page reads as the label of the script's output; <b> and & are its own.
LABEL = "Output of python snippets/greet.py --name 'A <b> & B' --file src/lessons/sample.py"


def test_a_script_can_be_downloaded_byte_for_byte(sample):
    for name in ("greet.py", "hello.py"):
        mine = (sample.root / "snippets" / name).read_bytes()
        assert mine == (sample.course / "snippets" / name).read_bytes()


def test_only_scripts_that_a_page_shows_are_on_the_site(published):
    assert (published.course / "snippets/lost.py").is_file()
    assert sorted(file.name for file in (published.root / "snippets").iterdir()) == [
        "greet.py",
        "hello.py",
    ]


def test_a_scripts_caption_names_it_and_offers_it(sample):
    html = sample.html(SAMPLE)
    assert (
        '<span class="filename"><span class="filename__script">greet.py</span> '
        '<a class="filename__download" href="../../snippets/greet.py" download '
        'aria-label="Download greet.py">Download</a></span>'
    ) in html
    assert '<span class="filename">Smaller <span class="filename__script">hello.py' in html
    assert "greet.py:1" not in html


def test_a_scripts_name_leads_to_its_source_where_the_repository_is_known(published):
    link = '<a href="https://example.org/course/blob/main/snippets/greet.py">greet.py</a>'
    assert f'<span class="filename__script">{link}</span>' in published.html(SAMPLE)


def test_the_output_of_a_script_with_arguments_names_its_command(sample_url, visit):
    page = visit(sample_url, viewport={"width": 390, "height": 800}).go(SAMPLE)
    page.locator("details.example > summary").click()
    label = page.locator("details.example .language-output > .filename")
    expect(label).to_have_text(LABEL)
    inside = label.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert inside, "wraps, instead of running out of its box"
    expect(page.locator(".language-output > .filename").last).to_have_text(
        "Output of python snippets/hello.py 3 (measured: your numbers within 1 of these)"
    )


def test_a_script_is_downloaded_with_the_keyboard(sample_url, visit):
    page = visit(sample_url).go(SAMPLE)
    page.locator("details.example > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Download greet.py")
    expect(link).to_be_focused()
    with page.expect_download() as caught:
        page.keyboard.press("Enter")
    assert caught.value.suggested_filename == "greet.py"


def test_a_recorded_run_stands_below_its_script_and_counts_as_no_block(sample):
    html = sample.html(SAMPLE)
    box = html[html.index('<details class="example">') :].partition("</details>")[0]
    recorded = box[box.index("hello A") :]  # below the script's own output
    assert "Recorded with the model that it names on" in recorded
    assert "hello &lt;world&gt;\n\n```\n2 words" in recorded
    assert "The script has changed since" not in html
    page = load(sample.course / "docs/lesson-4/sample.md", sample.config)
    codes = sample.site.pages[sample.site.root / SAMPLE / "index.html"].codes
    assert len(codes) == len(page.of_kind(PYTHON, SCRIPT, OUTPUT))


def test_a_script_that_nobody_recorded_says_so_below_its_output(sample):
    html = sample.html(SAMPLE)
    after = html[html.index("hello 3</span>") :]
    assert after.index("Not recorded with the model that it names yet") < after.index(
        'id="pitfalls"'
    )


def test_a_search_finds_no_recorded_output(sample):
    text = (sample.root / "search/search_index.json").read_text("utf-8")
    assert "2 words, and this long line" not in text
    assert "Not recorded with" not in text


def test_a_script_that_changed_since_it_was_recorded_says_so(published):
    assert "The script has changed since. It printed:" in published.html(SAMPLE)
    assert not checks.equality_problems(published.site, published.config)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_captions_and_recorded_runs_can_be_read_by_everybody(sample_url, visit, scheme):
    page = visit(sample_url, color_scheme=scheme).go(SAMPLE)
    page.locator("details.example > summary").click()
    expect(page.get_by_text("It printed:")).to_be_visible()
    assert axe(page) == []
