"""Labs: pages that mkdocs-jupyter makes from scripts in the percent format."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page

from coursekit.config import Config
from coursekit.downloads.labs import load
from coursekit.site import labs, whole
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


def test_a_lab_shows_its_facts_and_how_to_run_it(real):
    lab = real.html("lesson-5/tokenizer")
    assert "20 to 40 min" in lab
    assert 'after <a href="../../lesson-4/tokenization/">Tokenization</a>' in lab
    assert 'href="../tokenizer.ipynb" download' in lab
    assert "python -m lessons.labs check tokenizer my_tokenizer.py" in lab
    assert lab.count('<span class="filename">Your code</span>') == 4
    assert lab.count('class="language-output highlight"') == 8
    assert len(lab.encode()) < 60_000


def test_the_notebook_of_a_lab_is_there_and_whole(real):
    book = nbformat.read(real.root / "lesson-5/tokenizer.ipynb", 4)
    nbformat.validate(book)
    checks = [cell for cell in book.cells if re.search(r"^check\(", cell.source, re.MULTILINE)]
    assert len(checks) == 4
    assert not any(cell.outputs for cell in checks)
    assert any(cell.get("outputs") for cell in book.cells)
    assert not (real.root / "lesson-5/tokenizer.py").exists()
    assert not (real.root / "lesson-5/outputs").exists()


def test_a_lab_that_did_not_change_is_not_rendered_again(real):
    """To import what renders it would take a tenth of a build."""
    assert (real.course / ".cache/pages/lesson-5--tokenizer.json").is_file()


FACTS = """\
# ---
# title: T
# description: D.
# pages: [{page}]
# minutes: [1, 2]
# difficulty: 1
# ---
# %% [markdown]
# # T
#
# ## First
#
# [there]({link})
#
# ## Second

# %% tags=["starter"]
print(1)

# %% [markdown]
# <details><summary>A solution</summary>
#
# ```python
# print(2)
# ```
#
# </details>
"""


@pytest.fixture
def files(course):
    """The small course's settings and files, with its lab among them; nothing is built."""
    config = load_config(str(course / "mkdocs.yml"), site_dir=str(course / "site"))
    config.plugins._current_plugin = "tests"  # mkdocs asks whose files are generated
    return config, labs.add_files(get_files(config), config)


def prepared(course, files, **header):
    """The page of a lab with another header, ready to be rendered."""
    config, found = files
    file = course / "docs/lesson-5/sample.py"
    file.write_text(FACTS.format(**{"page": "sample", "link": "../index.md", **header}), "utf-8")
    page = Page(None, found.src_uris["lesson-5/sample.py"], config)
    return page, labs.prepare(page, config)


def test_a_lab_renders_its_text_its_facts_and_its_contents(course, files):
    before = course / "docs/lesson-4/sample.md"
    titled = before.read_text("utf-8").replace("title: Sample\n", "title: Pre-sample\n")
    before.write_text(titled, "utf-8")
    page, inputs = prepared(course, files, link="../lesson-4/sample.md#part")
    assert labs.is_lab(page.file)
    page.render(*files)
    assert inputs == ["", "Pre-sample", "", ""]
    assert "1 to 2 min" in page.content
    assert "<span>easy</span>" in page.content
    assert page.content.count('<div class="language-python highlight">') == 2
    assert page.content.count('<span class="filename">Your code</span>') == 1
    assert "jp-" not in page.content
    assert '<a href="../../lesson-4/sample/#part">there</a>' in page.content
    assert 'after <a href="../../lesson-4/sample/">Pre-sample</a>' in page.content
    assert [link.title for link in page.toc] == ["T"]
    assert [link.title for link in page.toc.items[0].children] == [
        "First",
        "Second",
        "Run this lab",
    ]
    ((target, anchors),) = page.links_to_anchors.items()
    assert (target.src_uri, [*anchors]) == ("lesson-4/sample.md", ["part"])
    assert page.meta == {"title": "T", "description": "D."}
    assert "run-this-page" in page.present_anchor_ids


AS_PARSED = """\
# %% [markdown]
# # A "title", it's said
#
# <p title="Say &quot;yes&quot;">Says "no" &amp; 'yes' &lt;</p>
#
# | a | b |
# | --- | ---: |
# | `"x"` | [there](../index.md 'A title') |
#
# ```python
# print('a "b"')
# ```

# %%
print('a "b" <c>')

"""


