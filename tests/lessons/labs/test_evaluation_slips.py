"""Slips of a first attempt at the lab on evaluation are named: roundings, parentheses, orders, rates."""

from random import Random

import pytest

from lessons.labs.catalog import find
from lessons.labs.verdicts import WrongError
from solvedlabs import Here, changed, solution

LAB = find("evaluation")
CEIL = "return ceil((distance / difference) ** 2)"
MIDDLE = ("LUCK**2 / (2 * asked)", "LUCK**2 / 2 * asked")
BELOW = ("LUCK**2 / (4 * asked**2)", "LUCK**2 / 4 * asked**2")
ENDS = "return (middle - half) / scale, (middle + half) / scale"
HALF = "half = student_t(len(sums) - 1) * sqrt(spread) / len(differences)"
THREE = "return value, value - half, value + half"
SHORT = """

def leaked(items, texts, size):
    found = []
    for item in items:
        own = words(item)
        runs = [" ".join(own[i : i + size]) for i in range(len(own) - size + 1)]
        whole = any(f" {run} " in f" {' '.join(words(text))} " for run in runs for text in texts)
        part = any(" ".join(own) in " ".join(words(text)) for text in texts)
        found.append(part if len(own) < size else whole)
    return found
"""
# Each: the part, what of the solution becomes what, and what the message has to name.
SLIPS = {
    "the numbers of the page": (
        1,
        [("LUCK * sqrt(apart) + POWER", "1.96 * sqrt(apart) + 0.84")],
        "needed is made with rounded numbers",
    ),
    "to the nearest": (1, [(CEIL, CEIL.replace("ceil", "round"))], "rounds to the nearest"),
    "not its square": (
        1,
        [("apart - difference**2", "max(0, apart - difference)")],
        "and not its square",
    ),
    "times n": (2, [MIDDLE], "multiplies by n where it is to divide."),
    "times n below the root": (2, [BELOW], "divide, below the root"),
    "times n twice": (2, [MIDDLE, BELOW], "at both places"),
    "not divided": (2, [(ENDS, "return middle - half, middle + half")], "the last division"),
    "1.96": (
        2,
        [("share, scale =", "LUCK = 1.96; share, scale =")],
        "wilson is made with a rounded",
    ),
    "no mean": (2, [("+= difference - value", "+= difference")], "gain takes no mean off"),
    "questions as groups": (
        2,
        [("student_t(len(sums) - 1)", "student_t(len(old) - 1)")],
        "degrees of freedom of the questions",
    ),
    "below the root": (
        2,
        [(HALF, "half = student_t(len(sums) - 1) * sqrt(spread / len(differences))")],
        "below the root",
    ),
    "in order of size": (2, [(THREE, "return value - half, value, value + half")], "another order"),
    "two ends": (2, [(THREE, "return value - half, value + half")], "the two ends only"),
    "yes for no": (
        3,
        [("1 - sum(no) / len(no)", "sum(no) / len(no)")],
        "yes where its no is wanted",
    ),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_named(name):
    part, pairs, said = SLIPS[name]
    for seed in range(3):
        with pytest.raises(WrongError) as found:
            LAB.check(part)(Here(changed(solution("evaluation"), *pairs)), Random(seed))
        assert said in str(found.value)


def test_a_short_question_is_searched_by_whole_words_too():
    with pytest.raises(WrongError) as found:
        LAB.check(4)(Here(solution("evaluation") + SHORT), Random(0))
    assert "parts of words where a question is short" in str(found.value)
    assert "'this 31'" in found.value.call
