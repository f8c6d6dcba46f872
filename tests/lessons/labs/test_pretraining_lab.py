"""The lab on pre-training: its solution passes, another road too, and plausible mistakes are named."""

from random import Random

import pytest

from lessons.labs import pretraining_mistakes as ways
from lessons.labs.catalog import find
from lessons.labs.judging import judge
from lessons.labs.verdicts import WrongError
from otherpretraining import OTHER
from solvedlabs import Here, solution
from wrongpretraining import WRONG as WRONG_RUNS
from wrongrecovery import WRONG as WRONG_RECOVERY

LAB = find("pretraining")
WRONG = WRONG_RUNS | WRONG_RECOVERY
GATING = "hash of a text"  # only a process of its own can tell


def marked(name):
    return name if name == GATING else pytest.param(name, marks=pytest.mark.nightly)


def below(code):
    return f"{solution('pretraining')}\n{code}"


def test_the_solution_of_the_page_passes_all_parts():
    for part in range(1, 5):
        assert LAB.check(part)(Here(solution("pretraining")), Random(part)) is None


def test_another_road_passes_all_parts():
    for part in range(1, 5):
        assert LAB.check(part)(Here(below(OTHER)), Random(part)) is None


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(6))
def test_both_pass_whatever_is_drawn(seed):
    found = [v for code in ("", OTHER) for v in judge(LAB, below(code), seed=seed)]
    assert [v.text for v in found if not v.passed] == []


@pytest.mark.parametrize("name", [name for name in WRONG if name != GATING])
def test_the_check_names_each_mistake(name):
    part, code, said = WRONG[name]
    with pytest.raises(WrongError) as found:
        LAB.check(part)(Here(below(code)), Random(name))
    assert said in str(found.value)
    assert found.value.why


@pytest.mark.parametrize("name", [marked(name) for name in WRONG])
def test_a_plausible_mistake_is_rejected_and_named(name):
    part, code, said = WRONG[name]
    (verdict,) = judge(LAB, below(code), (part,), seed=1)
    assert not verdict.passed
    assert said in verdict.text
    assert "Why: " in verdict.text
    assert "the call" in verdict.text


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


def test_no_message_shows_a_line_of_the_solution():
    lines = {line.strip() for line in solution("pretraining").splitlines()}
    lines = {line for line in lines if len(line) > 25} - set(
        map(str.strip, LAB.starter().splitlines())
    )
    said = "\n".join(
        f"{way.name} {way.why}" for one in (ways.COMBINE, ways.FINISH, ways.INTERVAL) for way in one
    )
    assert [line for line in lines if line in said] == []


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
