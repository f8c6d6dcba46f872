"""What ``make serve`` shows after a change, and when: the changed page first, then the whole site."""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer

from coursekit.site.preview import FEW
from samplepages import Edited

LESSON, LAB, GLOSSARY = "docs/lesson-4/sample.md", "docs/lesson-5/sample.py", "docs/glossary.md"
ADDRESS = "http://127.0.0.1:1/"
Action = Callable[[], object]


def nothing() -> None:
    """What somebody does during a build who only waits."""


@dataclass
class Editor(Edited):
    """Somebody who edits a course and looks at what the server shows.

    Attributes:
        server: mkdocs' server, as ``mkdocs serve`` makes it; it listens to no port.
        log: each start of a build of the whole site, as ``waits`` or, where browsers have been told
            to load their page again, ``shown``; and its end as ``built``.
        meanwhile: what happens as soon as the build of the whole site begins.
        at_last: what happens when it has just ended.
    """

    server: LiveReloadServer
    log: list[str] = field(default_factory=list)
    meanwhile: Action = nothing
    at_last: Action = nothing

    @property
    def root(self) -> Path:
        """Where the site is that the server shows at present."""
        return Path(self.server.root)

    def rebuild(self) -> int:
        """Do as the server does after a change.

        Returns:
            How often browsers load their page again.
        """
        server, before = self.server, self.server._visible_epoch
        server._wanted_epoch += 1000
        server._want_rebuild = False
        server.builder()
        again = server._visible_epoch != server._wanted_epoch
        first = server._visible_epoch != before
        server._visible_epoch = server._wanted_epoch
        return first + again


@pytest.fixture
def editor(sample: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Editor]:
    """One who has built the course before: its pages are kept."""
    course = Path(shutil.copytree(sample.course, tmp_path / "course"))
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    monkeypatch.chdir(course)
    shown = tmp_path / "shown"

    def settings() -> Any:
        config = load_config(str(course / "mkdocs.yml"), site_dir=str(shown), site_url=ADDRESS)
        config.plugins.on_startup(command="serve", dirty=False)
        return config

    def build() -> None:
        server = editor.server
        editor.log.append("shown" if server._visible_epoch == server._wanted_epoch else "waits")
        editor.meanwhile()
        build_site(settings(), serve_url=ADDRESS)
        editor.log.append("built")
        editor.at_last()

    config = settings()
    build_site(config, serve_url=ADDRESS)
    server = LiveReloadServer(build, "127.0.0.1", 1, str(shown))
    editor = Editor(course, server)
    config.plugins.on_serve(server, config=config, builder=build)
    other = server.builder.__self__._other.name  # type: ignore[attr-defined]
    assert Path(other).is_dir()
    yield editor
    config.plugins.on_shutdown()
    server.server_close()
    assert not Path(other).exists()


@pytest.mark.parametrize(
    ("name", "page", "old", "new", "shows"),
    [
        (
            LESSON, "lesson-4/sample", "## Pitfalls\n",
            "## Pitfalls\n\nA *new* one, see [it][lessons.sample.count].\n",
            'href="../../reference/sample/#lessons.sample.count">it</a>',
        ),
        (LAB, "lesson-5/sample", "Count", "Number", "Number"),
        (GLOSSARY, "glossary", "A piece of text.", "Some of a text.", "Some of a text."),
    ],
    ids=["lesson", "lab", "glossary"],
)  # fmt: skip
def test_a_changed_page_is_shown_before_the_site_is_built_and_is_what_the_site_has(
    name, page, old, new, shows, editor
):
    seen: list[str] = []
    editor.meanwhile = lambda: seen.append(editor.html(page))
    before = editor.html(page)
    editor.change(name, old, new)
    loads = editor.rebuild()
    assert editor.log == ["shown", "built"]
    assert shows not in before
    assert shows in seen[0]
    assert seen == [editor.html(page)]
    assert loads == 1


def test_pages_that_look_otherwise_in_the_whole_site_are_loaded_once_more(editor):
    editor.change(LAB, "# A sample lab", "# A plain lab")
    assert "A sample lab" in editor.html("lesson-4/sample")
    assert editor.rebuild() == 2
    assert "A plain lab" in editor.html("lesson-4/sample")
    # What comes next is made with the new title from the start.
    editor.change(LESSON, "## Pitfalls\n", "## Pitfalls\n\nA new one.\n")
    assert (editor.rebuild(), editor.log[-2:]) == (1, ["shown", "built"])
    assert "A new one." in editor.html("lesson-4/sample")
    editor.change("docs/assets/css/code.css", "{", "{ --new: 1;")
    assert (editor.rebuild(), editor.log[-2:]) == (1, ["waits", "built"])


