"""A matrix with fewer bits: the numbers of the page's functions, and what the model then writes."""

import pytest
import torch
from playwright.sync_api import Page, expect
from transformers import PreTrainedTokenizerFast

import lessons
import pagemodel
from coursekit.site.live_models import read
from lessons.quantization.by_hand import fit
from lessons.quantization.groups import LAYOUTS
from lessons.quantization.quantization_aware_training import rounded
from visiting import faults_of, tab_to

PAGE = "lesson-4/quantization/#eight-bits-by-hand"
PROMPT = "Story: Once there was a girl named Mia. One cold"
NAMES = ("h.0.mlp.c_fc.weight", "h.5.attn.c_proj.weight")
WIDTHS = [(bits, per_row) for bits in range(2, 9) for per_row in (True, False)]
# Of these each third by day, and by night all.
DAY_AND_NIGHT = [3, pytest.param(1, marks=pytest.mark.nightly)]
WRITTEN = [(8, True), (5, False), (4, True), (3, False), (3, True), (2, True)]
# What each width makes of a matrix, without the whole numbers but for how often each occurs.
ROUNDED = """async ([names, widths]) => {
    const { loaded } = await import('/assets/js/live/engine/model.js');
    const { counted } = await import('/assets/js/live/bits.js');
    const model = await loaded('base');
    const found = [];
    for (const name of names) {
        for (const [bits, perRow] of widths) {
            const made = await model.ask('rounded', { name, bits, perRow });
            const counts = counted(made.numbers, bits).map(([, count]) => count);
            const numbers = [...made.numbers.slice(0, 999)];
            found.push({ ...made, counts, scales: [...made.scales], numbers });
        }
    }
    return found;
}"""
WRITES = """async ([ids, widths]) => {
    const { loaded } = await import('/assets/js/live/engine/model.js');
    const model = await loaded('base');
    const found = [];
    for (const [bits, perRow] of widths) {
        const text = [...ids];
        const bytes = await model.ask('round', { bits, perRow });
        await model.ask('generate', { ids, count: 24, seed: 1, ways: { temperature: 0 }, pastEnd: true },
                        ({ id }) => text.push(id));
        found.push([bytes, text]);
    }
    return found;
}"""


@pytest.fixture
def opened(real_url, visit):
    there = visit(real_url)
    yield there.go(PAGE)
    assert there.complaints == []


def load(page: Page) -> None:
    """Take a matrix by the keyboard."""
    page.locator("live-bits").scroll_into_view_if_needed()
    page.wait_for_selector("live-bits[data-ready]")
    page.locator("live-bits .live__source").evaluate("e => { e.tabIndex = -1; e.focus() }")
    tab_to(page, "live-bits button")
    expect(page.get_by_role("button", name="Take a matrix")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="Bits of a weight")).to_be_focused()


@pytest.mark.parametrize("every", DAY_AND_NIGHT)
def test_numbers_errors_and_bytes_are_those_of_the_page_s_functions(real, still, real_url, every):
    tensors = read((real.root / pagemodel.MODEL).read_bytes())
    names, widths = NAMES[::every], WIDTHS[::every]
    said = iter(still(f"{real_url}accessibility/").evaluate(ROUNDED, [names, widths]))
    for name in names:
        weight = pagemodel.matrix(tensors, f"transformer.{name}")
        for bits, per_row in widths:
            made, grid = next(said), fit(weight, bits, per_row)
            whole = grid.quantize(weight)
            assert made["scales"] == grid.scale.flatten().tolist()
            assert made["numbers"] == whole.flatten()[:999].tolist()
            counts = torch.bincount(whole.flatten().long() - grid.low, minlength=2 * grid.high + 1)
            assert made["counts"] == counts.tolist()
            off = ((grid.dequantize(whole) - weight).norm() / weight.norm()).item()
            assert made["error"] == pytest.approx(off, rel=1e-4, abs=1e-7)
            each = LAYOUTS["row" if per_row else "matrix"].bits_per_weight(weight, bits)
            assert made["bytes"] * 8 == pytest.approx(each * weight.numel())


