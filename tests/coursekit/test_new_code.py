"""What a new experiment or script needs is written and listed, or refused, or said."""

import textwrap

import pytest

from coursekit import __main__ as commands
from smallcourse import EXPERIMENTS, REGISTRY, SCRIPT, read


def test_an_experiment_is_recorded_already_where_its_record_is_there(small, capsys):
    (small / "src/lessons/results").mkdir()
    (small / "src/lessons/results/sample_new.json").write_text("{}")
    assert commands.main(["new", "experiment", "sample_new"]) == 1
    assert "src/lessons/results/sample_new.json has an experiment" in capsys.readouterr().err


def test_a_new_experiment_joins_those_of_its_page(small, capsys):
    assert commands.main(["new", "experiment", "sample_share"]) == 0
    text = read(small, "src/lessons/sample/experiments.py")
    assert (
        "from lessons.catalog.experiment import SEEDS, Experiment, Record, Values, spread\n" in text
    )
    assert text.index("def share_cell") < text.index("def summarise_share")
    assert text.index("def summarise_share") < text.index("EXPERIMENTS = (")
    assert 'name="sample_old"),\n    Experiment(\n        name="sample_share",' in text
    assert 'measure="lessons.sample.experiments:share_cell",' in text
    assert read(small, "src/lessons/registry.py") == REGISTRY
    assert "share_cell(seed=1)" in read(small, "tests/lessons/sample/test_share_cell.py")
    assert "then:\n  python -m lessons.experiments sample_share\n" in capsys.readouterr().out


def test_a_long_import_is_broken_as_the_formatter_breaks_it(small):
    path = small / "src/lessons/sample/experiments.py"
    more = "Experiment, Record, paired_gain, another_long_name, and_another"
    path.write_text(EXPERIMENTS.replace("Experiment, Record", more), "utf-8")
    assert commands.main(["new", "experiment", "sample_share"]) == 0
    text = path.read_text("utf-8")
    names = ["SEEDS", "Experiment", "Record", "Values", "and_another", "another_long_name"]
    rows = "".join(f"    {name},\n" for name in [*names, "paired_gain", "spread"])
    assert f"import (\n{rows})\n" in text


def test_the_first_experiment_of_a_page_brings_its_file_and_is_registered(small):
    for folder in ("later", "aside"):
        (small / f"src/lessons/{folder}").mkdir()
        (small / f"src/lessons/{folder}/__init__.py").touch()
        (small / f"docs/lesson-4/{folder}.md").write_text("Words.\n", "utf-8")
        assert commands.main(["new", "experiment", f"{folder}_share"]) == 0
    registry = read(small, "src/lessons/registry.py")
    assert textwrap.dedent("""\
        from lessons.aside import experiments as aside
        from lessons.catalog.experiment import Experiment
        from lessons.later import experiments as later
        from lessons.sample import experiments as sample
        """) in registry  # fmt: skip
    assert "        sample,\n        later,\n        aside,\n    )\n" in registry
    assert 'name="later_share"' in read(small, "src/lessons/later/experiments.py")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("EXPERIMENTS = (", "EXPERIMENTS = tuple("),
        ("import Sequence", "import Iterable"),
        ("from lessons.catalog.experiment import", "from lessons.catalog.other import"),
        ("EXPERIMENTS = (", "def share_cell(): ...\n\n\nEXPERIMENTS = ("),
    ],
)
def test_an_experiment_whose_file_has_another_form_is_left_to_the_author(small, old, new, capsys):
    path = small / "src/lessons/sample/experiments.py"
    path.write_text(EXPERIMENTS.replace(old, new), "utf-8")
    assert commands.main(["new", "experiment", "sample_share"]) == 0
    assert path.read_text("utf-8") == EXPERIMENTS.replace(old, new)
    assert "experiments.py: add share_cell, summarise_share and, to EXPERIMENTS," in (
        capsys.readouterr().out
    )


def test_a_registry_of_another_form_is_left_to_the_author(small, capsys):
    (small / "src/lessons/registry.py").write_text("EXPERIMENTS = {}\n", "utf-8")
    (small / "src/lessons/sample/experiments.py").unlink()
    assert commands.main(["new", "experiment", "sample_share"]) == 0
    assert (
        "  src/lessons/registry.py: add from lessons.sample import experiments as sample and, "
        "to the pages, sample\n" in capsys.readouterr().out
    )


def test_a_new_script_is_a_copy_of_the_shortest_with_a_model_under_another_name(small, capsys):
    assert commands.main(["new", "script", "embed_text"]) == 0
    text = read(small, "snippets/embed_text.py")
    assert text == SCRIPT.replace("Do one thing.", "Embed text: say here, in a line, what it does.")
    for name in (".github/workflows/snippets.yml", "tests/test_workflows.py"):
        assert "for name in long short embed_text; do\n" in read(small, name)
    said = capsys.readouterr().out
    assert '--8<-- "snippets/embed_text.py"\n' in said
    assert "tests/snippets/test_snippets.py: what embed_text.py does" in said


def test_a_new_script_begins_from_the_one_that_is_named(small):
    assert commands.main(["new", "script", "embed_text.py", "--like", "long.py"]) == 0
    assert read(small, "snippets/embed_text.py").endswith("# more\n")


def test_a_workflow_that_runs_no_list_of_scripts_is_left_to_the_author(small, capsys):
    (small / ".github/workflows/snippets.yml").write_text("{}\n", "utf-8")
    assert commands.main(["new", "script", "embed_text"]) == 0
    assert ".github/workflows/snippets.yml: add embed_text to" in capsys.readouterr().out


def test_a_course_without_scripts_has_none_to_begin_from(small, capsys):
    for path in (small / "snippets").iterdir():
        path.unlink()
    assert commands.main(["new", "script", "embed_text"]) == 1
    assert "none in snippets" in capsys.readouterr().err
