"""Decoding: the filters are those of the library, and a batch changes nothing."""

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

import lessons
from lessons.prompting.decoding import next_token_distribution, temperature, top_k, top_p

ROWS = torch.randn(8, 50, generator=torch.Generator().manual_seed(0)).mul(3).softmax(-1)


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        (lambda p: temperature(p, 0.3), TemperatureLogitsWarper(0.3)),
        (lambda p: temperature(p, 2.0), TemperatureLogitsWarper(2.0)),
        (lambda p: top_k(p, 1), TopKLogitsWarper(1)),
        (lambda p: top_k(p, 7), TopKLogitsWarper(7)),
        (lambda p: top_k(p, 500), TopKLogitsWarper(500)),
        (lambda p: top_p(p, 0.01), TopPLogitsWarper(0.01)),
        (lambda p: top_p(p, 0.9), TopPLogitsWarper(0.9)),
        (lambda p: top_p(p, 1.0), TopPLogitsWarper(1.0)),
    ],
)
def test_each_filter_is_the_librarys(own, theirs):
    expected = theirs(None, ROWS.log()).softmax(-1)
    assert torch.allclose(own(ROWS), expected, atol=1e-6)
    assert torch.allclose(own(ROWS).sum(-1), torch.ones(8))


def test_a_single_distribution_may_stand_alone():
    for kept in (temperature(ROWS[0], 0.5), top_k(ROWS[0], 3), top_p(ROWS[0], 0.5)):
        assert kept.shape == (50,)
        assert kept.argmax() == ROWS[0].argmax()


def test_top_p_keeps_the_token_that_crosses_the_share():
    assert top_p(torch.tensor([0.5, 0.3, 0.2]), 0.6).tolist() == pytest.approx([0.625, 0.375, 0])
    assert top_p(torch.tensor([0.5, 0.3, 0.2]), 0.4).tolist() == [1, 0, 0]


def test_what_has_no_chance_gets_none_at_any_temperature():
    assert temperature(torch.tensor([0.5, 0.5, 0.0]), 9.0).tolist() == [0.5, 0.5, 0.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: temperature(ROWS, 0), "temperature 0 must be above 0"),
        (lambda: top_k(ROWS, 0), "k 0 must be at least 1"),
        (lambda: top_p(ROWS, 0), "p 0 must be above 0 and at most 1"),
        (lambda: top_p(ROWS, 1.5), "p 1.5 must be above 0 and at most 1"),
    ],
)
def test_a_setting_that_keeps_nothing_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_prompt_has_the_same_distribution_alone_and_beside_a_longer_one():
    folder = lessons.checkpoint("base")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    prompts = ["Story: Once", "Translate English to French: 'The cat sleeps.'\nFrench:"]
    together = next_token_distribution(model, tokenizer, prompts)
    for prompt, row in zip(prompts, together, strict=True):
        with torch.no_grad():
            alone = model(**tokenizer(prompt, return_tensors="pt")).logits[0, -1].softmax(-1)
        assert torch.allclose(row, alone, atol=1e-5)
    assert together.shape == (2, 2048)
    assert tokenizer.decode(together[1].argmax()) == " Le"
