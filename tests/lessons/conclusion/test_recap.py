"""The picture of the whole lesson: its numbers come from the records, its words from the outline."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from lessons.charts import WIDTH
from lessons.conclusion.recap import COLUMNS, STAGES, Stage, change, picture
from lessons.experiments import load_result

ROOT = Path(__file__).parents[3]
STAGE = Stage("A & B", "much < text", "few > ids", "sizes", "no.way.mean", "with.mean", "bytes", 1)
RECORD = {"name": "sizes", "summary": {"no": {"way": {"mean": 1234.56}}, "with": {"mean": 7}}}
SVG = "{http://www.w3.org/2000/svg}"


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
    assert change(replace(STAGE, unit=10, digits=0), RECORD) == "123 → 1"


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


def test_the_picture_shows_each_stage_with_its_numbers_in_order():
    root = ET.fromstring(picture("All < of it", [(STAGE, "1 → 2"), (STAGE, "3 → 4")]))
    words = [text.text for text in root.iter(f"{SVG}text")]
    one = ["A & B", "much < text → few > ids", "bytes"]
    assert words == [f"1. {one[0]}", "1 → 2", *one[1:], f"2. {one[0]}", "3 → 4", *one[1:]]
    assert len(list(root.iter(f"{SVG}path"))) == 1  # the arrow between the two


def test_everything_lies_inside_the_picture_and_nothing_on_top_of_each_other():
    rows = [(stage, "0.00 → 0.00") for stage in STAGES]
    root = ET.fromstring(picture("All", rows))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert width == WIDTH
    below = 0.0
    for box in root.iter(f"{SVG}rect"):
        top, tall = float(box.attrib["y"]), float(box.attrib["height"])
        assert below < top
        assert top + tall <= height
        below = top + tall
    heights = [float(text.attrib["y"]) for text in root.iter(f"{SVG}text")]
    assert heights == sorted(heights)
    assert heights[-1] < below


def test_each_line_of_the_picture_fits_its_width():
    root = ET.fromstring(picture("All", [(stage, "6.94 → 1.78") for stage in STAGES]))
    assert max(len(text.text or "") for text in root.iter(f"{SVG}text")) <= COLUMNS


def test_the_picture_obeys_the_sites_security_policy():
    svg = picture("All", [(STAGE, "1 → 2")])
    assert not re.search(r"style|script|\n\s*\n", svg)


def test_a_picture_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no rows: there is nothing to draw"):
        picture("All", [])
