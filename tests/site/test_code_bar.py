"""The bar above a listing: what its buttons copy, that it runs, and where they lie."""

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page as Browser
from playwright.sync_api import expect

from coursekit.built import looks
from coursekit.config import Config
from coursekit.course import costs
from coursekit.downloads.export import HELPER, raising_helper
from coursekit.kinds.output import broken
from coursekit.page.contents import Page
from coursekit.parser import load
from coursekit.site import raising
from nested import environment
from remeasured import git
from visiting import SAMPLE, tab_to

ROOT = Path(__file__).parents[2]
CONFIG = Config.load(ROOT)
AT_NIGHT = (pytest.mark.nightly, pytest.mark.timeout(3600))
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
ALL = "Copy with all before it"
SCRIPT = "**/code-bar.js"


def raising_block(page: Page) -> bool:
    return any(block.raises for block in page.blocks)


def seconds(page: Page) -> float:
    cost = costs.read(page, CONFIG)
    return next(iter(cost.runs.values())).seconds if cost else float("inf")


LESSONS = [page for page in (load(p, CONFIG) for p in CONFIG.lesson_files) if page.code]
# By day the page that runs soonest, and one with a block that must raise.
BY_DAY = [min(LESSONS, key=seconds), min((p for p in LESSONS if raising_block(p)), key=seconds)]
EACH = [
    pytest.param(page, marks=() if page in BY_DAY else AT_NIGHT, id=page.path.stem)
    for page in LESSONS
]


def place(page: Page) -> str:
    return f"{below_docs(page).as_posix()}/".removesuffix("index/")


def below_docs(page: Page) -> Path:
    return page.path.relative_to(ROOT / "docs").with_suffix("")


# What the buttons with some words would put on the clipboard, block by block.
COPIES = """words => {
    const found = [];
    const value = async text => found.push(text);
    Object.defineProperty(navigator.clipboard, 'writeText', { value, configurable: true });
    for (const button of document.querySelectorAll('[role=group] > .code-bar__button'))
        if (button.textContent === words) button.click();
    return found;
}"""


def copies(browser: Browser, words: str) -> list[str]:
    found: list[str] = browser.evaluate(COPIES, words)
    return found


def script_up_to_each_block(file: Path) -> list[str]:
    """The code of a page's script up to and with each of its blocks, what it adds before them included."""
    cells = re.split(r"^# %%", file.read_text("utf-8"), flags=re.MULTILINE)
    code = [cell.strip("\n") for cell in cells if cell.startswith("\n")]
    return [
        "\n\n".join(code[: number + 1])
        for number, cell in enumerate(code)
        if not cell.startswith(f"def {HELPER}")
    ]


@pytest.mark.parametrize("page", EACH)
def test_what_is_copied_of_a_page_is_its_script_up_to_there(page, real, real_url, visit):
    seen = visit(real_url)
    browser = seen.go(place(page))
    wanted = script_up_to_each_block((real.root / below_docs(page)).with_suffix(".py"))
    assert len(wanted) == len(page.code)
    assert copies(browser, "Copy") == [block.code.text.strip("\n") for block in page.code]
    found = copies(browser, ALL)
    for number, (one, other) in enumerate(zip(found, wanted[1:], strict=True), 2):
        assert one == other, f"block {number} of {len(wanted)}"
    assert seen.complaints == []


