"""The lab on tokenizers: its solution passes, another road too, and plausible mistakes are named."""

from random import Random

import pytest

from lessons.labs import tokenizer_mistakes as ways
from lessons.labs.catalog import find
from lessons.labs.judging import judge
from lessons.labs.tokenizer import EXAMPLE, _lines
from lessons.labs.verdicts import WrongError
from lessons.tokenization.tokenizers import train_bpe
from solvedlabs import Here, changed, solution

LAB = find("tokenizer")
LIBRARY = """
import json
from lessons.tokenization.tokenizers import to_bytes, train_fast_bpe


def train(lines, merges):
    found = json.loads(train_fast_bpe(list(lines), 256 + merges).to_str())["model"]["merges"]
    return [tuple(to_bytes(side) for side in pair) for pair in found][:merges]
"""
RATE = "return sum(len(encode(merges, line)) for line in lines) / sum(len(line) for line in lines)"
BACK = 'return b"".join(tokens[number] for number in ids).decode("utf-8", "replace")'
# Each: the part, what of the solution becomes what, and what the message has to name.
WRONG = {
    "copies on both sides": (
        1,
        [("distinct = list(dict.fromkeys(lines))", "distinct = lines")],
        "the same line occurs twice in the text",
    ),
    "held out and kept": (
        1,
        [("for number, line in enumerate(distinct, 1) if number % 10", "for line in distinct")],
        "are still in the training lines",
    ),
    "off by one": (
        1,
        [("distinct, 1)", "distinct)"), ("distinct[9::10]", "distinct[::10]")],
        "one line early",
    ),
    "sorted": (1, [("list(dict.fromkeys(lines))", "sorted(set(lines))")], "sorted first"),
    "one list": (1, [("return learn, distinct[9::10]", "return learn")], "two lists"),
    "lost lines": (1, [("return learn, ", "return learn[1:], ")], "loses lines"),
    "leaked otherwise": (
        1,
        [("return learn, distinct[9::10]", "return learn, distinct[8::10]")],
        "in the training lines, too",
    ),
    "a random part": (
        1,
        [("number % 10]", "number % 5]"), ("distinct[9::10]", "distinct[4::5]")],
        "puts other lines apart",
    ),
    "input mutated": (
        1,
        [("distinct = list(dict.fromkeys(lines))", "lines.sort(); distinct = lines")],
        "changes what it is given",
    ),
    "across words": (2, [("PIECES.findall(line)", "[line]")], "counted across words"),
    "spaces thrown away": (2, [("PIECES.findall(line)", "line.split()")], "spaces are gone"),
    "ties by what came first": (
        2,
        [(", ids[pair[0]], ids[pair[1]])", ",)")],
        "ties are broken by what was seen first",
    ),
    "ties the other way": (
        2,
        [(", ids[pair[0]], ids[pair[1]])", ", -ids[pair[0]], -ids[pair[1]])")],
        "highest ids",
    ),
    "words count once": (2, [("+= counts[piece]", "+= 1")], "each word counts once"),
    "counted once": (
        2,
        [
            (
                "        pairs = Counter()\n        for piece",
                "        pairs = Counter(); at = len(learned)\n        for piece",
            ),
            (
                "        words = {piece: join(tokens, best)",
                "        [pairs.pop(one, 0) for one in learned]\n        at = {piece: join(tokens, best)",
            ),
            ("if max(pairs", "[pairs.pop(one, 0) for one in learned]\n        if max(pairs"),
            ("vocabulary(learned)", "vocabulary([])"),
        ],
        "counted only once",
    ),
    "no end": (2, [("default=0) < 2", "default=0) < 1")], "occur once"),
    "one too few": (2, [("< merges:", "< merges - 1:")], "one merge too few"),
    "right on the example": (
        2,
        [
            (
                "    learned = []\n",
                '    return [(b"u", b"g"), (b"u", b"n"), (b"h", b"ug"), (b"p", b"un")]\n',
            )
        ],
        "on no other input",
    ),
    "texts": (
        2,
        [
            (
                "return learned",
                'return [(a.decode("latin-1"), b.decode("latin-1")) for a, b in learned]',
            )
        ],
        "the merges are texts",
    ),
    "another pair": (2, [("< merges:", "< 2 * merges:")], "takes another pair"),
    "stops too soon": (2, [("default=0) < 2", "default=0) < 3")], "so go on"),
    "least frequent": (
        2,
        [("(-pairs[pair],", "(abs(pairs[pair] - 3),")],
        "the most frequent pair does",
    ),
    "longest token": (
        3,
        [
            (
                "tokens = join(tokens, min(known, key=rank.get))",
                "tokens = join(tokens, max(known, key=rank.get))",
            )
        ],
        "cuts the text elsewhere",
    ),
    "spaces at the ends": (
        3,
        [("PIECES.findall(text)", "PIECES.findall(text.strip())")],
        "drops spaces",
    ),
    "across pieces": (3, [("PIECES.findall(text)", "[text]")], "joins across pieces"),
    "no merges": (3, [("if pair in rank]:", "if pair in ()]:")], "joins nothing"),
    "tokens for ids": (3, [("ids[token] for token", "token for token")], "does not return ids"),
    "decode alone": (
        3,
        [
            (
                BACK,
                'return "".join(tokens[number].decode("utf-8", "replace") for number in ids)',
            )
        ],
        "each token into a text by itself",
    ),
    "decode with spaces": (3, [('b"".join(tokens', 'b" ".join(tokens')], "puts spaces between"),
    "decode without spaces": (
        3,
        [('"utf-8", "replace")', '"utf-8", "replace").replace(" ", "")')],
        "loses spaces",
    ),
    "decode strips": (3, [('"utf-8", "replace")', '"utf-8", "replace").strip()')], "at the ends"),
    "decode squeezes": (
        3,
        [
            (
                BACK,
                'return " ".join(b"".join(tokens[n] for n in ids).decode("utf-8", "replace").split())',
            )
        ],
        "several become one",
    ),
    "decode leaves out": (3, [('"replace")', '"ignore")')], "no whole character"),
    "decode raises": (3, [('"utf-8", "replace")', '"utf-8")')], "UnicodeDecodeError"),
    "decode to bytes": (3, [('.decode("utf-8", "replace")', "")], "does not return a text"),
    "decode loses one space": (
        3,
        [('"utf-8", "replace")', '"utf-8", "replace").replace("  ", " ")')],
        "loses or adds spaces",
    ),
    "decode in capitals": (
        3,
        [('"utf-8", "replace")', '"utf-8", "replace").upper()')],
        "another text",
    ),
    "mean of rates": (
        4,
        [
            (
                RATE,
                "return sum(len(encode(merges, line)) / len(line) for line in lines) / len(lines)",
            )
        ],
        "mean of the lines' rates",
    ),
    "by bytes": (4, [("sum(len(line) for", "sum(len(line.encode()) for")], "divides by bytes"),
    "upside down": (
        4,
        [
            (
                RATE,
                "return sum(map(len, lines)) / sum(len(encode(merges, line)) for line in lines)",
            )
        ],
        "upside down",
    ),
    "by lines": (4, [("sum(len(line) for line in lines)", "len(lines)")], "another number"),
    "table's order": (
        4,
        [("pairwise(sorted(rates))", "pairwise(rates)"), ("max(rates)", "[*rates][-1]")],
        "order",
    ),
    "differences": (
        4,
        [("1 - rates[larger] / rates[size]", "rates[size] - rates[larger]")],
        "differences",
    ),
    "one size too far": (4, [("return size", "return larger")], "one size too far"),
    "always the largest": (
        4,
        [("            return size\n", "            pass\n")],
        "fewest tokens",
    ),
    "or equal": (4, [("< gain", "< 2 * gain")], "takes another size"),
}
GATING = ("copies on both sides", "ties the other way", "decode with spaces", "one size too far")
ALONE = "input mutated"  # only a process of its own can tell


