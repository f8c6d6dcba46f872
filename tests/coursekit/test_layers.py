from pathlib import Path

import pytest

from coursekit.commands import layers

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
def test_who_imports_what_stands_above_is_found(tmp_path, monkeypatch, capsys, importer, status):
    (tmp_path / "pyproject.toml").write_text(CONTRACT, "utf-8")
    (tmp_path / "sheaf").mkdir()
    for name in ("__init__", "high", "low"):
        other = {"high": "low", "low": "high"}.get(name)
        text = f"from sheaf import {other}\n" if name == importer else ""
        (tmp_path / "sheaf" / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert layers.main() == status
    assert ("sheaf.low -> sheaf.high" in capsys.readouterr().out) == bool(status)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pyproject.toml", "sheaf"]


def test_the_folders_of_tests_are_those_of_the_lessons():
    lessons = {p.name for p in (ROOT / "src/lessons").iterdir() if (p / "__init__.py").is_file()}
    tests = {p.name for p in (ROOT / "tests/lessons").iterdir() if list(p.glob("test_*.py"))}
    assert tests <= lessons
