"""The picture of six orders: a row for each, in the order that was given."""

import pytest
from matplotlib import pyplot as plt

from lessons.prompting.pictures import ORDERS, order_rows, order_table, orders_chart

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


def test_rows_and_table_have_each_order_between_none_and_the_course():
    def set_of(share):
        return {order: {"positive": share, "zero": share, "middle": 0.8} for order in ORDERS}

    rows = order_rows(
        {"seed0": set_of(0.2), "seed1": set_of(0.6), "all": {}},
        {"positive": 0.5, "zero": {"value": 0.7}, "middle": {"value": 0.9}},
        {"examples0": {"worst": {"right": 0.5}, "best": {"right": 0.9}}, "all": {}},
    )
    assert [*rows] == [
        "no examples",
        "− − + +",
        "+ − − +",
        "− + − +",
        "+ − + −",
        "− + + −",
        "+ + − −",
        "base",
    ]
    assert rows["+ + − −"]["zero"] == pytest.approx({"value": 0.4, "low": 0.2, "high": 0.6})
    assert rows["base"] == {"zero": pytest.approx({"value": 0.7, "low": 0.5, "high": 0.9})}
    table = order_table(rows)
    assert table[1] == ["no examples", "50% [50%, 50%]", "70% [70%, 70%]", "90% [90%, 90%]"]
    assert table[-1] == ["base", "", "70% [50%, 90%]", ""]
