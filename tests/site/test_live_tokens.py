"""Readers cut their own text, join a word merge by merge, and see the bytes of what looks alike."""

import json
import unicodedata
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tokenizers import Tokenizer

from lessons.storage import CHECKPOINTS
from visiting import Visit, faults_of, tab_to

TOKENIZATION, PREPARATION = "lesson-4/tokenization/", "lesson-4/data-preparation/"
COURSE = Tokenizer.from_file(str(CHECKPOINTS / "base/tokenizer.json"))
KEPT = "() => localStorage.getItem('live-text')"
COURSES = "ol[aria-label='Tokens of the course\\'s model']"


def near(page: Page, widget: str) -> Any:
    """A widget that a reader has come to: deeper sections are open."""
    found = page.locator(f"live-{widget}")
    page.evaluate(
        """name => {
            const found = document.querySelector(`live-${name}`);
            for (let part = found; part; part = part.parentElement) part.hidden = false;
            found.scrollIntoView();
        }""",
        widget,
    )
    expect(page.locator(f"live-{widget}[data-ready]")).to_be_visible()
    return found


def pieces(widget: Any, name: str) -> list[str]:
    return widget.get_by_role("list", name=name, exact=True).locator("bdi").all_text_contents()


def ids(widget: Any, name: str = "Tokens of the course's model") -> list[int]:
    shown = widget.get_by_role("list", name=name).locator(".live-tokens__id").all_text_contents()
    return [int(one) for one in shown]


def loads(visit: Visit) -> list[str]:
    return [url for url in visit.asked if "/assets/models/" in url]


def test_a_text_is_cut_while_it_is_typed(real_url, visit):
    seen = visit(real_url)
    page = seen.go(TOKENIZATION)
    widget = near(page, "tokens")
    expect(widget.locator(".live__recorded")).to_be_visible()
    assert loads(seen) == []  # nothing is loaded before it is asked for
    expect(widget).to_contain_text("loads the course's tokenizer (124 KB)")
    tab_to(page, "live-tokens textarea")  # by keyboard alone from here on
    expect(widget.locator(".live__recorded")).to_be_hidden()
    expect(widget.get_by_role("status").last).to_contain_text("26 characters, 5 words, 9 tokens")
    assert ids(widget) == COURSE.encode("Nilisia found the ladders.").ids
    assert [url.rpartition("/")[2] for url in loads(seen)] == ["tokenizer.json"]
    assert pieces(widget, "Words") == ["Nilisia", "␣found", "␣the", "␣ladders", "."]

    page.keyboard.press("Control+a")
    page.keyboard.type("été 1835 🐈")
    text = "été 1835 🐈"
    expect(widget.locator(COURSES + " li")).to_have_count(len(COURSE.encode(text).ids))
    assert ids(widget) == COURSE.encode(text).ids
    assert pieces(widget, "Characters") == list(text.replace(" ", "␣"))
    expect(widget.get_by_role("status").last).to_contain_text("10 characters, 3 words")
    assert page.evaluate(KEPT) == text

    tab_to(page, COURSES + " button")  # one stop for all tokens, and arrows between them
    page.keyboard.press("End")
    expect(widget.locator(".live__note[role=status]")).to_contain_text("1 byte: 88")
    page.keyboard.press("ArrowLeft")
    expect(widget.locator("button[aria-pressed=true]")).to_be_focused()
    expect(widget.locator(".live__note[role=status]")).to_contain_text(r"\x90, id")

    page.get_by_role("button", name="<|endoftext|>").press("Enter")
    expect(widget.locator(".live__note[role=status]")).to_have_text(
        "Choose a token to see its bytes."
    )
    assert ids(widget) == [0]
    widget.locator(COURSES + " button").click()
    expect(widget.locator(".live__note[role=status]")).to_contain_text("is a signal and no text")
    page.get_by_role("button", name="Your text: ").press("Enter")
    expect(page.locator("live-tokens textarea")).to_have_value(text)
    page.get_by_role("button", name="Forget my text").press("Enter")
    expect(page.locator("live-tokens textarea")).to_have_value("Nilisia found the ladders.")
    assert page.evaluate(KEPT) is None
    assert faults_of(page, widget) == []
    assert seen.complaints == []


@pytest.fixture(scope="module")
def loaded(chromium, real_url):
    """The widget with GPT-2's cut beside the course's, for tests that put in a text of their own."""
    page = chromium.new_page()
    page.goto(real_url + TOKENIZATION)
    widget = near(page, "tokens")
    widget.get_by_role("button", name="Cut it").click()
    widget.get_by_role("button", name="GPT-2's cut, too (456 KB)").click()
    expect(widget.get_by_role("status").last).to_contain_text("9 tokens of GPT-2")
    yield widget
    page.close()


