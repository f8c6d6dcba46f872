"""The one way to read HTML: what the checks of pages and of the built site need to know of a text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["OPTIONAL_END", "VOID", "Code", "Html"]

LOADS = {  # element: attributes that make a browser fetch something by itself
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
}
LOADING_RELS = {
    "stylesheet",
    "icon",
    "preload",
    "modulepreload",
    "prefetch",
    "preconnect",
    "manifest",
}
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"]
)

# What is announced by its words to who cannot see it, and attributes that hold words.
NAMED = frozenset(["a", "button", "summary", "th", "h1", "h2", "h3", "h4", "h5", "h6"])
WORDS = ("aria-label", "aria-labelledby", "title", "alt")

# What HTML closes by itself, at the end of what is around it.
OPTIONAL_END = frozenset(
    [
        "html",
        "head",
        "body",
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "option",
    ]
)


@dataclass
class Code:
    """A code block of a page: its language, its text, and its line in the HTML."""

    language: str
    text: str
    line: int


@dataclass
class Html(HTMLParser):
    """What the checks need to know of one text.

    Attributes:
        ids: of its elements, in order.
        links: line and address of each link.
        resources: line and address of what a browser fetches by itself.
        styled: lines of styles that stand in it.
        codes: its code blocks.
        unclosed: line and tag of each element without an end.
        stray: line and tag of each end without a beginning.
        images: line and words of each image; None where it has no ``alt``.
        wordless: line and tag of each link, button, heading and head of a column without a word.
        headings: line and level of each heading.
    """

    ids: list[str] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)
    resources: list[tuple[int, str]] = field(default_factory=list)
    styled: list[int] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    unclosed: list[tuple[int, str]] = field(default_factory=list)
    stray: list[tuple[int, str]] = field(default_factory=list)
    images: list[tuple[int, str | None]] = field(default_factory=list)
    wordless: list[tuple[int, str]] = field(default_factory=list)
    headings: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        # Tag, code language, made by the site itself, line.
        self._open: list[tuple[str, str, bool, int]] = []
        self._in_code = False
        self._silent: list[tuple[int, str]] = []  # open elements that need words and have none yet

    @classmethod
    def parse(cls, text: str) -> "Html":
        """Read a page."""
        html = cls()
        html.feed(text)
        html.close()
        html._leave_open(0)
        return html

    def _leave_open(self, first: int) -> None:
        """Note the open elements from a place in their order as never closed."""
        self.unclosed += [(line, tag) for tag, _, _, line in self._open[first:]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element names, loads and holds."""
        values = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        self._note(tag, values, line)
        _, language, generated, _ = self._open[-1] if self._open else ("", "", False, 0)
        classes = values.get("class", "").split()
        if tag == "div" and "highlight" in classes:
            named = [c.removeprefix("language-") for c in classes if c.startswith("language-")]
            language = named[0] if named else ""
        generated = generated or "data-generated" in values or "doc" in classes
        if tag == "code" and language and not generated and not self._in_code:
            self.codes.append(Code(language, "", line))
            self._in_code = True
        if tag not in VOID:
            self._open.append((tag, language, generated, line))

    def _note(self, tag: str, values: dict[str, str], line: int) -> None:
        if "id" in values:
            self.ids.append(values["id"])
        if any(values.get(name) for name in WORDS):
            self._silent.clear()
        elif tag in NAMED and (tag != "a" or "href" in values):
            self._silent.append((line, tag))
        if tag[0] == "h" and tag[1:].isdigit():
            self.headings.append((line, int(tag[1:])))
        if tag == "img":
            self.images.append((line, values.get("alt")))
        if tag == "style" or "style" in values:
            self.styled.append(line)
        if tag == "a" and "href" in values:
            self.links.append((line, values["href"]))
        loads = [values[name] for name in LOADS.get(tag, ()) if name in values]
        if tag == "link" and LOADING_RELS & set(values.get("rel", "").split()):
            loads.append(values.get("href", ""))
        self.resources += [
            (line, part.split()[0]) for value in loads for part in value.split(",") if part.strip()
        ]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content is never open."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element, and what was left open inside it."""
        if self._silent and self._silent[-1][1] == tag:
            self.wordless.append(self._silent.pop())
        inmost = reversed(range(len(self._open)))
        last = next((at for at in inmost if self._open[at][0] == tag), None)
        if last is None:
            self.stray.append((self.getpos()[0], tag))
        else:
            self._leave_open(last + 1)
            del self._open[last:]
        if tag == "code":
            self._in_code = False

    def handle_data(self, data: str) -> None:
        """Collect the text of a code block, and note what has words now."""
        if data.strip():
            self._silent.clear()
        if self._in_code:
            self.codes[-1].text += data
