"""The tokenizers of the lesson: equal to the library's, lossless, and clear about misuse."""

import inspect
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import AutoTokenizer, GPT2Tokenizer, PreTrainedTokenizerFast

from lessons import world
from lessons.tokenization import tokenizers
from lessons.tokenization.tokenizers import (
    BPE,
    PIECES,
    TRAINERS,
    UNKNOWN,
    SymbolTokenizer,
    byte_order,
    encoder,
    merge,
    score,
    to_bytes,
    train_bpe,
    train_fast_bpe,
    train_unigram,
    train_wordpiece,
    vocabulary_cell,
)

GREETING = "Hello, how are you?"
GPT2_IDS = [15496, 11, 703, 389, 345, 30]
modest = settings(max_examples=60, suppress_health_check=list(HealthCheck))
encodable = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
# without code points that are no character yet: the newer of two Unicode versions may have a letter there
assigned = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=60)


def merges_of(tokenizer: Tokenizer) -> list[tuple[bytes, bytes]]:
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [(to_bytes(left), to_bytes(right)) for left, right in merges]


@pytest.fixture(scope="module")
def documents() -> list[str]:
    return world.documents(1, 400)


@pytest.fixture(scope="module")
def bpe(documents) -> BPE:
    return BPE(train_bpe(documents, 500))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 50 + " " + "a" * 33,
        "aaabdaaabac " * 3 + "aaaa",
        "abababab abab bababa",
        "Les élèves aiment l'été ; l'œuf est dans la forêt, n'est-ce pas ? " * 3,
        "🐈🐈‍⬛ 👩‍🚀 🇫🇷 🐈🐈 é é naïve Ħ " * 4,
        "for i in range(10):\n        print(i)\n\n\n\treturn i  # 1234 12345 12\n" * 3,
        "it's we'll don't I've you're she'd I'm 'tis " * 3,
        "\x00\x01\u00a0\u00ad\u2028 \r\n\r\n" * 3,
        "",
        "x",
    ],
)
def test_merges_equal_those_of_tokenizers(text):
    assert train_bpe([text], 120) == merges_of(train_fast_bpe([text], 256 + 120))


def test_merges_on_the_course_s_documents_equal_those_of_tokenizers(documents):
    assert train_bpe(documents, 700) == merges_of(train_fast_bpe(documents, 256 + 700))


@modest
@given(st.lists(assigned | st.text("ab ", max_size=80), max_size=4), st.integers(0, 60))
def test_merges_equal_those_of_tokenizers_on_random_texts(texts, wanted):
    assert train_bpe(texts, wanted) == merges_of(train_fast_bpe(texts, 256 + wanted))


@modest
@given(text=encodable)
def test_the_pieces_of_a_text_add_up_to_it(text):
    assert "".join(PIECES.findall(text)) == text


@modest
@given(text=encodable)
def test_every_text_comes_back(bpe, text):
    assert bpe.decode(bpe.encode(text), errors="strict") == text


@modest
@given(text=encodable)
def test_ids_equal_those_of_tokenizers(bpe, fast, text):
    assert bpe.encode(text) == fast.encode(text).ids


@pytest.fixture(scope="module")
def fast(documents) -> Tokenizer:
    return train_fast_bpe(documents, 256 + 500)


def test_training_stops_when_no_pair_occurs_twice():
    assert train_bpe(["abc abc"], 1000) == [(b"a", b"b"), (b"ab", b"c")]


def test_training_takes_fewer_than_40_lines_of_code():
    code = "".join(inspect.getsource(part) for part in (byte_order, merge, train_bpe))
    assert sum(bool(line.strip()) for line in code.splitlines()) < 40


def test_bytes_that_print_come_first_and_every_byte_comes_once():
    assert byte_order()[:3] == [33, 34, 35]
    assert sorted(byte_order()) == list(range(256))


def test_a_merge_runs_from_left_to_right():
    assert merge([b"a"] * 5, (b"a", b"a")) == [b"aa", b"aa", b"a"]


def test_the_library_s_spelling_of_bytes_is_read_back():
    assert to_bytes("Ġcafé") == b" caf\xe9"
    assert to_bytes("ĠcafÃ©").decode() == " café"


def test_a_lone_surrogate_is_no_text(bpe):
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        bpe.encode("\ud83d")


def test_half_an_emoji_is_replaced_or_raises(bpe):
    half = bpe.encode("🐈")[:2]
    assert bpe.decode(half) == "\ufffd"
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        bpe.decode(half, errors="strict")


def test_what_a_symbol_tokenizer_has_not_seen_is_unknown():
    words = SymbolTokenizer(PIECES.findall, ["the cat", "the owl"])
    assert words.symbols == [UNKNOWN, " cat", " owl", "the"]
    assert words.encode("the dog") == [3, 0]
    assert words.decode([3, 0]) == "the[UNK]"