def test_gpt2_cuts_beside_the_course_on_a_click_that_says_the_size(loaded):
    name = "Tokens of GPT-2"
    assert pieces(loaded, name) == [*["N", "il", "is", "ia", "␣found", "␣the", "␣l", "adders", "."]]
    loaded.locator("textarea").fill("Hello, how are you?")
    expect(loaded.get_by_role("list", name=name).locator("li")).to_have_count(6)
    assert ids(loaded, name) == [15496, 11, 703, 389, 345, 30]


def test_a_long_text_is_counted_whole_and_drawn_in_part(loaded):
    text = ("Once there was a girl named Mia. " * 400)[:10_000]
    loaded.locator("textarea").fill(text)
    count = len(COURSE.encode(text).ids)
    said = f"{count:,} tokens of the course's model"
    expect(loaded.locator(".live-tokens__count").nth(2)).to_have_text(said)
    expect(loaded.locator(COURSES + " li")).to_have_count(200)
    expect(loaded).to_contain_text(f"and {count - 200:,} more")


def test_what_is_drawn_is_the_whole_cut_wherever_a_text_changes(loaded):
    for text in (
        "abc the the",
        "the abc the the",
        "the the",
        "the the ladders",
        "",
        "the x the",
        "x",
    ):
        loaded.locator("textarea").fill(text)
        expected = COURSE.encode(text).ids
        expect(loaded.locator(COURSES + " li")).to_have_count(len(expected))
        assert ids(loaded) == expected
        assert pieces(loaded, "Characters") == list(text.replace(" ", "␣"))
        stops = loaded.locator(COURSES + " button[tabindex='0']")
        assert stops.count() == bool(expected)


@pytest.mark.nightly  # by day a model is asked for again, on the page about the next token
def test_a_file_that_does_not_come_can_be_asked_for_again(real_url, visit):
    page = visit(real_url).page
    page.route("**/tokenizer.json", lambda route: route.abort())
    page.goto(real_url + TOKENIZATION)
    widget = near(page, "tokens")
    widget.get_by_role("button", name="Cut it").click()
    expect(widget.get_by_role("status").last).to_contain_text("Try again.")
    expect(widget.locator(".live__recorded")).to_be_visible()
    page.unroute("**/tokenizer.json")
    widget.get_by_role("button", name="Cut it").click()
    expect(widget.locator(COURSES + " li")).to_have_count(9)
    expect(widget.locator("textarea")).to_be_focused()


def test_a_word_is_joined_step_by_step_and_taken_apart_again(real_url, visit):
    seen = visit(real_url)
    page = seen.go(TOKENIZATION)
    widget = near(page, "merges")
    recorded = widget.locator(".live__recorded tbody tr").all_inner_texts()
    widget.locator(".live__title").click()  # the keyboard goes on from here
    tab_to(page, "live-merges .live__tool > button")
    page.keyboard.press("Enter")
    word, steps = (
        widget.get_by_role("list", name="The word now"),
        widget.locator(".live-merges__state tbody tr"),
    )
    expect(word.locator("li")).to_have_text(list("␣ladders"))
    expect(widget.locator("mark")).to_have_text("e + r 7, next")
    expect(widget.get_by_role("button", name="Back")).to_be_disabled()
    expect(widget.get_by_role("button", name="Next merge")).to_be_focused()
    page.keyboard.press("Enter")
    expect(word.locator("li")).to_have_text(["␣", "l", "a", "d", "d", "er", "s"])
    expect(word.locator(".live-merges__next")).to_have_text(["␣", "l"])
    expect(widget.get_by_role("status")).to_contain_text("Next is rule 19 of 1,790")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # to the end
    expect(word.locator("li")).to_have_text(["␣ladder", "s"])
    expect(widget.get_by_role("status")).to_contain_text("no rule joins any more")
    expect(widget.get_by_role("button", name="Back")).to_be_focused()
    assert steps.all_inner_texts() == recorded  # what the page recorded is what it does
    page.keyboard.press("Enter")
    expect(word.locator("li")).to_have_text(["␣l", "adder", "s"])

    merges = json.loads(COURSE.to_str())["model"]["merges"]
    for text in ("umbrella", "x", "forêt", "aaaa", "12"):
        widget.get_by_label("A word").fill(text)
        cut = COURSE.encode(" " + text).tokens
        first = cut[:1] if text == "12" else cut  # each digit is a word of its own
        if widget.get_by_role("button", name="To the end").is_enabled():
            widget.get_by_role("button", name="To the end").click()
        expect(word.locator("li")).to_have_count(len(first))
        for left, right, rule in widget.evaluate(
            "w => w.steps.slice(0, -1).map(s => [...w.pair(s), s.rule])"
        ):
            if "\\x" not in left + right:
                plain = [part.replace("Ġ", "␣").replace("Ãª", "ê") for part in merges[rule]]
                assert [left, right] == plain
    expect(widget).to_contain_text("this is the first of 3")
    assert faults_of(page, widget) == []
    assert seen.complaints == []


