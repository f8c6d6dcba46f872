import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from coursekit.config import Config
from coursekit.downloads.export import cells, notebook, notebook_source, script
from coursekit.kinds.python import PYTHON
from coursekit.parser import load
from coursekit.problems import ContractError

PAGE = """\
---
title: Halves
description: D
---

# Halves

Half of {{ constant 3.0 }}, see [next](other.md#top) and [docs](https://example.org/a).

Elsewhere [all](../index.md), [a lab](../lesson-5/lab.py#top) and [code](../code/lab.py).

```python
--8<-- "src/lessons/numbers.py:imports"
```

```python
--8<-- "src/lessons/numbers.py:half"
```

??? note "More on halves"

    Deep prose.

    ```python
    print(half(3))
    half(4)  # silent
    ```

    ```output
    1.5
    ```

```{.python raises="TypeError"}
half("a")
```

```output
TypeError: unsupported operand type(s) for /: 'str' and 'int'
```

```text
plain
```

```{.quiz}
question: Which is half of 4?
choices:
  - {text: "2", right: true, why: "2 + 2 = 4"}
  - {text: "<3", why: "too much"}
```

{ .wide }
"""


@pytest.fixture
def halves(course):
    course.module()
    config = Config.load(course.root)
    return load(course.page(PAGE, "docs/lesson-1/halves.md"), config), config


def test_a_notebook_holds_the_pages_blocks_cell_by_cell(halves):
    page, config = halves
    book = nbformat.reads(notebook(page, config), 4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    blocks = page.of_kind(PYTHON)
    assert [c.source for c in code] == [notebook_source(b) for b in blocks]
    assert code[2].outputs[0].text == "1.5\n"
    assert code[3].metadata.tags == ["raises-exception"]


def test_a_notebooks_prose_is_the_pages_in_plain_markdown(halves):
    page, config = halves
    book = nbformat.reads(notebook(page, config), 4)
    text = "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert text.startswith("# Halves")
    assert "Half of 3.0, see next and [docs](https://example.org/a)." in text
    assert "**More on halves**\n\nDeep prose." in text
    assert "<details><summary>&lt;3</summary>Not quite. too much</details>" in text
    assert "```text\nplain\n```" in text
    assert "{ .wide }" not in text
    assert "```output" not in text


def test_links_to_other_pages_become_absolute_where_the_site_is_known(halves):
    page, config = halves
    text = notebook(page, config, "https://example.org/course/")
    assert "[next](https://example.org/course/lesson-1/other/#top)" in text
    assert "[all](https://example.org/course/)" in text
    assert "[a lab](https://example.org/course/lesson-5/lab/#top)" in text
    assert "[code](https://example.org/course/code/lab.py)" in text


def test_a_notebook_cell_ends_silently_where_a_script_would(halves):
    page, _ = halves
    assert notebook_source(page.of_kind(PYTHON)[2]) == "print(half(3))\nhalf(4);  # silent"


def test_the_same_page_makes_the_same_notebook(halves):
    assert notebook(*halves) == notebook(*halves)


def test_a_script_prints_what_the_page_shows_and_goes_on_behind_errors(halves, tmp_path):
    page, config = halves
    file = tmp_path / "halves.py"
    file.write_text(script(page, config))
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=True)
    shown = [b.output.body for b in page.of_kind(PYTHON) if b.output]
    assert done.stdout == "".join(shown)


def test_a_scripts_block_that_stops_raising_fails_the_script(halves, tmp_path):
    page, config = halves
    file = tmp_path / "halves.py"
    file.write_text(script(page, config).replace('half("a")', "half(1)"))
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
    assert "expected TypeError, nothing was raised" in done.stderr


def test_a_raising_block_with_a_long_string_is_refused(course):
    config = Config.load(course.root)
    page = load(
        course.page(
            '```{.python raises="KeyError"}\n{}["""a\nb"""]\n```\n\n```output\nKeyError: x\n```\n'
        ),
        config,
    )
    with pytest.raises(ContractError, match="no string over several lines"):
        script(page, config)


