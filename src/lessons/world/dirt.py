"""The layers of dirt that lie on a document of the web: what each adds, and how."""

import random
import re
from html import escape
from html.entities import codepoint2name

from lessons.world.tasks import WORDS

HEADERS = (
    "We use cookies to make this page better. Accept all | Settings",
    "Home | Stories | Reviews | Contact",
    "Skip to content | Log in | Search",
    "You have 3 free pages left this month.",
)
FOOTERS = (
    "Subscribe to our letter and never miss a page!",
    "Share this page with your friends: Mail | Print",
    "Copyright 2019 The Village Page. All rights reserved.",
    "Read next: ten things that you did not know about hats",
)
CONTACTS = {
    "mail": ("Write to {mail}.", "My address is {mail}.", "Mail: {mail}"),
    "phone": ("Call {phone}.", "My number is {phone}.", "Phone: {phone}"),
}
CODINGS = (("latin-1",), ("cp1252",), ("latin-1", "latin-1"))

Layer = tuple[str, list[str], list[str]]


def _personal(rng: random.Random, text: str) -> Layer:
    """Add a mail address or a phone number, of those that belong to nobody, or both."""
    planted, lines = [], text.split("\n")
    for what in rng.choice((("mail",), ("phone",), ("mail", "phone"))):
        value = _mail(rng) if what == "mail" else _phone(rng)
        place = rng.randrange(len(lines))
        lines[place] += " " + rng.choice(CONTACTS[what]).format(**{what: value})
        planted.append(value)
    return "\n".join(lines), planted, []


def _mail(rng: random.Random) -> str:
    first, last = rng.sample([word for word in WORDS if word.isalpha()], 2)
    return f"{first}{rng.choice(('.', '_', ''))}{last}@example.{rng.choice(('com', 'org', 'net'))}"


def _phone(rng: random.Random) -> str:
    """Make a number of the ranges that are set aside for fiction, American or French."""
    pairs = f"{rng.randrange(100):02} {rng.randrange(100):02}"
    american = f"555-01{rng.randrange(100):02}"
    return rng.choice((american, f"(202) {american}", f"+1-202-{american}", f"01 99 00 {pairs}"))


def _boilerplate(rng: random.Random, text: str) -> Layer:
    above, below = rng.sample(HEADERS, rng.randint(0, 2)), rng.sample(FOOTERS, rng.randint(1, 2))
    return "\n".join([*above, text, *below]), above + below, []


def _markup(rng: random.Random, text: str) -> Layer:
    """Write a text down as HTML or Markdown; without the tags it is what it was."""
    how = rng.choice(("paragraphs", "breaks", "entities", "markdown"))
    if how == "markdown":
        lines = (re.sub(r"^([A-Z]\w+:)", r"**\1**", line) for line in text.split("\n"))
        linked = (
            re.sub(r"\b(the) (\w+)", r"\1 [\2](https://example.org/\2)", line, count=1)
            for line in lines
        )
        return "# " + "\n".join(linked), [], [how]
    text = escape(text)
    if how == "entities":
        text = "".join(
            f"&{codepoint2name[ord(letter)]};" if letter > "~" else letter for letter in text
        )
    if how == "breaks":
        return f'<div class="post">{text}</div>'.replace("\n", "<br>\n"), [], [how]
    body = "\n".join(f"<p>{line}</p>" for line in text.split("\n"))
    return f"<article>{body}</article>", [], [how]


def _mojibake(rng: random.Random, text: str) -> Layer:
    """Read what was written as UTF-8 as if it were in another coding, once or twice."""
    codings = rng.choice(CODINGS)
    for coding in codings:
        text = text.encode().decode(coding)
    return text, [], list(codings)


LAY = {
    "personal data": _personal, "boilerplate": _boilerplate, "markup": _markup, "mojibake": _mojibake,
}  # fmt: skip
