"""What the course adds to matplotlib: a picture that fits the page, for two widths, with its numbers."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from matplotlib import pyplot as plt

from lessons import charts
from lessons.charts import name_lines, percent, plot_range, reach, save, svg, with_interval

SCORES = [
    {"value": 0.5, "mean": 0.5, "low": 0.4, "high": 0.7},
    {"value": 0.75, "mean": 0.75, "low": 0.7, "high": 0.8},
]


@pytest.fixture(autouse=True)
def style():
    with plt.style.context("lessons.course"):
        yield
    plt.close("all")


def chart(width=5.0):
    figure, axes = plt.subplots(figsize=(width, 2))
    plot_range(axes, [1, 2], SCORES, label="a < b")
    axes.errorbar([1, 2], [0.1, 0.2], [[0.05] * 2, [0.1] * 2], label="less")
    axes.plot([1, 2], [0.3, 0.3], "k:", label="_chance")
    axes.set(xlabel="steps")
    percent(axes.yaxis)
    name_lines(axes)
    return figure


def texts(drawn: str) -> dict[str, tuple[float, float]]:
    found = ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")
    return {str(t.text): (float(t.get("x", 0)), float(t.get("y", 0))) for t in found}


def test_a_chart_holds_nothing_that_the_policy_forbids_and_no_name_that_repeats():
    drawn = svg(chart())
    ET.fromstring(drawn)
    assert not re.search(
        r"style=|<style|<script|\son\w+=|href|\sid=|url\(|clip|<defs|#00000", drawn
    )
    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 144" ')
    assert len(drawn.encode()) < 4096


def test_the_same_chart_has_the_same_bytes():
    assert svg(chart()) == svg(chart())


def test_each_color_of_the_style_has_the_class_by_which_the_page_colors_it():
    figure, axes = plt.subplots(figsize=(5, 2))
    for i in range(4):
        axes.plot([1, 2], [i, i])
    drawn = svg(figure)
    for i in range(1, 5):
        assert f"stroke-{i}" in drawn
        assert f"fill-{i} stroke-paper" in drawn or f"fill-{i}" in drawn
    assert "stroke-grid" in drawn
    assert len(set(re.findall(r"#\w{6}", drawn))) == len(charts.CLASSES)


def test_series_differ_by_marker_and_dash_as_well():
    cycle = plt.rcParams["axes.prop_cycle"].by_key()
    for kind in ("color", "marker", "linestyle"):
        assert len({*cycle[kind]}) == 4


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("background", ["#ffffff", "#15181c"])
def test_without_the_pages_colors_a_series_stands_out_on_light_and_dark(background):
    for color in (color for color, name in charts.CLASSES.items() if name.isdigit()):
        dark, light = sorted((luminance(color), luminance(background)))
        assert (light + 0.05) / (dark + 0.05) >= 3


def test_ink_is_the_pages_and_a_circle_is_written_as_one():
    drawn = svg(chart())
    assert 'stroke="currentColor"' in drawn  # the dotted line
    assert drawn.count("<circle") == 2
    assert drawn.count('d="M-3.5 3.5L') == 2  # the squares of the second line


def test_labels_stand_at_the_lines_ends_in_their_colors_and_an_unnamed_line_has_none():
    drawn = svg(chart())
    assert re.search(r'class="fill-1">a &lt; b</text>', drawn)
    assert re.search(r'class="fill-2">less</text>', drawn)
    assert "chance" not in drawn
    assert texts(drawn)["a < b"][1] < texts(drawn)["less"][1]  # higher up


def test_labels_of_lines_that_end_together_do_not_overlap_and_stay_at_the_axis():
    figure, axes = plt.subplots(figsize=(5, 2))
    for name in ("one", "two", "three", "four"):
        axes.plot([0, 1], [1, 0], label=name)
    axes.set(ylim=(0, 1), xlabel="x")
    name_lines(axes)
    drawn = texts(svg(figure))
    heights = sorted(drawn[name][1] for name in ("one", "two", "three", "four"))
    assert min(b - a for a, b in pairwise(heights)) >= 16.5
    assert heights[-1] < drawn["0.0"][1] + 1  # no lower than the axis' end
    assert heights[-1] < drawn["x"][1] - 17


def test_a_label_wraps_on_a_phone_only():
    figures = []
    for width in (5, 8):
        figure, axes = plt.subplots(figsize=(width, 2))
        axes.plot([0, 1], [0, 1], label="two words")
        name_lines(axes, wrap=5)
        figures.append(texts(svg(figure)))
    narrow, wide = figures
    assert narrow["two"][1] < narrow["words"][1]
    assert "two words" in wide


def test_lines_that_look_the_same_are_one_path():
    figure, axes = plt.subplots(figsize=(5, 2))
    axes.vlines([1, 2, 3], 0, 1, color="C0")
    (path,) = [line for line in svg(figure).split("\n") if "stroke-1" in line]
    assert path.count("M") == 3


def test_two_drawings_and_the_numbers_are_written_and_the_wide_one_stays_open(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    save(chart, "bars", [["what", "share"], ["a, b", 0.5]])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bars.csv",
        "bars.narrow.svg",
        "bars.svg",
    ]
    assert 'viewBox="0 0 788 ' in (tmp_path / "bars.svg").read_text("utf-8")
    assert 'viewBox="0 0 358 ' in (tmp_path / "bars.narrow.svg").read_text("utf-8")
    assert (tmp_path / "bars.csv").read_bytes() == b'what,share\n"a, b",0.5\n'
    assert len(plt.get_fignums()) == 1


def test_a_drawing_that_is_text_is_written_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(lambda width: f"<svg>{width * 72:.0f}</svg>", "strips")
    assert (tmp_path / "strips.svg").read_text("utf-8") == "<svg>788</svg>"
    assert not (tmp_path / "strips.csv").exists()


def test_intervals_are_given_as_the_library_takes_them_and_as_a_table_shows_them():
    assert reach(SCORES) == [
        [pytest.approx(0.1), pytest.approx(0.05)],
        [pytest.approx(0.2), pytest.approx(0.05)],
    ]
    assert reach(SCORES, "mean") == reach(SCORES)
    assert with_interval(SCORES[0]) == with_interval(SCORES[0], "mean") == "0.50 [0.40, 0.70]"


def test_an_axis_of_shares_is_marked_in_percent():
    _, axes = plt.subplots()
    percent(axes.xaxis, 50, 100, 10)
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "50%", "60%", "70%", "80%", "90%", "100%",
    ]  # fmt: skip
