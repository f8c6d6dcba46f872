"""Passages are scored by words they share, and rankings are joined by ranks."""

import numpy as np
import pytest

from lessons.search.ranking import SIGNS, Words, join, order, placed_signs, signs, tokens

TEXTS = (
    "The loop ends early.",
    "Loops and lists.",
    "A list of names.",
    "Nothing of the kind, at all.",
)


def test_words_are_small_have_two_letters_and_are_cut_to_their_stem():
    assert tokens("A loop, LOOPS, x, __init__!") == ["loop", "loop", "__init__"]
    assert tokens("Loops end", stems=False) == ["loops", "end"]
    assert tokens("How do loops end", frozenset({"how", "do"})) == ["loop", "end"]


def test_a_passage_that_shares_rarer_words_is_better():
    found = Words(TEXTS).scores("How do I end a loop?")
    assert order(found)[:2] == [0, 1]
    assert found[0] > found[1] > found[2] == found[3] == 0


def test_without_stems_other_forms_are_other_words():
    assert Words(TEXTS, stems=False).scores("looping").max() == 0
    assert Words(TEXTS).scores("looping").max() > 0


@pytest.mark.parametrize("question", ["", "zebra", "how do I", "?!"])
def test_a_question_that_shares_no_word_scores_nothing(question):
    assert Words(TEXTS).scores(question).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What does := do?", [":="]),
        ("f(*args, **kwargs) -> int: ...", ["*", "**", "->", "..."]),
        ("@property", ["@"]),
        ("7%3 and -7 % 3", ["%", "-", "%"]),
        ('The "//" operator, then "**".', ["//", "**"]),
        ("Is it !=? Or ==!", ["!=", "=="]),
        ("What is **.", ["**"]),
        ("either/or, left-hand, wait...", []),
        ("====  ::=  !  :  .", []),
        ("x = y\\", ["=", "\\"]),
    ],
)
def test_signs_are_those_of_the_language_each_as_long_as_it_is(text, found):
    assert signs(text) == found
    assert [text[begin:end] for begin, end, _ in placed_signs(text)] == found


def test_each_sign_is_found_alone_and_between_spaces():
    for sign in SIGNS:
        assert signs(sign) == signs(f"a {sign} b") == [sign]


def test_a_passage_with_the_sign_that_is_asked_for_is_better():
    texts = ("The value is bound by x := 1.", "The value is bound by x = 1.", "Values.")
    found = Words(texts).scores("What does := do?")
    assert order(found)[0] == 0
    assert found[1] == found[2] == 0
    assert Words(texts, with_signs=False).scores("What does := do?").max() == 0


def test_a_question_without_a_sign_is_scored_as_before_signs_were_counted():
    texts = (*TEXTS, "for x in y: x += 1  # loop", "a ** b % c -> d, a loop")
    question = "How do I end a loop?"
    with_signs, without = (Words(texts, with_signs=one).scores(question) for one in (True, False))
    assert with_signs.tolist() == without.tolist()
    assert without.max() > 0


def test_a_word_that_asks_counts_if_it_is_not_left_out():
    texts = ("How to.", "Names.")
    assert Words(texts).scores("how?").max() == 0
    assert Words(texts, leave_out=frozenset()).scores("how?").max() > 0


def test_of_equal_scores_the_first_comes_first():
    assert order(np.array([1, 2, 1, 2], dtype=np.float32)) == [1, 3, 0, 2]


def test_rankings_are_joined_by_reciprocal_ranks():
    found = join([[0, 1, 2], [2, 0, 1]])
    wanted = [1 / 61 + 1 / 62, 1 / 62 + 1 / 63, 1 / 63 + 1 / 61]
    assert found == pytest.approx(wanted)
    assert join([[1, 0]], constant=0).tolist() == [0.5, 1.0]


def test_a_ranking_gives_nothing_to_what_it_lacks():
    assert join([[0, 1, 2], [2]]) == pytest.approx([1 / 61, 1 / 62, 1 / 63 + 1 / 61])
    assert join([[0, 1], []]) == pytest.approx([1 / 61, 1 / 62])
