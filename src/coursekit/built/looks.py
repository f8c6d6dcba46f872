"""What a reader's browser can tell of a page that it shows: each function looks at one thing."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = [
    "SLOW",
    "answers",
    "answers_shown",
    "bottom",
    "broken_names",
    "code_sizes",
    "colors",
    "first_line",
    "leads_to",
    "lines",
    "off_screen",
    "open_boxes",
    "overflow",
    "printed_buttons",
    "shift",
    "sources_without_address",
    "stray_buttons",
    "wide_outputs",
]

SLOW = {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 50_000}
FACE = "Lesson Serif"

# Everything the keyboard stops at, and whether a reader sees it then.
STOPS = "a[href], button, input, select, textarea, summary, [tabindex]"
OFF_SCREEN = """stops => {
    const away = [];
    for (const one of document.querySelectorAll(stops)) {
        if (one.tabIndex < 0 || (one.type === 'radio' && !one.checked)) continue;
        one.focus();
        if (document.activeElement !== one) continue;
        // The switch of the colors has no size; the label behind it shows the focus.
        const seen = one.matches('.md-option') ? one.nextElementSibling : one;
        const box = seen.getBoundingClientRect();
        const inside = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
        if (!inside || !box.width || !box.height) away.push(one.outerHTML.slice(0, 120));
    }
    document.activeElement.blur();
    scrollTo(0, 0);
    return away;
}"""
COLORS = """() => Object.fromEntries(
    ['.md-content p', 'pre > code', '.card', '.md-content a[href]', 'h1', 'figcaption'].map(s => {
        const one = document.querySelector(s);
        if (!one) return [s, []];
        const style = getComputedStyle(one);
        return [s, [style.color, style.backgroundColor, style.borderTopColor]];
    }))"""
LINES = """() => {
    const lines = [];
    for (const text of document.querySelectorAll('.md-content__inner > p, .hero > div > p, .doors p')) {
        const range = document.createRange();
        const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
        let bottom = null, count = 0;
        const own = [];
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (let i = 0; i < node.length; i++) {
                range.setStart(node, i);
                range.setEnd(node, i + 1);
                const box = range.getBoundingClientRect();
                if (bottom !== null && box.top > bottom - 4) { own.push(count); count = 0; }
                if (box.height) bottom = box.bottom;
                count += 1;
            }
        }
        lines.push(...own);  // the last line of a paragraph is not a full one
    }
    return lines.slice(0, 60);
}"""
# The first line of the first paragraph behind the head.
FIRST_LINE = """() => {
    const first = document.querySelector('.lesson-head ~ p');
    if (!first) return 0;
    const range = document.createRange();
    range.selectNodeContents(first);
    return range.getClientRects()[0].top + scrollY;
}"""
BOTTOM = "s => document.querySelector(s).getBoundingClientRect().bottom"
# Buttons that lie on code, or outside the listing that they belong to.
STRAY = """() => {
    const boxes = [...document.querySelectorAll('article pre')].map(e => e.getBoundingClientRect());
    const meet = (a, b) => a.top < b.bottom && b.top < a.bottom && a.left < b.right && b.left < a.right;
    return [...document.querySelectorAll('article .code-bar button')].filter(button => {
        const box = button.getBoundingClientRect();
        if (!box.width) return false;
        const own = button.closest('.highlight').getBoundingClientRect();
        return box.left < own.left || box.right > own.right || boxes.some(code => meet(code, box));
    }).map(button => button.closest('.highlight').textContent.slice(0, 60));
}"""
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
OPEN = """document.querySelectorAll('details, .deeper').forEach(one => {
    if (one.matches('details')) one.open = true;
    else one.removeAttribute('hidden');
})"""
SIZES = """[...new Set(
    [...document.querySelectorAll('pre > code')].map(e => getComputedStyle(e).fontSize))]"""
WIDE_OUTPUTS = """[...document.querySelectorAll('.highlight.language-output pre > code')]
    .filter(e => e.scrollWidth > e.clientWidth + 1).length"""
NAMES = ".modules code, h1 code, .doc-object-name"
BROKEN = """names => [...document.querySelectorAll(names)].filter(code => {
    const range = document.createRange();
    const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        range.selectNodeContents(walker.currentNode);
        if (range.getClientRects().length > 1) return true;
    }
    return false;
}).map(code => code.textContent).filter(name => !/\\s/.test(name))"""
# Asks the theme's worker as its page does, which is quicker and surer than typing.
ASK = """async texts => {
    const config = JSON.parse(document.getElementById('__config').textContent);
    const worker = new Worker(new URL(config.search, document.baseURI));
    const told = () => new Promise(done => { worker.onmessage = event => done(event.data); });
    const index = new URL(config.base + '/search/search_index.json', document.baseURI);
    const data = await (await fetch(index)).json();
    data.config.pipeline ??= ['stopWordFilter'];
    data.config.fields ??= {title: {boost: 1000}, text: {boost: 1}, tags: {boost: 1000000}};
    data.options = {suggest: false};
    let answer = told();
    worker.postMessage({type: 0, data});
    await answer;
    const found = [];
    for (const text of texts) {
        answer = told();
        worker.postMessage({type: 2, data: text});
        const groups = (await answer).data.items;
        found.push(groups.map(([best]) => [best.location, best.title]));
    }
    worker.terminate();
    return found;
}"""
BUTTONS = ".md-content button:not(:is(h2, h3) > *), .md-content .headerlink, .md-content .md-button"
# On paper the theme has opened everything. A choice has one look, whether it is right or not.
ANSWERS_SHOWN = """() => {
    const questions = [...document.querySelectorAll('check-yourself')];
    const look = choice => {
        const own = getComputedStyle(choice);
        const dot = getComputedStyle(choice.querySelector('summary'), '::before');
        return [own.backgroundColor, own.borderTopColor, dot.backgroundColor, dot.borderTopColor].join();
    };
    const places = [...document.querySelectorAll('.answers li')];
    const last = Math.max(...questions.map(question => question.getBoundingClientRect().bottom));
    const early = places.filter(one => one.getBoundingClientRect().top < last).length;
    const missing = Math.abs(places.length - questions.length);
    return early + missing + questions.filter(question => {
        const choices = [...question.querySelectorAll('.quiz__choice')];
        const said = [...question.querySelectorAll('.quiz__why, .quiz__chosen, .quiz__foot')];
        return new Set(choices.map(look)).size > 1 || said.some(one => one.getClientRects().length);
    }).length;
}"""
SOURCES = ":is(#sources + .deeper, #sources ~ ul) a[href^=http]"
NO_ADDRESS = """sources => [...document.querySelectorAll(sources)].filter(
    link => !getComputedStyle(link, '::after').content.includes(link.getAttribute('href'))).length"""
SHIFTS = """() => {
    window.shift = 0;
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
    }).observe({type: 'layout-shift', buffered: true});
}"""
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"
ARRIVED = f"""[...document.fonts].some(
    face => face.family.replaceAll('"', '') === '{FACE}' && face.status === 'loaded')"""
TWO_FRAMES = "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"


def off_screen(page: "Page") -> list[str]:
    """The elements that the keyboard stops at where a reader does not see them."""
    found: list[str] = page.evaluate(OFF_SCREEN, STOPS)
    return found


def colors(page: "Page") -> dict[str, list[str]]:
    """Text, background and border of what pages are made of."""
    found: dict[str, list[str]] = page.evaluate(COLORS)
    return found


def lines(page: "Page") -> list[int]:
    """The characters of each full line of prose, of the first sixty."""
    found: list[int] = page.evaluate(LINES)
    return found


def first_line(page: "Page") -> float:
    """How far down the text of a lesson page begins; 0 on a page without a lesson's head."""
    return float(page.evaluate(FIRST_LINE))


