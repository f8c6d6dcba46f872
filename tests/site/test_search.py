"""The search index is made of what can be found, once for each change."""

from material.plugins.search.plugin import Parser
from mkdocs.config.defaults import MkDocsConfig

from coursekit import search

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
        self.entries: list[str] = []

    def add_entry_from_context(self, page) -> None:
        self.entries.append(f"{page.url}: {page.content}")


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
    assert plugin.search_index.entries == [first[0].replace(search.searchable(PAGE), "new")] * 3
