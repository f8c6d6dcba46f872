"""Readers choose the next token: with recorded chances before a click, with the model after it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coursekit import yamltext
from coursekit.config import Config
from coursekit.kinds.live import LIVE
from coursekit.parser import load
from visiting import faults_of

ROOT = Path(__file__).parents[2]
PAGES = (
    "index.md",
    *(f"lesson-4/{n}.md" for n in ("prompting", "inside-the-model", "pretraining")),
)
PLACES = (*PAGES, "models/index.md")
# How many bits are open after each of these, and what is likeliest.
OPEN = """async prompts => {
    const { loaded } = await import('/assets/js/live/engine/model.js');
    const { entropy, likeliest, softmax } = await import('/assets/js/live/engine/sampling.js');
    const model = await loaded('base');
    const found = [];
    for (const prompt of prompts) {
        const chances = softmax(await model.ask('next', { ids: model.tokenizer.encode(prompt) }));
        found.push([entropy(chances), likeliest(chances, 4).map(([id]) => model.tokenizer.decode([id]))]);
    }
    return found;
}"""
# Sampling as the course's pages do it, on these chances.
SHAPED = """async ([chances, ways]) => {
    const { drawn, picked, shaped } = await import('/assets/js/live/engine/sampling.js');
    const given = Float64Array.from(chances);
    const counts = chances.map(() => 0);
    for (let place = 0; place < 4000; place++) counts[picked(given, drawn(7, place))]++;
    return [ways.map((way) => Array.from(shaped(given, way))), counts];
}"""
CHANCES = [0.05, 0.4, 0.25, 0.0, 0.2, 0.1]
WAYS = [
    {"temperature": 0.5},
    {"temperature": 1.5},
    {"topK": 2},
    {"topP": 0.6},
    {"temperature": 1.5, "topK": 4, "topP": 0.79},
    {"temperature": 0},
]


def options(name: str) -> dict[str, list[str]]:
    """What the page gives to its widget."""
    (block,) = (
        block
        for block in load(ROOT / "docs" / name, Config.load(ROOT)).of_kind(LIVE)
        if block.attributes["widget"] == "next-token"
    )
    found: dict[str, list[str]] = yamltext.read(block.body).get("options", {})
    return found


def address(name: str) -> str:
    return name.removesuffix("index.md").removesuffix(".md") + "/" * (not name.endswith("index.md"))


def near(page: Page) -> None:
    """Come near the widget, as a reader does who scrolls."""
    page.locator("live-next-token").evaluate("""element => {
        for (let at = element; at; at = at.parentElement) if (at.localName === 'details') at.open = true;
        element.closest('[hidden]')?.removeAttribute('hidden');
        element.scrollIntoView();
    }""")
    expect(page.locator("live-next-token[data-ready]")).to_be_attached()


def begun(page: Page) -> Page:
    near(page)
    page.get_by_role("button", name=re.compile("loads 3.4 MB")).press("Enter")
    expect(page.get_by_role("button", name="Write on")).to_be_focused()
    return page


def one_token(page: Page) -> None:
    """Let it write a token, and wait until it may write the next: until then the button does nothing."""
    button = page.get_by_role("button", name="One token")
    button.press("Enter")
    expect(button).to_have_attribute("aria-disabled", "false")


def test_a_newcomer_lets_it_write_with_the_keyboard_alone(real_url, visit):
    there = visit(real_url)
    page = there.go()
    near(page)
    recorded = page.locator(".hero figure.surprise")
    expect(recorded).to_be_visible()
    assert not [url for url in there.asked if "models/base" in url], "nothing before the click"
    begun(page)
    expect(recorded).to_be_hidden()
    text = page.get_by_role("toolbar", name=re.compile("The text, token by token"))
    first = text.inner_text()
    assert len(first) > len(page.get_by_label("A beginning").input_value()) + 20
    assert first.rstrip("…").rstrip().endswith("."), "a story is written to its end"
    expect(page.locator(".live__status")).to_contain_text("It wrote:")
    expect(page.locator("live-next-token")).to_contain_text("a second, on your processor")
    rest = [text.get_by_role("button", pressed=True).get_attribute("aria-label")]
    text.get_by_role("button", pressed=True).focus()
    page.keyboard.press("Home")
    expect(page.locator("live-next-token")).to_contain_text("Nothing stands before the first token")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    rest.append(text.get_by_role("button", pressed=True).get_attribute("aria-label"))
    assert re.fullmatch(r".+, [1-9]\d*\.\d bits", rest[0]), "the least likely of all is shown"
    assert re.fullmatch(r"Once, \d\.\d bits", rest[1]), rest
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="stands here")).to_contain_text("Once")
    page.get_by_role("button", name="Begin again").press("Enter")
    expect(rows.filter(has_text="stands here")).to_have_count(0)
    page.get_by_role("button", name="Write on").press("Enter")
    expect(text).to_have_text(first, use_inner_text=True)  # the same seed, the same text
    page.get_by_role("button", name="Another").press("Enter")
    expect(text).not_to_have_text(first, use_inner_text=True)
    strange(page)
    assert faults_of(page, page.locator("live-next-token")) == []
    assert there.complaints == []


def strange(page: Page) -> None:
    """A text of another world gets a word about it, and one that base knows does not."""
    said = page.locator(".live-next-token__strange")
    expect(said).to_be_hidden()
    page.get_by_label("A beginning").fill("Quarterly revenue grew, and shareholders cheered.")
    expect(said).to_contain_text("base has read nothing like this")
    page.get_by_label("A beginning").fill("Mia has 12 kites. " * 33)
    expect(said).to_contain_text("base reads at most 256 tokens: the first ")
    page.get_by_label("A beginning").fill("")  # the beginning of any text
    expect(page.get_by_role("row", name=re.compile("^all others"))).to_be_visible()
    expect(said).to_be_hidden()
    page.get_by_label("A beginning").fill("Mia 🙂 ran")
    expect(said).to_contain_text("is cut into its bytes")
    expect(page.get_by_role("toolbar")).to_contain_text(r"\xf0")
    top = page.get_by_label("top-k (0: all)")
    bounds = page.get_by_text("a whole number from 0 to 1000: 0 is taken")
    top.fill("-5")
    expect(bounds).to_be_visible()
    top.fill("7")
    expect(bounds).to_have_count(0)
    page.get_by_role("combobox", name="or one of these").select_option(index=2)
    one_token(page)
    expect(page.get_by_role("row").filter(has_text="stands here")).to_have_count(1)


def test_settings_work_on_what_the_page_measured_before_anything_is_loaded(real_url, visit):
    there = visit(real_url, viewport={"width": 390, "height": 844})
    page = there.go("lesson-4/prompting/")
    near(page)
    recorded = page.locator("live-next-token .live__recorded table")
    expect(recorded.get_by_role("row")).to_have_count(7)
    page.get_by_role("spinbutton", name="top-k").fill("2")
    expect(recorded).to_be_hidden()
    rows = page.locator(".live-next-token__bars").get_by_role("row")
    expect(rows.nth(1)).to_have_text(re.compile(r"cold\s*41%\s*57%"))
    expect(rows.nth(3)).to_have_text(re.compile(r"night\s*8.4%\s*0%"))
    page.get_by_role("slider", name="temperature").focus()
    page.keyboard.press("Home")
    expect(rows.nth(1)).to_have_text(re.compile(r"cold\s*41%\s*100%"))
    assert not [url for url in there.asked if "models/base" in url]
    assert faults_of(page, page.locator("live-next-token")) == []
    begun(page)
    one_token(page)
    expect(page.locator(".live__status")).to_have_text("It wrote: cold")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide == 390
    assert there.complaints == []


def test_a_model_that_does_not_come_can_be_asked_for_again(real_url, visit):
    page = visit(real_url).go("models/")
    near(page)
    page.route("**/model.safetensors", lambda route: route.fulfill(status=503))
    load = page.get_by_role("button", name=re.compile("loads"))
    load.click()
    expect(page.locator(".live__status")).to_contain_text("Try once more")
    expect(page.locator("live-next-token .live__recorded")).to_be_visible()
    page.unroute("**/model.safetensors")
    load.click()
    expect(page.get_by_role("button", name="Write on")).to_be_focused()


def test_it_says_where_a_head_looks_as_the_page_measured_it(real_url, visit):
    there = visit(real_url)
    page = begun(there.go("lesson-4/inside-the-model/"))
    page.get_by_role("slider", name="temperature").fill("0")
    one_token(page)
    one_token(page)
    page.get_by_role("button", name="what comes next").click()
    heads = page.locator(".live-next-token__heads")
    expect(heads.locator("caption")).to_have_text(re.compile("Where “vieux” at place"))
    expect(heads.get_by_role("row").nth(1)).to_contain_text("cat")
    heads.get_by_label("Head").select_option("1")
    expect(heads.get_by_role("row").nth(1)).not_to_contain_text("cat")
    assert there.complaints == []


@pytest.mark.nightly
def test_after_each_beginning_several_words_are_likely(real_url, visit):
    page = visit(real_url).go("models/")
    near(page)
    default = page.get_by_role("combobox", name="or one of these").locator("option")
    presets = {option.get_attribute("value") for option in default.all()}
    for name in PLACES:
        presets |= set(options(name).get("presets", [])) if "heads" not in options(name) else set()
    assert len(presets) >= 5
    for prompt, (bits, words) in zip(presets, page.evaluate(OPEN, list(presets)), strict=True):
        assert 1 <= bits <= 4, (prompt, bits)
        assert all(re.fullmatch(r" \w+", word) for word in words), (prompt, words)


def test_chances_are_shaped_and_drawn_as_on_the_page_about_it(real_url, still):
    import torch

    from lessons.prompting.decoding import temperature, top_k, top_p

    page = still(f"{real_url}accessibility/")
    shaped, counts = page.evaluate(SHAPED, [CHANCES, WAYS])
    for way, found in zip(WAYS, shaped, strict=True):
        chances = torch.tensor(CHANCES, dtype=torch.float64)
        if way.get("temperature") == 0:
            expected = torch.nn.functional.one_hot(chances.argmax(), len(CHANCES))
        else:
            expected = temperature(chances, way.get("temperature", 1))
            expected = top_k(expected, way["topK"]) if "topK" in way else expected
            expected = top_p(expected, way["topP"]) if "topP" in way else expected
        assert found == pytest.approx(expected.tolist(), abs=1e-9), way
    assert [count / 4000 for count in counts] == pytest.approx(CHANCES, abs=0.03)


@pytest.mark.parametrize(
    "name", [PLACES[0], *(pytest.param(name, marks=pytest.mark.nightly) for name in PLACES[1:])]
)
def test_without_a_script_a_reader_sees_what_was_recorded(name, real_url, unscripted):
    page = unscripted(real_url + address(name))
    widget = page.locator("live-next-token")
    source = widget.locator(".live__source")
    assert source.inner_text().strip()
    assert widget.get_attribute("data-model") == "base"
    if name == "index.md":
        expect(page.locator(".hero figure.surprise")).to_be_visible()
    else:
        assert widget.locator("td").count() >= 3
    for link in source.locator("a").all():
        assert not str(link.get_attribute("href")).endswith(".md")
