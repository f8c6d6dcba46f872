"""Rewards by rule: what counts as right, what GRPO makes of it, and pass@k."""

import math
from itertools import combinations
from statistics import fmean, stdev

import pytest
import torch

from lessons.experiments import EXPERIMENTS, load_result
from lessons.fine_tuning.instruction_tuning import instruct, load
from lessons.reward_modeling import verifiable
from lessons.reward_modeling.verifiable import (
    advantages,
    ask,
    held_out,
    pass_at,
    reinforce,
    rule,
    sample,
    sampled_hits,
)
from lessons.world.sums import sum_split, written_steps

SUM = (3, 4, 5)


def test_a_sum_is_asked_in_the_template_of_instruct():
    expected = "User: What is 3 + 4 + 5? Let's think step by step.\nAssistant:"
    assert ask(SUM) == expected


@pytest.mark.parametrize(
    ("answer", "reward"),
    [
        ("3 + 4 = 7. 7 + 5 = 12. The answer is 12.", 1),
        ("12", 1),
        ("The answer is 13.", 0),
        ("12 and 1", 0),
        ("I do not know.", 0),
    ],
)
def test_the_rule_reads_the_last_number(answer, reward):
    assert rule(SUM, answer) == reward


def test_the_rule_accepts_the_written_steps_of_each_held_out_sum():
    assert all(rule(numbers, written_steps(numbers)) == 1 for numbers in held_out(5, 20))


def test_an_advantage_is_a_distance_from_the_mean_in_standard_deviations():
    rewards = [1.0, 0.0, 0.0, 1.0]
    (row,) = advantages(torch.tensor([rewards])).tolist()
    expected = [(reward - fmean(rewards)) / stdev(rewards) for reward in rewards]
    assert row == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("reward", [0.0, 1.0])
def test_equal_rewards_teach_nothing(reward):
    assert advantages(torch.full((2, 8), reward)).tolist() == [[0.0] * 8] * 2


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_pass_at_k_is_the_share_of_choices_that_hold_a_right_answer(k):
    hits = [True, False, False, True, False]
    expected = fmean(any(chosen) for chosen in combinations(hits, k))
    assert pass_at(k, hits) == pytest.approx(expected)


def test_more_tries_than_answers_are_refused():
    with pytest.raises(ValueError, match="pass@3 needs 3 answers or more, got 2"):
        pass_at(3, [True, False])


def test_held_out_sums_differ_and_stay_the_same():
    sums = held_out(6, 30)
    assert len(set(sums)) == 30
    assert sums[:10] == held_out(6, 10)
    assert {sum_split(numbers) for numbers in sums} == {"held-out"}
    assert {len(numbers) for numbers in sums} == {6}


def test_a_sample_begins_where_the_prompt_ends():
    solver = load(instruct())
    torch.manual_seed(0)
    prompts = [ask((3, 4)), ask((10, 20, 30, 5))]
    ids, begin, answers = sample(solver, prompts)
    for row, prompt, answer in zip(ids, prompts, answers, strict=True):
        text = solver.tokenizer.decode(row[:begin], skip_special_tokens=True)
        assert text == prompt
        assert solver.tokenizer.decode(row[begin:], skip_special_tokens=True) == answer


def test_each_sum_gets_as_many_tries_as_asked_for():
    torch.manual_seed(0)
    hits = sampled_hits(load(instruct()), held_out(5, 5), tries=3)
    assert [len(tries) for tries in hits] == [3] * 5
    assert {type(hit) for tries in hits for hit in tries} == {bool}


@pytest.fixture(scope="module")
def written():
    """Eight answers to each of four sums: what a step learns from."""
    torch.manual_seed(0)
    return sample(load(instruct()), [ask(numbers) for numbers in held_out(5, 4) for _ in range(8)])


def write_again(monkeypatch, written):
    """Let a step learn from these answers, and return to which prompts it has asked for them."""
    asked = []
    monkeypatch.setattr(verifiable, "sample", lambda _, prompts: asked.append(prompts) or written)
    return asked


def test_a_step_makes_answers_above_the_mean_likelier_than_those_below(monkeypatch, written):
    solver, start, asked = load(instruct()), load(instruct()), held_out(5, 4)
    batch = [numbers for numbers in asked for _ in range(8)]
    prompts = [ask(numbers) for numbers in batch]
    given = write_again(monkeypatch, written)
    (means,) = reinforce(solver, asked, learning_rate=1e-4)
    assert given == [prompts]
    answers = written[2]
    rewards = torch.tensor([rule(n, a) for n, a in zip(batch, answers, strict=True)]).view(-1, 8)
    assert rewards.mean(1).tolist() == means
    after, before = (torch.tensor(s.log_probabilities(prompts, answers)) for s in (solver, start))
    assert ((after - before) * advantages(rewards).view(-1)).sum() > 1


def test_equal_rewards_leave_the_model_as_it_is(monkeypatch, written, two_layers):
    solver, start = load(two_layers(instruct())), load(two_layers(instruct()))
    monkeypatch.setattr(verifiable, "rule", lambda _numbers, _answer: 1.0)
    write_again(monkeypatch, written)
    assert reinforce(solver, held_out(5, 4), learning_rate=1e-3) == [[1.0] * 4]
    for name, weight in start.model.state_dict().items():
        assert torch.equal(weight, solver.model.state_dict()[name]), name


# Whatever cells of the record a run of the tests measures again, the measurement runs in it.
def test_a_cell_of_less_work_has_the_scores_that_are_recorded(monkeypatch, two_layers):
    def brief(_):
        """A solver of two layers that writes eight tokens at most."""
        solver = load(two_layers(instruct()))
        generate = solver.model.generate
        solver.model.generate = lambda **asked: generate(**asked | {"max_new_tokens": 8})
        return solver

    monkeypatch.setattr(verifiable, "load", brief)
    sums = held_out(5, 1), held_out(6, 1)
    monkeypatch.setattr(verifiable, "held_out", lambda count, _n: sums[count - 5])
    monkeypatch.setattr(verifiable, "instructions", lambda *_: INSTRUCTIONS)
    parameters = {"learning_rate": 1e-5, "steps": 1, "seed": 0}
    values = EXPERIMENTS["reward_modeling_verifiable"].run(parameters)
    recorded = load_result("reward_modeling_verifiable")["cells"][0]["values"]
    assert values.keys() == recorded.keys() - {
        f"{name}.{step}" for name in ("reward", "idle") for step in (20, 30, 40)
    }
    assert all(math.isfinite(value) for value in values.values())
    assert all(0 <= value <= 1 for name, value in values.items() if name not in ("kl", "told.n"))


ASKED = verifiable.instructions(0, 60, "held-out")
# A sum, and three of other kinds.
INSTRUCTIONS = [one for one in ASKED if one.kind == "add"][:1] + [
    one for one in ASKED if one.kind != "add"
][:3]
