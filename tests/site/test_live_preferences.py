"""Preferences: choices between answers, and rewards equal to the page's function on the same choices."""

import random
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from lessons.reward_modeling.reward_model import bradley_terry
from visiting import faults_of, tab_to

ROOT = Path(__file__).parents[2]
PAGE = "lesson-4/reward-modeling/#step-2-train-a-reward-model"
MODULE = "await import(new URL('assets/js/live/preferences.js', root))"


def histories() -> list[list[tuple[int, int]]]:
    """Choices between six answers: none, one, each pair in a row of likings, at random, again and again."""
    rng, all_pairs = random.Random(0), list(combinations(range(6), 2))
    made = [[], [(0, 1)], all_pairs, [(0, 1)] * 40, [(0, 1), (1, 2), (2, 0)]]
    for _ in range(60):
        drawn = rng.sample(all_pairs, rng.randint(1, 15))
        made.append([(a, b) if rng.random() < 0.5 else (b, a) for a, b in drawn])
    return made


def test_its_rewards_are_those_of_the_pages_function(real_url, still):
    page = still(f"{real_url}accessibility/")
    found = page.evaluate(
        f"""async ([root, all]) => {{ const {{ fitted }} = {MODULE};
        return all.map(choices => fitted(choices, 6)); }}""",
        [real_url, histories()],
    )
    for choices, rewards in zip(histories(), found, strict=True):
        assert rewards == pytest.approx(bradley_terry(choices, 6), abs=1e-4), choices


def test_each_pair_is_asked_once_and_all_answers_early(real_url, still):
    page = still(f"{real_url}accessibility/")
    asked = page.evaluate(
        f"""async root => {{ const {{ next }} = {MODULE}; const choices = [];
        for (let pair; (pair = next(choices, 6)); ) choices.push(pair); return choices; }}""",
        real_url,
    )
    assert sorted(map(tuple, map(sorted, asked))) == list(combinations(range(6), 2))
    assert {answer for pair in asked[:3] for answer in pair} == set(range(6))


def letters(widget: Locator) -> list[str]:
    return [
        text.strip()[0] for text in widget.locator(".live-preferences__answer").all_inner_texts()
    ]


def choose(page: Page, widget: Locator, wanted: str) -> None:
    """Choose by the keyboard the answer of a pair that stands first in an order."""
    pair = letters(widget)
    best = min(pair, key=wanted.index)
    widget.locator(".live-preferences__answer").nth(pair.index(best)).press("Enter")


def test_a_reader_chooses_and_sees_what_the_model_makes_of_it(real_url, visit):
    visited = visit(real_url)
    page = visited.go(PAGE)
    widget = page.locator("live-preferences")
    widget.scroll_into_view_if_needed()
    undo, again = (widget.get_by_role("button", name=name) for name in ("Undo", "Begin again"))
    expect(undo).to_be_disabled()
    tab_to(page, ".live-preferences__answer")
    first = letters(widget)
    page.keyboard.press("Enter")
    expect(widget.get_by_role("status")).to_contain_text(f"You chose {first[0]} over {first[1]}.")
    expect(widget.get_by_text("Still open:")).to_be_visible()
    undo.press("Enter")
    expect(widget.get_by_role("status")).to_contain_text("All choices are taken back.")
    assert letters(widget) == first
    for _ in range(15):
        choose(page, widget, "ABCDEF")
    expect(widget.get_by_text("All 15 pairs are chosen.").first).to_be_visible()
    expect(widget.get_by_text("A has won every time.")).to_be_visible()
    expected = bradley_terry(list(combinations(range(6), 2)), 6)
    cells = widget.locator(".live-preferences__reward > span:last-child").all_inner_texts()
    assert list(map(float, cells)) == pytest.approx(expected, abs=0.006)
    bars = [
        bar.bounding_box()["width"] for bar in widget.locator(".live-preferences__bar--above").all()
    ]
    assert len(bars) == 3
    assert bars == sorted(bars, reverse=True)
    chances = widget.locator(".live-preferences__chances tbody tr").first.locator("td")
    expect(chances.nth(1)).to_contain_text("your choice")
    again.press("Enter")
    expect(widget.get_by_text("Choice 1 of 15")).to_be_visible()
    circle = {"AB": "A", "BC": "B", "AC": "C"}
    while not widget.get_by_text("All 15 pairs are chosen.").first.is_visible():
        pair = "".join(sorted(letters(widget)))
        choose(page, widget, circle.get(pair, "") + "ABCDEF")
    expect(widget.get_by_text("You chose A over B, B over C and C over A.")).to_be_visible()
    cells = widget.locator(".live-preferences__reward > span:last-child").all_inner_texts()
    assert cells[0] == cells[1] == cells[2]
    assert faults_of(page, widget) == []
    assert visited.complaints == []


def test_without_a_script_it_shows_the_answers_and_what_one_annotator_made_of_them(
    real_url, unscripted
):
    page = unscripted(real_url + PAGE)
    rows = page.locator("live-preferences tbody tr")
    expect(rows).to_have_count(6)
    source = (ROOT / "docs/lesson-4/reward-modeling.md").read_text("utf-8")
    for row in rows.all():
        _, text, reward = row.locator("th, td").all_text_contents()
        assert f'    "{text}",\n' in source, "the block that fits compares the same answers"
        assert -4 < float(reward) < 4
