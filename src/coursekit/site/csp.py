"""The content security policy of each page, as a ``<meta>`` element on every page.

It allows the site's own files, and the inline scripts that the theme emits on this page by their hash;
and on a page with a model that readers can run, that this model's kernel is compiled. Each page is loaded
whole, so that what one page allows holds on no other.
"""

import base64
import hashlib
import re
from pathlib import Path

from coursekit.kinds.live import MODEL

__all__ = ["COMPILED", "INLINE_SCRIPT", "META", "policy", "protect"]

COMPILED = " 'wasm-unsafe-eval'"  # what a page with a model allows beside
INLINE_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)
META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="(?P<policy>[^"]*)">')
CHARSET = re.compile(r'<meta charset="utf-8">', re.IGNORECASE)


def _hashes(page: str) -> set[str]:
    found = set()
    for script in INLINE_SCRIPT.finditer(page):
        kind = re.search(r'type="([^"]*)"', script["attributes"])
        data = kind is not None and kind.group(1) not in ("module", "text/javascript")
        if "src=" not in script["attributes"] and not data:
            digest = hashlib.sha256(script["code"].encode()).digest()
            found.add(f"'sha256-{base64.b64encode(digest).decode()}'")
    return found


def policy(page: str) -> str:
    """The policy that lets a page, and nothing else, work.

    Args:
        page: its HTML. Where it runs a model, the kernel is compiled in the reader's browser.
    """
    return "; ".join(
        [
            "default-src 'self'",
            " ".join([f"script-src 'self'{COMPILED * (MODEL in page)}", *sorted(_hashes(page))]),
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


def protect(site: str | Path) -> None:
    """Write its policy into every page below ``site``, before anything that it loads."""
    for file in sorted(Path(site).rglob("*.html")):
        page = META.sub("", file.read_text("utf-8"))
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}">'
        protected = CHARSET.sub(rf"\g<0>{meta}", page, count=1)
        file.write_bytes(protected.encode())
