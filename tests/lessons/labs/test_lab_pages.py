"""Each lab's page, its entry in the catalog and the index say the same, and its outputs hold."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from coursekit.commands import labs as command
from coursekit.config import Config
from coursekit.downloads import labs
from lessons.labs import catalog
from solvedlabs import ROOT

CONFIG = Config.load(ROOT)
PAGES = {lab.name: lab for lab in labs.find(CONFIG)}
LONG = frozenset({"pretraining"})  # labs whose run takes too long for every change
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


@pytest.mark.parametrize("name", PAGES)
def test_each_part_has_two_hints_a_solution_and_a_check(name):
    page, lab = PAGES[name], catalog.find(name)
    text = "\n".join(cell.text for cell in page.cells)
    for summary in ("Hint 1", "Hint 2", "A solution"):
        assert text.count(f"<summary>{summary}</summary>") == len(lab.parts)
    for part in lab.parts:
        assert f'check("{name}", {", ".join(part.functions)})' in text


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
    printed = ["".join(o.get("text", "") for o in c.get("outputs", [])) for c in book.cells]
    assert [text for text in printed if text] == [text for text in page.outputs if text]
