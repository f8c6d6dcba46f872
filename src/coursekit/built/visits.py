"""The bars of the site that it takes a browser to see: what readers see, press, print and wait for."""

import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coursekit import yamltext
from coursekit.built import drawings, looks, paper
from coursekit.built.bars import Bar, at_least, at_most
from coursekit.built.reader import DESKTOP, PHONE, ZOOMED, Reader
from coursekit.built.visiting import has_its_landmarks, hindrances
from coursekit.text import read_text

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["as_printed", "measured"]

# Where the layout changes, from a small phone to a desktop: a long page takes its time to lay out.
WIDTHS = (320, 560, 960, 1220)
SMALLEST = WIDTHS[:1]
SEARCHES = "tests/site/searches.yml"
CLOSE_TO_FIRST = 3
# Lines of the table of contents that are shown and lead into what is closed.
LISTED = """[...document.querySelectorAll(".md-nav--secondary a[href*='#']")].filter(
    a => a.getClientRects().length && document.querySelector(a.hash)?.closest('.deeper[hidden]')).length"""


def measured(reader: Reader, root: Path) -> Iterator[Bar]:
    """The bars that need a browser, in the order in which they were measured.

    Args:
        reader: a browser before the site.
        root: the repository, which says what people type into the search.
    """
    yield from _every_page(reader)
    yield from _first_page(reader)
    yield from _lesson(reader)
    yield from _printed(reader)
    yield from _charts(reader, root)
    yield from _self_test(reader)
    yield from _search(reader, yamltext.read(read_text(root / SEARCHES)))
    yield from _reference(reader)
    yield from _pipeline(reader)
    yield from _arriving(reader)
    others = [complaint for complaint in reader.complaints if "request to" in complaint]
    yield at_most(1, "requests to other servers", len(others), 0)
    yield at_most(1, "complaints of the browser", len(reader.complaints) - len(others), 0)


def _every_page(reader: Reader) -> Iterator[Bar]:
    """What holds on each page: nothing scrolls sideways or hinders, the keyboard stays on the screen."""
    sideways: dict[str, float] = defaultdict(float)
    away: dict[str, float] = {}
    outputs: dict[str, float] = {}
    stray: dict[str, float] = defaultdict(float)
    begins: dict[str, dict[str, float]] = {"wide": {}, "phone": {}}
    sizes: set[str] = set()
    unlike: dict[str, float] = {}
    hindered: dict[str, float] = {}
    light, dark = set[str](), set[str]()
    with reader.visit(DESKTOP) as seen:
        for path in reader.paths:
            seen.page.goto("about:blank")  # to widen the last page, it would be laid out once more
            seen.page.set_viewport_size(DESKTOP)
            seen.asked.clear()
            page = seen.go(path)
            seen.settle()
            reader.weigh(path, seen)
            if page.locator(".shown").count():
                page.locator(".shown--chosen").wait_for()
            begins["wide"][path] = looks.first_line(page)
            unlike[path] = not has_its_landmarks(page)
            sizes |= {*looks.code_sizes(page)}
            closely = reader.everywhere or path in reader.places.kinds
            page.set_viewport_size(ZOOMED)
            away[f"{path} zoomed"] = len(looks.off_screen(page))
            page.set_viewport_size(PHONE)
            if closely:
                away[f"{path} phone"] = len(looks.off_screen(page))
            begins["phone"][path] = looks.first_line(page)
            looks.open_boxes(page)
            outputs[path] = looks.wide_outputs(page)
            stray[path] += len(looks.stray_buttons(page))
            sizes |= {*looks.code_sizes(page)}
            for width in WIDTHS if closely else SMALLEST:
                page.set_viewport_size({"width": width, "height": 800})
                sideways[path] = max(sideways[path], looks.overflow(page))
                stray[path] += len(looks.stray_buttons(page))
            if closely:
                page.set_viewport_size(DESKTOP)
                hindered[path] = len([*hindrances(page, light, dark, twice=reader.everywhere)])
    lessons = {path: size for path, size in reader.sizes.items() if path.startswith("lesson-")}
    yield at_most(1, "bytes of a lesson page before any click", lessons, 130, "KB")
    yield at_most(1, "pixels that a page is wider than its window", sideways, 0)
    yield at_most(1, "stops of the keyboard off the screen", away, 0)
    yield at_most(1, "faults that axe finds, in light and dark colors", hindered, 0)
    yield at_most(1, "pages whose landmarks are wrong", unlike, 0)
    yield at_least(1, "looks of texts that axe judged", min(len(light), len(dark)), 10)
    yield at_most(1, "sizes of code", len(sizes), 1)
    yield at_most(1, "outputs that scroll sideways on a phone", outputs, 0)
    yield at_most(7, "buttons on code or outside their listing", stray, 0)
    yield at_most(7, "where the argument begins, 1440 px wide", begins["wide"], 420, "px")
    yield at_most(7, "where the argument begins, 390 px wide", begins["phone"], 560, "px")


