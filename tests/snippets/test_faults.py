"""Scripts refuse what cannot be right, say what they leave out, and leave nothing half done behind."""

import json
import math
import os
import random
import re
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BloomConfig,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    MistralConfig,
    OPTConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    RobertaConfig,
    T5Config,
)

from snippets.conftest import GPT2, SNIPPETS, inside

ROOT = SNIPPETS.parent
BASE, MLM = (str(ROOT / "src/lessons/checkpoints" / name) for name in ("base", "mlm"))
SCRIPTS = sorted(path.name for path in SNIPPETS.glob("*.py"))
WITH_MODEL = [name for name in SCRIPTS if name != "clean_text.py"]
FOX = "The quick brown fox jumps over the lazy dog."
SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}


@pytest.fixture(autouse=True)
def empty(monkeypatch, tmp_path):
    """Each test runs in a folder that holds nothing."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a script in this process; return stdout, stderr, status."""
    return lambda script, *args: inside(monkeypatch, capsys, script, *map(str, args))


def parts(script: str) -> dict[str, Any]:
    """What a script defines, without running it."""
    level = transformers.logging.get_verbosity()
    found = runpy.run_path(str(SNIPPETS / script))
    transformers.logging.set_verbosity(level)
    return found


def refused(done: tuple[str, str, object], *words: str) -> None:
    """Assert one line that says why, at most one more that helps, and no result."""
    out, _, status = done
    assert str(status).startswith("error: ")
    assert len(str(status).splitlines()) <= 2
    for word in words:
        assert word in str(status)
    assert "saved" not in out
    assert "perplexity" not in out


def numbers(text: str, pattern: str) -> list[float]:
    found = re.search(pattern, text)
    assert found, text
    return [float(group) for group in found.groups()]


