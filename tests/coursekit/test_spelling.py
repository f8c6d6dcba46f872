import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.commands import spelling

ROOT = Path(__file__).parents[2]


def checked(text: str, folder: Path, name: str = "page.md") -> subprocess.CompletedProcess[str]:
    """The check of a file under the settings of this repository."""
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (folder / name).write_text(text, "utf-8")
    command = [sys.executable, "-m", "coursekit.commands.spelling"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("word", "right"), [("occured", "occurred"), ("behaviour", "behavior"), ("teh", "the")]
)
def test_a_misspelled_word_is_named_with_its_place(tmp_path, word, right):
    done = checked(f"# T\n\nIt {word} here.\n", tmp_path)
    assert done.returncode == 2
    assert f"page.md:3:4: error: `{word}` should be `{right}`" in done.stdout


def test_words_of_the_course_are_no_mistakes(tmp_path):
    assert checked("6ND, torch.arange, deux filles contentes.\n", tmp_path).stdout == ""


def test_the_status_is_that_of_the_program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text("It occured.\n", "utf-8")
    assert spelling.main(["page.md"]) == 2
    assert spelling.main([]) == 2
    (tmp_path / "page.md").write_text("It occurred.\n", "utf-8")
    assert spelling.main([]) == 0


def test_an_environment_without_the_program_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(spelling.sysconfig, "get_path", lambda _: str(tmp_path))
    with pytest.raises(SystemExit, match="install what the extra dev names"):
        spelling.main([])
