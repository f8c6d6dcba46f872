"""The site as a reader's browser sees it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from coursekit.built.reader import Reader
from visiting import (
    SAMPLE,
    bring_axe,
    contrast,
    has_its_landmarks,
    hindrances,
    tab_to,
    unmark,
)

# All pages but those of modules, which are made alike: the nightly run visits them, and the small course.
# By day the bars visit the real site's pages, and these tests what the bars leave out.
AT_NIGHT = [pytest.mark.nightly, pytest.mark.timeout(7200)]


def nightly(*parts: str) -> list[Any]:
    return [pytest.param(part, marks=AT_NIGHT) for part in parts]


def paths(built) -> list[str]:
    found = [f for f in built.site.html_files if "<title>Moved</title>" not in f.read_text("utf-8")]
    names = [f.relative_to(built.root).as_posix() for f in found]
    return [name.removesuffix("index.html") for name in names]


def weighed(built) -> list[str]:
    """The pages that the walk of the bars visits."""
    return Reader(None, "", built.site).paths


def part(which: str, built) -> list[str]:
    """The pages to visit: of the course's modules only the shortest.

    Those "not weighed" are the ones of them that the walk of the bars leaves out.
    """
    found = paths(built)
    modules = [path for path in found if re.match(r"reference/.", path)]
    if which == "sample":
        return found
    chosen = min(modules, key=lambda path: len(built.html(path)))
    others = [path for path in modules if path != chosen]
    if which == "others":
        return others
    walked = weighed(built) if which == "not weighed" else []
    return [path for path in found if path not in {*others, *walked}]


@pytest.fixture
def walk(request: pytest.FixtureRequest) -> Callable[[str], tuple[str, list[str]]]:
    """The address of a site, and the pages of a part of it."""

    def find(which: str) -> tuple[str, list[str]]:
        site = "sample" if which == "sample" else "real"
        url: str = request.getfixturevalue(f"{site}_url")
        return url, part(which, request.getfixturevalue(site))

    return find


def test_every_page_of_the_site_is_visited_by_day_or_by_night(real):
    day, night = part("real", real), part("others", real)
    assert sorted(day + night) == sorted(paths(real))
    assert {*part("not weighed", real), *weighed(real), *night} >= {*paths(real)}
    assert "404.html" in part("not weighed", real)
    assert len([path for path in day if re.match(r"reference/.", path)]) == 1
    assert all(path.startswith("reference/") for path in night)


# What a page does when it is loaded it has done then, and what that complains of has been said.
SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"


# By day the bars take down what the real pages complain of, and axe's walk counts their landmarks.
@pytest.mark.parametrize("which", nightly("sample", "real", "others"))
def test_each_page_loads_without_a_complaint_and_has_its_landmarks(which, walk, visit):
    url, pages = walk(which)
    seen = visit(url)
    for path in pages:
        page = seen.go(path)
        page.evaluate(SETTLED)
        assert has_its_landmarks(page), path
        if path != "404.html":  # a browser shows it at another address, with links from the root
            assert seen.complaints == [], path
        seen.complaints.clear()


@pytest.mark.timeout(3600)  # a net for machines that are busy with much else
@pytest.mark.parametrize("which", ["not weighed", *nightly("sample", "others")])
def test_no_page_has_a_fault_that_axe_can_find(which, walk, visit):
    """The bars' walk lets axe see all other pages."""
    url, pages = walk(which)
    seen = visit(url, reduced_motion="reduce")
    bring_axe(seen.page)
    light, dark = set[str](), set[str]()
    for path in pages:
        page = seen.go(path)
        assert has_its_landmarks(page), path
        assert [*hindrances(page, light, dark)] == [], path
    assert min(len(light), len(dark)) > 10


FLAT = ' style="background-image: none;"'
FAINT = """() => {
    const text = document.querySelector('.card p');
    text.style.color = getComputedStyle(document.body).backgroundColor;
}"""
# All colors stay, and what told a link from the text around it is gone.
NO_LINE = """() => {
    const link = document.querySelector('.md-content p > a[href]:not(.term, .headerlink)');
    link.style.textDecoration = 'none';
}"""


