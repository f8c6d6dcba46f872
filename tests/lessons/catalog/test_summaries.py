"""A summary: one rule for the names of its branches, and no number lost or hidden."""

import pytest

from lessons.catalog.summaries import SpreadBy, ValueBy, each, gather, key, only


def cell(values, **parameters):
    return {"parameters": parameters, "values": values}


@pytest.mark.parametrize(
    ("name", "value", "branch"),
    [
        ("start", "mlm", "mlm"),
        ("way", "dynamic, as it is", "dynamic, as it is"),
        ("labels", 64, "labels64"),
        ("rate", 0.002, "rate0_002"),
        ("rate", 5e-05, "rate5e-05"),
        ("temperature", 1.0, "temperature1"),
        ("tokens", 1234567, "tokens1234567"),
    ],
)
def test_a_branch_is_a_text_or_a_name_with_its_number(name, value, branch):
    assert key(name, value) == branch


def test_a_text_that_would_part_the_path_is_refused():
    with pytest.raises(ValueError, match=r"model 'v1\.5' has a dot, which parts a path"):
        key("model", "v1.5")


def test_cells_that_differ_only_in_the_seed_are_gathered_in_their_order():
    cells = [
        cell({"score": rate * 10 + seed}, rate=rate, way="full", seed=seed)
        for rate in (0.5, 1e-5)
        for seed in (2, 0)
    ]
    assert gather(cells, "way", "rate") == {
        "full": {"rate0_5": {"score": [7.0, 5.0]}, "rate1e-05": {"score": [2.0001, 0.0001]}}
    }
    assert gather(cells) == {"score": [7.0, 5.0, 2.0001, 0.0001]}


def test_a_dot_in_a_values_name_begins_a_branch_and_a_number_behind_it_a_place():
    cells = [
        cell({"kl.0": 0.0, "kl.5": seed, "token.ratio.low": 1.0}, seed=seed) for seed in (0, 1)
    ]
    assert gather(cells) == {
        "kl": {"at0": [0.0, 0.0], "at5": [0, 1]},
        "token": {"ratio": {"low": [1.0, 1.0]}},
    }


def test_seeds_become_a_spread():
    cells = [cell({"score": score}, rate=0.5, seed=seed) for seed, score in enumerate((1.0, 3.0))]
    scores = SpreadBy("rate")(cells)["rate0_5"]["score"]
    assert (scores["mean"], scores["low"], scores["high"]) == (2.0, 1.0, 3.0)


def test_single_cells_keep_their_values():
    cells = [cell({"x_y.value": 1.0, "x_y.low": 0.5}, model="base int8", n=5)]
    assert ValueBy("model")(cells) == {"base int8": {"x_y": {"value": 1.0, "low": 0.5}}}


def test_a_cell_that_another_would_hide_is_refused():
    cells = [cell({"score": 1.0}, model="base", seed=seed) for seed in (0, 1)]
    with pytest.raises(ValueError, match="2 cells have the same parameters"):
        ValueBy("model")(cells)
    with pytest.raises(ValueError, match="0 cells"):
        only([])


def test_describing_a_tree_leaves_what_was_gathered():
    tree = {"a": {"b": [1, 2]}, "c": [3]}
    assert each(len, tree) == {"a": {"b": 2}, "c": 1}
    assert tree == {"a": {"b": [1, 2]}, "c": [3]}
