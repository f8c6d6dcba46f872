"""A page on paper: sizes, breaks, and how full the sheets are that a browser makes of it."""

import zlib

import pytest

from coursekit.built import looks, visits
from coursekit.built.paper import QUARTER_EMPTY, fullness
from coursekit.built.reader import DESKTOP
from coursekit.commands import bars

LESSON = "lesson-4/prompting/"
STYLES = """selectors => selectors.map(selector => {
    const style = getComputedStyle(document.querySelector(selector));
    return [selector, Number.parseFloat(style.fontSize) * 0.75, style.breakInside,
            Number(style.orphans), Number(style.widows)];
})"""
TEXTS = [
    "article > p",
    ".lead",
    "figcaption",
    ".quiz__choice",
    ".card",
    "details.note > p",
    ".filename",
]
LONG = ["article .highlight", "pre > code", "details.note", ".card"]
WHOLE = ["figure.drawing", ".quiz"]


@pytest.fixture(scope="module")
def printed(real, chromium):
    """A lesson page in full, as it is printed from a dark screen."""
    with (
        bars.reading(chromium, real.site) as reader,
        reader.visit(DESKTOP, color_scheme="dark") as seen,
    ):
        page = seen.go(LESSON)
        page.locator(".shown--chosen").wait_for()
        page.locator(".shown button").last.click()
        visits.as_printed(page)
        page.emulate_media(media="print", color_scheme="dark")
        yield page


def test_text_has_ten_points_and_nothing_is_smaller_than_code(printed):
    sizes = {name: points for name, points, *_ in printed.evaluate(STYLES, TEXTS)}
    assert sizes["article > p"] == pytest.approx(10, abs=0.05)
    assert all(7 < points <= 11.1 for points in sizes.values()), sizes
    assert looks.code_sizes(printed) == ["10px"], "7.5 points"


def test_long_things_may_break_between_lines_and_never_behind_the_first_or_before_the_last_two(
    printed,
):
    for name, _, inside, orphans, widows in printed.evaluate(STYLES, LONG):
        assert (inside, orphans, widows) == ("auto", 3, 3), name
    for name, _, inside, *_ in printed.evaluate(STYLES, WHOLE):
        assert inside == "avoid", name


def test_on_paper_the_colors_are_those_of_a_light_screen(printed):
    own = looks.colors(printed)
    printed.emulate_media(media="print", color_scheme="light")
    assert looks.colors(printed) == own
    assert own["article > p" if "article > p" in own else ".md-content p"][0] == "rgb(34, 38, 43)"
    printed.emulate_media(media="print", color_scheme="dark")


def test_no_button_is_printed_and_no_answer_of_a_question_is_open(printed):
    assert looks.printed_buttons(printed) == []
    assert looks.answers_shown(printed) == 0
    assert printed.locator("details.note > :not(summary):visible").count() > 3, "notes are open"
    assert printed.locator(".drawing__words > div:visible").count() == 0


def test_answers_are_sentences_behind_everything_else_and_are_made_once(printed):
    visits.as_printed(printed)
    assert printed.locator(".answers").count() == 1
    assert (
        printed.evaluate("document.querySelector('article').lastElementChild.className")
        == "answers"
    )
    for answer in printed.locator(".answers strong").all_inner_texts():
        assert answer[-1] in ".?!"
    assert "Right." not in printed.locator(".answers").inner_text()


SHEETS = """<!doctype html><style>
    @page {{ margin: 16mm 18mm; }} * {{ margin: 0; }} body {{ font-size: 10pt; }}
    div {{ height: {height}mm; }} section {{ break-before: page; }}
    i {{ display: block; height: 200mm; background: #fff; }}
</style><div></div><p>down here</p><section><p>up here</p><i></i></section>{more}"""


def test_a_sheet_is_as_full_as_its_lowest_mark_is_low(chromium):
    page = chromium.new_page()
    page.set_content(SHEETS.format(height=190, more=""))
    first, second = fullness(page.pdf(format="A4", print_background=True))
    assert first == pytest.approx(193 / 265, abs=0.01)
    assert first < QUARTER_EMPTY
    assert second == pytest.approx(3 / 265, abs=0.01), "white is no mark"
    box = '<div style="border: 1px solid; height: 100mm; margin-top: 5mm"></div>'
    page.set_content(SHEETS.format(height=250, more=box))
    assert fullness(page.pdf(format="A4"))[0] > 0.9
    page.set_content(f"<style>@page {{ margin: 16mm }}</style>{box}")
    (only,) = fullness(page.pdf(format="A4"))
    assert only == pytest.approx(105 / 265, abs=0.03)
    page.close()


def test_what_is_no_pdf_of_a_browser_is_refused():
    with pytest.raises(ValueError, match="no sheet: this is no PDF"):
        fullness(b"%PDF-1.4\n")
    sheet = b"/Type /Page\n/MediaBox [0 0 595 842]\n/Contents 7 0 R"
    with pytest.raises(ValueError, match="which is not there"):
        fullness(sheet)
    stream = zlib.compress(b"q 1 0 0 1 0 421 cm BT (text) Tj ET Q")
    made = sheet + b"\n7 0 obj\n<</Length 1>> stream\n" + stream + b"\nendstream"
    assert fullness(made) == [0.5]