@pytest.mark.parametrize(
    ("scheme", "change", "rule"),
    [
        pytest.param("light", FAINT, "color-contrast", id="light-faint"),
        pytest.param("dark", NO_LINE, "link-in-text-block", id="dark-without a line"),
        pytest.param("dark", FAINT, "color-contrast", id="dark-faint", marks=AT_NIGHT),
        pytest.param(
            "light", NO_LINE, "link-in-text-block", id="light-without a line", marks=AT_NIGHT
        ),
    ],
)
def test_a_text_that_hardly_stands_out_is_found_among_looks_that_were_seen(
    scheme, change, rule, sample_url, visit
):
    page = visit(sample_url, color_scheme=scheme, bypass_csp=True).go(SAMPLE)
    looks = set[str]()
    before = page.locator("article").inner_html()
    assert contrast(page, looks) == []
    unmark(page)
    assert contrast(page, looks) == []
    assert page.locator("[data-look]").count() == 0, "each look is judged once"
    assert page.locator("[data-plain]").count() > 0, "and its colored words are gone"
    unmark(page)
    assert page.locator("article").inner_html().replace(FLAT, "") == before
    page.evaluate(change)
    (fault,) = contrast(page, looks)
    assert fault.startswith(f"{rule}: ")


@pytest.mark.parametrize("which", nightly("sample", "real", "others"))
def test_no_page_scrolls_sideways_at_any_width(which, walk, visit):
    """By day the bars measure it on the real pages, at the widths where the layout changes."""
    url, pages = walk(which)
    seen = visit(url, reduced_motion="reduce")  # nothing is still on its way when it is measured
    for path in pages:
        page = seen.go(path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for width in range(320, 1441, 40):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_the_index_comes_with_the_first_search_and_has_terms_and_all_errors(sample_url, visit):
    seen = visit(sample_url)
    page, asked = seen.go(), seen.asked
    seen.settle()
    assert asked
    assert not [url for url in asked if "search_index" in url]
    page.keyboard.press("/")
    page.keyboard.type("tokenizer", delay=15)
    page.locator(".md-search-result__link[href*='glossary/#tokenizer']").wait_for()
    for text in (  # of a lesson, and of none
        "TypeError: object of type 'int' has no len()",
        "FileNotFoundError: [Errno 2] No such",
    ):
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(text, delay=15)
        anchor = "index-" + "-".join(re.findall("[a-z0-9]+", text.lower())[:5])
        first = page.locator(".md-search-result__item").first
        first.locator(f".md-search-result__link[href$='if-it-breaks/#{anchor}']").wait_for()
    assert len([url for url in asked if "search_index" in url]) == 1
    assert seen.complaints == []


def test_the_index_of_errors_leads_to_the_block_even_in_a_closed_box(sample_url, visit):
    page = visit(sample_url).go("if-it-breaks/")
    page.get_by_role("link", name="A number has no length").click()
    anchor = page.url.partition("#")[2]
    assert page.locator(f"[id='{anchor}'] pre").inner_text().strip() == "len(5)"


def copied(page: Page, block: str) -> str:
    page.locator(block).get_by_role("button", name="Copy", exact=True).first.click()
    expect(page.locator("article [role=status]", has_text="Copied")).to_have_count(1)
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.nightly  # by day the bar's own tests read what was copied by key
def test_copying_a_block_gives_its_code(sample_url, visit):
    seen = visit(sample_url, permissions=["clipboard-read", "clipboard-write"])
    page = seen.go(SAMPLE)
    block = ".language-python:has-text('the cat')"
    assert copied(page, block).strip() == 'print("the:", count("the cat & the <mat>")["the"])'


def test_copying_a_console_block_gives_its_commands_alone(sample_url, visit):
    seen = visit(sample_url, permissions=["clipboard-read", "clipboard-write"])
    page = seen.go()
    assert copied(page, ".language-console").split("\n") == ["echo hello", "echo again"]


def test_outputs_are_labeled_and_have_no_copy_button(sample_url, still):
    page = still(sample_url + SAMPLE)
    page.locator(".language-python .code-bar__button").first.wait_for(state="attached")
    assert page.locator(".language-output").count() == 6
    assert page.locator(".language-output button").count() == 0
    labels = page.locator(".language-output > .filename").all_text_contents()
    assert labels == [
        "Output",
        "Output (measured: your numbers within 0.03 of these)",
        "Output (error)",
        "Output",
        "Output of python snippets/greet.py --name 'A <b> & B' --file src/lessons/sample.py",
        "Output of python snippets/hello.py 3 (measured: your numbers within 1 of these)",
    ]


def test_a_question_is_answered_remembered_and_reset_by_keyboard_alone(sample_url, visit):
    seen = visit(sample_url)
    page = seen.go(SAMPLE)
    score = page.locator(".quiz-score output")
    assert score.inner_text() == "0 of 2 answered"
    tab_to(page, "#question-1 summary")
    page.keyboard.press("Enter")
    assert page.locator("#question-1 .quiz__why").first.is_visible()
    assert page.locator("#question-1 [role=status]").inner_text() == "Answered: not quite"
    tab_to(page, "#question-2 summary")
    page.keyboard.press("Space")
    assert score.inner_text() == "2 of 2 answered, 1 right"

    page.reload()
    assert score.inner_text() == "2 of 2 answered, 1 right"
    assert page.locator("#question-2 [role=status]").inner_text() == "Answered: right"
    assert page.locator("#question-2 details").first.get_attribute("open") is not None

    tab_to(page, ".quiz-score button")
    page.keyboard.press("Enter")
    assert score.inner_text() == "0 of 2 answered"
    page.reload()
    assert page.locator("check-yourself details[open]").count() == 0
    choices = page.locator("#question-1 summary")
    choices.nth(0).click()
    choices.nth(1).click()
    assert score.inner_text() == "1 of 2 answered, 0 right", "the first choice counts"
    assert page.locator("#question-1 .quiz__why").nth(1).is_visible(), "the others can be read"
    assert seen.complaints == []


def test_the_page_teaches_without_javascript(sample_url, unscripted):
    page = unscripted(sample_url + SAMPLE)
    page.locator("#question-1 summary").nth(1).click()
    why = page.locator("#question-1 .quiz__why").nth(1)
    assert why.is_visible()
    assert why.inner_text().startswith("Right. Each byte has a token")
    assert page.locator(".facts summary").is_visible()


def test_answers_last_as_long_as_the_page_where_storage_is_off(sample_url, visit):
    seen = visit(sample_url)
    seen.page.add_init_script(
        "Object.defineProperty(Storage.prototype, 'setItem', {value() { throw new Error('off') }});"
        "Object.defineProperty(Storage.prototype, 'getItem', {value() { throw new Error('off') }});"
    )
    script = re.compile(r"bundle|<script>")
    seen.page.route(script, lambda route: route.abort())  # the theme needs storage, we do not
    page = seen.go(SAMPLE)
    page.locator("#question-2 summary").first.click()
    assert page.locator(".quiz-score output").inner_text() == "1 of 2 answered, 1 right"


def test_a_question_is_a_group_named_by_its_text(sample_url, still):
    page = still(sample_url + SAMPLE)
    name = re.compile("Question 1 Which tokenizer has no unknown token")
    assert page.get_by_role("group", name=name).count() == 1


def test_a_figure_is_an_image_with_a_text_equivalent(sample_url, visit):
    page = visit(sample_url).go(SAMPLE)
    picture = page.get_by_role("img", name='The "first" is longer')
    expect(picture).to_have_accessible_description(
        'Two bars, the first is "longer" than the second.'
    )
    words = page.locator(".drawing__words > div")
    expect(words).to_be_hidden()
    page.get_by_text("In words").click()
    expect(words).to_be_visible()


def test_colors_follow_the_system_until_a_reader_switches_them(sample_url, visit):
    seen = visit(sample_url, color_scheme="dark")
    page = seen.go()
    scheme = "document.body.dataset.mdColorScheme"
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(scheme) == "slate"
    dark = page.evaluate(background)
    page.locator("label[for='__palette_1']").click()
    assert page.evaluate(scheme) == "default"
    assert page.evaluate(background) != dark
    page.reload()
    assert page.evaluate(scheme) == "default", "the choice is remembered"


def test_nothing_moves_for_a_reader_who_asked_for_that(sample_url, visit):
    page = visit(sample_url, reduced_motion="reduce").go()
    longest = """Math.max(...[...document.querySelectorAll('*')].map(
        e => parseFloat(getComputedStyle(e).transitionDuration)))"""
    assert page.evaluate(longest) < 0.001


def test_the_policy_stops_an_inline_script(sample, sample_url, visit):
    seen = visit(sample_url)

    def planted(route: Route) -> None:
        html = sample.html("contributing").replace(
            "</body>", "<script>window.ran = 1</script></body>"
        )
        route.fulfill(body=html, content_type="text/html")

    seen.page.route("**/contributing/", planted)
    page = seen.go("contributing/")
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in complaint for complaint in seen.complaints)
