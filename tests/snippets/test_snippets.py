"""Each script runs from a folder of the reader's, against a stand-in Hub, and survives its faults."""

import ast
import functools
import math
import os
import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, GPT2LMHeadModel

from snippets.conftest import BERT, GPT2, SNIPPETS, inside
from snippets.support import NO_MODEL, SCRIPTS, succeeded

ROOT = SNIPPETS.parent


HINTS = re.compile(r"\nHINTS = .*?\n}[^\n]*\n", re.DOTALL)


CLOSING = re.compile(r"\nif __name__ == .*", re.DOTALL)


IMPORT = re.compile(r" *(import|from) \w")


# What the pages tell a reader to type, such as `uv run prompt.py --text "Good night."`
SHOWN = re.compile(r"`(?:uv run|python) (?P<script>\w+\.py)(?P<args>[^`]*)`")


OPTION = re.compile(r"--[a-z][\w-]*")


AFTER = {"generate_quantized.py"}  # needs what quantize.py makes
# Those that take long; by day, other tests and the page of the scripts run them with smaller models.
LONG = {"fine_tune.py", "quantize.py", *AFTER}


COMMANDS = sorted(
    {
        (found["script"], found["args"].strip())
        for page in [*(ROOT / "docs").glob("lesson-*/*.md"), ROOT / "docs/scripts.md"]
        for found in SHOWN.finditer(page.read_text("utf-8"))
    },
    key=lambda command: (command[0] in AFTER, command),
)


def imported(text: str) -> set[str]:
    """Top-level packages that a script imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


@functools.cache
def definitions(script: str) -> dict[str, str]:
    """The source of each function and class of a script, with its decorators."""
    text = (SNIPPETS / script).read_text()
    lines, found = text.splitlines(), {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node, *node.decorator_list], key=lambda part: part.lineno).lineno
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


@functools.cache
def shared() -> dict[str, list[str]]:
    """Functions that more than one script has: name -> its source in each of them."""
    found: dict[str, list[str]] = {}
    for script in SCRIPTS:
        for name, text in definitions(script).items():
            found.setdefault(name, []).append(text)
    return {name: texts for name, texts in found.items() if name != "main" and len(texts) > 1}


def own_lines(script: str) -> list[str]:
    """What is left to read for who knows the other scripts."""
    text = (SNIPPETS / script).read_text().split("# ///\n")[1]
    text = CLOSING.sub("", HINTS.sub("", text))
    for name, source in definitions(script).items():
        if name in shared():
            text = text.replace(source, "")
    return [line for line in text.splitlines() if line.strip() and not IMPORT.match(line)]


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_stands_alone(script):
    text = (SNIPPETS / script).read_text()
    assert text.startswith("# /// script\n")
    block = text.split("# /// script\n")[1].split("# ///\n")[0]
    metadata = tomllib.loads("".join(line[2:] for line in block.splitlines(keepends=True)))
    assert metadata["requires-python"] == ">=3.11"
    assert set(metadata) == {"requires-python", "dependencies"}
    assert imported(text).isdisjoint({"lessons", "coursekit", "snippets", "tests"})
    assert len(own_lines(script)) <= 110, "one idea, short enough to read whole"


def test_they_name_all_that_they_import():
    for script in SCRIPTS:
        text = (SNIPPETS / script).read_text()
        named = set(re.findall(r'"(\w+)', text.split("# ///")[1]))
        outside = imported(text) - sys.stdlib_module_names
        assert outside <= named, script


def test_what_scripts_share_is_the_same_in_all():
    texts = {script: (SNIPPETS / script).read_text() for script in SCRIPTS}
    assert len({CLOSING.search(text)[0] for text in texts.values()}) == 1
    assert len({HINTS.search(texts[name])[0] for name in set(SCRIPTS) - NO_MODEL}) == 1
    copies = shared()
    assert len(copies["boundary"]) == len(copies["read"]) == len(SCRIPTS)
    for name, sources in copies.items():
        assert len(set(sources)) == 1, name
        assert len(sources[0].splitlines()) <= 22, name


@pytest.mark.parametrize("script", SCRIPTS)
def test_help(monkeypatch, capsys, script):
    out, _, status = inside(monkeypatch, capsys, script, "--help")
    assert status == 0
    assert "usage:" in out
    assert "--file" in out
    assert ("--model" in out) == (script not in NO_MODEL)


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_options_that_a_page_names_beside_a_script_exist(monkeypatch, capsys, script):
    known = set(OPTION.findall(inside(monkeypatch, capsys, script, "--help")[0]))
    beside = re.compile(rf"^## {re.escape(script)} .*?(?=```)", re.DOTALL | re.MULTILINE)
    boxes = beside.findall((ROOT / "docs/scripts.md").read_text("utf-8"))
    assert len(boxes) == 1
    named = {name for code in re.findall(r"`([^`]*)`", boxes[0]) for name in OPTION.findall(code)}
    assert named <= known


def test_the_stand_ins_weights_are_loaded_under_their_real_names(repos):
    """GPT-2's without a prefix and with masks, BERT's with gamma and beta: only the new head is missing."""
    _, info = GPT2LMHeadModel.from_pretrained(repos / GPT2, output_loading_info=True)
    assert not info["missing_keys"]
    kind = AutoModelForSequenceClassification
    _, info = kind.from_pretrained(repos / BERT, output_loading_info=True)
    assert set(info["missing_keys"]) == {"classifier.weight", "classifier.bias"}


@pytest.mark.parametrize(
    ("script", "args"),
    [
        pytest.param(script, args, marks=[pytest.mark.nightly] * (script in LONG))
        for script, args in COMMANDS
    ],
)
def test_the_commands_that_the_pages_show(at_home, again, hub, script, args):
    """Run as shown, defaults and all, the script copied to a folder that holds nothing else of ours."""
    if script in AFTER and not (at_home.folder / "quantized").exists():  # run without the others
        succeeded(again(at_home, "quantize.py"))
    if script == "quantize.py":
        shutil.rmtree(at_home.folder / "quantized", ignore_errors=True)
    copy = shutil.copy(SNIPPETS / script, at_home.folder)
    said_what_it_should(again(at_home, copy, *shlex.split(args)))


@pytest.mark.nightly  # by day the page of the scripts shows that each is
def test_a_command_is_a_process_from_its_first_line_on(at_home, hub):
    said_what_it_should(at_home.run(shutil.copy(SNIPPETS / "prompt.py", at_home.folder)))


def said_what_it_should(done):
    assert succeeded(done).strip()
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


def test_the_pages_show_how_each_script_is_run_with_its_defaults():
    assert {script for script, args in COMMANDS if not args} == set(SCRIPTS)


def test_tokenize(monkeypatch, capsys, repos):
    """In GPT-2's own vocabulary, where a copy of it is at hand."""
    out, _, _ = inside(monkeypatch, capsys, "tokenize_text.py", "--model", str(repos / GPT2))
    assert "decoded: Hello, how are you?" in out
    if "GPT2_TOKENIZER_DIR" in os.environ:
        assert "ids: [15496, 11, 703, 389, 345, 30]" in out
        assert "pieces: ['Hello', ',', ' how', ' are', ' you', '?']" in out


