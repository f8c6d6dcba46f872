"""A threshold is chosen by what its mistakes cost, on one half, and proven on the other."""

import pytest

from lessons.search.abstention import IN_VAIN, MISSED, Asked, choose, cost, halves


def asked(*pairs):
    return [Asked(f"q{i}", sure, right, "ask") for i, (sure, right) in enumerate(pairs)]


PAIRS = asked((0.9, True), (0.8, False), (0.5, True), (0.2, False))


def test_what_was_shown_in_vain_and_what_was_missed_both_cost():
    assert cost(0.1, PAIRS) == 2 * IN_VAIN / 4
    assert cost(0.85, PAIRS) == MISSED / 4
    assert cost(0.5, PAIRS) == IN_VAIN / 4, "shown is what is at least so sure"
    assert cost(1.0, PAIRS) == 2 * MISSED / 4


def test_the_cheapest_threshold_lies_between_two_questions():
    assert choose(PAIRS) == pytest.approx(0.35)
    assert choose(asked((0.5, True), (0.6, True))) < 0.5, "show always"
    assert choose(asked((0.5, False), (0.6, False))) > 0.6, "show never"


def test_of_equally_good_thresholds_the_lowest_is_taken():
    assert choose(asked((0.2, False), (0.4, False), (0.5, True), (0.5, False), (0.9, True))) == 0.45


def test_the_wordings_of_a_question_stay_on_one_side():
    both = [Asked(f"q{i}", 0.5, True, group) for i in range(21) for group in ("ask", "terms")]
    chosen, proven = halves(both)
    assert (len(chosen), len(proven)) == (20, 22)
    assert not {one.question for one in chosen} & {one.question for one in proven}
    assert halves(both) == (chosen, proven)
    assert halves(both, seed=1) != (chosen, proven)
