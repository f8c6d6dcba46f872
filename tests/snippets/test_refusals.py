"""What a reader or the network gets wrong is refused with a hint, and caches stay whole."""

import io
import runpy
import shutil
import sys

import pytest
import torch
from transformers import GPT2LMHeadModel

from snippets.conftest import GPT2, NO_TOKENIZER, SNIPPETS, inside
from snippets.support import NO_MODEL, SCRIPTS, failed, succeeded


@pytest.mark.parametrize("script", [s for s in SCRIPTS if s != "generate_quantized.py"])
def test_a_file_that_is_not_there_or_not_utf8(monkeypatch, capsys, repos, tmp_path, script):
    model = [] if script in NO_MODEL else ["--model", str(repos / GPT2)]
    latin = tmp_path / "latin.txt"
    latin.write_bytes("caf\u00e9 au lait\n".encode("latin-1"))
    monkeypatch.chdir(tmp_path)
    missing = inside(monkeypatch, capsys, script, "--file", "missing.txt", *model)[2]
    assert "No such file or directory: 'missing.txt'" in missing
    assert (
        "hint: the file is not UTF-8"
        in inside(monkeypatch, capsys, script, "--file", str(latin), *model)[2]
    )


@pytest.mark.parametrize(
    "script", [s for s in SCRIPTS if s not in NO_MODEL | {"generate_quantized.py"}]
)
def test_a_folder_that_is_not_there(monkeypatch, capsys, tmp_path, script):
    monkeypatch.chdir(tmp_path)
    status = str(inside(monkeypatch, capsys, script, "--model", "./missing")[2])
    assert "./missing" in status
    assert "hint: no such folder, and no name on the Hub" in status


@pytest.mark.parametrize(
    ("script", "args", "words"),
    [
        ("perplexity.py", ["--text", ""], "a text of 0 tokens: need 2"),
        ("quantize.py", ["--text", ""], "a text of fewer than 2 tokens: need 2"),
        (
            "perplexity.py",
            ["--stride", "16", "--context", "16"],
            "need 1 <= stride < context <= 1024",
        ),
        ("prompt.py", ["--max-new-tokens", "1020"], "the model has room for 4"),
    ],
)
def test_a_text_that_does_not_fit(monkeypatch, capsys, repos, tmp_path, script, args, words):
    monkeypatch.chdir(tmp_path)
    assert words in str(inside(monkeypatch, capsys, script, "--model", str(repos / GPT2), *args)[2])


@pytest.mark.parametrize(
    ("script", "name", "text", "words"),
    [
        ("fine_tune.py", "rows.tsv", "good\tyes\nbad\n", "rows.tsv, line 2: need a text, a tab, a label"),
        ("fine_tune.py", "rows.tsv", "good\tyes\n", "1 texts, 1 labels: need 8 texts, 2 labels"),
        ("reward_model.py", "rows.jsonl", '{"prompt": "x"}\n', "line 1: need JSON with prompt, chosen"),
        ("reward_model.py", "rows.jsonl", "", "line 1: need JSON with prompt, chosen"),
        ("fine_tune.py", "rows.tsv", "good\tyes\n \tno\n", "rows.tsv, line 2: need a text, a tab, a label"),
        ("reward_model.py", "rows.jsonl", '{"prompt": "x", "chosen": [], "rejected": "z"}', "line 1: need"),
        ("reward_model.py", "rows.jsonl", '{"prompt": "x", "chosen": "", "rejected": 1}', "line 1: need"),
        ("reward_model.py", "rows.jsonl", "[]", "line 1: need JSON with prompt, chosen"),
        ("reward_model.py", "rows.jsonl", '{"prompt": "", "chosen": "", "rejected": ""}', "1 pairs: need"),
    ],
)  # fmt: skip
def test_a_file_of_the_wrong_form(monkeypatch, capsys, tmp_path, script, name, text, words):
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert words in str(inside(monkeypatch, capsys, script, "--file", name)[2])