def test_a_block_that_must_raise_is_copied_as_the_script_has_it(sample, sample_url, visit):
    browser = visit(sample_url).go(SAMPLE)
    wanted = script_up_to_each_block(sample.root / "lesson-4/sample.py")
    assert f"with {HELPER}('TypeError'):\n    len(5)" in wanted[-1]
    assert copies(browser, ALL) == wanted[1:]
    assert not [text for text in wanted if "argparse" in text], (
        "a script of its own is no part of it"
    )


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=AT_NIGHT, id=page.path.stem) for page in LESSONS]
)
def test_three_blocks_of_each_page_run_with_all_before_them(page, real_url, visit, tmp_path):
    """Chosen by the commit, each in a Python of its own."""
    seed = f"{git('rev-parse', 'HEAD')} {page.path.stem}"
    print(f"blocks chosen by random.Random({seed!r})")
    chosen = sorted(
        random.Random(seed).sample(range(2, len(page.code) + 1), min(3, len(page.code) - 1))
    )
    found = copies(visit(real_url).go(place(page)), ALL)
    for number in chosen:
        file = tmp_path / str(number) / "copied.py"
        file.parent.mkdir()
        file.write_text(found[number - 2], "utf-8")
        done = subprocess.run(
            [sys.executable, file.name], cwd=file.parent, capture_output=True, encoding="utf-8",
            env=environment(PYTHONPATH=str(ROOT / "src"), HF_HUB_OFFLINE="1", PYTHONUTF8="1"),
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"block {number} of {page.path.stem} ({seed}): {done.stderr}"
        output = page.code[number - 1].output
        if output is not None:
            lines = done.stdout.splitlines()[-len(output.body.rstrip("\n").splitlines()) :]
            assert broken(output, "\n".join(lines)) is None, f"block {number} ({seed})"


WIDTHS = (320, 390, 768, 1440)


def stray(browser: Browser) -> dict[int, list[str]]:
    looks.open_boxes(browser)
    found = {}
    for width in WIDTHS:
        browser.set_viewport_size({"width": width, "height": 800})
        found[width] = looks.stray_buttons(browser)
    return {width: buttons for width, buttons in found.items() if buttons}


@pytest.mark.parametrize(
    "path",
    [
        SAMPLE,
        *(
            pytest.param(path, marks=pytest.mark.nightly)
            for path in ("", "reference/sample/", "if-it-breaks/", "lesson-5/sample/")
        ),
    ],
)
def test_no_button_lies_on_code_or_outside_its_listing(path, sample_url, visit):
    browser = visit(sample_url, reduced_motion="reduce", bypass_csp=True).go(path)
    assert browser.locator(".code-bar button").count() > 0
    assert stray(browser) == {}
    browser.add_style_tag(content=".code-bar__button { translate: 0 2rem }")
    assert stray(browser).keys() == set(WIDTHS)


# By day the bars look at the buttons of each page.
@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=AT_NIGHT, id=page.path.stem) for page in LESSONS]
)
def test_no_button_of_a_lesson_lies_on_code_or_outside_its_listing(page, real_url, visit):
    browser = visit(real_url, reduced_motion="reduce").go(place(page))
    assert browser.locator(".code-bar button").count() >= 2 * len(page.code) - 1
    assert stray(browser) == {}


HEIGHTS = "[...document.querySelectorAll('article .highlight')].map(e => e.offsetHeight)"


@pytest.mark.parametrize(
    ("width", "path"),
    [
        (390, SAMPLE),
        *(
            pytest.param(width, path, marks=pytest.mark.nightly)
            for width in (390, 1440)
            for path in ("", SAMPLE, "reference/sample/")
            if (width, path) != (390, SAMPLE)
        ),
    ],
)
def test_nothing_moves_when_the_bars_come(width, path, sample_url, visit):
    seen = visit(sample_url, viewport={"width": width, "height": 800})
    seen.page.route(SCRIPT, lambda route: route.abort())
    browser = seen.go(path)
    looks.open_boxes(browser)
    before = browser.evaluate(HEIGHTS)
    browser.unroute(SCRIPT)
    browser.reload()
    looks.open_boxes(browser)
    expect(browser.locator(".code-bar").first).to_be_attached()
    after = browser.evaluate(HEIGHTS)
    assert len(after) > 0
    assert [b - a for a, b in zip(before, after, strict=True)] == pytest.approx(
        [0] * len(after), abs=1
    )


def test_the_bar_says_which_block_it_is_and_the_first_has_nothing_before_it(sample_url, still):
    browser = still(sample_url + SAMPLE)
    bars = browser.locator(".code-bar[role=group]")
    assert [bar.get_attribute("aria-label") for bar in bars.all()] == [
        f"Block {number} of 6" for number in range(1, 7)
    ]
    assert browser.locator(".code-bar__place").first.inner_text() == "1 of 6"
    counts = [bar.locator("button").count() for bar in bars.all()]
    assert counts == [1, 2, 2, 2, 2, 2]


