"""The charts obey the site's rules: small, reproducible, readable, no style and no script."""

import math
import re
import xml.etree.ElementTree as ET

import pytest

from lessons.charts import (
    COLORS,
    DASHES,
    MARKERS,
    Bar,
    Series,
    bar_chart,
    line_chart,
    token_rows,
)

LINES = [
    Series(
        "BPE & co", [(512, 2.4), (1024, 3.5), (2048, 3.9)], [(2.3, 2.5), (3.4, 3.6), (3.8, 4.0)]
    ),
    Series("other", [(512, 1.0), (2048, 2.0)]),
]


def chart(**options) -> str:
    return line_chart("A < B", LINES, "size", "bytes", **options)


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("background", ["#ffffff", "#1e2129"])
def test_a_color_stands_out_on_light_and_dark(color, background):
    assert contrast(color, background) >= 3


def test_no_two_series_share_color_dash_or_marker():
    for kinds in (COLORS, DASHES, MARKERS):
        assert len({*kinds}) == len(COLORS)


@pytest.mark.parametrize(
    "svg",
    [
        chart(),
        chart(log_x=True),
        token_rows("t & t", [("one", ["a b", "<x>", "\n"])]),
        bar_chart("A < B", [Bar("<a>", 0.5, 0.4, 0.6), Bar("b", 0.25)], "share", top=1.0),
    ],
)
def test_a_picture_is_an_image_with_a_title_and_nothing_a_strict_policy_forbids(svg):
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root[0].tag.endswith("title")
    assert root[0].text in ("A < B", "t & t")
    assert root.get("viewBox", "").startswith("0 0 420 ")
    assert not re.search(r"style|<script|\bon\w+=|href|class=", svg)
    assert not re.search(r"\n\s*\n", svg)
    assert "currentColor" in svg
    assert len(svg.encode()) < 4096


def test_the_same_chart_has_the_same_bytes():
    assert chart() == chart()


def test_a_legend_names_every_series_and_every_x_has_a_tick():
    svg = chart(log_x=True)
    for words in ("BPE &amp; co", "other", ">512<", ">1,024<", ">2,048<", ">size<", ">bytes<"):
        assert words in svg


def test_a_logarithmic_axis_puts_doublings_at_equal_distances():
    path = re.search(r'd="M([\d. L]+)" fill="none"', chart(log_x=True))
    xs = [float(point.split()[0]) for point in path[1].split("L")]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.2)


def test_a_spread_is_drawn_as_bars():
    with_spread = chart().count('stroke-width="3"')
    assert with_spread == 1


def test_a_single_point_and_a_flat_line_are_drawn():
    assert ">7<" in line_chart("t", [Series("a", [(7, 0.0)])], "x", "y")
    assert "<svg" in line_chart("t", [Series("a", [(1, -2.0), (2, -2.0)])], "x", "y")


def test_negative_values_have_ticks_below_zero():
    assert ">-1<" in line_chart("t", [Series("a", [(1, -1.0), (2, 1.0)])], "x", "y")


def test_long_rows_of_tokens_wrap():
    svg = token_rows("t", [("many", ["token"] * 30)])
    assert len({*re.findall(r"M\d+ (\d+)h", svg)}) == 4


def test_blanks_and_newlines_are_visible():
    svg = token_rows("t", [("one", [" a", "\n"])])
    assert ">␣a<" in svg
    assert ">⏎<" in svg


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ([], "0 series: a chart shows 1 to 6"),
        ([Series("a", [(1, 1)])] * 7, "7 series: a chart shows 1 to 6"),
        ([Series("empty", [])], "series 'empty' has no points"),
    ],
)
def test_what_cannot_be_drawn_is_refused(series, message):
    with pytest.raises(ValueError, match=message):
        line_chart("t", series, "x", "y")


def test_a_logarithm_of_zero_is_refused():
    with pytest.raises(ValueError, match="x = 0 has no logarithm"):
        line_chart("t", [Series("a", [(0, 1)])], "x", "y", log_x=True)


@pytest.mark.parametrize("tick", [0.1, 5, math.nan])
@pytest.mark.parametrize("log_x", [False, True])
def test_a_tick_beyond_the_first_or_the_last_x_is_refused(tick, log_x):
    line = [Series("a", [(1, 1), (4, 2)])]
    assert ">4<" in line_chart("t", line, "x", "y", log_x, x_ticks=(1, 4))
    with pytest.raises(
        ValueError, match=f"x tick {tick} lies outside the chart, which has x 1 to 4"
    ):
        line_chart("t", line, "x", "y", log_x, x_ticks=(1, tick))


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no rows"):
        token_rows("t", [])


def test_a_line_of_many_points_has_no_markers_and_the_ticks_it_is_given():
    many = [Series("a", [(x, x / 100) for x in range(1, 101)])]
    svg = line_chart("t", many, "x", "y", x_ticks=(1, 50, 100))
    assert svg.count("translate(") == 2  # those of the legend
    assert ">50<" in svg
    assert ">49<" not in svg


def test_bars_are_as_long_as_their_values_and_carry_name_value_and_interval():
    svg = bar_chart("t", [Bar("one", 0.2, 0.1, 0.3), Bar("two", 0.4)], "share", top=1.0)
    first, second = (float(end) - 8 for end in re.findall(r"H([\d.]+)v12", svg))
    assert second == pytest.approx(2 * first, abs=0.2)
    for words in (">one<", ">two<", ">0.2<", ">0.4<", ">share<", ">1<"):
        assert words in svg
    assert svg.count('stroke-width="2"') == 1


def test_bars_without_a_top_reach_the_longest_interval():
    assert ">10<" in bar_chart("t", [Bar("a", 7.0, 5.0, 9.0)], "x")


@pytest.mark.parametrize(
    ("bars", "top", "message"),
    [
        ([], None, "no bars"),
        ([Bar("a", -0.1)], None, "between 0 and their end"),
        ([Bar("a", 0.9, 0.8, 1.1)], 1.0, "between 0 and 1"),
    ],
)
def test_bars_that_cannot_be_drawn_are_refused(bars, top, message):
    with pytest.raises(ValueError, match=message):
        bar_chart("t", bars, "x", top)
