"""The checks of the built site find each fault that is planted in it."""

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from coursekit.built import checks
from coursekit.kinds.python import PYTHON
from coursekit.kinds.script import SCRIPT
from coursekit.parser import load
from coursekit.site import csp

PAGE = "lesson-4/sample/index.html"


@pytest.fixture
def copy(sample, tmp_path):
    """The small course's site, to plant a fault in."""
    root = tmp_path / "site"
    shutil.copytree(sample.root, root)
    return replace(sample, root=root)


def change(copy, old: str, new: str, page: str = PAGE, count: int = 1) -> None:
    file: Path = copy.root / page
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, count), "utf-8")


def messages(problems) -> str:
    return "\n".join(map(str, problems))


def test_the_untouched_site_has_no_problems(copy):
    assert messages(checks.all_problems(copy.site, copy.config)) == ""


def test_a_dropped_block_is_caught_with_its_line(copy):
    change(copy, '<div class="language-python highlight">', '<div class="highlight">')
    found = messages(checks.equality_problems(copy.site, copy.config))
    assert found.startswith("docs/lesson-4/sample.md:22: 8 code blocks on the page, 7 in")


def test_a_dropped_last_block_is_caught_with_its_line_and_one_too_many_on_the_first(copy):
    file = copy.root / PAGE
    whole = file.read_text("utf-8")
    head, _, tail = whole.rpartition('<div class="language-python')
    file.write_text(f'{head}<div class="plain{tail}', "utf-8")
    page = load(copy.course / "docs/lesson-4/sample.md", copy.config)
    last = page.of_kind(PYTHON, SCRIPT)[-1]
    found = messages(checks.equality_problems(copy.site, copy.config))
    assert found.startswith(f"docs/lesson-4/sample.md:{last.line}: 8 code blocks on the page, 7 in")
    listing = '<div class="language-python highlight"><pre><code>1\n</code></pre></div>'
    file.write_text(whole.replace("</article>", f"{listing}</article>"), "utf-8")
    found = messages(checks.equality_problems(copy.site, copy.config))
    assert found.startswith("docs/lesson-4/sample.md:1: 8 code blocks on the page, 9 in")


def test_a_dropped_output_is_caught(copy):
    change(copy, "language-output", "language-text")
    found = messages(checks.equality_problems(copy.site, copy.config))
    assert "outputs on the page" in found


def test_changed_code_is_caught(copy):
    change(copy, "the cat", "the dog")
    assert "code block differs" in messages(checks.equality_problems(copy.site, copy.config))


def test_another_language_is_caught(copy):
    change(copy, "language-python", "language-pycon")
    found = messages(checks.equality_problems(copy.site, copy.config))
    assert "python on the page is pycon in the built HTML" in found


def test_a_page_that_is_not_built_is_caught(copy):
    (copy.root / PAGE).unlink()
    found = messages(checks.equality_problems(copy.site, copy.config))
    assert "docs/lesson-4/sample.md:1: this page is missing" in found


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<img src="//cdn.example/x.png">',
        '<link rel="stylesheet" href="https://cdn.example/x.css">',
        '<link rel="preconnect" href="https://cdn.example">',
        '<img srcset="a.png 1x, https://cdn.example/b.png 2x">',
    ],
)
def test_a_request_to_another_server_is_caught(copy, tag):
    change(copy, "</body>", tag + "</body>")
    assert "from another server" in messages(checks.third_party_problems(copy.site))


def test_a_style_sheet_that_loads_from_another_server_is_caught(copy):
    sheet = copy.root / "assets/css/course.css"
    sheet.write_text('@import "https://cdn.example/x.css"; a { background: url(data:x) }')
    assert "https://cdn.example/x.css" in messages(checks.third_party_problems(copy.site))


def test_an_ordinary_link_to_another_site_is_no_request(copy):
    change(copy, "</body>", '<a href="https://example.org/">there</a></body>')
    assert checks.third_party_problems(copy.site) == []
    assert checks.link_problems(copy.site) == []


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ('<a href="../nowhere/">x</a>', "no such file in the site"),
        ('<a href="/nowhere.html">x</a>', "no such file in the site"),
        ('<img src="gone.svg" alt="">', "no such file in the site"),
        ('<a href="#nowhere">x</a>', "no element with the id 'nowhere'"),
        ('<a href="../#nowhere">x</a>', "no element with the id 'nowhere'"),
        ('<p id="pitfalls"></p>', "2 elements have the id 'pitfalls'"),
    ],
)
def test_a_broken_link_in_raw_html_is_caught(copy, link, message):
    change(copy, "</article>", link + "</article>")
    assert message in messages(checks.link_problems(copy.site))