@pytest.mark.parametrize("every", DAY_AND_NIGHT)
def test_it_writes_what_pytorch_writes_with_the_same_rounding(real, real_url, visit, every):
    there, written = visit(real_url), WRITTEN[::every]
    model = pagemodel.load(real.root)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(lessons.checkpoint("base"))
    ids = tokenizer(PROMPT)["input_ids"]
    said = there.go("accessibility/").evaluate(WRITES, [ids, written])
    for (bits, per_row), (_, text) in zip(written, said, strict=True):
        twin = rounded(model, bits, lambda w, b, per=per_row: fit(w, b, per))
        with torch.no_grad():
            scores = twin(torch.tensor([text])).logits[0, len(ids) - 1 : -1]
        assert scores.argmax(-1).tolist() == text[len(ids) :], (bits, per_row)
    assert said[0][0] == pytest.approx(2_654_208 + 2 * 10_368)  # weights, and two bytes a scale
    assert there.complaints == []


def shown(page: Page) -> dict[str, str]:
    rows = page.locator("live-bits .live-bits__numbers table").first.get_by_role("row").all()
    return dict(row.inner_text().split("\t") for row in rows)


def test_bits_are_taken_away_until_the_language_is_gone(opened):
    page = opened
    recorded = page.locator("live-bits .live__recorded")
    expect(recorded).to_contain_text("1.36%")
    load(page)
    expect(recorded).to_be_hidden()
    expect(page.get_by_role("table", name="This matrix in 4 bits")).to_be_visible()
    four = shown(page)
    assert four["weights"] == "147,456"
    assert four["scales"] == "1"
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("table", name="This matrix in 3 bits")).to_be_visible()
    three = shown(page)
    assert float(three["error, of the weights"][:-1]) > float(four["error, of the weights"][:-1])
    texts = page.get_by_role("table", name="It goes on")
    expect(texts).to_contain_text("3 bits, a scale for each matrix night Maraeeeee")
    expect(texts).to_contain_text("night Mara sent a letter to Rineto")
    expect(
        page.get_by_role("img", name="Of 7 whole numbers, from −3 to 3, 7 are used")
    ).to_be_visible()
    page.get_by_text("How often each whole number is stored").click()
    lines = page.locator("live-bits .live-surprise__list tbody tr")
    expect(lines).to_have_count(7)
    assert faults_of(page, page.locator("live-bits")) == []

    tab_to(page, "live-bits input[type=radio]")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="each row")).to_be_checked()
    expect(texts).to_contain_text("3 bits, a scale for each row")
    rows = shown(page)
    assert rows["scales"] == "768"
    assert float(rows["error, of the weights"][:-1]) < float(three["error, of the weights"][:-1])
    expect(lines).to_have_count(7)
    page.get_by_role("textbox", name="What the model is to go on from").fill("")
    expect(texts).not_to_contain_text("Rineto")


@pytest.mark.nightly
def test_the_keyboard_alone_takes_bits_away_in_the_dark_on_a_phone(real_url, visit):
    page = visit(real_url, viewport={"width": 390, "height": 844}, color_scheme="dark").go(PAGE)
    page.locator("live-bits").scroll_into_view_if_needed()
    page.wait_for_selector("live-bits[data-ready]")
    page.locator("live-bits .live__source").evaluate("e => { e.tabIndex = -1; e.focus() }")
    tab_to(page, "live-bits button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="Bits of a weight")).to_be_focused()
    page.keyboard.press("End")
    tab_to(page, "live-bits input[type=radio]")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("table", name="This matrix in 8 bits")).to_contain_text("0.00%")
    tab_to(page, "live-bits select")
    page.keyboard.press("ArrowDown")
    tab_to(page, "live-bits textarea")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.nightly  # by day what was recorded is seen before anything is loaded
def test_without_scripts_the_recorded_errors_stand_there(real_url, unscripted):
    page = unscripted(real_url + PAGE)
    expect(page.locator("live-bits")).to_contain_text("0.67%")
    expect(page.locator("live-bits").get_by_role("button")).to_have_count(0)
