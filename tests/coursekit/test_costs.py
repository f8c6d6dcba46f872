"""What a page costs: measured in a process of its own, kept, shown, and demanded of lesson pages."""

import json
import sys

import pytest

from coursekit import __main__ as commands
from coursekit.config import Config
from coursekit.course import costs
from coursekit.parser import load
from coursekit.site.card import Downloads, card

BLOCK = """\
```python
import os, time
time.sleep(0.2)
assert os.environ.get('FEW', 'no') in ('no', 'yes')
```
"""
MACHINE = "def told():\n    return {'cpu': 'A < B', 'cores': 2}\n"
SETTINGS = """[tool.coursekit]
machine = "machine:told"
{}
[tool.coursekit.variants]
few = {{ FEW = "yes" }}
"""  # formatted, so braces are doubled


@pytest.fixture
def paid(course):
    """A course that demands costs, with one lesson page."""

    def make(block: str = BLOCK, limits: str = "") -> tuple:
        course.write("pyproject.toml", SETTINGS.format(limits))
        course.write("machine.py", MACHINE)
        file = course.lesson(block)
        config = Config.load(course.root)
        return load(file, config), config

    return make


needs_wait4 = pytest.mark.skipif(sys.platform == "win32", reason="Windows tells no memory")


CACHING = """\
```python
import os
from pathlib import Path
cache = Path(os.environ["XDG_CACHE_HOME"])
assert not cache.exists()
cache.mkdir()
```
"""


@needs_wait4
def test_each_run_begins_with_an_empty_cache(paid, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # where an earlier run left something
    assert list(costs.measure(*paid(CACHING)).runs) == ["as it is", "few"]


@needs_wait4
def test_a_page_is_run_as_it_is_and_in_each_variant(paid):
    page, config = paid(BLOCK.replace("('no', 'yes')", "('no',)"))
    with pytest.raises(RuntimeError, match=r"exit status 1:(.|\n)*AssertionError"):
        costs.measure(page, config)  # the variant sets FEW, and the page refuses it
    page, config = paid()
    cost = costs.measure(page, config)
    assert list(cost.runs) == ["as it is", "few"]
    assert cost.blocks == 1
    assert cost.machine == "A < B, 2 cores"
    for run in cost.runs.values():
        assert run.seconds >= 0.2
        assert 3 < run.memory_mb < 200


@needs_wait4
def test_memory_is_that_of_the_pages_process(paid):
    page, config = paid(
        "```python\nblock = bytearray(300_000_000)\nblock[::4096] = b'x' * 73243\n```\n"
    )
    assert 300 < costs.measure(page, config).runs["few"].memory_mb < 500


def cost_of(seconds: float = 2.0, memory: int = 100, blocks: int = 1, few: str = "few"):
    runs = {"as it is": costs.Run(1.0, 50), few: costs.Run(seconds, memory)}
    return costs.Cost("2026-01-31", "A < B, 2 cores", blocks, runs)


def test_costs_are_kept_page_by_page_and_read_again(paid):
    page, config = paid()
    assert costs.read(page, config) is None
    (config.root / "docs/costs.json").write_text(json.dumps({"docs/other.md": {"date": "x"}}))
    costs.write(page, config, cost_of())
    assert costs.read(page, config) == cost_of()
    kept = json.loads((config.root / "docs/costs.json").read_text("utf-8"))
    assert list(kept) == ["docs/lesson-1/page.md", "docs/other.md"]


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        (None, "nobody measured what this page costs"),
        (cost_of(blocks=2), "its costs are those of 2 Python blocks, now there are 1"),
        (cost_of(few="many"), "its costs are of ['as it is', 'many'], not of ['as it is', 'few']"),
        (cost_of(seconds=91), "takes 91 s (few), at most 90"),
        (cost_of(memory=2001), "takes 2001 MB (few), at most 2000"),
        (cost_of(), None),
    ],
)
def test_a_lesson_page_must_have_known_and_bearable_costs(paid, cost, message):
    page, config = paid()
    if cost:
        costs.write(page, config, cost)
    found = [problem.message for problem in costs.problems(page, config)]
    advice = "; measure anew: python -m coursekit costs docs/lesson-1/page.md"
    assert found == ([message + advice] if message else [])


def test_a_page_without_code_and_a_course_without_variants_owe_nothing(paid, course):
    assert costs.problems(*paid("Only words.\n")) == []
    course.write("pyproject.toml", "[tool.coursekit]\n")
    config = Config.load(course.root)
    assert costs.problems(load(course.lesson(BLOCK), config), config) == []


def test_an_unknown_cost_fails_the_page(paid, course):
    paid()
    course.fails_with(
        "docs/lesson-1/page.md:1: nobody measured what this page costs", failed=1, passed=2
    )


def test_costs_without_a_way_to_name_the_machine_are_refused(course):
    message = r'set \[tool.coursekit\] machine = "module:function"'
    with pytest.raises(ValueError, match=message):
        Config.load(course.root).function("machine")


def test_the_limits_are_settings(paid):
    page, config = paid(limits="seconds_limit = 1\n")
    costs.write(page, config, cost_of())
    assert "takes 2.0 s (few), at most 1" in costs.problems(page, config)[0].message


def test_the_card_shows_costs_where_they_are_known(paid):
    page, _ = paid()
    files = Downloads("page.ipynb", "page.py", "x.whl", "x.whl")
    assert "As a script" not in card(page, files, None)
    html = card(page, files, None, cost_of(seconds=61.4, memory=1234))
    assert "As a script it takes 1 s and 50 MB on A &lt; B, 2 cores; few: 61 s, 1,234 MB" in html
    assert '<time datetime="2026-01-31">' in html


def test_a_system_that_does_not_tell_memory_is_named(paid, monkeypatch):
    monkeypatch.delattr(costs.os, "wait4", raising=False)
    with pytest.raises(RuntimeError, match="does not say how much memory a process took"):
        costs.measure(*paid())


@needs_wait4
def test_the_command_measures_pages_and_keeps_what_they_take(paid, course, capsys):
    page, config = paid("```python\n1\n```\n")
    assert commands.main(["costs", "docs/lesson-1/page.md"]) == 0
    cost = costs.read(page, config)
    assert list(cost.runs) == ["as it is", "few"]
    shown = capsys.readouterr().out.splitlines()
    assert [line.partition("MB  ")[2] for line in shown] == [
        "docs/lesson-1/page.md (as it is)",
        "docs/lesson-1/page.md (few)",
    ]
