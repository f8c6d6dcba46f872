"""The page of the search in a browser: asked by keyboard, answered in place, and it can say no."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from lessons.search.app import application
from lessons.search.serving import listen, server
from smallsearch import desk
from visiting import axe, contrast, tab_to


@pytest.fixture
def address() -> Iterator[str]:
    place = listen(0)
    running = server(application(desk()))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [place]})
    thread.start()
    yield f"http://127.0.0.1:{place.getsockname()[1]}/"
    running.should_exit = True
    thread.join()
    place.close()


def test_it_is_asked_by_keyboard_and_its_answer_heard(address, visit):
    visited = visit(address)
    page = visited.go()
    page.set_viewport_size({"width": 390, "height": 800})
    tab_to(page, "#q")
    page.keyboard.type("How do loops end?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("3 passages in")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.url == f"{address}?q=How+do+loops+end%3F&by=both"
    assert page.title().startswith("How do loops end?: ")
    expect(page.locator("mark").first).to_have_text("loop")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(page) == []
    page.get_by_label("Found by").select_option("words")
    expect(page.locator(".by").first).to_contain_text("first by the same words")
    page.get_by_label("Your question").fill("zebras")
    page.get_by_label("Your question").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("sure (0.00, and 0.10")
    page.get_by_label("Found by").select_option("both")
    expect(page.get_by_role("status")).to_contain_text("sure (0.10, and 0.50")
    tab_to(page, "#answer a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("sure of none of them")
    page.emulate_media(color_scheme="dark")
    assert contrast(page, set()) == []
    page.go_back()
    expect(page.get_by_role("status")).to_contain_text("no answer")
    assert page.get_by_label("Your question").input_value() == "zebras"
    assert visited.complaints == []
