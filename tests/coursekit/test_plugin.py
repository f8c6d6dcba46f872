"""Each promise of a fence, broken on purpose in a small course, and seen to fail."""

import json
from pathlib import Path

import pytest

from coursekit.config import Config
from coursekit.held import verified
from coursekit.parser import load
from coursekit.problems import Problem
from coursekit.testing.pytest_plugin import COURSE_CHECKS


def test_blocks_share_one_namespace_and_run_in_order(course):
    course.page("```python\na = 1\n```\n\n```python\nprint(a + 1)\n```\n\n```output\n2\n```\n")
    result = course.fails_with(passed=4)  # contract, 2 blocks, whole page
    assert "blocks: 2 run and held, 0 skipped" in result.stdout.str()


def test_one_more_check_of_the_course_counts_only_where_it_fails(course, monkeypatch):
    course.page("text\n")
    monkeypatch.setitem(COURSE_CHECKS, "one more", lambda _: [])
    course.ends_with(passed=1)
    monkeypatch.setitem(COURSE_CHECKS, "one more", lambda _: [Problem(Path("x"), 1, "wrong")])
    course.fails_with("x:1: wrong", passed=1, failed=1)


def test_a_stale_output_fails_with_page_line_and_both_texts(course):
    course.page("\n```python\nprint(1 + 1)\n```\n\n```output\n3\n```\n")
    course.fails_with(
        "docs/page.md:2: the output on line 6 does not hold: 2 is not 3",
        "-3",
        "+2",
        "or accept what was printed: python -m coursekit update PAGE",
        passed=1,
        failed=2,
    )


def test_a_block_that_prints_without_an_output_fails(course):
    course.page("```python\nprint(1)\n```\n")
    course.fails_with(
        "docs/page.md:1: the block prints, and the page shows no output", passed=1, failed=2
    )


def test_an_output_of_a_block_that_prints_nothing_fails(course):
    course.page("```python\na = 1\n```\n\n```output\n1\n```\n")
    course.fails_with("the page shows an output, and the block prints nothing", passed=1, failed=2)


def test_a_value_alone_on_the_last_line_prints_nothing(course):
    course.page("```python\n1 + 1\n```\n")
    course.fails_with(passed=3)


def test_an_error_shows_the_page_line_and_later_blocks_are_not_run(course):
    course.page("text\n\n```python\na = 1\nb = a / 0\n```\n\n```python\nprint(b)\n```\n")
    course.fails_with(
        "docs/page.md:3: the block raised",
        'page.md", line 5, in <module>',
        "ZeroDivisionError: division by zero",
        "docs/page.md:8: not run: the block on line 3 failed before it",
        passed=1,
        failed=3,
    )


def test_an_error_in_embedded_code_shows_the_line_in_its_module(course):
    source = course.module("# --8<-- [start:f]\ndef f(x):\n    return 1 / x\n# --8<-- [end:f]\n")
    course.page('```python\n--8<-- "src/lessons/numbers.py:f"\n```\n\n```python\nf(0)\n```\n')
    course.fails_with(
        "docs/page.md:5: the block raised",
        'page.md", line 6, in <module>',
        f'{source}", line 3, in f',
        passed=2,
        failed=2,
    )


def test_the_traceback_of_a_block_begins_with_its_own_line(course):
    course.page("```python\n1 / 0\n```\n")
    result = course.fails_with("the block raised", passed=1, failed=2)
    frames = [line for line in result.outlines if line.startswith('  File "')]
    assert len(frames) == 1
    assert 'page.md", line 2' in frames[0]


def test_embedded_code_that_fails_itself_names_its_own_line(course):
    course.module("# --8<-- [start:f]\nlimit = 1 / 0\n# --8<-- [end:f]\n")
    course.page('```python\n--8<-- "src/lessons/numbers.py:f"\n```\n')
    course.fails_with(
        "docs/page.md:1: (embeds src/lessons/numbers.py:2) the block raised", passed=1, failed=2
    )


RAISES = '```{{.python raises="{0}"}}\n{1}\n```\n\n```output\n{2}\n```\n'


