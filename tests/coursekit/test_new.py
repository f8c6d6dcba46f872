"""What a new page needs is written and listed, or refused, or said."""

import os
from pathlib import Path

import pytest
import yaml

from coursekit import __main__ as commands
from coursekit.checks import form
from coursekit.commands.new import draft as drafts
from coursekit.config import Config
from samplepages import OUTLINE
from smallcourse import LAYERS, read, tree


def test_a_new_page_of_a_lesson_is_written_with_its_code_its_test_and_its_question(small, capsys):
    assert commands.main(["new", "page", "lesson-4/safety-first", "--title", "Safety first"]) == 0
    page = read(small, "docs/lesson-4/safety-first.md")
    assert page.startswith("---\ntitle: Safety first\n")
    assert '--8<-- "src/lessons/safety_first/first_steps.py:share_right"' in page
    assert "def share_right" in read(small, "src/lessons/safety_first/first_steps.py")
    assert (small / "src/lessons/safety_first/__init__.py").is_file()
    test = read(small, "tests/lessons/safety_first/test_first_steps.py")
    assert "from lessons.safety_first.first_steps import bar, share_right" in test
    question = read(small, "docs/lesson-4/self-test.md")
    assert question.index("[Sample](sample.md)") < question.index("## Safety first\n")
    assert question.index("[Safety first](safety-first.md) again.") < question.index("## Last")
    said = capsys.readouterr().out
    assert "docs/lesson-4/outline.yml: say what 'Safety first' is about" in said
    assert "then:\n  python -m coursekit costs docs/lesson-4/safety-first.md\n" in said


def test_a_new_page_of_a_lesson_is_listed_behind_the_last_stage(small):
    closing = "  - {title: End, about: what is left, page: end.md, hour: 0}\n"
    (small / "docs/lesson-4/outline.yml").write_text(OUTLINE + closing, "utf-8")
    assert commands.main(["new", "page", "lesson-4/safety"]) == 0
    nav = read(small, "mkdocs.yml")
    assert "      - lesson-4/sample.md\n      - lesson-4/safety.md\n" in nav
    sections = yaml.safe_load(read(small, "docs/lesson-4/outline.yml"))["sections"]
    assert [s["title"] for s in sections] == ["Introduction", "Sample", "Safety", "Later", "End"]
    assert sections[2] == {
        "title": "Safety", "about": "what it is about", "page": "safety.md", "hour": 0,
    }  # fmt: skip
    assert '    "safety",\n    "sample", # one page\n' in read(small, "pyproject.toml")
    assert [
        problem.message
        for problem in form.course_problems(Config.load(small))
        if "safety" in problem.message
    ] == []


def test_a_new_page_stands_behind_the_page_that_is_named(small):
    (small / "docs/lesson-4/outline.yml").write_text(
        "sections:\n  - title: Introduction\n    about: it\n    page: index.md\n    hour: 60",
        "utf-8",
    )
    assert commands.main(["new", "page", "docs/lesson-4/safety.md", "--after", "index"]) == 0
    assert read(small, "docs/lesson-4/outline.yml").endswith(
        "hour: 60\n  - title: Safety\n    about: what it is about\n    page: safety.md\n    hour: 0\n"
    )
    assert "- lesson-4/index.md\n      - lesson-4/safety.md\n" in read(small, "mkdocs.yml")


def test_what_cannot_be_placed_is_left_to_the_author_with_file_and_line(small, capsys):
    for name, text in {
        "mkdocs.yml": "nav:\n  - {Home: index.md}\n",
        "docs/lesson-4/self-test.md": "Nothing.\n",
        "docs/lesson-4/outline.yml": OUTLINE.replace("page: sample.md", '"page": "sample.md"'),
        "pyproject.toml": LAYERS.replace('"sample"', '"other"'),
    }.items():
        (small / name).write_text(text, "utf-8")
    before = tree(small)
    assert commands.main(["new", "page", "lesson-4/safety"]) == 0
    assert before.items() <= tree(small).items(), "what nobody understands stays as it is"
    said = capsys.readouterr().out
    assert (
        "  mkdocs.yml: add to nav:, where readers look for it, - Safety: lesson-4/safety.md" in said
    )
    assert "  docs/lesson-4/outline.yml: add to sections: - {title: Safety, about:" in said
    assert "  docs/lesson-4/self-test.md: add a question with objective: say what" in said
    assert '  pyproject.toml: add "safety" to layers, above' in said


def test_a_new_page_of_a_lesson_without_stages_stands_behind_its_last_page(small):
    (small / "docs/lesson-4/outline.yml").write_text(
        "sections:\n  - {title: A, about: a, page: index.md}\n  - {title: B, about: b, page: sample.md}\n"
    )
    assert commands.main(["new", "page", "lesson-4/safety"]) == 0
    assert (
        read(small, "docs/lesson-4/outline.yml").splitlines()[-1].startswith("  - {title: Safety,")
    )


def test_a_lesson_without_an_outline_needs_no_entry_in_one(small):
    for name in ("docs/lesson-4/outline.yml", "mkdocs.yml"):
        (small / name).unlink()
    (small / "mkdocs.yml").write_text("site_name: small\n")
    assert commands.main(["new", "page", "lesson-4/safety"]) == 0
    assert (small / "docs/lesson-4/safety.md").is_file()
    assert read(small, "mkdocs.yml") == "site_name: small\n"


