"""The loss of a batch and its gradient, taken whole or in pieces."""

import math

import pytest
import torch
from torch.nn import functional

from lessons.models.steps import PLAIN, backward, scorer, token_loss
from lessons.models.training import Recipe
from tinymodel import Tiny, batches
from training_runs import gpt2, run


def test_the_loss_is_that_of_transformers_where_nothing_is_padded():
    model, ids = gpt2(), torch.randint(2, 64, (3, 16))
    with torch.no_grad():
        output = model(input_ids=ids, labels=ids)
    nll, scored = token_loss(output.logits, ids, causal=True)
    assert scored == 3 * 15
    torch.testing.assert_close(nll / scored, output.loss)


def test_a_masked_language_model_is_scored_in_place_and_only_where_labeled():
    logits, labels = torch.randn(2, 4, 64), torch.full((2, 4), -100)
    labels[0, 2], labels[1, 0] = 7, 9
    nll, scored = token_loss(logits, labels, causal=False)
    wanted = functional.cross_entropy(
        torch.stack([logits[0, 2], logits[1, 0]]), torch.tensor([7, 9])
    )
    assert scored == 2
    torch.testing.assert_close(nll / 2, wanted)


def test_the_loss_of_bfloat16_logits_is_summed_in_float32():
    nll, _ = token_loss(
        torch.zeros(16, 256, 64, dtype=torch.bfloat16), torch.zeros(16, 256).long(), True
    )
    assert nll.item() == pytest.approx(16 * 255 * math.log(64), rel=1e-5)


def gradient(micro) -> tuple[float, torch.Tensor]:
    model = Tiny()
    loss = backward(scorer(PLAIN, True), model, batches(0), True, micro)
    return loss, torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


@pytest.mark.parametrize("micro", [1, 2, 3, 5, 100])
def test_small_pieces_have_the_gradient_of_the_whole_batch(micro):
    loss, whole = gradient(None)
    piecewise, summed = gradient(micro)
    assert piecewise == pytest.approx(loss, rel=1e-6)
    torch.testing.assert_close(summed, whole, rtol=1e-5, atol=1e-7)


def test_pieces_of_less_than_one_sequence_are_refused():
    with pytest.raises(ValueError, match="micro=0: a piece holds at least one sequence"):
        gradient(0)


def test_the_mean_of_the_sequences_means_would_be_another_loss():
    loss, _ = gradient(None)
    batch, means = batches(0), []
    with torch.no_grad():
        logits = Tiny()(batch["input_ids"]).logits
    for row in range(5):
        nll, scored = token_loss(logits[row : row + 1], batch["labels"][row : row + 1], True)
        means.append((nll / scored).item())
    assert abs(sum(means) / 5 - loss) > 0.01


def test_everything_in_a_batch_but_the_labels_reaches_the_model():
    seen = []

    class Spy(Tiny):
        def forward(self, input_ids, attention_mask):
            seen.append(attention_mask)
            return super().forward(input_ids)

    def masked(step):
        return {**batches(step), "attention_mask": torch.ones(5, 12, dtype=torch.long)}

    run(model=Spy(), batches=masked, recipe=Recipe(1, 1e-3, 1))
    assert seen[0].shape == (5, 12)
