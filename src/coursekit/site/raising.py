"""Hands to the page's own script what its Python downloads put around a block that must raise.

``docs/assets/js/code-bar.js`` copies a block with all before it, and what it copies is to run as the page's
script download does.
"""

import json
from pathlib import Path

from coursekit.downloads.export import HELPER, raising_helper
from coursekit.files import write_atomically
from coursekit.problems import ContractError, Problem

__all__ = ["hand_over"]

SCRIPT = Path("assets", "js", "code-bar.js")
PLACE = 'const HELPER = { name: "", source: "" };'


def hand_over(site: str | Path) -> None:
    """Write the helper into the script of the code bar below ``site``.

    Raises:
        ContractError: the script has no place for it.
    """
    file = Path(site) / SCRIPT
    text = file.read_text("utf-8")
    if text.count(PLACE) != 1:
        message = f"needs the line {PLACE!r} once, for what a raising block needs"
        raise ContractError(Problem(SCRIPT, 1, message))
    helper = json.dumps({"name": HELPER, "source": raising_helper(HELPER)})
    write_atomically(file, text.replace(PLACE, f"const HELPER = {helper};"))
