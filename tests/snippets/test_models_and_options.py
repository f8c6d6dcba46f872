"""Models and options that cannot be meant are refused, and a model's own settings change nothing."""

import json
import re
import shutil
from pathlib import Path

import pytest
import torch
import transformers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BloomConfig,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    LlamaForSequenceClassification,
    MistralConfig,
    OPTConfig,
    Qwen2Config,
    RobertaConfig,
    T5Config,
)

from snippets.conftest import SNIPPETS
from snippets.support import BASE, MLM, SCRIPTS, SMALL, llama, parts, refused, write_pairs

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.mark.parametrize("script", ["perplexity.py", "prompt.py", "quantize.py"])
def test_a_model_that_reads_in_both_directions_is_refused(run, script):
    refused(run(script, "--model", MLM), "mlm reads in both directions: take a causal model")
    assert not Path("quantized").exists()


def test_an_untrained_model_that_reads_in_both_directions_is_refused(run, tmp_path):
    model = AutoModelForCausalLM.from_config(RobertaConfig(vocab_size=2000, **SMALL))
    model.save_pretrained(tmp_path / "roberta")
    AutoTokenizer.from_pretrained(MLM).save_pretrained(tmp_path / "roberta")
    refused(run("perplexity.py", "--model", "roberta"), "reads in both directions")
    decoder = AutoModelForCausalLM.from_config(
        RobertaConfig(vocab_size=2000, is_decoder=True, **SMALL)
    ).eval()
    parts("prompt.py")["require_causal"](decoder, "a decoder")


def test_a_quantized_model_that_reads_in_both_directions_is_refused(run):
    model = AutoModelForCausalLM.from_pretrained(MLM)
    shutil.copytree(MLM, "quantized")
    torch.save(model.state_dict(), "quantized/weights.pt")
    refused(run("generate_quantized.py"), "reads in both directions")


@pytest.mark.parametrize(
    "config",
    [
        GPT2Config(n_embd=32, n_layer=2, n_head=4, vocab_size=99),
        *(
            kind(vocab_size=99, intermediate_size=64, **SMALL)
            for kind in (LlamaConfig, GPTNeoXConfig)
        ),
        MistralConfig(vocab_size=99, intermediate_size=64, num_key_value_heads=2, **SMALL),
        Qwen2Config(vocab_size=99, intermediate_size=64, num_key_value_heads=2, **SMALL),
        OPTConfig(vocab_size=99, ffn_dim=64, word_embed_proj_dim=32, **SMALL),
        BloomConfig(vocab_size=99, hidden_size=32, n_layer=2, n_head=4),
    ],
    ids=lambda config: config.model_type,
)
def test_causal_models_are_not_refused(config):
    model = AutoModelForCausalLM.from_config(config).eval()
    parts("prompt.py")["require_causal"](model, config.model_type)


@pytest.mark.parametrize("script", ["perplexity.py", "prompt.py", "quantize.py"])
def test_a_model_without_the_weights_for_the_next_token_is_refused(run, tmp_path, script):
    llama(tmp_path / "judge", kind=LlamaForSequenceClassification)
    refused(run(script, "--model", "judge"), "judge has no lm_head.weight: take a causal model")


@pytest.mark.parametrize("script", ["perplexity.py", "prompt.py", "quantize.py"])
def test_a_model_of_another_kind_is_refused_in_a_line(run, tmp_path, script):
    T5Config(d_model=32, num_layers=1, num_heads=2, d_ff=64, vocab_size=99).save_pretrained("t5")
    AutoTokenizer.from_pretrained(BASE).save_pretrained("t5")
    done = run(script, "--model", "t5")
    refused(done, "Unrecognized configuration class", "hint: take a causal model")
    assert len(str(done[2])) < 500


