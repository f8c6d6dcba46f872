"""Records: complete, fresh, measured again with the same result, and stale when code changes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lessons import experiments
from lessons.catalog.experiment import Experiment
from lessons.catalog.models import summarise_sentiment
from lessons.experiments import EXPERIMENTS, load_result, recompute, save_result, stale_sources
from lessons.fingerprint import code_fingerprint, imported_sources
from remeasured import assert_measured_again, assert_same_numbers

SRC = Path(experiments.__file__).parent.parent
NAMES = sorted(EXPERIMENTS)


def tiny(**changes) -> Experiment:
    fields = {
        "name": "tiny",
        "question": "Does it run?",
        "measure": "lessons.catalog.experiment:spread",
        "cells": ({"values": (1.0, 2.0, 6.0)}, {"values": (4.0,)}),
        "summarise": lambda cells: {"means": [cell["values"]["mean"] for cell in cells]},
        "packages": ("tokenizers",),
    }
    return Experiment(**{**fields, **changes})


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_fresh(name):
    assert stale_sources(load_result(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_record_holds_every_cell_and_says_what_it_depends_on(name):
    record, experiment = load_result(name), EXPERIMENTS[name]
    assert [cell["parameters"] for cell in record["cells"]] == list(experiment.cells)
    assert record["n"] == len(experiment.cells)
    assert record["question"] == experiment.question
    assert record["seeds"] == sorted({cell["seed"] for cell in experiment.cells if "seed" in cell})
    assert {*record["versions"]} == {"python", *experiment.packages}
    assert {*record["machine"]} == {"cpu", "cores", "os"}
    assert record["seconds"] > 0
    assert len(record["date"]) == len("2026-11-24")


def flat(tree, above=""):
    """Write a tree of dictionaries as one: ``a.b.c`` -> number."""
    found = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{above}{name}.")
        else:
            found[above + name] = value
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_summary_follows_from_the_cells(name):
    record = load_result(name)
    summary = json.loads(json.dumps(EXPERIMENTS[name].summarise(record["cells"])))
    assert flat(summary) == pytest.approx(flat(record["summary"]))


@pytest.mark.nightly
@pytest.mark.parametrize("name", [name for name in NAMES if EXPERIMENTS[name].repeatable])
def test_every_cell_measured_again_gives_the_recorded_numbers(name):
    record = load_result(name)
    for index, cell in enumerate(record["cells"]):
        assert_same_numbers(recompute(record, index), cell["values"], record["tolerance"])


@pytest.mark.parametrize(
    "kind", ["word", "character", "bpe", "wordpiece", "unigram", "unigram_offered"]
)
def test_a_cell_measured_again_gives_the_recorded_numbers(kind):
    record = load_result("tokenization_vocabulary")
    index = next(
        i for i, cell in enumerate(record["cells"])
        if cell["parameters"]["kind"] == kind
        and cell["parameters"]["size"] in (0, 1024)
        and cell["parameters"]["seed"] == 3
    )  # fmt: skip
    recorded = record["cells"][index]["values"]
    assert_same_numbers(recompute(record, index), recorded, record["tolerance"])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("base_abilities", {"ability": "few_shot", "name": "category", "shots": 4}),
        ("mlm_sentiment", {"start": "mlm", "labels": 64, "seed": 3}),
        ("mlm_sentiment", {"start": "scratch", "labels": 64, "seed": 3}),
        ("optimizer_race", {"optimizer": "adamw", "rate": 0.004, "seed": 3}),
        ("optimizer_race", {"optimizer": "muon", "rate": 0.004, "seed": 3}),
        ("instruction_tuning", {"count": 0}),
    ],
)
def test_a_cell_of_a_model_measured_again_gives_the_recorded_numbers(name, parameters):
    assert_measured_again(name, parameters)


def test_other_weights_make_a_record_stale():
    record = load_result("base_abilities")
    (weights,) = EXPERIMENTS["base_abilities"].data
    assert weights in record["sources"]
    record["sources"][weights] = "0" * 64
    assert stale_sources(record) == [weights]


def test_a_gain_is_paired_by_seed_and_has_a_t_interval():
    cells = [
        {
            "parameters": {"start": start, "labels": 64, "seed": seed},
            "values": {"accuracy": 0.5 + seed / 10 + (0.2 + seed / 100) * (start == "mlm")},
        }
        for start in ("mlm", "scratch")
        for seed in range(5)
    ]
    gain = summarise_sentiment(cells)["labels64"]["gain"]
    half = 2.776 * 0.015811 / 5**0.5  # the gains are 0.20, 0.21, … 0.24
    assert gain == pytest.approx(
        {"value": 0.22, "low": 0.22 - half, "high": 0.22 + half, "seeds": 5}, abs=1e-5
    )


def test_peak_memory_is_in_megabytes_where_the_system_tells(monkeypatch):
    if sys.platform != "win32":
        block = bytearray(300_000_000)
        block[::4096] = b"x" * len(block[::4096])
        assert 300 < experiments.peak_memory() < 30_000
    monkeypatch.setitem(sys.modules, "resource", None)
    assert experiments.peak_memory() is None


def test_changed_code_makes_a_record_stale():
    record = load_result("tokenization_vocabulary")
    record["sources"]["lessons/world/sums.py"] = "0" * 64
    assert stale_sources(record) == ["lessons/world/sums.py"]


def test_a_file_that_came_or_went_makes_a_record_stale():
    record = load_result("tokenization_vocabulary")
    record["sources"]["lessons/gone.py"] = record["sources"].pop("lessons/world/sums.py")
    assert stale_sources(record) == ["lessons/gone.py", "lessons/world/sums.py"]


def test_running_measures_every_cell(tmp_path):
    record = experiments.run(tiny())
    assert record["summary"] == {"means": [3.0, 4.0]}
    assert record["cells"][0]["values"] == {"mean": 3.0, "low": 1.0, "high": 6.0, "sd": 7**0.5}
    assert record["cells"][1]["values"]["sd"] == 0.0
    assert record["seeds"] == []
    assert record["sources"].keys() == {
        f"lessons/{name}.py" for name in ("catalog/experiment", "fingerprint")
    }
    path = save_result(record, tmp_path / "results")
    assert load_result("tiny", path.parent)["summary"] == record["summary"]
    assert [file.name for file in path.parent.iterdir()] == ["tiny.json"]
    assert path.stat().st_mode & 0o777 == 0o644 or sys.platform == "win32"


def test_a_record_that_does_not_exist_is_named_with_the_command_that_makes_it(tmp_path):
    message = "no record of 'x' .recorded: none.; make it with: python -m lessons.experiments x"
    with pytest.raises(FileNotFoundError, match=message):
        load_result("x", tmp_path)


def test_an_unknown_experiment_is_answered_with_the_known_ones(capsys):
    with pytest.raises(ValueError, match=r"no experiment 'x': take one of .*tokenization_voc"):
        experiments.find("x")
    with pytest.raises(SystemExit):
        experiments.main(["x"])
    assert "no experiment 'x': take one of" in capsys.readouterr().err


def test_no_name_is_answered_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        experiments.main([])
    assert "name an experiment, or --all: base_abilities, " in capsys.readouterr().err


def test_listing_shows_the_questions_and_imports_nothing_heavy():
    code = (
        "import sys; from lessons.experiments import main; main(['--list'])\n"
        "assert not {'torch', 'transformers', 'tokenizers'} & sys.modules.keys()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SRC
    )
    assert "tokenization_vocabulary: How does" in done.stdout


def test_the_list_is_printed(capsys):
    assert experiments.main(["--list"]) == 0
    assert "tokenization_vocabulary: How does" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--all"], ["tiny"]])
def test_the_command_records(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(experiments, "EXPERIMENTS", {"tiny": tiny()})
    assert experiments.main([*arguments, "--results", str(tmp_path)]) == 0
    assert load_result("tiny", tmp_path)["n"] == 2
    assert "tiny.json: 2 cells in" in capsys.readouterr().out


def test_a_machine_without_cpuinfo_is_described_all_the_same(monkeypatch):
    monkeypatch.setattr(experiments.Path, "is_file", lambda _: False)
    assert experiments.machine()["cpu"]


# A file with everything that does not count, and strings that look like it.
FILE = """\"\"\"A docstring with é.\"\"\"

