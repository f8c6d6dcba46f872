"""The kinds of fences: each is a file that says all about it.

What a kind may say, and what is right for text that is only shown, stands in
:class:`coursekit.page.contents.Kind`. To add a kind, write a file with a subclass, and name its one
instance in :data:`KINDS`.
"""

from collections.abc import Iterable

from coursekit.kinds.figure import FIGURE
from coursekit.kinds.live import LIVE
from coursekit.kinds.output import OUTPUT
from coursekit.kinds.python import PYTHON
from coursekit.kinds.quiz import QUIZ
from coursekit.kinds.script import SCRIPT
from coursekit.kinds.shell import SHELL
from coursekit.kinds.shown import SHOWN
from coursekit.page.contents import Kind

__all__ = ["KINDS", "kind_of", "languages"]

KINDS: list[Kind] = [PYTHON, SCRIPT, SHELL, OUTPUT, FIGURE, QUIZ, LIVE, SHOWN]


def kind_of(language: str, classes: Iterable[str] = ()) -> Kind | None:
    """The kind of a fence by its language and further classes; None for a fence of no kind."""
    return next((kind for kind in KINDS if kind.takes(language, classes)), None)


def languages() -> list[str]:
    """The first words that a fence may have, in alphabetical order."""
    return sorted(frozenset().union(*(kind.languages for kind in KINDS)))
