"""A figure comes in two widths, and what is wrong with one is found; that none is wrong is a bar."""

import re
from pathlib import Path

import pytest

from coursekit.built.drawings import SCHEMES, faults

ROOT = Path(__file__).parents[2]
FIGURES = sorted((ROOT / "docs").glob("*/figures/*.svg"))

PAIR = """drawings => {
    const place = document.querySelector('.md-content__inner');
    place.innerHTML = `<figure class="drawing"><div class="drawing__picture">${drawings.join('')}</div>`;
}"""
WIDTHS = (
    "[...document.querySelectorAll('.drawing svg')].map(svg => svg.getBoundingClientRect().width)"
)
TEXT = '<text x="5" y="20">words</text>'
FAULTS = {
    "not drawn to scale": "",
    "small": '<text x="5" y="20" font-size="11">words</text>',
    "outside": '<text x="80" y="20">words</text>',
    "overlap": TEXT + '<text x="20" y="25">words</text>',
    "crossed": TEXT + '<path d="M0 16H90" stroke="currentColor"/>',
    "pale": '<path d="M0 16H90" fill="none" stroke="currentColor" stroke-opacity="0.3"/>',
}


def drawn(parts: str, width: int = 100) -> str:
    head = f'<svg viewBox="0 0 100 50" width="{width}" fill="currentColor" font-size="13">'
    return f"{head}{parts}</svg>"


def test_a_fault_of_a_figure_is_found_and_one_of_its_two_drawings_is_shown(real_url, visit):
    seen = visit(real_url, viewport={"width": 1440, "height": 900})
    page = seen.go("accessibility/")
    drawings = {file.name: file.read_text("utf-8") for file in FIGURES}
    for scheme in SCHEMES:
        for fault, parts in FAULTS.items():
            width = 90 if fault == "not drawn to scale" else 100
            found = faults(page, {"one": drawn(parts, width)}, scheme)
            assert {one.split(": ")[1] for one in found} == {fault}, found
        good = "<g>" + '<path class="stroke-1" d="M0 16H90" fill="none"/>' + TEXT + "</g>"
        assert faults(page, {"one": drawn(good)}, scheme) == []
    # Of the two drawings in a page, one is there: the wide one, or on a phone the narrow one.
    page.evaluate(PAIR, [drawings["schedule.svg"], drawings["schedule.narrow.svg"]])
    for width, shown in ((1440, [788, 0]), (390, [0, 358])):
        page.set_viewport_size({"width": width, "height": 844})
        widths = page.evaluate(WIDTHS)
        assert [bool(one) for one in widths] == [bool(one) for one in shown]
        assert sum(widths) * 13 / sum(shown) >= 12, "letters have at least 12 pixels"
    page.emulate_media(media="print")
    assert [bool(one) for one in page.evaluate(WIDTHS)] == [True, False]
    assert seen.complaints == []


@pytest.mark.parametrize("file", FIGURES, ids=lambda file: file.name)
def test_a_figure_comes_for_a_wide_page_and_for_a_phone(file):
    width = re.search(r'viewBox="0 0 (\d+) \d', file.read_text("utf-8"))
    assert width is not None
    assert width[1] == ("358" if file.name.endswith(".narrow.svg") else "788")
    wide = file.with_name(file.name.replace(".narrow.svg", ".svg"))
    assert {wide, wide.with_suffix(".narrow.svg")} <= {*FIGURES}
