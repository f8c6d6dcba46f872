"""The arithmetic of an example by hand, and how a page says that it computes it."""

import re

import pytest

from coursekit.checks.loose import loose_numbers
from coursekit.config import Config
from coursekit.page.arithmetic import computed
from coursekit.page.numbers import fill
from coursekit.parser import load


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2 / 3", 2 / 3),
        ("-(1 - 4) * 2", 6),
        ("0.6 ** 2 / (0.6 ** 2 + 0.4 ** 2)", 0.36 / 0.52),
        ("log2(8) + log(exp(1)) + sqrt(4)", 6),
        ("max(1, 2) + min(1, 2) + abs(-1) + round(2.4)", 6),
    ],
)
def test_numbers_signs_and_functions_have_a_value(expression, value):
    assert computed(expression) == pytest.approx(value)


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("2 /", "'2 /' is no arithmetic"),
        ("1 / 0", "'1 / 0' has no result: division by zero"),
        ("log2(1, 2)", "has no result: "),
        ("open('x')", "has \"open('x')\"; there are numbers"),
        ("True + 1", "has 'True'; there are numbers"),
        ("width * 2", "has 'width'; there are numbers"),
        ("7 // 2", "has '7 // 2'; there are numbers"),
        ("+1", "has '+1'; there are numbers"),
    ],
)
def test_what_is_no_arithmetic_is_refused_by_name(expression, fault):
    with pytest.raises(ValueError, match=re.escape(fault)):
        computed(expression)


def values(course, text):
    page = load(course.lesson(text), Config.load(course.root))
    return [value for _, _, value in fill(page, Config.load(course.root))]


def test_a_page_computes_what_stands_in_its_prose(course):
    text = (
        "After *the* comes *cat* {{ computed 2 / 3 | .0% }} of the time, {{ computed 1 + 1 }} of 3."
    )
    assert values(course, text) == ["67%", "2"]


def loose(course, text):
    config = Config.load(course.root)
    return [str(problem) for problem in loose_numbers(load(course.lesson(text), config), config)]


def test_the_numbers_that_an_example_begins_with_are_tied_by_its_arithmetic(course):
    assert loose(course, "Squared, 0.6 is {{ computed 0.6 ** 2 | .2f }} of 36 and 52.") == []
    (fault,) = loose(course, "Squared, 0.7 is {{ computed 0.6 ** 2 | .2f }}.")
    assert "'0.7' is bound to no measurement" in fault
    assert "{{ computed ARITHMETIC }}" in fault


def test_a_number_in_the_name_of_a_measurement_ties_no_share(course):
    course.result("speed", summary={"shots50": 0.9})
    (fault,) = loose(course, "Of all, 50% are {{ result.speed.shots50 | .0% }}.")
    assert "'50%' is bound to no measurement" in fault