def test_code_is_shown_on_its_page_first_and_on_others_with_the_whole_site(editor):
    editor.change("src/lessons/sample.py", "Counter(text.split())", "Counter(text.lower().split())")
    seen: list[bool] = []
    editor.meanwhile = lambda: seen.extend(
        "text.lower()" in editor.html(page) for page in ("lesson-4/sample", "reference/sample")
    )
    assert editor.rebuild() == 2
    assert editor.log == ["shown", "built"]
    assert seen == [True, False]
    assert "text.lower()" in editor.html("reference/sample")
    # A page embeds more than before: only what changes from now on is new, also while a site is built.
    (editor.course / "snippets/new.py").write_text("print(1)\n", "utf-8")
    fence = '```{.python title="x"}\n--8<-- "snippets/new.py"\n```\n'
    editor.change("docs/contributing.md", "# Contributing\n", f"# Contributing\n\n{fence}")
    assert (editor.rebuild(), editor.log[2:]) == (1, ["shown", "built"])
    editor.change("docs/lesson-4/outline.yml", "gives: insight", "gives: wisdom")
    editor.meanwhile = lambda: editor.change("snippets/new.py", "1", "2")
    assert (editor.rebuild(), editor.log[4:]) == (1, ["waits", "built"])
    editor.meanwhile = nothing
    assert (editor.rebuild(), editor.log[6:]) == (1, ["shown", "built"])
    # Where what it embeds is gone, the build says so.
    (editor.course / "snippets/new.py").unlink()
    with pytest.raises(Abort):
        editor.rebuild()
    assert editor.log[8:] == ["waits"]


def test_many_pages_at_once_are_built_at_once_and_a_page_may_go(editor):
    pages = sorted((editor.course / "docs").rglob("*.md"))
    assert len(pages) > FEW
    for page in pages:
        page.write_text(page.read_text("utf-8") + "\nA new end.\n", "utf-8")
    editor.meanwhile = lambda: setattr(editor.server, "_want_rebuild", True)  # it is not ended
    assert editor.rebuild() == 1
    (editor.course / "docs/contributing.md").rename(editor.course / "docs/taking-part.md")
    editor.change("mkdocs.yml", "contributing.md", "taking-part.md")
    assert editor.rebuild() == 1
    assert editor.log == ["waits", "built"] * 2
    assert "A new end." in editor.html("taking-part")


def test_a_build_that_nobody_waits_for_ends_at_the_next_change(editor, caplog):
    root = editor.server.root

    def change_again() -> None:
        editor.change("docs/contributing.md", "A second.", "A third.")
        editor.server._want_rebuild = True

    editor.change("docs/contributing.md", "# Contributing\n", "# Contributing\n\nA second.\n")
    editor.meanwhile = change_again
    assert editor.rebuild() == 1
    assert editor.log == ["shown"]
    assert editor.server.root == root
    assert "A second." in editor.html("contributing")
    editor.meanwhile = nothing
    assert editor.rebuild() == 1
    assert editor.log == ["shown", "shown", "built"]
    assert editor.server.root != root
    assert "A third." in editor.html("contributing")
    assert not caplog.records


def break_contributing(editor: Editor) -> None:
    fence = '```{.python title="x"}\n--8<-- "gone.py"\n```\n'
    editor.change("docs/contributing.md", "# Contributing\n", f"# Contributing\n\n{fence}")


def test_a_fault_is_told_once_and_what_was_shown_stays(editor, caplog):
    break_contributing(editor)
    root = editor.server.root
    with caplog.at_level(logging.ERROR), pytest.raises(Abort):
        editor.rebuild()
    assert editor.log == ["waits"]
    assert caplog.text.count("gone.py") == 1
    assert editor.server.root == root
    assert "gone.py" not in editor.html("contributing")


def test_what_is_not_finished_when_a_build_ends_waits_for_the_next(editor):
    page = editor.course / "docs/index.md"
    editor.change(LESSON, "## Pitfalls\n", "## Pitfalls\n\nA new one.\n")
    editor.at_last = lambda: (break_contributing(editor), page.rename(page.with_suffix(".bak")))
    assert (editor.rebuild(), editor.log) == (1, ["shown", "built"])
    assert "A new one." in editor.html("lesson-4/sample")
    editor.at_last = nothing
    page.with_suffix(".bak").rename(page)
    with pytest.raises(Abort):
        editor.rebuild()
    editor.change("docs/contributing.md", "gone.py", "snippets/greet.py")
    assert (editor.rebuild(), editor.log[2:]) == (1, ["waits", "shown", "built"])
    assert "greet" in editor.html("contributing")


def test_a_page_with_a_warning_is_shown_and_the_warning_told_with_the_whole_site(editor, caplog):
    link = "[Nothing](gone.md) is there.\n"
    editor.change("docs/contributing.md", "# Contributing\n", f"# Contributing\n\n{link}")
    for text in ("# Contributing\n", "# Contributing \n"):
        editor.change("docs/contributing.md", text, "# Contributing \n")
        with caplog.at_level(logging.WARNING), pytest.raises(Abort):
            editor.rebuild()
        assert "Nothing" in editor.html("contributing")
        assert editor.log == ["shown"]
        assert caplog.text.count("gone.md") == 1
        editor.log.clear()
        caplog.clear()


def test_a_wrong_address_is_answered_by_the_site_that_is_shown(editor):
    page = Path(editor.server.root, "404.html")
    assert editor.server.error_handler(404) == page.read_bytes()
    page.unlink()
    assert editor.server.error_handler(404) is None
