"""The search index: made without what it leaves out, and fetched when a reader searches.

The theme's plugin reads all of a page's HTML, also the listings that are excluded from the index, and
reads it again on every rebuild. Both take more time than all the rest of a page.

The index holds the prose of all pages, and the theme asks for it as soon as a page is open. On ``file:``
the theme already waits until the search field is used; this makes it wait everywhere.

What is typed or pasted into the field is read as ``search.js`` says, which stands beside this module. Its
answers lie under headings, which ``docs/assets/js/on-demand/search-results.js`` puts above them.

The index travels with the first search, so it holds what answers a question, and no more. Of the reference
these are names, of the pages about the course itself first sentences.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from coursekit.files import write_atomically
from coursekit.problems import ContractError, Problem

__all__ = ["answer_as_readers_ask", "index_once", "load_on_first_use", "searchable", "trimmed"]

AT_ONCE = re.compile(r'([\w$]+)\(location\.protocol!=="file:"\)')  # an observable of one value
WORKER = re.compile(r"\bnew Worker\(([\w$]+)\)")  # what searches: a script of its own
LATE = (  # the same, asked for with its first message
    "function courseWorker(url){let worker;const late=new EventTarget;late.postMessage=sent=>{"
    "worker??=Object.assign(new Worker(url),{onmessage:({data})=>"
    'late.dispatchEvent(new MessageEvent("message",{data}))});worker.postMessage(sent)};return late}\n'
)
ASKED = re.compile(r"\bdata:([\w$]+)\.search\(([\w$]+)\)")  # the index, by the theme's worker
OURS = Path(__file__).with_suffix(".js")
REPAIRED = (
    "courseRepair(self.lunr);"  # once the theme's script has put it there, and before any text
)
BEHIND = 1e-4  # of what prose weighs; a title weighs a thousand times as much as a text
CODE = "reference/"
# Nobody looks for the functions of a measurement or a lab, for an attribute without its class, or for a
# list of modules. Questions, exercises, lists of sources, how to run a page and how to teach it answer
# nothing.
UNASKED = re.compile(
    r"reference/#|reference/[^#]*(?:experiments|real_[\w.]+|mistakes)/#"
    r"|reference/(?:labs|search|serving)(?:\.|/#)"
    r"|reference/.*\.[A-Z]\w*\.\w+$|reference/.*_cell$|.*#(?:in-short"
    r"|check-yourself|deeper|more-questions|one-more-question|sources|run-this-page)$"
    r"|.*/(?:self-test|teach)/#|sources/#"
)
# A section's beginning says what it answers; the rest of a long one would be most of the index.
LESSON, BEGINNING = ("lesson-", "models/"), 700
PART = re.compile(r"(?<=</p>)|(?<=</li>)")
# The index of errors has the texts of all, and leads to the block.
ERRORS = "if-it-breaks/"
CODE_TAG = re.compile(r"</?code>")  # a name is found without, and there are thousands
ERROR_TEXT = re.compile(r"(?s)Output \(error\)\s*<pre>.*?</pre>")
RECIPES = "contributing/recipes/"  # whose titles say what they are for
ABOUT_THE_COURSE = ("accessibility/", "contributing/", "models/language/", "models/real/")
FIRST_SENTENCE = re.compile(r"(?s)<p>((?:<code>.*?</code>|[^<])*?[.?!:])(?=\s|</p>)")
# Of an entry of the glossary: other words for it are tags in the index, and its page is no answer.
WHERE_TAUGHT = re.compile(r"\s*<p>(?:Also: [^<]*)?Taught in [^<]*</p>\s*$")
# Pictures in words, whose captions say what to see.
ASIDE = re.compile(r'(?s)<details class="drawing__words">.*?</details>')
EXCLUDED = re.compile(r'<div\b[^>]*\bdata-search-exclude="true"[^>]*>')
HEADING = re.compile(r"<h[1-6]\b.*?</h[1-6]>", re.DOTALL)
# The code behind its caption, or in a table with the numbers of its lines.
LISTING = re.compile(r'(?:<span class="filename">[^\n]*?(?=<pre\b))?<(?P<tag>pre|table)\b')

# What a page adds to the index, by its address: what the entries were made of, and the entries.
_indexed: dict[str, tuple[tuple[str, ...], list[dict[str, Any]]]] = {}


def searchable(html: str) -> str:
    """A page without what is not to be found: asides, and listings that are excluded from the search."""
    html = ASIDE.sub("", html)
    parts, at = [], 0
    for excluded in EXCLUDED.finditer(html):
        if listing := LISTING.match(html, excluded.end()):
            parts.append(html[at : excluded.end()])
            end = f"</{listing['tag']}>"
            at = html.index(end, listing.end()) + len(end)
    return "".join([*parts, html[at:]])


def trimmed(entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The entries of a page that can answer a question, each with the part of its text that does.

    Args:
        entries: as the theme's plugin makes them, with ``location``, ``title`` and ``text``.
    """
    for entry in entries:
        place, text = entry["location"], entry["text"]
        if UNASKED.match(place):
            continue
        if place.startswith(CODE):
            yield {**entry, "text": "", "boost": BEHIND}
        elif place.startswith(RECIPES):
            yield {**entry, "text": ""}
        elif place.startswith(ABOUT_THE_COURSE):
            first = FIRST_SENTENCE.search(text)
            yield {**entry, "text": CODE_TAG.sub("", f"<p>{first[1]}</p>" if first else "")}
        else:
            text = text if place.startswith(ERRORS) else ERROR_TEXT.sub("", text)
            text = _beginning(text) if place.startswith(LESSON) else text
            yield {**entry, "text": CODE_TAG.sub("", WHERE_TAUGHT.sub("", text))}


