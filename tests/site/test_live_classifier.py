"""The classifier in the page: torch's scores, a reader's own review, and what a word does to it."""

import re
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect
from transformers import AutoTokenizer

from lessons.fine_tuning.classifiers import labeled_reviews
from lessons.fine_tuning.in_page import logits, shipped
from lessons.storage import checkpoint
from visiting import faults_of, tab_to

FOLDER = Path(__file__).parents[2] / "docs/assets/models/sentiment"
PAGE = "lesson-4/fine-tuning/"
ENGINE = "/assets/js/live/engine"
OTHERS = ["", "I love this sofa.", "Ça alors! 🙂 naïve", "word " * 300]
# The scores in the worker, and those in plain JavaScript, as in a browser without SIMD.
SCORES = f"""async ([texts, plainly]) => {{
    const {{ loaded }} = await import('{ENGINE}/model.js');
    const {{ Bert }} = await import('{ENGINE}/bert.js');
    const {{ Weights }} = await import('{ENGINE}/weights.js');
    const model = await loaded('sentiment', () => {{}}, 'bert-worker.js');
    const ids = texts.map((text) => model.tokenizer.encode(text));
    const scores = [];
    for (const text of ids) scores.push(await model.ask('classes', {{ ids: text }}));
    const file = await (await fetch('/assets/models/sentiment/model.safetensors')).arrayBuffer();
    const plain = new Bert(model.config, await Weights.from(new Uint8Array(file)));
    const slow = ids.slice(-plainly).map((text) => plain.logits(text));
    return {{ ids, scores, slow, kernel: model.kernel }};
}}"""


@pytest.fixture
def opened(real_url, visit):
    there = visit(real_url)
    page = there.go(PAGE)
    page.locator("live-classifier").scroll_into_view_if_needed()
    yield page
    assert there.complaints == []


def load(page: Page) -> None:
    """Load the classifier by the keyboard."""
    page.wait_for_selector("live-classifier[data-ready]")
    page.locator("live-classifier .live__source a").last.focus()
    tab_to(page, "live-classifier button")
    expect(page.get_by_role("button", name="Load the classifier")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Your review")).to_be_focused()


def chance(page: Page, label: str) -> int:
    row = page.get_by_role("row", name=re.compile(rf"^{label} \d"))
    return round(float(row.get_by_role("cell").first.inner_text().rstrip("%")))


def left_out(page: Page, words: int) -> list[list[str]]:
    """The table of words, when it is complete: word, chance without it, points."""
    table = page.get_by_role("table", name="without this word")
    expect(table.locator("tbody tr")).to_have_count(words)
    rows = table.locator("tbody tr").all()
    return [row.inner_text().replace("\t\n", "\t").split("\t")[:3] for row in rows]


@pytest.mark.parametrize(
    ("count", "plainly"), [(20, 4), pytest.param(100, 8, marks=pytest.mark.nightly)]
)
def test_its_scores_are_torch_s(still, real_url, count, plainly):
    tokenizer = AutoTokenizer.from_pretrained(checkpoint("mlm"))
    texts = [*labeled_reviews(2)["test"]["text"][:count], *OTHERS]
    said = still(f"{real_url}accessibility/").evaluate(SCORES, [texts, plainly])
    assert said["kernel"], "the kernel runs under the page's policy"
    assert said["ids"] == tokenizer(texts, truncation=True)["input_ids"]
    theirs = logits(shipped(FOLDER), tokenizer, texts)
    assert (torch.tensor(said["scores"]) - theirs).abs().max() < 1e-3
    assert (torch.tensor(said["slow"]) - theirs[-plainly:]).abs().max() < 1e-3


def test_a_review_is_judged_and_each_of_its_words_left_out(opened):
    page = opened
    recorded = page.locator("live-classifier .live__recorded")
    expect(recorded).to_be_visible()
    expect(page.get_by_role("button", name="Load the classifier (1.1 MB)")).to_be_visible()
    load(page)
    expect(recorded).to_be_hidden()
    words = left_out(page, 5)
    assert [word for word, *_ in words] == ["My", "new", "sofa", "looks", "superb"]
    assert words[-1][1] == "1%", "without its praise a review is not praise"
    assert words[-1][2] == "−97"
    assert chance(page, "positive") + chance(page, "negative") == 100
    expect(page.locator(".live-classifier__unread")).to_contain_text("All of its words stand in")
    tokens = page.get_by_role("list").filter(has_text="[CLS]").get_by_role("listitem")
    assert tokens.all_inner_texts() == [
        "[CLS]", "my", "new", "sofa", "looks", "superb", ".", "[SEP]",
    ]  # fmt: skip
    expect(page.locator("live-classifier").get_by_role("status")).to_have_text("positive, 99% sure")
    assert faults_of(page, page.locator("live-classifier")) == []

    page.get_by_role("button", name="not of its world").click()
    expect(page.locator(".live-classifier__unread")).to_contain_text("stands: love. So do not")
    page.get_by_role("textbox", name="Your review").fill("")
    expect(page.get_by_role("listitem").filter(has_text="[SEP]")).to_have_count(1)
    expect(page.get_by_role("table", name="without this word")).to_have_count(0)
    page.get_by_role("textbox", name="Your review").fill("good " * 200)
    expect(page.locator("live-classifier")).to_contain_text("as much as it can read")


@pytest.mark.nightly
def test_the_keyboard_alone_reaches_every_preset_and_the_text_on_a_phone(real_url, visit):
    page = visit(real_url, viewport={"width": 390, "height": 844}).go(PAGE)
    page.locator("live-classifier").scroll_into_view_if_needed()
    page.wait_for_selector("live-classifier[data-ready]")
    page.locator("live-classifier .live__source a").last.focus()
    tab_to(page, "live-classifier button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Your review")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Your review")).to_have_value(
        "The phone is not awful at all."
    )
    left_out(page, 7)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("Great!")
    expect(page.get_by_role("listitem").filter(has_text="great")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.nightly  # by day what was recorded is seen before anything is loaded
def test_without_scripts_the_recorded_verdicts_stand_there(real_url, unscripted):
    page = unscripted(real_url + PAGE)
    expect(page.locator("live-classifier")).to_contain_text("I love this sofa.")
    expect(page.locator("live-classifier").get_by_role("button")).to_have_count(0)


@pytest.mark.nightly  # by day another model is, on the page about the next token
def test_a_model_that_does_not_come_can_be_asked_for_again(real_url, visit):
    page = visit(real_url).go(PAGE)
    page.locator("live-classifier").scroll_into_view_if_needed()
    page.route("**/sentiment/model.safetensors", lambda route: route.abort(), times=1)
    button = page.get_by_role("button", name="Load the classifier")
    button.click()
    expect(page.locator("live-classifier")).to_contain_text("could not be loaded")
    button.click()
    expect(page.get_by_role("textbox", name="Your review")).to_be_focused()
