"""Tokenization: from text to numbers and back, three ways and then a fourth from scratch."""

# --8<-- [start:imports]
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import regex
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from lessons import world

# --8<-- [end:imports]

# --8<-- [start:pieces]
PIECES = regex.compile(
    r"'(?:[sdmt]|ll|ve|re)"  # the ends of it's, don't, we'll
    r"| ?\p{L}+"  # letters, with the space before them
    r"| ?\p{N}+"  # digits, the same
    r"| ?[^\s\p{L}\p{N}]+"  # anything else that is not a space
    r"|\s+(?!\S)|\s+"  # spaces; the last one before a word goes with the word
)
# --8<-- [end:pieces]


# --8<-- [start:symbols]
UNKNOWN = "[UNK]"


class SymbolTokenizer:
    """Give every distinct symbol of the training texts an id; anything else is unknown, id 0.

    Args:
        cut: takes a text apart without losing anything: ``list`` or ``PIECES.findall``.
        texts: training texts.
    """

    def __init__(self, cut: Callable[[str], list[str]], texts: Iterable[str]):
        self.cut = cut
        self.symbols = [UNKNOWN, *sorted({symbol for text in texts for symbol in cut(text)})]
        self.ids = {symbol: i for i, symbol in enumerate(self.symbols)}

    def encode(self, text: str) -> list[int]:
        """Turn a text into ids."""
        return [self.ids.get(symbol, 0) for symbol in self.cut(text)]

    def decode(self, ids: Iterable[int]) -> str:
        """Turn ids into a text."""
        return "".join(self.symbols[i] for i in ids)


# --8<-- [end:symbols]


# --8<-- [start:score]
def score(
    encode: Callable[[str], list[int]],
    decode: Callable[[list[int]], str],
    texts: Sequence[str],
    unknown: int | None = None,
) -> dict[str, float]:
    """Measure a tokenizer on texts; ``unknown`` is the id it gives to what it does not know.

    Returns:
        ``tokens``; ``bytes_per_token``, in UTF-8; ``unknown`` and ``exact``: the share of tokens
        that are unknown, and of texts that come back unchanged.
    """
    coded = [encode(text) for text in texts]
    if not (tokens := sum(len(ids) for ids in coded)):
        raise ValueError(f"nothing to score: {len(texts)} texts without a token")
    return {
        "tokens": tokens,
        "bytes_per_token": sum(len(text.encode()) for text in texts) / tokens,
        "unknown": sum(i == unknown for ids in coded for i in ids) / tokens,
        "exact": sum(decode(ids) == text for ids, text in zip(coded, texts, strict=True))
        / len(texts),
    }


# --8<-- [end:score]


# --8<-- [start:merge]
Pair = tuple[bytes, bytes]


def byte_order() -> list[int]:
    """Return the 256 byte values in GPT-2's order: those that print first, then the others."""
    prints = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return prints + [value for value in range(256) if value not in prints]


def merge(parts: list[bytes], pair: Pair) -> list[bytes]:
    """Join each occurrence of ``pair`` in ``parts``, from left to right."""
    merged, i = [], 0
    while i < len(parts):
        step = 2 if tuple(parts[i : i + 2]) == pair else 1
        merged.append(b"".join(parts[i : i + step]))
        i += step
    return merged


# --8<-- [end:merge]


# --8<-- [start:train]
def train_bpe(texts: Iterable[str], wanted: int) -> list[Pair]:
    """Learn ``wanted`` merges, or fewer when no pair occurs twice any more."""
    ids = {bytes([value]): i for i, value in enumerate(byte_order())}
    counts = Counter(piece for text in texts for piece in PIECES.findall(text))
    words = {piece: [bytes([value]) for value in piece.encode()] for piece in counts}
    pairs, where = Counter[Pair](), defaultdict[Pair, set[str]](set)

    def tally(piece: str, sign: int) -> None:
        for pair in pairwise(words[piece]):
            pairs[pair] += sign * counts[piece]
            where[pair].add(piece)

    for piece in counts:
        tally(piece, 1)
    merges: list[Pair] = []
    while len(merges) < wanted and max(pairs.values(), default=0) > 1:
        best = max(pairs, key=lambda pair: (pairs[pair], -ids[pair[0]], -ids[pair[1]]))
        merges.append(best)
        ids.setdefault(b"".join(best), len(ids))
        for piece in where.pop(best):  # only these pieces change
            tally(piece, -1)
            words[piece] = merge(words[piece], best)
            tally(piece, 1)
    return merges


# --8<-- [end:train]


# --8<-- [start:bpe]
class BPE:
    """Encode with learned merges: of the pairs in a piece, the one learned first is joined first."""

    def __init__(self, merges: list[Pair]):
        alphabet = [bytes([value]) for value in byte_order()]
        self.tokens = list(dict.fromkeys(alphabet + [a + b for a, b in merges]))
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.rank = {pair: i for i, pair in enumerate(merges)}

    def cut(self, piece: bytes) -> list[bytes]:
        """Split one piece of text into tokens."""
        parts = [bytes([value]) for value in piece]
        while known := [pair for pair in pairwise(parts) if pair in self.rank]:
            parts = merge(parts, min(known, key=self.rank.__getitem__))
        return parts

    def encode(self, text: str) -> list[int]:
        """Turn a text into ids."""
        return [self.ids[t] for piece in PIECES.findall(text) for t in self.cut(piece.encode())]

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """Turn ids into a text; bytes that are no UTF-8 become U+FFFD, or raise if ``strict``."""
        return b"".join(self.tokens[i] for i in ids).decode("utf-8", errors)


