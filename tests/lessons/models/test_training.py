"""The training loop: what a run does with a model, what it refuses, and the curve it draws."""

import math
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import torch

from lessons.models import progress, training
from lessons.models.progress import History, loss_curve, memory_of
from lessons.models.steps import PLAIN, Speed, backward, scorer
from lessons.models.training import Recipe, optimizers, schedule, train
from tinymodel import Tiny, batches
from training_runs import RECIPE, bert, gpt2, run, weights


@pytest.mark.parametrize(
    ("make", "causal", "optimizer"),
    [
        (gpt2, True, "muon"),
        (bert, False, "adamw"),
        pytest.param(gpt2, True, "adamw", marks=pytest.mark.nightly),
        pytest.param(bert, False, "muon", marks=pytest.mark.nightly),
    ],
)
def test_the_models_of_the_course_learn_a_batch_by_heart(make, causal, optimizer):
    model = make()
    recipe = Recipe(30, 2e-2, 5, optimizer=optimizer, causal=causal)
    ids = torch.randint(2, 64, (2, 8), generator=torch.Generator().manual_seed(0))
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": ids}
    losses = run(model=model, batches=lambda _: batch, recipe=recipe).losses
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_the_loss_falls(optimizer):
    history = run(recipe=Recipe(60, 2e-2, 5, optimizer=optimizer))
    assert history.losses[-1] < 0.6 * history.losses[0]


def test_a_history_holds_every_step():
    history = run()
    assert len(history.losses) == len(history.norms) == len(history.seconds) == 12
    assert history.rates == [schedule(step, RECIPE) for step in range(12)]
    assert history.tokens == [60] * 12
    assert history.tokens_per_second[3] == 60 / history.seconds[3]
    assert history.speed == "fp32"
    assert history.peak_memory_mb is None or history.peak_memory_mb > 50


@pytest.mark.parametrize(("optimizer", "moments"), [("adamw", (2, 2)), ("muon", (2, 1))])
def test_the_memory_of_a_run_is_what_its_tensors_need(optimizer, moments):
    outer, hidden = (
        64 * 16 + 2 * 16 + 2 * 16,
        2 * 16 * 16,
    )  # numbers of four bytes; the head is tied
    counts = run(recipe=replace(RECIPE, optimizer=optimizer)).memory
    assert counts["weights"] == counts["gradients"] == 4 * (outer + hidden)
    steps = 4 * (5 if optimizer == "muon" else 7)  # AdamW counts its steps, for each tensor
    assert counts["optimizer"] == 4 * (moments[0] * outer + moments[1] * hidden) + steps


def test_before_the_first_step_there_is_neither_gradient_nor_optimizer_state():
    model = Tiny()
    counts = memory_of(model, optimizers(model, RECIPE))
    assert (counts["gradients"], counts["optimizer"]) == (0, 0)


def test_a_model_is_trained_in_training_mode_and_left_in_evaluation_mode():
    model, modes = Tiny(dropout=0.5), []
    model.eval()
    model.blocks[0].register_forward_hook(lambda block, *_: modes.append(block.training))
    run(model=model)
    assert all(modes)
    assert not model.training


def test_gradients_left_over_from_before_do_not_count():
    model = Tiny()
    model.embedding.weight.grad = torch.full((64, 16), 100.0)
    assert run(model=model).losses == run().losses


def test_a_long_gradient_is_scaled_down_to_the_clip():
    lengths = []

    class Watch(torch.optim.SGD):
        def step(self):
            norms = [p.grad.norm() for group in self.param_groups for p in group["params"]]
            lengths.append(torch.stack(norms).norm().item())

    model = Tiny()
    loss = backward(scorer(PLAIN, True), model, batches(0), True)
    before = training.clip(model, 0.25)
    Watch(model.parameters(), 1.0).step()
    assert loss > 0
    assert before > 0.5
    assert lengths == [pytest.approx(0.25, rel=1e-4)]


def test_training_draws_no_random_number_of_its_own(tmp_path):
    before = torch.get_rng_state()
    run(tmp_path)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_progress_bar_shows_loss_rate_and_speed(capsys):
    train(Tiny(), batches, RECIPE)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "12/12" in shown.err
    assert "tokens/s" in shown.err
    assert "loss " in shown.err


