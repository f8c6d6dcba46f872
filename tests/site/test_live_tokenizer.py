"""The tokenizer in the page cuts every text as the library does."""

import json
import os
import random
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from lessons import world
from lessons.storage import CHECKPOINTS

ROOT = Path(__file__).parents[2]
MERGES = ROOT / "docs/assets/models/gpt2/merges.txt"
SPECIALS = ["<|endoftext|>", "<|pad|>", "[CLS]", "[MASK]", "<|endof", "text|>", "[UNK"]
TEXTS = [
    "", " ", "  ", "\ufeff", "\ufeffA file begins.", "a\ufeffb", "\x85", "a\x85 b", "a \u3000 b",
    "\0", "don't we'll I'D it''s", "e\u0301", "\u0301", "naïve", "naive\u0308", "👩‍🚀👍🏽", "नमस्ते",
    "ΑΣ ΣΑΣ", "İI", "今日は", "ｱ", "½²Ⅳ١", "\r\n\r\n  x\t\n", "<|endoftext|>", " <|pad|> ", "a" * 300,
    "<|endoftext|><|endoftext|>", "<<|endoftext|>>", "[MASK]", "well [MASK].", "x" * 101, "un" * 50,
]  # fmt: skip
# Unicode has since called these two something else, and the library's BERT has old tables.
CHANGED = "\u166d\u1734"
CODE = sorted((ROOT / "src/lessons/tokenization").glob("*.py"))
# What is given and comes back is one text: a list of ten thousand lists takes a browser's driver seconds.
ENCODE = """async given => {
    const { Tokenizer } = await import('/assets/js/live/tokenizer.js');
    const [content, texts, gpt2] = JSON.parse(given);
    const tokenizer = gpt2 ? Tokenizer.gpt2(content) : Tokenizer.from(JSON.parse(content));
    return JSON.stringify(texts.map(text => {
        const ids = tokenizer.encode(text);
        return [ids, tokenizer.decode(ids), ids.map(id => [...tokenizer.bytes(id)])];
    }));
}"""


@cache
def letters(old: bool) -> list[str]:
    """Every character that Unicode has, in all planes; its newest ones the library does not know."""
    known = unicodedata.ucd_3_2_0 if old else unicodedata
    found = (chr(code) for code in range(0x110000))
    return [c for c in found if known.category(c) not in ("Cn", "Cs") and c not in CHANGED]


