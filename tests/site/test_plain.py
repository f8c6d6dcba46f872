"""Programs can read the course as plain text."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_page_has_its_markdown_with_code_outputs_and_numbers_in_place(sample):
    text = (sample.root / "lesson-4/sample.md").read_text("utf-8")
    assert "the count is 2." in text
    assert "return Counter(text.split())" in text
    assert '```python\nprint("the:", count("the cat & the <mat>")["the"])\n```' in text
    assert "```output\nthe: 2\n```" in text
    assert "Read 75 minutes." in text
    assert "--8<--" not in text
    assert text.startswith("# Sample")


def test_what_the_site_generates_is_there_in_words(sample):
    assert "TypeError: object of type" in (sample.root / "if-it-breaks.md").read_text("utf-8")
    lesson = (sample.root / "lesson-4/index.md").read_text("utf-8")
    assert " takes " in lesson
    assert "Together | 75 min |" in lesson
    assert "<" not in lesson


def test_a_lab_is_there_with_its_cells_and_links_to_pages(sample, real):
    assert "- [lesson-5/sample.md](/lesson-5/sample.md): " in (sample.root / "llms.txt").read_text(
        "utf-8"
    )
    assert "Count the **words**." in (sample.root / "lesson-5/sample.md").read_text("utf-8")
    assert "](/lesson-5/tokenizer.md): Train byte-pair" in (real.root / "llms.txt").read_text(
        "utf-8"
    )
    text = (real.root / "lesson-5/tokenizer.md").read_text("utf-8")
    assert "[Tokenization](/lesson-4/tokenization/)" in text
    assert '\ncheck("tokenizer", split)\n```\n\n```output\nPart 1 of 4' in text
    page = (real.root / "lesson-4/tokenization.md").read_text("utf-8")
    assert "[A tokenizer for your own text](/lesson-5/tokenizer/)" in page


def test_llms_txt_lists_each_page_of_the_navigation_below_its_part(sample, published):
    text = (sample.root / "llms.txt").read_text("utf-8")
    assert text.startswith("# LLM Development Fundamentals\n\n> A course on LLM development")
    assert "\n## The course\n\n- [Home](/index.md): " in text
    assert "\n## Lesson 4\n\n- [Introduction](/lesson-4/index.md): The sample lesson.\n" in text
    for address in re.findall(r"\]\(/([^)]*)\)", text):
        assert (sample.root / address).is_file()
    known = (published.root / "llms.txt").read_text("utf-8")
    assert "(https://example.org/site/lesson-4/sample.md)" in known


def test_the_course_has_no_placeholder_and_no_embedding_left_in_its_plain_text(real):
    listed = re.findall(r"\]\(/([^)]*)\)", (real.root / "llms.txt").read_text("utf-8"))
    assert len(listed) > 18
    for name in listed:
        text = (real.root / name).read_text("utf-8")
        assert not re.search(r"\{\{ (?:outline|errors)\.", text), name


def test_the_page_on_accessibility_names_tests_that_exist():
    named = re.findall(r"`(test_\w+)`", (ROOT / "docs/accessibility.md").read_text("utf-8"))
    tests = "".join(file.read_text("utf-8") for file in (ROOT / "tests/site").glob("test_*.py"))
    assert len(named) > 12
    for name in named:
        assert f"def {name}(" in tests
