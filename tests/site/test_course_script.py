"""The scripts of the course's pages are sent as one file, each in a scope of its own."""

import re
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from coursekit.site import scripts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> MkDocsConfig:
    folder = tmp_path_factory.mktemp("site")
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder))
    config.plugins._current_plugin = "hooks"  # as mkdocs says while it calls them
    return config


def test_scripts_become_one_and_may_use_the_same_names(config):
    made = [File.generated(config, f"assets/js/{name}.js", content=f"// {name}\nconst a = {n};\n")
            for n, name in enumerate(("b", "a"))]  # fmt: skip
    picture = File.generated(config, "assets/a.svg", content="<svg/>")
    joined = scripts.join(Files([*made, picture]), config)
    assert sorted(joined.src_uris) == ["assets/a.svg", "assets/js/course.js"]
    text = joined.src_uris["assets/js/course.js"].content_string
    assert text == "{\nconst a = 1;\n}\n{\nconst a = 0;\n}\n"


def test_a_page_that_has_moved_keeps_the_name_under_which_its_readers_are_remembered(config):
    script = File.generated(config, "assets/js/a.js", content="const IDS = {};\n")
    moved = File.generated(config, "new.md", content="---\nid: old/\n---\n# New\n")
    plain = File.generated(config, "plain.md", content="# Plain\n")
    joined = scripts.join(Files([script, moved, plain]), config)
    text = joined.src_uris["assets/js/course.js"].content_string
    assert text == '{\nconst IDS = {"new/": "old/"};\n}\n'


def test_a_course_without_scripts_gets_none(config):
    assert list(scripts.join(Files([]), config)) == []


def test_every_page_asks_for_one_script_of_the_course(real):
    for file in real.site.html_files:
        asked = re.findall(r'<script [^>]*src="[^"]*assets/js/', file.read_text("utf-8"))
        assert len(asked) <= 1, file
    assert (real.root / "assets/js").is_dir()
    assert [file.name for file in (real.root / "assets/js").glob("*.js")] == ["course.js"]
    assert "customElements.define" in (real.root / "assets/js/course.js").read_text("utf-8")


def test_of_the_theme_s_colors_each_page_loads_those_of_the_course(real):
    (sheet,) = (real.root / "assets/stylesheets").glob("palette.*.css")
    text = sheet.read_text("utf-8")
    assert "[data-md-color-scheme=slate]{" in text
    assert not re.search(r"data-md-color-(?:primary|accent)=", text)


def test_style_sheets_become_one_in_their_order_without_comments_and_idle_blanks(config):
    texts = {
        "lesson": "/* Type\n   and more */\n\na :is(b, c) {\n  color: red; /* why */\n}\n",
        "base": 'b { content: "a; {b}"; margin: 0 1px; }\n',
    }
    sheets = [
        File.generated(config, f"assets/css/{name}.css", content=text)
        for name, text in texts.items()
    ]
    joined = scripts.join(Files(sheets), config)
    assert [file.src_uri for file in joined] == ["assets/css/course.css"]
    (sheet,) = joined
    assert sheet.content_string == ('b{content:"a; {b}";margin:0 1px}a :is(b,c){color:red}\n')


def test_a_style_sheet_without_a_place_among_the_others_stops_the_build(config):
    sheet = File.generated(config, "assets/css/more.css", content="a { }")
    with pytest.raises(PluginError, match=r"\['more'\] are none of"):
        scripts.join(Files([sheet]), config)
