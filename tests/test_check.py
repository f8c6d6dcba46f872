"""What a change can reach, on the course itself: changes are made in a copy of it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursekit import tree
from coursekit.commands.selection import Before, Selection, before, select
from coursekit.config import Config

# By day on a course of two pages: tests/coursekit/test_selection.py.
pytestmark = pytest.mark.nightly

ROOT = Path(__file__).parents[1]
LESSON = "docs/lesson-4"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Iterator[tuple[Config, Before]]:
    """A clone of the course with all that is there, and what its pages and tests can reach."""
    root = (tmp_path_factory.mktemp("check") / "course").resolve()
    for name in tree.files(ROOT):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for step in (["init", "-q"], ["add", "--force", "."], [*author, "commit", "-qm", "All"]):
        subprocess.run(["git", *step], cwd=root, check=True)
    config = Config.load(root)
    with before(config, "HEAD") as known:
        yield config, known


def changed(course: tuple[Config, Before], name: str, old: str, new: str) -> Selection:
    """What is selected after one change, which is taken back."""
    config, known = course
    file = config.root / name
    text = file.read_text("utf-8")
    assert old in text, f"{name} no longer holds {old!r}"
    file.write_text(text.replace(old, new, 1), "utf-8")
    try:
        return select(config, known)
    finally:
        file.write_text(text, "utf-8")


def pages(found: Selection) -> set[str]:
    return {path.stem for path in found.pages}


def selected(found: Selection) -> set[str]:
    return {path.stem for path in found.tests}


def test_without_a_change_nothing_is_selected(course):
    config, known = course
    assert select(config, known) == Selection([], [], typed=False)


def test_a_change_of_prose_reaches_no_block_and_no_test(course):
    found = changed(
        course, f"{LESSON}/tokenization.md", "# Tokenization", "Words.\n\n# Tokenization"
    )
    assert (found.pages, found.typed) == ([], False)
    assert found.tests == []


def test_a_change_of_a_block_reaches_its_page_alone(course):
    found = changed(course, f"{LESSON}/tokenization.md", "print(", "print(*[], ")
    assert "tokenization" in pages(found)
    assert pages(found) <= {
        "tokenization",
        "contributing",
        "recipes",
        "README",
        "teach",  # which takes a block of it
    }  # whose commands see all files


def test_a_promise_of_a_block_is_part_of_it(course):
    found = changed(course, f"{LESSON}/quantization.md", 'within="1"', 'within="1.1"')
    assert "quantization" in pages(found)
    assert "tokenization" not in pages(found)


def test_a_change_of_the_charts_reaches_every_page_that_draws_and_their_tests(course):
    found = changed(course, "src/lessons/charts.py", "FONT = 13", "FONT = 14")
    drawing = {
        "data-preparation", "evaluation", "fine-tuning", "language", "pretraining",
        "prompting", "quantization", "reward-modeling", "tokenization", "training",
    }  # fmt: skip
    assert drawing <= pages(found)
    assert {"glossary", "self-test"}.isdisjoint(pages(found))
    assert "test_charts" in selected(found)
    assert {"test_muon", "test_grammar", "test_outputs"}.isdisjoint(selected(found))
    assert found.typed


def test_a_change_of_the_charts_style_reaches_every_page_that_draws_with_it(course):
    found = changed(course, "src/lessons/course.mplstyle", "font.size: 13", "font.size: 14")
    assert {"prompting", "training", "language", "quantization"} <= pages(found)
    assert {"glossary", "conclusion", "scaling"}.isdisjoint(pages(found))
    assert "test_charts" in selected(found)


def test_a_change_of_the_lexicon_reaches_what_speaks_the_language(course):
    found = changed(course, "src/lessons/world/lexicon.py", '"hedgehog"', '"hog"')
    speaking = {"data-preparation", "evaluation", "fine-tuning", "pretraining", "prompting"}
    assert speaking <= pages(found)
    assert {"test_sentences", "test_stories", "test_prompts"} <= selected(found)
    assert {"test_muon", "test_charts", "test_outputs", "test_page"}.isdisjoint(selected(found))


def test_a_change_of_where_models_are_kept_reaches_what_loads_one(course):
    found = changed(course, "src/lessons/storage.py", "no model {name!r}", "no such model {name!r}")
    loading = {"evaluation", "fine-tuning", "pretraining", "prompting", "quantization"}
    assert loading <= pages(found)
    assert "language" not in pages(found)
    assert "test_storage" in selected(found)
    assert {"test_grammar", "test_charts"}.isdisjoint(selected(found))


def test_a_change_of_a_record_reaches_the_pages_that_load_it(course):
    found = changed(course, "src/lessons/results/quantization_bits.json", '"n": 21', '"n": 22')
    assert "quantization" in pages(found)
    assert {"tokenization", "prompting", "language"}.isdisjoint(pages(found))
    assert "test_records" in selected(found)


def test_a_change_of_the_outline_reaches_the_tests_that_read_it(course):
    found = changed(course, f"{LESSON}/outline.yml", "sections:", "sections: # all")
    assert "test_self_test" in selected(found)
    assert "test_recap" in selected(found)
    assert {"tokenization", "prompting"}.isdisjoint(pages(found))


def test_a_change_of_a_figure_reaches_the_page_that_draws_it(course):
    found = changed(course, f"{LESSON}/figures/three-cuts.svg", "<svg", "<svg ")
    assert "tokenization" in pages(found)
    assert {"prompting", "quantization"}.isdisjoint(pages(found))


def test_a_change_of_a_script_reaches_its_page_and_the_scripts_tests(course):
    found = changed(course, "snippets/perplexity.py", '"""', '""" ')
    assert "scripts" in pages(found)
    assert {"evaluation", "tokenization", "quantization"}.isdisjoint(pages(found))
    assert "test_snippets" in selected(found)
    assert "test_perplexity" not in selected(found)


def test_a_change_of_a_helper_of_tests_reaches_those_that_ask_for_it(course):
    found = changed(course, "tests/tinymodel.py", "16", "17")
    assert {"test_training", "test_fastest_step"} <= selected(found)
    assert "test_charts" not in selected(found)
    assert pages(found) <= {"contributing", "recipes", "README"}


def test_a_change_of_the_judge_reaches_its_tests(course):
    found = changed(
        course, "src/coursekit/page/comparison.py", "RELATIVE = 1e-3", "RELATIVE = 1e-2"
    )
    assert {"test_outputs", "test_plugin"} <= selected(found)
    assert {"test_charts", "test_muon"}.isdisjoint(selected(found))
    assert found.pages, "what compares outputs can change each page's verdict"


def test_a_file_of_tests_that_changed_or_came_is_run(course):
    config, known = course
    new = config.root / "tests/test_new.py"
    new.write_text("def test_it():\n    pass\n")
    try:
        assert selected(select(config, known)) == {"test_new"}
    finally:
        new.unlink()


def test_a_function_that_is_gone_reaches_those_that_called_it(course):
    found = changed(course, "src/lessons/models/muon.py", "def orthogonal(", "def renamed(")
    assert "test_muon" in selected(found)