def test_a_lab_that_is_not_parsed_is_what_it_would_be(course, files, monkeypatch):
    file = course / "docs/lesson-5/sample.py"
    file.write_text(AS_PARSED, "utf-8")
    lab = load(file, Config.load(course))
    lab.recorded.parent.mkdir()
    lab.recorded.write_text(lab.record(["a \"b\" <c>\n\n'd'\n"]), "utf-8")
    config, found = files
    page = Page(None, found.src_uris["lesson-5/sample.py"], config)
    made = []
    for parser in (labs._Unparsed, BeautifulSoup):
        monkeypatch.setattr(labs, "_Unparsed", parser)
        labs.prepare(page, config)
        page.render(*files)
        made.append(whole.squeezed(page.content))
    quoted = made[1].replace("'Say \"yes\"'", '"Say &quot;yes&quot;"')  # both ways are HTML
    assert made[0] == quoted
    assert """<span class="go">a "b" &lt;c&gt;\n\n'd'""" in made[0]


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        ("https://github.com/some-one/the.course", "some-one/the.course"),
        ("https://github.com/some-one/course.git", "some-one/course"),
        ("https://github.com/some-one/course/", "some-one/course"),
        ("https://github.com/some-one", ""),
        ("https://example.org/some-one/course", ""),
        ("", ""),
    ],
)
def test_colab_is_offered_where_it_can_read_the_repository(course, files, address, opened):
    files[0].repo_url = address
    page, _ = prepared(course, files)
    page.render(*files)
    found = re.findall(r'<a class="facts__button" href="([^"]*)">Open in Colab</a>', page.content)
    colab = (
        f"https://colab.research.google.com/github/{opened}/blob/notebooks/lesson-5/sample.ipynb"
    )
    assert found == ([colab] if opened else [])
    assert ("colab" in page.content) is bool(opened)


@pytest.mark.parametrize(
    ("site", "repository", "header", "wanted"),
    [
        (
            "https://example.org/site/", "https://github.com/a/b", "",
            "[run] @ https://example.org/site/dist/llm_development_fundamentals-0.1.0-py3-none-any.whl",
        ),
        ("", "https://github.com/a/b/", "install: run,labs", "[run,labs] @ git+https://github.com/a/b"),
    ],
)  # fmt: skip
def test_the_first_cell_of_a_notebook_installs_what_is_missing(
    course, site, repository, header, wanted
):
    lab = course / "docs/lesson-5/sample.py"
    lab.write_text(LAB.replace("# ---", f"# ---\n# {header}" if header else "# ---", 1), "utf-8")
    config = load_config(
        str(course / "mkdocs.yml"), site_dir=str(course / "s"), site_url=site, repo_url=repository
    )
    config.plugins._current_plugin = "tests"
    found = labs.add_files(get_files(config), config)
    book = nbformat.reads(found.src_uris["lesson-5/sample.ipynb"].content_string, 4)
    nbformat.validate(book)
    first, setup = book.cells[:2]
    assert "the next cell installs" in first.source
    assert f'    %pip install --quiet "llm-development-fundamentals{wanted}"' in setup.source
    assert ("'openai'" in setup.source) is bool(header)
    python = setup.source.replace("%pip install --quiet ", "asked = ")
    space = {}
    exec(python.replace("'lessons'", "'no_module_of_this_name'"), space)
    assert space["asked"].endswith(wanted)
    space.clear()
    exec(python.replace("'openai'", "'lessons'"), space)
    assert "asked" not in space


def test_a_notebook_whose_package_has_no_address_says_where_it_is(files):
    book = nbformat.reads(files[1].src_uris["lesson-5/sample.ipynb"].content_string, 4)
    assert 'pip install "./llm_development_fundamentals-0.1.0-' in book.cells[0].source
    assert not any("%pip" in cell.source for cell in book.cells)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"link": "gone.md"}, r"no page lesson-5/gone\.md"),
        ({"page": "gone"}, r"no page lesson-4/gone\.md"),
    ],
)
def test_a_page_that_is_not_there_is_an_error(course, files, header, said):
    page, _ = prepared(course, files, **header)
    with pytest.raises(PluginError, match=said):
        page.render(*files)


def test_outputs_of_other_cells_are_an_error(course, files):
    outputs = course / "docs/lesson-5/outputs/sample.json"
    outputs.parent.mkdir()
    outputs.write_text('{"cells": [{"code": "", "text": ""}]}', "utf-8")
    with pytest.raises(PluginError, match="those of other cells"):
        prepared(course, files)


def test_a_lab_without_a_title_is_left_without_facts(course, files):
    page, _ = prepared(course, files)
    (course / "docs/lesson-5/sample.py").write_text("# %% [markdown]\n# ## Only this\n", "utf-8")
    labs.prepare(page, files[0])
    page.render(*files)
    assert "lesson-head" not in page.content


@pytest.mark.nightly
def test_an_anchor_that_is_nowhere_stops_the_build(course, build):
    text = FACTS.format(page="sample", link="../lesson-4/sample.md#nowhere")
    (course / "docs/lesson-5/sample.py").write_text(text, "utf-8")
    built = build(course)
    assert built.status
    assert "nowhere" in built.said


@pytest.mark.nightly
def test_on_a_phone_a_lab_stands_below_the_other_and_a_docstring_wraps(real_url, visit):
    seen = visit(real_url, viewport={"width": 390, "height": 844})
    page = seen.go("lesson-5/")
    table = page.locator(".labs table")
    assert table.evaluate("t => [t.scrollWidth - t.clientWidth, t.tBodies[0].rows.length]") == [
        0,
        9,
    ]
    minutes = table.locator("tbody tr").first.locator("td").nth(2)
    assert minutes.evaluate("e => getComputedStyle(e, '::after').content") == '" min"'
    page = seen.go("lesson-5/search/")
    beyond = """spans => spans.map(span => span.getBoundingClientRect().right
        - span.closest('code').getBoundingClientRect().right)"""
    found = page.locator("article .sd").evaluate_all(beyond)
    assert len(found) > 20
    assert max(found) <= 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390
