"""Sums step by step: room to finish, written steps that are wrong, and votes of several chains."""

import re

import pytest

from lessons.prompting import chain_of_thought
from lessons.prompting.prompts import last_number, vote
from lessons.world import sums
from scripted_model import scripted


@pytest.mark.parametrize(
    ("text", "number"),
    [("3 + 4 = 7. The answer is 7.", "7"), ("3 + 4 = 1", "1"), ("no number", ""), ("12", "12")],
)
def test_the_last_number_is_the_answer(text, number):
    assert last_number(text) == number


@pytest.mark.parametrize(
    ("answers", "winner"),
    [
        (["7", "8", "8"], "8"),
        (["7", "8", "8", "7"], "7"),
        (["", "", "9"], "9"),
        (["", ""], ""),
        ([], ""),
    ],
)
def test_the_most_frequent_answer_wins_and_silence_is_no_vote(answers, winner):
    assert vote(answers) == winner


def solve(prompt, room, **options):
    """Add as the prompt says, going on from the last number that it gives."""
    question, _, begun = prompt.partition(sums.STEP_BY_STEP)
    numbers = [int(number) for number in re.findall(r"\d+", question)]
    assert sums.sum_split(numbers) == "held-out"
    if begun:
        numbers = [int(last_number(begun)), *numbers[2:]]
    return [sums.written_steps(numbers)[:room]] * options.get("num_return_sequences", 1)


def test_too_little_room_leaves_a_number_that_is_not_the_sum(monkeypatch):
    scripted(monkeypatch, "complete", solve)
    assert chain_of_thought.room_cell(4, 200, 20, 0)["right.value"] == 1.0
    assert chain_of_thought.room_cell(4, 12, 20, 0)["right.value"] == 0.0


@pytest.mark.parametrize(("off", "right", "followed"), [(0, 1, 1), (5, 0, 1)])
def test_who_goes_on_from_the_written_step_follows_its_error(monkeypatch, off, right, followed):
    asked = scripted(monkeypatch, "complete", solve)
    found = chain_of_thought.first_step_cell(4, off, 20, 0)
    assert (found["right.value"], found["followed.value"]) == (right, followed)
    assert all(prompt.endswith(".") for prompt in asked)


def test_a_vote_is_compared_with_the_greedy_chain_on_the_same_sums(monkeypatch):
    def answer(prompt, room, **options):
        total = str(sum(map(int, re.findall(r"\d+", prompt))))
        if not options:
            return ["0"]
        assert options["do_sample"]
        assert options["top_k"] == 0
        return ["1", total, total, *["2"] * 6]

    asked = scripted(monkeypatch, "complete", answer)
    found = chain_of_thought.votes_cell(3, 1.0, 20, 0)
    assert asked[:20] == asked[20:]
    assert {name: found[f"{name}.value"] for name in ("greedy", "any")} == {"greedy": 0, "any": 1}
    assert [found[f"vote{n}.value"] for n in chain_of_thought.VOTES] == [0, 1, 1, 0]
    assert [found[f"gain{n}.value"] for n in chain_of_thought.VOTES] == [0, 1, 1, 0]
