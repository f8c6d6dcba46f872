"""The picture of six orders: a row for each, in the order that was given."""

import pytest
from matplotlib import pyplot as plt

from lessons.prompting.pictures import orders_chart

POINT = {"value": 0.5, "low": 0.2, "high": 0.9}
ROWS = {
    "no examples": {"positive": POINT, "zero": POINT, "middle": POINT},
    "+ + − −": {"positive": POINT, "zero": POINT, "middle": POINT},
    "base": {"zero": POINT},
}


@pytest.mark.parametrize("width", [5, 10])
def test_each_row_has_its_name_and_a_score_may_lack_a_row(width):
    figure = orders_chart(ROWS, width)
    said, right = figure.axes
    assert [label.get_text() for label in said.get_yticklabels()] == list(ROWS)
    assert [text.get_text() for text in right.texts] == ["● likelier word", "■ better half"]
    drawn = [[len(bars.lines[0].get_xdata()) for bars in axes.containers] for axes in (said, right)]
    assert drawn == [[2], [3, 2]]
    top, bottom = said.get_ylim()[1], said.get_ylim()[0]
    assert top < 0 < 2 < bottom
    plt.close(figure)
