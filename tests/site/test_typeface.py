"""The face of headings: it comes with the site, has what headings need, and moves nothing."""

import re
from pathlib import Path

from playwright.sync_api import Page

from coursekit.built import looks
from coursekit.config import Config
from coursekit.site.scripts import STYLES

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "docs/assets/fonts"
STYLE = "\n".join((ROOT / f"docs/assets/css/{name}.css").read_text("utf-8") for name in STYLES)
SHIFT_LIMIT = 0.02


def test_the_license_of_the_fonts_lies_beside_them():
    fonts = list(FONTS.glob("*.woff2"))
    assert fonts
    license_text = (FONTS / "OFL.txt").read_text("utf-8")
    assert all(font.name in license_text for font in fonts)
    assert "SIL OPEN FONT LICENSE Version 1.1" in license_text


def covered() -> set[int]:
    (ranges,) = re.findall(r"unicode-range: (.*?);", STYLE)
    found: set[int] = set()
    for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", ranges):
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def test_the_face_has_every_character_of_every_heading():
    headings = [
        line
        for path in Config.load(ROOT).page_files
        for line in re.findall(r"^#{1,3} .*$", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(headings) > 100
    missing = {char: line for line in headings for char in line if ord(char) not in covered()}
    assert missing == {}


def faces(page: Page, selector: str) -> list[tuple[str, bool]]:
    """The fonts that the browser drew an element's text with, and whether each came with the site."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    found = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return [(font["familyName"], font["isCustomFont"]) for font in found]


def test_headings_are_drawn_with_the_face_of_the_site_and_text_with_the_readers(sample_url, visit):
    page = visit(sample_url).go("lesson-4/sample/")
    page.evaluate("document.fonts.ready")
    for heading in ("h1", "h2", ".md-header__topic"):
        assert [own for _, own in faces(page, heading)] == [True], heading
    assert [own for _, own in faces(page, "article p")] == [False]


def test_a_face_of_another_width_in_its_place_would_be_noticed(real_url, visit):
    page = visit(real_url, viewport={"width": 390, "height": 844}, bypass_csp=True).page
    wide = re.sub(r"size-adjust: [\d.]+%; ascent-override: [\d.]+%", "size-adjust: 150%", STYLE)
    assert wide != STYLE
    assert looks.shift(page, real_url, wide) > SHIFT_LIMIT
