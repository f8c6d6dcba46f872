"""The bars of the site: that it meets them, that a planted fault misses one, and what the command says."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from coursekit import __main__ as commands
from coursekit.built import bars, looks, visits
from coursekit.built.bars import Bar, at_least, at_most
from coursekit.built.checks import Site
from coursekit.built.reader import PHONE
from coursekit.commands import bars as command
from coursekit.commands import browser
from visiting import SAMPLE, bring_axe, has_its_landmarks, hindrances

ROOT = Path(__file__).parents[2]
STEPS = range(1, 14)
LESSON = "lesson-4/prompting/"


@pytest.fixture(scope="module")
def measured(real, chromium):
    """All bars of the course's own site, and the reader who measured them."""
    with command.reading(chromium, real.site, everywhere=False) as reader:
        assert set(reader.places.kinds) <= set(reader.paths)
        yield [*bars.files(real.site, real.config), *visits.measured(reader, ROOT)], reader


@pytest.mark.timeout(1800)  # a net for machines that are busy with much else
@pytest.mark.parametrize("step", STEPS)
def test_the_site_meets_the_bars_of_each_step_of_its_design(step, measured):
    found, _ = measured
    own = [bar for bar in found if bar.step == step]
    assert own
    assert [str(bar) for bar in own if not bar.met] == []


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_every_page_meets_them_at_every_width(real, chromium):
    with command.reading(chromium, real.site) as reader:
        assert [str(bar) for bar in visits._every_page(reader) if not bar.met] == []


def test_a_figure_is_judged_by_its_limit_and_says_where_it_is_the_worst():
    assert str(at_most(3, "height", {"a/": 1.5, "b/": 2}, 2, "px")) == (
        "ok      B3   height: 2 px (at most 2)  b/"
    )
    assert str(at_most(1, "faults", {"a/": 0, "b/": 1}, 0)) == (
        "MISSED  B1   faults: 1 (at most 0)  b/"
    )
    assert str(at_most(1, "faults", {"a/": 0}, 0)) == "ok      B1   faults: 0 (at most 0)"
    assert str(at_most(12, "faults", {}, 0)) == "ok      B12  faults: 0 (at most 0)"
    assert str(at_least(2, "right", 89.5, 90, "%")) == "MISSED  B2   right: 89.5 % (at least 90)"
    assert at_least(2, "right", 90, 90).met


def copy_of(built, tmp_path: Path) -> Site:
    shutil.copytree(built.root, tmp_path / "site")
    return Site(tmp_path / "site")


def missed(site: Site, config) -> set[str]:
    return {bar.what for bar in bars.files(site, config) if not bar.met}


def test_what_is_wrong_with_the_files_of_a_site_is_missed(published, tmp_path):
    site, config = copy_of(published, tmp_path), published.config
    # The small course has hardly a word of prose beside its reference, and pages for all its modules.
    assert missed(site, config) == set()
    page = site.root / "lesson-4/sample/index.html"
    text = page.read_text("utf-8")
    pipeline = f'<div class="pipeline"><svg>{"x" * 5000}</svg></div>'
    switch = '<div class="shown" data-short="11">'
    planted = f'<script src="https://cdn.example/x.js"></script>{pipeline}{switch}</body>'
    page.write_text(
        text.replace("</body>", planted).replace(
            'og:image:width" content="1', 'og:image:width" content="9'
        )
    )
    home = site.root / "index.html"
    home.write_text(home.read_text("utf-8").replace("og:title", "og:name"))
    (site.root / "glossary/index.html").write_text('<meta property="og:title" content="x">')
    breaks = site.root / "if-it-breaks/index.html"
    breaks.write_text(
        breaks.read_text("utf-8").replace("sharing/if-it-breaks.png", "sharing/gone.png")
    )
    (site.root / "assets/fonts/more.woff2").write_bytes(bytes(50_000))
    (site.root / "assets/sharing/index.png").write_bytes(bytes(70_000))
    site = Site(site.root)
    assert missed(site, config) == {
        "longest short path",
        "all fonts",
        "picture of the pipeline, both versions",
        "pages whose tags for shared links are wrong",
        "largest picture of a shared link",
        "files that a page would load from others",
    }
    wrong = {name for name, count in bars.tag_faults(site).items() if count}
    assert wrong == {"the first page", "glossary/", "if-it-breaks/", "lesson-4/sample/"}


PLANTED = """
    .md-typeset p { position: relative; left: 3000px; }
    .deeper[hidden] { content-visibility: visible; }
    .code-bar__button { translate: 0 2rem; }
    .md-skip, .md-footer a { position: fixed; left: -999px; }
    .highlight.language-output code { white-space: pre !important; font-size: 30px !important; }
    @media print {
        html { font-size: 20pt; }
        .highlight, .deeper > p { break-inside: avoid; margin-top: 40mm !important; }
        .md-typeset .code-bar__button { display: block; }
        .quiz__choice--right { border-color: green !important; }
        #sources + .deeper a::after { content: none !important; }
    }
"""


