"""The search index is made of what can be found, once for each change; pasted texts are read as errors."""

from pathlib import Path

import pytest
import yaml
from material.plugins.search.plugin import Parser
from mkdocs.config.defaults import MkDocsConfig

from coursekit.problems import ContractError
from coursekit.site import search

SEARCHES = yaml.safe_load(Path(__file__).with_name("searches.yml").read_text("utf-8"))
UNKNOWN = "This course does not know this error"
# Asks the theme's worker as its page does, which is quicker and surer than typing.
ASK = """async texts => {
    const config = JSON.parse(document.getElementById('__config').textContent);
    const worker = new Worker(new URL(config.search, document.baseURI));
    const told = () => new Promise(done => { worker.onmessage = event => done(event.data); });
    const index = new URL(config.base + '/search/search_index.json', document.baseURI);
    const data = await (await fetch(index)).json();
    data.config.pipeline ??= ['stopWordFilter'];
    data.config.fields ??= {title: {boost: 1000}, text: {boost: 1}, tags: {boost: 1000000}};
    data.options = {suggest: false};
    let answer = told();
    worker.postMessage({type: 0, data});
    await answer;
    const found = [];
    for (const text of texts) {
        answer = told();
        worker.postMessage({type: 2, data: text});
        const [group] = (await answer).data.items;
        found.push(group ? [group[0].location, group[0].title] : ['', '']);
    }
    worker.terminate();
    return found;
}"""

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


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<p>Cuts a text. Then more.</p>", "<p>Cuts a text.</p>"),
        (
            "<p>Cuts version 2.5 of <code>x</code>. More.</p>",
            "<p>Cuts version 2.5 of <code>x</code>.</p>",
        ),
        ("<p>No end</p>\n<p>Second.</p>", "<p>No end</p>"),
        ("<p><em>One. Two</em></p>", "<p><em>One. Two</em></p>"),
        ("<ul><li>Listed.</li></ul>", ""),
        ("", ""),
    ],
)
def test_of_code_the_name_and_the_first_sentence_can_be_found_behind_prose(text, left):
    entry = {"location": "reference/a/#lessons.a.b", "title": "b", "text": text}
    assert search.weighed(entry) == {**entry, "text": left, "boost": search.BEHIND}
    prose = {**entry, "location": "lesson-4/a/#b"}
    assert search.weighed(prose) == prose


def test_a_theme_whose_search_asks_elsewhere_is_noticed(tmp_path):
    folder = tmp_path / "assets" / "javascripts" / "workers"
    folder.mkdir(parents=True)
    with pytest.raises(ContractError, match=r"\(0 found\) answer pasted texts"):
        search.answer_pasted_texts(tmp_path)
    worker = folder / "search.1.min.js"
    worker.write_text("return ask(q)")
    with pytest.raises(ContractError, match=r"\(1 found\) answer pasted texts"):
        search.answer_pasted_texts(tmp_path)
    assert worker.read_text() == "return ask(q)"
    worker.write_text("return{type:3,data:d$.search(e)}")
    search.answer_pasted_texts(tmp_path)
    assert worker.read_text().endswith("return{type:3,data:courseAnswer(d$,e)}")


def test_what_people_type_and_paste_finds_its_answer_or_none(real_url, visit):
    seen = visit(real_url)
    found = seen.go().evaluate(ASK, [search["asked"] for search in SEARCHES])
    wrong = []
    for wanted, (location, title) in zip(SEARCHES, found, strict=True):
        first = wanted["first"]
        is_right = (
            title == UNKNOWN if first == "unknown" else first in location and title != UNKNOWN
        )
        if not is_right:
            wrong.append(f"{wanted['asked']!r} gives {location} ({title}), not {first}")
    assert wrong == []
    assert seen.complaints == []


def test_every_error_of_the_index_is_found_by_its_own_text(real_url, visit):
    page = visit(real_url).go("if-it-breaks/")
    headings = page.evaluate(
        "[...document.querySelectorAll('h4[id^=index-]')].map(e => [e.id, e.innerText])"
    )
    assert headings
    found = page.evaluate(ASK, [text for _, text in headings])
    for (name, text), (location, _) in zip(headings, found, strict=True):
        assert location == f"if-it-breaks/#{name}", text


@pytest.mark.parametrize(
    ("pasted", "first"),
    [
        ('"No such file or directory"', "FileNotFoundError: [Errno 2] No such file or directory"),
        ("TypeError: object of type 'Tensor' has no len()", "object of type 'int' has no len()"),
        ("RuntimeError: mat1 and mat2 shapes cannot be multiplied", UNKNOWN),
    ],
)
def test_a_reader_who_pastes_a_text_sees_its_entry_or_that_there_is_none(
    sample_url, visit, pasted, first
):
    seen = visit(sample_url)
    page = seen.go()
    page.keyboard.press("/")
    page.keyboard.insert_text(pasted)
    page.keyboard.press("End")  # the theme looks at the field when a key is let go
    shown = page.locator(".md-search-result__item").first
    shown.locator(".md-search-result__link").first.wait_for()
    assert first in shown.inner_text()
    assert seen.complaints == []
