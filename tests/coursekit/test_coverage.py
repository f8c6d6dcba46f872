"""Which lines nothing ran: counted in several processes, judged together."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.testing import coverage
from nested import environment

ROOT = Path(__file__).parents[2]


def counted(folder: Path, name: str, **files: tuple[list[int], list[int]]) -> None:
    lines = {
        f"src/lessons/{file}.py": {"executed_lines": ran, "missing_lines": missed}
        for file, (ran, missed) in files.items()
    }
    (folder / f"{name}.json").write_text(json.dumps({"files": lines}))


def test_a_line_that_any_process_ran_is_covered(tmp_path):
    counted(tmp_path, "one", a=([1, 2], [3, 4, 6]), b=([1], []))
    counted(tmp_path, "two", a=([1, 4], [2, 3, 6]))
    (tmp_path / "killed.json").touch()
    assert coverage.missing(tmp_path, tmp_path) == {"src/lessons/a.py": [3, 6]}


def test_files_outside_the_repository_are_none_of_it(tmp_path):
    """Such as a copy of a course, in which a test planted a fault; nor are pages, whose blocks count."""
    (root := tmp_path / "course").mkdir()
    lines = {"executed_lines": [1], "missing_lines": [2]}
    names = (tmp_path / "copy/src/lessons/a.py", root / "docs/page.md", root / "src/lessons/a.py")
    files = {str(name): lines for name in names}
    (root / "run.json").write_text(json.dumps({"files": files}))
    assert coverage.missing(root, root) == {"src/lessons/a.py": [2]}


def test_the_start_of_a_program_is_not_missed_but_all_around_it_is(tmp_path):
    (tmp_path / "src/lessons").mkdir(parents=True)
    (tmp_path / "src/lessons/a.py").write_text(
        "import sys\n\n\ndef main():\n    return 0\n\n\n"
        'if __name__ == "__main__":\n    status = main()\n    sys.exit(status)\n\n'
        'if __name__ == "a":\n    main()\n'
    )
    counted(tmp_path, "run", a=([1, 4, 12], [5, 8, 9, 10, 13]))
    assert coverage.missing(tmp_path, tmp_path) == {"src/lessons/a.py": [5, 13]}


def test_lines_that_nothing_ran_fail_and_are_named(tmp_path, capsys):
    (folder := tmp_path / coverage.FOLDER).mkdir(parents=True)
    counted(folder, "run", a=([1], [3, 4, 5, 9]))
    assert coverage.judge(tmp_path) == 1
    assert "src/lessons/a.py: no page and no test runs line 3-5, 9" in capsys.readouterr().out
    counted(folder, "run", a=([1, 3, 4, 5, 9], []))
    assert coverage.judge(tmp_path) == 0
    assert "coverage of src/lessons and src/coursekit: 100 %" in capsys.readouterr().out


def test_where_pages_were_held_before_nothing_is_judged_and_that_is_said(tmp_path, capsys):
    assert coverage.judge(tmp_path, held=3) == 0
    assert "not judged, 3 blocks were held before" in capsys.readouterr().out


def test_nothing_counted_is_no_pass(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing was counted"):
        coverage.missing(tmp_path)


def test_a_run_of_all_tests_counts_from_nothing(tmp_path):
    (old := tmp_path / coverage.FOLDER / "run.json").parent.mkdir(parents=True)
    old.write_text("{}")
    command, variables = coverage.command(tmp_path, ["pytest", "-q"])
    assert not old.exists()
    assert command[0] == "slipcover"
    assert command[-3:] == ["-m", "pytest", "-q"]
    assert variables == {"COURSEKIT_COVERAGE": str(tmp_path / coverage.FOLDER)}


def test_a_process_counts_only_while_all_tests_run(tmp_path):
    assert coverage.counting("mkdocs", {}) == [sys.executable, "-m", "mkdocs"]
    folder = tmp_path / ".cache" / "coverage"
    folder.mkdir(parents=True)
    command = coverage.counting("mkdocs", {"COURSEKIT_COVERAGE": str(folder)})
    assert command[-2:] == ["-m", "mkdocs"]
    assert str(tmp_path / "src/lessons") in command[command.index("--source") + 1]


def test_a_process_that_counts_is_told_nothing_of_the_run_around_it():
    variables = {"SLIPCOVER_COVERAGE_DIR": "/tmp/x", "COURSEKIT_COVERAGE": "/tmp/y", "PATH": "/bin"}
    assert coverage.alone(variables) == {"COURSEKIT_COVERAGE": "/tmp/y", "PATH": "/bin"}


def test_code_that_a_session_compiled_is_counted_where_it_stands(tmp_path):
    """In a worker of xdist, as when all tests run: the lines of a section that a page embeds."""
    for source in coverage.SOURCES:
        (tmp_path / source).mkdir(parents=True)
    (tmp_path / "src/lessons/half.py").write_text(
        "# a section\n\n\ndef half(x):\n    if x:\n        return x / 2\n    return 0\n"
    )
    (tmp_path / "test_it.py").write_text(
        "from pathlib import Path\n"
        "from coursekit.testing.coverage import instrument\n\n\n"
        "def test_it():\n"
        "    path = Path('src/lessons/half.py').resolve()\n"
        "    code = instrument(compile(path.read_text(), str(path), 'exec'))\n"
        "    space = {}\n"
        "    exec(code, space)\n"
        "    assert space['half'](4) == 2\n"
    )
    arguments, _ = coverage.command(
        tmp_path, ["pytest", "-q", "-n1", "-p", "no:cacheprovider", "test_it.py"]
    )
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert coverage.missing(tmp_path) == {"src/lessons/half.py": [7]}
