"""What is drawn by hand obeys the site's rules: small, reproducible, readable, no style and no script."""

import re
import xml.etree.ElementTree as ET

import pytest

from lessons.drawings import Series, line_chart, token_rows

LINE = [Series("the < mean", [(512, 2.4), (1024, 3.5), (2048, 3.9)])]


def chart(**options) -> str:
    return line_chart("A < B", LINE, "size", "bytes", **options)


@pytest.mark.parametrize(
    "svg",
    [chart(), chart(log_x=True), token_rows([("t & t", ["a b", "<x>", "\n"])], width=5)],
)
def test_a_picture_holds_nothing_that_a_strict_policy_forbids(svg):
    root = ET.fromstring(svg)
    _, _, width, _ = root.attrib["viewBox"].split()
    assert root.get("width") == width
    assert not re.search(r"style|<script|\bon\w+=|href", svg)
    assert not re.search(r"\n\s*\n", svg)
    assert root.get("fill") == "currentColor"
    assert len(svg.encode()) < 4096


def test_a_loss_curve_says_what_it_shows_and_marks_each_point():
    svg = chart(log_x=True)
    assert ET.fromstring(svg)[0].text == "A < B"
    for words in (">bytes: the &lt; mean<", ">512<", ">1,024<", ">2,048<", ">size<", ">4<"):
        assert words in svg
    assert svg.count("<circle") == 3


def test_a_logarithmic_axis_puts_doublings_at_equal_distances():
    xs = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', chart(log_x=True))]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.2)
    xs = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', chart())]
    assert xs[2] - xs[1] == pytest.approx(2 * (xs[1] - xs[0]), abs=0.2)


def test_a_single_point_and_one_at_zero_are_drawn():
    assert ">7<" in line_chart("t", [Series("a", [(7, 0.0)])], "x", "y")


def test_a_line_without_points_is_refused():
    with pytest.raises(ValueError, match="series 'empty' has no points"):
        line_chart("t", [Series("empty", [])], "x", "y")


def test_rows_of_tokens_are_as_wide_as_they_are_asked_to_be_and_wrap_there():
    rows = [("many", ["token"] * 30)]
    wide, narrow = token_rows(rows, 788 / 72), token_rows(rows, 358 / 72)
    assert 'viewBox="0 0 788 ' in wide
    assert 'viewBox="0 0 358 ' in narrow
    lines = [len({*re.findall(r"M\d+ (\d+)h", svg)}) for svg in (wide, narrow)]
    assert lines[0] < lines[1]
    ends = [int(x) + int(w) for x, w in re.findall(r"M(\d+) \d+h(\d+)", narrow)]
    assert max(ends) < 358


def test_blanks_and_newlines_are_visible():
    svg = token_rows([("one", [" a", "\n"])], width=5)
    assert ">␣a<" in svg
    assert ">⏎<" in svg


def test_what_a_model_does_not_see_has_another_color_and_a_dashed_box():
    boxes = [
        line for line in token_rows([("t", ["a", "?"])], 5, hidden=["?"]).split("\n")
        if line.startswith("<path")
    ]  # fmt: skip
    assert [box.count("dasharray") for box in boxes] == [0, 1]
    assert ["fill-1 stroke-1" in box for box in boxes] == [True, False]
    assert "dasharray" not in token_rows([("t", ["a", "?"])], 5)


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no rows"):
        token_rows([], 5)