# --8<-- [end:bpe]


# --8<-- [start:reference]
def to_bytes(token: str) -> bytes:
    """Turn a token as `tokenizers` and GPT-2 write it, one character a byte, into bytes."""
    order = byte_order()
    values = {chr(value): value for value in order[:188]}  # the 188 that print stand for themselves
    values.update({chr(256 + i): value for i, value in enumerate(order[188:])})
    return bytes(values[character] for character in token)


def encoder(tokenizer: Tokenizer) -> Callable[[str], list[int]]:
    """Return a function that turns a text into ids, without special tokens."""
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def train_fast_bpe(texts: Iterable[str], size: int) -> Tokenizer:
    """Train the same byte-level BPE with `tokenizers`."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


# --8<-- [end:reference]


# --8<-- [start:wordpiece]
def train_wordpiece(texts: list[str], size: int) -> Tokenizer:
    """Train WordPiece as BERT uses it, cased: ``##`` marks a piece inside a word, 0 is unknown.

    The trainer numbers the inner letters in an order that changes from run to run, and breaks ties
    by number. Naming them first makes the result the same every time.
    """
    inner = sorted({"##" + letter for text in texts for letter in text if not letter.isspace()})
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=2, special_tokens=[UNKNOWN, *inner], show_progress=False
    )
    trained = Tokenizer(models.WordPiece(unk_token=UNKNOWN))
    trained.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trained.train_from_iterator(texts, trainer)
    tokenizer = Tokenizer(models.WordPiece(trained.get_vocab(), unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


# --8<-- [end:wordpiece]


# --8<-- [start:unigram]
def train_unigram(texts: Iterable[str], size: int, offer: bool = False) -> Tokenizer:
    """Train Unigram on the same pieces and bytes as BPE; 0 is unknown, and never needed.

    Args:
        texts: training texts.
        size: tokens wanted; fewer when the trainer finds fewer candidates.
        offer: whether each piece that occurs ten times is made a candidate, by two made-up neighbors.
    """
    cut = pre_tokenizers.ByteLevel(add_prefix_space=False)
    counts = Counter(piece for text in texts for piece, _ in cut.pre_tokenize_str(text))
    extra = [piece + end for piece, n in counts.items() if offer and n >= 10 for end in "Āā"]
    trainer = trainers.UnigramTrainer(
        vocab_size=size, special_tokens=[UNKNOWN], unk_token=UNKNOWN, show_progress=False,
        initial_alphabet=cut.alphabet(),
    )  # fmt: skip
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.train_from_iterator([*counts.elements(), *extra], trainer)
    tokenizer.pre_tokenizer = cut
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train_metaspace(texts: Iterable[str], size: int, marks: bool = False) -> Tokenizer:
    """Train Unigram on characters, cut at spaces as for T5 and ALBERT; 0 is unknown.

    Args:
        texts: training texts.
        size: tokens wanted; fewer when the trainer finds fewer candidates.
        marks: whether to cut off what is neither letter nor digit, so that a word is one and the same piece
            before a space, a comma and a period.
    """
    spaces = pre_tokenizers.Metaspace()  # a space becomes ▁ and begins a piece
    alone = pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}▁]"), "isolated")
    trainer = trainers.UnigramTrainer(
        vocab_size=size, special_tokens=[UNKNOWN], unk_token=UNKNOWN, show_progress=False
    )
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([spaces, alone]) if marks else spaces
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


# --8<-- [end:unigram]


# --8<-- [start:kinds]
CUTS: dict[str, Callable[[str], list[str]]] = {"word": PIECES.findall, "character": list}
TRAINERS: dict[str, Callable[[list[str], int], Tokenizer]] = {
    "bpe": train_fast_bpe,
    "wordpiece": train_wordpiece,
    "unigram": train_unigram,
    "unigram_offered": lambda texts, size: train_unigram(texts, size, offer=True),
}


# --8<-- [end:kinds]


# --8<-- [start:cell]
SHARES = {"story": 3, "translation": 1, "sum": 1}  # how often each kind of document is made


def vocabulary_cell(kind: str, size: int, seed: int) -> dict[str, float]:
    """Train a tokenizer on 10,000 documents; score it on 500 held-out ones and 500 of its own."""
    if kind not in CUTS | TRAINERS:
        raise ValueError(f"no kind {kind!r}: take one of {', '.join(CUTS | TRAINERS)}")
    train = world.documents(seed, 10_000, "train", SHARES)
    held_out = world.documents(seed, 500, "held-out", SHARES)
    encode: Callable[[str], list[int]]
    decode: Callable[[list[int]], str]
    if kind in CUTS:  # their size follows from the texts
        symbols = SymbolTokenizer(CUTS[kind], train)
        entries, encode, decode = len(symbols.symbols), symbols.encode, symbols.decode
    else:
        fast = TRAINERS[kind](train, size)
        entries, encode, decode = fast.get_vocab_size(), encoder(fast), fast.decode
    own = score(encode, decode, train[:500])["bytes_per_token"]
    scores = score(encode, decode, held_out, unknown=None if kind == "bpe" else 0)
    return {"vocabulary": entries, "own_bytes_per_token": own, **scores}


# --8<-- [end:cell]