def bottom(page: "Page", selector: str) -> float:
    """How far down an element ends, in a page that was not scrolled."""
    return float(page.evaluate(BOTTOM, selector))


def open_boxes(page: "Page") -> None:
    """Open all that is closed on a page."""
    page.evaluate(OPEN)


def overflow(page: "Page") -> int:
    """The pixels by which a page is wider than its window; less than one where it is not."""
    return int(page.evaluate(OVERFLOW))


def stray_buttons(page: "Page") -> list[str]:
    """The beginnings of listings whose buttons lie on code or outside the listing."""
    found: list[str] = page.evaluate(STRAY)
    return found


def code_sizes(page: "Page") -> list[str]:
    """The sizes of type that listings and outputs have."""
    found: list[str] = page.evaluate(SIZES)
    return found


def wide_outputs(page: "Page") -> int:
    """How many outputs scroll sideways."""
    return int(page.evaluate(WIDE_OUTPUTS))


def broken_names(page: "Page") -> list[str]:
    """The names of modules and functions that break inside a word."""
    found: list[str] = page.evaluate(BROKEN, NAMES)
    return found


def answers(page: "Page", asked: Iterable[str]) -> list[list[tuple[str, str]]]:
    """What the search shows for each text: location and title of the best entry of each page, in order."""
    found = page.evaluate(ASK, list(asked))
    return [[(location, title) for location, title in answer] for answer in found]


def shift(page: "Page", url: str, style: str = "") -> float:
    """How much of a page moves on a first visit over a slow line, where the face of headings comes last.

    Args:
        page: a browser's page that has been nowhere; its policy is bypassed if there is a style.
        url: address of the page to visit.
        style: what to take for the site's style sheet.
    """
    held: list[Any] = []
    page.add_init_script(f"({SHIFTS})()")
    page.route("**/*.woff2", lambda route: held.append(route))
    if style:
        page.route("**/course.css", lambda r: r.fulfill(body=style, content_type="text/css"))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    page.goto(url, wait_until="commit")
    page.wait_for_function(PAINTED)
    page.wait_for_function("() => document.readyState !== 'loading'")
    while True:
        page.wait_for_timeout(50)
        if held:
            break
    page.evaluate(TWO_FRAMES)
    held[0].continue_()
    page.wait_for_function(ARRIVED)
    page.evaluate(TWO_FRAMES)
    return float(page.evaluate("window.shift"))


def leads_to(location: str, right: Iterable[str]) -> bool:
    """Whether a location is one of the right places: a whole page ends in a slash, a part is a fragment."""
    return any(location.startswith(r) if r.endswith("/") else r in location for r in right)


def printed_buttons(page: "Page") -> list[str]:
    """The words of each button that is printed; a heading may be one on the screen."""
    buttons = page.locator(BUTTONS)
    return [button.inner_text() for button in buttons.all() if button.is_visible()]


def answers_shown(page: "Page") -> int:
    """How many questions say on paper what is right, by a text, by the look of a choice, or too early."""
    found: int = page.evaluate(ANSWERS_SHOWN)
    return found


def sources_without_address(page: "Page") -> int:
    """How many links of the list of sources are printed without their address."""
    return int(page.evaluate(NO_ADDRESS, SOURCES))
