"""The experiments: arms differ as they should, losses are right, records can be measured again."""

import functools
from dataclasses import replace

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import lessons
from lessons import world
from lessons.data_preparation import proof
from lessons.data_preparation.experiments import (
    summarise_augmentation,
    summarise_proof,
    summarise_scale,
)
from lessons.data_preparation.proof import loss_per_byte, texts_of
from lessons.world.dirt import HEADERS

RECORDS = 1500


@pytest.fixture(scope="module")
def arms():
    """The texts of each arm, from one collection: it is the same each time that it is made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "collection", functools.cache(proof.collection))
        return {
            arm: texts_of(arm, seed=7, records=RECORDS)
            for arm in ("dirty", "deduplicated", "copies_left", "clean", "perfect")
        }


def test_each_arm_has_what_its_name_says(arms):
    sizes = {arm: len(texts) for arm, texts in arms.items()}
    assert sizes["dirty"] > 0.96 * RECORDS > sizes["deduplicated"] > sizes["copies_left"]
    assert sizes["copies_left"] > sizes["clean"] > sizes["perfect"] > 0.6 * RECORDS
    assert set(arms["clean"]) == set(arms["copies_left"]) & set(arms["clean"])
    assert set(arms["deduplicated"]) <= set(arms["dirty"])


@pytest.mark.parametrize("arm", ["copies_left", "clean", "perfect"])
def test_a_cleaned_arm_has_no_menus_and_no_tags(arms, arm):
    text = "\n".join(arms[arm])
    assert not any(line in text for line in (*HEADERS, "<p>", "Ã"))
    assert all(line in "\n".join(arms["dirty"]) for line in (*HEADERS, "<p>", "Ã"))


def test_only_arms_that_look_for_copies_have_few(arms):
    repeated = {arm: len(texts) - len(set(texts)) for arm, texts in arms.items()}
    assert repeated["clean"] == repeated["deduplicated"] == 0
    assert min(repeated["dirty"], repeated["copies_left"]) > 20


def test_loss_per_byte_is_the_sum_over_tokens_divided_by_bytes():
    folder = lessons.checkpoint("base")
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = ["Once there was a girl named Alra.", "Où est le café ?", "3 + 4 = 7"]
    nats = 0.0
    for text in texts:
        ids = tokenizer(tokenizer.bos_token + text, return_tensors="pt")["input_ids"][0]
        with torch.no_grad():
            scores = model(ids[None]).logits[0].log_softmax(-1)
        nats -= sum(scores[i, ids[i + 1]].item() for i in range(len(ids) - 1))
    size = sum(len(text.encode()) for text in texts)
    assert loss_per_byte(model, tokenizer, texts) == pytest.approx(nats / size, rel=1e-4)


def test_all_arms_take_the_same_steps_and_a_cell_says_what_it_read(monkeypatch, few_texts):
    asked, documents = [], world.documents
    monkeypatch.setattr(
        world, "documents", lambda seed, count, *how: documents(seed, min(count, 100), *how)
    )

    few = replace(proof.PLAN, recipe=replace(proof.PLAN.recipe, steps=30))  # whose text is packed
    monkeypatch.setattr(proof, "PLAN", few)

    def train(_model, batches, recipe, quiet):
        asked.append((recipe.steps, batches(0)["input_ids"].shape, quiet))

    monkeypatch.setattr(proof, "train", train)
    dirty, clean = (proof.proof_cell(arm, seed=7, records=300) for arm in ("dirty", "clean"))
    assert asked == [(30, (8, 256), True)] * 2
    assert dirty["documents"] > clean["documents"] > 150
    assert dirty["loss"] == clean["loss"] > 2  # untrained, from the same weights


def test_arms_are_compared_seed_by_seed_with_the_dirty_one():
    cells = [
        {
            "parameters": {"arm": arm, "seed": seed},
            "values": {"loss": loss + seed / 100, "evaluation": loss + leak, "documents": 5.0},
        }
        for arm, loss, leak in (
            ("dirty", 0.9, 0.1), ("copies_left", 0.6, 0.2), ("clean", 0.5, 0.2), ("perfect", 0.4, 0.2)
        )
        for seed in range(5)
    ]  # fmt: skip
    summary = summarise_proof(cells)
    assert summary["clean"]["saved"]["value"] == pytest.approx(0.4)
    assert summary["dirty"]["saved"]["value"] == 0
    assert summary["clean"]["over_copies_left"]["value"] == pytest.approx(0.1)
    assert summary["dirty"]["leak"]["value"] == pytest.approx(0.1)
    assert summary["clean"]["leak"]["value"] == pytest.approx(0)
    assert summary["clean"]["loss"]["mean"] == pytest.approx(0.52)


def test_a_change_is_compared_with_plain_copies():
    cells = [
        {
            "parameters": {"change": change, "seed": seed},
            "values": {"accuracy": 0.5 + seed / 10 + more, "kept": 1.0},
        }
        for change, more in (("none", 0.0), ("filled", -0.2))
        for seed in range(5)
    ]
    summary = summarise_augmentation(cells)
    assert summary["filled"]["gain"]["value"] == pytest.approx(-0.2)
    assert summary["none"]["accuracy"]["mean"] == pytest.approx(0.7)


def test_growth_is_that_from_the_small_to_the_large_collection():
    cells = [
        {
            "parameters": {"way": "copies", "workers": 2, "count": count},
            "values": {
                "peak_mb": peak,
                "cpu_seconds": 7,
                "worker_cpu_seconds": 9,
                "state_bytes": 10 * count,
            },
        }
        for count, peak in ((10, 50), (100, 80))
    ]
    assert summarise_scale(cells) == {
        "copies": {
            "workers2": {
                "growth_mb": 30,
                "cpu_seconds": 7,
                "worker_cpu_seconds": 9,
                "state_per_record": 10,
            }
        }
    }
