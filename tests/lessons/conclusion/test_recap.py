"""The list of the whole lesson: its numbers come from the records, its words from the outline."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from lessons.conclusion.recap import STAGES, Stage, change
from lessons.experiments import load_result

ROOT = Path(__file__).parents[3]
STAGE = Stage(
    "A & B", "much < text", "few > ids", "sizes", "no.way.mean", "with.mean", "bytes", ",.1f"
)
RECORD = {"name": "sizes", "summary": {"no": {"way": {"mean": 1234.56}}, "with": {"mean": 7}}}


def test_the_stages_are_those_with_a_page_in_the_order_of_the_outline():
    outline = yaml.safe_load((ROOT / "docs/lesson-4/outline.yml").read_text("utf-8"))
    stages = [
        (section["title"], section["takes"], section["gives"])
        for section in outline["sections"]
        if "takes" in section and "page" in section
    ]
    assert [(stage.title, stage.takes, stage.gives) for stage in STAGES] == stages


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.title)
def test_each_stage_finds_both_numbers_in_its_record(stage):
    before, after = change(stage, load_result(stage.record)).split(" → ")
    assert before != after


def test_a_change_is_rounded_as_the_stage_says():
    assert change(STAGE, RECORD) == "1,234.6 → 7.0"
    assert change(replace(STAGE, unit=10, form=".0f"), RECORD) == "123 → 1"


def test_a_loss_is_shown_as_the_chance_that_has_it():
    record = {"name": "sizes", "summary": {"no": {"way": {"mean": 0.693}}, "with": {"mean": 0}}}
    assert change(replace(STAGE, loss=True, form=".0%"), record) == "50% → 100%"


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({**RECORD, "name": "other"}, "A & B is shown by 'sizes', not by 'other'"),
        ({"name": "sizes", "summary": {"no": {}}}, "no 'way' of 'no.way.mean'"),
        ({"name": "sizes", "summary": {"no": {"way": 3}}}, "there: nothing below"),
        (
            {"name": "sizes", "summary": {"no": {"way": {"mean": "3"}}}},
            "'no.way.mean' names str, not a number",
        ),
    ],
)
def test_a_record_without_the_number_is_refused(record, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        change(STAGE, record)
