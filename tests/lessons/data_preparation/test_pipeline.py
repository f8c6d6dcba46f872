"""The pipeline: every record comes out with what happened to it, in one process or several."""

from collections import Counter
from dataclasses import asdict

import pytest

from lessons.data_preparation.data_card import card, table
from lessons.data_preparation.duplicates import NearDuplicates
from lessons.data_preparation.pipeline import (
    Check,
    Edit,
    Outcome,
    Unseen,
    boilerplate_of,
    count,
    fill_language,
    forbidden,
    no_text,
    pipeline,
    run,
)
from lessons.data_preparation.scores import Found, has, score
from lessons.data_preparation.splits import Leaks
from lessons.world.dirt import FOOTERS, HEADERS
from lessons.world.dirty import Truth, collection, evaluation_items


def whole(records):
    found = [Outcome(asdict(record)) for record in records]
    leaks, near = Leaks(evaluation_items(), 5, 0.8), NearDuplicates(3, 14, 8)
    alone, together = pipeline(boilerplate_of(found), leaks, near)
    return alone, together, list(run(together, run(alone, found)))


@pytest.fixture(scope="module")
def cleaned():
    records, truths = collection(seed=6, count=1500)
    return records, truths, *whole(records)


def test_every_record_comes_out_in_its_place(cleaned):
    records, _, _, _, outcomes = cleaned
    assert [outcome.row["id"] for outcome in outcomes] == [record.id for record in records]


def test_a_record_that_is_dropped_goes_through_no_further_step():
    steps = {"stop": Check(lambda text: "bad" if text == "x" else None), "edit": Edit(str.upper)}
    outcomes = list(run(steps, [Outcome({"text": "x"}), Outcome({"text": "y"})]))
    assert outcomes == [
        Outcome({"text": "x"}, dropped=("stop", "bad")),
        Outcome({"text": "Y"}, changed=("edit",)),
    ]
    assert list(run({"edit": Edit(str.lower)}, outcomes)) == [
        Outcome({"text": "x"}, dropped=("stop", "bad")),
        Outcome({"text": "y"}, changed=("edit", "edit")),
    ]


def test_a_field_that_is_added_or_taken_away_is_no_change():
    outcomes = [Outcome({"text": "x"})]
    (added,) = run({"add": lambda row: {**row, "note": 1}}, outcomes)
    assert added == Outcome({"text": "x", "note": 1})
    (removed,) = run({"remove": lambda row: {"text": row["text"]}}, [added])
    assert removed == Outcome({"text": "x"})


@pytest.mark.parametrize("text", [None, "", " \n\t"])
def test_no_text_is_a_reason_to_drop(text):
    assert no_text(text) == "no text"
    assert no_text("x") is None


def test_no_license_allows_nothing():
    assert forbidden(None) == forbidden("All rights reserved") == "not allowed by its license"
    assert forbidden("MIT") is None


def test_a_language_is_filled_in_only_where_it_is_missing():
    assert fill_language({"language": None}) == {"language": "en"}
    assert fill_language({"language": "fr"}) == {"language": "fr"}


@pytest.mark.parametrize("records", [700, pytest.param(4000, marks=pytest.mark.nightly)])
def test_all_the_boilerplate_is_found_and_nothing_else(records):
    found = [Outcome(asdict(record)) for record in collection(6, records)[0]]
    assert boilerplate_of(found) == {*HEADERS, *FOOTERS}


def test_clean_records_are_kept_as_they_were(cleaned):
    _, truths, _, _, outcomes = cleaned
    clean = [(o, t) for o, t in zip(outcomes, truths, strict=True) if not t.dirt]
    kept = [(o, t) for o, t in clean if not o.dropped]
    assert len(kept) > 0.98 * len(clean) > 300
    assert all(o.row["text"] == t.clean and not o.changed for o, t in kept)


def test_dirt_is_removed_to_the_letter(cleaned):
    _, truths, _, _, outcomes = cleaned
    for kind in ("markup", "mojibake", "boilerplate"):
        texts = [
            (o.row["text"], t.clean) for o, t in zip(outcomes, truths, strict=True)
            if kind in t.dirt and "personal data" not in t.dirt and not o.dropped
        ]  # fmt: skip
        assert sum(text == clean for text, clean in texts) > 0.9 * len(texts) > 50, kind


def test_nothing_that_was_planted_stays(cleaned):
    _, truths, _, _, outcomes = cleaned
    for outcome, truth in zip(outcomes, truths, strict=True):
        if not outcome.dropped and "personal data" in truth.dirt:
            for one in truth.planted:
                assert one not in outcome.row["text"] or "|" in one or one in (*HEADERS, *FOOTERS)