def drawn(seed: int, count: int, *, old: bool = False) -> Iterator[str]:
    """Texts of characters from all of Unicode, from blocks, and of pieces that are hard to cut."""
    rng, every = random.Random(seed), letters(old)
    hard = [*" \t\n\r'.,!?", "  ", "'s", "'ll", "1", "23", "\u00a0", "\ufeff", *SPECIALS]
    for number in range(count):
        block = rng.randrange(len(every) - 64)
        pools = [every, every[block : block + 64], hard, [chr(i) for i in range(128)]]
        chosen = pools if number % 3 else [pools[number // 3 % 4]]
        yield "".join(rng.choice(rng.choice(chosen)) for _ in range(rng.randint(1, 24)))


def prose() -> list[str]:
    """Lines of the course, its code, and texts of its world."""
    page = (ROOT / "docs/lesson-4/tokenization.md").read_text("utf-8").splitlines()
    code = [line for file in CODE for line in file.read_text("utf-8").splitlines()]
    return [*page[:150], *code[:150], *world.documents(seed=1, count=100)]


@pytest.fixture(scope="module")
def page(chromium, real_url):
    """One page for all: what is tried are scripts, and not what they draw."""
    opened = chromium.new_page()
    opened.goto(real_url + "accessibility/")
    yield opened
    opened.close()


def differing(page, content: str, texts: list[str], library: Tokenizer, gpt2: bool = False) -> list:
    """Where the page's ids, its text or its bytes are not the library's."""
    found = json.loads(page.evaluate(ENCODE, json.dumps([content, texts, gpt2])))
    wrong = []
    for text, (ids, decoded, parts) in zip(texts, found, strict=True):
        expected = library.encode(text).ids
        back = library.decode(expected, skip_special_tokens=False)
        if (ids, decoded) != (expected, back):
            wrong.append((text, ids, expected, decoded, back))
        joined = b"".join(bytes(part) for part in parts).decode("utf-8", "replace")
        if isinstance(library.model, models.BPE) and joined != back:
            wrong.append((text, joined))
    return wrong


@pytest.mark.parametrize("count", [800, pytest.param(2500, marks=pytest.mark.nightly)])
def test_ids_and_texts_are_the_librarys_on_thousands_of_texts(page, count):
    file = CHECKPOINTS / "base/tokenizer.json"
    library = Tokenizer.from_file(str(file))
    texts = [*TEXTS, *drawn(0, count), *prose()]
    assert differing(page, file.read_text("utf-8"), texts, library) == []
    assert all(library.decode(library.encode(t).ids, skip_special_tokens=False) == t for t in texts)


def test_ids_that_make_no_text_are_decoded_alike(page):
    library = Tokenizer.from_file(str(CHECKPOINTS / "base/tokenizer.json"))
    rng = random.Random(0)
    many = [[rng.randrange(2048) for _ in range(rng.randint(1, 20))] for _ in range(300)]
    many += [[rng.randrange(2, 258) for _ in range(rng.randint(1, 8))] for _ in range(300)]
    got = page.evaluate(
        """async ([content, many]) => {
            const { Tokenizer } = await import('/assets/js/live/tokenizer.js');
            const tokenizer = Tokenizer.from(JSON.parse(content));
            return many.map(ids => tokenizer.decode(ids));
        }""",
        [library.to_str(), many],
    )
    assert got == library.decode_batch(many, skip_special_tokens=False)


def test_a_space_can_be_added_and_merges_may_be_lists_or_texts(page):
    content = json.loads((CHECKPOINTS / "base/tokenizer.json").read_text("utf-8"))
    content["pre_tokenizer"] = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True}
    assert isinstance(content["model"]["merges"][0], list)
    content["model"]["merges"] = [" ".join(pair) for pair in content["model"]["merges"]]
    library = Tokenizer.from_str(json.dumps(content))
    texts = [*TEXTS, *drawn(2, 300), *prose()[::5]]
    assert differing(page, json.dumps(content), texts, library) == []


@pytest.mark.parametrize("count", [500, pytest.param(1500, marks=pytest.mark.nightly)])
def test_wordpiece_is_the_librarys_too(page, count):
    file = CHECKPOINTS / "mlm/tokenizer.json"
    texts = [*TEXTS, *drawn(1, count, old=True), *prose(), "the film was good " * 60]
    library = Tokenizer.from_file(str(file))
    assert differing(page, file.read_text("utf-8"), texts, library) == []


def gpt2_tokenizer() -> Tokenizer:
    """GPT-2's, built by the library from the list of merges that the site has."""
    merges = [tuple(line.split(" ")) for line in MERGES.read_text("utf-8").splitlines()[1:]]
    signs = sorted(pre_tokenizers.ByteLevel.alphabet(), key=lambda s: (ord(s) > 255, ord(s)))
    entries = [*signs, *(left + right for left, right in merges)]
    made = Tokenizer(models.BPE({entry: i for i, entry in enumerate(entries)}, merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(["<|endoftext|>"])
    return made


def test_gpt2_is_read_from_its_merges_alone(page):
    library = gpt2_tokenizer()
    assert library.get_vocab_size() == 50_257
    assert library.encode("Hello, how are you?").ids == [15496, 11, 703, 389, 345, 30]
    assert library.encode("<|endoftext|>").ids == [50_256]
    texts = [*TEXTS, *drawn(3, 600), *prose()]
    assert differing(page, MERGES.read_text("utf-8"), texts, library, gpt2=True) == []


@pytest.mark.skipif("GPT2_TOKENIZER_DIR" not in os.environ, reason="needs GPT-2's own files")
def test_gpt2s_vocabulary_is_what_its_merges_make():
    folder = Path(os.environ["GPT2_TOKENIZER_DIR"])
    vocabulary = json.loads((folder / "vocab.json").read_text("utf-8"))
    assert gpt2_tokenizer().get_vocab() == vocabulary
    assert MERGES.read_text("utf-8") == (folder / "merges.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("j.model.type = 'Unigram'", "the tokenizer is a Unigram"),
        ("j.model.byte_fallback = true", "BPE with byte_fallback is not known here"),
        ("j.normalizer = {type: 'NFC'}", "the normalizer NFC is not known here"),
        ("j.pre_tokenizer = {type: 'Whitespace'}", "only BPE that starts from bytes"),
        ("j.pre_tokenizer.pretokenizers[0].type = 'Split'", "the pre_tokenizer Split is not"),
        ("j.post_processor.type = 'Bert'", "the post_processor Bert is not known here"),
        ("j.added_tokens[0].lstrip = true", "the token <|endoftext|> is lstrip"),
        ("delete j.model.vocab['!']", "the vocabulary lacks byte 33"),
    ],
)
def test_what_a_file_asks_for_beyond_that_is_named(page, change, said):
    content = (CHECKPOINTS / "base/tokenizer.json").read_text("utf-8")
    heard = page.evaluate(
        f"""async content => {{
            const {{ Tokenizer }} = await import('/assets/js/live/tokenizer.js');
            const j = JSON.parse(content);
            {change};
            try {{ Tokenizer.from(j); }} catch (error) {{ return error.message; }}
        }}""",
        content,
    )
    assert said in heard


def test_a_piece_shows_its_blanks_and_its_bytes(page):
    content = (CHECKPOINTS / "base/tokenizer.json").read_text("utf-8")
    shown = page.evaluate(
        """async content => {
            const { Tokenizer } = await import('/assets/js/live/tokenizer.js');
            const tokenizer = Tokenizer.from(JSON.parse(content));
            return tokenizer.encode(' the🐈\\n<|pad|>').map(id => tokenizer.piece(id));
        }""",
        content,
    )
    assert shown == ["␣the", r"\xf0", r"\x9f", r"\x90", r"\x88", "⏎", "<|pad|>"]
