"""Serving a site and visiting it with a browser, as a reader does."""

import functools
import http.server
import threading
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

SAMPLE = "lesson-4/sample/"
AXE = AXE_FILE_PATH.read_text("utf-8")
SERIOUS = ("serious", "critical")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def serve(root: Path) -> tuple[http.server.ThreadingHTTPServer, str]:
    handler = functools.partial(Quiet, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}/"


class Visit:
    """A page, and all that the browser complains of or asks other servers for."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complain(message.type, message.text))
        page.on("pageerror", lambda error: self.complain("error", str(error)))
        page.on("request", self.request)
        page.on(
            "response", lambda r: self.complain(str(r.status), r.url) if r.status > 399 else None
        )

    def complain(self, kind: str, text: str) -> None:
        if kind not in ("log", "info", "debug"):
            self.complaints.append(f"{kind}: {text}")

    def request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"request to {request.url}")

    def go(self, path: str = "") -> Page:
        self.page.goto(self.url + path)
        return self.page


def axe(page: Page, *rules: str) -> list[str]:
    """The serious faults that axe finds on a page, by all of its rules or by these alone."""
    page.evaluate(AXE)
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{v['id']}: {v['help']}: " + "; ".join(node["html"][:160] for node in v["nodes"][:3])
        for v in found
        if v["impact"] in SERIOUS
    ]


def tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