def test_prompt(monkeypatch, capsys, repos):
    options = ["--model", str(repos / GPT2), "--max-new-tokens", "3"]
    given: list[set[str]] = []
    generate = GPT2LMHeadModel.generate

    def noting(model, **settings):
        given.append(set(settings))
        return generate(model, **settings)

    monkeypatch.setattr(GPT2LMHeadModel, "generate", noting)
    out = inside(monkeypatch, capsys, "prompt.py", *options)[0]
    assert "--- zero-shot" in out
    assert "English: Good morning.\nFrench: Bonjour." in out
    assert len(given) == 2
    assert all({"attention_mask", "pad_token_id"} <= settings for settings in given)


def test_clean_text(reader):
    raw = "\ufeff\r\nCafe\u0301  au\tlait \u00a03,5 \u20ac\r\n"
    raw += "Cafe\u0301 au lait 3,5 \u20ac\u200b\r\nna\u00efve\r\n\r\n"
    (reader.folder / "raw.txt").write_bytes(raw.encode())
    done = reader.run("clean_text.py", "--file", "raw.txt", "--output", "clean.txt")
    assert succeeded(done) == ""
    assert (
        reader.folder / "clean.txt"
    ).read_bytes() == "Caf\u00e9 au lait 3,5 \u20ac\nna\u00efve\n".encode()
    assert "kept 2 lines, dropped 2 empty, 1 repeated" in done.stderr
    assert (
        succeeded(reader.run("clean_text.py"))
        == "Na\u00efve caf\u00e9, -3.5 \u00b0C\n\nSo it goes.\n"
    )
    assert "caf\u00e9 au lait 3 5" in succeeded(
        reader.run("clean_text.py", "--bag-of-words", "--file", "raw.txt")
    )


def test_clean_text_ends_in_one_unicode_form(reader):
    """What is dropped may have kept a letter and its accent apart; case-folding may part them."""
    out = succeeded(reader.run("clean_text.py", "--text", "cafe\u200b\u0301"))
    assert out == "caf\u00e9\n"
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0390"
    out = succeeded(reader.run("clean_text.py", "--bag-of-words", "--text", persian))
    assert out == "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645 \u0390\n"


BY_NIGHT = pytest.mark.nightly
# Half a window at a time, and the whole text in one; by night all but one token of it, and one.
WINDOWS = [(16, 8), (1024, 512), *(pytest.param(16, far, marks=BY_NIGHT) for far in (15, 1))]


