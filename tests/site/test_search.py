"""The search index is made of what can be found, once for each change, and answers what readers ask."""

import json
from pathlib import Path

import pytest
import yaml
from material.plugins.search.plugin import Parser, SearchIndex
from mkdocs.config.defaults import MkDocsConfig
from playwright.sync_api import expect

from coursekit.built import looks
from coursekit.problems import ContractError
from coursekit.site import search
from visiting import Visit

SEARCHES = yaml.safe_load(Path(__file__).with_name("searches.yml").read_text("utf-8"))
UNKNOWN = "This course does not know this error"

PAGE = """\
<h1 id="title">Title</h1>
<p>Found <code>too</code>.</p>
<div class="language-python highlight" data-search-exclude="true"><pre><code><span>hidden</span> &lt;/pre>
</code></pre></div>
<div class="language-python highlight" data-search-exclude="true"><span class="filename">Of <a href="x">x
</a></span><pre><code>hidden</code></pre></div>
<div class="language-output highlight"><pre><code>Error: found</code></pre></div>
<h2 id="more">More</h2>
<div class="language-python highlight" data-search-exclude="true"><span class="filename">a.py</span><pre>\
<code>hidden</code></pre></div>
<details data-search-exclude="true"><summary>hidden</summary><div class="language-python highlight" \
data-search-exclude="true"><table class="highlighttable"><tr><td class="linenos"><div class="linenodiv">\
<pre>1</pre></div></td><td class="code"><div><pre><code>hidden</code></pre></div></td></tr></table></div>\
</details>
<p>The end.</p>
"""


def sections(html: str) -> list[tuple[str | None, str, str]]:
    """What the theme's plugin finds in a page: each section's id, title and text."""
    parser = Parser()
    parser.feed(html)
    parser.close()
    return [(s.id, "".join(s.title), "".join(s.text)) for s in parser.data]


def test_what_is_left_out_before_the_index_is_made_was_never_in_it():
    less = search.searchable(PAGE)
    assert sections(less) == sections(PAGE)
    assert "Error: found" in less
    assert "The end." in less
    assert less.count("hidden") == 2, "a caption of two lines is read, a summary too"


class Index:
    """Stands in for the theme's index."""

    def __init__(self) -> None:
        self.entries: list[dict[str, str]] = []

    def add_entry_from_context(self, page) -> None:
        self.entries.append({"location": page.url, "text": page.content})


class Thing:
    """Has the attributes it is given."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


def test_a_page_is_read_again_only_after_a_change_and_is_in_every_index(monkeypatch):
    monkeypatch.setattr(search, "_indexed", {})
    config = MkDocsConfig()
    config.plugins = {"material/search": (plugin := Thing(search_index=Index()))}
    page = Thing(url="a/", title="A", meta={}, content=PAGE)
    search.index_once(config)
    plugin.search_index.add_entry_from_context(page)
    assert page.content == PAGE, "the page itself keeps its listings"
    first = plugin.search_index.entries

    unread = Thing(entries=[], add_entry_from_context=None)  # not to be called
    plugin.search_index = unread
    search.index_once(config)
    unread.add_entry_from_context(page)
    assert unread.entries == first

    plugin.search_index = Index()
    search.index_once(config)
    for change in ({"content": "new"}, {"title": "B"}, {"meta": {"search": {"boost": 2}}}):
        page.__dict__.update(change)
        plugin.search_index.add_entry_from_context(page)
    assert plugin.search_index.entries == [{"location": "a/", "text": "new"}] * 3


REFERENCE = """\
<h1 id="a"><code>lessons.a</code></h1>
<div class="doc"><p>Cuts texts.</p>
<h2 id="lessons.a.Text"
    class="doc">Text <small><code>dataclass</code></small><a class="headerlink" href="#">¶</a></h2>
