"""Best of n, DPO, GRPO, and how far they move; and the cells of their records."""

import math
from itertools import combinations
from statistics import fmean
from types import SimpleNamespace

import pytest
import torch

from lessons.experiments import EXPERIMENTS, load_result
from lessons.fine_tuning.instruction_tuning import as_user, load
from lessons.reward_modeling import (
    measurements,
    overoptimization,
    preference_optimization,
    preferences,
)
from lessons.reward_modeling.preference_optimization import best_of, dpo, grpo, kl, look, preferred
from lessons.reward_modeling.preferences import END, Comparison, requests, talker, write
from lessons.reward_modeling.reward_model import Judge, reward_model, rows


@pytest.fixture
def policy():
    return load(talker())


@pytest.fixture
def small(two_layers):
    """The folder of `talker` without its upper layers."""
    return two_layers(talker())


class Lengths:
    """Rates an answer by its length."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.seen = []

    def rewards(self, prompts, answers):
        self.seen += zip(prompts, answers, strict=True)
        return [float(len(answer)) for answer in answers]


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_the_best_of_n_is_the_average_over_all_choices_of_n(n):
    rewards, values = [0.3, -1.0, 2.0, 0.5, 0.1], [1.0, 0.0, 0.5, 0.2, 0.9]
    chosen = [max(some, key=lambda i: rewards[i]) for some in combinations(range(5), n)]
    assert best_of(n, rewards, values) == pytest.approx(fmean(values[i] for i in chosen))


def test_a_policy_that_has_not_moved_has_no_divergence(policy):
    prompts = [as_user(one.prompt) for one in requests(0, 4)]
    answers = write(policy, prompts)
    assert kl(policy, load(talker()).model, prompts, answers) == pytest.approx(0, abs=1e-5)


@pytest.fixture
def short(monkeypatch):
    """Answers of eight tokens at most, which take a sixth of the time."""
    for writing in (preferences, preference_optimization):
        monkeypatch.setattr(writing, "ROOM", 8)


def test_the_divergence_is_summed_over_the_tokens_of_an_answer(short, small):
    policy, start = load(small), load(small).model
    with torch.no_grad():
        policy.model.transformer.ln_f.weight.mul_(2.0)
    prompts = [as_user(one.prompt) for one in requests(0, 52)]  # more than are read at once
    answers = write(policy, prompts)
    expected = []
    for prompt, answer in zip(prompts, answers, strict=True):
        ids = policy.tokenizer(prompt + answer, return_tensors="pt")["input_ids"]
        begin = len(policy.tokenizer(prompt)["input_ids"])
        with torch.no_grad():
            new, old = (m(ids).logits[0].log_softmax(-1) for m in (policy.model, start))
        each = [
            torch.nn.functional.kl_div(old[t], new[t], reduction="sum", log_target=True).item()
            for t in range(begin - 1, ids.shape[1] - 1)
        ]
        expected.append(sum(each))
    found = kl(policy, start, prompts, answers)
    assert found == pytest.approx(fmean(expected), rel=1e-3)
    assert found > 0.01


def test_a_look_counts_what_was_written(policy):
    asked = requests(7, 5, "held-out")
    judge = Lengths(policy.tokenizer)
    seen = look(policy, judge, load(talker()).model, asked, seed=3)
    answers = [answer for _, answer in judge.seen]
    assert answers == write(policy, [as_user(one.prompt) for one in asked], seed=3)
    assert seen["reward"] == fmean(len(answer) for answer in answers)
    assert seen["words"] == fmean(len(answer.replace(END, "").split()) for answer in answers)
    assert seen["ended"] == 1.0
    assert seen["right"] <= seen["good"] <= seen["quality"] <= 1.0


def test_dpo_starts_at_the_logarithm_of_two_and_makes_the_chosen_likelier(small, capsys):
    policy = load(small)
    pairs = [Comparison(one, (f" {one.good}{END}", f" {one.bad}{END}")) for one in requests(0, 32)]
    prompts = [as_user(one.asked.prompt) for one in pairs]
    before = [policy.log_probabilities(prompts, [p.answers[i] for p in pairs]) for i in (0, 1)]
    log = dpo(policy.model, policy.tokenizer, rows(pairs, [0] * 32), learning_rate=1e-4)
    after = [policy.log_probabilities(prompts, [p.answers[i] for p in pairs]) for i in (0, 1)]
    assert len(log) == 2
    assert float(log[0]["loss"]) == pytest.approx(math.log(2), abs=1e-3)
    gain = [fmean(a) - fmean(b) for a, b in zip(after, before, strict=True)]
    assert gain[0] > gain[1]
    assert not policy.model.training
    assert capsys.readouterr().out == ""


def test_grpo_gives_whole_answers_to_the_judge_and_calls_its_visitor(policy, capsys):
    judge, visits = Lengths(policy.tokenizer), []
    before = policy.model.transformer.ln_f.weight.clone()
    grpo(policy.model, judge, requests(0, 8), 2, beta=0.1, visit=visits.append)
    assert visits == [0]
    assert len(judge.seen) == 2 * 32
    ended = sum(answer.endswith(END) for _, answer in judge.seen)
    assert ended > 56
    assert len({prompt for prompt, _ in judge.seen[:32]}) == 4
    assert not torch.equal(before, policy.model.transformer.ln_f.weight)
    assert not policy.model.training
    assert capsys.readouterr().out == ""


def test_a_visitor_comes_at_the_start_and_after_every_fifth_step():
    visits = []
    visit = preference_optimization.Visit(visits.append)
    for step in range(12):
        visit.on_step_begin(None, SimpleNamespace(global_step=step), None)
        visit.on_step_end(None, SimpleNamespace(global_step=step + 1), None)
    assert visits == [0, 5, 10]


def test_a_training_that_is_watched_is_the_same_training(short, small):
    """Whoever looks draws, too; what is drawn for the training must not depend on it."""

    def trained(visit) -> list[torch.Tensor]:
        policy = load(small)
        judge = Lengths(policy.tokenizer)
        # What the visit before the first step draws would change the answers of that step.
        grpo(policy.model, judge, requests(0, 8), 1, beta=0.1, visit=lambda _: visit(policy))
        return list(policy.model.parameters())

    asked, start = requests(1, 4, "held-out"), load(small).model
    alone = trained(lambda _: None)
    watched = trained(lambda policy: look(policy, Lengths(policy.tokenizer), start, asked))
    assert all(torch.equal(a, b) for a, b in zip(alone, watched, strict=True))
    assert not torch.equal(alone[0], next(load(small).model.parameters()))


def test_the_preferred_model_is_made_once_and_kept(tmp_path, monkeypatch):
    folder = talker()
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(preference_optimization, "talker", lambda: folder)
    monkeypatch.setattr(preference_optimization, "PAIRS", 8)
    made = preferred()
    assert made.parent == tmp_path / "llm-development-fundamentals"
    monkeypatch.setattr(preference_optimization, "dpo", None)  # a second call does not train
    assert preferred() == made
    assert write(load(made), [as_user("Where is the red cup?")])[0].startswith(" ")


@pytest.fixture
def few_pairs(short, small, monkeypatch):
    """Sixteen comparisons of short answers in place of three hundred, forgotten afterwards."""
    monkeypatch.setattr(measurements, "PAIRS", 16)
    monkeypatch.setattr(measurements, "TRIES", (1, 2))
    monkeypatch.setattr(measurements, "requests", few_requests)
    monkeypatch.setattr(overoptimization, "requests", few_requests)
    monkeypatch.setattr(overoptimization, "talker", lambda: small)
    kept = measurements.pairs_of, measurements.usual_judge
    for each in kept:
        each.cache_clear()
    yield
    for each in kept:
        each.cache_clear()


def few_requests(seed, count, split="train"):
    return requests(seed, min(count, 16), split)


# Whatever cells of the records a run of the tests measures again, each measurement runs in it.
@pytest.mark.parametrize(
    ("name", "parameters", "chances"),
    [
        ("reward_modeling_noise", {"noise": 1.0, "pairs": 16, "votes": 3}, ("agreement", "labels")),
        ("reward_modeling_best", {}, ("right.1", "quality.2", "ceiling.1", "ceiling.2")),
        (
            "reward_modeling_dpo",
            {"learning_rate": 5e-5, "epochs": 2},
            ("right", "quality", "good", "ended"),
        ),
        ("reward_modeling_grpo", {"pairs": 16, "beta": 0.1, "steps": 5}, ("right.0", "good.5")),
    ],
)
def test_a_cell_of_less_work_has_the_scores_that_are_recorded(few_pairs, name, parameters, chances):
    values = EXPERIMENTS[name].run({**parameters, "seed": 0})
    recorded = load_result(name)["cells"][0]["values"]
    assert values
    assert values.keys() <= recorded.keys()
    assert all(math.isfinite(value) for value in values.values())
    assert all(0 <= values[name] <= 1 for name in chances)


def test_a_judge_is_right_where_it_rates_the_better_answer_higher():
    asked = requests(0, 10)
    judge = Lengths(load(talker()).tokenizer)
    pairs = [Comparison(one, (f" {one.good}", " No.")) for one in asked]
    same = [Comparison(one, (" No.", " No.")) for one in asked]
    judge = Judge(reward_model(talker()), judge.tokenizer)
    judge.model.score.weight.data.fill_(0.01)
    margins = judge.margins(pairs)
    expected = fmean((margin > 0) for margin in margins)
    assert measurements.ranked_right(judge, [*pairs, *same]) == pytest.approx(expected)
