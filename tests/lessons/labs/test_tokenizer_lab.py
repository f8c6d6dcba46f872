"""The lab on tokenizers: its starter, and what it calls right."""

from random import Random

from lessons.labs import tokenizer_mistakes as ways
from lessons.labs.catalog import find
from lessons.labs.judging import judge
from lessons.labs.tokenizer import EXAMPLE, _lines
from lessons.tokenization.tokenizers import train_bpe
from solvedlabs import changed

LAB = find("tokenizer")


def test_half_a_starter_is_told_what_is_missing():
    stands = 'wherever it stands."""\n    '
    half = changed(LAB.starter(), (f"{stands}...", f"{stands}return []"))
    (verdict,) = judge(LAB, half, (3,))
    assert verdict.text.startswith("decode is still")
    assert not verdict.begun


def test_the_slow_way_with_no_mistake_is_the_pages_way():
    for seed in range(5):
        lines = _lines(Random(seed), 12)
        assert ways.learn(lines, 6) == train_bpe(lines, 6)
    assert ways.learn(EXAMPLE, 4) == [(b"u", b"g"), (b"u", b"n"), (b"h", b"ug"), (b"p", b"un")]
