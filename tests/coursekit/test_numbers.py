import pytest

from coursekit.checks.loose import loose_numbers
from coursekit.config import Config
from coursekit.downloads.export import cells
from coursekit.kinds.figure import FIGURE
from coursekit.kinds.quiz import QUIZ
from coursekit.page.numbers import fill
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.site.fences import resolved

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
        ("{{ constant 0.5 | by definition }}", "0.5"),
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
        (
            "{{ speed }}",
            "write output.NAME.ROW, result.NAME.KEY, figure.NAME.ROW, computed ARITHMETIC or",
        ),
    ],
)
def test_a_binding_to_nothing_is_an_error(filled, written, message):
    with pytest.raises(ContractError) as caught:
        filled(written)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "prose",
    [
        "It is 0.81 here.",
        "It takes 12 % more.",
        "- 95% of it",
        "| a | 1.5 |",
        "1,204.5 tokens",
        "It is 0.81.",
    ],
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
        "Version 1.5.2 of it.",
        "It is {{ constant 0.25 | as it happens }}.",
    ],
)
def test_a_bound_sourced_constant_or_quoted_number_is_not_flagged(course, prose):
    config = Config.load(course.root)
    assert loose_numbers(load(course.page(f"# T\n\n{prose}\n"), config), config) == []


FIGURE_TEXT = """\
```{.figure src="figures/bars.svg"}
See
What is measured

See.

CAPTION
```

"""
BARS = '<svg viewBox="0 0 1 1"></svg>'
NUMBERS = "what,share,n\na & b,0.3 of it,40\nnothing,none,none\n"
QUIZ_TEXT = """\
```{.quiz}
question: QUESTION
choices:
  - text: "TEXT"
    why: "WHY"
  - text: other
    why: because
    right: true
```

"""


def quiz(**entries: str) -> str:
    text = QUIZ_TEXT
    for name in ("question", "text", "why"):
        text = text.replace(name.upper(), entries.get(name, "words"))
    return text


def loose(course, text: str) -> list[str]:
    """What is said about a page below the table, each with its line, counted from there."""
    course.result("speed", summary={"by": {"v512": 0.8125}, "n": 50})
    course.write("docs/figures/bars.svg", BARS)
    course.write("docs/figures/bars.csv", NUMBERS)
    config = Config.load(course.root)
    found = loose_numbers(load(course.page(TABLE + text), config), config)
    return [
        f"{p.line - TABLE.count(chr(10))}: {p.message.partition(' is bound')[0]}" for p in found
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (FIGURE_TEXT.replace("CAPTION", "It rises to 0.25."), ["7: '0.25'"]),
        (FIGURE_TEXT.replace("CAPTION", "It rises by 5 %."), ["7: '5 %'"]),
        (quiz(question="Is it 1,204?"), ["2: '1,204', which this page measures,"]),
        (quiz(text="0.25"), ["4: '0.25'"]),
        (quiz(why="It has 1204 here."), ["5: '1204', which this page measures,"]),
        ("It took 1,204 tokens.", ["1: '1,204', which this page measures,"]),
        (
            "Of 50 it has {{ output.table.word }}.",
            ["1: '50', beside a bound one,"],
        ),
        (
            "| a | b |\n|---|---|\n| 70 | {{ output.table.word }} |\n| 80 | none |\n",
            ["3: '70', beside a bound one,"],
        ),
        (
            "It has {{ output.table.word }} tokens,\nof 50 kinds. Another has 60.",
            ["2: '50', beside a bound one,"],
        ),
        (
            "It is {{ constant 0.25 }}.",
            ["1: {{ constant 0.25 }} is a number that this page measures; write"],
        ),
    ],
)
def test_a_number_that_a_measurement_gave_is_flagged_where_nothing_ties_it(course, text, found):
    assert [line.partition(" {{ output")[0] for line in loose(course, text)] == found


@pytest.mark.parametrize(
    "text",
    [
        FIGURE_TEXT.replace("CAPTION", "It rises to {{ output.table.word.2 }}."),
        quiz(question="Of 90 %, what is 0.77?", why="0.5 of it."),
        quiz(why="See [there](https://example.org): 0.25."),
        "A round 1,000, and 7 of them.",
        "It has {{ output.table.word }} tokens. Of 50 kinds.",
        "With 512 entries it is {{ result.speed.by.v512 }}.",
        "It has {{ output.table.word }}, 7 of them new.",
        "It has 50 kinds, {{ constant 0.5 }} each.",
        "It has {{ result.speed.n }} kinds. A test has {{ constant 50 }} more.",
    ],
)
def test_a_number_that_is_bound_made_up_or_chosen_is_not_flagged(course, text):
    assert loose(course, text) == []


def test_bindings_are_filled_in_captions_and_quizzes_of_the_site_and_the_downloads(course):
    inside = "{{ output.table.word }} and {{ figure.bars.a-b | .2f }}"
    course.write("docs/figures/bars.svg", BARS)
    course.write("docs/figures/bars.csv", NUMBERS)
    config = Config.load(course.root)
    text = (
        TABLE
        + FIGURE_TEXT.replace("CAPTION", inside)
        + quiz(question=f"Is it {inside}?", why=inside)
    )
    page = load(course.page(text.replace("```{.quiz}", "??? note\n\n```{.quiz}")), config)
    for number, block in enumerate(page.of_kind(FIGURE, QUIZ)):
        assert "1,204 and 0.30" in resolved(block, number, page, config)
        assert "{{" not in resolved(block, number, page, config).partition("\n")[2]
    shown = cells(page, config)[-1].prose
    assert shown.count("1,204 and 0.30") == 3
    assert "{{" not in shown


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{{ figure.none.a-b }}", "no figure 'none' with a table; there are ['bars']"),
        ("{{ figure.bars.c }}", "no row 'c'; it has ['a-b']"),
        ("{{ figure.bars.a-b.3 }}", "no number '3' on row 'a-b'; it has 2"),
        ("{{ output.table.none }}", "no line 'none'"),
    ],
)
def test_a_binding_to_nothing_in_a_caption_or_a_quiz_is_an_error_with_its_line(
    course, written, message
):
    course.write("docs/figures/bars.svg", BARS)
    course.write("docs/figures/bars.csv", NUMBERS)
    config = Config.load(course.root)
    for text, line in (
        (FIGURE_TEXT.replace("CAPTION", written), 7),
        (FIGURE_TEXT + quiz(why=written), 14),
    ):
        page = load(course.page(TABLE + text), config)
        with pytest.raises(ContractError) as caught:
            fill(page, config)
        assert f"docs/page.md:{line + TABLE.count(chr(10))}: " in str(caught.value)
        assert message in str(caught.value)


def test_a_figure_that_was_never_drawn_has_no_numbers(course):
    page = load(course.page(TABLE + FIGURE_TEXT.replace("CAPTION", "{{ figure.bars.a-b }}")),
                Config.load(course.root))  # fmt: skip
    with pytest.raises(ContractError, match=r"no figure 'bars' with a table; there are \[\]"):
        fill(page, Config.load(course.root))


def test_a_binding_takes_the_number_of_a_row_that_it_counts_to(course):
    course.write("docs/figures/bars.svg", BARS)
    course.write("docs/figures/bars.csv", NUMBERS)
    config = Config.load(course.root)
    caption = "{{ figure.bars.a-b }}, {{ figure.bars.a-b.2 }}"
    page = load(course.page(FIGURE_TEXT.replace("CAPTION", caption)), config)
    assert [value for *_, value in fill(page, config)] == ["0.3", "40"]