def test_a_promised_error_passes_with_its_last_line_shown(course):
    course.page(RAISES.format("KeyError", "print('first')\n{}['a']", "first\nKeyError: 'a'"))
    course.fails_with(passed=3)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            RAISES.format("KeyError", "a = 1", "KeyError: 'a'"),
            "promised raises='KeyError', raised nothing",
        ),
        (RAISES.format("KeyError", "1 / 0", "KeyError: 'a'"), "raised ZeroDivisionError: division"),
        (
            RAISES.format("LookupError", "{}['a']", "x"),
            "promised raises='LookupError', raised KeyError",
        ),
        (RAISES.format("KeyError", "{}['a']", "KeyError: 'b'"), "does not hold: the text differs"),
    ],
)
def test_an_error_other_than_promised_fails(course, block, message):
    course.page(block)
    course.fails_with(message, passed=1, failed=2)


def test_the_line_of_a_multi_line_error_is_the_one_with_its_name(course):
    course.page(RAISES.format("ValueError", "raise ValueError('a\\nb')", "ValueError: a"))
    course.fails_with(passed=3)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import warnings\nwarnings.warn('old')", "UserWarning: old"),
        ("import logging\nlogging.getLogger('lib').warning('odd')", "WARNING lib: odd"),
        (
            "import logging\nlog = logging.getLogger('deaf')\nlog.propagate = False\nlog.error('odd')",
            "ERROR deaf: odd",
        ),
    ],
)
def test_a_warning_or_a_log_record_fails_unless_allowed_with_a_reason(course, code, message):
    course.page(f"```python\n{code}\n```\n")
    course.fails_with(message, "a reader would see a warning", passed=1, failed=2)
    course.write(
        "pyproject.toml",
        '[[tool.coursekit.allow]]\nmessage = "old|odd"\nreason = "the library\'s own"\n',
    )
    course.fails_with(passed=3)


def test_a_skip_is_reported_as_skipped_with_place_and_reason(course):
    course.page('```{.bash skip="serves until stopped"}\nfalse\n```\n')
    result = course.ends_with("-ra", passed=2, skipped=1)
    text = result.stdout.str()
    assert "blocks: 0 run and held, 1 skipped" in text
    assert "SKIPPED [1] docs/page.md:1: serves until stopped" in text


def test_commands_run_in_a_scratch_copy_of_the_repository(course):
    course.page("```bash\nls docs\ntouch made\n```\n\n```output\npage.md\n```\n")
    course.pytester.run("git", "init", "-q")
    course.fails_with(passed=3)
    assert not (course.root / "made").exists()


def test_a_command_does_not_notice_that_make_runs_the_tests(course, monkeypatch):
    monkeypatch.setenv("MAKELEVEL", "1")
    course.pytester.run("git", "init", "-q")
    course.write("Makefile", "help:\n\t@echo targets\n")
    course.page("```bash\nmake help\n```\n\n```output\ntargets\n```\n")
    course.fails_with(passed=3)


def test_a_failing_command_fails_with_what_it_said(course):
    course.pytester.run("git", "init", "-q")
    course.page("```bash\necho why >&2; false; true\n```\n")
    course.fails_with("exit status 1 from bash", "why", passed=1, failed=2)


def test_a_console_block_shows_commands_and_output_together(course):
    course.pytester.run("git", "init", "-q")
    course.page("```console\n$ echo 1\n1\n$ echo 2\n2\n```\n")
    course.fails_with(passed=3)
    course.page("```console\n$ echo 1\n2\n```\n")
    course.fails_with("the commands print something else: 1 is not 2", passed=1, failed=2)


SCRIPT = '```{.python .script args="--name Ada"}\n--8<-- "snippets/greet.py"\n```\n\n'


def test_a_script_runs_as_a_process_of_its_own(course):
    course.write(
        "snippets/greet.py",
        'import sys\n\nif __name__ == "__main__":\n    print("hello", sys.argv[2])\n',
    )
    course.page("```python\nsys = 1\n```\n\n" + SCRIPT + "```output\nhello Ada\n```\n")
    course.fails_with(passed=4)


