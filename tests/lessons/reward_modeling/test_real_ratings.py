"""Pairs of sentences that readers rated, and judges that learn from them, on models of a few weights."""

import random
from collections.abc import Sequence
from functools import partial

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from lessons.real_models.texts import Rated
from lessons.reward_modeling import real_ratings
from lessons.reward_modeling.real_ratings import (
    RatedPair,
    by_line,
    by_model,
    count_words,
    draw,
    fit_line,
    pair_up,
    people,
    ratings_cell,
    score,
    usable,
    with_head,
    words_of,
)

WORDS = ["", "bad", "dull", "good", "fine", "the", "film", "is", "and", "too", "long"]


def rated(number: int, text: str, *given: int) -> Rated:
    return Rated(number, text, given)


def collection(count: int = 60) -> list[Rated]:
    """Sentences of which every other one is liked, and says so in its fourth word."""
    texts = []
    for number in range(count):
        liked, tail = number % 2, " ".join(random.Random(number).choices(WORDS[5:], k=5))
        word = ("dull", "fine")[liked]
        given = ([-3, -2, 0], [3, 2, 1], [-2, -1, 0], [3, 2, -1])[number % 4]
        texts.append(rated(number, f"film {number} is {word} {tail}", *given))
    return texts


@pytest.fixture
def pairs() -> list[RatedPair]:
    return pair_up(collection(), 20)


@pytest.fixture
def body() -> LlamaForCausalLM:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return LlamaForCausalLM(
            LlamaConfig(
                vocab_size=100, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
                num_attention_heads=2, num_key_value_heads=1, pad_token_id=1, eos_token_id=1,
            )
        ).eval()  # fmt: skip


@pytest.fixture
def tokenizer() -> PreTrainedTokenizerFast:
    """Words are tokens, and the end token pads, as in SmolLM2."""
    names = ["<none>", "<end>", *WORDS[1:], *map(str, range(60))]
    split = Tokenizer(models.WordLevel({name: i for i, name in enumerate(names)}, "<none>"))
    split.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=split, unk_token="<none>", eos_token="<end>", pad_token="<end>"
    )


def test_a_sentence_counts_once_and_has_five_to_25_words():
    texts = [
        rated(1, "four words are few", 1),
        rated(2, "five words are just enough", 1),
        rated(3, "Five words are just enough", 2),
        rated(4, "word " * 25, 1),
        rated(5, "word " * 26, 1),
    ]
    assert [one.id for one in usable(texts)] == [2, 4]


def test_pairs_lie_apart_share_no_text_and_fewer_are_the_first_of_more():
    texts = [rated(i, str(i), i % 7 - 3) for i in range(50)]
    found = pair_up(texts, 20)
    assert all(pair.gap >= 1 for pair in found)
    ids = [one.id for pair in found for one in (pair.better, pair.worse)]
    assert len(set(ids)) == 40
    assert pair_up(texts, 8) == found[:8]


def test_a_text_that_fits_no_other_is_left_out_and_too_few_are_refused():
    texts = [
        rated(0, "a", 0),
        rated(1, "b", 0),
        rated(2, "c", 2),
        rated(3, "d", 0),
        rated(4, "e", 0),
    ]
    assert [pair.better.id for pair in pair_up(texts, 1)] == [2]
    with pytest.raises(ValueError, match="5 texts give 1 pairs, not 2"):
        pair_up(texts, 2)


def test_the_same_pairs_test_every_seed_and_share_no_text_with_training():
    (train, test), (other, again) = (draw(collection(), 10, seed, tests=10) for seed in (0, 1))
    assert test == again
    assert train != other
    held_out = {one.text for pair in test for one in (pair.better, pair.worse)}
    assert not held_out & {one.text for pair in train + other for one in (pair.better, pair.worse)}


def test_one_reader_may_see_it_the_other_way_and_all_together_do_not():
    pair = RatedPair(rated(0, "a", 3, 3, -1), rated(1, "b", 0, 0, 0))
    rng = random.Random(0)
    assert all(pair.chosen(0, rng) for _ in range(20))
    assert all(pair.chosen(3, rng) for _ in range(20))
    share = sum(pair.chosen(1, rng) for _ in range(3000)) / 3000
    assert share == pytest.approx(2 / 3, abs=0.03)
    tie = RatedPair(rated(0, "a", 1, 3), rated(1, "b", 1, -3))  # one time in four a coin decides
    share = sum(tie.chosen(1, rng) for _ in range(3000)) / 3000
    assert share == pytest.approx(7 / 8, abs=0.03)


def test_a_judge_is_scored_by_gap_and_a_tie_is_half_right():
    near = RatedPair(rated(0, "a", 1), rated(1, "b", 0))
    far = RatedPair(rated(2, "c", 3), rated(3, "d", -3))
    found = score([1.0, -1.0, 0.0, 2.0], [near, near, far, far])
    assert found["accuracy"] == pytest.approx(2.5 / 4)
    assert (found["narrow"], found["wide"], found["narrow_pairs"]) == (0.5, 0.75, 2)
    assert found["margin"] == 0.5
    assert score([0.0, 0.0], [near, far])["loss"] == pytest.approx(0.6931, abs=1e-4)


