"""Copies in a text are counted, met and kept out of a test, on topics small enough to count by hand."""

from math import log2

import pytest

from lessons.data_preparation import experiments, real_copies
from lessons.data_preparation.real_copies import Letters, Paragraph

LONG = "The first paragraph has more than eight words, so that it counts as an item of its own."
NEAR = LONG.replace("first", "second")
OTHER = "Nothing in these eight or nine words stands anywhere else at all."
TOPICS = {
    "one": f"See also:\n\n{LONG}\n\n{OTHER}\n",
    "two": f"See also:\n\n\n   {LONG.upper()}\n\n{NEAR} And more of the same words follow here.",
    "three": f"{LONG}\n\n{OTHER}",
}


def test_topics_are_cut_at_blank_lines_and_short_paragraphs_are_no_items():
    every = real_copies.paragraphs(TOPICS)
    assert [one.topic for one in every] == ["one"] * 3 + ["two"] * 3 + ["three"] * 2
    assert every[4] == Paragraph("two", f"   {LONG.upper()}")
    assert {one.text for one in every} - {one.text for one in real_copies.long_enough(every)} == {
        "See also:"
    }
    assert len(real_copies.distinct(real_copies.long_enough(every))) == 3


def test_a_topic_lies_inside_another_that_holds_its_paragraphs():
    assert real_copies.inside(real_copies.paragraphs(TOPICS)) == {"one": "three", "three": "one"}
    assert real_copies.inside([Paragraph("alone", "text")]) == {}


def test_copies_are_counted():
    assert real_copies.copies_values(TOPICS) == {
        "topics": 3, "inside": 2,
        "all_paragraphs": 8, "all_surplus": 3, "all_with_copy": 6,
        "long_paragraphs": 6, "long_surplus": 2, "long_with_copy": 4,
    }  # fmt: skip


def test_only_pairs_that_share_something_are_compared_and_equal_ones_always_meet():
    items = [{"a", "b"}, {"b", "c"}, {"d"}, {"d"}]
    assert real_copies.similarities(items) == {(0, 1): 1 / 3, (2, 3): 1.0}
    assert (2, 3) in real_copies.met(items, seed=0)
    assert (0, 2) not in real_copies.met(items, seed=0)


def test_the_search_is_compared_with_the_truth():
    found = real_copies.minhash_values(TOPICS, seed=1)
    assert found["paragraphs"] == 3
    assert found["similar"] == 0
    assert found["pairs.4"] + found["pairs.5"] == 1
    assert sum(found[f"met.{tenth}"] for tenth in range(1, 10)) == found["met"]
    assert (found["topics_inside"], found["topics_met"]) == (2, 2)


def test_what_hangs_together_is_one_group():
    items = [{str(number)} for number in range(5)]
    assert real_copies.groups(items, [(3, 1), (1, 2)]) == [0, 1, 1, 1, 4]


def test_the_chances_of_all_characters_add_up_to_one_and_what_was_read_is_likelier():
    model = Letters(["abcabc", "abx"], alphabet=5)
    for context in ("", "a", "ab", "zzab", "q", "abcab"):
        assert sum(model.chance(context, letter) for letter in "abcxq") == pytest.approx(1), context
    assert model.chance("ab", "c") > model.chance("ab", "x") > model.chance("ab", "a")
    assert model.bits("abc") < model.bits("cba")
    assert Letters([], alphabet=4).bits("ab") == 2 * log2(4)
    assert model.chance("", "a") == pytest.approx((3 + 4 / 5) / (9 + 4))


def test_a_test_is_drawn_by_what_may_not_be_parted():
    found = [Paragraph(str(number // 10), str(number)) for number in range(100)]
    group = [number % 50 for number in range(100)]
    for split in experiments.SPLITS:
        test = real_copies.test_side(split, found, group, seed=0)
        assert len(test) == 10
        assert test != real_copies.test_side(split, found, group, seed=1)
    assert len({number // 10 for number in real_copies.test_side("topics", found, group, 0)}) == 1
    assert {group[n] for n in test} == {n for n in test if n < 50}, "both of each pair, or none"
    with pytest.raises(
        ValueError, match="no split by 'hand': take one of paragraphs, topics, groups"
    ):
        real_copies.test_side("hand", found, group, seed=0)


@pytest.fixture
def small(monkeypatch):
    """Sixty paragraphs in twelve topics; each but the last ten has a copy in another topic."""

    def text(number: int) -> str:
        return " ".join(f"word{number * 8 + place}" for place in range(9))

    topics = {
        f"t{topic}": "\n\n".join(text((topic * 5 + place) % 35) for place in range(5))
        for topic in range(12)
    }
    monkeypatch.setattr(real_copies.texts, "topics", lambda: topics)
    return topics


def test_a_split_by_paragraphs_leaks_and_one_by_groups_does_not(small):
    leaky = real_copies.leak_values(small, "paragraphs", seed=0)
    assert leaky["test"] == 6
    assert 0 < leaky["near"] == leaky["exact"]
    assert leaky["leaked.found"] < leaky["leaked.removed"]
    tight = real_copies.leak_values(small, "groups", seed=0)
    assert (tight["near"], tight["exact"], tight["removed"]) == (0, 0, 0)
    bits = [tight[name] for name in ("all.found", "all.removed", "clean.found")]
    assert bits == pytest.approx([bits[0]] * 3)
    assert "leaked.found" not in tight


def test_cells_of_each_kind_are_summed_up(small, monkeypatch):
    (experiment,) = (e for e in experiments.EXPERIMENTS if e.name.endswith("real_copies"))
    cells = [{"parameters": cell, "values": experiment.run(cell)} for cell in experiment.cells]
    for cell in cells:
        if (
            cell["parameters"]["what"] == "minhash"
        ):  # distinct paragraphs here have nothing in common
            cell["values"] |= {"similar": 4, "met": 5, "right": 3}
    summary = experiment.summarise(cells)
    assert summary["copies"]["all_share"] == 25 / 60
    assert summary["minhash"]["recall"]["value"] == 3 / 4
    assert summary["minhash"]["precision"]["value"] == 3 / 5
    assert summary["leak"]["paragraphs"]["flatters"]["leaked"]["low"] > 0
    assert summary["leak"]["groups"]["share"]["near"]["mean"] == 0
    assert "leaked" not in summary["leak"]["groups"]["flatters"]
    with pytest.raises(ValueError, match="nothing to measure by the name 'all'"):
        real_copies.real_copies_cell("all")
