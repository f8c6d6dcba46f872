"""Each figure, in both widths, as a browser draws it: readable, whole, and clear by day and by night."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIGURES = sorted((ROOT / "docs").glob("*/figures/*.svg"))

# Puts drawings into a page of the site, each in its own width, and says what is wrong with them.
LOOK = """([drawings, scheme]) => {
    document.body.dataset.mdColorScheme = scheme;
    const faults = [], place = document.querySelector('.md-content__inner');
    const rgb = color => (color.match(/[\\d.]+/g) ?? []).map(Number);
    const paper = rgb(getComputedStyle(document.body).backgroundColor);
    const luminance = color => color.slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
    const contrast = (color, opacity) => {
        const seen = color.slice(0, 3).map((part, i) => part * opacity + paper[i] * (1 - opacity));
        const [dark, light] = [luminance(seen), luminance(paper)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;  // a line of text has some air
    const over = (shape, box) => {
        const back = shape.getScreenCTM().inverse();
        for (let x = box.left + 1; x < box.right; x += 2) {
            for (let y = box.top + 4; y < box.bottom - 3; y += 2) {
                const point = new DOMPoint(x, y).matrixTransform(back);
                if (shape.isPointInStroke(point)) return true;
                if (getComputedStyle(shape).fill !== 'none' && shape.isPointInFill(point)) return true;
            }
        }
        return false;
    };
    for (const [name, drawing] of Object.entries(drawings)) {
        const figure = document.createElement('figure');
        figure.className = 'drawing';
        figure.innerHTML = `<div class="drawing__picture">${drawing}</div>`;
        place.replaceChildren(figure);
        const svg = figure.querySelector('svg'), edge = svg.getBoundingClientRect();
        const say = (fault, words) => faults.push(`${name}: ${fault}: ${words}`);
        const parts = [...svg.querySelectorAll('text, path, circle')];
        const texts = parts.filter(part => part.tagName === 'text');
        const boxes = new Map(texts.map(text => [text, text.getBoundingClientRect()]));
        const shapes = parts.filter(part => part.tagName !== 'text');
        if (edge.width !== svg.viewBox.baseVal.width) say('not drawn to scale', edge.width);
        texts.forEach((text, i) => {
            const box = boxes.get(text), style = getComputedStyle(text), words = text.textContent;
            if (parseFloat(style.fontSize) < 12) say('small', words);
            if (box.left < edge.left - 1 || box.right > edge.right + 1
                || box.top < edge.top - 2 || box.bottom > edge.bottom + 2) say('outside', words);
            for (const other of texts.slice(i + 1)) {
                if (meet(box, boxes.get(other))) say('overlap', `${words} | ${other.textContent}`);
            }
            const halo = style.paintOrder.startsWith('stroke') && parseFloat(style.strokeWidth) >= 2
                && rgb(style.stroke).join() === paper.join();
            const behind = shape => shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
            for (const shape of shapes) {
                if (!(halo && behind(shape)) && over(shape, box)) say('crossed', words);
            }
            if (contrast(rgb(style.fill), 1) < 4.5) say('pale', words);
        });
        for (const shape of shapes) {
            if (shape.classList.contains('stroke-grid')) continue;
            const style = getComputedStyle(shape), all = parseFloat(style.opacity);
            const found = ['fill', 'stroke'].filter(kind => style[kind] !== 'none').map(
                kind => contrast(rgb(style[kind]), all * parseFloat(style[`${kind}Opacity`])));
            if (Math.max(0, ...found) < 3) say('pale', shape.outerHTML.slice(0, 200));
        }
    }
    return faults;
}"""

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


def test_each_figure_is_readable_whole_and_clear_in_both_widths_and_schemes(real_url, visit):
    seen = visit(real_url, viewport={"width": 1440, "height": 900})
    page = seen.go("accessibility/")
    drawings = {file.name: file.read_text("utf-8") for file in FIGURES}
    assert {name.endswith(".narrow.svg") for name in drawings} == {True, False}
    for scheme in ("default", "slate"):
        assert page.evaluate(LOOK, [drawings, scheme]) == []
        for fault, parts in FAULTS.items():
            width = 90 if fault == "not drawn to scale" else 100
            found = page.evaluate(LOOK, [{"one": drawn(parts, width)}, scheme])
            assert {one.split(": ")[1] for one in found} == {fault}, found
        good = "<g>" + '<path class="stroke-1" d="M0 16H90" fill="none"/>' + TEXT + "</g>"
        assert page.evaluate(LOOK, [{"one": drawn(good)}, scheme]) == []
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
