"""What a template made of a page is given back as long as nothing that it may show has changed."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from coursekit.site import kept_templates


class Nav:
    """A navigation; each build has one of its own."""

    def __init__(self, *items: Any) -> None:
        self.items = items


def item(title: str, *children: Any, url: str = "a/", **meta: Any) -> Any:
    return SimpleNamespace(title=title, url=url, children=children or None, meta=meta)


@pytest.fixture
def made(tmp_path: Path):
    """Makes a page, some of it changed, in a build of its own; the number tells how often it was made."""
    (tmp_path / "mkdocs.yml").write_text("site_name: T\n")
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/main.html").write_text("")
    count = iter(range(1, 100))

    def make(
        changed: dict[str, Any] | None = None, nav: tuple[Any, ...] = (), **settings: Any
    ) -> str:
        env = Environment(loader=DictLoader({"main.html": "{{ count() }} {{ page.content }}"}))
        kept_templates.keep(env)
        page = {
            "file": SimpleNamespace(src_uri="a.md"),
            "url": "a/",
            "title": "A",
            "content": "<p>One.</p>",
            "meta": {"description": "d"},
            "canonical_url": None,
            "edit_url": None,
            "is_homepage": False,
            "previous_page": None,
            "next_page": item("B"),
            "toc": [SimpleNamespace(title="H", id="h", level=2, children=[])],
            **(changed or {}),
        }
        config = {
            "config_file_path": str(tmp_path / "mkdocs.yml"),
            "site_url": None,
            "repo_url": None,
            "copyright": None,
            "extra": {},
            "theme": SimpleNamespace(custom_dir=str(tmp_path / "theme")),
            **settings,
        }
        return env.get_template("main.html").render(
            page=SimpleNamespace(**page),
            config=SimpleNamespace(**config),
            nav=Nav(*(nav or (item("A"), item("B")))),
            count=lambda: next(count),
        )

    return make


def test_a_page_is_made_once_as_long_as_nothing_changes(made):
    assert [made(), made(), made()] == ["1 <p>One.</p>"] * 3


@pytest.mark.parametrize(
    "changed",
    [
        {"changed": {"content": "<p>Two.</p>"}},
        {"changed": {"title": "C"}},
        {"changed": {"url": "c/"}},
        {"changed": {"meta": {"description": "e"}}},
        {"changed": {"canonical_url": "https://example.org/a/"}},
        {"changed": {"edit_url": "https://example.org/edit"}},
        {"changed": {"is_homepage": True}},
        {"changed": {"previous_page": item("P")}},
        {"changed": {"next_page": item("B", url="c/")}},
        {"changed": {"toc": [SimpleNamespace(title="G", id="h", level=2, children=[])]}},
        {"nav": (item("A"), item("C"))},
        {"nav": (item("A", item("B")),)},
        {"nav": (item("A"), item("B", url="c/"))},
        {"nav": (item("A"), item("B", status="new"))},
        {"site_url": "https://example.org/"},
        {"repo_url": "https://example.org/repository"},
        {"copyright": "None"},
        {"extra": {"a": 1}},
    ],
    ids=str,
)
def test_a_change_of_anything_that_it_may_show_makes_it_anew_and_so_does_the_way_back(
    changed, made
):
    first = made()
    assert made(**changed) != first
    assert made().startswith("3 "), "the latest alone is kept"


@pytest.mark.parametrize(
    ("name", "text"), [("mkdocs.yml", "site_name: U\n"), ("theme/main.html", "x")]
)
def test_a_change_of_the_settings_or_of_the_theme_makes_it_anew(name, text, made, tmp_path):
    first = made()
    (tmp_path / name).write_text(text)
    assert made() != first


def test_what_is_no_page_is_made_each_time():
    env = Environment(loader=DictLoader({"404.html": "{{ count() }}"}))
    kept_templates.keep(env)
    count = iter((1, 2))
    shown = [env.get_template("404.html").render(count=lambda: next(count)) for _ in range(2)]
    assert shown == ["1", "2"]


def test_a_theme_without_templates_of_its_own_has_none_to_look_at(made):
    theme = SimpleNamespace(custom_dir=None)
    assert made(theme=theme) == made(theme=theme)
