"""The reward model: where it reads, what its loss is, and that trl trains it in the same way."""

import math

import pytest
import torch

from lessons.fine_tuning.instruction_tuning import as_user, load
from lessons.reward_modeling.preferences import END, Comparison, requests
from lessons.reward_modeling.reward_model import (
    Judge,
    bradley_terry,
    encode,
    pair_loss,
    reward_model,
    rows,
    train_reward_model,
)
from lessons.storage import checkpoint


@pytest.fixture
def judge():
    folder = checkpoint("base")
    judge = Judge(reward_model(folder), load(folder).tokenizer)
    torch.manual_seed(0)
    torch.nn.init.normal_(judge.model.score.weight)
    return judge


@pytest.fixture
def pairs():
    return [Comparison(one, (f" {one.good}{END}", f" {one.bad}{END}")) for one in requests(0, 24)]


def test_a_new_reward_model_rates_everything_zero_and_keeps_the_body():
    folder = checkpoint("base")
    model, base = reward_model(folder), load(folder).model
    batch = load(folder).tokenizer(["The dog.", "A cat."], return_tensors="pt", padding=True)
    assert model(**batch).logits.tolist() == [[0.0], [0.0]]
    for name, weight in base.transformer.state_dict().items():
        assert torch.equal(weight, model.transformer.state_dict()[name]), name
    assert not model.training


def test_the_reward_is_read_at_the_end_of_text_token(judge):
    batch = encode(
        judge.tokenizer, ["User: Hi", "User: Can you"], [f" No.{END}", f" Yes, I can.{END}"]
    )
    with torch.no_grad():
        states = judge.model.transformer(**batch).last_hidden_state
        rewards = judge.model(**batch).logits[:, 0]
    for row in range(2):
        last = int(batch["attention_mask"][row].sum()) - 1
        assert batch["input_ids"][row, last] == judge.tokenizer.eos_token_id
        assert rewards[row].item() == pytest.approx(
            (states[row, last] @ judge.model.score.weight[0]).item(), abs=1e-4
        )


def test_rewards_do_not_depend_on_the_company(judge):
    prompts = [as_user(one.prompt) for one in requests(0, 103)]
    answers = [f" {one.good}{END}" for one in requests(0, 103)]
    together = judge.rewards(prompts, answers)
    for i in (0, 50, 102):
        assert judge.rewards(prompts[i : i + 1], answers[i : i + 1])[0] == pytest.approx(
            together[i], abs=1e-4
        )


def test_margins_compare_the_first_answer_with_the_second(judge, pairs):
    swapped = [Comparison(one.asked, one.answers[::-1]) for one in pairs]
    assert judge.margins(pairs) == pytest.approx([-m for m in judge.margins(swapped)], abs=1e-4)
    prompt = as_user(pairs[0].asked.prompt)
    first, second = judge.rewards([prompt] * 2, pairs[0].answers)
    assert judge.margins(pairs[:1])[0] == pytest.approx(first - second, abs=1e-4)


def test_the_label_names_the_chosen_answer_and_both_end(pairs):
    open_ended = Comparison(pairs[0].asked, (" Hello", f" No.{END}"))
    made = rows([open_ended, open_ended], [0, 1])
    assert made["chosen"] == [f" Hello{END}", f" No.{END}"]
    assert made["rejected"] == [f" No.{END}", f" Hello{END}"]
    assert made["prompt"] == [as_user(pairs[0].asked.prompt)] * 2


def test_the_loss_is_that_of_bradley_and_terry():
    chosen, rejected = torch.tensor([1.0, -2.0]), torch.tensor([0.5, 0.0])
    chances = [math.exp(c) / (math.exp(c) + math.exp(r)) for c, r in ((1, 0.5), (-2, 0))]
    expected = -sum(math.log(chance) for chance in chances) / 2
    assert pair_loss(chosen, rejected).item() == pytest.approx(expected)
    assert pair_loss(chosen + 7, rejected + 7).item() == pytest.approx(expected)
    assert pair_loss(chosen, chosen).item() == pytest.approx(math.log(2))


def test_training_begins_at_the_logarithm_of_two_and_learns(pairs, two_layers):
    folder = two_layers(checkpoint("base"))
    judge = Judge(reward_model(folder), load(folder).tokenizer)
    data = rows(pairs * 4, [0] * 96)
    losses = train_reward_model(judge.model, judge.tokenizer, data, learning_rate=1e-3)
    assert len(losses) == 6
    assert losses[0] == pytest.approx(math.log(2))
    assert losses[-1] < losses[0] - 0.05
    assert not judge.model.training
    assert sum(margin > 0 for margin in judge.margins(pairs)) > 15


def test_rewards_of_answers_are_where_no_small_change_makes_the_choices_less_surprising():
    choices = [(0, 1), (0, 1), (1, 2), (2, 0), (0, 3)]
    rewards = bradley_terry(choices, 5, pull=0.1)
    for answer in range(5):  # the slope of the loss: choices lost and won beyond what was expected
        slope = 0.1 * rewards[answer]
        for won, lost in choices:
            surprise = 1 / (1 + math.exp(rewards[won] - rewards[lost]))
            slope += surprise * ((answer == lost) - (answer == won))
        assert abs(slope) < 1e-6
    assert sum(rewards) == pytest.approx(0, abs=1e-6)
    assert rewards[4] == 0


def test_a_circle_of_choices_gives_equal_rewards():
    assert bradley_terry([(0, 1), (1, 2), (2, 0)], 3) == pytest.approx([0, 0, 0])


def test_an_answer_that_always_wins_has_a_reward_that_grows_as_the_pull_shrinks():
    rewards = [bradley_terry([(0, 1)] * 5, 2, pull)[0] for pull in (1, 0.1, 0.01)]
    assert 0 < rewards[0] < rewards[1] < rewards[2] < 10
    with pytest.raises(ValueError, match="pull 0 must be above 0"):
        bradley_terry([(0, 1)], 2, pull=0)


def test_without_choices_all_rewards_are_zero():
    assert bradley_terry([], 3) == [0, 0, 0]