def _charts(reader: Reader, root: Path) -> Iterator[Bar]:
    """Each figure of the course in both widths, by day and by night."""
    files = sorted(root.glob("docs/*/figures/*.svg"))
    pictures = {file.name: read_text(file) for file in files}
    narrow = sum(name.endswith(".narrow.svg") for name in pictures)
    yield at_most(8, "figures without a drawing for a phone", len(pictures) - 2 * narrow, 0)
    with reader.visit(DESKTOP) as seen:
        page = seen.go()
        found: dict[str, float] = {
            scheme: len(drawings.faults(page, pictures, scheme)) for scheme in drawings.SCHEMES
        }
    yield at_most(8, "faults of drawings: small, pale, crossed, cut off", found, 0)


def _first_page(reader: Reader) -> Iterator[Bar]:
    for name, size, fold in (("1440", DESKTOP, 500), ("390", PHONE, 700)):
        with reader.visit(size) as seen:
            page = seen.go()
            parts = ("h1", ".hero__lead", ".md-button--primary")
            ends = {part: looks.bottom(page, part) for part in parts}
            yield at_most(3, f"where promise and button end, {name} px wide", ends, fold, "px")
            if size is PHONE:
                end = looks.bottom(page, ".surprise__text")
                yield at_most(3, "where the model's text ends on a phone", end, 1266, "px")
    yield at_most(3, "bytes of the first page", reader.sizes["the first page"], 110, "KB")


def _lesson(reader: Reader) -> Iterator[Bar]:
    """What a lesson page does: lines, colors on paper, menu, search, copying, the short path."""
    with reader.visit(DESKTOP) as seen:
        counts = [*looks.lines(seen.go(reader.places.lesson)), *looks.lines(seen.go())]
        yield at_most(1, "characters of a line, median", statistics.median(counts), 78)
        far = statistics.quantiles(counts, n=20)[-1]
        yield at_most(1, "characters of a line, all but 5 of 100", far, 85)
    found = []
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        with reader.visit(DESKTOP, color_scheme=scheme) as seen:
            page = seen.go(reader.places.lesson)
            page.emulate_media(media="print", color_scheme=scheme)
            found.append(looks.colors(page))
    differing = sum(found[0][part] != found[1][part] for part in found[0])
    yield at_most(1, "colors that differ on paper when the screen is dark", differing, 0)
    with reader.visit(ZOOMED) as seen:
        page = seen.go(reader.places.lesson)
        yield at_most(1, "ways in which the menu does not follow the keys", _menu(page), 0)
    options = {"permissions": ["clipboard-read", "clipboard-write"]}
    with reader.visit(DESKTOP, **options) as seen:
        page = seen.go(reader.places.lesson)
        yield at_most(1, "changes that are not said, or lose the focus", _unsaid(page), 0)
        yield at_most(6, "faults of the short path", _short_path(page, reader), 0)
    with reader.visit(DESKTOP, java_script_enabled=False) as seen:
        page = seen.go(reader.places.lesson)
        hidden = sum(not body.is_visible() for body in page.locator("article .deeper").all())
        yield at_most(6, "sections that do not show without scripts", hidden, 0)


