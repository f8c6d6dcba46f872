"""The labs of Lesson 5: starters, checks and what was passed."""

from typing import Any

__all__ = ["check"]


def __getattr__(name: str) -> Any:
    """Load the check when it is asked for: a process that runs a learner's code needs nothing of it."""
    if name != "check":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lessons.labs.notebook import check

    return check
