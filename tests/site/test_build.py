"""What the build makes, of the course's own site and of a small one with one of everything."""

import json
import os
import re
import shutil
import zipfile
from html import escape
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from coursekit.built import checks
from coursekit.config import Config
from coursekit.downloads import wheel
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.site import lean, pages, reference, search


def test_the_site_is_what_the_pages_say_and_asks_nobody_else_for_anything(real):
    problems = checks.all_problems(real.site, real.config)
    assert not problems, "\n".join(map(str, problems))


def test_building_imports_no_lesson_and_no_model_library(real, sample):
    assert real.imported == ""
    assert sample.imported == ""


def test_every_page_has_a_description_a_title_and_one_main_heading(real):
    for file in real.site.html_files:
        text = file.read_text("utf-8")
        assert re.search(r'<meta name="description" content="[^"]{20,}', text), file
        assert re.search(r"<title>[^<]+</title>", text), file
        assert text.count("<h1") == 1, file


def test_every_lesson_page_with_code_offers_notebook_script_and_package(real):
    lessons = real.config.lesson_files
    assert lessons
    for path in lessons:
        file = checks.html_file(path, real.site, real.config)
        text = file.read_text("utf-8")
        assert 'class="facts"' in text
        if "```python" not in path.read_text("utf-8"):
            continue
        up = "" if path.name == "index.md" else "../"  # its address is the folder
        for ending in ("ipynb", "py"):
            name = f"{up}{path.stem}.{ending}"
            assert text.count(f'href="{name}" download') == 2, "head and end"
            assert (file.parent / name).is_file()
    json.loads((real.root / "lesson-4/tokenization.ipynb").read_text("utf-8"))
    compile((real.root / "lesson-4/tokenization.py").read_text("utf-8"), "page", "exec")


def test_the_package_on_the_site_holds_the_lessons_and_their_data_and_not_the_workshop(
    real, sample
):
    with zipfile.ZipFile(real.root / "dist" / wheel.file_name(real.config)) as file:
        names = file.namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {"lessons"}
    with zipfile.ZipFile(sample.root / "dist" / wheel.file_name(sample.config)) as file:
        assert "lessons/results/speed.json" in file.namelist()


def test_the_package_is_built_again_only_after_a_change(course, monkeypatch):
    config = Config.load(course)
    first = wheel.build(config).stat().st_mtime_ns
    assert wheel.build(config).stat().st_mtime_ns == first
    (course / "src/lessons/more.py").write_text('"""More."""\n')
    os.utime(course / "src/lessons/more.py", (1, 1))  # older than the package, but new to it
    assert wheel.build(config).stat().st_mtime_ns > first


def test_a_package_that_cannot_be_built_says_why(course):
    (course / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\nreadme = "gone"\n'
    )
    with pytest.raises(RuntimeError, match="gone"):
        wheel.build(Config.load(course))


def test_every_module_that_readers_meet_has_a_page_of_the_reference_and_all_are_listed(real):
    index = real.html("reference")
    met = reference.met(real.config, load_config(str(real.config.root / "mkdocs.yml")).nav or [])
    assert 100 < len(met) < len(reference.modules(real.config))
    for name in reference.modules(real.config):
        assert f"<code>{name}</code>" in index.replace("<wbr>", "")
    for name in met:
        page = real.html(f"reference/{name.partition('.')[2]}").replace("<wbr>", "")
        assert f"<code>{name}</code>" in page
        assert f'href="{name.partition(".")[2]}/"' in index
        assert f"{name}\n" in re.sub(r"\s*\n\s*", "\n", page), "missing from the navigation"


def test_includes_and_numbers_are_filled_in(sample):
    html = sample.html("lesson-4/sample")
    assert "--8" not in html
    assert "the count is 2." in html
    assert "Read 75 minutes." in html
    assert "words are 0.5;" in html


def test_code_from_a_module_links_to_its_reference_while_the_repository_is_unknown(sample):
    html = sample.html("lesson-4/sample")
    assert '<a href="../../reference/sample/">lessons/sample.py</a>' in html
    assert 'Count words <span class="filename__source">' in html
    assert "edit/main" not in html


