"""The model that readers train in their browser: what the page loads, and the same training here."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lessons.pretraining import in_the_page
from lessons.pretraining.in_the_page import IN_PAGE, SIZE, Beginnings, stories, tokenizer_of

SITE = Path(__file__).parents[3] / "docs/assets/models/stories"
SMALL = replace(
    IN_PAGE, rows=2, width=16, heads=1, recipe=replace(IN_PAGE.recipe, steps=2, warmup=1)
)


def test_what_the_page_loads_is_what_the_command_writes(tmp_path):
    in_the_page.write(tmp_path)
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    shipped = {file.name: file.read_bytes() for file in SITE.iterdir()}
    assert written == shipped, f"run the command that stands in {in_the_page.__file__}"
    assert SIZE - 1000 < len(written["stories.txt"]) <= SIZE


def test_a_sequence_begins_where_a_story_begins():
    texts = ["Mia was happy.", "A dog saw a fox in the garden.", "The end."]
    tokenizer = tokenizer_of(stories()[:50])
    plan = replace(SMALL, context=8)
    batches = Beginnings(tokenizer, texts, plan)
    seen = set()
    for step in range(20):
        batch = batches(step)
        assert torch.equal(batch["input_ids"], batches(step)["input_ids"])
        assert batch["labels"].shape == (plan.rows, plan.context)
        for text in tokenizer.batch_decode(batch["input_ids"]):
            assert any(story.startswith(text.split("<")[0]) for story in texts)
            seen.add(text[:3])
    assert seen == {"Mia", "A d"}, "the last one is too short for a whole sequence"


def test_a_run_tells_its_losses_and_what_it_writes(monkeypatch: pytest.MonkeyPatch):
    few = stories()[:50]
    monkeypatch.setattr(in_the_page, "IN_PAGE", SMALL)
    monkeypatch.setattr(in_the_page, "LOOKS", (1, 2))
    monkeypatch.setattr(in_the_page, "stories", lambda: few)
    values = in_the_page.page_cell(seed=0)
    assert values.keys() == {"step1.loss", "step1.text", "step2.loss", "step2.text"}
    assert isinstance(values["step1.text"], str)
    assert 5 < float(values["step2.loss"]) < 7