def _menu(page: "Page") -> int:
    menu = page.get_by_role("button", name="Menu")
    faults = 0
    for key in ("Enter", "Space"):
        menu.focus()
        page.keyboard.press(key)
        faults += menu.get_attribute("aria-expanded") != "true"
        page.keyboard.press("Escape")
        faults += menu.get_attribute("aria-expanded") != "false"
        faults += not page.evaluate("document.activeElement.matches('button[aria-expanded]')")
    return faults


def _unsaid(page: "Page") -> int:
    """Count what is not said aloud of copying and searching, and a focus that Escape does not give back."""
    button = page.locator(".code-bar__button:visible").first
    button.click()
    said = page.locator("article [role=status]", has_text="Copied")
    faults = int(not _soon(page, lambda: said.count() == 1))
    button.focus()
    page.keyboard.press("/")
    page.keyboard.type("token", delay=15)
    count = page.locator(".md-search [role=status]")
    faults += not _soon(page, lambda: "matching" in (count.text_content() or ""))
    page.keyboard.press("Escape")
    back = "document.activeElement.matches('.code-bar__button')"
    return faults + (not _soon(page, lambda: page.evaluate(back)))


def _soon(page: "Page", holds: Any) -> bool:
    """Whether something holds within five seconds of a page's own time."""
    for _ in range(100):
        if holds():
            return True
        page.wait_for_timeout(50)
    return False


def _short_path(page: "Page", reader: Reader) -> int:
    """Count what the switch does not do: close, list, open for an address, remember."""
    page.locator(".shown--chosen").wait_for()
    closed = page.locator("article .deeper[hidden]")
    bodies = page.locator("article .deeper")
    faults = int(closed.count() != bodies.count())
    faults += int(page.evaluate(LISTED))
    anchor = page.evaluate("document.querySelector('.deeper h3[id]')?.id ?? ''")
    if anchor:
        page.goto(f"{reader.url}{reader.places.lesson}#{anchor}")
        faults += not _soon(page, page.locator(f"[id='{anchor}']").is_visible)
    page.locator(".shown button").last.click()
    page.reload()
    page.locator(".shown--chosen").wait_for()
    return faults + closed.count()


def _printed(reader: Reader) -> Iterator[Bar]:
    """A lesson page on paper, as the browser prints it."""
    with reader.visit(DESKTOP) as seen:
        page = seen.go(reader.places.lesson)
        page.locator(".shown--chosen").wait_for()
        short = paper.fullness(page.pdf(format="A4"))
        page.locator(".shown button").last.click()
        whole = paper.fullness(page.pdf(format="A4"))
        empty = sum(part < paper.QUARTER_EMPTY for part in whole)
        yield at_most(11, "sheets of a lesson in full", len(whole), 32)
        yield at_most(11, "sheets of its short path", len(short), 12)
        yield at_most(11, "sheets more than a quarter empty", empty, 3)
        as_printed(page)
        yield at_most(11, "buttons on paper", len(looks.printed_buttons(page)), 0)
        yield at_most(11, "answers before the end of the page", looks.answers_shown(page), 0)
        yield at_most(11, "sources without their address", looks.sources_without_address(page), 0)
    with reader.visit(DESKTOP) as seen:
        page = seen.go(reader.places.self_test)
        page.locator(".self-test__heading").first.wait_for()
        as_printed(page)
        yield at_most(
            5, "answers before the last question of the self-test", looks.answers_shown(page), 0
        )


def as_printed(page: "Page") -> None:
    """Show a page as it is printed, and let its scripts know, as a browser does."""
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


def _self_test(reader: Reader) -> Iterator[Bar]:
    with reader.visit(PHONE) as seen:
        page = seen.go(reader.places.self_test)
        page.locator(".self-test__heading").first.wait_for()
        height = page.evaluate("document.documentElement.scrollHeight")
        yield at_most(5, "height of the self-test on a phone", height, 6000, "px")
        asked = page.locator("check-yourself").count()
        missing = asked - page.locator(".self-test__result li").count()
        yield at_most(5, "questions that are not in the result", abs(missing), 0)
    with reader.visit(DESKTOP) as seen:
        page = seen.go(reader.places.self_test)
        page.locator(".self-test__heading").first.wait_for()
        yield at_most(5, "keys to answer a question", _keys(page) / max(asked, 1), 6)


