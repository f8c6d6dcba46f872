from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from coursekit.config import Config
from coursekit.course import outline
from coursekit.parser import load
from coursekit.problems import ContractError

ROOT = Path(__file__).parents[2]
GOOD = """\
sections:
  - {title: Start, about: the beginning, page: index.md, hour: 30}
  - {title: Cut, takes: text, gives: ids, minutes: 10, hour: 30}
"""


def read(tmp_path: Path, text: str) -> outline.Outline:
    (tmp_path / "index.md").write_text("---\ntitle: T\nminutes: 5\n---\n")
    (tmp_path / "outline.yml").write_text(text)
    return outline.read(tmp_path / "outline.yml", Config(tmp_path.resolve()))


def test_minutes_come_from_a_page_or_while_there_is_none_from_the_outline(tmp_path):
    assert [s.minutes for s in read(tmp_path, GOOD).sections] == [5, 10]
    assert read(tmp_path, GOOD).minutes == 15


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("hour: 30}", "hour: 29}"), "must add up to 60, they give 58"),
        (
            ("page: index.md", "page: gone.md"),
            "no page gone.md; until there is one, write minutes:",
        ),
        (("minutes: 10", "minutes: 10, page: index.md"), "write page:, whose front matter"),
        (("minutes: 10, ", ""), "write page:, whose front matter"),
        (("minutes: 10", "minutes: ten"), "must be a whole number, is 'ten'"),
        (("gives: ids, ", ""), "write takes: and gives: for a stage"),
        (("takes: text", "takes: text, about: x"), "write takes: and gives: for a stage"),
        (("title: Cut", "title: Cut, color: red"), r"unknown \['color'\]"),
        (("hour: 30}", "}"), "hour: must be whole minutes"),
    ],
)
def test_a_fault_of_the_outline_is_named(tmp_path, change, message):
    with pytest.raises(ContractError, match=message):
        read(tmp_path, GOOD.replace(*change))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("makes: text", "makes: must be two things"),
        ("makes: [text]", "makes: must be two things"),
        ("feeds: Bake", "feeds: 'Bake' is no stage on the line"),
    ],
)
def test_a_stage_that_stands_nowhere_in_the_picture_is_named(tmp_path, more, message):
    with pytest.raises(ContractError, match=message):
        read(tmp_path, GOOD.replace("gives: ids", f"gives: ids, {more}"))


def test_an_arrow_whose_ends_do_not_fit_is_named(tmp_path):
    cut = "gives: ids, makes: [text, ids]"
    bake = "  - {title: Bake, takes: a, gives: b, makes: [dough, cake], minutes: 1, hour: 0}\n"
    with pytest.raises(ContractError, match="no stage before 'Bake' gives 'dough'"):
        read(tmp_path, GOOD.replace("gives: ids", cut) + bake)


def test_the_plan_adds_up(tmp_path):
    html = outline.render("plan", read(tmp_path, GOOD), str, "index.md")
    assert '<td align="right">15 min</td><td align="right">60 min</td></tr></tfoot>' in html
    assert "text → ids (not written yet)" in html


def test_an_unknown_placeholder_is_named(tmp_path):
    with pytest.raises(KeyError, match=r"no outline\.picture; there are"):
        outline.render("picture", read(tmp_path, GOOD), str, "index.md")


def faults(lesson: outline.Outline, config: Config, nav: list[str]) -> list[str]:
    """Name what the outline says otherwise than the pages' front matter and the navigation."""
    folder = lesson.path.parent
    pages = [section for section in lesson.sections if section.page]
    titles = {section.page: load(folder / section.page, config).meta["title"] for section in pages}
    wrong = [
        f"{section.page} has the title {titles[section.page]!r}, its section {section.title!r}"
        for section in pages
        if titles[section.page] != section.title
    ]
    listed = [name.removeprefix(f"{folder.name}/") for name in nav]
    if listed[: len(pages)] != [*titles]:
        wrong.append(f"mkdocs.yml lists {listed}, the outline {[*titles]}")
    return wrong


def navigation() -> list[str]:
    """The pages of Lesson 4 in the order of the site."""
    config = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    (pages,) = (entry["Lesson 4"] for entry in config["nav"] if "Lesson 4" in entry)
    return pages


def test_titles_and_order_of_the_lesson_are_the_same_in_outline_pages_and_navigation():
    config = Config.load(ROOT)
    lesson = outline.read(ROOT / "docs/lesson-4/outline.yml", config)
    assert faults(lesson, config, navigation()) == []


def test_another_title_and_another_order_are_noticed():
    config = Config.load(ROOT)
    lesson = outline.read(ROOT / "docs/lesson-4/outline.yml", config)
    first, second, *others = lesson.sections
    renamed = replace(lesson, sections=(replace(first, title="Start"), second, *others))
    assert faults(renamed, config, navigation()) == [
        "index.md has the title 'Introduction', its section 'Start'"
    ]
    (fault,) = faults(replace(lesson, sections=(second, first, *others)), config, navigation())
    assert fault.startswith("mkdocs.yml lists ['index.md', 'tokenization.md', ")
