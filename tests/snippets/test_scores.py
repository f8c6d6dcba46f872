"""Losses and perplexities: finite or refused, with or without a beginning token, per byte of the source."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from snippets.support import BASE, FOX, MLM, llama, numbers, parts, refused, tokenizer_with

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.mark.parametrize(("script", "model"), [("fine_tune.py", MLM), ("reward_model.py", BASE)])
def test_a_training_that_diverged_is_not_saved(run, tmp_path, script, model):
    refused(
        run(script, "--model", model, "--learning-rate", "1e35"),
        "not finite",
        "hint: try a smaller",
    )
    assert list(tmp_path.iterdir()) == []


def test_every_weight_is_looked_at():
    check = parts("reward_model.py")["require_finite"]
    check([torch.ones(2), torch.zeros(3, 3)], "all is well")
    for spoiled in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValueError, match="weights: numbers that are not finite"):
            check([torch.ones(2), torch.tensor([[0.0, spoiled]])], "weights")


@pytest.mark.parametrize("script", ["perplexity.py", "prompt.py", "quantize.py"])
def test_a_model_that_is_spoiled_is_refused(run, tmp_path, script):
    folder = llama(tmp_path / "spoiled")
    model = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        model.model.layers[1].mlp.up_proj.weight[0, 0] = math.nan
    model.save_pretrained(folder)
    refused(run(script, "--model", "spoiled"), "not finite", "hint: ")


def test_a_perplexity_that_no_number_holds_is_refused(run, tmp_path):
    folder = llama(tmp_path / "sure")
    model = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        model.lm_head.weight *= 1e6
    model.save_pretrained(folder)
    refused(run("perplexity.py", "--model", "sure"), "the perplexity is not finite")
    refused(run("quantize.py", "--model", "sure"), "the perplexity is not finite")


def exact(folder: Path, text: str, context: int, stride: int, front: list[int]) -> float:
    """Score token by token, each behind the beginning token and what its window holds before it."""
    ids = AutoTokenizer.from_pretrained(folder)(text, add_special_tokens=False)["input_ids"]
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    losses, room = [], context - len(front)
    with torch.inference_mode():
        for token in range(1 - len(front), len(ids)):
            windows = 0 if token < room else -(-(token - room + 1) // stride)
            seen = torch.tensor([front + ids[windows * stride : token]])
            losses.append(-model(seen).logits[0, -1].log_softmax(-1)[ids[token]].item())
    return math.exp(sum(losses) / len(losses))


@pytest.mark.parametrize(("context", "stride"), [(128, 64), (6, 3), (6, 5)])
def test_a_beginning_token_stands_in_front_of_every_window(run, tmp_path, context, stride):
    folder, text = llama(tmp_path / "llama"), f"{FOX} {FOX}"
    options = ["--model", folder, "--text", text, "--context", context, "--stride", stride]
    for choice, front in (([], [0]), (["--bos"], [0]), (["--no-bos"], [])):
        out = run("perplexity.py", *options, *choice)[0]
        found = numbers(out, r"perplexity: ([\d.]+)")[0]
        assert found == pytest.approx(exact(folder, text, context, stride, front), rel=1e-4)
        assert ("each behind <s>" in out) == bool(front)


def test_both_scripts_measure_the_same(run, tmp_path):
    """All tokens behind the beginning token; without one in training, all but the first."""
    for template, scored in (("<s> $A", 0), ("<s> $A </s>", 0), (None, 1)):
        folder = llama(tmp_path / str(template), template)
        out = run("perplexity.py", "--model", folder)[0]
        known, of = numbers(out, r"scored: (\d+) of (\d+)")
        assert known == of - scored
        again = run("quantize.py", "--model", folder, "--output", f"small-{template}")[0]
        first, second = (
            numbers(out, r"perplexity: ([\d.]+)"),
            numbers(again, r"tokens: ([\d.]+) ->"),
        )
        assert first == pytest.approx(second, rel=1e-5)


def test_the_courses_model_has_no_beginning_token_unless_it_is_told(run):
    plain, told = (run("perplexity.py", "--model", BASE, *x)[0] for x in ([], ["--bos"]))
    assert "behind" not in plain
    assert "each behind <|endoftext|>" in told
    tokenizer = AutoTokenizer.from_pretrained(MLM)
    assert parts("perplexity.py")["beginning"](tokenizer) == []


def test_a_prompt_begins_as_in_training_and_does_not_end(run, monkeypatch, tmp_path):
    given = []
    generate = LlamaForCausalLM.generate

    def noting(model: Any, **settings: Any) -> Any:
        given.append(settings["input_ids"][0].tolist())
        return generate(model, **settings)

    monkeypatch.setattr(LlamaForCausalLM, "generate", noting)
    folder = llama(tmp_path / "llama", "<s> $A </s>")
    assert (
        run("prompt.py", "--model", folder, "--text", "fox", "--max-new-tokens", 2)[2] == 0 or given
    )
    assert all(ids[0] == 0 and 0 not in ids[1:] and 1 not in ids for ids in given)
    assert given


def test_a_beginning_token_that_does_not_exist(run, tmp_path):
    folder = llama(tmp_path / "llama")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings.pop("bos_token")
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    refused(run("perplexity.py", "--model", folder, "--bos"), "has no beginning token")


def test_a_text_of_one_token_can_be_scored_behind_another(run, tmp_path):
    folder = llama(tmp_path / "llama")
    assert "scored: 1 of 1" in run("perplexity.py", "--model", folder, "--text", "T")[0]
    refused(run("perplexity.py", "--model", folder, "--text", "T", "--no-bos"), "1 tokens: need 2")
    refused(run("perplexity.py", "--model", folder, "--text", ""), "0 tokens: need 1")


@pytest.mark.parametrize("text", ["👍", "é la", "日本", "👍👍 the cat", FOX, " the cat", "\n\ncat"])
def test_bits_are_counted_for_the_bytes_of_the_source(run, text):
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    first = tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"][0])
    out = run("perplexity.py", "--model", BASE, "--text", text)[0]
    scored, perplexity = numbers(out, r"(?s)scored: (\d+).*perplexity: ([\d.]+)")
    size = len(text.encode()) - len(first)  # a character of such a token is a byte
    bits = numbers(out, r"byte: ([\d.]+)")[0]
    assert bits == pytest.approx(math.log2(perplexity) * scored / size, rel=1e-4)


@pytest.mark.parametrize("text", ["👍", FOX, "é"])
def test_behind_a_beginning_token_all_bytes_count(run, tmp_path, text):
    out = run("perplexity.py", "--model", llama(tmp_path / "llama"), "--text", text)[0]
    scored, perplexity = numbers(out, r"(?s)scored: (\d+).*perplexity: ([\d.]+)")
    bits = numbers(out, r"byte: ([\d.]+)")[0]
    assert bits == pytest.approx(math.log2(perplexity) * scored / len(text.encode()), rel=1e-4)


def test_the_bytes_of_a_first_token_in_other_vocabularies():
    size = parts("perplexity.py")["size_of_first"]

    def first(tokenizer: Any, text: str) -> int:
        return size(
            tokenizer, text, tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        )

    words = AutoTokenizer.from_pretrained(MLM)  # lower case, without accents
    assert first(words, "  The cat") == len("  The")
    pieces = Tokenizer(
        models.Unigram([("<unk>", 0.0), *((f"<0x{n:02X}>", -9.0) for n in range(256)), ("▁", -1.0)],
                       unk_id=0, byte_fallback=True)
    )  # fmt: skip
    pieces.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    assert first(PreTrainedTokenizerFast(tokenizer_object=pieces), "👍") == 1
    blank = tokenizer_with(None)
    blank.backend_tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    assert first(blank, "The") == len(blank.convert_ids_to_tokens(blank("The").input_ids[0])) - 1
    assert first(tokenizer_with(None), "</s>The") == len("</s>")
