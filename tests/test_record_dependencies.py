"""What a measurement runs lies in what its record depends on, and nothing else makes it stale.

Both are tested on the records themselves: measured under a profiler, and on edited copies of the code.
"""

import ast
import importlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lessons.catalog.experiment import Cell
from lessons.experiments import EXPERIMENTS, load_result
from lessons.fingerprints.dependencies import Code
from lessons.fingerprints.fingerprint import BOUNDARIES, SOURCES, code
from profiled import sitecustomize
from remeasured import marks

NAMES = sorted(EXPERIMENTS)
RECORDS = {name: load_result(name) for name in NAMES}
# What is measured to see which functions run, where a record's first cell is not the one to take.
CELLS: dict[str, Cell] = {
    # starts processes that start others
    "data_preparation_scale": {"way": "copies", "count": 300, "workers": 2},
    "fine_tuning_labels": next(
        cell for cell in EXPERIMENTS["fine_tuning_labels"].cells if cell["start"] == "words"
    ),
    "tokenization_vocabulary": {"kind": "word", "size": 0, "seed": 0},
}
# In each run; the others at night, for a profile makes a measurement that calls much ten times as long.
CHEAP = ("search_quality",)


def functions_run(folder: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield each function of the lessons that was noted, and the definitions it is a part of."""
    lines = {line for file in folder.iterdir() for line in file.read_text("utf-8").splitlines()}
    for line in sorted(lines):
        path, _, number = line.rpartition(":")
        parts = Path(path).relative_to(SOURCES).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        module = code().module(name)
        assert module is not None
        yield (
            f"{name}:{number}",
            {
                f"{name}:{defined}"
                for defined, statements in module.definitions.items()
                for node in statements
                if first_line(node) <= int(number) <= (node.end_lineno or 0)
            },
        )


def first_line(node: object) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min(part.lineno for part in (node, *decorators))


def run_outside(folder: Path, *roots: str) -> list[str]:
    """Name the functions that ran and do not belong to what can be reached from the roots."""
    reached = code().reach(*roots).keys()
    return [
        function
        for function, parts in functions_run(folder)
        if not parts & reached and function.partition(":")[0] not in BOUNDARIES
    ]


def measure_noting(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure a cell of a record, and note which functions run, in child processes too."""
    module, function = EXPERIMENTS[name].measure.split(":")
    measure = getattr(importlib.import_module(module), function)
    monkeypatch.setenv(sitecustomize.WHERE, str(folder))
    monkeypatch.setenv(sitecustomize.WHOSE, str(SOURCES / "lessons"))
    paths = (str(Path(sitecustomize.__file__).parent), os.environ.get("PYTHONPATH", ""))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    stop = sitecustomize.note(str(SOURCES / "lessons"), folder)
    try:
        measure(**CELLS.get(name, EXPERIMENTS[name].cells[0]))
    finally:
        stop()


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=marks(EXPERIMENTS[name], name in CHEAP)) for name in NAMES],
)
def test_no_function_runs_that_the_record_does_not_depend_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = EXPERIMENTS[name]
    measure_noting(name, tmp_path, monkeypatch)
    ran = {part for _, parts in functions_run(tmp_path) for part in parts}
    assert {experiment.measure, *experiment.runs} <= ran
    assert run_outside(tmp_path, experiment.measure, *experiment.runs) == []
    if experiment.runs:  # what a process runs would be missed if it were not named
        assert len([*tmp_path.iterdir()]) > 1


def test_a_function_that_runs_and_is_not_reached_is_found(tmp_path: Path) -> None:
    source = (SOURCES / "lessons/models/optimizer_comparison.py").read_text("utf-8").splitlines()
    line = 1 + next(i for i, text in enumerate(source) if text.startswith("def final_loss"))
    (tmp_path / "1.txt").write_text(
        f"{SOURCES / 'lessons/models/optimizer_comparison.py'}:{line}\n", "utf-8"
    )
    assert run_outside(tmp_path, "lessons.models.optimizer_comparison:final_loss") == []
    assert run_outside(tmp_path, "lessons.pretraining.learning_rates:rate_cell") == [
        f"lessons.models.optimizer_comparison:{line}"
    ]


@pytest.mark.parametrize("name", [name for name in NAMES if EXPERIMENTS[name].runs])
def test_what_a_process_runs_is_named_where_the_code_does_not_say_it(name: str) -> None:
    reached = code().reach(EXPERIMENTS[name].measure, *EXPERIMENTS[name].runs)
    assert {*EXPERIMENTS[name].runs} <= reached.keys()


def test_drawings_give_texts_and_plain_data_only() -> None:
    """So nothing that the boundary lets through can become a number of a record."""
    drawings = importlib.import_module("lessons.drawings")
    public = {
        name: value for name, value in vars(drawings).items()
        if callable(value) and value.__module__ == drawings.__name__ and not name.startswith("_")
    }  # fmt: skip
    for name, value in public.items():
        if isinstance(value, type):
            methods = {key for key in vars(value) if not key.startswith("__")}
            assert methods <= {*value.__dataclass_fields__}, name
        else:
            assert value.__annotations__["return"] is str, name
    assert public.keys() == {"line_chart", "token_rows", "Series"}


# And nothing else makes it stale


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the lessons' code."""
    shutil.copytree(
        SOURCES / "lessons",
        tmp_path / "lessons",
        ignore=shutil.ignore_patterns("checkpoints", "results", "__pycache__"),
    )
    return tmp_path