# a comment
def f(x):  # another
    \"\"\"Explain: é, and
    on two lines.
    \"\"\"

    text = '''first \u2028 \x0c

    third  # no comment, and blanks:   \n'''

    long = f'''{x}

    # no comment {x}   \n'''
    return f"{x}  # no comment" + text + long


class Empty:
    \"\"\"Nothing else.\"\"\"
"""


def fingerprint_of(text: str, folder: Path) -> str:
    path = folder / "code.py"
    path.write_text(text, encoding="utf-8")
    return code_fingerprint(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# a comment", "# a reworded comment\n\n# and another"),
        ("  # another", ""),
        ("A docstring with é.", "Quite another, with œ."),
        ("two lines.\n", "more\n\n    than two lines.\n"),
        ("long\n\n\nclass", "long   \n\nclass"),
        ("\n\n    long", "\n    long"),
        ("Nothing else.", "Nothing."),
    ],
)
def test_comments_docstrings_and_blank_lines_do_not_count(tmp_path, old, new):
    assert FILE.count(old) == 1
    assert fingerprint_of(FILE, tmp_path) == fingerprint_of(FILE.replace(old, new), tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{x}  # no", "{x} # no"),
        ("\x0c\n\n", "\x0c\n"),
        ("and blanks:   ", "and blanks:"),
        ("f'''{x}\n\n", "f'''{x}\n"),
        ("# no comment {x}   ", "# no comment {x}"),
        ("text + long", "long + text"),
    ],
)
def test_code_counts_and_so_does_every_character_of_a_string(tmp_path, old, new):
    assert FILE.count(old) == 1
    assert fingerprint_of(FILE, tmp_path) != fingerprint_of(FILE.replace(old, new), tmp_path)


def test_line_endings_do_not_count(tmp_path):
    unix = fingerprint_of("x = 1\ny = 2\n", tmp_path)
    (tmp_path / "windows.py").write_bytes(b"x = 1\r\ny = 2\r\n")
    assert code_fingerprint(tmp_path / "windows.py") == unix


def test_imports_are_followed_through_modules_packages_and_functions(tmp_path):
    lessons = tmp_path / "lessons"
    (lessons / "deep").mkdir(parents=True)
    files = {
        "__init__.py": "",
        "start.py": "import os\nimport lessons.plain\nfrom lessons import both, NAME\n",
        "plain.py": "def f():\n    from lessons.deep import thing\n",
        "both.py": "from lessons.start import x\n",
        "unused.py": "",
        "deep/__init__.py": "from lessons.deep.inner import thing\n",
        "deep/inner.py": "thing = 1\n",
    }
    for name, text in files.items():
        (lessons / name).write_text(text, encoding="utf-8")
    found = [path.as_posix() for path in imported_sources("lessons.start", tmp_path)]
    assert found == [
        f"lessons/{name}"
        for name in (
            "__init__.py", "both.py", "deep/__init__.py", "deep/inner.py", "plain.py", "start.py",
        )
    ]  # fmt: skip


def test_a_relative_import_is_refused(tmp_path):
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "start.py").write_text("from . import other\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"start.py:1: write `from lessons import"):
        imported_sources("lessons.start", tmp_path)


def test_a_module_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no module 'lessons.nowhere' below"):
        imported_sources("lessons.nowhere", tmp_path)