def test_a_quiet_run_prints_nothing(capsys):
    run()
    assert capsys.readouterr() == ("", "")


def test_bfloat16_changes_the_loss_a_little():
    exact, rough = run().losses, run(speed=Speed("bf16")).losses
    assert rough != exact
    assert rough == pytest.approx(exact, abs=0.05)


def test_an_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="no precision 'fp16': take 'fp32' or 'bf16'"):
        Speed("fp16")


def changed(**tensors):
    return lambda step: {**batches(step), **tensors}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            lambda _: {"input_ids": batches(0)["input_ids"]},
            "input_ids and labels; missing: labels",
        ),
        (
            changed(labels=torch.zeros(5, 11).long()),
            r"input_ids \(5, 12\) and labels \(5, 11\) must",
        ),
        (changed(labels=torch.full((5, 12), -100)), "no token of the batch is scored"),
        (
            lambda _: {name: torch.zeros(2, 17).long() for name in ("input_ids", "labels")},
            "17 tokens a sequence: the model's context holds 16",
        ),
    ],
)
def test_a_batch_that_does_not_fit_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        run(batches=given)


def test_labels_of_first_tokens_alone_leave_nothing_to_score():
    labels = torch.full((5, 12), -100)
    labels[:, 0] = 3  # nothing comes before them
    with pytest.raises(ValueError, match="no token of the batch is scored"):
        run(batches=changed(labels=labels))
    assert run(batches=changed(labels=labels), recipe=replace(RECIPE, causal=False)).losses


def test_a_loss_that_is_no_number_stops_the_run_with_step_and_rate():
    model = Tiny()
    model.norm.bias.data[0] = math.nan
    with pytest.raises(FloatingPointError, match=r"loss nan.* in step 0 at learning rate 0.00333"):
        run(model=model)


def test_a_gradient_that_is_not_finite_stops_the_run_before_it_spoils_the_weights():
    model = Tiny()
    model.norm.bias.register_hook(lambda grad: grad * math.inf)
    before = weights(model)
    with pytest.raises(FloatingPointError, match="lower learning_rate, or lengthen warmup"):
        run(model=model)
    assert torch.equal(weights(model), before)


def test_a_batch_too_large_for_the_memory_names_its_size_and_the_remedy():
    class Huge(Tiny):
        def forward(self, input_ids):
            torch.empty(len(input_ids) * 10**15)
            return super().forward(input_ids)

    message = "no room for 5 sequences of 12 tokens at once: pass micro=2"
    with pytest.raises(MemoryError, match=message):
        run(model=Huge())
    with pytest.raises(MemoryError, match=r"no room for 2 sequences .* micro=1"):
        run(model=Huge(), micro=2)


def test_another_error_of_the_model_stays_as_it_is():
    class Broken(Tiny):
        def forward(self, **_):
            raise RuntimeError("a wire is loose")

    with pytest.raises(RuntimeError, match="a wire is loose"):
        run(model=Broken())


@pytest.mark.parametrize("steps", [1, 2, 3, 9, 10, 100, 6500, 10**6])
def test_a_loss_curve_ends_at_the_last_step_and_stays_light(steps):
    svg = loss_curve(History(losses=[2.0] * steps))
    ElementTree.fromstring(svg)
    assert f"Training loss over {steps:,} steps" in svg
    assert f">{steps:,}</text>" in svg
    assert len(svg) < 8_000


def test_a_point_of_the_curve_is_the_mean_since_the_point_before(monkeypatch):
    drawn = []
    monkeypatch.setattr(progress, "line_chart", lambda _, series, *__, **___: drawn.append(series))
    loss_curve(History(losses=[8.0, 4.0, 2.0, *[1.0] * 6]))
    assert drawn[0][0].points == [(1.0, 8.0), (3.0, 3.0), (9.0, 1.0)]


def test_a_run_without_steps_has_no_curve():
    with pytest.raises(ValueError, match="no points"):
        loss_curve(History())
