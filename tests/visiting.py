"""What tests that visit a site need, and the page of the small course with one of everything."""

from coursekit.built.visiting import Visit, axe, contrast, serve, tab_to

__all__ = ["SAMPLE", "Visit", "axe", "contrast", "serve", "tab_to"]

SAMPLE = "lesson-4/sample/"