def test_a_script_that_fails_shows_its_error(course):
    course.write("snippets/greet.py", "import sys\nsys.exit('no such name')\n")
    course.page(SCRIPT)
    course.fails_with("exit status 1", "no such name", passed=1, failed=2)


def test_a_page_that_cannot_be_parsed_is_one_failure(course):
    course.page("```pyhton\n1\n```\n")
    course.fails_with("docs/page.md:1: unknown fence 'pyhton'", failed=1)


DRAWS = """\
```{.figure src="figures/line.svg"}
A line
Its points

A line.

A line from 0 to 1.
```

```python
from pathlib import Path
Path("line.svg").write_text("<svg><path d='M0 0 H1.5'/></svg>")
```
"""


def test_a_figure_must_be_what_a_block_of_its_page_draws(course):
    course.page(DRAWS)
    course.fails_with("docs/page.md:1: line.svg is not what the page draws", passed=2, failed=1)
    course.ends_with("--update-outputs", passed=3)
    course.fails_with(passed=3)
    kept = course.root / "docs/figures/line.svg"
    kept.write_text(kept.read_text().replace("1.5", "1.6"))
    course.fails_with("1.5 is not 1.6", passed=2, failed=1)


def test_the_narrow_drawing_and_the_numbers_of_a_figure_must_be_the_pages_too(course):
    course.page(
        DRAWS.replace(
            "from pathlib import Path\n",
            "from pathlib import Path\n"
            'Path("line.narrow.svg").write_text("<svg/>")\nPath("line.csv").write_text("x,y\\n1,2\\n")\n',
        )
    )
    course.ends_with("--update-outputs", passed=3)
    numbers = course.root / "docs/figures/line.csv"
    assert numbers.read_text() == "x,y\n1,2\n"
    numbers.write_text("x,y\n1,3\n")
    course.fails_with("line.csv is not what the page draws", passed=2, failed=1)
    numbers.write_text("x,y\n1,2\n")
    (course.root / "docs/figures/line.narrow.svg").write_text("<svg><g/></svg>")
    course.fails_with("line.narrow.svg is not what the page draws", passed=2, failed=1)


def test_what_a_page_no_longer_draws_of_a_figure_goes_with_an_update(course):
    course.page(DRAWS)
    old = course.write("docs/figures/line.csv", "x,y\n1,2\n")
    course.fails_with("line.svg is not what the page draws", passed=2, failed=1)
    course.ends_with("--update-outputs", passed=3)
    course.fails_with(passed=3)
    assert not (course.root / "docs/figures/line.csv").exists(), old


def test_a_figure_that_no_block_draws_fails(course):
    course.page(DRAWS.replace('Path("line.svg")', 'Path("other.svg")'))
    course.fails_with("docs/page.md:1: no block of the page writes 'line.svg'", passed=2, failed=1)


def test_updating_rewrites_stale_adds_missing_and_drops_empty_outputs(course):
    page = course.page(
        "# T\n\n```python\nprint(2)\n```\n\n```{.output #two}\n3\n```\n\ntext\n\n"
        "??? note\n\n    ```python\n    print('a\\n\\nb')\n    ```\n\n"
        "```python\nc = 1\n```\n\n```output\n9\n```\n\nend\n"
    )
    course.ends_with("--update-outputs", passed=5)
    assert page.read_text() == (
        "# T\n\n```python\nprint(2)\n```\n\n```{.output #two}\n2\n```\n\ntext\n\n"
        "??? note\n\n    ```python\n    print('a\\n\\nb')\n    ```\n\n"
        "    ```output\n    a\n\n    b\n    ```\n\n"
        "```python\nc = 1\n```\n\nend\n"
    )
    course.fails_with(passed=5)


def test_updating_leaves_a_measured_output_inside_its_band_alone(course):
    text = '```python\nprint({0})\n```\n\n```{{.output .measured within="0.1"}}\n0.50\n```\n'
    page = course.page(text.format("0.55"))
    course.run("--update-outputs")
    assert page.read_text() == text.format("0.55")
    page = course.page(text.format("0.75"))
    course.run("--update-outputs")
    assert "\n0.75\n" in page.read_text()


