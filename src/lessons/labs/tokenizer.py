"""The checks of the lab "A tokenizer for your own text", part by part."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import Any

from lessons.labs import tokenizer_mistakes as ways
from lessons.labs.mistakes import Case, compare, without_one
from lessons.labs.runner import Solution
from lessons.labs.verdicts import WrongError, call_text, shown
from lessons.tokenization.tokenizers import BPE, train_bpe

EXAMPLE = ["hug"] * 10 + ["pug"] * 5 + ["pun"] * 12 + ["bun"] * 4 + ["hugs"] * 5
LETTERS = "abcdefghijklmnop"


def _word(rng: Random, letters: int = 6) -> str:
    """Letters, none of them twice: pairs that overlap themselves are another question."""
    return "".join(rng.sample(LETTERS[:letters], rng.randint(1, min(4, letters))))


def _lines(rng: Random, count: int) -> list[str]:
    return [" ".join(_word(rng) for _ in range(rng.randint(1, 4))) for _ in range(count)]


def _fewer_lines(case: Case) -> Iterator[Case]:
    """Inputs with one line less, one word less, or a smaller number behind the lines."""
    lines, *rest = case
    yield from ((fewer, *rest) for fewer in without_one(lines))
    for index, line in enumerate(lines):
        for words in without_one(line.split(" ")):
            yield ([*lines[:index], " ".join(words), *lines[index + 1 :]], *rest)
    if rest and rest[0] > 1:
        yield (lines, rest[0] - 1)


# Part 1


def check_split(solution: Solution, rng: Random) -> None:
    """Each line once; every tenth distinct line apart; nothing on both sides."""
    cases: list[Case] = [([f"line {number}" for number in range(1, 21)],)]
    for count in (1, 9, 12, 25, 40, 60):
        lines = [f"{_word(rng)} {_word(rng)}" for _ in range(count)]
        cases.append((lines + rng.sample(lines, count // 3),))

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, list | tuple) or len(got) != 2:
            return (
                "split does not return two lists",
                "The lab unpacks its result: train, held_out = split(lines).",
            )
        train, held_out = (list(side) for side in got)
        if leaked := set(train) & set(held_out):
            return (
                "a held-out line is in the training lines, too",
                f"{shown(min(leaked))} would be measured after it was learned from, which flatters.",
            )
        if lost := set(case[0]) - set(train) - set(held_out):
            return "split loses lines", f"{shown(min(lost))} is on neither side."
        return (
            "split puts other lines apart",
            "Of the distinct lines, in the order of their first appearance, the 10th, 20th, 30th, … are "
            "held out.",
        )

    compare(solution, "split", cases, ways.split, ways.SPLIT, _fewer_lines, otherwise)


# Part 2


def check_train(solution: Solution, rng: Random) -> None:
    """The most frequent pair within words, again and again; ties by id; none that occurs once."""
    cases: list[Case] = [(EXAMPLE, 4), (["a"], 3), (["ab ab"], 0), (["ax xa"], 2)]
    cases += [(_lines(rng, 2 + number), 1 + number // 3) for number in range(24)]
    _require_pairs(cases[0], solution.call("train", *cases[0]))

    def otherwise(case: Case, got: Any) -> tuple[str, str]:
        _require_pairs(case, got)
        return "train takes another pair", _first_difference(case, got)

    compare(solution, "train", cases, train_bpe, ways.TRAIN, _fewer_lines, otherwise)


def _require_pairs(case: Case, got: Any) -> None:
    """Say it where the result is no list of pairs of bytes."""
    good = isinstance(got, list) and all(
        isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(side, bytes) for side in pair)
        for pair in got
    )
    if good:
        return
    texts = isinstance(got, list) and any(
        isinstance(pair, tuple | list) and any(isinstance(side, str) for side in pair)
        for pair in got
    )
    mistake = "the merges are texts" if texts else "train does not return a list of pairs of bytes"
    raise WrongError(
        mistake,
        "A letter such as é is two bytes, and a merge may join them: so each side of a pair is bytes, "
        'and the pair is a tuple, as in [(b"u", b"g")].',
        call_text("train", case),
        shown(got),
    )


def _first_difference(case: Case, got: list[tuple[bytes, bytes]]) -> str:
    """The first step that went another way, with how often each pair stood there."""
    lines, wanted = case[0], train_bpe(*case)
    step = next(
        (n for n, (own, right) in enumerate(zip(got, wanted, strict=False)) if own != right),
        min(len(got), len(wanted)),
    )
    counts = ways.pair_counts(lines, wanted[:step])
    if step >= len(got):
        return (
            f"After {step} merges a pair still stands there {max(counts.values())} times, so go on."
        )
    times = counts.get(got[step], 0)
    if step >= len(wanted):
        return f"Merge {step + 1} joins {got[step]}, where no pair stands there twice or no merge is left."
    return (
        f"Merge {step + 1} joins {got[step]}, which stands there {times} times then, while the most "
        f"frequent pair does {max(counts.values())} times."
    )


# Part 3

BITS = ["é", "œ", "ß", "🐈", "  ", "\n", "\t", " ", "12", "!?", "'s", " '"]


def _text(rng: Random) -> str:
    return "".join(rng.choice([_word(rng), " " + _word(rng), rng.choice(BITS)]) for _ in range(8))


def check_round_trip(solution: Solution, rng: Random) -> None:
    """The same ids as the definition gives, and back to the same text."""
    learned = [train_bpe(EXAMPLE, 4), train_bpe(_lines(rng, 40), 12), []]
    cases: list[Case] = [(learned[0], "hugs"), (learned[1], ""), (learned[2], "a é")]
    cases += [
        ([(b" ", b" "), (b" ", b"b")], "a  b")
    ]  # a run of spaces ends before the next word's own
    cases += [(learned[1], _text(rng)) for _ in range(24)]

    def other_ids(_: Case, got: Any) -> tuple[str, str]:
        if isinstance(got, list) and got and not all(isinstance(one, int) for one in got):
            return "encode does not return ids", "Each token's place in the vocabulary is its id."
        return (
            "encode cuts the text elsewhere",
            "Within a piece, the pair that was learned first is joined first, wherever it stands, until "
            "no pair of the merges is left.",
        )

    def encode(merges: list[tuple[bytes, bytes]], text: str) -> list[int]:
        return BPE(merges).encode(text)

    compare(solution, "encode", cases, encode, ways.ENCODE, _shorter, other_ids)
    back: list[Case] = [(merges, encode(merges, text)) for merges, text in cases]
    back += [(learned[2], BPE([]).encode("a🐈")[:3])]  # cut in the middle of a character
    _check_decode(solution, back)


def _check_decode(solution: Solution, cases: list[Case]) -> None:
    def decode(merges: list[tuple[bytes, bytes]], ids: list[int]) -> str:
        return BPE(merges).decode(ids)

    def other_text(case: Case, got: Any) -> tuple[str, str]:
        if not isinstance(got, str):
            return "decode does not return a text", "Bytes become a text by their decode method."
        text = decode(*case)
        if got.replace(" ", "") == text.replace(" ", ""):
            return (
                "decode loses or adds spaces",
                "A space is part of the token that it begins, so put nothing in and take nothing off.",
            )
        return "decode gives another text", "What was encoded has to come back exactly."

    try:
        compare(solution, "decode", cases, decode, ways.DECODE, _fewer_ids, other_text)
    except WrongError as error:
        if "UnicodeDecodeError" in error.mistake:
            error.why = (
                "A model may stop in the middle of a character, and each token alone may hold a part of "
                f"one. What is no whole character becomes \N{REPLACEMENT CHARACTER}. ({error.why})"
            )
        raise


def _shorter(case: Case) -> Iterator[Case]:
    merges, text = case
    yield from ((merges, "".join(part)) for part in without_one(text))
    yield from ((fewer, text) for fewer in ways.beginnings(merges))


def _fewer_ids(case: Case) -> Iterator[Case]:
    merges, ids = case
    yield from ((merges, part) for part in without_one(ids))


# Part 4


def check_choice(solution: Solution, rng: Random) -> None:
    """Tokens of all lines by characters of all lines, and the size after which little is saved."""
    merges = train_bpe(_lines(rng, 40), 12)
    texts = [["abc dé"], ["a", "b" * 40 + " é"], *([*_lines(rng, n), "é" * n] for n in range(1, 9))]
    rate_cases: list[Case] = [(merges, lines) for lines in texts]

    def other_rate(_: Case, __: Any) -> tuple[str, str]:
        return (
            "rate gives another number",
            "It is how many tokens all lines take together, by how many characters they have together. "
            "(It calls your encode, so part 3 has to pass.)",
        )

    def fewer(case: Case) -> Iterator[Case]:
        yield from ((case[0], lines) for lines in without_one(case[1]))

    compare(solution, "rate", rate_cases, ways.rate, ways.RATE, fewer, other_rate)
    _check_choose(solution, rng)


def _check_choose(solution: Solution, rng: Random) -> None:
    cases: list[Case] = [
        ({300: 0.9, 400: 0.6, 600: 0.5, 900: 0.49}, 0.05),
        ({500: 0.4}, 0.1),
        ({300: 0.2, 400: 0.19}, 0.03),
    ]
    for _ in range(20):
        sizes = sorted(rng.sample(range(260, 5000), rng.randint(2, 6)))
        values = [rng.choice([0.9, 0.5, 0.2])]
        for _ in range(len(sizes) - 1):
            values.append(values[-1] * rng.choice([0.5, 0.8, 0.93, 0.97, 0.995]))
        table = list(zip(sizes, values, strict=True))
        rng.shuffle(table)
        cases.append((dict(table), rng.choice([0.01, 0.04, 0.1])))

    def smaller(case: Case) -> Iterator[Case]:
        yield from ((dict(rows), case[1]) for rows in without_one(list(case[0].items())))

    def otherwise(case: Case, _: Any) -> tuple[str, str]:
        saved = [
            f"{before} to {after} saves {1 - case[0][after] / case[0][before]:.1%}"
            for before, after in pairwise(sorted(case[0]))
        ]
        return (
            "choose takes another size",
            f"{'; '.join(saved) or 'There is only one'}. Wanted is the first size after which the next one "
            f"saves less than {case[1]:.1%}, or the last.",
        )

    compare(solution, "choose", cases, ways.choose, ways.CHOOSE, smaller, otherwise)
