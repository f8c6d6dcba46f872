"""A new page, experiment and script of the course itself: made in a copy of it, and checked there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit import __main__ as commands
from coursekit import tree
from coursekit.checks import core, form, guards, names, promises, quizzes
from coursekit.config import Config
from coursekit.course import costs
from coursekit.parser import load
from coursekit.problems import Problem
from nested import environment

ROOT = Path(__file__).parents[1]
PAGE = "docs/lesson-4/safety.md"
BY_NIGHT = pytest.mark.nightly  # by day the commands are tested on a small course
CHECKS: tuple[Callable[[Config], list[Problem]], ...] = (
    guards.section_problems,
    guards.module_problems,
    guards.orphan_problems,
    core.without_core,
    form.course_problems,
    quizzes.problems,
)


def copied(root: Path) -> Path:
    for name in tree.files(ROOT):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    return root


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with a page and an experiment more, just as they were begun."""
    root = copied(tmp_path_factory.mktemp("begun") / "course")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert commands.main(["new", "page", "lesson-4/safety"]) == 0
        assert commands.main(["new", "experiment", "safety_share"]) == 0
    return root


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same by the commands that a contributor types, with what its page costs and its record."""
    root = copied(tmp_path_factory.mktemp("new") / "course")
    run(root, "coursekit", "new", "page", "lesson-4/safety")
    run(root, "coursekit", "new", "experiment", "safety_share")
    if hasattr(os, "wait4"):  # elsewhere nobody says what a page costs
        run(root, "coursekit", "costs", PAGE)
    run(root, "lessons.experiments", "safety_share")
    run(root, "coursekit", "promises")
    return root


def run(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=root,
        env=environment(PYTHONPATH=os.pathsep.join([str(root / "src"), str(root / "tests")])),
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def problems(root: Path) -> set[str]:
    config = Config.load(root)
    return {f"{p.path.as_posix()}: {p.message}" for check in CHECKS for p in check(config)}


def test_a_page_that_was_begun_owes_its_costs_and_its_text(begun):
    config = Config.load(begun)
    page = load(begun / PAGE, config)
    owed = guards.lesson_problems(page, config) + names.undefined(page, config)
    owed += core.core_problems(page, config)
    assert [problem.message for problem in owed if "costs" not in problem.message] == []


@BY_NIGHT
def test_a_new_page_owes_nothing_but_its_text_and_brings_no_problem(course):
    assert problems(course) == set()  # in the course itself there are none: mkdocs.yml's items
    assert promises.problems(Config.load(course)) == []
    config = Config.load(course)
    page = load(course / PAGE, config)
    owed = guards.lesson_problems(page, config) + names.undefined(page, config)
    owed += core.core_problems(page, config)
    if not hasattr(os, "wait4"):
        owed = [problem for problem in owed if "costs" not in problem.message]
    assert owed == []
    if hasattr(os, "wait4"):
        assert costs.read(page, config) is not None


@BY_NIGHT
def test_a_new_pages_blocks_and_tests_and_the_tests_that_list_pages_pass(course):
    said = run(
        course, "pytest", "--quiet", "-p", "no:cacheprovider", PAGE, "tests/lessons/safety",
        "tests/site/test_outline.py", "tests/site/test_self_test.py",
    )  # fmt: skip
    assert "blocks: 4 run and held, 0 skipped" in said


@BY_NIGHT
def test_new_code_is_formatted_and_in_its_layer(course):
    run(course, "ruff", "check", ".")
    run(course, "ruff", "format", "--check", ".")
    run(course, "coursekit.commands.layers")
    run(course, "coursekit.commands.spelling", "docs", "src", "tests")


@BY_NIGHT
def test_a_new_script_is_run_by_the_workflow(course):
    run(course, "coursekit", "new", "script", "embed_text")
    run(course, "pytest", "--quiet", "-p", "no:cacheprovider", "tests/test_workflows.py",
        "-k", "test_a_workflow_runs_what_is_listed")  # fmt: skip
