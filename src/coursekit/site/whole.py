"""The last pass over whole pages, as the theme's templates made them."""

import re
from functools import lru_cache

__all__ = ["accessible", "squeezed"]

# Blank lines and indents between the theme's elements; those in code are part of it.
BETWEEN_LINES = re.compile(r"\n\s+")
KEPT = re.compile(r"(<(?:pre\b.*?</pre|script\b.*?</script|textarea\b.*?</textarea)>)", re.DOTALL)
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"'  # HTML knows its namespace
DESCRIBED = re.compile(r'class="doc[ "]')
REFERENCE_STYLE = re.compile(r'<link rel="stylesheet" href="[^"]*assets/_mkdocstrings\.css">')
# Opens the tab that an address names; it also costs a page's policy a hash, which nothing compresses.
TABS = re.compile(r'<script>var target=document\.getElementById\([^<]*"__tabbed_"[^<]*</script>')
TABBED = 'class="tabbed-set'
SECTION_LIST = re.compile(r'aria-labelledby="__nav_\d+_label"(?= aria-expanded)')


def accessible(output: str) -> str:
    """Names for what the theme leaves nameless, and none for what only a pointer needs."""
    output = output.replace(
        'data-md-component="search" role="dialog"',
        'data-md-component="search" role="dialog" aria-label="Search"',
    )
    # Where a section has a page of its own, the theme's label of its list holds an icon alone.
    output = SECTION_LIST.sub('aria-label="Pages of this part"', output)
    # A sign inside a heading is read as a part of it, and there are twenty on a page.
    return output.replace(
        '<a class="headerlink"', '<a class="headerlink" tabindex="-1" aria-hidden="true"'
    )


@lru_cache(maxsize=512)  # under `make serve` nearly all pages are what they were
def squeezed(output: str) -> str:
    """A page without what only weighs.

    That is blank lines and indents that the theme's templates leave between elements, what elements say by
    their names, the style sheet of the reference on pages that describe no function, and the script for
    tabs on pages without any.
    """
    if TABBED not in output:
        output = TABS.sub("", output)
    if not DESCRIBED.search(output):
        output = REFERENCE_STYLE.sub("", output)
    parts = KEPT.split(output)
    parts[::2] = [BETWEEN_LINES.sub("\n", part) for part in parts[::2]]
    return "".join(parts).replace(PICTURE, "<svg")
