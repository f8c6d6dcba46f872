"""What is wrong with a figure as a browser draws it: hard to read, cut off, or too pale."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["SCHEMES", "faults"]

SCHEMES: tuple[Literal["default", "slate"], ...] = ("default", "slate")
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
    // To ask about each point takes seconds for each text; far from a shape, none can lie in it.
    const near = (shape, box) => {
        const edge = shape.getBoundingClientRect();
        const line = 1 + 2 * (parseFloat(getComputedStyle(shape).strokeWidth) || 0);  // with its corners
        return edge.left - line < box.right && box.left < edge.right + line
            && edge.top - line < box.bottom && box.top < edge.bottom + line;
    };
    const over = (shape, box) => {
        if (!near(shape, box)) return false;
        const filled = getComputedStyle(shape).fill !== 'none', back = shape.getScreenCTM().inverse();
        for (let x = box.left + 1; x < box.right; x += 2) {
            for (let y = box.top + 4; y < box.bottom - 3; y += 2) {
                const point = new DOMPoint(x, y).matrixTransform(back);
                if (shape.isPointInStroke(point)) return true;
                if (filled && shape.isPointInFill(point)) return true;
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


def faults(
    page: "Page", drawings: Mapping[str, str], scheme: Literal["default", "slate"]
) -> list[str]:
    """What is wrong with drawings, each by its name.

    Small or pale texts, texts that overlap, leave the picture or are crossed without a halo, pale shapes,
    and a picture that is not drawn to scale.

    Args:
        page: a page of the site; it is replaced by the drawings.
        drawings: name -> SVG.
        scheme: the theme's colors.
    """
    found: list[str] = page.evaluate(LOOK, [dict(drawings), scheme])
    return found
