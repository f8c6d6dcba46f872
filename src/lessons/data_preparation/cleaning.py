"""Cleaning one text at a time: broken letters, markup, boilerplate, and what is not worth keeping."""

# --8<-- [start:imports]
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from html import unescape
from html.parser import HTMLParser

import ftfy

# --8<-- [end:imports]


# --8<-- [start:mojibake]
def fix_letters(text: str) -> str:
    """Undo UTF-8 that was read as another coding: ``cafÃ©`` becomes ``café``.

    Only the coding: ``ftfy.fix_text`` would also straighten quotes and unescape entities.
    """
    return ftfy.fix_encoding(text)


# --8<-- [end:mojibake]


# --8<-- [start:markup]
BLOCKS = frozenset(("article", "br", "div", "h1", "h2", "h3", "li", "p", "table", "tr", "ul"))
HIDDEN = frozenset(("script", "style"))
TAG = re.compile(
    r"</?(?:a|article|b|body|br|div|em|h[1-6]|head|html|i|img|li|ol|p|script|span|strong|style|table|"
    r"td|th|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
MARKDOWN = (
    (re.compile(r"^#{1,6} ", re.MULTILINE), ""),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), r"\1"),
    (re.compile(r"\[([^\]\n]+)\]\([^)\s]+\)"), r"\1"),
)


class TextOnly(HTMLParser):
    """Collects what a browser would show, with a line break where a block begins or ends."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        """Begin an element."""
        self.hidden = self.hidden or tag in HIDDEN
        self.parts.append("\n" if tag in BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        self.hidden = self.hidden and tag not in HIDDEN
        self.parts.append("\n" if tag in BLOCKS else "")

    def handle_data(self, data: str) -> None:
        """Take text; a line break in the source of a page is a space."""
        self.parts.append("" if self.hidden else re.sub(r"\s+", " ", data))


def strip_markup(text: str) -> str:
    """Remove HTML tags, entities and common Markdown; a text without them stays as it is."""
    if TAG.search(text):
        reader = TextOnly()
        reader.feed(text)
        reader.close()
        lines = "".join(reader.parts).split("\n")
        text = "\n".join(line.strip() for line in lines if line.strip())
    else:
        text = unescape(text)
    for pattern, replacement in MARKDOWN:
        text = pattern.sub(replacement, text)
    return text


# --8<-- [end:markup]


# --8<-- [start:boilerplate]
def frequent_lines(
    rows: Iterable[tuple[str, str | None]], least: int, most_alike: float = 1.0
) -> frozenset[str]:
    """Find lines that stand in many documents.

    Args:
        rows: the text and the kind of each document.
        least: number of documents that a line must stand in.
        most_alike: the largest share of them that may be of one kind. A menu does not care what stands
            below it; a line that belongs to a text occurs in texts of one kind.
    """
    documents: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
    for text, kind in rows:
        for line in set(text.split("\n")):
            documents[line][kind] += 1
    return frozenset(
        line
        for line, kinds in documents.items()
        if (count := kinds.total()) >= least and max(kinds.values()) <= most_alike * count
    )


def drop_lines(text: str, lines: frozenset[str]) -> str:
    """Remove whole lines from a text."""
    return "\n".join(line for line in text.split("\n") if line not in lines)


# --8<-- [end:boilerplate]


# --8<-- [start:garbage]
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
ENGLISH = frozenset((
    "the", "a", "an", "is", "are", "was", "were", "of", "to", "in", "and", "it", "he", "she",
    "you", "i", "my", "your", "not", "no", "what", "who", "where", "does", "do", "for", "with",
    "has", "had", "this", "that", "they", "his", "her",
))  # fmt: skip
FRENCH = frozenset((
    "le", "la", "les", "un", "une", "des", "du", "est", "sont", "était", "et", "ne", "pas",
    "il", "elle", "ce", "cette", "ces", "mon", "ma", "mes", "son", "sa", "ses", "que", "qui",
    "dans", "sur", "avec", "pour", "vous", "je", "nous",
))  # fmt: skip


def function_words(text: str) -> tuple[int, int, int]:
    """Count a text's small words: the English, the French, and all its words."""
    words = WORD.findall(text.lower())
    return sum(w in ENGLISH for w in words), sum(w in FRENCH for w in words), len(words)


def foreign(text: str) -> str | None:
    """Give a reason to drop a text that is French: small words give a language away."""
    english, french, _ = function_words(text)
    return "wrong language" if french > 3 * english else None


def garbage(text: str, words: int = 4) -> str | None:
    """Give a reason to drop a text that is not worth keeping, or None.

    The rules are in the spirit of Gopher's (Rae et al. 2021, arXiv 2112.11446), for short
    texts. Gopher's are more: at least 50 words, their mean length, symbols per word, words with a letter,
    two of eight frequent words, repeated runs of words.

    Args:
        text: document to judge.
        words: the fewest that a text may have.
    """
    english, french, count = function_words(text)
    lines = text.split("\n")
    if count < words:
        return "too short"
    if len(lines) >= 6 and len(set(lines)) < len(lines) / 2:
        return "repeated lines"
    if sum(letter.isalpha() for letter in text) < 0.2 * len(text):
        return "few letters"
    if english + french < 0.03 * count:
        return "no small words"
    return None


# --8<-- [end:garbage]