def test_a_place_that_the_course_does_not_have_needs_nothing(small, capsys):
    (small / "docs/lesson-4/self-test.md").unlink()
    assert commands.main(["new", "page", "lesson-4/safety"]) == 0
    assert "add a question" not in capsys.readouterr().out


def test_a_list_of_another_course_is_left_alone(small):
    (small / "pyproject.toml").write_text("[project]\n", "utf-8")
    assert commands.main(["new", "page", "lesson-4/safety"]) == 0
    assert read(small, "pyproject.toml") == "[project]\n"


@pytest.mark.parametrize(
    ("name", "title", "entry"),
    [
        (
            "questions",
            "Questions",
            "  - Contributing: contributing.md\n  - Questions: questions.md\n",
        ),
        ("notes/more", "More", ""),
        ("yes", "Yes", "  - Contributing: contributing.md\n  - 'Yes': yes.md\n"),
    ],
)
def test_a_page_of_no_lesson_needs_itself_and_its_place_in_the_navigation(
    small, name, title, entry, capsys
):
    (small / "docs/notes").mkdir()
    before = tree(small)
    assert commands.main(["new", "page", name, "--title", title]) == 0
    assert entry in read(small, "mkdocs.yml")
    assert f"# {title}\n" in read(small, f"docs/{name}.md")
    new = {Path(path).relative_to(small).as_posix() for path in tree(small).keys() - before.keys()}
    assert new == {f"docs/{name}.md"}
    assert ("by hand:" in capsys.readouterr().out) == (not entry)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["page", "lesson-4/sample"], "docs/lesson-4/sample.md has the title 'Sample' already"),
        (["page", "index", "--title", "A"], "docs/index.md is there already"),
        (["page", "lesson-4/sample", "--title", "A"], "src/lessons/sample is there already"),
        (["page", "Lesson"], "'Lesson' is no name of a page: write its path below docs"),
        (["page", "../lesson"], "is no name of a page"),
        (["page", "lesson-4/4-bits"], "with a letter first"),
        (["page", "lesson-9/safety"], "no folder docs/lesson-9; there are: lesson-4"),
        (["page", "lesson-4/con"], "Windows keeps the name 'con' for a device"),
        (["page", "lesson-4/class"], "'class' is a word of Python"),
        (["page", "lesson-4/safety", "--title", "a: b"], "'a: b' is no title: write one line"),
        (["page", "lesson-4/safety", "--after", "no"], "has no such page: index.md, sample.md"),
        (["page", "lesson-4/registry"], "src/lessons/registry.py is there already"),
        (["experiment", "sample"], "'sample' is no name of an experiment: write the folder"),
        (["experiment", "Sample_x"], "folders: sample"),
        (["experiment", "other_x"], "folders: sample"),
        (["experiment", "sample_old"], "src/lessons/sample/experiments.py has an experiment"),
        (["experiment", "sample_con"], "Windows keeps the name 'con'"),
        (["script", "Short"], "'Short' is no name of a script: write what it does"),
        (["script", "short"], "snippets/short.py is there already"),
        (["script", "nul"], "Windows keeps the name 'nul'"),
        (["script", "embed", "--like", "no"], "--like no: there is no such script; scripts: long,"),
    ],
)
def test_a_name_that_is_taken_or_malformed_is_refused_and_nothing_is_written(
    small, arguments, message, capsys
):
    before = tree(small)
    assert commands.main(["new", *arguments]) == 1
    said = capsys.readouterr()
    assert "error: nothing was written:" in said.err
    assert message in said.err
    assert (said.out, tree(small)) == ("", before)


def test_all_that_is_refused_is_said_at_once(small, capsys):
    assert commands.main(["new", "page", "lesson-9/con", "--title", "?"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 4


def test_a_settings_file_that_is_no_yaml_is_named(small, capsys):
    (small / "mkdocs.yml").write_text("nav: [\n", "utf-8")
    assert commands.main(["new", "page", "lesson-4/safety"]) == 1
    assert "nothing was written: mkdocs.yml is no YAML" in capsys.readouterr().err
    assert not (small / "docs/lesson-4/safety.md").exists()


def test_a_file_keeps_its_line_ends(small):
    outline = small / "docs/lesson-4/outline.yml"
    outline.write_bytes(OUTLINE.replace("\n", "\r\n").encode())
    assert commands.main(["new", "page", "lesson-4/safety"]) == 0
    data = outline.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") == len(OUTLINE.splitlines()) + 1


def test_what_was_written_before_a_failure_is_taken_back(small, monkeypatch, capsys):
    write = drafts.write_atomically
    written: list[Path] = []

    def fail(path: Path, text: str) -> None:
        if path.name == "pyproject.toml":
            raise OSError("no space left")
        written.append(path)
        write(path, text)

    monkeypatch.setattr(drafts, "write_atomically", fail)
    before = tree(small)
    assert commands.main(["new", "page", "lesson-4/safety"]) == 1
    assert "no space left" in capsys.readouterr().err
    assert small / "mkdocs.yml" in written, "the failure has to come in the middle"
    assert tree(small) == before


@pytest.mark.skipif(os.name == "nt", reason="a path with backslashes is the usual one there")
def test_a_path_with_backslashes_is_taken_as_one(small):
    assert commands.main(["new", "page", r"docs\lesson-4\safety.md"]) == 0
    assert (small / "docs/lesson-4/safety.md").is_file()
