"""The lab on pre-training: small slips are explained, and its answers hold."""

from random import Random

import pytest

from lessons.labs import pretraining_mistakes as ways
from lessons.labs.catalog import find
from lessons.labs.verdicts import WrongError
from solvedlabs import Here, solution

LAB = find("pretraining")


def below(code):
    return f"{solution('pretraining')}\n{code}"


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        ({"last": False}, "no save at the end"),
        ({"midway": True}, "a save counts"),
        ({"busy": True}, "taken while it starts"),
        ({"strictly": True}, "at the very moment"),
    ],
)
def test_small_slips_in_playing_a_run_through_are_named_too(otherwise, said):
    code = {"finish": lambda *given: ways.finish(*given, **otherwise)}
    with pytest.raises(WrongError, match=said):
        LAB.check(4)(Here(code), Random(0))


@pytest.mark.parametrize(
    ("shard", "said"),
    [
        ("ids[rank - 1 :: world]", "ranks are 0 to 1"),
        ("ids[: len(ids) // world * world][rank::world]", "left over"),
    ],
)
def test_an_example_that_nobody_computes_is_explained_by_the_ranks_or_by_what_is_left(shard, said):
    code = below(f"def shard(ids, rank, world):\n    return {shard}")
    with pytest.raises(WrongError, match="goes to no process") as found:
        LAB.check(1)(Here(code), Random(0))
    assert said in found.value.why


def test_youngs_interval_is_the_best_of_those_around_it():
    every = ways.interval(60, 7200, 1)
    runs = [
        [round(sum(gaps[: n + 1])) for n in range(40)]
        for seed in range(150)
        for gaps in [[Random(f"{seed} {n}").expovariate(1 / 7200) for n in range(40)]]
    ]
    means = [
        sum(ways.finish(36_000, round(every * share), 60, 0, taken) for taken in runs) / len(runs)
        for share in (1 / 4, 1, 4)
    ]
    assert means[1] == min(means)


def hours(machines, save, every=0.0):
    """How long the run of the page takes, as its cell finds it: the mean of 200 played through."""
    total, work = 0, 96 * 3600 // machines
    every = every or ways.interval(save, 24 * 3600, machines)
    for seed in range(200):
        rng, taken = Random(f"{machines} machines, run {seed}"), [0.0]
        while taken[-1] < 40 * work:
            taken.append(taken[-1] + rng.expovariate(machines / (24 * 3600)))
        moments = [round(moment) for moment in taken[1:]]
        total += ways.finish(work, round(every), save, 600, moments)
    return total / 200 / 3600


def test_the_answer_holds_for_numbers_of_machines_that_the_table_lacks():
    assert hours(4, 180) < 36 < hours(3, 180) < 37
    assert hours(16, 10) * 16 == pytest.approx(114, abs=0.5)
    assert hours(64, 10) * 64 == pytest.approx(165, abs=0.5)
    assert (
        2.65 * 60 < ways.interval(10, 24 * 3600, 64) < 2.75 * 60 < 180
    )  # a save is written in 180


def test_half_or_double_the_interval_costs_what_the_page_says():
    for machines in (1, 4, 16, 64):
        best = ways.interval(180, 24 * 3600, machines)
        half, one, double = (hours(machines, 180, best * share) for share in (0.5, 1, 2))
        assert one < half < 1.1 * one
        assert one < double < (1.1 if machines < 64 else 1.2) * one
    assert double > 1.15 * one
