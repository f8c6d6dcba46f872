"""The theme's style sheets without the colors that nobody chose: it brings twenty to each page."""

import re
from pathlib import Path

from coursekit.files import write_atomically

__all__ = ["drop_unused_colors"]

# A rule for one of the theme's own colors; the course's settings say "custom".
COLOR = re.compile(r"[^{}]*\[data-md-color-(?:primary|accent)=(?!custom)[\w-]+\][^{}]*\{[^{}]*\}")


def drop_unused_colors(site: str | Path) -> None:
    """Take the rules of all colors but the course's own out of the theme's palette below ``site``."""
    for sheet in (Path(site) / "assets" / "stylesheets").glob("palette.*.css"):
        write_atomically(sheet, COLOR.sub("", sheet.read_text("utf-8")))
