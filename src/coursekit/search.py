"""The search index: fetched when a reader searches, not with every page.

It holds the prose of all pages, and the theme asks for it as soon as a page is open. On ``file:`` the
theme already waits until the search field is used; this makes it wait everywhere.
"""

import re
from pathlib import Path

from coursekit.files import write_atomically
from coursekit.problems import ContractError, Problem

__all__ = ["load_on_first_use"]

AT_ONCE = re.compile(r'([\w$]+)\(location\.protocol!=="file:"\)')  # an observable of one value


def load_on_first_use(site: str | Path) -> None:
    """Change the theme's script below ``site``.

    Raises:
        ContractError: the script is not there, or another version of the theme decides elsewhere.
    """
    folder = Path(site) / "assets" / "javascripts"
    bundles = sorted(folder.glob("bundle.*.min.js"))
    found = [AT_ONCE.subn(r"\1(!1)", bundle.read_text("utf-8")) for bundle in bundles]
    if [count for _, count in found] != [1]:
        message = (
            f"cannot make the theme's script ({len(bundles)} found) fetch the search index on first "
            "use; look where it decides to, and change coursekit.search"
        )
        raise ContractError(Problem(folder, 1, message))
    write_atomically(bundles[0], found[0][0])