def test_readers_of_one_mind_agree_and_readers_without_one_do_not():
    agreed = [RatedPair(rated(0, "a", *[1] * 9), rated(1, "b", *[0] * 9)),
              RatedPair(rated(2, "c", *[3] * 9), rated(3, "d", *[-3] * 9))]  # fmt: skip
    assert set(people(agreed, 0).values()) == {1.0}
    noise = [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    mixed = [
        RatedPair(rated(i, "a", *[n + shift for n in noise]), rated(i, "b", *noise))
        for i in range(200)
        for shift in (1, 3)
    ]
    found = people(mixed, 0)
    assert 0.5 < found["one.accuracy"] < found["half.accuracy"] < 1
    assert found["one.narrow"] < found["one.wide"]
    assert found == people(mixed, 0)


def test_a_line_finds_the_feature_that_decides():
    features = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    weights = fit_line(features[:2], features[2:])
    assert weights[0] > 1 > abs(weights[1])


def test_words_are_counted_without_capitals_and_new_ones_are_ignored(pairs):
    assert words_of("It's Good, isn't it?") == ["it's", "good", "isn't", "it"]
    assert count_words(["bad", "good"])(["Good good film", "new"]).tolist() == [[0, 1], [0, 0]]
    labeled = [(pair.better.text, pair.worse.text) for pair in pairs[:10]]
    assert min(by_line(labeled, pairs[10:], count_words(["dull", "fine"]))) > 0


def test_the_copy_with_a_head_starts_as_the_body_and_reads_the_end(body, tokenizer):
    model, own = with_head(body, tokenizer)
    assert (own.pad_token, tokenizer.pad_token) == ("<none>", "<end>")
    for name, weight in body.base_model.state_dict().items():
        copied = model.base_model.model.model.state_dict()
        found = copied.get(name, copied.get(name.replace(".weight", ".base_layer.weight")))
        assert torch.equal(found, weight), name
    batch = own(["good film<end>", "film<end>"], padding=True, return_tensors="pt")
    with torch.no_grad():
        states = body.base_model(**batch).last_hidden_state
        rewards = model(**batch).logits[:, 0]
    head = model.base_model.model.score.modules_to_save["default"].weight[0].detach()
    assert rewards.tolist() == pytest.approx(
        [float(state @ head) for state in (states[0, 2], states[1, 1])], abs=1e-7
    )  # sums of numbers below 0.1 in float32


def test_a_model_learns_the_word_that_decides_and_leaves_its_body_alone(
    body, tokenizer, pairs, monkeypatch
):
    before = {name: weight.clone() for name, weight in body.state_dict().items()}
    labeled = [(pair.better.text, pair.worse.text) for pair in pairs[:12]] * 12
    untrained, again = (by_model([], pairs[12:], body, tokenizer, seed=3) for _ in range(2))
    trained = by_model(labeled, pairs[12:], body, tokenizer, seed=3)
    assert untrained == again
    assert sum(margin > 0 for margin in trained) >= 7
    assert sum(trained) > sum(untrained)
    assert all(torch.equal(before[name], weight) for name, weight in body.state_dict().items())


@pytest.fixture
def tiny_world(monkeypatch, body, tokenizer):
    """Stand in for the collection and the two models."""

    def vectors(model: None, tokenizer: None, texts: Sequence[str]) -> torch.Tensor:
        return torch.tensor([[float("fine" in text), 1.0] for text in texts])

    monkeypatch.setattr(real_ratings, "ratings", lambda _: collection(300))
    monkeypatch.setattr(real_ratings, "draw", partial(draw, tests=40))
    monkeypatch.setattr(real_ratings, "lexicon", lambda: {"fine": 1.5, "dull": -1.0})
    monkeypatch.setattr(real_ratings, "causal", lambda _: (body, tokenizer))
    monkeypatch.setattr(real_ratings, "encoder", lambda _: (None, None))
    monkeypatch.setattr(real_ratings, "embed", vectors)
    real_ratings.vectors.cache_clear()
    yield
    real_ratings.vectors.cache_clear()


@pytest.mark.parametrize(
    ("judge", "low", "high"),
    [("longer", 0.5, 0.5), ("lexicon", 1, 1), ("words", 1, 1), ("minilm", 1, 1)],
)
def test_each_judge_is_measured_on_the_test_pairs(tiny_world, judge, low, high):
    found = ratings_cell(judge, 40, 0)
    assert low <= found["accuracy"] <= high
    assert found.get("labels", 1.0) == 1.0


def test_labels_of_one_reader_are_less_often_those_of_all(tiny_world):
    one, everyone = (ratings_cell("words", 80, 0, raters=few)["labels"] for few in (1, 0))
    assert one < everyone == 1.0


def test_people_and_an_untrained_model_are_measured(tiny_world):
    assert ratings_cell("people", 0, 0)["half.accuracy"] > 0.8
    found = ratings_cell("smollm2", 0, 0)
    assert "labels" not in found
    assert abs(found["margin"]) < 1
