import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from coursekit.commands import layers
from nested import environment

ROOT = Path(__file__).parents[2]
CONTRACT = """\
[tool.importlinter]
root_package = "sheaf"

[[tool.importlinter.contracts]]
name = "high above low"
type = "layers"
containers = ["sheaf"]
layers = ["high", "low"]
"""


@pytest.mark.parametrize(("importer", "status"), [("high", 0), ("low", 1)])
def test_who_imports_what_stands_above_is_found(tmp_path, importer, status):
    (tmp_path / "pyproject.toml").write_text(CONTRACT, "utf-8")
    (tmp_path / "sheaf").mkdir()
    for name in ("__init__", "high", "low"):
        other = {"high": "low", "low": "high"}.get(name)
        text = f"from sheaf import {other}\n" if name == importer else ""
        (tmp_path / "sheaf" / f"{name}.py").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-B", "-m", "coursekit.commands.layers"], cwd=tmp_path,
        env=environment(PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT / "src")])),
        stdout=subprocess.PIPE, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == status
    assert ("sheaf.low -> sheaf.high" in done.stdout) == bool(status)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pyproject.toml", "sheaf"]


def test_the_command_is_the_programs_without_its_cache(monkeypatch):
    program = SimpleNamespace(lint_imports=lambda **options: options)
    monkeypatch.setitem(sys.modules, "importlinter.cli", program)
    assert layers.main() == {"no_cache": True, "no_logo": True}


def test_the_folders_of_tests_are_those_of_the_lessons():
    lessons = {p.name for p in (ROOT / "src/lessons").iterdir() if (p / "__init__.py").is_file()}
    tests = {p.name for p in (ROOT / "tests/lessons").iterdir() if list(p.glob("test_*.py"))}
    assert tests <= lessons