def test_what_is_wrong_in_a_browser_is_missed(real, chromium):
    with (
        command.reading(chromium, real.site) as reader,
        reader.visit(PHONE, bypass_csp=True) as seen,
    ):
        page = seen.go(LESSON)
        page.locator(".shown--chosen").wait_for()
        page.add_style_tag(content=PLANTED)
        looks.open_boxes(page)
        assert looks.overflow(page) > 0
        assert looks.off_screen(page)
        assert looks.wide_outputs(page) > 0
        assert looks.stray_buttons(page)
        assert len(looks.code_sizes(page)) == 2
        visits.as_printed(page)
        assert looks.printed_buttons(page)
        assert looks.answers_shown(page) == 4
        assert looks.sources_without_address(page) > 5
        page.evaluate("document.querySelector('.answers').remove()")
        assert looks.answers_shown(page) == 8, "four look right, and four are not answered"


NO_TITLE = "document.querySelector('h1').remove()"
FAINT = "document.querySelector('article p').style.color = '#ccc'"
FAINT_IN_THE_DARK = """document.querySelector('article p').style.color =
    'light-dark(#000, #222)'; document.documentElement.style.colorScheme = 'light dark'"""


def test_what_hinders_a_reader_is_found_in_both_colors_and_once_a_look(sample_url, visit):
    seen = visit(sample_url)
    bring_axe(seen.page)
    light, dark = set(), set()
    assert has_its_landmarks(seen.go(SAMPLE))
    assert [*hindrances(seen.page, light, dark)] == []
    seen.go(SAMPLE).evaluate(NO_TITLE)
    assert not has_its_landmarks(seen.page)
    assert any("light: region" in one for one in hindrances(seen.page, light, dark))
    seen.go(SAMPLE).evaluate(FAINT)
    assert any("light: color-contrast" in one for one in hindrances(seen.page, light, dark))
    for twice in (True, False):  # the second time its look in light colors is known
        seen.go(SAMPLE).evaluate(FAINT_IN_THE_DARK)
        faults = [*hindrances(seen.page, light, set(dark), twice=twice)]
        assert any("dark: color-contrast" in one for one in faults) == twice, faults
    seen.go(SAMPLE).evaluate(FAINT_IN_THE_DARK)
    faults = [*hindrances(seen.page, set(), set(dark), twice=False)]
    assert any("dark: color-contrast" in one for one in faults), "its look in light colors is new"


@pytest.fixture
def playwright(monkeypatch, chromium):
    """The browser that the tests have started: two cannot be driven from one thread."""
    launched = SimpleNamespace(new_context=chromium.new_context, close=lambda: None)
    started = SimpleNamespace(chromium=SimpleNamespace(launch=lambda **_: launched))

    class Playwright:
        def __enter__(self):
            return started

        def __exit__(self, *_):
            pass

    monkeypatch.setattr("playwright.sync_api.sync_playwright", Playwright)
    monkeypatch.setattr(browser, "find", lambda: "/chromium")


def few(reader, root):
    """Stands in for all that a browser measures."""
    reader.sizes, reader.requests = {"a/": 12.4, "b/": 99.6}, {"a/": 11, "b/": 12}
    reader.complaints = ["request to https://cdn.example/x.js"]
    yield at_most(11, "sheets", 33, 32)


def test_the_command_builds_the_site_prints_all_and_fails_for_what_is_missed(
    course, playwright, monkeypatch, capsys
):
    monkeypatch.setattr(visits, "measured", few)
    monkeypatch.chdir(course)
    assert commands.main(["bars"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "MISSED  B11  sheets: 33 (at most 32)" in lines
    assert [line for line in lines if line.startswith("people  B3")]
    assert lines[-4:-2] == [
        "bytes before any click: 12 to 100 KB, most for b/, in at most 12 requests",
        "requests to others: 1",
    ]
    assert lines[-2].startswith("build: ")
    assert lines[-1].endswith("bars MISSED")


def test_a_site_that_is_built_already_is_judged_as_it_is(
    published, playwright, monkeypatch, capsys
):
    def nothing(reader, root):
        list(few(reader, root))
        return iter(())

    monkeypatch.setattr(visits, "measured", nothing)
    monkeypatch.chdir(published.course)
    assert commands.main(["bars", "--site", str(published.root)]) == 0
    out = capsys.readouterr().out
    assert "build: " not in out
    assert "bars are met" in out


def test_a_site_that_cannot_be_built_has_no_bars(course, playwright, monkeypatch, capsys):
    (course / "docs/index.md").write_text("{{ nothing.of.the.kind }}\n")
    monkeypatch.chdir(course)
    assert commands.main(["bars"]) == 1
    assert "error: the site was not built" in capsys.readouterr().err


def test_without_a_browser_the_command_says_what_it_needs(course, monkeypatch, capsys):
    def none():
        raise browser.NoBrowserError("no Chromium")

    monkeypatch.setattr(browser, "find", none)
    monkeypatch.chdir(course)
    assert commands.main(["bars"]) == 1
    said = capsys.readouterr().err
    assert 'need a browser, and Playwright, which is in the extra "dev": no Chromium' in said


def test_what_never_holds_is_given_up_after_a_while(chromium):
    page = chromium.new_page()
    page.wait_for_timeout = lambda _: None
    assert not visits._soon(page, lambda: False)
    page.close()
    assert isinstance(at_most(1, "x", 0, 0), Bar)
