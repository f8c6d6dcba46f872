"""A kind of fence is one file: page, check, run, site, notebook and reading time take it from there."""

import json
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from markdown import Markdown

from coursekit import kinds
from coursekit.config import Config
from coursekit.downloads.export import notebook
from coursekit.held.reach import Reach
from coursekit.kinds.python import PYTHON
from coursekit.page.contents import Block, Cell, Download, Fence, Judging, Kind, Page
from coursekit.page.reading import LINES_PER_MINUTE, minutes
from coursekit.parser import load
from coursekit.problems import ContractError
from coursekit.run.session import BlockError, Session
from coursekit.site.fences import formats, resolved
from minicourse import MiniCourse


class Total(Kind):
    """A made-up kind: numbers, a line each, whose total it prints in a unit."""

    name = "total"
    languages = frozenset({"total"})
    keys = frozenset({"unit", "skip"})
    runs = True
    compared = True
    renders_itself = True

    def problems(self, block: Block, config: Config) -> Iterator[str]:
        if "unit" not in block.attributes:
            yield "a total has a unit"

    def run(self, block: Block, session: Session) -> str:
        total = sum(map(float, block.body.split()))
        (session.folder / "total.txt").write_text(str(total), "utf-8")
        if total > 100:
            raise BlockError("more than a reader can pay")
        return f"{total:.1f} {block.attributes['unit']}\n"

    def unlike(
        self, block: Block, page: Page, config: Config, folder: Path, judging: Judging
    ) -> str | None:
        kept = float((folder / "total.txt").read_text("utf-8"))
        return f"{kept} is below zero" if kept < 0 else None

    def fence(self, block: Block, number: int, page: Page, config: Config) -> Fence:
        return Fence([block.language], {"number": str(number)}, block.body)

    def html(self, source: str, md: Markdown, attributes: Mapping[str, str]) -> str:
        return f"<p>total {attributes['number']} of {len(source.split())} numbers</p>"

    def cell(self, block: Block, download: Download) -> Cell:
        return Cell(prose=f"Add {', '.join(block.body.split())}.")

    def lines_read(self, block: Block) -> int:
        return 10 * len(block.body.split())


@pytest.fixture
def course(course: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> MiniCourse:
    monkeypatch.setattr(kinds, "KINDS", [*kinds.KINDS, Total()])
    return course


TEXT = '```{.total unit="EUR"}\n1\n2.5\n```\n\n```output\nSHOWN EUR\n```\n'


def total(course: MiniCourse, shown: str = "3.5", text: str = TEXT) -> Page:
    path = course.page(text.replace("SHOWN", shown))
    return load(path, Config.load(course.root))


def test_a_page_may_have_a_fence_of_a_new_kind(course):
    first, second = total(course).blocks
    assert (first.kind.name, first.output) == ("total", second)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (' unit="EUR"', "", "a total has a unit"),
        (' unit="EUR"', ' units="EUR"', "a total fence knows no ['units']; known: ['skip', 'unit']"),
        ("{.total", "{.total .large", "a total fence knows no class ['large']; known: []"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_fence_of_a_new_kind_is_named_on_the_page(
    course, before, after, problem
):
    with pytest.raises(ContractError) as caught:
        total(course, text=TEXT.replace(before, after))
    assert f"docs/page.md:1: {problem}" in str(caught.value)


def test_a_fence_of_a_new_kind_runs_and_its_output_holds(course):
    total(course)
    course.ends_with(passed=3)


def test_an_output_that_a_new_kind_did_not_print_is_refused(course):
    total(course, shown="4.5")
    course.fails_with("the output on line 6 does not hold: 3.5 is not 4.5", passed=1, failed=2)


def test_a_new_kind_says_what_went_wrong_while_it_ran(course):
    total(course, text=TEXT.replace("2.5", "200"))
    course.fails_with("docs/page.md:1: more than a reader can pay", passed=1, failed=2)


def test_a_new_kind_is_compared_with_what_the_whole_page_made(course):
    total(course, "-1.5", TEXT.replace("2.5", "-2.5"))
    course.fails_with("docs/page.md:1: -1.5 is below zero", passed=2, failed=1)


def test_what_a_new_kind_promises_decides_whether_its_page_runs_again(course):
    before = Reach(Config.load(course.root)).shown(total(course))
    assert Reach(Config.load(course.root)).shown(total(course)) == before
    other = total(course, text=TEXT.replace("EUR", "USD"))
    assert Reach(Config.load(course.root)).shown(other) != before


def test_the_site_shows_a_new_kind_as_its_file_says(course):
    page = total(course)
    text = resolved(page.blocks[0], 2, page, Config.load(course.root))
    md = Markdown(
        extensions=["attr_list", "pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": formats()}},
    )
    assert md.convert(text) == "<p>total 2 of 2 numbers</p>"


def test_a_notebook_takes_a_new_kind_as_its_file_says(course):
    cells = json.loads(notebook(total(course), Config.load(course.root)))["cells"]
    assert "Add 1, 2.5." in "".join(cells[0]["source"])


def test_the_reading_time_counts_a_new_kind_as_its_file_says(course):
    assert minutes(total(course)) == pytest.approx(21 / LINES_PER_MINUTE)


def test_each_file_of_kinds_is_in_the_list():
    names = {module.name for module in pkgutil.iter_modules(kinds.__path__, "coursekit.kinds.")}
    assert {type(kind).__module__ for kind in kinds.KINDS} == names


@pytest.mark.parametrize("classes", [(), ("script",)])
def test_a_fence_is_of_one_kind(classes):
    for language in kinds.languages():
        assert len([kind for kind in kinds.KINDS if kind.takes(language, classes)]) == 1, language


def test_no_module_beside_the_kinds_names_one():
    named = {f"coursekit.kinds.{name}" for name in ("python", "script", "shell", "figure", "shown")}
    root = Path(kinds.__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        if path.parent.name != "kinds":
            text = path.read_text("utf-8")
            assert not [name for name in named if name in text], path


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("run", (None, None), "a none fence does not run"),
        ("broken", (None, "", Judging()), "a none fence is no output"),
        ("html", ("", None, {}), "a none fence is a code block"),
    ],
)
def test_what_a_kind_cannot_do_is_said(method, arguments, message):
    kind = Kind()
    kind.name = "none"
    with pytest.raises(NotImplementedError, match=message):
        getattr(kind, method)(*arguments)


def test_a_kind_that_says_nothing_makes_nothing_of_the_whole_page(tmp_path):
    block, page = (None,) * 2
    assert Kind().unlike(block, page, Config(tmp_path), tmp_path, Judging()) is None
    assert list(Kind().problems(block, Config(tmp_path))) == []
    assert PYTHON.below(block, Config(tmp_path)) == ""
