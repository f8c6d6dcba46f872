import pytest

from coursekit.config import Config
from coursekit.kinds.output import OUTPUT, broken
from coursekit.page.comparison import Tolerance, difference, numbers_in
from coursekit.parser import parse

EXACT, MEASURED, COST, SAMPLE = Tolerance


@pytest.mark.parametrize(
    ("expected", "got", "tolerance", "within"),
    [
        ("a 1 b", "a 1 b\n", EXACT, 0),
        ("x   \ny", "x\ny\n", EXACT, 0),
        ("loss 2.5000", "loss 2.5020", EXACT, 0),
        ("tensor([1., 2.])", "tensor([1., 2.])", EXACT, 0),
        ("accuracy 0.81", "accuracy 0.84", MEASURED, 0.031),
        ("k  4   9.9", "k  4  10.1", MEASURED, 0.3),
        ("0.2 s on 2 threads", "90.0 s on 2 threads", COST, 0),
        (" 50 steps: a cat\nend", "50 steps: 2 dogs: no\nstop", SAMPLE, 0),
    ],
)
def test_an_output_that_keeps_its_promise_passes(expected, got, tolerance, within):
    assert difference(expected, got, tolerance, within) is None


@pytest.mark.parametrize(
    ("expected", "got", "tolerance", "within", "reason"),
    [
        ("a 1", "b 1", EXACT, 0, "the text differs"),
        ("10000", "10001", EXACT, 0, "10001 is not 10000"),
        ("[1, 2]", "[1, 3]", EXACT, 0, "3 is not 2"),
        ("loss 2.500", "loss 2.503", EXACT, 0, "2.503 is not 2.500"),
        ("tensor([1., 2.])", "tensor([1.0001, 2.4])", EXACT, 0, "2.4 is not 2"),
        ("-1.0", "1.0", EXACT, 0, "1.0 is not -1.0"),
        ("0.000", "0.001", EXACT, 0, "0.001 is not 0.000"),
        ("gpt2", "gpt3", EXACT, 0, "the text differs"),
        ("1 2", "1", EXACT, 0, "the text differs"),
        ("a\nb", "a b", EXACT, 0, "the text differs"),
        ("accuracy 0.81", "accuracy 0.85", MEASURED, 0.03, "0.85 is not 0.81 within 0.03"),
        ("nan 1", "1 nan", MEASURED, 9, "the text differs"),
        ("2.0 s", "2.0 MB", COST, 0, "the text differs"),
        ("50 steps: a cat", "60 steps: a cat", SAMPLE, 0, "before the first colon"),
        ("50 steps: a cat", "50 steps, a cat", SAMPLE, 0, "before the first colon"),
        ("1: a\n2: b", "1: a", SAMPLE, 0, "before the first colon"),
    ],
)
def test_an_output_that_breaks_its_promise_is_named(expected, got, tolerance, within, reason):
    assert reason in str(difference(expected, got, tolerance, within))


@pytest.mark.parametrize("got", ["1.9 s on 2 threads", "0.03 s on 2 threads"])
def test_on_an_idle_machine_a_cost_holds_to_a_factor_of_ten(got):
    assert difference("0.2 s on 2 threads", got, COST, costs=True) is None


@pytest.mark.parametrize("got", ["2.1 s", "0.01 s"])
def test_on_an_idle_machine_another_order_of_magnitude_is_named(got):
    message = f"{got.removesuffix(' s')} is not 0.20 to a factor of ten"
    assert message in str(difference("0.20 s", got, COST, costs=True))


def test_a_cost_that_rounds_to_nothing_stands_for_up_to_its_last_digit():
    assert difference("0.0 s", "0.4 s", COST, costs=True) is None


def test_a_difference_shows_both_texts_line_by_line():
    assert difference("a\nb", "a\nc").splitlines()[-2:] == ["-b", "+c"]


def test_digits_inside_words_are_no_numbers_and_thousands_are_one():
    text = "gpt2 bf16 x86 1,234 [15496, 11] 2e-3 -0.5 v1.2"
    assert numbers_in(text) == ["1,234", "15496", "11", "2e-3", "-0.5"]


PROVENANCE = """```python
print()
```

```{.output .provenance}
loss 0.51
3 seeds, 236 s, on AMD EPYC
```
"""


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("loss 0.51\n3 seeds, 827 s, on Intel\n", None),
        ("loss 0.52\n3 seeds, 236 s, on AMD EPYC\n", "0.52 is not 0.51"),
        ("loss 0.51\n", "the text differs"),
    ],
)
def test_what_a_record_took_and_where_is_not_compared_and_all_else_is(tmp_path, printed, reason):
    (output,) = parse(PROVENANCE, tmp_path / "page.md", Config(tmp_path)).of_kind(OUTPUT)
    found = broken(output, printed)
    assert found is None if reason is None else reason in found
