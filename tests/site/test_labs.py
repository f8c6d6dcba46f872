"""Labs: pages that mkdocs-jupyter makes from scripts in the percent format."""

import re
import subprocess
import sys
from pathlib import Path

from coursekit.site import labs
from nested import environment
from samplepages import LAB

ROOT = Path(__file__).parents[2]
PAGE = "lesson-5/sample"


def test_a_lab_that_raises_at_once_is_not_run_when_tests_are_collected(course):
    lab = 'raise RuntimeError("ran")\n' + LAB
    (course / "docs/lesson-5/sample.py").write_text(lab, "utf-8")
    (course / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    (course / "tests").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider"],
        cwd=course, env=environment(), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "docs/lesson-4/sample.md" in done.stdout


def test_a_lab_that_raises_is_built(sample):
    assert "neither collecting tests nor building runs it" in sample.html(PAGE)


def test_a_lab_weighs_what_another_page_weighs(sample):
    assert len(sample.html(PAGE).encode()) < 40_000


def test_a_lab_carries_no_style_sheet_and_no_script_of_its_own(sample):
    lab, other = sample.html(PAGE), sample.html("contributing")
    assert "<style" not in lab
    assert lab.count("<script") == other.count("<script")
    assert not re.search(r'(?:src|href)="(?:https?:)?//', lab.partition("<footer")[0])


def test_a_lab_shows_its_text_its_table_and_its_code_as_other_pages_do(sample):
    lab = sample.html(PAGE)
    assert "<h1" in lab
    assert 'id="Your-task"' in lab or 'id="your-task"' in lab
    assert "<td>a</td>" in lab
    assert lab.count('<div class="language-python highlight"><pre><code>') == 2
    assert "clipboard-copy" not in lab


def test_a_lab_is_in_search_without_code_of_style_sheets(sample):
    index = (sample.root / "search/search_index.json").read_text("utf-8")
    assert "Your task" in index
    assert "jp-" not in index


def test_another_page_is_left_as_it_is():
    page = '<p style="x">text</p><script>1</script>'
    assert labs.lean(page) == page
