"""The picture of the pipeline, and the line on each page that says where one is in it."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from coursekit.config import Config
from coursekit.course import flow, outline

ROOT = Path(__file__).parents[2]
STAGES = [
    "tokenization",
    "prompting",
    "data-preparation",
    "pretraining",
    "fine-tuning",
    "reward-modeling",
    "quantization",
    "evaluation",
]


@pytest.fixture(scope="module")
def lesson() -> outline.Outline:
    return outline.read(ROOT / "docs/lesson-4/outline.yml", Config.load(ROOT))


@pytest.fixture(scope="module")
def drawn(lesson) -> str:
    return outline.render("pipeline", lesson, lambda name: f"../{name}", "index.md")


def pictures(drawn: str) -> list[ET.Element]:
    return list(ET.fromstring(drawn).iter("svg"))


def test_the_line_says_what_flows(lesson):
    stages = [section for section in lesson.sections if section.number]
    assert flow.things(stages) == ["text", "token ids", "base model", "tuned model", "small model"]
    said = {stage.title: words for stage, _, _, words in flow.places(stages)}
    assert said["Pre-training"] == "token ids → base model"
    assert said["Data preparation"] == "feeds Pre-training"
    assert said["Prompting"] == said["Evaluation"] == "uses a model"


def test_the_picture_is_small_and_leads_to_each_stage_in_order_in_both_versions(drawn):
    assert len("".join(re.findall(r"<svg.*?</svg>", drawn)).encode()) <= 4096
    wide, tall = pictures(drawn)
    for picture in (wide, tall):
        assert [a.get("href") for a in picture.iter("a")] == [f"../{name}.md" for name in STAGES]


def test_nothing_of_the_picture_lies_outside_it_and_no_two_boxes_touch(drawn):
    for picture in pictures(drawn):
        left, top, width, height = map(int, picture.get("viewBox").split())
        boxes = [[int(rect.get(key)) for key in ("x", "y", "width", "height")]
                 for rect in picture.iter("rect")]  # fmt: skip
        for x, y, w, h in boxes:
            assert left <= x <= left + width - w
            assert top <= y <= top + height - h
        for i, (x, y, w, h) in enumerate(boxes):
            for a, b, *_ in boxes[:i]:
                assert abs(a - x) >= w or abs(b - y) >= h


def test_the_list_in_words_says_what_each_stage_takes_and_gives(drawn, lesson):
    words = [" ".join("".join(item.itertext()).split()) for item in ET.fromstring(drawn).iter("li")]
    assert words[0] == "Tokenization takes text, and gives token ids."
    assert len(words) == len(STAGES)


SMALL = """\
sections:
  - {title: Start, about: the beginning, page: index.md, hour: 30}
  - {title: Cut, takes: text, gives: ids, minutes: 10, hour: 30}
"""


def small(tmp_path: Path, text: str) -> str:
    (tmp_path / "index.md").write_text("---\ntitle: T\nminutes: 5\n---\n")
    (tmp_path / "outline.yml").write_text(text)
    read = outline.read(tmp_path / "outline.yml", Config(tmp_path.resolve()))
    return outline.render("pipeline", read, str, "index.md")


def test_stages_of_which_none_is_on_a_line_have_the_words_alone(tmp_path):
    html = small(tmp_path, SMALL)
    assert "<svg" not in html
    assert "<strong>Cut</strong> (not written yet) takes text, and gives ids." in html


def test_a_stage_without_a_page_is_drawn_and_is_no_link(tmp_path):
    html = small(tmp_path, SMALL.replace("gives: ids", "gives: ids, makes: [text, ids]"))
    assert "<a " not in html
    assert html.count(">Cut</text></g>") == 2


@pytest.mark.parametrize("step", [1120, pytest.param(80, marks=pytest.mark.nightly)])
def test_the_picture_fits_each_width_and_the_keyboard_reaches_its_stages_in_order(
    real_url, visit, step
):
    """By day the bars measure the page between the two, too, at the widths where the layout changes."""
    # Where the search field folds, its way there takes a quarter of a second, in which it sticks out.
    page = visit(real_url, reduced_motion="reduce").go("lesson-4/")
    wide = set()
    for width in range(320, 1441, step):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        visible = page.locator(".pipeline svg:visible")
        assert visible.count() == 1, width
        wide.add(visible.get_attribute("class"))
        box = visible.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert wide == {"flow__tall", "flow__wide"}
    reached = []
    page.locator(".pipeline svg:visible a").first.focus()
    for _ in STAGES:
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
        page.keyboard.press("Tab")
    assert reached == [f"{name}/" for name in STAGES]


OTHERS = ("lesson-4", "lesson-4/conclusion", "")


def test_the_line_stands_on_each_stage_and_on_no_other_page(real):
    for name in STAGES:
        html = real.html(f"lesson-4/{name}")
        assert html.count('<a class="here" href="../#the-pipeline"><span>You are here: ') == 1, name
    for name in OTHERS:
        assert 'class="here"' not in real.html(name), name


@pytest.mark.parametrize(
    ("stages", "others"),
    [
        pytest.param(STAGES[-1:], (), id="one"),
        pytest.param(STAGES, OTHERS, id="all", marks=pytest.mark.nightly),
    ],
)
def test_each_stage_says_below_its_title_where_one_is_and_other_pages_do_not(
    real_url, visit, stages, others
):
    seen = visit(real_url)
    asked = []
    for name in stages:
        page = seen.go(f"lesson-4/{name}/")
        page.on("request", lambda request: asked.append(request.url))
        link = page.locator("h1 + a.here")
        assert link.evaluate("link => link.href").endswith("/lesson-4/#the-pipeline")
        assert link.bounding_box()["height"] <= 32
        assert page.locator(".here__now").count() == 1
        assert page.locator(".here circle").count() == len(STAGES)
    assert not [url for url in asked if "outline" in url]
    assert "You are here: Evaluation (uses a model)" in link.inner_text()
    for name in others:
        assert seen.go(name).locator(".here").count() == 0
    assert seen.complaints == []
