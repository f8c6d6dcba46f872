"""Hands to the course's script what the Python downloads put around a block that must raise.

``docs/assets/js/code-bar.js`` copies a block with all before it, and what it copies is to run as the page's
script download does.
"""

import json

from coursekit.downloads.export import HELPER, raising_helper

__all__ = ["PLACE", "helper"]

PLACE = 'const HELPER = { name: "", source: "" };'


def helper() -> str:
    """The line of the script that takes the place of ``PLACE``: the helper's name and text."""
    return f"const HELPER = {json.dumps({'name': HELPER, 'source': raising_helper(HELPER)})};"
