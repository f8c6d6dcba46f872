"""The code that the lesson pages show, call and measure."""

from lessons.storage import checkpoint

__all__ = ["checkpoint"]
