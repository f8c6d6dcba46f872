"""Sums are right, and a held-out one is added nowhere in training, in no order and in no longer sum."""

import random
import re
from collections.abc import Iterable
from itertools import permutations

import pytest

from lessons.world.sums import (
    LARGEST,
    STEP_BY_STEP,
    sum_document,
    sum_prompt,
    sum_split,
    terms,
    written_steps,
)

ASKED = re.compile(r"\d+(?: \+ \d+)+")


def asked(texts: Iterable[str]) -> list[tuple[int, ...]]:
    """All sums of some texts: those that are asked for, and each step."""
    return [tuple(map(int, found.split(" + "))) for text in texts for found in ASKED.findall(text)]


def pairs(sums: Iterable[tuple[int, ...]]) -> set[frozenset[int]]:
    """The two numbers of every addition: what is added already, and the next term."""
    return {frozenset((sum(s[:i]), s[i])) for s in sums for i in range(1, len(s))}


def triples(sums: Iterable[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """Three numbers side by side, in every order."""
    return {p for s in sums for i in range(len(s) - 2) for p in permutations(s[i : i + 3])}


def leaks(
    held_out: Iterable[tuple[int, ...]], training: Iterable[tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """The held-out sums that are, in part or in another order, in training."""
    known = list(training)
    added, known_triples = pairs(known), triples(known)
    return [
        s
        for s in held_out
        if (frozenset(s) in added if len(s) == 2 else triples([s]) <= known_triples)
    ]


@pytest.fixture(scope="module")
def sums(of_kind):
    return {split: asked(of_kind("sum", split)) for split in ("train", "held-out")}


@pytest.fixture(scope="module")
def questions(of_kind):
    """What is asked for, without the steps of the answer."""
    bare = re.compile(r"What is ([\d +]+)\?|^([\d +]+) =", re.MULTILINE)
    return {
        split: [
            tuple(map(int, (a or b).split(" + ")))
            for t in of_kind("sum", split)
            for a, b in bare.findall(t)
        ]
        for split in ("train", "held-out")
    }


@pytest.mark.parametrize("split", ["train", "held-out"])
def test_every_equation_is_true(of_kind, split):
    equations = re.findall(r"([\d +]+) = (\d+)", "\n".join(of_kind("sum", split)))
    assert len(equations) > 300
    for left, right in equations:
        assert sum(map(int, left.split(" + "))) == int(right)


@pytest.mark.parametrize("split", ["train", "held-out"])
def test_every_answer_is_the_sum_of_its_question(of_kind, split):
    pattern = r"What is ([\d +]+)\?\nAnswer:(?:.* The answer is)? (\d+)\.?$"
    text = "\n".join(of_kind("sum", split))
    answers = re.findall(pattern, text, re.MULTILINE)
    assert len(answers) == text.count("Question:") > 300
    for question, answer in answers:
        assert sum(map(int, question.split(" + "))) == int(answer)


def test_steps_add_one_number_after_the_other():
    assert written_steps((3, 5, 20)) == "3 + 5 = 8. 8 + 20 = 28. The answer is 28."


def test_a_prompt_asks_and_can_begin_the_steps():
    assert sum_prompt((3, 5)) == "Question: What is 3 + 5?\nAnswer:"
    assert sum_prompt((3, 5), steps=True) == f"Question: What is 3 + 5?\nAnswer: {STEP_BY_STEP}"


def test_no_held_out_sum_is_added_in_training(questions, sums):
    assert not leaks(questions["held-out"], sums["train"])
    assert len({*questions["held-out"]}) > 300


def test_no_held_out_pair_is_added_as_a_step_of_a_longer_training_sum(questions):
    held_out = {frozenset(s) for s in questions["held-out"] if len(s) == 2}
    assert len(held_out) > 20
    assert not held_out & pairs(questions["train"])


def test_no_triple_of_a_held_out_sum_of_three_stands_in_a_training_sum(questions):
    held_out = triples([s for s in questions["held-out"] if len(s) == 3])
    assert len(held_out) > 200
    assert not held_out & triples(questions["train"])


@pytest.mark.parametrize(
    ("held_out", "training"),
    [((9, 20), (20, 9)), ((9, 20), (4, 5, 20)), ((3, 7, 11), (11, 3, 7)),
     ((3, 7, 11), (25, 7, 3, 11)), ((3, 7, 11), (1, 11, 7, 3, 2)), ((3, 7, 11, 2), (2, 7, 11, 3, 7))],
)  # fmt: skip
def test_a_planted_sum_is_found(held_out, training):
    assert leaks([held_out], [(1, 2, 3), training]) == [held_out]


def test_a_sum_of_other_numbers_is_no_leak():
    assert not leaks([(3, 7, 11), (9, 20)], [(3, 7, 12), (7, 12, 11), (9, 19), (20, 20)])


def test_the_order_of_two_or_three_numbers_does_not_decide():
    for numbers in [(4, 9), (30, 2), (3, 7, 11), (12, 12, 5)]:
        found = {sum_split(p) == "held-out" for p in permutations(numbers)}
        assert len(found) == 1, numbers


def test_a_training_sum_with_a_held_out_step_belongs_nowhere():
    step = next(
        (a, b) for a in range(1, 31) for b in range(1, 31) if sum_split((a, b)) == "held-out"
    )
    splits = {sum_split((*step, c)) for c in range(1, 31)}
    assert splits <= {"mixed", "held-out"}
    assert "mixed" in splits


@pytest.mark.parametrize("split", ["train", "held-out"])
@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_terms_are_of_the_split_and_in_range(split, count):
    rng = random.Random(count)
    for _ in range(50):
        drawn = terms(rng, split, count)
        assert len(drawn) == count
        assert sum_split(drawn) == split
        assert all(1 <= term <= LARGEST for term in drawn)


def test_a_document_has_one_to_three_sums_of_one_form():
    rng, forms = random.Random(0), set()
    for _ in range(200):
        text = sum_document(rng, "train")
        assert 1 <= len(re.findall(r"^Question|^[\d +]+ =", text, re.MULTILINE)) <= 3
        steps, plain = text.count(STEP_BY_STEP), text.count("Question:")
        assert steps in (0, plain)
        forms.add((steps > 0, plain > 0))
    assert forms == {(False, False), (False, True), (True, True)}