def stale(root: Path) -> set[str]:
    """Name the records whose definitions differ in a copy of the code."""
    copied = Code(root, boundaries=BOUNDARIES)
    return {
        name
        for name, experiment in EXPERIMENTS.items()
        if copied.summary(experiment.measure, *experiment.runs) != RECORDS[name]["definitions"]
    }


def edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / "lessons" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# Words, comments, annotations, a picture's style, docstrings, blank lines.
REWORDED = (
    ("storage.py", "no model {name!r}: take one of", "no such model, {name!r}. There are"),
    ("models/training.py", "  # of the way down, 0 to 1", "  # how far down"),
    ("world/sums.py", "count: int) -> tuple[int, ...]", "count: float) -> tuple[float, ...]"),
    ("drawings.py", 'stroke-width="2"', 'stroke-width="3"'),
    ("evaluation/perplexity.py", '"""Cut a text', '"""Reworded: cut a text'),
    ("world/__init__.py", "documents(\n", "documents(\n\n"),
)


def test_other_words_a_renamed_variable_and_a_moved_function_make_no_record_stale(
    copy: Path,
) -> None:
    """All at once: each of the files is read by records, and to follow all of them takes a second."""
    for file, old, new in REWORDED:
        edit(copy, file, old, new)
    edit(copy, "models/optimizer_comparison.py", "batches", "all_batches")
    edit(copy, "world/sums.py", "totals", "sums_so_far")
    path = copy / "lessons/machine.py"
    path.rename(copy / "lessons/hardware.py")
    path.write_text('"""Moved."""\n\nfrom lessons.hardware import machine, peak_memory\n', "utf-8")
    assert stale(copy) == set()


def test_a_moved_package_makes_no_record_stale(copy: Path) -> None:
    (copy / "lessons/world").rename(copy / "lessons/language")
    for path in copy.rglob("*.py"):
        text = re.sub(r"\blessons\.world\b", "lessons.language", path.read_text("utf-8"))
        text = re.sub(r"(from lessons import .*)\bworld\b", r"\1language as world", text)
        path.write_text(text, "utf-8")
    assert "lessons.language.lexicon" in (copy / "lessons/language/stories.py").read_text("utf-8")
    assert stale(copy) == set()


# Who draws documents of the world from the plan of `base`, which has tasks about capitals, and so all
# records that train or load its tokenizer's text anew; not who only loads a shipped model.
DOCUMENTS = {
    "data_preparation_proof", "data_preparation_scale", "fine_tuning_ways", "models_optimizers",
    "pretraining_curves", "pretraining_rates", "prompting_sampling", "quantization_bits",
    "quantization_words", "evaluation_report_card", "tokenization_sentencepiece", "tokenization_vocabulary",
    "models_speed", "pretraining_guesses", "quantization_groups", "pretraining_in_the_page",
    "pretraining_texts",
}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "world/lexicon.py",
            '("Italy", "Rome")',
            '("Italy", "Milan")',
            DOCUMENTS
            | {"models_abilities", "evaluation_real_bits", "evaluation_real_window"}
            | {"tokenization_real_text"},
        ),
        pytest.param(
            "models/muon.py",
            "momentum: float = 0.95",
            "momentum: float = 0.9",
            {
                "data_preparation_proof",
                "models_optimizers",
                "pretraining_curves",
                "pretraining_guesses",
                "pretraining_in_the_page",
                "pretraining_rates",
                "pretraining_texts",
                "models_speed",
            },
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            "reward_modeling/preferences.py",
            "noise: float = 0.2",
            "noise: float = 0.3",
            {
                "evaluation_bet",
                "evaluation_judge",
                "evaluation_report_card",
                "reward_modeling_best",
                "reward_modeling_dpo",
                "reward_modeling_grpo",
                "reward_modeling_noise",
            },
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            "fine_tuning/lora.py",
            "rank: int = 8",
            "rank: int = 4",
            {"fine_tuning_ways"},
            marks=pytest.mark.nightly,
        ),
        (
            "quantization/libraries.py",
            "2e8 / (size * size * rows)",
            "1e8 / (size * size * rows)",
            {"quantization_layer"},
        ),
    ],
)
def test_a_changed_number_makes_exactly_the_records_stale_that_can_reach_it(
    copy: Path, file: str, old: str, new: str, expected: set[str]
) -> None:
    edit(copy, file, old, new)
    assert stale(copy) == expected


# Real models are found outside of what is followed, so a record has to name them


def finds_real_models(lessons: Code, *roots: str) -> bool:
    """Whether a definition that can be reached from the roots asks for a real model's folder."""
    for place in lessons.reach(*roots):
        name, _, defined = place.partition(":")
        if name in BOUNDARIES or (module := lessons.module(name)) is None:
            continue
        nodes = module.definitions.get(defined, ())
        if any(re.search(r"\bplaces\.find\(", ast.unparse(node)) for node in nodes):
            return True
    return False


@pytest.mark.parametrize("name", NAMES)
def test_who_reads_a_real_model_names_it(name: str) -> None:
    experiment = EXPERIMENTS[name]
    found = finds_real_models(code(), experiment.measure, *experiment.runs)
    assert found == bool(experiment.models), "name in `models` which real models it reads"


def test_a_measurement_that_reads_a_real_model_is_found(copy: Path) -> None:
    root = EXPERIMENTS["quantization_words"].measure
    assert not finds_real_models(Code(copy, boundaries=BOUNDARIES), root)
    file = "quantization/libraries.py"
    edit(copy, file, 'folder = checkpoint("base")', 'folder = places.find("smollm2")')
    edit(
        copy,
        file,
        "from lessons.storage import",
        "from lessons.real_models import places\nfrom x import",
    )
    assert finds_real_models(Code(copy, boundaries=BOUNDARIES), root)