def marked(name):
    return name if name in GATING else pytest.param(name, marks=pytest.mark.nightly)


def test_the_solution_of_the_page_passes_all_parts():
    assert [v.text for v in judge(LAB, solution("tokenizer")) if not v.passed] == []


def test_a_solution_that_lets_the_library_learn_passes():
    found = judge(LAB, solution("tokenizer") + LIBRARY, (2,), seed=3)
    assert [v.text for v in found if not v.passed] == []


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(8))
def test_both_pass_whatever_is_drawn(seed):
    source = solution("tokenizer")
    found = [*judge(LAB, source, seed=seed), *judge(LAB, source + LIBRARY, (2,), seed=seed)]
    assert [v.text for v in found if not v.passed] == []


@pytest.mark.parametrize("name", [name for name in WRONG if name != ALONE])
def test_the_check_names_each_mistake(name):
    part, pairs, said = WRONG[name]
    code = Here(changed(solution("tokenizer"), *pairs))
    with pytest.raises(WrongError) as found:
        LAB.check(part)(code, Random(name))
    assert said in str(found.value)


@pytest.mark.parametrize("name", [marked(name) for name in WRONG])
def test_a_plausible_mistake_is_rejected_and_named(name):
    part, pairs, said = WRONG[name]
    (verdict,) = judge(LAB, changed(solution("tokenizer"), *pairs), (part,), seed=1)
    assert not verdict.passed
    assert said in verdict.text
    assert "Why: " in verdict.text
    assert "the call" in verdict.text


def test_the_untouched_starter_is_told_kindly_what_to_do():
    for verdict in judge(LAB, LAB.starter()):
        assert not verdict.passed
        assert verdict.text.startswith("still as the starter left it")
    stands = 'wherever it stands."""\n    '
    half = changed(LAB.starter(), (f"{stands}...", f"{stands}return []"))
    (verdict,) = judge(LAB, half, (3,))
    assert verdict.text.startswith("decode is still")
    assert not verdict.begun


def test_no_message_shows_a_line_of_the_solution():
    lines = {line.strip() for line in solution("tokenizer").splitlines() if len(line.strip()) > 25}
    starter = {line.strip() for line in LAB.starter().splitlines()}
    said = "\n".join(
        f"{way.name} {way.why}"
        for known in (ways.SPLIT, ways.TRAIN, ways.ENCODE, ways.DECODE, ways.RATE, ways.CHOOSE)
        for way in known
    )
    assert [line for line in lines - starter if line in said] == []


def test_the_slow_way_with_no_mistake_is_the_pages_way():
    for seed in range(5):
        lines = _lines(Random(seed), 12)
        assert ways.learn(lines, 6) == train_bpe(lines, 6)
    assert ways.learn(EXAMPLE, 4) == [(b"u", b"g"), (b"u", b"n"), (b"h", b"ug"), (b"p", b"un")]
