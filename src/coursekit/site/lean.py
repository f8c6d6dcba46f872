"""The theme's style sheets without what no page uses: twenty colors, and many kinds of boxes."""

import re
from pathlib import Path

from coursekit.files import write_atomically

__all__ = ["UNUSED", "drop_unused"]

# A rule for one of the theme's own colors; the course's settings say "custom".
COLOR = re.compile(r"[^{}]*\[data-md-color-(?:primary|accent)=(?!custom)[\w-]+\][^{}]*\{[^{}]*\}")
RULE = re.compile(r"([^{}@]+)\{[^{}]*\}")
# Classes of tabs, keys, blogs, versions and the like; a test looks for them on the pages.
UNUSED = re.compile(
    r"\.(?:tabbed-|task-list-|key-|critic|emojione|gemoji|twemoji|arithmatex|footnote"
    r"|md-(?:annotation|author|banner|clipboard|code|consent|draft|feedback|input|meta|pagination|path|pin|post|progress|select|social"
    r"|source-file|tooltip|version)(?![a-z]))"
)
# A language that is written from the right, and pictures of boxes that no page has.
FROM_THE_RIGHT = "[dir=rtl]"
PICTURE = re.compile(
    r"--md-(?:admonition-icon--(?:abstract|info|tip|success|failure|danger|bug|example|quote)"
    r'|(?:footnotes|tabbed|tasklist|version)-icon[\w-]*):url\((?:"[^"]*"|[^)"]*)\);?'
)


def drop_unused(site: str | Path) -> None:
    """Take the rules for what the course never shows out of the theme's style sheets below ``site``."""
    folder = Path(site) / "assets" / "stylesheets"
    for sheet in folder.glob("palette.*.css"):
        write_atomically(sheet, COLOR.sub("", sheet.read_text("utf-8")))
    for sheet in folder.glob("main.*.css"):
        write_atomically(sheet, PICTURE.sub("", RULE.sub(_used, sheet.read_text("utf-8"))))


def _used(rule: re.Match[str]) -> str:
    """The rule, or nothing if each of its selectors names something unused."""
    selectors = re.split(r",(?![^(]*\))", rule[1])
    unused = (one.startswith(FROM_THE_RIGHT) or UNUSED.search(one) for one in selectors)
    return "" if all(unused) else rule.group()