def test_with_a_repository_and_an_address_pages_link_to_them(published):
    html = published.html("lesson-4/sample")
    assert 'href="https://example.org/course/blob/main/src/lessons/sample.py#L9"' in html
    assert 'href="https://example.org/course/edit/main/docs/lesson-4/sample.md"' in html
    assert "[run] @ https://example.org/site/dist/llm_development_fundamentals-0.1.0-py3" in html
    assert 'data-md-component="source"' not in html, "the theme's own asks the host for stars"


def test_links_in_questions_are_resolved_like_those_of_the_page(sample):
    html = sample.html("lesson-4/sample")
    assert '<a href="../">the lesson</a>' in html


def test_listings_and_outputs_stay_out_of_the_search_index_and_errors_stay_in(sample):
    text = (sample.root / "search/search_index.json").read_text("utf-8")
    assert "object of type" in text, "as an entry of the index of errors"
    assert text.count("object of type") == 1, "which leads to the block"
    assert "loss 0.53" not in text, "neither the block nor its output"
    assert "return Counter" not in text, "neither the page nor the reference"


def test_the_first_occurrence_of_each_term_in_prose_leads_to_its_entry(sample):
    html = sample.html("lesson-4/sample")
    for slug, text in (("tokenizer", "tokenizer"), ("token", "tokens"), ("token-id", "token\nid")):
        assert f'<a class="term" href="../../glossary/#{slug}">{text}</a>' in html
    assert html.count('class="term"') == 3, "each once, and neither in a question nor in code"
    assert 'class="term"' not in sample.html("glossary")
    terms = json.loads((sample.root / "glossary/terms.json").read_text("utf-8"))
    assert terms["insight"] == "What nobody has yet."


def test_the_glossary_says_where_each_term_is_taught(sample):
    html = sample.html("glossary")
    assert 'Also: token maker. Taught in <a href="../lesson-4/sample/">Sample</a>.' in html
    assert "To be taught in Later, which is not written yet." in html


def test_the_index_of_errors_names_all_errors_of_all_pages_and_where_they_are_mended(sample):
    html = sample.html("if-it-breaks")
    lesson = '<a href="../lesson-4/sample/#typeerror-object-of-type-int">A number has no length</a>'
    assert lesson in html
    assert "<code>TypeError: object of type 'int' has no len()</code>" in html
    own = '<a href="#filenotfounderror-errno-2-no-such">A file that is not there</a>'
    assert own in html
    assert 'id="filenotfounderror-errno-2-no-such"' in html


def test_every_error_that_a_page_raises_is_in_the_index(real):
    html = real.html("if-it-breaks")
    raising = [
        block
        for path in real.config.page_files
        for block in load(path, real.config).blocks
        if block.raises
    ]
    assert len(raising) > 20
    for block in raising:
        error = block.output.body.rstrip().splitlines()[-1].strip()
        assert f"<code>{escape(error, quote=False)}</code></h4>" in html


def test_code_carries_no_elements_that_have_the_color_of_what_is_around_them(sample):
    html = sample.html("lesson-4/sample")
    assert '<span class="k">return</span> Counter(text.split())' in html
    assert not re.search(r'<span class="[nopw]">', html)
    assert "<span></span>" not in html


def test_inline_pictures_name_no_namespace_that_html_knows(sample):
    html = sample.html("lesson-4/sample")
    assert html.count("<svg") > 5
    assert "xmlns=" not in html


def test_the_navigation_lists_the_modules_on_pages_of_the_reference_only(sample):
    elsewhere = sample.html("contributing")
    assert 'href="../reference/" class="md-nav__link"' in elsewhere
    assert 'href="../reference/sample/"' not in elsewhere
    assert 'href="sample/" class="md-nav__link"' in sample.html("reference")


SAMPLE = "lesson-4/sample.md"


