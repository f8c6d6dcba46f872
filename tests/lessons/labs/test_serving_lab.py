"""The lab on serving: its solution passes, other roads too, and plausible mistakes are named."""

from random import Random

import pytest

from lessons.labs import serving_json, serving_mistakes, serving_queue, serving_streams
from lessons.labs.catalog import find
from lessons.labs.judging import judge
from lessons.labs.verdicts import WrongError
from solvedlabs import Here, changed, solution
from wrongserving import OTHER, WRONG

LAB = find("serving")
GATING = ("omission",)


class Raising(Here):
    """The same, for code that raises more kinds of errors."""

    def call(self, name, *arguments):
        try:
            return super().call(name, *arguments)
        except (ValueError, LookupError, OverflowError, TypeError) as error:
            raise WrongError(f"it raised {type(error).__name__}: {error}", "…", name) from error


def marked(name):
    return name if name in GATING else pytest.param(name, marks=pytest.mark.nightly)


def test_the_solution_of_the_page_passes_all_parts():
    for part in range(1, 5):
        assert LAB.check(part)(Here(solution("serving")), Random(part)) is None


def test_other_roads_pass_all_parts():
    for part in range(1, 5):
        assert LAB.check(part)(Here(solution("serving") + OTHER), Random(part)) is None


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(8))
def test_both_pass_whatever_is_drawn(seed):
    source = solution("serving")
    found = [*judge(LAB, source, seed=seed), *judge(LAB, source + OTHER, seed=seed)]
    assert [v.text for v in found if not v.passed] == []


@pytest.mark.parametrize("name", WRONG)
def test_the_check_names_each_mistake(name):
    part, pairs, said = WRONG[name]
    code = Raising(changed(solution("serving"), *pairs))
    with pytest.raises(WrongError) as found:
        LAB.check(part)(code, Random(name))
    assert said in str(found.value)


@pytest.mark.parametrize("name", [marked(name) for name in WRONG])
def test_a_plausible_mistake_is_rejected_and_named(name):
    part, pairs, said = WRONG[name]
    (verdict,) = judge(LAB, changed(solution("serving"), *pairs), (part,), seed=1)
    assert not verdict.passed
    assert said in verdict.text
    assert "Why: " in verdict.text
    assert "the call" in verdict.text


def all_ways():
    for module in (serving_mistakes, serving_streams, serving_queue, serving_json):
        for name, ways in vars(module).items():
            if name.isupper() and isinstance(ways, tuple) and hasattr(ways[0], "why"):
                yield from ((module, name, way) for way in ways)


def test_no_message_shows_a_line_of_the_solution():
    lines = {line.strip() for line in solution("serving").splitlines() if len(line.strip()) > 25}
    starter = {line.strip() for line in LAB.starter().splitlines()}
    said = "\n".join(f"{way.name} {way.why}" for _, _, way in all_ways())
    assert len(said) > 5000
    assert [line for line in lines - starter if line in said] == []


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
    code = Raising(solution("serving"))
    code.space[function] = lambda *_: answer
    with pytest.raises(WrongError) as found:
        LAB.check(part)(code, Random(0))
    assert said in str(found.value)


def test_ids_in_another_order_are_told_so():
    code = Raising(solution("serving"))
    right = code.space["allowed"]
    code.space["allowed"] = lambda *given: right(*given)[::-1]
    with pytest.raises(WrongError, match="not in order"):
        LAB.check(4)(code, Random(0))


def test_other_chances_are_told_what_a_softmax_is():
    code = Raising(solution("serving"))
    code.space["chances"] = lambda logits, _: [0.5 for _ in logits]
    with pytest.raises(WrongError, match="chances gives other numbers"):
        LAB.check(4)(code, Random(0))
