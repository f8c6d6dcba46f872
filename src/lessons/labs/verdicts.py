"""What a check says: which mistake it is, why it is one, and the smallest input that shows it."""

from dataclasses import dataclass
from typing import Any

WIDTH = 300  # characters of a value that are shown


class WrongError(Exception):
    """A mistake that a check found.

    Args:
        mistake: its name, as the end of the sentence "your function …".
        why: why that is a mistake, in a sentence or two; never how to do it.
        call: the smallest call that shows it.
        got: what came back, as text; empty if nothing did.
        wanted: what should have, as text; empty where saying it would give the solution away.
        stopped: the learner's own line at which it stopped instead of returning; empty if it did not.
    """

    def __init__(
        self,
        mistake: str,
        why: str,
        call: str = "",
        got: str = "",
        wanted: str = "",
        stopped: str = "",
    ) -> None:
        super().__init__(mistake)
        self.mistake, self.why, self.call, self.got, self.wanted = mistake, why, call, got, wanted
        self.stopped = stopped

    def __str__(self) -> str:
        rows = [("the call", self.call), ("stopped at", self.stopped), ("you returned", self.got)]
        rows.append(("wanted", self.wanted))
        shown = [f"  {label:<12}  {text}" for label, text in rows if text]
        return "\n".join([f"{self.mistake}.", f"Why: {self.why}", *shown])


def shown(value: Any) -> str:
    """A value as readers see it, cut in the middle if it is long."""
    text = repr(value)
    if len(text) <= WIDTH:
        return text
    half = WIDTH // 2
    return f"{text[:half]} … {text[-half:]} ({len(text):,} characters)"


def call_text(name: str, arguments: tuple[Any, ...]) -> str:
    """A call as it would stand in a file."""
    return f"{name}({', '.join(map(shown, arguments))})"


@dataclass(frozen=True)
class Verdict:
    """What the check of one part says.

    Attributes:
        part: its number, from 1.
        passed: whether it holds.
        text: what to tell the learner.
        printed: what their code printed meanwhile.
        begun: whether the code was run at all.
    """

    part: int
    passed: bool
    text: str
    printed: str = ""
    begun: bool = True
