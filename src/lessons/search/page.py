"""The page of the search, which works without a script: what was found, where, and by which search."""

from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template
from urllib.parse import urlencode

from lessons.search.asking import LONGEST, Found, Reply, in_a_sentence

NAMES = {
    "both": "words and meaning",
    "words": "the same words",
    "vectors": "a near meaning",
    "mlm": "a near meaning, by the course's own small model",
}
EXAMPLES = (
    "How do I leave a loop early?",
    "Why is -7 % 3 not negative?",
    "How do I bake bread?",
)
MISSING = (
    "MiniLM is not on this computer, so the search by meaning uses the course's own small model, which "
    "finds little. <code>python -m lessons.real_models minilm</code> fetches MiniLM; then start "
    "this page again."
)


def asset(name: str) -> str:
    """Read a file of the page: its HTML, style sheet or script."""
    return resources.files("lessons.search").joinpath("web", name).read_text("utf-8")


def whole(ways: Sequence[str], answer: str, question: str = "", by: str = "") -> str:
    """Write the page.

    Args:
        ways: the ways to search that are at hand, the best first.
        answer: what stands below the form, as HTML.
        question: what was asked.
        by: the way it was asked.
    """
    options = "".join(
        f'<option value="{way}"{" selected" if way == by else ""}>{NAMES[way]}</option>'
        for way in ways
    )
    title = f"{question[:60]}: " if question.strip() else ""
    return Template(asset("page.html")).substitute(
        title=escape(title), question=escape(question), options=options, answer=answer,
        longest=LONGEST, missing="" if "both" in ways else f'<p class="note">{MISSING}</p>',
    )  # fmt: skip


def welcome() -> str:
    """Say what can be asked, before anything was."""
    links = "".join(
        f'<li><a href="/?{urlencode({"q": one})}">{escape(one)}</a></li>' for one in EXAMPLES
    )
    return f'<p role="status"></p><p>For example:</p><ul class="examples">{links}</ul>'


def wrong(error: str) -> str:
    """Say why a question cannot be answered."""
    return f'<p role="status" class="refused">That cannot be answered. {escape(error)}.</p>'


def reply(found: Reply) -> str:
    """Write what was found, or that nothing was."""
    if not found.question.strip():
        return welcome()
    took = f"{1000 * found.seconds:.0f} ms" if found.seconds >= 0.001 else "under 1 ms"
    if not found.hits:
        anyway = urlencode({"q": found.question, "by": found.by, "anyway": 1})
        return (
            '<p role="status" class="refused">The documentation has no answer of which this search is sure '
            f"({found.sure:.2f}, and {found.least:.2f} is needed). It took {took}.</p>"
            f'<p><a href="/?{escape(anyway)}">Show the nearest passages all the same</a>, or ask '
            f"{_otherwise(found)}. The language is described there, and hardly anything of its library.</p>"
        )
    count = "1 passage" if len(found.hits) == 1 else f"{len(found.hits)} passages"
    sure = "" if found.found else ", though the search is sure of none of them"
    shown = "".join(_passage(one) for one in found.hits)
    return f'<p role="status">{count} in {took}{sure}.</p><ol class="hits">{shown}</ol>'


def _otherwise(refused: Reply) -> str:
    sentence = in_a_sentence(refused.question, refused.by)
    if not sentence:
        return "in other words"
    address = urlencode({"q": sentence, "by": refused.by})
    return f'in a sentence, such as <a href="/?{escape(address)}">{escape(sentence)}</a>'


def _passage(found: Found) -> str:
    text = "".join(
        f"<mark>{escape(piece)}</mark>" if asked else escape(piece) for piece, asked in found.pieces
    )
    ranks = [f"{_place(rank)} by {NAMES[way]}" for way, rank in found.ranks.items()]
    return (
        f"<li><h2>{escape(found.hit.place)}</h2>"
        f'<p class="by">{"; ".join(ranks) or "far down in each ranking"}</p><pre>{text}</pre></li>'
    )


def _place(rank: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(rank, f"number {rank}")