def tokenizer_with(template: str | None) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer that puts <s> and </s> where the template says."""
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<s>", "</s>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    plain.train_from_iterator([FOX] * 20, trainer)
    if template:
        special = [("<s>", 0), ("</s>", 1)]
        plain.post_processor = processors.TemplateProcessing(template, special_tokens=special)
    return PreTrainedTokenizerFast(tokenizer_object=plain, bos_token="<s>", eos_token="</s>")


def llama(folder: Path, template: str | None = "<s> $A", kind: Any = LlamaForCausalLM) -> Path:
    """Save an untrained Llama with such a tokenizer."""
    tokenizer = tokenizer_with(template)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), intermediate_size=64, max_position_embeddings=128, **SMALL,
        bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    kind(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def write_pairs(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    keys = ("prompt", "chosen", "rejected")
    path.write_text("".join(json.dumps(dict(zip(keys, row, strict=True))) + "\n" for row in rows))
    return path


# Truncation and texts that become equal


def test_a_long_prompt_takes_nothing_from_its_answers(run, tmp_path):
    nouns = ("kite", "cake", "lamp", "boat")
    rows = [(f"the {noun} " * 400, "Gladly.", "No.") for noun in nouns]
    rows += [("same", "Yes.", "Yes."), ("long", "Yes. " * 400, "No.")]
    pairs = write_pairs(tmp_path / "pairs.jsonl", rows)
    out, _, status = run("reward_model.py", "--model", BASE, "--file", pairs, "--epochs", 1)
    assert status == 0
    assert "equal as tokens: 1 of 6 pairs (5)" in out
    assert "an answer is too long: 1 of 6 pairs (6)" in out
    assert "prompts cut at the front: 8" in out
    assert "3 to learn from, 1 unseen" in out
    assert numbers(out, r"last loss: ([\d.]+)") != [0.6931]


@pytest.mark.parametrize(
    "row",
    [("a", "Yes.", "Yes."), ("a", "the old dog " * 200, "No."), ("the kite " * 400, "", "")],
    ids=["the same text", "an answer that does not fit", "cut to the same"],
)
def test_pairs_that_cannot_be_told_apart_are_not_trained_on(run, tmp_path, row):
    pairs = write_pairs(tmp_path / "pairs.jsonl", [row] * 5)
    done = run("reward_model.py", "--model", BASE, "--file", pairs)
    refused(done, "0 pairs that the model can tell apart: need 4")
    assert "5 of 5 pairs (1, 2, 3, 4, 5)" in done[0]
    assert not Path("reward-model").exists()


@pytest.mark.parametrize("texts", [("a cat", "a cat"), ("the old dog " * 200, "a cat")])
def test_two_texts_that_cannot_be_compared(run, texts):
    refused(run("reward_model.py", "--model", BASE, "--text", *texts), "--text: need two texts")


def test_an_answer_keeps_its_end_whatever_the_padding(repos, tmp_path):
    found = parts("reward_model.py")
    tokenizer = AutoTokenizer.from_pretrained(repos / GPT2, padding_side="right")
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        repos / GPT2, num_labels=1
    )
    found["pad"](model, tokenizer)
    assert tokenizer.pad_token_id not in {None, tokenizer.eos_token_id}
    assert model.config.pad_token_id == tokenizer.pad_token_id
    ids = found["Reader"](tokenizer, 64).ids("Hello\n", "Hello")
    assert ids[-1] == tokenizer.eos_token_id
    batch = tokenizer.pad([{"input_ids": x} for x in (ids, ids[:-1])], return_tensors="pt")
    ended, endless = model(**batch).logits[:, 0].tolist()
    assert ended != endless


@pytest.mark.parametrize("template", ["<s> $A", "<s> $A </s>", None])
def test_a_text_gets_one_end(template):
    tokenizer = tokenizer_with(template)
    ids = parts("reward_model.py")["Reader"](tokenizer, 64).ids("The", " fox")
    assert ids.count(tokenizer.eos_token_id) == 1
    assert ids[-1] == tokenizer.eos_token_id


def test_a_classifier_is_told_what_is_cut_and_what_is_the_same(capsys):
    tokenizer = AutoTokenizer.from_pretrained(MLM)
    rows = [["A joy.", "good"], ["a JOY.", "good"], ["Bad.", "bad"], ["Fine.", "good"]]
    rows += [["fine.", "bad"], ["the dog " * 99 + "good", "good"], ["the dog " * 99 + "bad", "bad"]]
    data = parts("fine_tune.py")["different"](rows, tokenizer, 16)
    assert [label for _, label in data] == ["good", "bad"]
    out = capsys.readouterr().out
    assert "cut at the end to 16 tokens: 2 of 7 texts" in out
    assert "left out, since they are equal as tokens: 5 texts, and all of 2 that have" in out


def test_a_text_to_quantize_with_says_how_much_of_it_is_read(run):
    out, _, status = run("quantize.py", "--model", BASE, "--text", "the cat " * 300)
    assert status == 0
    assert "perplexity of 256 tokens (of 602, cut to what fits)" in out


# Models of another kind


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


# Numbers that are not finite


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


# Outputs


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("name", ["new", "a/b/new", "there"])
def test_an_output_is_there_whole_or_not_at_all(tmp_path, name):
    whole = parts("quantize.py")["whole"]
    (tmp_path / "there").mkdir()
    before = left(tmp_path)

    def write(broken: bool) -> None:
        with whole(Path(name)) as folder:
            folder.mkdir()
            (folder / "config.json").write_text("{}")
            if broken:
                raise KeyboardInterrupt
            (folder / "weights").write_text("1")

    with pytest.raises(KeyboardInterrupt):
        write(broken=True)
    assert left(tmp_path) == before
    write(broken=False)
    assert left(tmp_path / name) == ["config.json", "weights"]
    assert not [path for path in left(tmp_path) if "/." in f"/{path}"]
    with pytest.raises(ValueError, match="is there and not empty: name another --output"):
        write(broken=False)


def test_the_current_folder_can_be_the_output(tmp_path):
    with parts("quantize.py")["whole"](Path()) as folder:
        folder.mkdir()
        (folder / "config.json").write_text("{}")
    assert [path.name for path in Path.cwd().iterdir()] == ["config.json"]


@pytest.mark.parametrize(
    "script", ["fine_tune.py", "reward_model.py", "quantize.py", "clean_text.py"]
)
@pytest.mark.parametrize("output", ["notes.txt", "notes.txt/model", "full"])
def test_an_output_is_looked_at_before_the_work(run, monkeypatch, tmp_path, script, output):
    def never(*args: object, **settings: object) -> None:
        raise AssertionError("the work began")

    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "weights.pt").write_text("mine")
    before = left(tmp_path)
    monkeypatch.setattr(AutoTokenizer, "from_pretrained", never)
    _, _, status = run(script, "--output", output)
    assert str(status).startswith("error: ")
    assert "work began" not in str(status)
    assert left(tmp_path) == before
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
@pytest.mark.parametrize(
    "script", ["quantize.py", "reward_model.py", "fine_tune.py", "clean_text.py"]
)
def test_a_full_disk_leaves_nothing_behind(run, monkeypatch, tmp_path, script):
    import resource

    source = tmp_path / "source"
    source.mkdir()
    (source / "text.txt").write_text("".join(f"{number} lines\n" for number in range(20_000)))
    args = ["--output", "made/result"]
    model = ["--model", MLM if script == "fine_tune.py" else BASE]
    args += ["--file", source / "text.txt"] if script == "clean_text.py" else model
    if script == "reward_model.py":
        args += ["--epochs", 1]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        done = run(script, *args)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    refused(done, "hint: make room on the disk")
    assert left(tmp_path) == ["source", "source/text.txt"]
    if script == "quantize.py":
        assert run(script, *args)[2] == 0, "with room, it goes on as if nothing had been"


def test_a_damaged_result_has_a_hint(run, tmp_path):
    shutil.copytree(BASE, "quantized")
    noise = [random.Random(seed).randbytes(999) for seed in range(12)]
    for content in (b"", b"PK\x03\x04" + bytes(99), b"\xa5" + bytes(9), *noise):
        Path("quantized/weights.pt").write_bytes(content)
        refused(run("generate_quantized.py"), "hint: a file is damaged")
    torch.save({"a": torch.ones(2)}, "quantized/weights.pt")
    refused(run("generate_quantized.py"), "hint: a file is damaged")


def test_a_bit_of_quantized_weights_that_is_another_is_noticed(run, capsys):
    """Its loader compares no checksums, and would go on with another number."""
    assert run("quantize.py", "--model", BASE)[2] == 0
    whole = Path("quantized/weights.pt").read_bytes()
    chance, refusals = random.Random(0), 0
    weights = torch.load("quantized/weights.pt", weights_only=False)
    norm = weights["transformer.ln_f.weight"].numpy().tobytes()
    places = [whole.index(norm) + 1, *(chance.randrange(len(whole)) for _ in range(12))]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        Path("quantized/weights.pt").write_bytes(damaged)
        done = run("generate_quantized.py")
        if done[2] != 0:
            refused(done, "weights.pt is corrupted", "hint: a file is damaged")
            refusals += 1
        elif place == places[0]:
            pytest.fail("another number was read")
    assert refusals > 6, "the others changed what nobody reads"


# Beginning tokens


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


# Texts that are none

U16 = "Привет мир\n".encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (U16, ["bad.txt, line 1: a NUL character", "hint: the file may be UTF-16"]),
        (b"\xff\xfe" + U16, ["bad.txt, line 1: a NUL character", "UTF-16"]),
        ("Привет".encode("utf-16-le"), ["bad.txt: a quarter are control", "may be UTF-16"]),
        ("γειά".encode("utf-16-be"), ["bad.txt: a quarter are control", "may be UTF-16"]),
        (b"one\ntwo\0\n", ["bad.txt, line 2: a NUL character"]),
        (
            b"one\r\ntwo\r\n\xe9\n",
            ["bad.txt, line 3: 'utf-8' codec", "hint: the file is not UTF-8"],
        ),
        (b"one\n\xed\xa0\xbd", ["bad.txt, line 2: 'utf-8' codec"]),
    ],
    ids=[
        "UTF-16",
        "UTF-16 with a mark",
        "UTF-16, a word",
        "UTF-16, big endian",
        "NUL",
        "Latin-1",
        "half a pair",
    ],
)
def test_a_file_that_is_no_text_is_refused_with_its_line(run, tmp_path, data, words):
    (tmp_path / "bad.txt").write_bytes(data)
    refused(run("clean_text.py", "--file", "bad.txt"), *words)


@pytest.mark.parametrize("script", WITH_MODEL)
def test_every_script_reads_its_file_so(run, tmp_path, script):
    (tmp_path / "bad.txt").write_bytes(U16)
    refused(
        run(script, "--file", "bad.txt"), "bad.txt, line 1: a NUL", "hint: the file may be UTF-16"
    )


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_text_that_is_no_unicode_is_refused(run, script):
    texts = ["fine", "caf\udce9"] if script == "reward_model.py" else ["caf\udce9"]
    refused(run(script, "--text", *texts), "--text, line 1: ")


@pytest.mark.parametrize("escape", [r"\ud83d", r"\u0000"])
def test_an_escape_that_is_no_character_is_refused(run, tmp_path, escape):
    good = '{"prompt": "x", "chosen": "y", "rejected": "z"}\n'
    (tmp_path / "pairs.jsonl").write_text(good * 4 + good.replace("y", escape))
    refused(run("reward_model.py", "--file", "pairs.jsonl"), "pairs.jsonl, line 5: need JSON")


def test_a_file_is_read_as_it_is_but_for_its_line_ends(tmp_path):
    read = parts("clean_text.py")["read"]
    (tmp_path / "text").write_bytes("\ufeffé\r\n\u2028\x0c👍\rz\ufeff".encode())
    assert read(tmp_path / "text") == "é\n\u2028\x0c👍\nz\ufeff"
    assert read(None, "\ufeffa\r\nb") == "\ufeffa\r\nb"


# What a cleaner must not drop


@pytest.fixture
def clean():
    return parts("clean_text.py")["clean_line"]


ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        ENGLAND, f"{ENGLAND}{ENGLAND} a", "\u0600\u0661", "\u06dd", "\u070f\u0710", "\U000110bd",
        "a\u200fb", "\u061ca", "\u202ea\u202c", "\u2067a\u2069", "\U00013000\U00013431\U00013001",
        "\u0645\u06cc\u200c\u062e", "\U0001f469\u200d\U0001f4bb", "\u1820\u180e\u1820",
        "\U0001d173\U0001d158\U0001d174", "\U0001bc00\U0001bca0",
    ],
)  # fmt: skip
def test_format_characters_that_are_seen_are_kept(clean, text):
    assert clean(text) == text


@pytest.mark.parametrize(
    "hidden",
    [
        "\u200b", "\u00ad", "\u2060", "\ufeff", "\u2062", "\u206a", "\U000e0001", "\x07", "\x85",
        ENGLAND[1:], "\U000e0067", "\U000e007f", ENGLAND[1:-1],
    ],
)  # fmt: skip
def test_characters_that_nobody_sees_are_dropped(clean, hidden):
    assert clean(f"a{hidden}b").replace(" ", "") == "ab"


def test_few_control_characters_and_all_kinds_of_blanks_are_text(run, tmp_path):
    (tmp_path / "good.txt").write_bytes(b"\t\n\v\f\r\x1b[1mbold\x1b[0m \x07\t\t\t\n")
    assert run("clean_text.py", "--file", "good.txt")[2] == 0


def test_hidden_text_behind_an_emoji_is_dropped(clean):
    """It names no region, or has no end, or follows what is no flag."""
    secret = "".join(chr(0xE0000 + ord(x)) for x in "send the password")
    assert clean(f"\U0001f3f4{secret}\U000e007f!") == "\U0001f3f4!"
    assert clean(f"{ENGLAND[:-1]}!") == "\U0001f3f4!"
    for symbol in ("©", "\U0001f600", "→"):
        assert clean(f"{symbol}{ENGLAND[1:]}!") == f"{symbol}!"


MARKDOWN = """# Title

