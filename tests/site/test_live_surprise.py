"""A text shaded by surprise: its perplexity is that of the page's function, and it adds up."""

import random

import pytest
from playwright.sync_api import Page, expect
from transformers import PreTrainedTokenizerFast

import lessons
import pagemodel
from lessons import world
from lessons.evaluation.perplexity import likelihood
from lessons.pretraining.objectives import bits_per_byte
from visiting import faults_of, tab_to

PAGE = "lesson-4/evaluation/#how-likely-it-finds-a-text-perplexity"
CONTEXT, STRIDE = 240, 120  # as on the page
FOX = "The quick brown fox jumps over the lazy dog"
# Sum, perplexity and bits per byte of texts, as the widget has them.
ADDED = """async texts => {
    const { loaded } = await import('/assets/js/live/engine/model.js');
    const { added } = await import('/assets/js/live/surprise.js');
    const model = await loaded('base');
    const found = [];
    for (const text of texts) {
        const ids = model.tokenizer.encode(text);
        const bits = await model.ask('surprisal', { ids, context: 240, stride: 120 });
        const bytes = ids.slice(1).map((id) => model.tokenizer.bytes(id).length);
        found.push({ ids, ...added(bits, bytes, bits.length) });
    }
    return found;
}"""


def texts() -> list[str]:
    """Fifty of the course's world and of none, three of them longer than a window."""
    rng = random.Random("surprise")
    documents = world.documents(seed=5, count=44, split="held-out")
    strange = [FOX, "Oh là là! 🙂 naïve\n\n東京", "".join(rng.choices("abc XYZ.,!", k=200))]
    return [*documents, *strange, *("\n".join(documents[i : i + 8]) for i in (0, 8, 16))]


@pytest.fixture
def opened(real_url, visit):
    there = visit(real_url)
    page = there.go(PAGE)
    yield page
    assert there.complaints == []


def load(page: Page) -> None:
    """Measure a text by the keyboard."""
    page.locator("live-surprise").scroll_into_view_if_needed()
    page.wait_for_selector("live-surprise[data-ready]")
    page.locator("live-surprise .live__source").evaluate("e => { e.tabIndex = -1; e.focus() }")
    tab_to(page, "live-surprise button")
    expect(page.get_by_role("button", name="Measure a text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="A text")).to_be_focused()


@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.nightly)])
def test_perplexity_is_that_of_the_page_s_function_to_three_digits(every, real, still, real_url):
    """By day a few of the documents of the course's world, those of none, and a long one."""
    model, tried = (
        pagemodel.load(real.root),
        [*texts()[:44:every], *texts()[44:][: {1: 6, 11: 4}[every]]],
    )
    tokenizer = PreTrainedTokenizerFast.from_pretrained(lessons.checkpoint("base"))
    said = still(f"{real_url}accessibility/").evaluate(ADDED, tried)
    assert len(said) == {1: 50, 11: 8}[every]
    assert sum(len(one["ids"]) > CONTEXT for one in said) == {1: 3, 11: 1}[every]
    for text, one in zip(tried, said, strict=True):
        ids = tokenizer(text)["input_ids"]
        assert one["ids"] == ids
        theirs = likelihood(model, ids, CONTEXT, STRIDE)
        assert one["count"] == theirs.tokens
        assert one["perplexity"] == pytest.approx(theirs.perplexity, rel=5e-4)
        size = len(text.encode()) - len(tokenizer.decode(ids[:1]).encode())
        per_byte = bits_per_byte(theirs.nats / theirs.tokens, theirs.tokens, size)
        assert one["perByte"] == pytest.approx(per_byte, rel=5e-4)


def numbers(page: Page) -> dict[str, str]:
    rows = page.get_by_role("table", name="Added up").get_by_role("row").all()
    return dict(row.inner_text().split("\t") for row in rows)


def test_a_text_is_shaded_and_its_bits_add_up(opened):
    page = opened
    recorded = page.locator("live-surprise .live__recorded")
    expect(recorded).to_contain_text("24.4")
    load(page)
    expect(recorded).to_be_hidden()
    status = page.locator("live-surprise").get_by_role("status")
    expect(status).to_have_text("7 tokens, perplexity 24.51")
    assert numbers(page)["tokens guessed"] == "6"

    slider = page.get_by_role("slider", name="Added up to token")
    tab_to(page, "live-surprise input")
    expect(slider).to_be_focused()
    page.keyboard.press("Home")
    one = numbers(page)
    assert one["tokens guessed"] == "1"
    assert one["bits together"] == one["bits per token"]
    page.keyboard.press("ArrowRight")
    two = numbers(page)
    assert float(two["bits together"]) >= float(one["bits together"])
    assert 2 ** float(two["bits per token"]) == pytest.approx(
        float(two["perplexity, 2 to the " + two["bits per token"]]), rel=0.02
    )
    assert slider.get_attribute("aria-valuetext").startswith("token 3, sees: ")
    assert page.locator(".live-surprise__text .surprise__place").inner_text() == " sees"

    page.get_by_role("button", name="a fox").click()
    expect(page.locator(".live-surprise__result")).to_contain_text("has read nothing like this")
    expect(page.locator(".live-surprise__text .surprise__3").first).to_be_visible()
    page.get_by_text("Each token with its bits").click()
    lines = page.locator(".live-surprise__list tbody tr")
    expect(lines).to_have_count(15)
    assert lines.last.inner_text().split("\t")[-1] == next(
        value for name, value in numbers(page).items() if name.startswith("perplexity")
    )
    page.get_by_role("button", name="the text above this").click()
    expect(page.locator(".live-surprise__result")).to_contain_text("windows of 240 tokens")
    page.get_by_role("button", name="a fox").click()
    expect(lines).to_have_count(15)
    assert faults_of(page, page.locator("live-surprise")) == []
    page.get_by_role("textbox", name="A text").fill("")
    expect(status).to_contain_text("It takes two tokens at least")
    expect(page.locator(".live-surprise__result")).to_be_hidden()


@pytest.mark.nightly
def test_the_keyboard_alone_measures_a_text_of_one_s_own_in_the_dark_on_a_phone(real_url, visit):
    page = visit(real_url, viewport={"width": 390, "height": 844}, color_scheme="dark").go(PAGE)
    page.locator("live-surprise").scroll_into_view_if_needed()
    page.wait_for_selector("live-surprise[data-ready]")
    page.locator("live-surprise .live__source").evaluate("e => { e.tabIndex = -1; e.focus() }")
    tab_to(page, "live-surprise button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="A text")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("It is good.")
    expect(page.locator("live-surprise .live-surprise__text")).to_have_text("It is good.")
    tab_to(page, "live-surprise input")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("live-surprise .live-surprise__at")).to_contain_text("4 of 5, good: ")
    tab_to(page, "live-surprise summary")
    page.keyboard.press("Enter")
    expect(page.locator(".live-surprise__list tbody tr")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.nightly  # by day what was recorded is seen before anything is loaded
def test_without_scripts_the_recorded_perplexities_stand_there(real_url, unscripted):
    page = unscripted(real_url + PAGE)
    expect(page.locator("live-surprise")).to_contain_text("165,082.6")
    expect(page.locator("live-surprise").get_by_role("button")).to_have_count(0)
