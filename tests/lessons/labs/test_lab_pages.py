"""Each lab's page, its entry in the catalog and the index say the same, and its outputs hold."""

import re
from itertools import pairwise

import nbformat
import pytest
from nbclient import NotebookClient

from coursekit.commands import labs as command
from coursekit.config import Config
from coursekit.downloads import labs
from lessons.labs import catalog
from lessons.labs.gathering import missing
from lessons.labs.judging import judge
from solvedlabs import ROOT

CONFIG = Config.load(ROOT)
PAGES = {lab.name: lab for lab in labs.find(CONFIG)}
# Labs whose run takes too long for every change. That their solutions pass is tested in each run.
LONG = frozenset({"classifier", "cleaning", "pretraining", "search", "serving", "tokenizer"})
NAMES = [pytest.param(n, marks=pytest.mark.nightly) if n in LONG else n for n in PAGES]


def test_each_lab_has_a_page_and_each_page_a_lab():
    assert [*PAGES] == sorted(lab.name for lab in catalog.LABS)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_the_catalog_says(name):
    lab, meta = catalog.find(name), PAGES[name].meta
    assert (meta["title"], tuple(meta["minutes"])) == (lab.title, lab.minutes)
    assert (meta["difficulty"], tuple(meta["pages"])) == (lab.difficulty, lab.pages)
    assert meta["description"].endswith(".")


@pytest.mark.parametrize("name", PAGES)
def test_the_index_says_what_the_page_says(name):
    lab = catalog.find(name)
    index = (ROOT / "docs/lesson-5/index.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| \[{re.escape(lab.title)}\]\({name}\.py\) .*$", index, re.MULTILINE)
    assert f"| {lab.minutes[0]} to {lab.minutes[1]} |" in row
    assert f"| {('easy', 'medium', 'hard')[lab.difficulty - 1]} |" in row
    assert all(f"../lesson-4/{page}.md" in row for page in lab.pages)


@pytest.mark.parametrize("name", ["index.md", *(f"{name}.py" for name in PAGES)])
def test_where_minutes_stand_it_is_said_how_they_came_about(name):
    text = re.sub(r"\n#? ?", " ", (ROOT / "docs/lesson-5" / name).read_text("utf-8"))
    assert catalog.ESTIMATED in text
    assert "estimates" in text.partition(catalog.ESTIMATED)[0][-120:]


@pytest.mark.parametrize("name", PAGES)
def test_the_index_says_what_is_decided(name):
    index = (ROOT / "docs/lesson-5/index.md").read_text("utf-8")
    section = index.partition("## What you decide\n")[2].partition("\n## ")[0]
    assert f"\n- **{catalog.find(name).title}**: " in section
    assert section.count("\n- **") == len(catalog.LABS)


@pytest.mark.parametrize("name", PAGES)
def test_the_exercises_of_a_page_link_the_lab_that_builds_on_it(name):
    """Of the pages that a lab builds on, the first: who has done its exercises continues there."""
    lab = catalog.find(name)
    page = (ROOT / f"docs/lesson-4/{lab.pages[0]}.md").read_text("utf-8")
    exercises = page.partition("\n**Exercises**\n")[2].partition("\n## ")[0]
    assert f"[{lab.title}](../lesson-5/{name}.py)" in exercises, (
        f"put a link below the exercises of docs/lesson-4/{lab.pages[0]}.md"
    )


@pytest.mark.parametrize("page", ["index.md", "lesson-4/conclusion.md", "lesson-5/workshop.md"])
def test_home_the_conclusion_and_the_workshop_lead_to_the_labs(page):
    text = (ROOT / "docs" / page).read_text("utf-8")
    assert re.search(r"\]\((?:\.\./)?(?:lesson-5/)?(?:index\.md|tokenizer\.py)\)", text)


def test_the_plan_of_the_workshop_fills_two_hours_with_labs_that_are_there():
    text = (ROOT / "docs/lesson-5/workshop.md").read_text("utf-8")
    rows = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+) \| (\d+) \|", text, re.MULTILINE)]
    assert [rows[0][0], rows[-1][1]] == [0, 120]
    assert all(end == begin for (_, end), (begin, _) in pairwise(rows))
    linked = {(title, name) for title, name in re.findall(r"\[([^\]]*)\]\((\w+)\.py\)", text)}
    assert linked <= {(lab.title, lab.name) for lab in catalog.LABS}


@pytest.mark.parametrize("name", PAGES)
def test_each_part_has_two_hints_a_solution_and_a_check(name):
    page, lab = PAGES[name], catalog.find(name)
    assert page.parts == len(lab.parts)
    text = "\n".join(cell.text for cell in page.cells)
    for summary in ("Hint 1", "Hint 2", "A solution"):
        assert text.count(f"<summary>{summary}</summary>") == len(lab.parts)
    for part in lab.parts:
        assert f'check("{name}", {", ".join(part.functions)})' in text


@pytest.mark.parametrize("name", PAGES)
def test_the_starter_of_the_shell_has_all_that_its_functions_and_the_solutions_need(name):
    """A page may import something in a cell that is no starter: the shell gives out the starters."""
    assert missing(catalog.find(name).starter()) == set()
    assert missing(PAGES[name].solution) == set()


@pytest.mark.parametrize("name", PAGES)
def test_the_untouched_starter_is_told_kindly_what_to_do(name):
    lab = catalog.find(name)
    found = judge(lab, lab.starter())
    assert len(found) == len(lab.parts)
    for verdict in found:
        assert not verdict.passed
        assert verdict.text.startswith("still as the starter left it")


@pytest.mark.parametrize("name", NAMES)
def test_what_a_page_shows_is_what_its_cells_print(name):
    assert command.stale(PAGES[name], CONFIG) == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", PAGES)
def test_the_notebook_runs_with_the_solutions_and_passes_all_parts(name, tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / "labs.json"))
    page = PAGES[name]
    book = nbformat.reads(page.notebook(), 4)
    for cell, code in zip(
        (c for c in book.cells if c.cell_type == "code"), page.solved, strict=True
    ):
        cell.source = code
    NotebookClient(book, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    # What libraries say beside the output depends on what is installed.
    printed = [
        "".join(o.get("text", "") for o in c.get("outputs", []) if o.get("name") == "stdout")
        for c in book.cells
    ]
    assert [text for text in printed if text] == [text for text in page.outputs if text]
