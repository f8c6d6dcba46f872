"""Importing a lesson: it prints nothing, and does little."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

ROOT = Path(__file__).parents[1]
CALLS_OF_AN_IMPORT = 300_000  # about a tenth of a second
# What the libraries take to load is theirs, and comes once.
LIBRARIES = (
    "torch", "transformers.models.bert.modeling_bert", "transformers.models.gpt2.modeling_gpt2",
    "transformers.trainer", "trl.trainer.sft_trainer", "rouge_score.rouge_scorer", "sacrebleu",
    "torchao.quantization",
)  # fmt: skip


def of_the_lessons() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "lessons"]


@pytest.fixture
def nothing_imported(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget the modules of the lessons for as long as a test runs, and who counts their lines."""
    for name in of_the_lessons():
        monkeypatch.delitem(sys.modules, name)
    finders = [f for f in sys.meta_path if type(f).__module__.partition(".")[0] != "slipcover"]
    monkeypatch.setattr(sys, "meta_path", finders)
    yield
    for name in of_the_lessons():
        del sys.modules[name]
    monkeypatch.undo()  # those that were there come back, and no others


def calls_of_an_import(name: str) -> int:
    """Import a module, and count the calls of Python functions: seconds depend on other programs."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        importlib.import_module(name)
    finally:
        sys.setprofile(None)
    return calls


def test_importing_a_lesson_prints_nothing_and_does_little(nothing_imported, capfd):
    for name in LIBRARIES:
        importlib.import_module(name)
    modules = [
        ".".join(part for part in path.relative_to(ROOT / "src").with_suffix("").parts
                 if part != "__init__")
        for path in sorted((ROOT / "src/lessons").rglob("*.py"))
    ]  # fmt: skip
    capfd.readouterr()  # what libraries say as they are loaded
    calls = {name: calls_of_an_import(name) for name in modules}
    assert capfd.readouterr().out == ""
    assert {*modules} <= {*of_the_lessons()}
    assert {name: many for name, many in calls.items() if many > CALLS_OF_AN_IMPORT} == {}
