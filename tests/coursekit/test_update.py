"""The command that refreshes what a page shows."""

import pytest

from coursekit import __main__ as commands
from coursekit.commands import gate

SETTINGS = """\
[tool.coursekit]
closure = "lessons.fingerprints.dependencies:Code"

[tool.pytest]
addopts = ["-p", "coursekit.testing.pytest_plugin", "-p", "no:cacheprovider"]
"""
PAGE = """\
```python
from pathlib import Path

Path("bars.svg").write_text("<svg>2</svg>")
print(1 + 1)
```

```output
3
```

```{.figure src="bars.svg"}
Two bars
Their lengths

Two bars.

One bar is as long as the other.
```
"""


@pytest.fixture
def page(course, monkeypatch):
    """A page whose output is wrong, and whose figure was never drawn."""
    course.write("pyproject.toml", SETTINGS)
    monkeypatch.chdir(course.root)
    return course.page(PAGE)


def test_a_page_gets_what_its_blocks_print_and_draw_and_the_difference_is_shown(page, capfd):
    assert commands.main(["update", "docs/page.md"]) == 0
    assert page.read_text("utf-8") == PAGE.replace("\n3\n", "\n2\n")
    assert (page.parent / "bars.svg").read_text("utf-8") == "<svg>2</svg>"
    said = capfd.readouterr().out
    assert "\n-3\n+2\n" in said
    assert said.endswith("docs/bars.svg: drawn\n")


def test_a_figure_that_was_there_is_drawn_anew_and_not_shown_line_by_line(page, capfd):
    page.write_text(PAGE.replace("\n3\n", "\n2\n"), "utf-8")
    (page.parent / "bars.svg").write_text("<svg>1</svg>", "utf-8")
    assert commands.main(["update", "docs/page.md"]) == 0
    said = capfd.readouterr().out
    assert said.endswith("docs/bars.svg: drawn anew\n")
    assert "<svg>" not in said


def test_several_pages_are_refreshed_in_one_run(course, page, capfd):
    second = course.page("```python\nprint(3)\n```\n\n```output\n4\n```\n", "docs/second.md")
    assert commands.main(["update", "docs/page.md", "docs/second.md"]) == 0
    assert "\n2\n" in page.read_text("utf-8")
    assert "\n3\n" in second.read_text("utf-8")
    said = capfd.readouterr().out
    assert "docs/bars.svg: drawn\n" in said
    assert "\n-4\n+3\n" in said


def test_a_page_on_which_all_holds_is_not_changed(page, capfd):
    (page.parent / "bars.svg").write_text("<svg>2</svg>", "utf-8")
    page.write_text(PAGE.replace("\n3\n", "\n2\n"), "utf-8")
    assert commands.main(["update", "docs/page.md"]) == 0
    assert capfd.readouterr().out.endswith("docs/page.md: nothing changed\n")


def test_a_page_whose_block_fails_keeps_its_text_and_the_command_fails(page, capfd):
    broken = PAGE.replace("print(1 + 1)", "print(1 / 0)")
    page.write_text(broken, "utf-8")
    assert commands.main(["update", "docs/page.md"]) == 1
    assert page.read_text("utf-8") == broken
    assert "ZeroDivisionError" in capfd.readouterr().out


def test_what_is_no_page_is_refused_before_anything_runs(page, monkeypatch, capsys):
    monkeypatch.setattr(gate, "run_step", lambda *_, **__: pytest.fail("nothing may run"))
    assert commands.main(["update", "mkdocs.yml"]) == 1
    assert "error: no page of the course: mkdocs.yml; pages are" in capsys.readouterr().err
