"""Highlighted code at less cost: what is the same for all blocks of a site is made once.

The library finds a lexer among hundreds, and copies all rules of a style, for each of the blocks, which
are nearly two thousand.
"""

from functools import lru_cache

from pygments.lexers import get_lexer_by_name
from pymdownx import highlight

__all__ = ["NO_RULES", "keep_lexers"]

# A style for blocks that get their colors by class, from the site's style sheet.
NO_RULES: tuple[()] = ()


def keep_lexers() -> None:
    """Let Markdown look up and make the lexer of each language only once; it has no state of a text."""
    highlight.get_lexer_by_name = lru_cache(maxsize=64)(get_lexer_by_name)
