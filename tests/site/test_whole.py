"""The last pass over whole pages: what only weighs is gone, and what a page needs is there."""

import re
from pathlib import Path

import material

from coursekit.site import whole


def test_pages_carry_no_blank_lines_and_indents_between_elements_and_keep_those_of_code(sample):
    html = sample.html("lesson-4/sample")
    assert "squares" in html
    outside = re.sub(r"<(pre|script)\b.*?</\1>", "<kept>", html, flags=re.DOTALL)
    assert not re.search(r"\n\s", outside)
    assert "\n\n" in "".join(re.findall(r"<pre>.*?</pre>", html, flags=re.DOTALL))


def test_the_style_sheet_of_the_reference_comes_with_pages_that_describe_a_function_only(sample):
    style = "assets/_mkdocstrings.css"
    assert style in sample.html("reference/sample")
    for page in ("", "lesson-4/sample", "reference", "contributing"):
        assert style not in sample.html(page), page


def test_the_script_that_opens_tabs_comes_with_pages_that_have_tabs_only(sample):
    assert "__tabbed_" not in sample.html("lesson-4/sample")
    theirs = Path(material.__file__).parent / "templates/partials/javascripts/content.html"
    script = re.findall(r"<script>.*?</script>", theirs.read_text("utf-8"))[-1]
    with_tabs = f'<div class="tabbed-set tabbed-alternate">{script}</div>'
    assert whole.squeezed(with_tabs) == with_tabs
    assert whole.squeezed(f"<div>{script}</div>") == "<div></div>"