@pytest.mark.parametrize(
    "settings",
    [{"repetition_penalty": 1.3}, {"no_repeat_ngram_size": 1}, {"suppress_tokens": [13]}],
)
def test_a_models_own_settings_do_not_change_what_it_writes(run, settings):
    plain = run("prompt.py", "--model", BASE, "--text", "The cat sleeps.")[0]
    shutil.copytree(BASE, "own")
    path = Path("own/generation_config.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    assert run("prompt.py", "--model", "own", "--text", "The cat sleeps.")[0] == plain


def test_a_quantized_model_keeps_its_end_tokens_and_no_other_setting(run):
    shutil.copytree(BASE, "own")
    path = Path("own/generation_config.json")
    run("quantize.py", "--model", BASE, "--output", "plain")
    text = run("generate_quantized.py", "--model", "plain", "--text", "The cat sees")[0]
    (end,) = AutoTokenizer.from_pretrained(BASE)(".")["input_ids"]
    before = json.loads(path.read_text()) | {"temperature": 0.5, "repetition_penalty": 1.3}
    path.write_text(json.dumps(before | {"eos_token_id": [before["eos_token_id"], end]}))
    run("quantize.py", "--model", "own", "--output", "kept")
    short = run("generate_quantized.py", "--model", "kept", "--text", "The cat sees")[0]
    assert short.strip() == text[: text.index(".") + 1]


@pytest.mark.parametrize(
    ("script", "option"),
    [
        ("fine_tune.py", "--epochs"), ("fine_tune.py", "--learning-rate"),
        ("reward_model.py", "--epochs"), ("reward_model.py", "--learning-rate"),
        ("perplexity.py", "--context"), ("perplexity.py", "--stride"),
        ("prompt.py", "--max-new-tokens"), ("generate_quantized.py", "--max-new-tokens"),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_meant_is_refused(run, script, option):
    out, err, status = run(script, f"{option}=0")
    assert (out, status) == ("", 2)
    assert f"argument {option}: 0 is not more than 0" in err


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "", "many", "1e999", "-0.0"])
@pytest.mark.parametrize("option", ["--epochs", "--learning-rate"])
def test_a_number_is_more_than_0_and_has_an_end(run, option, value):
    for script in ("fine_tune.py", "reward_model.py"):
        out, err, status = run(script, f"{option}={value}")
        assert (out, status) == ("", 2)
        assert f"argument {option}: " in err


def test_every_numeric_option_has_its_range():
    """Neither int nor float alone, which take what cannot be meant."""
    for script in SCRIPTS:
        assert not re.findall(r"type=(?:int|float)\b", (SNIPPETS / script).read_text()), script


def test_positions_are_not_tokens():
    """As many as the scripts say fit, and no more."""
    longest = parts("reward_model.py")["longest"]
    tokenizer = AutoTokenizer.from_pretrained(MLM)
    tokenizer.model_max_length = int(1e30)
    for pad in (1, 5):
        config = RobertaConfig(
            vocab_size=2000, max_position_embeddings=40, pad_token_id=pad, **SMALL
        )
        model = transformers.AutoModelForSequenceClassification.from_config(config).eval()
        most = longest(model, tokenizer)
        model(torch.full((1, most), 9))
        with pytest.raises((IndexError, RuntimeError)):
            model(torch.full((1, most + 1), 9))
    tokenizer.model_max_length = 16
    assert longest(model, tokenizer) == 16
    gpt2 = AutoModelForCausalLM.from_config(
        GPT2Config(n_embd=8, n_head=1, n_layer=1, n_positions=64)
    )
    assert longest(gpt2, AutoTokenizer.from_pretrained(BASE)) == 64


def test_a_reward_model_of_a_kind_whose_positions_begin_late(run, tmp_path):
    config = RobertaConfig(
        vocab_size=2000, max_position_embeddings=40, num_labels=1, pad_token_id=0, **SMALL
    )
    transformers.AutoModelForSequenceClassification.from_config(config).save_pretrained("roberta")
    tokenizer = AutoTokenizer.from_pretrained(MLM)
    tokenizer.save_pretrained("roberta")
    rows = [(f"the {noun} " * 40, "a joy", "a waste") for noun in ("cat", "dog", "cow", "hen")]
    pairs = write_pairs(tmp_path / "pairs.jsonl", rows)
    out, _, status = run("reward_model.py", "--model", "roberta", "--file", pairs, "--epochs", 1)
    assert status == 0
    assert "prompts cut at the front: 8" in out
