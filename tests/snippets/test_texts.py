"""What scripts read: texts that are cut, become equal or are none, and what a cleaner must not drop."""

from pathlib import Path

import pytest
import transformers
from transformers import (
    AutoTokenizer,
)

from snippets.conftest import GPT2
from snippets.support import (
    BASE,
    MLM,
    SCRIPTS,
    WITH_MODEL,
    numbers,
    parts,
    refused,
    tokenizer_with,
    write_pairs,
)

pytestmark = pytest.mark.usefixtures("empty_folder")


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
