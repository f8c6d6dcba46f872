"""The sliding window scores each token once, and gives what scoring token by token gives."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import GPT2Config, GPT2LMHeadModel

from lessons.evaluation.perplexity import likelihood, token_by_token, windows

CONTEXT = 16


def model() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=31, n_positions=CONTEXT, n_embd=16, n_layer=2, n_head=2, initializer_range=0.5
    )
    return GPT2LMHeadModel(config).eval()


MODEL = model()
PLACES = st.integers(2, CONTEXT).flatmap(
    lambda context: st.tuples(st.just(context), st.integers(1, context - 1))
)


@given(length=st.integers(2, 80), place=PLACES)
def test_every_token_but_the_first_is_scored_once(length, place):
    context, stride = place
    scored = []
    for begin, end, first in windows(length, context, stride):
        assert end - begin <= context
        assert begin < first < end
        scored += range(first, end)
    assert scored == list(range(1, length))


@settings(max_examples=60)
@given(ids=st.lists(st.integers(0, 30), min_size=2, max_size=60), place=PLACES)
def test_the_window_gives_what_scoring_token_by_token_gives(ids, place):
    fast, slow = likelihood(MODEL, ids, *place), token_by_token(MODEL, ids, *place)
    assert fast.tokens == slow.tokens == len(ids) - 1
    assert math.isclose(fast.perplexity, slow.perplexity, rel_tol=1e-4)


def test_a_text_that_fits_is_scored_as_the_model_scores_it():
    ids = torch.arange(12)
    loss = MODEL(ids[None], labels=ids[None]).loss.item()
    found = likelihood(MODEL, ids.tolist(), CONTEXT, 3)
    assert math.isclose(found.nats / found.tokens, loss, rel_tol=1e-5)


def test_with_a_stride_of_one_each_token_has_the_whole_context():
    ids = [(7 * i) % 31 for i in range(40)]
    nats = 0.0
    for place in range(1, len(ids)):
        before = torch.tensor(ids[max(0, place - CONTEXT + 1) : place])
        logits = MODEL(before[None]).logits[0, -1]
        nats -= logits.log_softmax(-1)[ids[place]].item()
    assert math.isclose(likelihood(MODEL, ids, CONTEXT, 1).nats, nats, rel_tol=1e-4)


@pytest.mark.parametrize("stride", [0, -1, 16, 17])
def test_a_stride_that_leaves_tokens_without_a_score_is_refused(stride):
    with pytest.raises(ValueError, match=rf"stride {stride} with a context of 16: take 1 to 15"):
        list(windows(40, 16, stride))


def test_a_text_of_one_token_is_refused():
    with pytest.raises(ValueError, match="1 tokens: need at least two"):
        likelihood(MODEL, [3], CONTEXT, 4)


def test_a_context_beyond_the_model_is_refused():
    with pytest.raises(ValueError, match="context 17 is longer than the model's, 16"):
        likelihood(MODEL, [1, 2, 3], 17, 4)