def test_a_listing_outside_the_page_s_code_is_copied_alone(sample_url, still):
    browser = still(sample_url + SAMPLE)
    for listing in (".script", ".card .language-bash"):
        assert browser.locator(f"{listing} .code-bar button").first.text_content() == "Copy"
        assert browser.locator(f"{listing} .code-bar[role=group]").count() == 0
    assert browser.locator(f"button:text-is('{ALL}')").count() == 5
    browser = still(f"{sample_url}if-it-breaks/")
    assert browser.locator(".language-python .code-bar button").all_text_contents() == ["Copy"]


def test_a_signature_and_what_a_real_model_printed_have_no_bar(sample_url, still):
    browser = still(sample_url + SAMPLE)
    assert browser.locator(".recorded .highlight").count() > 0
    assert browser.locator(".recorded .code-bar").count() == 0
    browser = still(f"{sample_url}reference/sample/")
    expect(browser.locator(".mkdocstrings-source .code-bar").first).to_be_attached()
    assert browser.locator(".doc-signature .code-bar").count() == 0


def test_copying_by_key_is_said_and_the_focus_stays(sample_url, visit):
    browser = visit(sample_url, **CLIPBOARD).go(SAMPLE)
    tab_to(browser, "[aria-label='Block 2 of 6'] .code-bar__button:last-child")
    browser.keyboard.press("Enter")
    said = browser.locator("article [role=status]", has_text="Copied")
    expect(said).to_have_text("Copied blocks 1 to 2")
    button = browser.locator("[aria-label='Block 2 of 6'] button").last
    expect(button).to_be_focused()
    expect(button).to_have_attribute("data-copied", "yes")
    expect(button).not_to_have_attribute("data-copied", "yes")
    text = browser.evaluate("navigator.clipboard.readText()")
    assert text.startswith("from collections import Counter\n\n")


INSECURE = "Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined });"


@pytest.mark.nightly
def test_a_page_that_is_not_served_over_https_copies_the_older_way(sample_url, visit):
    seen = visit(sample_url)
    seen.page.add_init_script(INSECURE)
    browser = seen.go(SAMPLE)
    button = browser.locator("[aria-label='Block 3 of 6'] button").first
    button.click()
    expect(button).to_have_attribute("data-copied", "yes")
    expect(button).to_be_focused()
    assert browser.locator("article textarea").count() == 0
    browser.evaluate("document.querySelector('article').append(document.createElement('textarea'))")
    browser.locator("article textarea").focus()
    browser.keyboard.press("Control+V")
    assert browser.locator("article textarea").input_value().startswith('print("the:"')


@pytest.mark.nightly
def test_a_browser_that_refuses_to_copy_is_reported(sample_url, visit):
    seen = visit(sample_url)
    seen.page.add_init_script(f"{INSECURE} document.execCommand = () => false;")
    browser = seen.go(SAMPLE)
    button = browser.locator(".code-bar__button").first
    button.click()
    expect(button).to_have_attribute("data-copied", "no")
    said = browser.locator("article [role=status]", has_text="Not copied")
    expect(said).to_contain_text("copy it by key")


def test_without_scripts_there_is_no_bar_and_no_gap_where_it_would_be(sample_url, unscripted):
    browser = unscripted(sample_url + SAMPLE)
    assert browser.locator(".code-bar").count() == 0
    listing = browser.locator(".highlight.language-python").filter(has_text="the cat")
    outer, inner = listing.bounding_box(), listing.locator("pre").bounding_box()
    assert inner["y"] - outer["y"] < 3


def test_on_paper_a_caption_is_left_of_the_bar(sample_url, visit):
    browser = visit(sample_url).go(SAMPLE)
    browser.emulate_media(media="print")
    expect(browser.locator(".code-bar button:visible")).to_have_count(0)
    expect(browser.get_by_text("Count words").first).to_be_visible()
    plain = browser.locator(".highlight.language-python").filter(has_text="the cat")
    expect(plain.locator(".code-bar")).to_be_hidden()


def test_the_page_s_script_gets_the_function_that_its_downloads_have(sample):
    text = (sample.root / "assets/js/course.js").read_text("utf-8")
    assert raising_helper(HELPER).split("\n")[1].strip().replace('"', '\\"') in text


def test_the_bar_s_script_has_one_place_for_it():
    script = Path(__file__).parents[2] / "docs/assets/js/code-bar.js"
    assert script.read_text("utf-8").count(raising.PLACE) == 1
