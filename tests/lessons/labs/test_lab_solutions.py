"""Of each lab: right solutions pass, plausible wrong ones are named, and no message gives a line away."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from random import Random

import pytest

import lessons.labs
from lessons.labs.catalog import LABS, find
from lessons.labs.judging import judge
from lessons.labs.mistakes import Mistake
from lessons.labs.verdicts import WrongError
from solvedlabs import Here, solution
from triedlabs import ROADS, TRIED, right, wrong


def marked(*values, gating):
    return pytest.param(*values, marks=() if gating else pytest.mark.nightly)


@cache
def lines_to_keep(lab):
    """The lines of the page's solution that the starter does not have, long enough to be told apart."""
    lines = {line.strip() for line in solution(lab).splitlines() if len(line.strip()) > 25}
    return lines - {line.strip() for line in find(lab).starter().splitlines()}


def told(lab) -> Iterator[str]:
    """What is said of each known wrong way that a lab's modules hold."""
    for module in pkgutil.iter_modules(lessons.labs.__path__):
        if module.name.partition("_")[0] == lab:
            for kept in vars(importlib.import_module(f"lessons.labs.{module.name}")).values():
                for way in kept if isinstance(kept, tuple | list) else (kept,):
                    if isinstance(way, Mistake):
                        yield f"{way.name} {way.why}"


def test_each_lab_is_tried():
    assert [*TRIED] == [lab.name for lab in LABS]
    for lab, tried in TRIED.items():
        assert tried.gating, lab
        assert tried.gating | tried.alone <= tried.wrong.keys()
        assert {part for part, *_ in tried.wrong.values()} == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("lab", "road"),
    [
        (lab, road)
        for lab, tried in TRIED.items()
        for road in ROADS
        if road != ROADS[0] or not tried.gating_process
    ],
)
def test_a_right_solution_passes_all_parts(lab, road):
    code = right(lab, road)
    for seed in range(TRIED[lab].right_draws):
        for part in range(1, len(find(lab).parts) + 1):
            assert find(lab).check(part)(Here(code), Random(f"{lab} {part} {seed}")) is None


@pytest.mark.parametrize(
    ("lab", "road", "seed"),
    [
        marked(lab, road, seed, gating=tried.gating_process and (road, seed) == (ROADS[0], 0))
        for lab, tried in TRIED.items()
        for road in ROADS
        for seed in range(tried.nightly_draws)
    ],
)
def test_a_right_solution_passes_in_a_process_of_its_own(lab, road, seed):
    found = judge(find(lab), right(lab, road), seed=seed)
    assert len(found) == len(find(lab).parts)
    assert [verdict.text for verdict in found if not verdict.passed] == []


@pytest.mark.parametrize(
    ("lab", "name"),
    [
        (lab, name)
        for lab, tried in TRIED.items()
        for name in tried.wrong
        if name not in tried.alone
    ],
)
def test_the_check_names_each_mistake(lab, name):
    part, code, said = wrong(lab, name)
    for seed in range(TRIED[lab].wrong_draws):
        with pytest.raises(WrongError) as found:
            find(lab).check(part)(Here(code), Random(f"{name} {seed}"))
        assert said in str(found.value)
        assert found.value.why
        words = f"{found.value.mistake} {found.value.why}"
        assert [line for line in lines_to_keep(lab) if line in words] == []


@pytest.mark.parametrize(
    ("lab", "name"),
    [
        marked(lab, name, gating=name in tried.gating)
        for lab, tried in TRIED.items()
        for name in tried.wrong
    ],
)
def test_a_plausible_mistake_is_rejected_and_named(lab, name, monkeypatch):
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)  # it would give sets one order
    part, code, said = wrong(lab, name)
    (verdict,) = judge(find(lab), code, (part,), seed=1)
    assert not verdict.passed
    assert said in verdict.text
    assert "Why: " in verdict.text
    assert "the call" in verdict.text


@pytest.mark.parametrize("lab", TRIED)
def test_no_message_shows_a_line_of_the_solution(lab):
    said = "\n".join(told(lab))
    assert len(said) > 1500
    assert [line for line in lines_to_keep(lab) if line in said] == []
