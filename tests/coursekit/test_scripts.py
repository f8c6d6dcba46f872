"""Stand-alone scripts: how they are run, what is said where one is wrong, what downloads keep of them."""

from pathlib import Path, PurePosixPath

import pytest

from coursekit.commands.selection import select
from coursekit.config import Config
from coursekit.downloads.export import notebook, script
from coursekit.page.reading import minutes
from coursekit.page.scripts import arguments, command
from coursekit.parser import load
from coursekit.run.session import noise

ARGS = "--name 'Ada L.' --file {root}/data/a.txt"
GREET = """\
import sys
from pathlib import Path

print("hello", sys.argv[2])
print(Path(sys.argv[4]).read_text())
"""
PAGE = f"""\
```{{.python .script args="{ARGS}"}}
--8<-- "snippets/greet.py"
```

```output
hello Ada L.
7
```
"""


@pytest.fixture
def greeting(course):
    course.write("snippets/greet.py", GREET)
    course.write("data/a.txt", "7")
    return course.page(PAGE)


def plain(code: str) -> str:
    return f'```{{.python .script}}\n--8<-- "snippets/{code}.py"\n```\n\n'


def test_arguments_find_what_lies_in_the_repository(course, greeting):
    course.fails_with(passed=3)


@pytest.mark.parametrize(
    ("needs", "found"), [('"torchao>=0.18"', "torchao"), ('"torch>=2"', "torch"), ("", "")]
)
def test_a_script_finds_those_large_packages_alone_that_it_asks_for(course, needs, found):
    head = f"# /// script\n# dependencies = [{needs}]\n# ///\n"
    look = "from importlib.util import find_spec\nprint(*filter(find_spec, ('torch', 'torchao')))\n"
    course.write("snippets/greet.py", head + look)
    course.page(plain("greet") + (f"```output\n{found}\n```\n" if found else ""))
    course.fails_with(passed=3)


@pytest.mark.parametrize(("named", "found"), [("torchao", True), ("nothing", False)])
def test_what_a_page_starts_finds_what_the_page_names_and_looks_for_garbage_seldom(
    course, named, found
):
    child = (
        "import gc, importlib.util as u\n"
        "print(u.find_spec('torch' + 'ao') is not None, gc.get_threshold()[0])"
    )
    run = f'child = """\n{child}\n"""\n_ = subprocess.run([sys.executable, "-c", child])  # {named}'
    shown = f"```output\n{found} 100000\n```\n"
    course.page(f"```python\nimport subprocess, sys\n\n{run}\n```\n\n{shown}")
    course.fails_with(passed=3)


def test_a_blank_in_the_repositorys_path_separates_nothing():
    assert arguments("--file {root}/a", "/my course") == ["--file", "/my course/a"]


@pytest.mark.parametrize(
    ("args", "typed"),
    [
        (ARGS, "python snippets/x.py --name 'Ada L.' --file data/a.txt"),
        ("--folder {root}", "python snippets/x.py --folder ."),
        ("--folder {root}/ -v", "python snippets/x.py --folder ./ -v"),
        ("", "python snippets/x.py"),
    ],
)
def test_a_reader_types_the_command_at_the_root_of_a_clone(args, typed):
    assert command(PurePosixPath("snippets/x.py"), args) == typed


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("--file {rot}/a", 'args="--file {rot}/a" names {rot}; known: {root}'),
        ("--name 'Ada", "cannot be split as a shell would: No closing quotation"),
    ],
)
def test_arguments_that_no_shell_would_take_are_named(course, parse_error, args, message):
    course.write("snippets/greet.py", GREET)
    text = parse_error(PAGE.replace(ARGS, args))
    assert text.startswith("docs/page.md:1: ")
    assert message in text


def test_scripts_of_a_page_share_its_folder(course):
    course.write("snippets/write.py", "open('made.txt', 'w').write('3')\n")
    course.write("snippets/read.py", "print(open('made.txt').read())\n")
    course.page(plain("write") + plain("read") + "```output\n3\n```\n")
    course.fails_with(passed=4)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import warnings\nwarnings.warn('old')\n", "UserWarning: old"),
        ("import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()\n",
         "Traceback (most recent call last):"),
    ],
)  # fmt: skip
def test_a_script_that_succeeds_and_complains_fails_unless_allowed(course, code, message):
    course.write("snippets/greet.py", code)
    course.page(plain("greet"))
    course.fails_with(message, "a reader would see a warning", passed=1, failed=2)
    course.write(
        "pyproject.toml",
        '[[tool.coursekit.allow]]\nmessage = "old|Traceback"\nreason = "the library\'s own"\n',
    )
    course.fails_with(passed=3)


def test_progress_bars_and_notes_are_no_noise():
    assert noise("100%|####| 3/3\nWarning: slow\nloading a.py:3\n") == []
    assert noise("a/b.py:3: FutureWarning: gone soon\n  call()\n") == ["FutureWarning: gone soon"]


def test_a_script_that_no_page_shows_fails(course):
    course.write("snippets/greet.py", "print(1)\n")
    course.write("snippets/lost.py", "print(1)\n")
    course.page(plain("greet") + "```output\n1\n```\n")
    course.fails_with("snippets/lost.py:1: no page shows snippets/lost.py", passed=3, failed=1)


def test_a_script_is_no_reading_matter_and_its_output_is(course, greeting):
    assert minutes(load(greeting, Config.load(course.root))) == 2 / 12


@pytest.mark.parametrize("make", [notebook, script])
def test_a_pages_downloads_name_a_script_instead_of_holding_it(course, greeting, make):
    config = Config.load(course.root)
    text = make(load(greeting, config), config, "https://example.org/course/")
    assert (
        "Script `greet.py`: download it from https://example.org/course/snippets/greet.py. "
        "In a clone, it ran as `python snippets/greet.py --name 'Ada L.' --file data/a.txt`."
    ) in text
    assert "sys.argv" not in text
    assert "hello Ada L." in text
    here = make(load(greeting, config), config)
    assert "Script `greet.py`: download it from the course's site, on this page." in here


def test_a_page_whose_script_changed_is_one_that_changed(course, greeting):
    course.page("text\n", "docs/other.md")
    for step in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "All"],
    ):
        course.pytester.run("git", *step)
    assert select(Config.load(course.root)).pages == []
    course.write("snippets/greet.py", GREET + "# more\n")
    assert select(Config.load(course.root)).pages == [Path("docs/page.md")]