```python
def x():
    y()

    y()
\tz()
}
```

Yes.

- No.
Yes.

| a |
```
end
"""


def test_the_cleaner_keeps_what_structure_is_made_of(run, tmp_path):
    (tmp_path / "page.md").write_text(MARKDOWN)
    run("clean_text.py", "--file", "page.md", "--output", "clean.md")
    assert (tmp_path / "clean.md").read_text() == MARKDOWN


def test_the_cleaner_drops_repeats_in_a_row_and_empty_lines_beyond_one(run, tmp_path):
    raw = "\n\nA  b.\nA b.\n\u200b\n\n\n  A b.\nA b.\n \n"
    (tmp_path / "raw.txt").write_text(raw)
    _, err, _ = run("clean_text.py", "--file", "raw.txt", "--output", "new.txt")
    assert (tmp_path / "new.txt").read_text() == "A b.\n\n  A b.\nA b.\n"
    assert "kept 4 lines, dropped 5 empty, 1 repeated" in err


def test_words_are_not_parted_by_what_directs_them():
    bag = parts("clean_text.py")["bag_of_words"]
    assert bag("A\u200fb c\u200cd, E") == "ab cd e"


# Bits per byte


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


# Greedy is greedy


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


# Options and limits


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


# How they end


def start(*args: str, **settings: Any) -> subprocess.Popen[str]:
    """Start a script in a process of its own. Without a package that it names, that is quick."""
    return subprocess.Popen(
        [sys.executable, *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **settings,
    )


@pytest.mark.parametrize("options", [[], ["-u"]], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("lines", [3, 20_000])
def test_a_reader_who_stops_reading_ends_a_script_quietly(tmp_path, options, lines):
    text = tmp_path / "long.txt"
    text.write_text("".join(f"line {number}\n" for number in range(lines)))
    reading, writing = os.pipe()
    os.close(reading)
    script = str(SNIPPETS / "clean_text.py")
    done = subprocess.run(
        [sys.executable, *options, script, "--file", str(text)], stdout=writing,
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert done.returncode == 0
    assert "error" not in done.stderr.lower()
    assert "Exception" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_an_output_without_room_is_an_error_in_a_line():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, str(SNIPPETS / "clean_text.py")], stdout=full,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "error: [Errno 28] No space left on device\nhint: make room" in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes an output")
def test_a_closed_output_is_no_error():
    done = start("-c", f"import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, "
                 f"{str(SNIPPETS / 'clean_text.py')!r}])")  # fmt: skip
    assert "kept 3 lines" in done.communicate()[1]
    assert done.returncode == 0


def fake(folder: Path, content: str) -> dict[str, str]:
    """An environment in which the libraries are a module that does what the content says."""
    for name in ("torch", "transformers"):
        (folder / f"{name}.py").write_text(content)
    return {**os.environ, "PYTHONPATH": str(folder)}


@pytest.mark.parametrize("script", WITH_MODEL)
def test_a_package_that_is_not_there_is_named(tmp_path, script):
    process = start(str(SNIPPETS / script), env=fake(tmp_path, "import nothing_there"))
    out, err = process.communicate()
    assert (out, process.returncode) == ("", 1)
    assert err.splitlines()[0] == "error: No module named 'nothing_there'"
    assert err.splitlines()[1:] == ["hint: install what the script's head names, or use: uv run"]


def test_a_library_that_cannot_be_loaded_ends_in_a_line(tmp_path):
    story = "raise OSError('libc10.so: cannot open\\nand a long story')"
    process = start(str(SNIPPETS / "prompt.py"), env=fake(tmp_path, story))
    assert process.communicate() == ("", "error: libc10.so: cannot open\n")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal to send there")
def test_ctrl_c_is_said_in_a_line(tmp_path):
    waiting = "import time\nprint('here', flush=True)\ntime.sleep(60)"
    process = start(
        str(SNIPPETS / "prompt.py"), env=fake(tmp_path, waiting),
        # Whoever runs the tests in the background ignores the signal, and so would the script.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate()[1] == "stopped\n"
    assert process.returncode == 130


def test_ctrl_c_in_training_leaves_nothing_behind(run, monkeypatch, tmp_path):
    def stopped(*args: object, **settings: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(transformers.Trainer, "train", stopped)
    out, err, status = run("fine_tune.py", "--model", MLM)
    assert status == 130
    assert err == "stopped\n"
    assert "saved" not in out
    assert left(tmp_path) == []


def test_a_log_has_what_the_script_says_and_nothing_else(run):
    """No bars for loading, training and saving; and what was understood, before it is trained on."""
    out, err, status = run("fine_tune.py", "--model", MLM, "--learning-rate", "0.0005")
    assert (status, err) == (0, "")
    assert out.startswith("labels: bad 20, good 20\n")
    right, asked, low, high = numbers(
        out, r"right on unseen texts: (\d+) of (\d+), 95 % interval ([\d.]+) to ([\d.]+)"
    )
    assert low <= right / asked <= high
    (always,) = numbers(out, r'always "good": (\d+) of 10')
    assert 0 < always < asked
    assert math.isfinite(numbers(out, r"last loss: ([\d.]+)")[0])
    for script in ("perplexity.py", "prompt.py", "tokenize_text.py", "quantize.py"):
        assert run(script, "--model", BASE)[1:] == ("", 0), script
    assert run("generate_quantized.py")[1:] == ("", 0)
    assert run("reward_model.py", "--model", BASE, "--epochs", 1)[1:] == ("", 0)


def test_intervals_of_shares():
    """Wilson's, as in any table of them."""
    interval = parts("fine_tune.py")["interval"]
    assert interval(10, 10) == "95 % interval 0.72 to 1.00"
    assert interval(0, 10) == "95 % interval 0.00 to 0.28"
    assert interval(81, 263) == "95 % interval 0.26 to 0.37"
