import pytest

from coursekit.config import Config
from coursekit.numbers import fill, loose_numbers
from coursekit.page import load
from coursekit.problems import ContractError

TABLE = """\
```python
print(table)
```

```{.output #table}
kind       tokens  unknown
word        1,204    0.25
sub word      310    0.00
```

"""


@pytest.fixture
def filled(course):
    def run(prose: str) -> str:
        course.result("speed", summary={"best": 0.8125, "by": {"two": 7}, "flag": True})
        config = Config.load(course.root)
        page = load(course.page(TABLE + prose), config)
        text = page.text
        for start, end, value in reversed(fill(page, config)):
            text = text[:start] + value + text[end:]
        return text[len(TABLE) :]

    return run


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{{ output.table.word }}", "1,204"),
        ("{{ output.table.word.2 }}", "0.25"),
        ("{{ output.table.sub-word | .1f }}", "310.0"),
        ("{{ output.table.word.2 | .0% }}", "25%"),
        ("{{ result.speed.best }}", "0.8125"),
        ("{{ result.speed.best | .1% }}", "81.2%"),
        ("{{result.speed.by.two}}", "7"),
        ("{{ constant 0.5 }}", "0.5"),
        ("`{{ output.table.none }}`", "`{{ output.table.none }}`"),
        ("{{ outline.minutes }}", "{{ outline.minutes }}"),
    ],
)
def test_a_binding_becomes_the_number_that_was_measured(filled, written, shown):
    assert filled(f"It is {written}.") == f"It is {shown}."


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "{{ output.none.word }}",
            "docs/page.md:11: {{ output.none.word }}: no output named #none",
        ),
        (
            "{{ output.table.char }}",
            "no line 'char'; it has ['kind-tokens-unknown', 'word', 'sub-word']",
        ),
        ("{{ output.table.word.3 }}", "no number '3' on line 'word'; it has 2"),
        ("{{ result.none.best }}", "no recorded experiment 'none'; there are ['speed']"),
        ("{{ result.speed.worst }}", "no 'worst' in the summary of 'speed'; there: ['best'"),
        ("{{ result.speed.by }}", "speed.by is dict, not a number"),
        ("{{ result.speed.flag }}", "speed.flag is bool, not a number"),
        ("{{ result.speed.best | zz }}", "Unknown format code"),
        ("{{ speed }}", "write output.NAME.ROW, result.NAME.KEY or constant VALUE"),
    ],
)
def test_a_binding_to_nothing_is_an_error(filled, written, message):
    with pytest.raises(ContractError) as caught:
        filled(written)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "prose",
    ["It is 0.81 here.", "It takes 12 % more.", "- 95% of it", "| a | 1.5 |", "1,204.5 tokens"],
)
def test_a_decimal_or_percentage_in_prose_that_nothing_measured_is_flagged(course, prose):
    config = Config.load(course.root)
    (problem,) = loose_numbers(load(course.page(f"# T\n\n{prose}\n"), config), config)
    assert problem.line == 3
    assert "is bound to no measurement" in problem.message


@pytest.mark.parametrize(
    "prose",
    [
        "It is {{ constant 0.5 }}.",
        "It has 3 layers and 50257 entries.",
        "They report 28.4 BLEU ([paper](https://example.org/a)).",
        "Write `0.5` there.",
        "See [b](c.md#d-1.5).",
        "<!-- 0.5 -->",
        "Version v1.5 and GPT-3.",
    ],
)
def test_a_bound_sourced_constant_or_quoted_number_is_not_flagged(course, prose):
    config = Config.load(course.root)
    assert loose_numbers(load(course.page(f"# T\n\n{prose}\n"), config), config) == []
