"""The libraries' ways, on a small GPT-2; and that their records can be measured again."""

import copy
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from lessons.experiments import load_result
from lessons.models import corpus
from lessons.pretraining.objectives import held_out
from lessons.quantization import experiments as catalog
from lessons.quantization import libraries
from lessons.quantization.by_hand import file_bytes
from lessons.quantization.libraries import (
    WAYS,
    apart,
    dynamic,
    dynamic_blocks,
    gpt2_shape,
    latency,
    layer_speed,
    memory,
    speed_cell,
)


def small() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=300, n_positions=160, n_embd=64, n_layer=2, n_head=2)
    return GPT2LMHeadModel(config).eval()


@pytest.fixture
def of_small_shape(monkeypatch):
    monkeypatch.setattr(libraries, "gpt2_shape", small)


def test_the_catalog_measures_every_way():
    assert set(catalog.WAYS) == {"full", *WAYS}
    assert set(catalog.KERNELS) == set(libraries.KERNELS)


@pytest.mark.parametrize("way", WAYS)
def test_a_way_leaves_the_model_as_it_was_and_computes_nearly_the_same(way):
    model, ids = small(), torch.arange(20)[None]
    before = copy.deepcopy(model.state_dict())
    wanted = model(ids).logits
    found = WAYS[way](model)(ids).logits.float()
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert not torch.equal(found, wanted)
    within = 0.4 if way == "torchao, int4" else 0.1
    assert (found - wanted).abs().max() < within * wanted.std() * 4


def test_only_the_untouched_blocks_make_the_file_larger():
    model = small()
    assert file_bytes(dynamic(copy.deepcopy(model))) > file_bytes(model)
    smaller = [file_bytes(WAYS[way](model)) for way in WAYS if way != "dynamic, as it is"]
    assert max(smaller) < 0.75 * file_bytes(model)


def test_the_head_stays_tied():
    twin = dynamic_blocks(small())
    assert twin.lm_head.weight is twin.transformer.wte.weight


def test_the_shape_is_that_of_gpt2():
    with torch.device("meta"):  # shapes without the half gigabyte of their numbers
        model = gpt2_shape()
    assert sum(weight.numel() for weight in model.parameters()) == 124_439_808


def test_latency_compares_in_turns(of_small_shape):
    values = latency("by hand, int8", rounds=3)
    for name in ("prefill", "token"):
        assert values[f"{name}.full_seconds"] > 0
        assert values[f"{name}.low"] <= values[f"{name}.ratio"] <= values[f"{name}.high"]


@pytest.mark.skipif(not libraries.STATUS.exists(), reason="only Linux says what is resident")
@pytest.mark.parametrize("way", ["full", "by hand, int8"])
def test_memory_counts_what_a_model_holds(of_small_shape, way):
    values = memory(way)
    assert values["bytes"] == file_bytes(WAYS[way](small()) if way != "full" else small())
    assert values["held_mb"] <= values["peak_mb"]


@pytest.mark.skipif(not libraries.STATUS.exists(), reason="only Linux says what is resident")
@pytest.mark.parametrize("way", ["full", "torchao, int8"])
def test_speed_cell_measures_in_processes_of_their_own(of_small_shape, monkeypatch, way):
    calls = []

    def called(function, kernels, *arguments):
        calls.append((function, kernels))
        return {function: 1.0}

    monkeypatch.setattr(libraries, "apart", called)
    values = speed_cell(way, "AVX2")
    assert calls == [("memory", "AVX2"), ("latency", "AVX2")][: 1 if way == "full" else 2]
    assert values.keys() == {name for name, _ in calls}


def test_a_layer_is_timed_in_both_precisions():
    values = layer_speed(1024, 16, rounds=3)  # a small layer would be repeated thousands of times
    assert values["full_seconds"] > 0
    assert values["low"] <= values["ratio"] <= values["high"]


@pytest.mark.nightly
def test_a_process_of_its_own_has_its_kernels():
    found = libraries.layer_cell(1024, 16, "AVX2")
    assert found.keys() == layer_speed(1024, 16, 2).keys()


def test_what_a_process_is_started_with_measures_the_layer_with_the_kernels(monkeypatch, capsys):
    """Its code and its settings, but run here: a process of its own takes seconds to load PyTorch."""
    started = []

    def here(command, env, **rest):
        started.append((command[0], {name: env.get(name) for name in libraries.KERNELS["AVX2"]}))
        monkeypatch.setattr(sys, "argv", command[2:])
        exec(command[command.index("-c") + 1], {})
        return subprocess.CompletedProcess((), 0, capsys.readouterr().out, "")

    monkeypatch.setattr(subprocess, "run", here)
    found = libraries.layer_cell(1024, 16, "AVX2")
    assert started == [(sys.executable, libraries.KERNELS["AVX2"])]
    assert found.keys() == layer_speed(1024, 16, 2).keys()


def test_a_process_that_fails_says_why(monkeypatch):
    def failed(*arguments, **rest):
        return subprocess.CompletedProcess((), 1, "", "MemoryError: too large")

    monkeypatch.setattr(subprocess, "run", failed)
    with pytest.raises(RuntimeError, match=r"layer_speed\(64, 1\), native: MemoryError: too large"):
        apart("layer_speed", "native", 64, 1)


def test_the_full_model_agrees_with_itself_in_the_record():
    full = load_result("quantization_words")["summary"]["full"]
    assert full["agreement"] == full["same_text"] == 1


def test_a_way_is_compared_with_the_full_model_by_words(monkeypatch):
    def little(plan, tokenizer, _):
        return held_out(replace(plan, rows=4), tokenizer, 1)

    monkeypatch.setattr(libraries, "held_out", little)
    monkeypatch.setattr(corpus.CausalBatches, "AT_ONCE", 100)
    monkeypatch.setattr(libraries, "_rows", lambda batches: batches[0]["input_ids"][:2])
    values = libraries.words_cell("by hand, int8")
    full = load_result("quantization_words")["summary"]["full"]
    assert values.keys() == full.keys()
    assert values["bytes"] < full["bytes"] / 2
    assert values["agreement"] > 0.95


def test_texts_go_on_from_forty_rows_at_most_in_their_order():
    batches = [
        {"input_ids": torch.arange(60).view(30, 2)},
        {"input_ids": torch.arange(60, 120).view(30, 2)},
    ]
    rows = libraries._rows(batches)
    assert [row.tolist() for row in rows] == [[2 * i, 2 * i + 1] for i in range(40)]