def exact_perplexity(folder: Path, text: str, context: int, stride: int) -> float:
    """Score token by token: each from all the tokens that its window holds before it."""
    ids = AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt")["input_ids"][0]
    model = GPT2LMHeadModel.from_pretrained(folder).eval()
    losses = []
    with torch.inference_mode():
        for token in range(1, len(ids)):
            windows = 0 if token < context else -(-(token - context + 1) // stride)
            logits = model(ids[None, windows * stride : token]).logits[0, -1]
            losses.append(-logits.log_softmax(-1)[ids[token]].item())
    return math.exp(sum(losses) / len(losses))


@pytest.mark.parametrize(("context", "stride"), WINDOWS)
def test_perplexity_is_that_of_scoring_token_by_token(monkeypatch, capsys, repos, context, stride):
    text = "Hello, how are you? The quick brown fox jumps over the lazy dog. " * 2
    options = ["--context", str(context), "--stride", str(stride)]
    folder = str(repos / GPT2)
    out, _, _ = inside(
        monkeypatch, capsys, "perplexity.py", "--model", folder, "--text", text, *options
    )
    found = float(re.search(r"perplexity: ([\d.]+)", out)[1])
    exact = exact_perplexity(repos / GPT2, text, context, stride)
    assert found == pytest.approx(exact, rel=1e-4)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(text)["input_ids"]
    scored = len(tokenizer.decode(ids[1:]).encode())  # the first token is not, nor are its bytes
    bits = float(re.search(r"bits per byte: ([\d.]+)", out)[1])
    assert bits == pytest.approx(math.log2(exact) * (len(ids) - 1) / scored, rel=1e-3)


def test_quantize_then_generate(monkeypatch, capsys, repos, tmp_path):
    monkeypatch.chdir(tmp_path)
    options = ["--model", str(repos / GPT2), "--text", "Hello, how are you?"]
    out = inside(monkeypatch, capsys, "quantize.py", *options)[0]
    before, after = map(float, re.search(r"size: ([\d.]+) -> ([\d.]+) MB", out).groups())
    assert after < before
    first, second = map(float, re.search(r"tokens: ([\d.]+) -> ([\d.]+)", out).groups())
    assert first != second
    assert second == pytest.approx(first, rel=0.02)
    again = inside(monkeypatch, capsys, "quantize.py", *options)[2]
    assert "quantized is there and not empty: name another --output" in again
    out = inside(monkeypatch, capsys, "generate_quantized.py", "--text", "Hello")[0]
    assert out.startswith("Hello")
    status = inside(monkeypatch, capsys, "generate_quantized.py", "--text", "")[2]
    assert status == "error: a text of 0 tokens: need 1 to 1004"


def test_a_classifier_learns_and_can_be_loaded(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    things = ("film", "meal", "song", "trip", "game", "room", "show", "book")
    rows = [f"The {thing} was {said}.\t{label}\n" for thing in things
            for said, label in (("a joy", "yes"), ("a waste of time", "no"))]  # fmt: skip
    Path("rows.tsv").write_text("".join(rows))
    mlm = str(ROOT / "src/lessons/checkpoints/mlm")
    options = ["--model", mlm, "--file", "rows.tsv", "--learning-rate", "0.001", "--epochs", "8"]
    options += ["--text", "The lesson was a waste of time."]
    out = inside(monkeypatch, capsys, "fine_tune.py", *options)[0]
    assert "right on unseen texts: 4 of 4" in out
    assert "The lesson was a waste of time. -> no" in out
    model = AutoModelForSequenceClassification.from_pretrained("classifier")
    assert model.config.label2id == {"no": 0, "yes": 1}


def test_a_reward_model_learns(monkeypatch, capsys, repos, tmp_path):
    monkeypatch.chdir(tmp_path)
    pairs = '{"prompt": "Hello", "chosen": "Hello, how are you?", "rejected": "fox"}\n' * 5
    Path("pairs.jsonl").write_text(pairs)
    options = ["--file", "pairs.jsonl", "--learning-rate", "0.01"]
    options += ["--text", "Hello\nfox", "Hello\nHello,"]
    out = inside(monkeypatch, capsys, "reward_model.py", "--model", str(repos / GPT2), *options)[0]
    assert "right on unseen pairs: 1 of 1" in out
    assert float(re.search(r"scores higher by (.*)", out)[1]) < 0
    assert (tmp_path / "reward-model" / "tokenizer.json").is_file()


@pytest.mark.parametrize("script", ["tokenize_text.py", "prompt.py", "perplexity.py"])
def test_the_courses_checkpoint(monkeypatch, capsys, script):
    folder = ROOT / "src" / "lessons" / "checkpoints" / "base"
    out, _, status = inside(monkeypatch, capsys, script, "--model", str(folder))
    assert status == 0
    assert out
