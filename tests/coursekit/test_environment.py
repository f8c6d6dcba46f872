"""Commands on pages find this Python and a bash on every system, with or without a virtual environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.run.environment import bash, offer_python
from coursekit.run.start import quick

ROOT_NAMES = ("git", "git.exe")  # what a search on Linux and on Windows looks for


def asked(folder: Path, code: str) -> str:
    """What ``.venv/bin/python`` below a folder prints, started as a block starts it."""
    command = [bash(), "-euo", "pipefail", "-c", f'.venv/bin/python -c "{code}" "a  b"']
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_python_of_a_scratch_copy_is_the_one_that_runs_the_tests(tmp_path):
    offer_python(tmp_path)
    assert asked(tmp_path, "import sys; print(sys.prefix, sys.argv[1:])") == (
        f"{sys.prefix} ['a  b']"
    )


def test_a_python_outside_of_a_virtual_environment_is_offered_too(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", sys._base_executable)
    offer_python(tmp_path)
    assert asked(tmp_path, "import sys; print(sys.prefix == sys.base_prefix)") == "True"


def test_a_python_in_a_folder_with_blanks_is_offered_too(tmp_path, monkeypatch):
    folder = tmp_path / "Program Files"
    offer_python(folder)  # any command will do for a Python
    monkeypatch.setattr(sys, "executable", str(folder / ".venv/bin/python"))
    offer_python(tmp_path)
    assert asked(tmp_path, "print(1)") == "1"


@pytest.mark.parametrize("place", ["cmd", "mingw64/bin"])
def test_on_windows_the_bash_is_gits_not_the_systems(tmp_path, place):
    folder = tmp_path / "Git" / place
    folder.mkdir(parents=True)
    for name in ROOT_NAMES:
        (folder / name).touch(mode=0o755)
    wanted = tmp_path / "Git/bin/bash.exe"
    wanted.parent.mkdir(exist_ok=True)
    wanted.touch()
    assert bash("nt", {"PATH": str(folder)}) == str(wanted)


def test_on_windows_without_git_the_error_says_what_to_install(tmp_path):
    with pytest.raises(FileNotFoundError, match="install Git for Windows"):
        bash("nt", {"PATH": str(tmp_path)})


TOLD = """
import gc, os, sys


class Last:
    def __del__(self, count=gc.get_freeze_count):
        print("at the end", count() > 0)


last = Last()
last.own = open("written", "w")
last.own.write("all of it")
print(gc.get_threshold()[0], os.environ["PYTHONPATH"].endswith(os.pathsep + "mine"))
"""


@pytest.mark.parametrize("by", [("-c", TOLD), ("told.py",), ("-m", "told")])
def test_a_process_looks_for_garbage_seldom_and_closes_at_its_end_what_its_program_has(
    tmp_path, by
):
    (tmp_path / "told.py").write_text(TOLD)
    with quick({"PYTHONPATH": "mine"}) as path:
        environment = {**os.environ, "PYTHONPATH": path}
        done = subprocess.run(
            [sys.executable, *by],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert done.stdout.splitlines() == ["100000 True", "at the end True"]
    assert (tmp_path / "written").read_text() == "all of it"
    with quick({}) as path:
        assert os.pathsep not in path
    assert not Path(path).exists()