def test_a_score_counts_tokens_bytes_unknowns_and_round_trips():
    letters = SymbolTokenizer(list, ["abé"])
    assert score(letters.encode, letters.decode, ["abé", "abx"], unknown=0) == {
        "tokens": 6,
        "bytes_per_token": 7 / 6,
        "unknown": 1 / 6,
        "exact": 0.5,
    }


@pytest.mark.parametrize("texts", [[], [""]])
def test_nothing_cannot_be_scored(texts):
    letters = SymbolTokenizer(list, ["ab"])
    with pytest.raises(ValueError, match=f"nothing to score: {len(texts)} texts without a token"):
        score(letters.encode, letters.decode, texts)


def test_wordpiece_is_the_same_every_time(documents):
    first, again = (train_wordpiece(documents, 400).get_vocab() for _ in range(2))
    assert first == again
    assert first[UNKNOWN] == 0


def test_the_wordpiece_trainer_merges_by_frequency_not_by_likelihood():
    toy = ["hug " * 10 + "pug " * 5 + "pun " * 12 + "bun " * 4 + "hugs " * 5]
    vocabulary = train_wordpiece(toy, 1 + 7 + 7 + 1).get_vocab()
    assert max(vocabulary, key=vocabulary.get) == "##ug"  # the likelihood rule takes ##gs


def test_wordpiece_loses_blanks_and_does_not_know_an_emoji(documents):
    wordpiece = train_wordpiece(documents, 400)
    assert wordpiece.encode("the 🐈").tokens == ["the", UNKNOWN]
    assert wordpiece.decode(wordpiece.encode("the  cat").ids) == "the cat"


def test_unigram_needs_no_unknown_and_returns_every_text(documents):
    unigram = train_unigram(documents, 500)
    text = "the  🐈 Zzyzx\n"
    assert unigram.decode(unigram.encode(text).ids) == text
    assert 0 not in unigram.encode(text).ids


def test_unigram_misses_a_frequent_word_that_stands_in_no_other_unless_it_is_offered(documents):
    assert sum(text.count("Question") for text in documents) > 50
    assert "Question" not in train_unigram(documents, 700).get_vocab()
    assert "Question" in train_unigram(documents, 700, offer=True).get_vocab()


def test_training_unigram_again_gives_the_same_pieces(documents):
    first, again = (train_unigram(documents, 500).get_vocab() for _ in range(2))
    assert sorted(first) == sorted(again)


def test_a_vocabulary_cell_refuses_a_kind_that_does_not_exist():
    with pytest.raises(ValueError, match=r"no kind 'bytes': take one of word, character, bpe"):
        vocabulary_cell("bytes", 512, 0)


@pytest.mark.parametrize("kind", ["word", "character", *TRAINERS])
def test_a_vocabulary_cell_of_each_kind_has_the_same_numbers(kind, monkeypatch):
    """The names of them, on a twentieth of the documents: their values are the record's affair."""
    make = world.documents
    monkeypatch.setattr(world, "documents", lambda seed, n, *which: make(seed, n // 20, *which))
    values = vocabulary_cell(kind, 512, 9)
    assert {*values} == {
        "vocabulary", "own_bytes_per_token", "tokens", "bytes_per_token", "unknown", "exact",
    }  # fmt: skip
    assert 1 <= values["bytes_per_token"] < 5


def test_a_saved_tokenizer_gives_the_same_ids(fast, bpe, tmp_path):
    PreTrainedTokenizerFast(tokenizer_object=fast, eos_token="<|end|>").save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert loaded.encode(GREETING) == bpe.encode(GREETING) == encoder(fast)(GREETING)


def gpt2_folder() -> Path:
    folder = os.environ.get("GPT2_TOKENIZER_DIR")
    if not folder:
        pytest.skip("GPT2_TOKENIZER_DIR is not set to a folder with GPT-2's vocab.json, merges.txt")
    return Path(folder)


def test_the_lesson_s_bpe_with_gpt2_s_merges_gives_gpt2_s_ids(monkeypatch):
    order = byte_order()  # once, and not for each of a hundred thousand tokens
    monkeypatch.setattr(tokenizers, "byte_order", lambda: order)
    lines = (gpt2_folder() / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
    merges = [(to_bytes(a), to_bytes(b)) for a, b in (line.split(" ") for line in lines)]
    gpt2 = BPE(merges)
    assert len(gpt2.tokens) == 256 + 50_000
    assert gpt2.encode(GREETING) == GPT2_IDS
    assert gpt2.tokens[585] == b"ord"


def test_transformers_with_gpt2_s_files_gives_gpt2_s_ids():
    folder = gpt2_folder()
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
    merges = [tuple(line.split(" ")) for line in lines]
    gpt2 = GPT2Tokenizer(vocab=vocabulary, merges=merges)
    assert gpt2.encode(GREETING) == GPT2_IDS