def plant(course: Path, file: str, old: str, new: str) -> None:
    path = course / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "page", "message"),
    [
        (
            "docs/lesson-4/outline.yml", "hour: 10", "hour: 11",
            "lesson-4/index.md", "must add up to 60, they give 61",
        ),
        (
            "docs/lesson-4/sample.md", "bars.svg", "gone.svg",
            SAMPLE, "docs/lesson-4/sample.md:13: no figure docs/lesson-4",
        ),
        ("docs/lesson-4/sample.md", "sample.py:count", "sample.py:gone", SAMPLE, "no section 'gone'"),
        (
            "docs/lesson-4/sample.md", "outline.minutes", "outline.days",
            SAMPLE, "no outline.days",
        ),
        (
            "docs/index.md", "outline.pipeline", "surprise.gone/far.story",
            "index.md", "docs/index.md:8: no page docs/gone/far.md that prints a text",
        ),
        (
            "docs/index.md", "outline.pipeline", "surprise.lesson-4/sample.story",
            "index.md", "docs/index.md:8: no output #story on docs/lesson-4/sample.md",
        ),
        (
            "docs/index.md", "outline.pipeline", "surprise.lesson-4/sample.counts",
            "index.md", "docs/index.md:8: no line 'instead of'",
        ),
        ("docs/lesson-4/sample.md", "output.counts.the", "output.counts.a", SAMPLE, "no line 'a'"),
        ("docs/contributing.md", "```bash", "```bsh", "contributing.md", "unknown fence 'bsh'"),
        (
            "docs/glossary.md", "in: Later", "in: Never",
            "glossary.md", "glossary.md:10: no page 'Never' teaches",
        ),
        (
            "docs/lesson-4/sample.md", ' cause="A number has no length"', "",
            "if-it-breaks.md", "goes into the index",
        ),
        (
            "snippets/recorded.json", '"seconds": 9.2, ', "",
            SAMPLE, "snippets/recorded.json:1: greet.py, own: no 'seconds'",
        ),
    ],
)  # fmt: skip
def test_a_planted_fault_is_named_by_the_page_that_it_spoils(
    resolve, course, file, old, new, page, message
):
    plant(course, file, old, new)
    with pytest.raises(PluginError, match=re.escape(message)):
        resolve(course, page)


def test_a_page_without_a_fault_is_resolved(resolve, course):
    for page in ("glossary.md", "if-it-breaks.md", "lesson-4/index.md", SAMPLE):
        assert resolve(course, page)


@pytest.mark.nightly  # by day a build is stopped in a process of its own by the faults below
def test_a_fault_that_a_page_names_stops_the_build_without_a_traceback(build, course):
    plant(course, "docs/lesson-4/sample.md", "bars.svg", "gone.svg")
    done = build(course)
    assert done.status != 0
    assert "sample.md:13: no figure docs/lesson-4" in done.said
    assert "Traceback" not in done.said


def test_links_that_lead_nowhere_and_a_page_outside_the_navigation_stop_the_build(build, course):
    plant(course, "docs/lesson-4/sample.md", "[the lesson](index.md)", "[x](gone.md)")
    plant(course, "docs/lesson-4/sample.md", "(#sample)", "(#gone)")
    shutil.copy(course / "docs/contributing.md", course / "docs/forgotten.md")
    done = build(course)
    assert done.status != 0
    for message in ("'gone.md'", "no such anchor", "forgotten.md"):
        assert message in done.said
    assert "Traceback" not in done.said


def test_a_missing_page_is_answered_with_ways_on(real):
    html = (real.root / "404.html").read_text("utf-8")
    assert "There is no page here" in html
    assert "Lesson 4</a>" in html


def test_a_theme_that_decides_elsewhere_about_the_search_index_is_noticed(tmp_path):
    folder = tmp_path / "assets" / "javascripts"
    folder.mkdir(parents=True)
    with pytest.raises(ContractError, match=r"\(0 found\) fetch the search index"):
        search.load_on_first_use(tmp_path)
    for text in ("fetch(index)", 'Z(location.protocol!=="file:")', "new Worker(e)"):
        (folder / "bundle.1.min.js").write_text(text)
        with pytest.raises(ContractError, match=r"\(1 found\) fetch the search index"):
            search.load_on_first_use(tmp_path)
        assert (folder / "bundle.1.min.js").read_text() == text


