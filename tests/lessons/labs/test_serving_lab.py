"""The lab on serving: answers that no known wrong way gives are told what is wanted."""

from random import Random

import pytest

from lessons.labs.catalog import find
from lessons.labs.verdicts import WrongError
from solvedlabs import Here, solution

LAB = find("serving")


@pytest.mark.parametrize(
    ("function", "answer", "said"),
    [
        ("quantize", 3, "does not return rows of whole numbers"),
        ("quantize", ([[200]], [1.0]), "does not fit"),
        ("quantize", ([[0]], [1.0]), "quantize gives other numbers"),
        ("choose", "nothing", "choose takes another one"),
        ("read", "text", "does not return the text and how it ended"),
        ("read", ("Hi there", "well"), "read gives another text"),
        ("read", ("", "well"), "read says another end"),
        ("timing", 1.0, "does not return two times"),
        ("timing", (1.0, 1.0), "timing gives other times"),
        ("slowest", 77.0, "slowest gives another wait"),
        ("serve", [1.0], "does not return a start and an end"),
        ("serve", [(0.0, 1.0)], "serve serves at other times"),
        ("plan", (0.0, 0), "plan gives other numbers"),
        ("stop", ["maybe"], "does not say done, cut or refused"),
        ("stop", ["done"], "gives requests another end"),
        ("allowed", "none", "does not return a list of ids"),
        ("allowed", [999], "lets a token through"),
        ("allowed", [], "keeps a token back that fits"),
        ("allowed", [*range(26)], "lets a token through"),
        ("chances", [], "does not return a number for each token"),
    ],
)
def test_an_answer_of_no_known_kind_is_told_what_is_wanted(function, answer, said):
    part = next(n for n, one in enumerate(LAB.parts, 1) if function in one.functions)
    code = Here(solution("serving"))
    code.space[function] = lambda *_: answer
    with pytest.raises(WrongError) as found:
        LAB.check(part)(code, Random(0))
    assert said in str(found.value)


def test_ids_in_another_order_are_told_so():
    code = Here(solution("serving"))
    right = code.space["allowed"]
    code.space["allowed"] = lambda *given: right(*given)[::-1]
    with pytest.raises(WrongError, match="not in order"):
        LAB.check(4)(code, Random(0))


def test_other_chances_are_told_what_a_softmax_is():
    code = Here(solution("serving"))
    code.space["chances"] = lambda logits, _: [0.5 for _ in logits]
    with pytest.raises(WrongError, match="chances gives other numbers"):
        LAB.check(4)(code, Random(0))