def test_cleaning_twice_changes_nothing_more(cleaned):
    _, _, _, _, outcomes = cleaned
    rows = [outcome.row for outcome in outcomes if not outcome.dropped]
    leaks, near = Leaks(evaluation_items(), 5, 0.8), NearDuplicates(3, 14, 8)
    alone, together = pipeline(frozenset((*HEADERS, *FOOTERS)), leaks, near)
    again = list(run(together, run(alone, map(Outcome, rows))))
    assert again == [Outcome(row) for row in rows]


def test_a_copy_of_a_forbidden_text_is_dropped_though_its_license_allows_it():
    _, together, _ = whole(collection(6, 50)[0])
    text = "Once there was a fox in the forest, and it did not want to come out for an owl."
    rows = [
        {"id": "a", "text": text, "license": None, "language": "en"},
        {"id": "b", "text": text.upper(), "license": "MIT", "language": "en"},
        {"id": "c", "text": f"{text} So there.", "license": "MIT", "language": "en"},
    ]
    leaks, near = Leaks(["nothing of it"], 3), NearDuplicates(3, 14, 8)
    alone, together = pipeline(frozenset(), leaks, near)
    outcomes = list(run(together, run(alone, map(Outcome, rows))))
    assert [outcome.dropped for outcome in outcomes] == [
        ("license", "not allowed by its license"), ("copies", "exact copy"), ("copies", "near copy"),
    ]  # fmt: skip


def test_a_kept_row_has_the_fields_it_came_with(cleaned):
    records, _, _, _, outcomes = cleaned
    fields = set(asdict(records[0]))
    assert all(set(outcome.row) == fields for outcome in outcomes if not outcome.dropped)


def test_counts_add_up(cleaned):
    records, _, _, _, outcomes = cleaned
    counts = count(outcomes)
    assert counts["records"]["read"] == len(records)
    assert counts["records"]["kept"] + sum(counts["dropped"].values()) == len(records)
    assert counts["changed"]["markup"] > 50
    assert set(counts["changed"]) == {
        "mojibake", "markup", "boilerplate", "missing field", "personal data",
    }  # fmt: skip


def test_a_step_is_scored_on_what_reaches_it():
    truths = [Truth("1", ("markup",)), Truth("2", ("markup",)), Truth("3"), Truth("4", ("markup",))]
    outcomes = [
        Outcome({}, changed=("markup",)),
        Outcome({}),
        Outcome({}, dropped=("markup", "why")),
        Outcome({}, dropped=("earlier", "why")),
    ]
    assert score("markup", ["earlier", "markup"], outcomes, truths) == Found(2, 2, 1)
    assert score("earlier", ["earlier", "markup"], outcomes, truths) == Found(0, 1, 0)


@pytest.mark.parametrize(
    ("truth", "step"),
    [
        (Truth("1", ("near duplicate",)), "copies"),
        (Truth("1", ("exact duplicate",)), "copies"),
        (Truth("1", ("near duplicate",), how=("footer",)), "boilerplate"),
        (Truth("1", ("boilerplate",)), "boilerplate"),
        (Truth("1", ("license",)), "license"),
    ],
)
def test_a_step_is_for_its_dirt(truth, step):
    assert has(truth, step)
    assert not has(Truth("1", ("garbage",)), step)


def test_the_memory_of_copies_is_that_of_the_step():
    _, together, _ = whole(collection(6, 50)[0])
    assert isinstance(together["copies"], Unseen)
    assert len(together["copies"].first) > 30


COUNTS = {
    "records": Counter(read=5, kept=3),
    "dropped": Counter({"a: b": 2}),
    "changed": Counter(markup=1),
}


def test_a_card_says_what_a_person_and_what_the_pipeline_knows():
    text = card("Small", {"license": "mit", "Not for": "Everything."}, COUNTS)
    assert text.startswith("---\nlanguage: en\nlicense: mit\npretty_name: Small\n---\n\n# Small\n")
    assert "## Not for\n\nEverything.\n" in text
    assert "5 records were read, 3 are kept." in text
    assert "| a: b | 2 |" in text
    assert "## license" not in text


def test_a_card_refuses_records_that_vanished():
    counts = {**COUNTS, "dropped": Counter({"a: b": 1})}
    with pytest.raises(ValueError, match=r"5 records read, but 3 kept and {'a: b': 1}"):
        card("Small", {"license": "mit"}, counts)


def test_a_table_begins_with_the_largest():
    rows = table(("What", "n"), Counter(a=1, b=2000)).split("\n")
    assert rows == ["| What | n |", "| --- | ---: |", "| b | 2,000 |", "| a | 1 |"]