def _beginning(text: str) -> str:
    """The first paragraphs and items of a text, one at least."""
    parts, length = list[str](), 0
    for part in PART.split(text):
        if parts and length + len(part) > BEGINNING:
            break
        parts.append(part)
        length += len(part)
    return "".join(parts)


def index_once(config: MkDocsConfig) -> None:
    """Let the theme's plugin read each page only after a change, and only what can be found."""
    index: Any = config.plugins["material/search"].search_index  # type: ignore[attr-defined]
    add: Callable[[Page], None] = index.add_entry_from_context

    def add_entry_from_context(page: Page) -> None:
        content = page.content or ""
        made_of = (content, repr(page.title), repr(page.meta))
        if page.url not in _indexed or _indexed[page.url][0] != made_of:
            known = len(index.entries)
            named = page.url.startswith(CODE)
            page.content = "".join(HEADING.findall(content)) if named else searchable(content)
            add(page)
            page.content = content
            index.entries[known:] = trimmed(index.entries[known:])
            _indexed[page.url] = made_of, index.entries[known:]
        else:
            index.entries += _indexed[page.url][1]

    index.add_entry_from_context = add_entry_from_context


def load_on_first_use(site: str | Path) -> None:
    """Change the theme's script below ``site``.

    Raises:
        ContractError: the script is not there, or another version of the theme decides elsewhere.
    """
    folder = Path(site) / "assets" / "javascripts"
    bundles = sorted(folder.glob("bundle.*.min.js"))
    texts = [bundle.read_text("utf-8") for bundle in bundles]
    if [(len(AT_ONCE.findall(text)), len(WORKER.findall(text))) for text in texts] != [(1, 1)]:
        message = (
            f"cannot make the theme's script ({len(bundles)} found) fetch the search index and what "
            "searches it on first use; look where it decides to, and change coursekit.site.search"
        )
        raise ContractError(Problem(folder, 1, message))
    text = WORKER.sub(r"courseWorker(\1)", AT_ONCE.sub(r"\1(!1)", texts[0]))
    write_atomically(bundles[0], LATE + text)


def answer_as_readers_ask(site: str | Path) -> None:
    """Let the theme's search below ``site`` read what is asked as ``search.js`` does.

    Raises:
        ContractError: the script is not there, or another version of the theme asks elsewhere.
    """
    folder = Path(site) / "assets" / "javascripts" / "workers"
    workers = sorted(folder.glob("search.*.min.js"))
    found = [ASKED.subn(r"data:courseAnswer(\1,\2)", file.read_text("utf-8")) for file in workers]
    if [count for _, count in found] != [1]:
        message = (
            f"cannot let the theme's search ({len(workers)} found) answer as readers ask; look where it "
            "asks its index, and change coursekit.site.search"
        )
        raise ContractError(Problem(folder, 1, message))
    write_atomically(workers[0], f"{OURS.read_text('utf-8')}\n{found[0][0]}\n{REPAIRED}\n")
