import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from coursekit.config import Config
from coursekit.course import outline
from coursekit.parser import load
from coursekit.problems import ContractError
from lessons.conclusion.recap import STAGES, change
from lessons.experiments import load_result

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


def test_a_page_with_a_core_beside_the_sections_takes_its_time_but_is_not_in_the_plan(tmp_path):
    (tmp_path / "more.md").write_text("---\nminutes: 5\n---\n\n## Deeper\n\n" + "word " * 13_500)
    (tmp_path / "words.md").write_text("---\nminutes: 9\n---\n" + "word " * 13_500)
    lesson = read(tmp_path, "beside: [more.md, words.md, gone.md]\n" + GOOD)
    assert (lesson.minutes, lesson.hours) == (20, "1½")
    html = outline.render("plan", lesson, str, "index.md")
    assert '<td align="right">15 min</td><td align="right">60 min</td></tr></tfoot>' in html


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
    assert re.findall(r"\d+ to \d+", html) == ["0 to 30", "30 to 60"]


def test_an_unknown_placeholder_is_named(tmp_path):
    with pytest.raises(KeyError, match=r"no outline\.picture; there are"):
        outline.render("picture", read(tmp_path, GOOD), str, "index.md")


RECAP = """\
---
minutes: 5
---
```python
print(1)
```

```{.output #recap}
Cut      1.0 → 3.6  bytes < words
Another  7 → 8      of none
```
"""


def with_recap(tmp_path: Path) -> outline.Outline:
    (tmp_path / "cut.md").write_text(RECAP, "utf-8")
    return read(tmp_path, GOOD.replace("minutes: 10", "page: cut.md"))


def test_a_stage_shows_the_number_that_a_page_of_the_lesson_prints_for_it(tmp_path):
    html = outline.render("moved", with_recap(tmp_path), lambda name: f"../{name}", "index.md")
    assert html.count("<li>") == 1, "the start is no stage"
    assert '<a class="moved__box" href="../cut.md">' in html
    plain = re.sub("<.*?>", "", html)
    assert plain == "1 Cut1.0 →became 3.6bytes &lt; words"


def test_a_stage_whose_number_no_page_prints_says_what_it_takes_and_gives(tmp_path):
    (tmp_path / "cut.md").write_text("---\nminutes: 5\n---\n")
    lesson = read(tmp_path, GOOD.replace("minutes: 10", "page: cut.md"))
    plain = re.sub("<.*?>", "", outline.render("moved", lesson, str, "index.md"))
    assert plain == "1 Cuttext → ids"


def test_a_stage_without_a_page_has_no_number_to_show(tmp_path):
    assert "<li>" not in outline.render("moved", read(tmp_path, GOOD), str, "index.md")


@pytest.mark.parametrize(
    ("minutes", "hours"), [(0, "0"), (29, "½"), (80, "1½"), (118, "2"), (199, "3½")]
)
def test_reading_time_is_told_to_half_an_hour(tmp_path, minutes, hours):
    lesson = read(tmp_path, GOOD)
    start, cut = lesson.sections
    lesson = replace(lesson, sections=(replace(start, reading=minutes / 2),) * 2 + (cut,))
    assert outline.render("hours", lesson, str, "index.md") == hours


def test_the_number_of_stages_is_told_in_words_as_far_as_one_would_say_it(tmp_path):
    lesson = read(tmp_path, GOOD)
    assert outline.render("stages", lesson, str, "index.md") == "one"
    many = replace(lesson, sections=lesson.sections * 13)
    assert outline.render("stages", many, str, "index.md") == "13"


def test_the_first_page_shows_the_numbers_that_the_records_hold():
    lesson = outline.read(ROOT / "docs/lesson-4/outline.yml", Config.load(ROOT))
    shown = {s.title: f"{s.before} → {s.after}" for s in lesson.sections if s.number}
    assert shown == {stage.title: change(stage, load_result(stage.record)) for stage in STAGES}


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
    listed = [name for name in listed if name in titles]  # others stand beside the sections
    if listed != [*titles]:
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