def test_no_page_and_no_script_uses_what_the_style_sheets_are_rid_of(real):
    pages = "".join(file.read_text("utf-8") for file in real.root.rglob("*.html"))
    scripts = "".join(file.read_text("utf-8") for file in real.root.glob("assets/js/**/*.js"))
    used = set(" ".join(re.findall(r'class="([^"]*)"', pages)).split())
    used |= set(re.findall(r"[\w-]+", scripts))
    assert len(used) > 500
    assert not [name for name in used if lean.UNUSED.match(f".{name}")]
    boxes = set(" ".join(re.findall(r'<(?:details|div) class="([a-z ]+)"', pages)).split())
    assert {"warning", "question"} <= boxes
    assert not [name for name in boxes if lean.PICTURE.match(f"--md-admonition-icon--{name}:url()")]
    (sheet,) = real.root.glob("assets/stylesheets/main.*.css")
    text = sheet.read_text("utf-8")
    assert not re.search(r"[{}][^{}@,]*\.(?:tabbed-|md-consent|key-)[^{}]*\{", text)
    for name in ("md-nav__link", "md-search-result", "admonition", "highlight", "md-source"):
        assert f".{name}" in text


@pytest.fixture
def opened(course):
    """The small course's files as mkdocs sees them, under some settings."""

    def run(**settings: str) -> tuple[Files, MkDocsConfig]:
        config = load_config(str(course / "mkdocs.yml"), site_dir=str(course / "site"), **settings)
        pages.begin(config)
        return get_files(config), config

    return run


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "docs/lesson-4/sample.md", "output.counts.the", "output.counts.a",
            "docs/lesson-4/sample.md:11: {{ output.counts.a }}: no line 'a'",
        ),
        ("pyproject.toml", "[project]", '[project]\nreadme = "gone"', "gone"),
    ],
)  # fmt: skip
def test_a_fault_in_what_a_page_offers_for_download_stops_the_build_in_words(
    opened, course, file, old, new, message
):
    plant(course, file, old, new)
    files, config = opened()
    with pytest.raises(PluginError, match=re.escape(message)):
        config.plugins.on_files(files, config=config)


def test_a_page_that_asks_for_the_outline_of_a_course_without_one_is_named(resolve, course):
    (course / "docs/lesson-4/outline.yml").unlink()
    with pytest.raises(PluginError, match=r"docs/index\.md:1: no outline\.yml to fill in"):
        resolve(course, "index.md")


def test_a_lesson_page_without_a_heading_gets_its_title_above_the_head(opened, course):
    files, config = opened()
    page = Page("Words & counts", files.src_uris[SAMPLE], config)
    page.toc = get_toc([])
    html = pages.content("<p>Text.</p>", page, config, files)
    assert html.startswith("<h1>Words &amp; counts</h1>")
    assert html.index('class="facts"') < html.index("<p>Text.</p>") < html.index('class="card"')


def test_captions_link_to_the_source_in_the_repository_where_it_is_known(opened, course):
    files, config = opened(repo_url="https://example.org/course/")
    page = Page(None, files.src_uris["contributing.md"], config)
    source = '<span class="filename">Count words · src/lessons/sample.py:9</span>'
    script = '<div class="language-python script highlight"><span class="filename">snippets/hello.py</span>'
    html = pages.content(source + script, page, config, files)
    blob = "https://example.org/course/blob/main"
    assert f'<a href="{blob}/src/lessons/sample.py#L9">lessons/sample.py, line 9</a>' in html
    assert f'<a href="{blob}/snippets/hello.py">hello.py</a>' in html
    assert 'href="../snippets/hello.py" download aria-label="Download hello.py"' in html


def test_headings_that_a_core_cannot_be_matched_with_stop_the_build(course):
    file = course / "docs/lesson-4/sample.md"
    text = file.read_text("utf-8")
    file.write_text(f"{text}\n## Deeper\n", "utf-8")
    config = load_config(str(course / "mkdocs.yml"), site_dir=str(course / "site"))
    pages.begin(config)
    files = get_files(config)
    page = Page(None, files.src_uris["lesson-4/sample.md"], config)
    with pytest.raises(PluginError, match="0 headings in the HTML"):
        pages.content("<h1>Sample</h1>", page, config, files)