FAILS = '```{.python raises="KeyError"}\n{}["a"]\n```\n\n```output\nKeyError: \'a\'\n```\n\n'


def run_script(course, tmp_path: Path, text: str) -> str:
    config = Config.load(course.root)
    file = tmp_path / "page.py"
    file.write_text(script(load(course.page(text), config), config), encoding="utf-8")
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("before", "after", "shows"),
    [
        ('lines = ["a", "b"]', "print(len(lines))", "2"),
        ('error = "mine"', "print(error)", "mine"),
        ("line = expected = raising = 1", "print(line, expected, raising)", "1 1 1"),
        ('traceback = contextlib = "x"', "print(traceback, contextlib)", "x x"),
        ("type = next = isinstance = AssertionError = 3", "print(type + next)", "6"),
        ("say, print = print, None\nException = 3", "say(Exception)", "3"),
        (
            "before = None\nbefore = set(globals())",
            'print([n for n in globals() if n[0] != "_" and n not in before])',
            "[]",
        ),
        ("_must_raise = 4", "print(_must_raise)", "4"),
        ("def _must_raise_(): return 5", "print(_must_raise_())", "5"),
        ("class error(Exception): ...", "print(error.__name__)", "error"),
    ],
)
def test_what_a_script_adds_meets_no_name_of_the_page(course, tmp_path, before, after, shows):
    page = (
        f"```python\n{before}\n```\n\n{FAILS}```python\n{after}\n```\n\n```output\n{shows}\n```\n"
    )
    course.page(page)
    course.fails_with(passed=5)
    assert run_script(course, tmp_path, page) == f"KeyError: 'a'\n{shows}\n"


@pytest.mark.parametrize(
    ("first", "shows"),
    [
        ("from __future__ import annotations\nx: Missing = 1\nprint(x)", "1"),
        ('"""About."""\nprint(__doc__)', "About."),
        ("# -*- coding: utf-8 -*-\nprint(1)", "1"),
    ],
)
def test_what_python_demands_first_in_a_file_stays_first(course, tmp_path, first, shows):
    page = f"# T\n\n```python\n{first}\n```\n\n```output\n{shows}\n```\n\n{FAILS}"
    assert run_script(course, tmp_path, page) == f"{shows}\nKeyError: 'a'\n"


def test_an_error_of_another_class_stops_the_script(course, tmp_path):
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        run_script(course, tmp_path, FAILS.replace('{}["a"]', "1 / 0"))


def test_a_page_that_needs_nothing_added_gets_nothing(course):
    config = Config.load(course.root)
    page = load(course.page("```python\nprint(1)\n```\n\n```output\n1\n```\n"), config)
    assert "def " not in script(page, config)


def test_what_only_the_site_can_fill_in_is_left_out_of_a_download(course):
    text = "# T\n\n{{ outline.moved }}\n\nIn words, `{{ outline.moved }}`.\n\n```python\n1\n```\n"
    config = Config.load(course.root)
    page = load(course.page(text), config)
    first = nbformat.reads(notebook(page, config), 4).cells[0].source
    assert first.endswith("# T\n\nIn words, `{{ outline.moved }}`.")
    assert "\n{{ outline.moved }}\n" in cells(page, config, alone=False)[0].prose


NOTED = """\
---
title: The hour
bare: true
---

Guess first.

<div class="notes" markdown>

They will say one.

</div>

```python
print(1 + 1)
```

```output
2
```

Then look.
"""


def test_what_a_class_runs_itself_has_neither_the_outputs_nor_the_notes_of_its_teacher(course):
    config = Config.load(course.root)
    bare = notebook(load(course.page(NOTED), config), config)
    assert "They will say" not in bare
    assert [cell.outputs for cell in nbformat.reads(bare, 4).cells if "outputs" in cell] == [[]]
    assert "Guess first." in bare
    assert "Then look." in bare
    full = notebook(load(course.page(NOTED.replace("bare: true\n", "")), config), config)
    assert "They will say" in full
    assert '"2\\n"' in full
