"""What is drawn follows the model's probabilities, and surprise is measured by these alone."""

from collections import Counter
from math import log2
from types import SimpleNamespace

import pytest
import torch

from lessons.models.writing import next_chances, write

WORDS = ["<end>", " a", " b", "\n", "Go"]


class Fixed:
    """A model that gives the same probabilities after any text."""

    def __init__(self, *chances: float):
        self.chances, self.longest = torch.tensor(chances), 0

    def __call__(self, ids: torch.Tensor) -> SimpleNamespace:
        self.longest = ids.shape[1]
        return SimpleNamespace(logits=self.chances.log().expand(1, ids.shape[1], -1))


class Words:
    """A tokenizer of five words."""

    eos_token_id = 0

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [WORDS.index(text)]}

    def decode(self, ids: list[int]) -> str:
        return "".join(WORDS[i] for i in ids)


def test_tokens_are_drawn_as_often_as_they_are_likely():
    model = Fixed(0.0, 0.25, 0.75, 0.0, 0.0)
    drawn = Counter(token for token, _ in write(model, Words(), "Go", 1, 1.0, room=2000))
    assert set(drawn) == {" a", " b"}
    assert 0.72 < drawn[" b"] / 2000 < 0.78


def test_a_low_temperature_prefers_the_likely_and_leaves_the_surprise_as_it_is():
    model = Fixed(0.0, 0.25, 0.75, 0.0, 0.0)
    drawn = write(model, Words(), "Go", 1, 0.25, room=2000)
    assert 0.98 < Counter(token for token, _ in drawn)[" b"] / 2000 < 1
    bits = {" a": log2(4), " b": log2(4 / 3)}
    assert [found for _, found in drawn] == pytest.approx([bits[token] for token, _ in drawn])


@pytest.mark.parametrize("last", [0, 3], ids=["end of the text", "end of the line"])
def test_it_ends_where_the_model_ends(last):
    chances = [0.0, 0.5, 0.0, 0.0, 0.0]
    chances[last] = 0.5
    lengths = [len(write(Fixed(*chances), Words(), "Go", seed, 1.0)) for seed in range(50)]
    assert 0 in lengths
    assert 0 < max(lengths) < 20


def test_each_token_is_drawn_after_all_before_it_and_the_same_seed_gives_the_same():
    model = Fixed(0.0, 0.5, 0.5, 0.0, 0.0)
    first = write(model, Words(), "Go", 5, 1.0, room=7)
    assert len(first) == 7
    assert model.longest == 7, "the prompt, and the six before the last"
    assert write(model, Words(), "Go", 5, 1.0, room=7) == first
    assert write(model, Words(), "Go", 6, 1.0, room=7) != first


def test_the_chances_are_those_after_the_last_token():
    class Second(Fixed):
        def __call__(self, ids: torch.Tensor) -> SimpleNamespace:
            logits = torch.zeros(*ids.shape, len(WORDS))
            logits[0, 1] = self.chances.log()
            return SimpleNamespace(logits=logits)

    chances = next_chances(Second(0.1, 0.2, 0.3, 0.4, 0.0), [4, 4])
    assert chances.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.0])
    assert chances.dtype == torch.float64
