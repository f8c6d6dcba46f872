"""One content security policy for the whole site, as a ``<meta>`` element on every page.

It allows the site's own files, and the inline scripts that the theme emits by their hash. The policy is
the same on all pages, since a page that is reached without a full load keeps the first one's.
"""

import base64
import hashlib
import re
from pathlib import Path

from coursekit.files import write_atomically

__all__ = ["INLINE_SCRIPT", "META", "policy", "protect"]

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


def policy(pages: list[str]) -> str:
    """The policy that lets these pages, and nothing else, work."""
    hashes = sorted(set().union(*map(_hashes, pages)))
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *hashes]),
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
    """Write the policy into every page below ``site``, before anything a page loads."""
    files = sorted(Path(site).rglob("*.html"))
    pages = [META.sub("", file.read_text("utf-8")) for file in files]
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(pages)}">'
    for file, page in zip(files, pages, strict=True):
        protected = CHARSET.sub(lambda m: m.group() + meta, page, count=1)
        write_atomically(file, protected)
