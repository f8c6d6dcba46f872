"""The hour: its stages are those of the outline, its blocks those of the pages, and few."""

import re
from pathlib import Path

from coursekit.config import Config
from coursekit.course import outline
from coursekit.downloads.export import notebook
from coursekit.parser import load

ROOT = Path(__file__).parents[1]
LESSON = ROOT / "docs/lesson-4"
CONFIG = Config.load(ROOT)
PAGE = load(LESSON / "teach.md", CONFIG)


def test_the_stages_of_the_hour_are_the_sections_of_the_lesson_in_order():
    stages = re.findall(r"^## \d+\. ([^:\n]+):", PAGE.text, re.MULTILINE)
    read = outline.read(LESSON / "outline.yml", CONFIG)
    assert stages == [section.title for section in read.sections]


def test_the_hour_has_at_most_twelve_blocks_and_writes_none_itself():
    assert 6 <= len(PAGE.code) <= 12
    assert all(block.embedded for block in PAGE.code)


def test_each_stage_has_a_question_and_for_the_teacher_what_to_say_and_to_expect():
    stages = re.split(r"^## ", PAGE.text, flags=re.MULTILINE)[1:-1]
    assert len(stages) == 10
    for stage in stages[:-1]:
        asked, _, noted = stage.partition('<div class="notes" markdown>')
        assert "?" in asked, stage[:40]
        assert "**Say.**" in noted
        assert "**Expect.**" in noted
        assert "misconception" in noted
        assert "**Leave out.**" in noted


def test_each_exercise_has_a_solution_and_the_class_does_not_see_it():
    exercises, _, solutions = PAGE.text.partition("## Exercises")[2].partition("<div")
    numbers = [re.findall(r"^\d\. ", text, re.MULTILINE) for text in (exercises, solutions)]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) == 9
    book = notebook(PAGE, CONFIG)
    assert "How many bits is each" in book
    assert "is a choice among" not in book
    assert "**Expect.**" not in book
    assert "Le chien voit un chat." not in book  # what a block prints, the class finds out
