"""Judging reviews: what is asked, with which threshold, and behind which examples."""

import pytest

from lessons.evaluation.differences_and_leaks import sign_test
from lessons.prompting import real_experiments as catalog
from lessons.prompting import real_sentiment
from lessons.prompting.real_sentiment import (
    ORDERS,
    WORDINGS,
    Sentence,
    in_words,
    judge,
    labels,
    orders,
    quick_margins,
    ranked,
    set_of_examples,
    shown,
)
from lessons.real_models import loading, texts
from lessons.real_models.texts import Rated

WORDS = (" negative", " positive")
RESTS = [
    " a fine old film\nSentiment:",
    " bad\nSentiment:",
    "\nSentiment:",
    " not good.\nSentiment:",
]


@pytest.fixture
def pool(monkeypatch):
    """Sentences of two kinds, half of which are clear, and twelve hundred of each kind are."""
    rated = [
        Rated(i, f"a fine old film {i} of {kind}", (kind, kind))
        for kind in (-3, 0, 3)
        for i in range(1200)
    ]
    short = Rated(9, "too short", (4, 4))
    monkeypatch.setattr(texts, "ratings", lambda _: [short, *rated])
    real_sentiment.sentences.cache_clear()
    yield real_sentiment.sentences()
    real_sentiment.sentences.cache_clear()


@pytest.fixture
def judging(monkeypatch):
    """Let a function of the examples and the review decide, in place of a model."""

    def use(decide):
        def margins(_model, _tokenizer, start, rests, words):
            return [decide(start, rest, words) for rest in rests]

        monkeypatch.setattr(real_sentiment, "quick_margins", margins)

    return use


ASKED = [Sentence(f"good {i}" if i % 2 else f"bad {i}", bool(i % 2)) for i in range(8)]
EXAMPLES = [Sentence(f"{'not good' if i % 2 else 'not bad'} {i}", not i % 2) for i in range(8)]


@pytest.mark.parametrize("batch", [1, 3, 20])
def test_margins_in_batches_are_those_of_one_text_at_a_time(real, batch):
    start = "Review: not bad.\nSentiment: positive\nReview:"
    expected = loading.margins(*real, start, RESTS, WORDS)
    assert len(set(expected)) == len(RESTS)
    assert quick_margins(*real, start, RESTS, WORDS, batch) == pytest.approx(expected, abs=1e-4)


def test_a_start_that_shares_a_token_with_what_follows_is_refused(real):
    with pytest.raises(ValueError, match="share a token: cut elsewhere than behind 'Re'"):
        quick_margins(*real, "Re", ["view: bad"], WORDS)


def test_only_clear_sentences_are_taken_once_and_in_turn(pool):
    asked, examples = pool
    assert (len(asked), len(examples)) == (1000, 1400)
    assert len({each.text for each in (*asked, *examples)}) == 2400
    assert all(each.positive == (i % 2 == 0) for i, each in enumerate((*asked, *examples)))
    assert all(("of 3" in each.text) == each.positive for each in asked)
    assert set_of_examples(3, 2) == list(examples[24:28])


def test_a_threshold_moves_what_is_called_positive_and_the_order_stays():
    margins, truths = [3.0, 2.0, 1.5, 1.0], [True, False, True, False]
    hits = judge(margins, 2.5, truths)
    assert hits == {
        "zero": [True, False, True, False],
        "empty": [True, True, False, True],
        "middle": [True, False, False, True],
    }
    assert ranked(margins, truths) == 0.75
    assert ranked([1.0, 1.0], [True, False]) == 0.5


@pytest.mark.parametrize("name", WORDINGS)
def test_each_wording_is_asked_with_the_review_in_its_place(real, name):
    values = in_words(*real, name, ASKED)
    start, end, words = WORDINGS[name]
    if name == "chat":
        start, end = f"User: {start}", "\nAssistant:"
    margins = [loading.margins(*real, f"{start} {each.text}", [end], words)[0] for each in ASKED]
    assert values["positive"] == sum(margin > 0 for margin in margins) / 8
    assert values["empty_margin"] == pytest.approx(
        loading.margins(*real, start, [end], words)[0], abs=1e-4
    )
    assert values["zero.groups"] == 8


def test_examples_are_written_in_the_form_of_the_course():
    assert shown("known", [("Bad.", "negative")]) == (
        "Review: Bad.\nSentiment: negative\nReview:", "\nSentiment:",
    )  # fmt: skip
    assert shown("held-out", []) == ("Sample:", "\nResult:")


