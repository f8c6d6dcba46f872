"""Intervals hold the true value as often as they say, also of few groups."""

import random

import pytest

from lessons import intervals
from lessons.intervals import bootstrap, clustered, near_ends, share, student_t, wilson


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)],
)
def test_the_interval_of_a_share_is_wilsons(right, n, low, high):
    """The first two are in Newcombe 1998, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8."""
    assert wilson(right, n) == pytest.approx((low, high), abs=6e-5)


def test_the_bootstrap_of_a_mean_is_near_its_normal_interval():
    rng = random.Random(1)
    values = [rng.gauss(0, 1) for _ in range(1000)]
    mean = sum(values) / 1000
    low, high = bootstrap(lambda rows: sum(values[row] for row in rows) / len(rows), 1000, 2000)
    assert (low - mean, high - mean) == pytest.approx((-0.062, 0.062), abs=0.008)


@pytest.mark.parametrize(("value", "right"), [(0.99, 198), (1.0, 200), (0.01, 2), (0.0, 0)])
def test_a_share_that_is_nearly_0_or_1_has_the_interval_of_wilson_over_its_groups(value, right):
    recorded = {"value": value, "low": value, "high": value, "n": 1000, "groups": 200}
    score = near_ends(recorded)
    assert (score["low"], score["high"]) == wilson(right, 200)
    assert {key: score[key] for key in ("value", "n", "groups")} == {
        key: recorded[key] for key in ("value", "n", "groups")
    }


def test_other_shares_keep_the_interval_that_was_recorded():
    recorded = {"value": 0.94, "low": 0.9, "high": 0.97, "n": 1000, "groups": 200}
    assert near_ends(recorded) == recorded


def test_a_share_has_its_interval_and_its_number():
    score = share([True] * 81 + [False] * 182)
    assert (score.value, score.n) == (81 / 263, 263)
    assert score.low < score.value < score.high


def test_items_of_a_group_are_drawn_together():
    hits = [True] * 50 + [False] * 50
    alone = intervals.mean(hits)
    grouped = intervals.mean(hits, [str(i // 10) for i in range(100)])
    assert alone.value == grouped.value == 0.5
    assert (alone.n, alone.groups, grouped.n, grouped.groups) == (100, 100, 100, 10)
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)


def test_groups_of_unlike_size_count_by_their_items():
    assert intervals.mean([True, False, False, False], ["a", "b", "b", "b"]).value == 0.25


def test_students_t_is_that_of_the_tables():
    table = {4: 2.776, 7: 2.365, 12: 2.179, 20: 2.086, 41: 2.020, 1000: 1.962}
    for degrees, expected in table.items():
        assert student_t(degrees) == pytest.approx(expected, abs=0.009)


def test_items_that_tell_the_same_again_make_no_interval_narrower():
    hits = [float(i % 3 > 0) for i in range(60)]
    once = clustered(hits, [str(i) for i in range(60)])
    often = clustered(hits * 10, [str(i) for i in range(60)] * 10)
    assert (once.n, once.groups, often.n, often.groups) == (60, 60, 600, 60)
    assert (often.value, often.low, often.high) == pytest.approx((once.value, once.low, once.high))


@pytest.mark.parametrize("groups", [10, 21, 42])
def test_an_interval_over_few_groups_holds_the_true_share_nearly_always(groups):
    """Of words that a model knows more or less well: the share over all words is one half."""
    rng = random.Random(groups)
    held = 0
    for _ in range(400):
        known = [rng.random() for _ in range(groups)]
        asked = [rng.randrange(groups) for _ in range(20 * groups)]
        score = clustered([float(rng.random() < known[i]) for i in asked], list(map(str, asked)))
        held += score.low <= 0.5 <= score.high
    assert 0.92 <= held / 400 <= 0.98


def test_where_all_is_right_the_interval_is_that_of_as_many_items_as_groups():
    score = clustered([1.0] * 100, [str(i % 10) for i in range(100)])
    assert (score.low, score.high) == wilson(10, 10)
    assert score.groups == 10
    assert clustered([0.0, 0.0], ["a", "a"]).high == wilson(0, 1)[1]


def test_an_interval_of_a_share_ends_where_shares_end_and_one_of_a_gain_does_not():
    values, groups = [1.0] * 18 + [0.0], [str(i) for i in range(19)]
    assert clustered(values, groups).high == 1.0
    assert clustered([2 * one for one in values], groups).high > 2.0
