"""Serving a site and visiting it with a browser, as a reader does: for the tests, and for its bars."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the browser is of those who develop, and a site is built without it
    from playwright.sync_api import Page

OF_COLOR = ["color-contrast", "link-in-text-block"]  # what axe takes from the styles of a text
QUIET_MS = 250  # without a new request: nothing more comes

# What a page has of each kind: one title, one main part, and links that skip to where there is something.
COUNTS = """() => ({
    h1: document.querySelectorAll('h1').length,
    main: document.querySelectorAll('main').length,
    header: document.querySelectorAll('body > header').length,
    footer: document.querySelectorAll('footer.md-footer').length,
    navigation: document.querySelectorAll('nav').length >= 2,
    skips: [...document.querySelectorAll('a.md-skip')].every(
        link => document.querySelectorAll(link.getAttribute('href')).length === 1)
})"""
LANDMARKS = {"h1": 1, "main": 1, "header": 1, "footer": 1, "navigation": True, "skips": True}
SCHEME = "name => document.body.dataset.mdColorScheme === name"
OPEN_DETAILS = "document.querySelectorAll('details').forEach(d => d.open = true)"

__all__ = [
    "Visit",
    "axe",
    "bring_axe",
    "contrast",
    "has_its_landmarks",
    "hindrances",
    "serve",
    "tab_to",
    "unmark",
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that does not write down each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's own name
        """Say nothing."""


def serve(root: Path) -> tuple[http.server.ThreadingHTTPServer, str]:
    """Serve a folder to this machine until the server is shut down.

    Args:
        root: the folder of a built site.

    Returns:
        The server, and its address.
    """
    handler = functools.partial(Quiet, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}/"


class Visit:
    """A page, what it asks for, and all that the browser complains of or asks other servers for.

    Args:
        page: the browser's page.
        url: address of the site.
    """

    def __init__(self, page: "Page", url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.complain(message.type, message.text))
        page.on("pageerror", lambda error: self.complain("error", str(error)))
        page.on("request", self.request)
        page.on(
            "response", lambda r: self.complain(str(r.status), r.url) if r.status > 399 else None
        )

    def complain(self, kind: str, text: str) -> None:
        """Take down what is no mere remark."""
        if kind not in ("log", "info", "debug"):
            self.complaints.append(f"{kind}: {text}")

    def request(self, request: Any) -> None:
        """Take down an address, as a complaint where it is none of the site."""
        self.asked.append(request.url)
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"request to {request.url}")

    def go(self, path: str = "") -> "Page":
        """Go to a page of the site."""
        self.page.goto(self.url + path)
        return self.page

    def settle(self) -> None:
        """Wait until the page asks for nothing more.

        Playwright's "networkidle" waits for each answer to be told, and of a script that a script
        imports it sometimes is not.
        """
        known = -1
        while known != len(self.asked):
            known = len(self.asked)
            self.page.wait_for_timeout(QUIET_MS)


# Marks one text of each look that was not seen before: contrast is a matter of color, background, size
# and weight, and to judge each of ten thousand texts of a page takes a minute. Whether a link can be told
# from the text around it is a matter of the styles of both.
LOOKS = """seen => {
    const looks = new Set(seen);
    // The shadow at the edge of a listing is an image, and axe judges no text before one.
    for (const code of document.querySelectorAll('pre > code')) code.style.backgroundImage = 'none';
    const background = element => {
        const parts = [];
        for (let one = element; one; one = one.parentElement) {
            const style = getComputedStyle(one);
            parts.push(style.opacity, style.backgroundImage, style.backgroundColor);
            if (/^rgb\\(/.test(style.backgroundColor)) break;
        }
        return parts.join();
    };
    const judge = (element, ...styles) => {
        const look = styles.join();
        if (!looks.has(look) && element.getClientRects().length) {
            looks.add(look);
            element.dataset.look = '';
        }
    };
    for (const element of document.querySelectorAll('body, body *')) {
        const texts = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        if (!texts || 'plain' in element.dataset) continue;
        const style = getComputedStyle(element);
        judge(element, style.color, style.fontSize, style.fontWeight, style.textShadow,
              style.position, background(element));
    }
    const drawn = style => [style.color, style.textDecorationLine, style.font, style.borderStyle,
                            style.borderWidth, style.backgroundColor, style.backgroundImage];
    for (const link of document.querySelectorAll('a[href], [role=link]')) {
        let block = link.parentElement;
        while (getComputedStyle(block).display === 'inline') block = block.parentElement;
        const inside = [...block.querySelectorAll('a[href], [role=link]')];
        const linked = inside.reduce((sum, one) => sum + one.textContent.trim().length, 0);
        const style = getComputedStyle(link);
        judge(link, 'link', style.display, ...drawn(style), ...drawn(getComputedStyle(block)),
              background(link), linked < block.textContent.trim().length);
    }
    // Colored words of code whose looks are judged elsewhere are most of a page's elements.
    for (const code of document.querySelectorAll('pre code')) {
        if (code.querySelector('[data-look], a, button')) continue;
        code.words = [...code.childNodes];
        code.textContent = code.textContent;
        code.dataset.plain = '';
    }
    return [...looks];
}"""
UNMARK = """() => {
    for (const one of document.querySelectorAll('[data-look]')) delete one.dataset.look;
    for (const code of document.querySelectorAll('[data-plain]')) {
        code.replaceChildren(...code.words);
        delete code.dataset.plain;
    }
}"""


def bring_axe(page: "Page") -> None:
    """Let each page that is visited from now on have axe, sent to the browser once for all of them."""
    from axe_playwright_python.base import AXE_FILE_PATH

    page.add_init_script(path=AXE_FILE_PATH)


def axe(page: "Page", seen: set[str] | None = None) -> list[str]:
    """The faults that axe finds on a page, those against best practice among them.

    Args:
        page: the page.
        seen: looks of texts on pages before it, whose colors are judged already.
    """
    faults = contrast(page, set() if seen is None else seen)
    others = {"rules": {rule: {"enabled": False} for rule in OF_COLOR}}
    return [*faults, *_axe(page, "document", others)]


def contrast(page: "Page", seen: set[str]) -> list[str]:
    """The texts that stand out too little from what is behind or around them, of looks not seen before.

    Args:
        page: the page.
        seen: looks of texts on pages before it; those of this page are added.
    """
    seen |= set(page.evaluate(LOOKS, list(seen)))
    if not page.locator("[data-look]").count():
        return []
    return _axe(page, "{include: [['[data-look]']]}", {"runOnly": OF_COLOR})


def unmark(page: "Page") -> None:
    """Put a page back as it was before its looks were judged, to judge it in other colors."""
    page.evaluate(UNMARK)


def hindrances(
    page: "Page", light: set[str], dark: set[str], *, twice: bool = True
) -> Iterator[str]:
    """What axe finds on a page with all its boxes open that comes light and turns dark.

    Rules that see no colors judge once.

    Args:
        page: the page, in light colors as the system has them.
        light: looks of texts that were judged on pages before it.
        dark: the same in dark colors.
        twice: whether it turns dark in any case, or only where it has a look that no page before it had
            in light colors.

    Yields:
        Each fault, with the colors in which it is one.

    Raises:
        playwright.sync_api.TimeoutError: the page does not follow the system.
    """
    known = len(light)
    page.wait_for_function(SCHEME, arg="default")
    page.evaluate(OPEN_DETAILS)
    yield from (f"light: {fault}" for fault in axe(page, light))
    if twice or len(light) > known:
        unmark(page)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(SCHEME, arg="slate")
        yield from (f"dark: {fault}" for fault in contrast(page, dark))
        page.emulate_media(color_scheme="light")


def has_its_landmarks(page: "Page") -> bool:
    """Whether a page has one title, one of each of its parts, and links that skip to where they say."""
    return bool(page.evaluate(COUNTS) == LANDMARKS)


def _axe(page: "Page", part: str, options: dict[str, Any]) -> list[str]:
    from axe_playwright_python.base import AXE_FILE_PATH

    if not page.evaluate("'axe' in window"):  # half a megabyte on its way to the browser
        page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    options = {"resultTypes": ["violations"], **options}
    found = page.evaluate(f"options => axe.run({part}, options)", options)["violations"]
    return [
        f"{v['id']}: {v['help']}: " + "; ".join(node["html"][:160] for node in v["nodes"][:3])
        for v in found
    ]


def tab_to(page: "Page", selector: str) -> None:
    """Press the tabulator until an element has the focus.

    Raises:
        AssertionError: eighty presses do not reach it.
    """
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
