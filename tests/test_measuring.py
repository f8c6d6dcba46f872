"""What makes a measurement worth believing: items that differ, generators of one's own, forms held out."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import lessons
from lessons import world
from lessons.experiments import load_result
from lessons.prompting.prompts import FORMS
from lessons.registry import EXPERIMENTS

CODE = Path(lessons.__file__).parent
SEEDERS = {"torch.manual_seed", "set_seed", "random.seed", "np.random.seed"}
MAKERS = {
    "untrained",
    "classifier",
    "gpt2_shape",
    "layer_speed",
}  # draw the first weights of a model
BEGINNERS = {  # a model of their own, or a run of it
    "fine_tuning/sorting.py": "train: torch.manual_seed(seed)",
    "labs/pretraining_model.py": "__init__: torch.manual_seed(seed)",
}


def uncounted(values: Any, place: str = "") -> Iterator[str]:
    """Find scores with a number of items and none of items that differ."""
    if isinstance(values, Mapping):
        if {"value", "low", "high", "n"} <= values.keys() and "groups" not in values:
            yield place
        for name, value in values.items():
            yield from uncounted(value, f"{place}.{name}".lstrip("."))
    elif isinstance(values, list):
        for i, value in enumerate(values):
            yield from uncounted(value, f"{place}[{i}]")


def global_seeds(source: str) -> Iterator[str]:
    """Find functions that set a generator which others draw from, and do not put it back.

    A cell may, since a cell begins a run of its own, and so may what draws the first weights of a model.
    """
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        if function.name.endswith("_cell") or function.name in MAKERS:
            continue
        kept = {
            id(inner)
            for node in ast.walk(function)
            if isinstance(node, ast.With) and "fork_rng" in ast.unparse(node.items[0])
            for inner in ast.walk(node)
        }
        for node in ast.walk(function):
            seeds = isinstance(node, ast.Call) and ast.unparse(node.func) in SEEDERS
            if seeds and id(node) not in kept:
                yield f"{function.name}: {ast.unparse(node)}"


@pytest.mark.parametrize("name", sorted(EXPERIMENTS))
def test_a_recorded_score_says_how_many_of_its_items_differ(name):
    assert not list(uncounted(load_result(name)["summary"]))


def test_a_score_without_its_different_items_is_found():
    score = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 100}
    assert list(uncounted({"a": {"b": [score | {"groups": 9}, score]}})) == ["a.b[1]"]


@pytest.mark.parametrize(
    "path", sorted(CODE.rglob("*.py")), ids=lambda path: str(path.relative_to(CODE))
)
def test_only_what_begins_a_run_sets_the_generator_that_all_draw_from(path):
    found = list(global_seeds(path.read_text(encoding="utf-8")))
    known = BEGINNERS.get(path.relative_to(CODE).as_posix())
    assert found == ([known] if known else [])


def test_a_look_that_sets_the_generator_of_the_training_is_found():
    look = "def look():\n    torch.manual_seed(0)\n    draw()\n"
    assert list(global_seeds(look)) == ["look: torch.manual_seed(0)"]
    kept = "def look():\n    with torch.random.fork_rng():\n        torch.manual_seed(0)\n"
    assert not list(global_seeds(kept))
    assert not list(global_seeds(look.replace("look", "train_cell")))


def test_no_training_document_is_written_in_the_form_that_is_called_held_out():
    first = world.documents(seed=1000, count=4096)  # that the weights of `base` were trained on
    lines = [f"\n{text}" for text in first]

    def written(name):
        form = FORMS[name]
        return sum(f"\n{form.before}" in text and form.middle in text for text in lines)

    assert not written("held-out")
    assert written("tasks")
    assert written("known")
