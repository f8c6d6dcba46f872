"""What the pictures of the page show, and what they refuse."""

import xml.etree.ElementTree as ET

import pytest
from matplotlib import pyplot as plt

from lessons.inside_the_model.pictures import depth_chart, head_grid, model_picture


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg) if element.tag.endswith("text")]


@pytest.mark.parametrize("width", [358 / 72, 788 / 72])
def test_a_model_has_a_column_for_each_token(width):
    words = texts(model_picture(["The", " cat", " sees"], 6, " the", width))
    assert [words.count(each) for each in ("The", "␣cat", "␣cat + 1", "MLP", "norm", "scores")] == [
        1, 1, 1, 3, 3, 3,
    ]  # fmt: skip
    assert words[-1] == "␣the"
    assert any("6 times" in word for word in words)


def test_a_token_has_no_arrow_to_an_earlier_one():
    paths = [
        e.get("d", "") for e in ET.fromstring(model_picture(["a", "b"], 1, "c", 5)) if e.get("d")
    ]
    lines = [path.split("m")[0][1:].split("L") for path in paths if "L" in path]
    xs = [(float(begin.split()[0]), float(end.split()[0])) for begin, end in lines]
    assert all(begin <= end for begin, end in xs)
    assert sum(begin < end for begin, end in xs) == 1


@pytest.mark.parametrize(("width", "name"), [(358 / 72, "2"), (788 / 72, "head 2")])
def test_a_grid_has_a_share_for_each_head(width, name):
    words = texts(head_grid([[0.5, 0.25, 0, 0, 0, 0], [0.0, 1.0, 0, 0, 0, 0]], width))
    assert name in words
    assert "block 2" in words
    assert [word for word in words if "%" in word] == [
        "50%",
        "25%",
        *["0%"] * 5,
        "100%",
        *["0%"] * 4,
    ]


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="no tokens"):
        model_picture([], 6, " the", 5)
    with pytest.raises(ValueError, match="no shares"):
        head_grid([], 5)


def test_a_chart_over_the_depth_has_a_panel_for_each_score_and_a_line_for_each_model():
    blocks = [{"largest": 10.0, "sink": 0.1}, {"largest": 50_000.0, "sink": 0.5}]
    figure = depth_chart({"SmolLM2": blocks, "base": blocks[:1]}, 5)
    assert len(figure.axes) == 2
    for axes in figure.axes:
        assert [line.get_label() for line in axes.lines] == ["SmolLM2", "base"]
        assert [text.get_text() for text in axes.texts] == ["SmolLM2", "base"]
    assert figure.axes[0].lines[0].get_xdata().tolist() == [0.5, 1]
    plt.close(figure)
