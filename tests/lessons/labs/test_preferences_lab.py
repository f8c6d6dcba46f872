"""The lab on preferences: its numbers are those of the page and of what they stand for."""

from math import comb, log
from random import Random
from statistics import fmean

import pytest

from lessons.labs import preferences_data as data
from lessons.labs import preferences_mistakes as ways
from lessons.labs import preferences_rewards as rewards
from lessons.labs.catalog import find
from lessons.labs.verdicts import WrongError
from solvedlabs import Here, changed, solution

LAB = find("preferences")


def test_an_error_of_another_kind_is_told_as_it_is():
    source = changed(solution("preferences"), ("return log(n) - (n - 1) / n", "return log(-n)"))
    with pytest.raises(WrongError, match=r"it raised ValueError"):
        LAB.check(2)(Here(source), Random(0))


def test_numbers_that_belong_together_are_equal_up_to_rounding():
    assert ways.Near((0.1 + 0.2, 1.0)) == (0.3, 1.0)
    assert ways.Near((0.3,)) != (0.3, 1.0)
    assert repr(ways.Near((1 / 3, 2.0))) == "(0.3333, 2.0)"
    assert len({ways.Near((1.0,)), ways.Near((1.0,))}) == 1


def test_the_best_of_n_is_on_average_what_drawing_n_answers_gives():
    rng = Random(0)
    scores = [(rng.random(), float(rng.random() < 0.4)) for _ in range(12)]
    drawn = [max(rng.sample(scores, 3))[1] for _ in range(4000)]
    assert rewards.best_of(3, *zip(*scores, strict=True)) == pytest.approx(fmean(drawn), abs=0.03)
    assert sum(comb(k, 2) for k in range(12)) == comb(12, 3)


def test_the_best_of_n_moves_no_further_than_its_cost():
    total = 1000  # equally likely answers, none of them equally good: the bound is nearly reached
    for n in (2, 4, 8):
        chances = [((k + 1) ** n - k**n) / total**n for k in range(total)]
        moved = sum(p * log(p * total) for p in chances)
        assert rewards.cost(n) - 0.02 < moved <= rewards.cost(n)


def test_agreement_on_equally_many_votes_is_the_kappa_of_fleiss():
    votes = [[1.0, 1.0, 0.0], [0.5, 0.5, 0.5], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0]]
    agreement, chance = (1 / 3 + 1 + 1 / 3 + 1) / 4, (6 / 12) ** 2 + 2 * (3 / 12) ** 2
    assert ways.beyond_chance(votes) == pytest.approx((agreement - chance) / (1 - chance))


@pytest.mark.nightly
def test_loss_and_reward_are_those_of_the_page():
    import torch

    from lessons.reward_modeling.preference_optimization import best_of
    from lessons.reward_modeling.reward_model import pair_loss

    margins = torch.tensor([1.5, -0.3, 40.0])
    theirs = float(pair_loss(margins, torch.zeros(3)))
    assert rewards.loss(margins.tolist(), [1.0] * 3) == pytest.approx(theirs)
    assert rewards.best_of(2, [0.1, 0.5, 0.3], [1, 0, 1]) == best_of(2, [0.1, 0.5, 0.3], [1, 0, 1])


def test_people_of_the_crowd_disagree_and_do_not_prefer_a_place():
    rows = data.comparisons()
    assert len(rows) == data.COMPARED * data.PEOPLE
    assert 0.46 < fmean(choice == "first" for *_, choice in rows if choice != "tie") < 0.54
    assert 0.3 < ways.beyond_chance(list(ways.merge(rows).values())) < 0.9


def test_the_panel_reads_what_the_crowd_does_not():
    request = next(iter(data.pools()))
    good = next(one for one in data.pools()[request][1] if data.panel(request, one))
    assert not data.panel(request, f"{good} {good}")
    assert data.preferred(True, [True, False, False, False]) == 0.875


def test_a_small_reward_sees_words_and_whether_the_request_named_them():
    found = data.features("Where is the red cup?", "The cup is red. Red!")
    assert found == {"the": 1, "<named>": 3, "is": 1, ".": 1, "!": 1}


def test_no_request_of_the_test_was_compared_by_the_crowd():
    asked = {request for request, *_ in data.comparisons()}
    assert len(data.pools()) == data.ASKED
    assert not asked & set(data.pools())
    assert {len(row) for pool in data.pools().values() for row in pool} == {data.PLAIN, data.POOL}


def test_what_is_kept_of_dpo_belongs_to_held_out_pairs():
    for name in ("start", *data.policies()):
        for chosen, rejected, prompt, lengths in data.scored(name):
            assert len(chosen) == len(rejected) == max(lengths)
            assert 0 < prompt < min(lengths)
            assert chosen[0] == rejected[0] == 0
            assert max(*chosen, *rejected) <= 0
    assert all(len(found["answers"]) == data.ASKED for found in data.policies().values())
