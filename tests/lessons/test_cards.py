"""The cards hold what was recorded, and the models do what the course needs of them."""

import copy
import json
from pathlib import Path

import pytest

from lessons import cards, storage
from lessons.experiments import load_result

LIMIT_MB = 16


@pytest.mark.parametrize("name", storage.SHIPPED)
def test_a_card_is_what_the_command_writes(name):
    shipped = (storage.CHECKPOINTS / name / "README.md").read_text("utf-8")
    assert shipped == cards.card(name), "write it again: python -m lessons.cards"


@pytest.mark.parametrize("name", storage.SHIPPED)
def test_a_card_says_what_it_was_made_from_what_it_can_and_what_it_cannot(name):
    text = cards.card(name)
    told = json.loads((storage.CHECKPOINTS / name / "training.json").read_text("utf-8"))
    for heading in ("Use", "Recipe", "Cost", "Measured abilities", "Limits"):
        assert f"\n## {heading}\n" in text
    assert f"{told['tokens'] / 1e6:.1f} million tokens" in text
    assert told["machine"]["cpu"] in text
    assert told["way"] in text
    assert f"python -m lessons.train {name}" in text
    assert "{" not in text


def test_the_models_are_small_together():
    files = [path for path in storage.CHECKPOINTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LIMIT_MB * 1e6


def test_the_models_reach_what_the_course_needs():
    assert cards.missed(load_result("models_abilities")) == []
    assert cards.missed(load_result("models_sentiment")) == []


@pytest.mark.parametrize("ability", cards.BARS)
def test_a_score_whose_interval_begins_below_its_bar_is_found(ability):
    record = load_result("models_abilities")
    scores = copy.deepcopy(record["summary"])
    scores[ability]["low"] = cards.BARS[ability] - 1e-6
    (found,) = cards.missed({**record, "summary": scores})
    assert found.startswith(f"{ability}: ")


@pytest.mark.parametrize("count", [3, 4])
def test_steps_that_help_too_little_are_found(count):
    record = load_result("models_abilities")
    scores = copy.deepcopy(record["summary"])
    scores[f"sum{count}_direct"]["high"] = scores[f"sum{count}_steps"]["low"] - 0.39
    (found,) = cards.missed({**record, "summary": scores})
    assert found.startswith(f"sum{count}_steps - sum{count}_direct: ")


@pytest.mark.parametrize("part", ["low", "high"])
def test_labels_guessed_without_examples_are_found(part):
    record = load_result("models_abilities")
    scores = copy.deepcopy(record["summary"])
    scores["few_shot_category_0"][part] = {"low": 0.61, "high": 0.39}[part]
    (found,) = cards.missed({**record, "summary": scores})
    assert found.startswith("few_shot_category_0: ")


def test_a_pre_training_that_helps_too_little_is_found():
    record = load_result("models_sentiment")
    summary = copy.deepcopy(record["summary"])
    summary["labels64"]["gain"]["low"] = 0.149
    (found,) = cards.missed({**record, "summary": summary})
    assert found.startswith("gain at 64 labels: ")


def test_the_command_writes_the_cards(tmp_path, monkeypatch, capsys):
    for name in storage.SHIPPED:
        (tmp_path / name).mkdir()
        told = (storage.CHECKPOINTS / name / "training.json").read_bytes()
        (tmp_path / name / "training.json").write_bytes(told)
    measured = []
    monkeypatch.setattr(cards, "CHECKPOINTS", tmp_path)
    monkeypatch.setattr(cards.experiments, "main", measured.append)
    assert cards.main(["mlm"]) == 0
    assert measured == []
    assert cards.main(["--measure"]) == 0
    assert measured == [["models_abilities", "models_sentiment", "fine_tuning_unlabeled"]]
    assert capsys.readouterr().out.count("README.md") == 4
    for name in storage.SHIPPED:
        assert (tmp_path / name / "README.md").read_text("utf-8") == cards.card(name)


def test_no_card_is_written_where_measuring_failed(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "CHECKPOINTS", tmp_path)
    monkeypatch.setattr(cards.experiments, "main", lambda _: 1)
    assert cards.main(["--measure", "mlm"]) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_card_that_cannot_be_written_whole_leaves_the_old_one(tmp_path, monkeypatch):
    (tmp_path / "mlm").mkdir()
    story = (storage.CHECKPOINTS / "mlm" / "training.json").read_bytes()
    (tmp_path / "mlm" / "training.json").write_bytes(story)
    (tmp_path / "mlm" / "README.md").write_text("old")
    monkeypatch.setattr(cards, "CHECKPOINTS", tmp_path)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match=r"could not write README\.md"):
        cards.main(["mlm"])
    assert (tmp_path / "mlm" / "README.md").read_text() == "old"


def test_the_command_refuses_a_model_that_is_not_there(capsys):
    with pytest.raises(SystemExit):
        cards.main(["gpt2"])
    assert "no model gpt2: take base, mlm, mlm-unlabeled" in capsys.readouterr().err
