"""Wrong ways to build a tokenizer that people go, each as a function that answers as they would."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from lessons.labs.mistakes import Mistake
from lessons.tokenization.tokenizers import BPE, PIECES, Pair, byte_order, merge

Cut = Callable[[str], list[str]]


# Part 1: keep texts apart


def split(lines: list[str]) -> tuple[list[str], list[str]]:
    """Put every tenth distinct line apart: the right answer."""
    distinct = list(dict.fromkeys(lines))
    train = [line for number, line in enumerate(distinct, 1) if number % 10]
    return train, distinct[9::10]


def _with_doubles(lines: list[str]) -> tuple[list[str], list[str]]:
    return [line for number, line in enumerate(lines, 1) if number % 10], lines[9::10]


def _from_the_first(lines: list[str]) -> tuple[list[str], list[str]]:
    distinct = list(dict.fromkeys(lines))
    return [line for number, line in enumerate(distinct) if number % 10], distinct[::10]


def _kept_in_train(lines: list[str]) -> tuple[list[str], list[str]]:
    distinct = list(dict.fromkeys(lines))
    return distinct, distinct[9::10]


def _sorted(lines: list[str]) -> tuple[list[str], list[str]]:
    distinct = sorted(set(lines))
    return [line for number, line in enumerate(distinct, 1) if number % 10], distinct[9::10]


SPLIT = (
    Mistake(
        "held-out lines are in the training lines, too: the same line occurs twice in the text",
        "If one copy is learned from and the other measured on, the measurement is of what was memorized. "
        "Bring each line down to one copy before you put any apart.",
        _with_doubles,
    ),
    Mistake(
        "the held-out lines are still in the training lines",
        "They would be measured after they were learned from, which flatters. Take them out.",
        _kept_in_train,
    ),
    Mistake(
        "counting begins one line early",
        "The 10th, 20th, 30th, … line is held out. Yours are the 1st, 11th, 21st, …",
        _from_the_first,
    ),
    Mistake(
        "the lines are sorted first",
        "Sorted, neighbors resemble each other. Keep the order in which the lines first appear.",
        _sorted,
    ),
)


# Part 2: learn the merges


def learn(
    lines: list[str],
    merges: int,
    cut: Cut = PIECES.findall,
    weighted: bool = True,
    tie: str = "lowest ids",
    renewed: bool = True,
    least: int = 2,
) -> list[Pair]:
    """Learn merges slowly, and in one of several wrong ways.

    Args:
        lines: the texts.
        merges: how many are wanted.
        cut: takes a line apart into the pieces within which pairs are counted.
        weighted: whether a piece counts as often as it occurs.
        tie: of two equally frequent pairs, the one with ``lowest ids``, ``highest ids`` or ``first seen``.
        renewed: whether the pairs are counted again after each merge.
        least: how often a pair has to occur.
    """
    ids = {bytes([value]): i for i, value in enumerate(byte_order())}
    counts = Counter(piece for line in lines for piece in cut(line))
    words = {piece: [bytes([value]) for value in piece.encode()] for piece in counts}
    learned: list[Pair] = []
    pairs = _pairs(words, counts, weighted)
    while len(learned) < merges and max(pairs.values(), default=0) >= least:
        best = _best_pair(pairs, ids, tie)
        learned.append(best)
        ids.setdefault(b"".join(best), len(ids))
        if renewed:
            words = {piece: merge(parts, best) for piece, parts in words.items()}
            pairs = _pairs(words, counts, weighted)
        else:
            del pairs[best]
    return learned


def _best_pair(pairs: Counter[Pair], ids: dict[bytes, int], tie: str) -> Pair:
    if tie == "first seen":
        return max(pairs, key=pairs.__getitem__)
    sign = -1 if tie == "lowest ids" else 1
    return max(pairs, key=lambda pair: (pairs[pair], sign * ids[pair[0]], sign * ids[pair[1]]))


def _pairs(
    words: dict[str, list[bytes]], counts: Counter[str], weighted: bool = True
) -> Counter[Pair]:
    pairs = Counter[Pair]()
    for piece, parts in words.items():
        for pair in pairwise(parts):
            pairs[pair] += counts[piece] if weighted else 1
    return pairs


def pair_counts(lines: list[str], merges: list[Pair]) -> Counter[Pair]:
    """How often each pair stands in the lines, once these merges are made."""
    counts = Counter(piece for line in lines for piece in PIECES.findall(line))
    words = {piece: [bytes([value]) for value in piece.encode()] for piece in counts}
    for pair in merges:
        words = {piece: merge(parts, pair) for piece, parts in words.items()}
    return _pairs(words, counts)


def _whole(line: str) -> list[str]:
    return [line]


TRAIN = (
    Mistake(
        "pairs are counted across words",
        "A pair of one word's end and the next word's space would become a token that helps nowhere else. "
        "Cut each line into pieces first, and count within a piece.",
        lambda lines, merges: learn(lines, merges, cut=_whole),
    ),
    Mistake(
        "pairs are counted across words: the words are cut at spaces, and their spaces are gone",
        "The space before a word belongs to its piece, or decoding has nothing to put back.",
        lambda lines, merges: learn(lines, merges, cut=str.split),
    ),
    Mistake(
        "ties are broken by what was seen first",
        "Equally frequent pairs need a rule that does not depend on the order of the lines: take the pair "
        "whose first token has the lowest id, then whose second has.",
        lambda lines, merges: learn(lines, merges, tie="first seen"),
    ),
    Mistake(
        "ties go to the highest ids",
        "Of equally frequent pairs the one with the lowest ids is wanted. Look at the sign in your key.",
        lambda lines, merges: learn(lines, merges, tie="highest ids"),
    ),
    Mistake(
        "each word counts once, however often it occurs",
        "A pair in a frequent word is a frequent pair.",
        lambda lines, merges: learn(lines, merges, weighted=False),
    ),
    Mistake(
        "the pairs are counted only once, at the start",
        "A merge uses up its two tokens: pairs that they stood in are gone, and new ones have come.",
        lambda lines, merges: learn(lines, merges, renewed=False),
    ),
    Mistake(
        "pairs that occur once are joined, too",
        "A token for one place of one text saves nothing elsewhere. Stop when no pair occurs twice.",
        lambda lines, merges: learn(lines, merges, least=1),
    ),
    Mistake(
        "one merge too few",
        "As many merges are wanted as the second argument says.",
        lambda lines, merges: learn(lines, max(0, merges - 1)),
    ),
)


# Part 3: encode and decode


def _longest(merges: list[Pair], text: str) -> list[int]:
    """Take the longest token that fits, from left to right, within each piece."""
    bpe, ids = BPE(merges), []
    for piece in (one.encode() for one in PIECES.findall(text)):
        at = 0
        while at < len(piece):
            end = next(end for end in range(len(piece), at, -1) if piece[at:end] in bpe.ids)
            ids.append(bpe.ids[piece[at:end]])
            at = end
    return ids


def _stripped(merges: list[Pair], text: str) -> list[int]:
    return BPE(merges).encode(text.strip())


def _bytes_only(_: list[Pair], text: str) -> list[int]:
    return BPE([]).encode(text)


def _across(merges: list[Pair], text: str) -> list[int]:
    ids, tokens = BPE(merges).ids, [bytes([value]) for value in text.encode()]
    for pair in merges:
        tokens = merge(tokens, pair)
    return [ids[token] for token in tokens]


ENCODE = (
    Mistake(
        "encode joins across pieces",
        "Merges were learned within pieces, so they hold within pieces: cut the text as train cuts it.",
        _across,
    ),
    Mistake(
        "encode takes the longest token that fits",
        "So WordPiece cuts. BPE joins in the order in which the merges were learned.",
        _longest,
    ),
    Mistake(
        "encode drops spaces at the ends of the text",
        "A tokenizer keeps every byte: only then does the text come back.",
        _stripped,
    ),
    Mistake(
        "encode joins nothing",
        "Each byte is a token of its own in your result, as if there were no merges.",
        _bytes_only,
    ),
)


def _each_alone(merges: list[Pair], ids: list[int]) -> str:
    tokens = BPE(merges).tokens
    return "".join(tokens[i].decode("utf-8", "replace") for i in ids)


def _with_spaces(merges: list[Pair], ids: list[int]) -> str:
    tokens = BPE(merges).tokens
    return b" ".join(tokens[i] for i in ids).decode("utf-8", "replace")


def _without_spaces(merges: list[Pair], ids: list[int]) -> str:
    return BPE(merges).decode(ids).replace(" ", "")


def _without_outer(merges: list[Pair], ids: list[int]) -> str:
    return BPE(merges).decode(ids).strip()


def _single_spaces(merges: list[Pair], ids: list[int]) -> str:
    return " ".join(BPE(merges).decode(ids).split())


def _leaves_out(merges: list[Pair], ids: list[int]) -> str:
    return b"".join(BPE(merges).tokens[i] for i in ids).decode("utf-8", "ignore")


DECODE = (
    Mistake(
        "decode turns each token into a text by itself",
        "A letter such as é can be spread over two tokens. Join the bytes first, then decode them once.",
        _each_alone,
    ),
    Mistake(
        "decode puts spaces between tokens",
        "A space is part of the token that it begins, so nothing has to be put in.",
        _with_spaces,
    ),
    Mistake("decode loses spaces", "They are bytes like any other.", _without_spaces),
    Mistake(
        "decode loses spaces at the ends",
        "Take nothing off: a space at the end was in the text.",
        _without_outer,
    ),
    Mistake(
        "decode loses spaces: several become one",
        "In a program or a table, the number of spaces means something. Join the bytes as they are.",
        _single_spaces,
    ),
    Mistake(
        "decode leaves out what is no whole character",
        "Nobody would notice that something is missing there. Put \N{REPLACEMENT CHARACTER} in its place.",
        _leaves_out,
    ),
)


def beginnings(merges: list[Pair]) -> Iterator[list[Pair]]:
    """Fewer merges, from the first on."""
    for end in range(len(merges)):
        yield merges[:end]


# Part 4: choose a size


def rate(merges: list[Pair], lines: list[str]) -> float:
    """Tokens per character of all lines together: the right answer."""
    bpe = BPE(merges)
    return sum(len(bpe.encode(line)) for line in lines) / sum(map(len, lines))


def _mean_rate(merges: list[Pair], lines: list[str]) -> float:
    return sum(rate(merges, [line]) for line in lines) / len(lines)


def _by_bytes(merges: list[Pair], lines: list[str]) -> float:
    return rate(merges, lines) * sum(map(len, lines)) / sum(len(line.encode()) for line in lines)


def _upside_down(merges: list[Pair], lines: list[str]) -> float:
    return 1 / rate(merges, lines)


RATE = (
    Mistake(
        "rate is the mean of the lines' rates",
        "A line of one letter then weighs as much as one of a hundred. Add up first, divide once.",
        _mean_rate,
    ),
    Mistake(
        "rate divides by bytes",
        "Characters are wanted: é is one character and two bytes. Count the text, not its encoding.",
        _by_bytes,
    ),
    Mistake(
        "rate is upside down",
        "Tokens per character are wanted, and yours are characters per token.",
        _upside_down,
    ),
)


def choose(rates: dict[int, float], gain: float) -> int:
    """The first size after which the next one saves less than a share: the right answer."""
    for size, larger in pairwise(sorted(rates)):
        if 1 - rates[larger] / rates[size] < gain:
            return size
    return max(rates)


def _in_table_order(rates: dict[int, float], gain: float) -> int:
    for size, larger in pairwise(rates):
        if 1 - rates[larger] / rates[size] < gain:
            return size
    return [*rates][-1]


def _by_difference(rates: dict[int, float], gain: float) -> int:
    for size, larger in pairwise(sorted(rates)):
        if rates[size] - rates[larger] < gain:
            return size
    return max(rates)


def _one_later(rates: dict[int, float], gain: float) -> int:
    for size, larger in pairwise(sorted(rates)):
        if 1 - rates[larger] / rates[size] < gain:
            return larger
    return max(rates)


def _best(rates: dict[int, float], _: float) -> int:
    return min(rates, key=rates.__getitem__)


CHOOSE = (
    Mistake(
        "choose takes the table's order for that of the sizes",
        "A dictionary may list the sizes in any order. Sort them first.",
        _in_table_order,
    ),
    Mistake(
        "choose compares differences",
        "A share is wanted: from 0.20 to 0.19 is 5%, though the difference is 0.01.",
        _by_difference,
    ),
    Mistake(
        "choose goes one size too far",
        "The step to the next size saved too little, so the size before that step is wanted.",
        _one_later,
    ),
    Mistake(
        "choose always takes the size with the fewest tokens",
        "That is the largest one. A model pays for each entry, so ask whether the last step was worth it.",
        _best,
    ),
)
