"""The commands outside a healthy clone: they say what is wrong, and never end in a traceback."""

import os
from pathlib import Path

import pytest

from coursekit import __main__ as commands
from coursekit import tree
from coursekit.commands import gate
from coursekit.commands.selection import select
from coursekit.config import Config

ROOT = Path(__file__).parents[2]
PAGE = "```python\nprint(1)\n```\n\n```output\n1\n```\n"


@pytest.fixture
def run(course, monkeypatch, capfd):
    """Run a command in the course; return its status, what it printed, and its errors."""

    def command(*arguments: str) -> tuple[int | str | None, str, str]:
        monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))  # for what the command starts
        try:
            status: int | str | None = commands.main(list(arguments))
        except SystemExit as end:
            status = end.code
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err, out + err
        return status, out, err

    return command


@pytest.fixture
def archive(course, monkeypatch):
    """A course without .git, with a page, and what a command would run."""
    course.page(PAGE)
    course.page(PAGE, "docs/second.md")
    monkeypatch.chdir(course.root)
    found: list[list[str]] = []
    monkeypatch.setattr(gate, "run_step", lambda _, *step: found.append(list(step)) or 0)
    return course, found


def commit(course) -> None:
    name = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for step in (["init", "-q"], ["add", "."], [*name, "commit", "-qm", "All"]):
        course.pytester.run("git", *step)


def checked(found: list[list[str]]) -> list[str]:
    (step,) = (step for step in found if "--numprocesses" in step)
    return [name for name in step if name.endswith(".md")]


ALL = [str(Path("docs/page.md")), str(Path("docs/second.md"))]


def test_check_takes_all_pages_of_an_archive_and_says_why(archive, capsys):
    _, found = archive
    assert commands.main(["check"]) == 0
    assert checked(found) == ALL
    assert (
        "no clone: there is no .git, so all pages and tests count as changed"
        in capsys.readouterr().out
    )


def test_what_commands_make_is_left_out_at_the_root_alone(archive):
    course, _ = archive
    for name in ("site/index.html", "src/kit/site/build.py", "src/kit/__pycache__/build.pyc"):
        (course.root / name).parent.mkdir(parents=True)
        (course.root / name).touch()
    files = tree.files(course.root)
    assert "src/kit/site/build.py" in files
    assert not {"site/index.html", "src/kit/__pycache__/build.pyc"} & set(files)


def test_an_archive_inside_another_repository_is_no_clone(archive):
    course, found = archive
    (course.root / "course").mkdir()
    for name in ("mkdocs.yml", "pyproject.toml", "docs"):
        (course.root / name).rename(course.root / "course" / name)
    course.pytester.run("git", "init", "-q")
    os.chdir(course.root / "course")
    assert commands.main(["check"]) == 0
    assert checked(found) == ALL


def test_check_takes_all_pages_where_there_is_no_git(archive, monkeypatch, capsys):
    course, found = archive
    commit(course)
    monkeypatch.setenv("PATH", str(course.root))
    assert commands.main(["check"]) == 0
    assert checked(found) == ALL
    assert "there is no program git, so all pages" in capsys.readouterr().out


def test_check_takes_all_pages_before_the_first_commit(archive, capsys):
    course, found = archive
    course.pytester.run("git", "init", "-q")
    assert commands.main(["check"]) == 0
    assert checked(found) == ALL
    assert "git has no commit yet" in capsys.readouterr().out


def test_check_takes_what_changed_also_with_letters_of_other_languages(archive):
    course, _ = archive
    course.page(PAGE, "docs/été.md")
    commit(course)
    assert select(Config.load(course.root)).pages == []
    course.page(PAGE.replace("print(1)", "print('1')"), "docs/été.md")
    course.page(PAGE, "docs/ñew.md")
    assert select(Config.load(course.root)).pages == [Path("docs/été.md"), Path("docs/ñew.md")]


def test_check_takes_a_page_that_cannot_be_parsed_any_more_or_could_not_before(archive):
    course, _ = archive
    course.page("```pyhton\n1\n```\n", "docs/third.md")
    commit(course)
    assert select(Config.load(course.root)).pages == [Path("docs/third.md")]
    course.page("```pyhton\n1\n```\n")
    assert select(Config.load(course.root)).pages == [Path("docs/page.md"), Path("docs/third.md")]


def test_what_git_says_is_printed_where_it_refuses(archive, capsys):
    course, _ = archive
    commit(course)
    (course.root / ".git/HEAD").write_text("broken\n")
    assert commands.main(["check"]) == 1
    assert "fatal: " in capsys.readouterr().err


def test_commands_of_a_page_run_in_a_copy_of_an_archive_too(course):
    course.write(".venv/lib/module.py", "1")
    course.write("site/index.html", "")
    course.page("```bash\nls *\n```\n\n```output\nmkdocs.yml\npyproject.toml\n\n"
                "docs:\npage.md\n```\n")  # fmt: skip
    names = ["docs/page.md", "mkdocs.yml", "pyproject.toml"]
    assert tree.files(course.root) == names
    course.fails_with(passed=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["costs", "docs/none.md"], "error: no page of the course: docs/none.md; pages are "),
        (["costs", "mkdocs.yml"], "error: no page of the course: mkdocs.yml"),
        (["costs", "docs/page.md"], "error: docs/page.md:1: unknown fence 'pyhton'"),
        (["test", "docs/none.md"], "docs/none.md"),
        (["unknown"], "invalid choice: 'unknown'"),
        (["serve", "--port", "x"], "argument --port: 'x' is no port: from 1 to 65535"),
        (["serve", "--port", "99999"], "argument --port: '99999' is no port: from 1 to 65535"),
        (["serve", "--port", "-1"], "argument --port: '-1' is no port"),
        (["serve", "--port", "0"], "argument --port: '0' is no port"),
    ],
)
def test_a_wrong_argument_is_answered_in_words(course, run, arguments, message):
    course.page("```pyhton\n```\n")
    status, out, err = run(*arguments)
    assert status
    assert message in out + err


@pytest.mark.parametrize("port", [1, 8001, 65535])
def test_a_port_is_a_number_up_to_65535(port):
    assert commands._number_of_port(str(port)) == port


def test_a_page_named_to_test_is_run(course, run):
    settings = (course.root / "pyproject.toml").read_text("utf-8")
    plugin = '[tool.pytest]\naddopts = ["-p", "coursekit.testing.pytest_plugin"]\n'
    course.write("pyproject.toml", settings + plugin)
    course.page(PAGE.replace("print(1)", "print(2)"))
    status, out, _ = run("test", "docs/page.md")
    assert status == 1
    assert "docs/page.md:1: the output on line 5 does not hold: 2 is not 1" in out


@pytest.mark.parametrize("settings", ["[tool.coursekit\n", "[tool.coursekit]\nlesons = 'x'\n"])
def test_settings_that_cannot_be_read_are_answered_in_words(course, run, settings):
    course.write("pyproject.toml", settings)
    for arguments in (["check"], ["costs", "docs/page.md"]):
        status, _, err = run(*arguments)
        assert status == 1
        assert err.startswith("error: ")
    result = course.run()
    assert result.ret == 4
    assert "ERROR: " in result.stderr.str()
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