def test_a_page_without_the_policy_is_caught(copy):
    change(copy, "Content-Security-Policy", "X-Policy")
    assert "no content security policy" in messages(checks.policy_problems(copy.site))


NOT_ITS_OWN = "its policy is not the one that it needs"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("object-src 'none'", "object-src 'self'"),
        ("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"),
        ("; style-src", " 'sha256-AAAA'; style-src"),
        ("<script>", "<script>//"),
    ],
    ids=["wider", "for a model that is not there", "for a script that is not there", "too narrow"],
)
def test_a_policy_that_a_page_does_not_need_is_caught(copy, old, new):
    assert checks.policy_problems(copy.site) == []
    change(copy, old, new)
    assert NOT_ITS_OWN in messages(checks.policy_problems(copy.site))


def test_a_page_allows_its_own_scripts_and_with_a_model_what_compiles_it(tmp_path):
    pages = {"plain": "<p>", "model": '<p data-model="base">', "script": "<script>1</script>"}
    for name, element in pages.items():
        (tmp_path / f"{name}.html").write_text(f'<meta charset="utf-8">{element}', "utf-8")
    csp.protect(tmp_path)
    texts = {name: (tmp_path / f"{name}.html").read_text() for name in pages}
    assert [name for name, text in texts.items() if csp.COMPILED in text] == ["model"]
    assert [name for name, text in texts.items() if "sha256-" in text] == ["script"]
    before = dict(texts)
    csp.protect(tmp_path)  # again, as where a page is built anew
    assert {name: (tmp_path / f"{name}.html").read_text() for name in pages} == before


def test_an_inline_style_is_caught(copy):
    change(copy, "<h1 ", '<h1 style="color:red" ')
    assert "an inline style" in messages(checks.policy_problems(copy.site))


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("<p>It is <b>bold.</p>", "<b> is never closed; add </b>"),
        ("<p>It is <code>code.</p>", "<code> is never closed; add </code>"),
        ('<img src="a.svg">', 'an image without alt="what it shows"'),
        ("<table><tr><th> </th></tr></table>", "<th> without a word"),
        ('<a href="x/"><b></b></a>', "<a> without a word"),
        ("<button><svg></svg></button>", "<button> without a word"),
        ("<h6>Deep</h6>", "a heading of level 6 under one of level"),
    ],
)
def test_html_that_is_not_whole_is_caught(copy, html, message):
    change(copy, "</article>", html + "</article>")
    (found,) = checks.form_problems(copy.site)
    assert str(found).startswith(PAGE)
    assert message in str(found)


def test_what_has_words_in_another_way_is_well(copy):
    named = (
        '<button aria-label="x"></button>',
        '<a href="x/"><img src="a.svg" alt="x"></a>',
        "<a></a>",
    )
    change(copy, "</article>", "".join(named) + "</article>")
    assert checks.form_problems(copy.site) == []


def test_a_heavy_page_is_caught(copy):
    noise = (
        random.Random(0).randbytes(checks.PAGE_LIMIT).hex()
    )  # hex compresses to half, no further
    change(copy, "</body>", noise + "</body>")
    assert "the limit is" in messages(checks.weight_problems(copy.site))


def test_a_heavy_search_index_is_caught(copy, monkeypatch):
    monkeypatch.setattr(checks, "INDEX_LIMIT", 100)
    assert "the search index has" in messages(checks.weight_problems(copy.site))


def test_the_check_prints_what_is_wrong_and_fails_for_it(copy, monkeypatch, capsys):
    monkeypatch.chdir(copy.course)
    assert checks.main([str(copy.root)]) == 0
    assert capsys.readouterr().out == ""
    change(copy, "the cat", "the dog")
    assert checks.main([str(copy.root)]) == 1
    assert (
        capsys.readouterr().out
        == "docs/lesson-4/sample.md:30: code block differs in the built HTML\n"
    )
