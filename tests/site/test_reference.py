"""The reference is sorted by the pages that explain its modules, and leads back to them."""

import re
from pathlib import Path

import yaml

from coursekit.config import Config
from coursekit.parser import load
from coursekit.site import groups, reference, signatures

ROOT = Path(__file__).parents[2]
MODULE = """\
\"\"\"Count.\"\"\"


# --8<-- [start:one]
def one():
    pass


class Two:
    pass


# --8<-- [end:one]
def three():
    pass
"""


def nav() -> list[object]:
    settings = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    pages: list[object] = settings["nav"]
    return pages


def small(tmp_path: Path, **pages: str) -> Config:
    files = {
        "src/lessons/__init__.py": "",
        "src/lessons/loose.py": MODULE,
        "src/lessons/lost.py": MODULE,
        "src/lessons/sums/a.py": MODULE,
        "src/lessons/sums/b.py": MODULE,
        "src/lessons/my_page/c.py": MODULE,
        "src/lessons/my_page/experiments.py": MODULE,
        **{f"docs/{name}.md": text for name, text in pages.items()},
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Config(tmp_path.resolve())


def showing(*files: str) -> str:
    blocks = [f'```python\n--8<-- "src/lessons/{file}.py:one"\n```\n' for file in files]
    return "---\ntitle: T\n---\n\n" + "\n".join(blocks)


def test_each_public_module_is_in_exactly_one_group():
    config = Config.load(ROOT)
    modules = reference.modules(config)
    found = groups.grouped(groups.in_order(nav(), config), modules)
    assert sorted(name for group in found for name in group.modules) == sorted(modules)
    assert len({group.page and group.page.path for group in found}) == len(found)


def test_groups_follow_the_site_and_what_no_page_explains_comes_last_and_folded(real):
    html = real.html("reference")
    titles = re.findall(r"<h2[^>]*><a href=\"[^\"]*\">([^<]*)</a>", html)
    lesson = ["Tokenization", "Prompting", "Data preparation", "Inside the model", "Pre-training"]
    assert titles[:5] == lesson
    last = html.partition('<h2 id="behind-the-pages"')[2]
    assert last
    folded = re.search(r"<details.*?</details>", last, re.DOTALL).group()
    for name in ("storage/", "search.ranking/"):
        assert f'href="{name}"' in folded
    for name in ("fingerprints.syntax", "prompting.experiments", "labs.search_mistakes"):
        assert f">lessons.{name}<" in folded.replace("<wbr>", "")
        assert not (real.root / "reference" / name).exists(), "readers do not meet it"
    assert 'href="prompting.prompts/"' not in folded


def test_a_module_goes_to_the_page_of_its_package_or_to_the_one_that_shows_most_of_it(tmp_path):
    config = small(
        tmp_path,
        other=showing("sums/a", "loose", "my_page/c"),
        **{"my-page": showing(), "more": showing("sums/a", "sums/b", "loose")},
    )
    pages = groups.in_order(["other.md", {"P": ["my-page.md", {"M": "more.md"}]}], config)
    found = {
        group.page and group.page.path.stem: group.modules
        for group in groups.grouped(pages, reference.modules(config))
    }
    assert found == {
        "other": ("lessons.loose",),
        "my-page": ("lessons.my_page.c",),
        "more": ("lessons.sums.a", "lessons.sums.b"),
        None: ("lessons.lost", "lessons.my_page.experiments"),
    }


def test_a_module_has_a_page_if_a_page_explains_it_or_a_page_or_lab_names_it(tmp_path):
    config = small(
        tmp_path,
        **{
            "my-page": showing(),
            "lesson-5/more": "[x](../reference/sums.b.md), lessons.sums.absent",
        },
    )
    nav = ["my-page.md", "lesson-5/more.md"]
    assert [*reference.met(config, nav)] == ["lessons.my_page.c", "lessons.sums.b"]
    for text, named in (
        ("from lessons import loose, absent\n", "loose"),
        ("import lessons.lost\n", "lost"),
        ("from lessons.sums.a import one\n", "sums.a"),
        ("lessons.my_page.experiments.one()\n", "my_page.experiments"),
        ('# --8<-- "src/lessons/sums/a.py:one"\n', "sums.a"),
    ):
        (tmp_path / "docs/lab.py").write_text(text)
        assert f"lessons.{named}" in reference.met(config, nav), text
        assert len(reference.met(config, nav)) == 3


def test_a_module_that_readers_do_not_meet_is_listed_and_leads_to_its_source(tmp_path):
    config = small(tmp_path, **{"my-page": showing()})
    listed = reference.index(config, ["my-page.md"])
    assert "- [`lessons.my_page.c`](my_page.c.md)<br>Count." in listed
    assert "    - `lessons.lost`<br>Count." in listed
    listed = reference.index(config, ["my-page.md"], "https://example.org/{}".format)
    assert "- [`lessons.lost`](https://example.org/src/lessons/lost.py)<br>Count." in listed


def test_a_definition_is_shown_by_the_pages_whose_section_holds_it(tmp_path):
    config = small(tmp_path, a=showing("loose", "loose"), b=showing("loose"))
    pages = groups.in_order(["b.md", "a.md"], config)
    found = groups.shown(pages, reference.modules(config))
    names = {name: [page.path.stem for page in on] for name, on in found.items()}
    assert names == {"lessons.loose.one": ["b", "a"], "lessons.loose.Two": ["b", "a"]}


def test_a_page_with_a_fault_and_what_is_no_page_are_left_out_of_the_order(tmp_path):
    config = small(tmp_path, a=showing("gone"), b=showing())
    order = groups.in_order(["a.md", "b.md", "lab.py", "gone.md", None], config)
    assert [page.path.stem for page in order] == ["b"]


def test_each_definition_that_a_page_shows_leads_back_to_it(real):
    config = Config.load(ROOT)
    found = groups.shown(groups.in_order(nav(), config), reference.modules(config))
    assert len(found) > 150
    for name in (
        "lessons.prompting.prompts.complete",
        "lessons.evaluation.perplexity.bits_per_token",
    ):
        if name in found:
            html = real.html(f"reference/{name.partition('.')[2].rpartition('.')[0]}")
            behind = html[html.index(f'id="{name}"') :]
            assert 'class="used-on">Used on <a href="../../lesson-4/' in behind[:6000]


HEADING = (
    '<h2 id="lessons.a.f" class="doc doc-heading"><code>f</code></h2>'
    '<div class="language-python doc-signature highlight"><pre><code>f(x_y)</code></pre></div>'
    '<div class="doc doc-contents "><p>Does.</p></div>'
)


def test_a_signature_has_no_copy_button_and_a_definition_that_no_page_shows_no_link(tmp_path):
    html = signatures.finished(HEADING, {}, str)
    assert html == HEADING.replace('"language-', '"no-copy language-')
    page = load(small(tmp_path, a=showing()).root / "docs/a.md", Config(tmp_path.resolve()))
    linked = signatures.finished(
        HEADING, {"lessons.a.f": [page, page]}, lambda page: page.path.stem
    )
    links = '<p class="used-on">Used on <a href="a">T</a>, <a href="a">T</a></p>'
    assert f'doc-contents ">{links}<p>Does.' in linked


def test_names_break_behind_dots_and_underscores_and_code_and_prose_do_not():
    page = (
        "<title>lessons.a_b - Course</title><code>lessons.a_b.__init__</code>"
        "<span>\nlessons.c\n</span><p>see a_b.</p><pre><code>a_b</code></pre>"
    )
    assert signatures.breakable(page) == (
        "<title>lessons.a_b - Course</title><code>lessons.<wbr>a_<wbr>b.__<wbr>init__</code>"
        "<span>\nlessons.<wbr>c\n</span><p>see a_b.</p><pre><code>a_b</code></pre>"
    )
