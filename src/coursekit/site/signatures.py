"""What the pages of the reference get once they are rendered: ways back to the pages that show their code.

Signatures lose the button that would copy what is not code, and long names break where a reader would
break them, behind a dot or an underscore.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from coursekit.page.contents import Page

__all__ = ["breakable", "finished"]

SIGNATURE = re.compile(r'(?<=<div class=")(?=(?:language-\w+ )?doc-signature\b)')
BODY = re.compile(
    r'<h\d id="(?P<name>[\w.]+)" class="doc doc-heading">.*?</h\d>'
    r'(?:(?!<h\d).)*?<div class="doc doc-contents[^>]*>',
    re.DOTALL,
)
# A name of several words that is all of an element's text.
NAME = re.compile(r"(?<=>)\s*\w+(?:[._]\w+)+\s*(?=</(?:code|span|a)>)")
CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
JOINT = re.compile(r"(?<=[^\W_])(?P<sign>[._]+)(?=[^\W_])")


def finished(html: str, shown: Mapping[str, Sequence[Page]], url: Callable[[Page], str]) -> str:
    """A page of the reference with links to where its definitions are explained.

    Args:
        html: the content of the page.
        shown: for a definition's dotted name the pages that show it.
        url: the address of such a page, relative to this one.
    """

    def with_links(match: re.Match[str]) -> str:
        pages = shown.get(match["name"], ())
        links = ", ".join(f'<a href="{url(page)}">{page.meta["title"]}</a>' for page in pages)
        return match.group() + (f'<p class="used-on">Used on {links}</p>' if links else "")

    return BODY.sub(with_links, SIGNATURE.sub("no-copy ", html))


def breakable(output: str) -> str:
    """A whole page in which a long name can break behind its dots and underscores, and nowhere else."""
    parts, at = [], 0
    for code in CODE.finditer(output):
        parts += [_broken(output[at : code.start()]), code.group()]
        at = code.end()
    return "".join([*parts, _broken(output[at:])])


def _broken(html: str) -> str:
    return NAME.sub(lambda m: _with_breaks(m.group()), html)


@lru_cache(maxsize=4096)  # the navigation has the names of all modules on the page of each
def _with_breaks(name: str) -> str:
    return JOINT.sub(r"\g<sign><wbr>", name)