def test_what_looks_alike_has_other_bytes_until_one_form_is_chosen(real_url, visit):
    seen = visit(real_url)
    page = seen.go(PREPARATION)
    page.evaluate("() => localStorage.setItem('live-text', 'forêt')")
    widget = near(page, "bytes")
    first, second = (widget.get_by_label(name) for name in ("First text", "Second text"))
    tables, said = widget.locator("table:visible"), widget.get_by_role("status")
    expect(tables.last.locator("caption")).to_have_text("5 code points, 6 bytes")
    expect(tables.last.locator("tbody tr").last).to_have_text("◌\u0301U+0301cc 81")
    widget.locator(".live__title").click()
    tab_to(page, "live-bytes [aria-label='Change the texts'] button")
    page.keyboard.press("Enter")
    expect(said).to_have_text("The two are equal, byte for byte.")
    expect(tables.last.locator("caption")).to_have_text("4 code points, 5 bytes")
    for form in ("NFC", "NFD", "NFKC"):
        second.fill("5² ﬁ é e\u0301")
        widget.get_by_role("button", name=f"Both in {form}").click()
        expect(second).to_have_value(unicodedata.normalize(form, "5² ﬁ é e\u0301"))
    for example, verdict in [
        ("é, twice", "The two are not equal, but in NFC they are."),
        ("A variant", "The two are not equal, but in NFKC they are."),
        ("Two alphabets", "The two are not equal, and no form of Unicode makes them so."),
    ]:
        widget.get_by_role("button", name=example).click()
        expect(said).to_have_text(verdict)
    widget.get_by_role("button", name="Broken letters").click()
    broken = second.input_value()
    second.fill("")
    widget.get_by_role("button", name="Misread the first").click()
    assert (
        broken == second.input_value() == first.input_value().encode().decode("cp1252") == "gÃ¢teau"
    )
    widget.get_by_role("button", name="Your text, twice").click()
    assert [first.input_value(), second.input_value()] == ["forêt", "fore\u0302t"]
    first.fill("x" * 30)
    expect(tables.first.locator("caption")).to_have_text(
        "30 code points, 30 bytes; 6 more than are shown"
    )
    assert faults_of(page, widget) == []
    assert seen.complaints == []


@pytest.mark.nightly  # by day what was recorded is seen before anything is loaded
def test_without_scripts_the_recorded_state_stands(real_url, unscripted):
    page = unscripted(real_url + TOKENIZATION)
    assert (
        "tokens of the course's model" in page.locator("live-tokens .live__recorded").inner_text()
    )
    assert "511" in (page.locator("live-merges .live__recorded").text_content() or "")
    page = unscripted(real_url + PREPARATION)
    assert "e and an accent" in (page.locator("live-bytes .live__recorded").text_content() or "")
    assert page.locator("[data-widget] :is(textarea, input, button)").count() == 0


@pytest.mark.nightly
def test_with_storage_off_and_on_a_narrow_screen_all_three_work(real_url, visit):
    seen = visit(real_url, viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = seen.page
    page.add_init_script(
        """for (const name of ['getItem', 'setItem', 'removeItem']) {
            const plain = Storage.prototype[name];
            Storage.prototype[name] = function (key, ...given) {
                if (key.startsWith('live')) throw new Error('storage is off');
                return plain.call(this, key, ...given);
            };
        }"""
    )
    page.goto(real_url + TOKENIZATION)
    widget = near(page, "tokens")
    widget.locator("textarea").fill("Donaudampfschifffahrtsgesellschaft" * 3)
    expect(widget.get_by_role("status").last).to_contain_text("102 characters, 1 word,")
    expect(widget.get_by_role("button", name="Forget my text")).to_be_hidden()
    merges = near(page, "merges")
    merges.get_by_role("button", name="grandmother").click()
    merges.get_by_role("button", name="To the end").click()
    expect(merges.get_by_role("status")).to_contain_text("4 pieces")
    assert narrow(page)
    page.goto(real_url + PREPARATION)
    tool = near(page, "bytes")
    tool.get_by_label("First text").fill("मनीष 👩‍🚀" * 8)
    expect(tool.locator("caption").first).to_contain_text("more than are shown")
    assert narrow(page)
    assert seen.complaints == []


def narrow(page: Page) -> bool:
    """Whether nothing makes the page wider than its window."""
    return page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