<pre><code>a: b</code></pre><ul><li>A list.</li></ul>
<div><h3 id="lessons.a.other">other</h3></div><p>More.</p></div>
"""


def test_of_the_reference_is_found_what_would_be_if_all_of_it_were_read(monkeypatch):
    monkeypatch.setattr(search, "_indexed", {})
    config = MkDocsConfig()
    config.plugins = {"material/search": (plugin := Thing(search_index=SearchIndex()))}
    page = Thing(url="reference/a/", title="A", meta={}, toc=[], content=REFERENCE)
    whole = SearchIndex()
    whole.add_entry_from_context(page)
    search.index_once(config)
    plugin.search_index.add_entry_from_context(page)
    assert plugin.search_index.entries == list(search.trimmed(whole.entries))
    assert len(plugin.search_index.entries) == 3


ERROR = "Output (error)<pre><code>ValueError: bad\n</code></pre>"
PLAIN_ERROR = "Output (error)<pre>ValueError: bad\n</pre>"


@pytest.mark.parametrize(
    ("place", "text", "left"),
    [
        ("lesson-4/a/#b", f"<p>One.</p> {ERROR} <p>Two.</p>", "<p>One.</p>  <p>Two.</p>"),
        ("if-it-breaks/#b", f"<p>One.</p> {ERROR}", f"<p>One.</p> {PLAIN_ERROR}"),
        ("glossary/#b", "<p>One.</p> <p>Also: bee. Taught in Later.</p>", "<p>One.</p>"),
        ("glossary/#b", "<p>One.</p> <p>Taught in Later.</p>", "<p>One.</p>"),
        ("contributing/#b", "<p>One. Two.</p> <p>Three.</p>", "<p>One.</p>"),
        (
            "contributing/#b",
            "<pre>make</pre> <p>In <code>a. b</code>. Two.</p>",
            "<p>In a. b.</p>",
        ),
        ("contributing/recipes/#b", "<p>One.</p>", ""),
        ("models/language/#b", "<ul><li>No paragraph.</li></ul>", ""),
        ("models/#b", "<p>One.</p> <p>Two.</p>", "<p>One.</p> <p>Two.</p>"),
    ],
)
def test_of_a_text_what_answers_a_question_is_kept(place, text, left):
    entry = {"location": place, "title": "b", "text": text}
    assert list(search.trimmed([entry])) == [{**entry, "text": left}]


def test_of_code_the_names_can_be_found_behind_prose():
    entry = {"location": "reference/a/#lessons.a.Class", "title": "Class", "text": "<p>Cuts.</p>"}
    assert list(search.trimmed([entry])) == [{**entry, "text": "", "boost": search.BEHIND}]


@pytest.mark.parametrize(
    "place",
    [
        "lesson-4/a/#sources",
        "lesson-4/a/#check-yourself",
        "lesson-4/a/#run-this-page",
        "lesson-4/self-test/#a",
        "reference/a/#lessons.a.Class.attribute",
        "reference/a.experiments/#lessons.a.experiments.cell",
        "reference/a.b/#lessons.a.b.noise_cell",
    ],
)
def test_what_answers_no_question_is_left_out(place):
    kept = {"location": "lesson-4/self-test/", "title": "b", "text": ""}
    assert list(search.trimmed([{**kept, "location": place}, kept])) == [kept]


def test_pictures_in_words_are_left_out():
    asides = (
        '<details class="drawing__words"><summary>hidden</summary></details><details>kept</details>'
    )
    assert search.searchable(f"<p>kept</p>{asides}") == "<p>kept</p><details>kept</details>"


def test_a_theme_whose_search_asks_elsewhere_is_noticed(tmp_path):
    folder = tmp_path / "assets" / "javascripts" / "workers"
    folder.mkdir(parents=True)
    with pytest.raises(ContractError, match=r"\(0 found\) answer as readers ask"):
        search.answer_as_readers_ask(tmp_path)
    worker = folder / "search.1.min.js"
    worker.write_text("return ask(q)")
    with pytest.raises(ContractError, match=r"\(1 found\) answer as readers ask"):
        search.answer_as_readers_ask(tmp_path)
    assert worker.read_text() == "return ask(q)"
    worker.write_text("return{type:3,data:d$.search(e)}")
    search.answer_as_readers_ask(tmp_path)
    assert worker.read_text().endswith(
        f"return{{type:3,data:courseAnswer(d$,e)}}\n{search.REPAIRED}\n"
    )


ERRORS = [search for search in SEARCHES if "first" in search]
WORDS = ["token", "model", "learning_rate", "quantize", "error"]


@pytest.fixture(scope="module")
def headings(still, real_url) -> list[tuple[str, str]]:
    """Id and text of each entry of the index of errors."""
    found = still(f"{real_url}if-it-breaks/").evaluate(
        "[...document.querySelectorAll('h4[id^=index-]')].map(e => [e.id, e.innerText])"
    )
    assert found
    return found


@pytest.fixture(scope="module")
def places(chromium, real_url, headings) -> dict[str, list[tuple[str, str]]]:
    """What the search shows for each text: location and title of the best entry of each page, in order.

    All are asked at once: most of a search is to read the index.
    """
    asked = [*(error["asked"] for error in ERRORS), *WORDS, *(text for _, text in headings)]
    page = chromium.new_page()
    seen = Visit(page, real_url)
    found = looks.answers(seen.go("accessibility/"), asked)
    assert seen.complaints == []
    page.close()
    return dict(zip(asked, found, strict=True))


def test_what_people_paste_finds_its_answer_or_none(places):
    wrong = []
    for wanted in ERRORS:
        first, (location, title) = wanted["first"], places[wanted["asked"]][0]
        is_right = (
            title == UNKNOWN if first == "unknown" else first in location and title != UNKNOWN
        )
        if not is_right:
            wrong.append(f"{wanted['asked']!r} gives {location} ({title}), not {first}")
    assert wrong == []


def test_each_right_place_exists_and_no_text_is_asked_twice(real):
    index = json.loads((real.root / "search/search_index.json").read_text("utf-8"))
    locations = [entry["location"] for entry in index["docs"]]
    for search_ in SEARCHES:
        right = search_.get("right", [])
        for place in [] if right == "none" else right:
            assert any(looks.leads_to(location, [place]) for location in locations), place
    asked = [search_["asked"].lower() for search_ in SEARCHES]
    assert sorted(set(asked)) == sorted(asked)


def test_results_of_one_kind_stand_together(places):
    kinds = ("if-it-breaks/", "glossary/", "reference/", "contributing/", "")
    for pages in map(places.__getitem__, WORDS):
        found = [next(kind for kind in kinds if at.startswith(kind)) for at, _ in pages]
        assert len(set(found)) > 1
        together = [
            kind for kind, before in zip(found, ["?", *found], strict=False) if kind != before
        ]
        assert len(together) == len(set(found)), pages


def test_every_error_of_the_index_is_found_by_its_own_text(places, headings):
    for name, text in headings:
        location, _ = places[text][0]
        assert location == f"if-it-breaks/#{name}", text


PASTED = [
    ('"No such file or directory"', "FileNotFoundError: [Errno 2] No such file or directory"),
    ("TypeError: object of type 'Tensor' has no len()", "object of type 'int' has no len()"),
    ("RuntimeError: mat1 and mat2 shapes cannot be multiplied", UNKNOWN),
]


def test_a_reader_who_pastes_a_text_sees_its_entry_or_that_there_is_none(sample_url, visit):
    seen = visit(sample_url)
    page = seen.go()
    shown = page.locator(".md-search-result__item").first
    page.keyboard.press("/")
    for pasted, first in PASTED:
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(pasted)
        page.keyboard.press("End")  # the theme looks at the field when a key is let go
        expect(shown).to_contain_text(first, use_inner_text=True)
    assert seen.complaints == []


def test_of_a_long_section_of_a_lesson_its_beginning_is_found():
    paragraph = f"<p>{'word ' * 100}</p>"
    entry = {
        "location": "lesson-4/page/#long",
        "title": "Long",
        "text": f"<ul><li>{paragraph * 5}</li></ul>",
    }
    (kept,) = search.trimmed([entry])
    assert kept["text"] == f"<ul><li>{paragraph}"
    (other,) = search.trimmed([{**entry, "location": "glossary/#long"}])
    assert other["text"].count("<p>") == 5
    (whole,) = search.trimmed([{**entry, "text": f"<p>{'word ' * 900}</p>"}])
    assert whole["text"].count("word") == 900  # never nothing


# Two nodes of the theme's index, after which words end in "1" and "3", and in "1" alone.
NODES = """() => {
    class TokenSet { constructor(edges) { this.final = false; this.edges = edges; } }
    const nodes = [new TokenSet({ 1: { id: 2 }, 3: { id: 4 } }), new TokenSet({ 1: { id: 234 } })];
    const written = ([label, { id }]) => label + id;
    const before = nodes.map(node => Object.entries(node.edges).map(written).join(""));
    courseRepair({ TokenSet });
    return [before, nodes.map(String)];
}"""


def test_words_that_end_in_digits_are_not_taken_for_each_other(real, visit, real_url):
    page = visit(real_url).go("accessibility/")
    repair = search.OURS.read_text("utf-8").partition("function courseRepair")
    before, after = page.evaluate(NODES.replace("courseRepair", f"({''.join(repair[1:])})"))
    assert before[0] == before[1], "the theme's way cannot tell them apart"
    assert after[0] != after[1]
    (worker,) = (real.root / "assets/javascripts/workers").glob("search.*.min.js")
    assert worker.read_text("utf-8").rstrip().endswith(search.REPAIRED)
