"""A judge of two answers: what it reads, how its verdicts are counted, and that it learns from labels."""

import pytest
from transformers import AutoTokenizer

from lessons.evaluation import judge
from lessons.evaluation.judge import (
    PairJudge,
    as_text,
    judge_cell,
    swapped,
    train_judge,
    verdicts,
    words,
)
from lessons.reward_modeling.preferences import END, Comparison, requests
from lessons.storage import checkpoint

ASKED = requests(0, 4)


def pair(first: str, second: str, number: int = 0) -> Comparison:
    return Comparison(ASKED[number], (first, second))


def test_a_judge_reads_the_request_and_both_answers_without_their_ends():
    text = as_text(pair(f" No, it is mine.{END}", " Of course."))
    request, first, second = text.split(" [SEP] ")
    assert request.endswith("?")
    assert (first, second) == ("No, it is mine.", "Of course.")
    assert "User" not in request
    ids = AutoTokenizer.from_pretrained(checkpoint("mlm"))(text)["input_ids"]
    assert len(ids) < 128


def test_answers_change_places_and_the_request_stays():
    (other,) = swapped([pair("one", "two")])
    assert other == pair("two", "one")


def test_words_are_counted_without_the_end_of_the_text():
    assert words(f" Here it is.{END}") == 3


CLOSINGS = (" Have a nice day!", " Please ask me again any time.", " You are welcome.")


def by_hand() -> list[Comparison]:
    """Two pairs with one right answer, one with two right ones of different length, one with none."""
    short = ASKED[0].good
    for closing in CLOSINGS:
        short = short.removesuffix(closing)
    long = short + CLOSINGS[0]
    return [pair(short, "No."), pair("No.", short), pair(long, short), pair("No.", "Never.")]


def test_verdicts_are_counted_in_both_orders():
    # the first answer of each pair, as it is read first, and then as it is read second
    ahead = [2.0, 1.0, 3.0, 1.0]  # always for the answer that is read first
    behind = [-1.0, 2.0, 1.0, -1.0]
    found = verdicts(by_hand(), (ahead, behind), ([0, 1, 0, 0], [0, 0, 1, 0]))
    assert (found["pairs"], found["one_right"], found["both_right"]) == (4, 2, 1)
    assert found["turned"] == 0.5  # the second and the third
    assert found["first"] == 6 / 8
    assert found["with_annotator"] == (2 + 1 + 1 + 2) / 8
    assert found["between_annotators"] == 0.5
    assert found["right"] == (2 + 1) / 4
    assert found["right_turned"] == 0.5
    assert found["right_both"] == 1.0  # 2 + 1 for the first; 1 - 2 against the second's wrong one
    assert found["annotator"] == 1.0
    assert found["longer"] == 0.5
    assert found["longer_both"] == 0.0
    assert found["longer_annotator"] == 1.0


def test_a_judge_learns_what_it_is_shown_and_says_the_same_in_any_batch():
    pairs = [
        pair("Yes.", "No.", i % 4) if i % 3 else pair("No.", "Yes.", i % 4) for i in range(144)
    ]
    labels = [0 if each.answers[0] == "Yes." else 1 for each in pairs]
    trained = train_judge(pairs, labels, seed=0, learning_rate=1e-3)
    assert isinstance(trained, PairJudge)
    assert not trained.model.training
    margins = trained.margins(pairs[:10])
    assert [margin > 0 for margin in margins] == [label == 0 for label in labels[:10]]
    assert trained.margins(pairs[:10], batch=3) == pytest.approx(margins, abs=1e-4)


def test_a_cell_leaves_equal_answers_out_and_labels_anew(monkeypatch):
    asked = {"train": 6, "held-out": 5}
    seen = {}

    def compare(writer, some, seed):
        made = [pair(*pairs) for pairs in zip(["a"] * len(some), "abcdef", strict=False)]
        return made[: len(some)]

    def count(pairs, margins, labels):
        seen["held-out"] = (len(pairs), len(margins[0]), len(labels[0]), labels[0] == labels[1])
        return {"pairs": len(pairs)}

    class Silent:
        def margins(self, pairs):
            return [0.0] * len(pairs)

    monkeypatch.setattr(judge, "load", lambda _: None)
    monkeypatch.setattr(judge, "talker", lambda: None)
    monkeypatch.setattr(judge, "compare", compare)
    monkeypatch.setattr(judge, "verdicts", count)
    monkeypatch.setattr(judge, "train_judge", lambda *_: Silent())
    assert judge_cell(train=asked["train"], held_out=asked["held-out"], seed=0) == {"pairs": 4}
    assert seen["held-out"][:3] == (4, 4, 4)
