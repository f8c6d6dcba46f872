"""The lab on evaluation: what its check does with errors and with numbers."""

from random import Random

import pytest

from lessons.labs import evaluation_mistakes as ways
from lessons.labs.catalog import find
from lessons.labs.verdicts import WrongError
from solvedlabs import Here, changed, solution
from wrongevaluations import FOUND

LAB = find("evaluation")


def test_an_error_that_is_no_division_is_told_as_it_is():
    source = changed(solution("evaluation"), (FOUND, "found = None + share"))
    with pytest.raises(WrongError, match=r"it raised TypeError") as found:
        LAB.check(3)(Here(source), Random(0))
    assert found.value.why == "…"  # what the process of the code says of it


def test_numbers_are_equal_up_to_rounding_and_only_to_as_many():
    assert ways.Numbers((0.1 + 0.2, 1.0)) == (0.3, 1.0)
    assert ways.Numbers((0.3, 1.0)) != (0.3, 1.0, 2.0)
    assert ways.Numbers((0.3,)) != 0.3
    assert repr(ways.Numbers((1 / 3, 2.0))) == "(0.3333, 2.0)"
    assert len({ways.Numbers((1.0,)), ways.Numbers((1.0,))}) == 1