def _keys(page: "Page") -> int:
    """Answer all questions by keyboard alone, and count the keys; all that are allowed where it fails."""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link that skips to the text
    keys = 2
    # Whether all is answered, and else whether the focus is where the next key is Enter.
    at = """() => {
        if ([...document.querySelectorAll('check-yourself')].every(q => q.answer !== undefined)) {
            return 'done';
        }
        const one = document.activeElement;
        if (one.matches('.self-test__heading > button[aria-expanded=false]')) return 'enter';
        const question = one.closest('check-yourself');
        return question && one.matches('summary') && question.answer === undefined ? 'enter' : 'on';
    }"""
    while keys < 1000 and (place := page.evaluate(at)) != "done":
        page.keyboard.press("Enter" if place == "enter" else "Tab")
        keys += 1
    return keys


def _search(reader: Reader, searches: list[dict[str, Any]]) -> Iterator[Bar]:
    """Whether what learners type leads them to a right place."""
    learners = [search for search in searches if "right" in search]
    with reader.visit(DESKTOP) as seen:
        shown = looks.answers(seen.go(), [learner["asked"] for learner in learners])
    first, near, invented = 0, 0, 0
    answered = [search for search in learners if search["right"] != "none"]
    for learner, pages in zip(learners, shown, strict=True):
        if learner["right"] == "none":
            invented += bool(pages)
            continue
        right = [looks.leads_to(at, learner["right"]) for at, _ in pages[:CLOSE_TO_FIRST]]
        first += right[:1] == [True]
        near += any(right)
    yield at_least(2, "queries whose right place is first", 100 * first / len(answered), 90, "%")
    yield at_least(
        2, "queries whose right place is among three", 100 * near / len(answered), 100, "%"
    )
    yield at_most(2, "queries without an answer that get one", invented, 0)
    early = sum("search_index" in url for url in seen.asked[:1])
    yield at_most(2, "search indexes that come before the first search", early, 0)


def _reference(reader: Reader) -> Iterator[Bar]:
    broken: dict[str, float] = {}
    for size in (DESKTOP, PHONE):
        with reader.visit(size) as seen:
            for path in reader.places.names:
                page = seen.go(path)
                looks.open_boxes(page)
                broken[f"{path} {size['width']} px"] = len(looks.broken_names(page))
            page = seen.go(reader.places.names[0])
            first = looks.bottom(page, ".modules a code")
            what = f"where the first module ends, {size['width']} px wide"
            yield at_most(10, what, first, size["height"], "px")
    yield at_most(10, "names that break inside a word", broken, 0)


def _pipeline(reader: Reader) -> Iterator[Bar]:
    with reader.visit(DESKTOP) as seen:
        page = seen.go(reader.places.pipeline)
        links = page.locator(".pipeline svg:visible a")
        wanted = [link.get_attribute("href") for link in links.all()]
        links.first.focus()
        reached = []
        for _ in wanted:
            reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
            page.keyboard.press("Tab")
        wrong = sum(one != other for one, other in zip(wanted, reached, strict=True))
        yield at_most(12, "stages that the keyboard does not reach in order", wrong, 0)
        page = seen.go(reader.places.lesson)
        box = page.locator("h1 + a.here").bounding_box()
        yield at_most(
            12, "height of the line that says where one is", box["height"] if box else 99, 30, "px"
        )


def _arriving(reader: Reader) -> Iterator[Bar]:
    moved = {}
    for path in ("", reader.places.lesson):
        with reader.visit(PHONE, bypass_csp=True) as seen:
            moved[path or "the first page"] = looks.shift(seen.page, reader.url + path)
    yield at_most(9, "shift of the page when the typeface arrives late", moved, 0.02)