def test_there_is_nothing_to_generate_with(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    status = inside(monkeypatch, capsys, "generate_quantized.py")[2]
    assert "weights.pt: make it with quantize.py" in str(status)


@pytest.mark.parametrize(
    "script", ["clean_text.py", "fine_tune.py", "reward_model.py", "quantize.py"]
)
def test_what_is_there_is_not_overwritten(monkeypatch, capsys, tmp_path, script):
    (tmp_path / "notes.txt").touch()
    status = inside(monkeypatch, capsys, script, "--output", str(tmp_path))[2]
    assert "is there and not empty: name another --output" in str(status)


def test_a_byte_order_mark_is_no_part_of_a_file(monkeypatch, capsys, repos, tmp_path):
    """Windows editors write one."""
    (tmp_path / "text.txt").write_text("Hello, how are you?", encoding="utf-8-sig")
    options = ["--model", str(repos / GPT2)]
    plain = inside(monkeypatch, capsys, "tokenize_text.py", *options)[0]
    marked = ["--file", str(tmp_path / "text.txt")]
    assert inside(monkeypatch, capsys, "tokenize_text.py", *options, *marked)[0] == plain


def test_an_output_that_cannot_hold_the_text(monkeypatch, repos):
    """A pipe on Windows: no letter of a broken emoji is in its code page."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
    monkeypatch.setattr(
        sys, "argv", ["", "--model", str(repos / GPT2), "--text", "\N{GRINNING FACE}"]
    )
    with pytest.raises(SystemExit, match="hint: set PYTHONUTF8=1"):
        runpy.run_path(str(SNIPPETS / "tokenize_text.py"), run_name="__main__")


def test_a_folder_without_a_tokenizer(monkeypatch, capsys, tmp_path):
    status = inside(monkeypatch, capsys, "tokenize_text.py", "--model", str(tmp_path))[2]
    assert "hint: no tokenizer there that loads" in str(status)


def test_out_of_memory(monkeypatch, capsys, repos):
    def exhausted(*args: object, **kwargs: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(GPT2LMHeadModel, "forward", exhausted)
    status = str(inside(monkeypatch, capsys, "perplexity.py", "--model", str(repos / GPT2))[2])
    assert "out of memory" in status
    assert "hint: take a smaller --model" in status


def test_faults_before_anything_is_stored(reader, again, hub):
    hub.fault = "portal"
    failed(again(reader, "tokenize_text.py"), "hint: check the network")
    hub.fault = "gated"
    failed(again(reader, "tokenize_text.py"), "gated repo")
    hub.fault = "private"
    failed(again(reader, "tokenize_text.py"), "not a valid model identifier")
    hub.fault = ""
    failed(again(reader, "tokenize_text.py", "--model", "nobody/nothing"), "nobody/nothing")
    bare = again(reader, "tokenize_text.py", "--model", NO_TOKENIZER)
    failed(bare, f"{NO_TOKENIZER} has no tokenizer")
    assert "decoded: Hello, how are you?" in succeeded(again(reader, "tokenize_text.py"))


def test_weights_that_do_not_arrive_whole(reader, again, hub):
    hub.fault = "truncated"
    failed(again(reader, "perplexity.py"), "hint: the download was cut short")
    hub.fault = "cut"
    assert "perplexity:" in succeeded(again(reader, "perplexity.py"))
    assert hub.fault == ""
    assert any(start > 0 for start in hub.resumed), "the second half alone is fetched again"


@pytest.mark.nightly
def test_weights_that_arrive_damaged(reader, again, hub):
    hub.fault = "damaged"
    failed(again(reader, "perplexity.py"), "hint: a file is damaged")
    hub.fault = ""
    shutil.rmtree(reader.folder / "cache/hub/models--openai-community--gpt2")  # as the hint says
    assert "perplexity:" in succeeded(again(reader, "perplexity.py"))
