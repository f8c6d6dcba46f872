"""What a shared link shows: tags with full addresses, and pictures of the size they state."""

import re
import struct
from pathlib import Path
from types import SimpleNamespace

import pytest

from coursekit import __main__ as commands
from coursekit.commands import browser, pictures
from coursekit.config import Config
from coursekit.site import sharing

ROOT = Path(__file__).parents[2]
ADDRESS = "https://example.org/site/"
TAG = re.compile(r'<meta property="og:([\w:]+)" content="([^"]*)">')
LIMIT = 60_000  # bytes of one picture


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG file."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def pages_of(built) -> dict[str, str]:
    texts = {
        file.relative_to(built.root).as_posix(): file.read_text("utf-8")
        for file in built.site.html_files
    }
    return {name: text for name, text in texts.items() if name != "404.html"}


def test_at_a_known_address_each_page_says_what_its_link_shows(published):
    found = {name: dict(TAG.findall(text)) for name, text in pages_of(published).items()}
    assert len(found) > 5
    for name, tags in found.items():
        assert tags["url"] == ADDRESS + name.removesuffix("index.html"), name
        assert f'<link rel="canonical" href="{tags["url"]}"' in pages_of(published)[name]
        assert all(tags[key] for key in ("title", "description", "type")), name
        picture = published.root / tags["image"].removeprefix(ADDRESS)
        stated = (int(tags["image:width"]), int(tags["image:height"]))
        assert size(picture.read_bytes()) == stated, name


def test_title_description_and_picture_are_those_of_the_page_and_its_part(published):
    tags = dict(TAG.findall(published.html("lesson-4/sample")))
    assert tags["title"] == "Sample"
    assert tags["description"] == "A page with one of everything."
    assert tags["image"] == f"{ADDRESS}assets/sharing/lesson-4.png"
    home = dict(TAG.findall(published.html("")))
    assert home["title"] == "LLM Development Fundamentals"
    lab = dict(TAG.findall(published.html("lesson-5/sample")))
    assert lab["image"] == f"{ADDRESS}assets/sharing/lesson-5.png"


def test_at_an_unknown_address_no_page_has_such_a_tag_or_a_canonical_address(sample):
    for name, text in pages_of(sample).items():
        assert "og:" not in text, name
        assert 'rel="canonical"' not in text, name


@pytest.mark.parametrize(
    ("page", "part"),
    [
        ("index.md", "index"),
        ("glossary.md", "glossary"),
        ("contributing.md", "contributing"),
        ("contributing/recipes.md", "contributing"),
        ("reference/a.b.md", "reference"),
    ],
)
def test_a_page_belongs_to_its_first_folder_or_stands_for_itself(page, part):
    assert sharing.part(page) == part


def test_each_part_of_the_site_has_a_picture_and_none_is_heavy():
    kept = {file.stem: file for file in (ROOT / "docs" / sharing.FOLDER).iterdir()}
    assert set(kept) == set(pictures.titles(Config.load(ROOT)))
    for file in kept.values():
        assert file.suffix == ".png"
        data = file.read_bytes()
        assert size(data) == sharing.SIZE
        assert len(data) <= LIMIT, file.name


def test_the_command_draws_a_picture_of_each_part_in_its_place(
    course, chromium, monkeypatch, capsys
):
    class Playwright:
        """The browser that the tests have started: two cannot be driven from one thread."""

        def __enter__(self) -> "Playwright":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        chromium = property(lambda self: self)

        def launch(self, **_: object) -> object:
            return chromium

    for old in (course / "docs" / sharing.FOLDER).iterdir():
        old.unlink()
    monkeypatch.setattr("playwright.sync_api.sync_playwright", Playwright)
    monkeypatch.setattr(browser, "find", lambda: "/chromium")
    monkeypatch.chdir(course)
    assert commands.main(["pictures"]) == 0
    drawn = {file.stem: file.read_bytes() for file in (course / "docs" / sharing.FOLDER).iterdir()}
    assert set(drawn) == {
        *("index", "lesson-4", "lesson-5", "reference", "glossary", "if-it-breaks"),
        "contributing",
    }
    assert len(set(drawn.values())) == len(drawn), "each has its own title"
    assert {size(data) for data in drawn.values()} == {sharing.SIZE}
    assert "docs/assets/sharing/lesson-4.png" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "home", "title", "picture"),
    [
        ("lesson-4/a.md", False, "A &amp; b", "lesson-4"),
        ("index.md", True, "The course", "index"),
        ("other/a.md", False, "A &amp; b", "index"),
    ],
)
def test_the_tags_of_a_page_stand_at_the_end_of_its_head(source, home, title, picture):
    config = SimpleNamespace(
        docs_dir=str(ROOT / "docs"),
        site_url=ADDRESS,
        site_name="The course",
        site_description="All.",
    )
    page = SimpleNamespace(
        canonical_url=f"{ADDRESS}a/", file=SimpleNamespace(src_uri=source), title="A & b",
        is_homepage=home, meta={},
    )  # fmt: skip
    html = sharing.with_tags("<head><title>A</title></head><body>", page, config)
    head = html.partition("</head>")[0]
    tags = dict(TAG.findall(head))
    assert (tags["title"], tags["description"], tags["url"]) == (title, "All.", f"{ADDRESS}a/")
    assert tags["image"] == f"{ADDRESS}assets/sharing/{picture}.png"
    page.canonical_url = None
    assert sharing.with_tags("<head></head>", page, config) == "<head></head>"
