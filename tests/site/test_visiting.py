"""What a visit takes down of a page, with a page that no browser shows."""

from types import SimpleNamespace

import pytest

from coursekit.built.visiting import Visit, tab_to


class Silent:
    """A page that gives the focus to nothing."""

    keyboard = SimpleNamespace(press=lambda _: None)

    def on(self, *_):
        pass

    def evaluate(self, *_):
        return False


def test_what_a_page_asks_others_for_is_a_complaint():
    seen = Visit(Silent(), "http://127.0.0.1:1/")
    for url in ("http://127.0.0.1:1/a.css", "https://fonts.example/a.woff2"):
        seen.request(SimpleNamespace(url=url))
    assert len(seen.asked) == 2
    assert seen.complaints == ["request to https://fonts.example/a.woff2"]


def test_what_the_keyboard_does_not_reach_is_named():
    with pytest.raises(AssertionError, match=r"the keyboard does not reach a\.far"):
        tab_to(Silent(), "a.far")
