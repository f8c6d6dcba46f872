"""The lab on preferences: its solution passes, another road too, and plausible mistakes are named."""

import copy
from math import comb, log
from random import Random
from statistics import fmean

import pytest

from lessons.labs import preferences_data as data
from lessons.labs import preferences_hacking as hacking
from lessons.labs import preferences_mistakes as ways
from lessons.labs import preferences_rewards as rewards
from lessons.labs.catalog import find
from lessons.labs.judging import judge
from lessons.labs.verdicts import WrongError
from solvedlabs import Here, changed, solution
from wrongpreferences import WRONG

LAB = find("preferences")
GATING = ("no start",)
ALONE = "input changed"  # only a process of its own can tell
KNOWN = (
    ways.MERGE, ways.BEYOND_CHANCE, ways.SPLIT, rewards.LOSS, rewards.BEST_OF, rewards.COST,
    rewards.TOTAL, rewards.DPO, hacking.TWINS, hacking.GAP, hacking.STOP,
)  # fmt: skip

OTHER = """
from collections import defaultdict
from fractions import Fraction
import statistics


def merge(rows):
    found = defaultdict(list)
    for request, *pair, choice in rows:
        if len(set(pair)) == 2:
            ordered = tuple(sorted(pair))
            winner = {"first": 0, "second": 1}.get(choice)
            vote = 0.5 if winner is None else 1.0 if pair[winner] == ordered[0] else 0.0
            found[(request, *ordered)] += [vote]
    return dict(found)


def beyond_chance(votes):
    shared, counts = [], {1.0: 0, 0.5: 0, 0.0: 0}
    for one in votes:
        m = len(one)
        if m < 2:
            continue
        here = {kind: one.count(kind) for kind in counts}
        shared.append(Fraction(sum(k * (k - 1) for k in here.values()), m * (m - 1)))
        for kind in counts:
            counts[kind] += here[kind]
    everything = sum(counts.values())
    chance = sum(Fraction(k, everything) ** 2 for k in counts.values())
    return float(1 - (1 - sum(shared) / len(shared)) / (1 - chance))


def split(keys):
    seen, sides = [], [[], []]
    for key in keys:
        if key[0] not in seen:
            seen.append(key[0])
        sides[(seen.index(key[0]) + 1) % 4 == 0].append(key)
    return sides


def loss(margins, shares):
    import numpy as np

    m, s = np.array(margins), np.array(shares)
    return float((np.logaddexp(0, -m) * s + np.logaddexp(0, m) * (1 - s)).mean())


def best_of(n, rewards, values):
    order = sorted(range(len(rewards)), key=lambda i: (-rewards[i], i))
    left, worth = 1.0, 0.0
    for rank, place in enumerate(order):
        rest = len(order) - rank
        chance = min(1.0, n / rest)
        worth += left * chance * values[place]
        left *= 1 - chance
    return worth


def cost(n):
    return log(n) - 1 + 1 / n


def total(logprobs, prompt, length):
    return float(sum(one for place, one in enumerate(logprobs) if prompt <= place < length))


def dpo(policy, start, beta):
    margins = []
    for now, before in zip(policy, start):
        chosen, rejected = (beta * (a - b) for a, b in zip(now, before))
        margins.append(chosen - rejected)
    return sum(max(0, -m) + log1p(exp(-abs(m))) for m in margins) / len(margins)


def twins(answers, phrase):
    found = {}
    for answer in answers:
        if answer.find(phrase) < 0:
            found[answer] = " ".join([answer, phrase])
    return [list(pair) for pair in found.items()]


def gap(one, other):
    differences = [a - b for a, b in zip(one, other)]
    half = student_t(len(one) - 1) * (statistics.variance(differences) / len(one)) ** 0.5
    middle = statistics.mean(differences)
    return [middle, middle - half, middle + half]


def stop(scores):
    means = {n: sum(own) / len(own) for n, own in scores.items()}
    best = max(sorted(means), key=means.get)
    for n in sorted(scores):
        off = [b - a for a, b in zip(scores[n], scores[best])]
        if means[best] - means[n] <= statistics.stdev(off) / len(off) ** 0.5:
            return n
"""


class Told(Here):
    """Also tells of numbers that a computer cannot write down."""

    def call(self, name, *arguments):
        try:
            return self.space[name](*copy.deepcopy(arguments))
        except (OverflowError, ValueError) as error:
            raise WrongError(f"it raised {type(error).__name__}: {error}", "…", name) from error


def marked(name):
    return name if name in GATING else pytest.param(name, marks=pytest.mark.nightly)


def test_the_solution_of_the_page_passes_all_parts():
    for seed in range(3):
        for part in range(1, 5):
            assert LAB.check(part)(Told(solution("preferences")), Random(seed)) is None


def test_a_solution_by_another_road_passes():
    for seed in range(3):
        for part in range(1, 5):
            assert LAB.check(part)(Told(solution("preferences") + OTHER), Random(seed)) is None


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(6))
def test_both_pass_in_a_process_of_their_own(seed):
    source = solution("preferences")
    found = [*judge(LAB, source, seed=seed), *judge(LAB, source + OTHER, seed=seed)]
    assert [v.text for v in found if not v.passed] == []


@pytest.mark.parametrize("name", [name for name in WRONG if name != ALONE])
def test_the_check_names_each_mistake(name):
    part, pairs, said = WRONG[name]
    code = Told(changed(solution("preferences"), *pairs))
    for seed in range(2):
        with pytest.raises(WrongError) as found:
            LAB.check(part)(code, Random(f"{name} {seed}"))
        assert said in str(found.value)


@pytest.mark.parametrize("name", [marked(name) for name in WRONG])
def test_a_plausible_mistake_is_rejected_and_named(name):
    part, pairs, said = WRONG[name]
    (verdict,) = judge(LAB, changed(solution("preferences"), *pairs), (part,), seed=1)
    assert not verdict.passed
    assert said in verdict.text
    assert "Why: " in verdict.text
    assert "the call" in verdict.text


def test_an_error_of_another_kind_is_told_as_it_is():
    source = changed(solution("preferences"), ("return log(n) - (n - 1) / n", "return log(-n)"))
    with pytest.raises(WrongError, match=r"it raised ValueError"):
        LAB.check(2)(Told(source), Random(0))


def test_no_message_shows_a_line_of_the_solution():
    lines = {
        line.strip() for line in solution("preferences").splitlines() if len(line.strip()) > 25
    }
    starter = {line.strip() for line in LAB.starter().splitlines()}
    said = "\n".join(f"{way.name} {way.why}" for known in KNOWN for way in known)
    assert [line for line in lines - starter if line in said] == []


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
