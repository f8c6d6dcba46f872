"""Rebuilding, as ``make serve`` does: only what changed is made again, and all that changed shows."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

from coursekit.config import Config
from coursekit.site import reference
from samplepages import Edited

LESSON = "docs/lesson-4/sample.md"
# What one change of the small course is, and which pages it changes: file, old text, new text, page that
# shows it, what it shows there, pages that are rendered again.
CHANGES = [
    (LESSON, "## Pitfalls", "## Traps", "lesson-4/sample", ">Traps<", {LESSON}),
    (
        "src/lessons/sample.py", "Counter(text.split())", "Counter(text.lower().split())",
        "lesson-4/sample", 'text.lower().split()', {LESSON, "reference/sample.md"},
    ),
    (
        "src/lessons/sample.py", "Count the words of", "Number the words of",
        "reference/sample", "Number the words of", {LESSON, "reference/sample.md"},
    ),
    (
        "src/lessons/results/speed.json", '"fast": 7', '"fast": 8',
        "contributing", "It takes 8 seconds.", {"docs/contributing.md"},
    ),
    (
        "docs/glossary.md", "What **nobody** has", "What *few* have",
        "glossary", "What <em>few</em> have", {"docs/glossary.md"},
    ),
    (
        "docs/glossary.md", "Also: token maker.", "Also: dashed word.",
        "contributing", '<a class="term" href="../glossary/#tokenizer">dashed word</a>',
        {"docs/glossary.md"},
    ),
    (
        "docs/lesson-4/outline.yml", "gives: insight", "gives: wisdom",
        "lesson-4", "wisdom", {"docs/index.md", "docs/lesson-4/index.md"},
    ),
    (
        "docs/lesson-4/figures/bars.svg", 'height="8"', 'height="9"',
        "lesson-4/sample", 'height="9"', {LESSON},
    ),
    (
        LESSON, 'cause="A number has no length"', 'cause="Numbers are not long"',
        "if-it-breaks", "Numbers are not long", {"docs/if-it-breaks.md"},
    ),
    (
        "mkdocs.yml", "- Home: index.md", "- Start: index.md", "contributing", "Start", None,
    ),
    ("snippets/hello.py", '"hello"', '"good day"', "lesson-4/sample", "good day", {LESSON}),
]  # fmt: skip


@dataclass
class Server(Edited):
    """A course that is built again and again in one process, and the pages each build renders."""

    rendered: set[str] = field(default_factory=set)
    warnings: int = 0

    def build(self) -> None:
        self.rendered.clear()
        config = load_config(str(self.course / "mkdocs.yml"), site_dir=str(self.root), strict=False)
        config.plugins.on_startup(command="build", dirty=False)
        counter = CountHandler(level=logging.WARNING)
        logging.getLogger("mkdocs").addHandler(counter)
        build_site(config)
        logging.getLogger("mkdocs").removeHandler(counter)
        self.warnings = sum(count for _, count in counter.get_counts())


@pytest.fixture
def server(course: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server(course)
    render = Page.render

    def note(page: Page, *arguments: object) -> None:
        generated = page.file.generated_by is not None
        made.rendered.add(page.file.src_uri if generated else f"docs/{page.file.src_uri}")
        render(page, *arguments)

    monkeypatch.setattr(Page, "render", note)
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    monkeypatch.chdir(course)
    (course / "src/lessons/results/speed.json").write_text('{"summary": {"fast": 7}}', "utf-8")
    contributing = course / "docs/contributing.md"
    bound = "\nIt takes {{ result.speed.fast }} seconds. A dashed word.\n"
    contributing.write_text(contributing.read_text("utf-8") + bound, "utf-8")
    made.build()
    assert {LESSON, "docs/glossary.md", "reference/sample.md"} <= made.rendered
    return made


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


# By day two changes of different pages are built at once, and by night each on its own.
TOGETHER = [(0, 3), (1, 4), (2, 6), (5, 7), (8, 10), (9,)]


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param(TOGETHER, id="together"),
        pytest.param([(n,) for n in range(len(CHANGES))], id="each", marks=pytest.mark.nightly),
    ],
)
def test_each_change_shows_at_once_and_only_its_pages_are_rendered_again(
    groups, server, build: Callable, tmp_path
):
    assert sorted(number for group in groups for number in group) == [*range(len(CHANGES))]
    server.build()
    assert server.rendered == set()
    for group in groups:
        changes = [CHANGES[number] for number in group]
        for name, old, new, page, shown, _ in changes:
            assert shown not in server.html(page), shown
            server.change(name, old, new)
        server.build()
        for *_, page, shown, _ in changes:
            assert shown in server.html(page), shown
        expected = [rendered for *_, rendered in changes]
        if None not in expected:
            assert sum(map(len, expected)) == len(set().union(*expected)), "of different pages"
            assert server.rendered == set().union(*expected), changes
    after = files(server.root)
    (server.course / ".cache/pages").rename(tmp_path / "pages")
    fresh = build(server.course)
    assert (fresh.status, fresh.said) == (0, "")
    assert files(fresh.root) == after


def test_a_page_that_caused_a_warning_warns_again_and_misses_a_heading_that_goes_away(server):
    server.change("docs/contributing.md", "A dashed word.", "[Nothing](gone.md) is there.")
    for _ in range(2):
        server.build()
        assert server.rendered == {"docs/contributing.md"}
        assert server.warnings == 1

    # A page that did not change misses a heading that goes away.
    link = "[Traps](lesson-4/sample.md#pitfalls)."
    server.change("docs/contributing.md", "[Nothing](gone.md) is there.", link)
    server.build()
    assert server.warnings == 0
    server.change(LESSON, "## Pitfalls", "## Traps")
    server.build()
    assert server.rendered == {LESSON}
    assert server.warnings == 1


def test_a_page_of_the_reference_is_made_of_all_that_its_module_imports(tmp_path):
    for name, text in {
        "a.py": "match 1:\n case 1:\n  try: pass\n  except OSError:\n   from lessons.part import b\n",
        "part/__init__.py": '"""Part."""\n',
        "part/b.py": "import lessons.c\n",
        "c.py": "C = 1\n",
        "d.py": "from lessons import a\n",
    }.items():
        path = tmp_path / "src/lessons" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    sources = reference.Sources(Config(tmp_path))
    made_of = sources.of("reference/a.md")
    assert len(made_of) == 4
    assert "C = 1\n" in made_of
    assert "from lessons import a\n" not in made_of
    assert sources.of("lesson-4/a.md") == []