def test_a_model_that_repeats_the_last_label_is_found_out(judging):
    asked = []

    def last(start, rest, words):
        asked.append(start + rest)
        return 1.0 if start.split("Sentiment:")[-1].startswith(words[1]) else -1.0

    judging(last)
    values = orders(None, None, EXAMPLES[:4], ASKED)
    assert set(ORDERS) == set(catalog.ORDERS)
    assert all(values[f"{order}.last"] == 1.0 for order in ORDERS)
    assert all(values[f"{order}.zero"] == 0.5 for order in ORDERS)
    assert values["NNPP.positive"] == 1.0
    assert values["zero.gap.value"] == 0.0
    assert asked[0] == (
        "Review: not good 1\nSentiment: negative\nReview: not good 3\nSentiment: negative\n"
        "Review: not bad 0\nSentiment: positive\nReview: not bad 2\nSentiment: positive\n"
        "Review:\nSentiment:"
    )


def test_the_best_order_of_one_half_is_compared_on_the_other(judging):
    judging(
        lambda start, rest, _: (
            (1.0 if "good" in rest else -1.0)
            * (-1 if start.startswith("Review: not good 1") else 1)
        )
    )
    values = orders(None, None, EXAMPLES[:4], ASKED)
    assert (values["zero.gap.value"], values["zero.gap.n"]) == (1.0, 4)
    assert (values["zero.only_best"], values["zero.only_worst"]) == (1.0, 0.0)


def follows(start, rest, words):
    """Do as the examples do: say the label that stood behind the opposite of the review's word."""
    praise = next(line for line in start.split("\n") if "not bad" in line)
    label = start.split(praise + "\n")[1].split(" ")[1].split("\n")[0]
    return (1.0 if "good" in rest else -1.0) * (1 if label == words[1].strip() else -1)


@pytest.mark.parametrize("form", ["known", "held-out"])
def test_who_follows_the_labels_is_wrong_behind_flipped_ones(judging, form):
    judging(follows)
    sets = [(EXAMPLES, ASKED), (EXAMPLES[::-1], ASKED)]
    values = labels(None, None, form, 8, sets)
    assert (values["right.zero.value"], values["flipped.zero.value"]) == (1.0, 0.0)
    assert values["flipped.lost_zero.value"] == 1.0
    assert (values["right.ranked.value"], values["flipped.ranked.value"]) == (1.0, 0.0)
    assert (values["right.zero.n"], values["right.zero.groups"]) == (16, 2)


def test_who_overlooks_the_labels_loses_nothing_and_without_examples_there_are_none(judging):
    judging(lambda _, rest, __: 1.0 if "good" in rest else -1.0)
    values = labels(None, None, "known", 2, [(EXAMPLES, ASKED)])
    assert values["flipped.lost_zero.value"] == values["random.lost_zero.value"] == 0.0
    values = labels(None, None, "known", 0, [(EXAMPLES, ASKED)])
    assert values["right.zero.value"] == 1.0
    assert "flipped.zero.value" not in values


def test_the_cells_ask_the_real_model_about_the_sentences(pool, real, monkeypatch):
    monkeypatch.setattr(loading, "causal", lambda: real)
    assert real_sentiment.wording_cell("a label", 6) == in_words(*real, "a label", pool[0][:6])
    assert real_sentiment.order_cell(4, 1) == orders(*real, pool[1][8:12], pool[0][:4])
    sets = [(pool[1][:8], pool[0][:2]), (pool[1][8:16], pool[0][2:4])]
    assert real_sentiment.labels_cell("known", 2, 2, 2) == labels(*real, "known", 2, sets)


def test_the_catalog_asks_for_every_wording():
    assert tuple(WORDINGS) == catalog.WORDINGS


def test_orders_are_summed_up_over_sets_of_examples(judging):
    judging(
        lambda start, rest, _: (
            (1.0 if "good" in rest else -1.0)
            * (-1 if start.startswith("Review: not good 1") else 1)
        )
    )
    cells = [
        {"parameters": {"n": 8, "seed": seed}, "values": orders(None, None, EXAMPLES[:4], ASKED)}
        for seed in range(5)
    ]
    total = catalog.summarise_order(cells)["all"]
    assert total["zero"]["right"]["value"] == 0.5  # three orders are all right, three all wrong
    assert (total["zero"]["worst"], total["zero"]["best"]) == (0.0, 1.0)
    assert total["zero"]["gap"] == {"value": 1.0, "low": 1.0, "high": 1.0, "seeds": 5}
    assert total["zero"]["chance"] == sign_test(4, 0)
    assert total["spread"]["value"] == 0.0
