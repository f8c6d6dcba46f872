"""The hour: its stages are those of the outline, its blocks and what it quotes those of the pages."""

import csv
import re
from pathlib import Path

import pytest

from coursekit.config import Config
from coursekit.course import outline
from coursekit.downloads.export import notebook
from coursekit.kinds.output import OUTPUT
from coursekit.parser import load
from lessons.intervals import wilson

ROOT = Path(__file__).parents[1]
LESSON = ROOT / "docs/lesson-4"
CONFIG = Config.load(ROOT)
PAGE = load(LESSON / "teach.md", CONFIG)


def test_the_stages_of_the_hour_are_the_sections_of_the_lesson_in_order():
    stages = re.findall(r"^## ([^:\n]+):", PAGE.text, re.MULTILINE)
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
        assert "**Ask.**" in noted
        assert "**Expect.**" in noted
        assert "misconception" in noted
        assert "**Leave out.**" in noted


def printed(name: str) -> str:
    """All that the blocks of a page print, in one line."""
    page = load(LESSON / name, CONFIG)
    return " ".join(" ".join(block.body for block in page.of_kind(OUTPUT)).split())


@pytest.mark.parametrize(
    ("stage", "page", "begun"),
    [
        ("Pre-training", "pretraining.md", "Once there was"),
        ("Quantization", "quantization.md", "One cold"),
    ],
)
def test_what_a_model_wrote_is_what_the_page_of_its_stage_prints(stage, page, begun):
    section = PAGE.text.partition(f"\n## {stage}:")[2].partition("\n## ")[0]
    written = re.findall(r"^\| ([\d and]+) \| \*(.+)\* \|$", section, re.MULTILINE)
    assert len(written) == 4
    for settings, text in written:
        for setting in settings.split(" and "):
            assert re.search(
                rf"\b{setting} (?:steps|bits): {begun} ?{re.escape(text)}", printed(page)
            )


def test_two_numbers_that_no_block_prints_are_those_of_their_page():
    with (LESSON / "figures/data-cleaning-buys.csv").open(encoding="utf-8") as table:
        chances = dict(csv.reader(table))
    for name in ("as found", "cleaned"):
        assert f"{{{{ constant {float(chances[name]):.0%} |" in PAGE.text
    for end in wilson(85, 100):
        assert f"{{{{ constant {end:.0%} | wilson(85, 100) }}}}" in PAGE.text


def test_who_is_late_reads_the_names_of_stages_and_never_a_number():
    """The plan numbers those of the pipeline only."""
    late = PAGE.text.partition("**If you are late**")[2].partition("\n\n")[0]
    assert not re.search(r"stage \d", PAGE.text)
    named = {section.title for section in outline.read(LESSON / "outline.yml", CONFIG).sections}
    assert {title for title in named if title in late} == {
        "Data preparation", "Fine-tuning", "Quantization", "Evaluation",
    }  # fmt: skip


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