def test_updating_twice_changes_nothing(course):
    page = course.page("```python\nprint('x', 1.5)\n```\n")
    course.run("--update-outputs")
    once = page.read_bytes()
    course.run("--update-outputs")
    assert page.read_bytes() == once


def test_a_run_is_recorded_for_exactly_the_page_that_ran(course):
    file = course.page("```python\nprint(1)\n```\n\n```output\n1\n```\n")
    config = Config.load(course.root)
    assert verified.read(load(file, config), config) is None
    course.ends_with("--record-verified", passed=3)
    record = verified.read(load(file, config), config)
    assert record is not None
    assert record.blocks == 1
    assert "Python" in record.versions
    file.write_text("Prose.\n\n" + file.read_text())
    assert verified.read(load(file, config), config) == record
    file.write_text(file.read_text().replace("print(1)", "print('1')"))
    assert verified.read(load(file, config), config) is None


def test_a_run_that_failed_is_not_recorded(course):
    file = course.page("```python\nprint(1)\n```\n\n```output\n2\n```\n")
    course.run("--record-verified")
    config = Config.load(course.root)
    assert verified.read(load(file, config), config) is None


def test_a_dataclass_defined_on_a_page_finds_its_module(course):
    course.page(
        "```python\nfrom dataclasses import dataclass\nimport pickle\n\n@dataclass\nclass P:\n"
        "    x: int\n\nprint(pickle.loads(pickle.dumps(P(3))))\n```\n\n```output\nP(x=3)\n```\n"
    )
    course.fails_with(passed=3)


def test_blocks_run_in_an_empty_folder_and_leave_nothing_in_the_repository(course):
    course.page(
        "```python\nfrom pathlib import Path\nassert not list(Path().iterdir())\nPath('x').touch()\n```\n"
    )
    course.fails_with(passed=3)
    assert not (course.root / "x").exists()


def test_an_unknown_setting_is_refused(course):
    course.write("pyproject.toml", "[tool.coursekit]\nlesons = 'x'\n")
    with pytest.raises(ValueError, match=r"unknown \[tool.coursekit\] setting \['lesons'\]; known"):
        Config.load(course.root)


def test_an_allowed_warning_needs_a_reason(course):
    course.write("pyproject.toml", '[[tool.coursekit.allow]]\nmessage = "x"\n')
    with pytest.raises(ValueError, match="allow needs a message and a reason"):
        Config.load(course.root)


def test_records_are_json_that_tools_can_read(course):
    course.page("```python\na = 1\n```\n")
    course.run("--record-verified")
    (file,) = (course.root / ".cache/verified").glob("*.json")
    assert json.loads(file.read_text())["blocks"] == 1


def test_claims_only_compares_bands_and_assertions_but_no_exact_output(course):
    page = course.page("```python\nprint(1)\n```\n\n```output\n2\n```\n")
    course.ends_with("--claims-only", passed=3)
    page.write_text(page.read_text().replace("output", '{.output .measured within="0.5"}'))
    course.ends_with("--claims-only", passed=1, failed=2)
    course.page("```python\nassert 1 > 2\n```\n")
    course.ends_with("--claims-only", passed=1, failed=2)


def test_claims_only_compares_no_figure(course):
    course.page(DRAWS)
    course.ends_with("--claims-only", passed=3)


def test_contracts_are_checked_without_running_a_block(course):
    course.page("```python\n1 / 0\n```\n")
    course.ends_with("--contracts", passed=1)
    course.lesson("It is 0.5 here.")
    course.ends_with("--contracts", passed=1, failed=1)


def test_a_fault_of_a_check_itself_keeps_its_traceback(course, monkeypatch):
    course.page("text\n")
    monkeypatch.setitem(COURSE_CHECKS, "one more", lambda _: [1 / 0])
    course.fails_with("lambda _: [1 / 0]", "ZeroDivisionError", passed=1, failed=1)


def test_a_library_that_a_conftest_loads_finds_the_network_off_already(course, monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    course.pytester.makeconftest("import os\n\nassert os.environ['HF_HUB_OFFLINE'] == '1'\n")
    course.page("```python\na = 1\n```\n")
    course.fails_with(passed=3)
