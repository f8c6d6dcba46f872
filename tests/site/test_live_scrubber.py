"""The scrubber: a slider over recorded steps of a pre-training, with the loss and the texts of each."""

import re

from playwright.sync_api import expect

from lessons.experiments import load_result
from visiting import faults_of, tab_to

PAGE = "lesson-4/pretraining/#how-the-loss-falls"
SUMMARY = load_result("pretraining_texts")["summary"]
STEPS = [0, 25, 50, 100, 200, 400, 800]
NAMES = ("story", "sum", "french")


def shown(text: str) -> str:
    """A text as a page shows it: without spaces at its ends, and one where several are."""
    return re.sub(r"\s+", " ", text).strip()


def test_every_step_of_the_record_can_be_reached_by_the_keyboard_and_paper_shows_all(
    real_url, visit
):
    visited = visit(real_url)
    page = visited.go(PAGE)
    widget = page.locator("live-scrubber")
    widget.scroll_into_view_if_needed()
    slider = widget.get_by_role("slider", name="Training steps")
    expect(slider).to_be_visible()
    expect(widget.get_by_role("table")).to_be_hidden()
    tab_to(page, "live-scrubber input")
    points = []
    for step in STEPS:
        record = SUMMARY[f"step{step}"]
        loss = f"{record['loss']:.2f} nats a token"
        assert loss in slider.get_attribute("aria-valuetext")
        assert f"{step} steps" in slider.get_attribute("aria-valuetext") or step == 0
        texts = widget.locator("dd").all_inner_texts()
        assert list(map(shown, texts)) == [shown(record[name]) for name in NAMES]
        points.append(float(widget.locator(".live-scrubber__now").get_attribute("cy")))
        page.keyboard.press("ArrowRight")
    assert points == sorted(points), "a lower loss stands lower"
    assert f"800 steps {SUMMARY['step800']['loss']:.2f}." in widget.get_by_role(
        "img"
    ).get_attribute("aria-label")
    expect(widget.get_by_role("status")).to_contain_text("After 800 steps")
    expect(widget.get_by_role("status")).to_contain_text(shown(SUMMARY["step800"]["story"])[:20])
    page.emulate_media(media="print")
    expect(widget.get_by_role("table")).to_be_visible()
    expect(slider).to_be_hidden()
    page.emulate_media(media="screen")
    widget.get_by_role("button", name="Show all steps as a table").press("Enter")
    expect(widget.get_by_role("table")).to_be_visible()
    assert faults_of(page, widget) == []
    assert visited.complaints == []


def test_without_a_script_the_table_says_it(real_url, unscripted):
    page = unscripted(real_url + PAGE)
    rows = page.locator("live-scrubber tbody tr")
    expect(rows).to_have_count(len(STEPS))
    for row, step in zip(rows.all(), STEPS, strict=True):
        record = SUMMARY[f"step{step}"]
        cells = [shown(cell) for cell in row.locator("th, td").all_text_contents()]
        texts = [shown(record[name]) for name in NAMES]
        assert cells == [str(step), f"{record['loss']:.2f}", *texts]


def test_the_texts_weigh_little():
    texts = [SUMMARY[f"step{step}"][name] for step in STEPS for name in NAMES]
    assert len("".join(texts).encode()) <= 3000
