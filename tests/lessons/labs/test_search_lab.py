"""The lab on search: its solution passes, another road too, and plausible mistakes are named."""

from random import Random

import pytest

from lessons.labs import search_decisions as decisions
from lessons.labs import search_mistakes as ways
from lessons.labs.catalog import find
from lessons.labs.judging import judge
from lessons.labs.verdicts import WrongError
from lessons.search import abstention
from lessons.search import passages as shipped
from lessons.search.ranking import join
from solvedlabs import Here, changed, solution
from wrongsearch import OTHER, WRONG

LAB = find("search")
GATING = ("mean over passages", "the order of a set")
ALONE = ("sorted in place", "the order of a set")  # only a process of its own can tell


def marked(name):
    return name if name in GATING else pytest.param(name, marks=pytest.mark.nightly)


def test_the_solution_of_the_page_passes_all_parts():
    for part in range(1, 5):
        assert LAB.check(part)(Here(solution("search")), Random(part)) is None


def test_another_road_passes_all_parts():
    for part in range(1, 5):
        assert LAB.check(part)(Here(solution("search") + OTHER), Random(part)) is None


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(6))
def test_both_pass_whatever_is_drawn(seed):
    source = solution("search")
    found = [*judge(LAB, source, seed=seed), *judge(LAB, source + OTHER, seed=seed)]
    assert [v.text for v in found if not v.passed] == []


@pytest.mark.parametrize("name", [name for name in WRONG if name not in ALONE])
def test_the_check_names_each_mistake(name):
    part, pairs, said = WRONG[name]
    code = Here(changed(solution("search"), *pairs))
    with pytest.raises(WrongError) as found:
        LAB.check(part)(code, Random(name))
    assert said in str(found.value)


@pytest.mark.parametrize("name", [marked(name) for name in WRONG])
def test_a_plausible_mistake_is_rejected_and_named(name, monkeypatch):
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)  # it would give sets one order
    part, pairs, said = WRONG[name]
    (verdict,) = judge(LAB, changed(solution("search"), *pairs), (part,), seed=1)
    assert not verdict.passed
    assert said in verdict.text
    assert "Why: " in verdict.text
    assert "the call" in verdict.text


@pytest.mark.nightly
def test_no_message_shows_a_line_of_the_solution():
    lines = {line.strip() for line in solution("search").splitlines() if len(line.strip()) > 25}
    starter = {line.strip() for line in LAB.starter().splitlines()}
    known = (ways.CUT, ways.OWNERS, ways.HITS, decisions.JOIN, decisions.COST, decisions.CHOOSE)
    said = "\n".join(f"{way.name} {way.why}" for one in known for way in one)
    assert [line for line in lines - starter if line in said] == []


def test_what_the_lab_calls_right_is_what_the_course_ships():
    text = "Head\n====\n\nA loop repeats.\n\n\nA list ends it.\n\nMore."
    for words, overlap in ((3, 0), (5, 1), (99, 2)):
        cut = shipped.cut(shipped.paragraphs(text), words, overlap)
        ours = [(own[0].line, own[-1].last, "\n\n".join(p.text for p in own)) for own in cut]
        assert ways.cut(text, words, overlap) == ours
    topics = {"for": {"aa", "bb"}, "while": {"bb", "cc"}}
    assert ways.owners(["aa", "bb"], topics) == shipped.owners(["aa", "bb"], topics)
    lists = [[(0, 9.0), (1, 5.0), (2, 1.0)], [(2, 0.9), (0, 0.5), (1, 0.1)]]
    sums = join([[number for number, _ in one] for one in lists])
    assert decisions.join(lists, 60) == sorted(range(3), key=lambda number: -sums[number])
    rows = [(0.9, True), (0.8, False), (0.5, True), (0.2, False)]
    asked = [abstention.Asked(str(n), *row, "ask") for n, row in enumerate(rows)]
    for least in (0.1, 0.5, 0.85):
        ours = abstention.cost(least, asked)
        assert decisions.cost(least, rows, abstention.IN_VAIN, abstention.MISSED) == ours
    chosen = decisions.choose(rows, abstention.IN_VAIN, abstention.MISSED)
    assert abstention.cost(abstention.choose(asked), asked) == abstention.cost(chosen, asked)
