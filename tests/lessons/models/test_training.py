"""The training loop: its parts against their definitions, and runs that are stopped anywhere."""

import errno
import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional
from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel

import lessons
import tinymodel
from lessons.models import progress, training
from lessons.models.muon import Muon
from lessons.models.progress import History, loss_curve, memory_of
from lessons.models.steps import PLAIN, Speed, backward, scorer, token_loss
from lessons.models.training import Recipe, hidden_matrices, optimizers, schedule, train
from tinymodel import Stop, Tiny, batches, until

RECIPE = Recipe(steps=12, learning_rate=1e-2, warmup=3, save_every=5)
ROOTS = (Path(tinymodel.__file__).parent, Path(lessons.__file__).parents[1])
PATHS = os.pathsep.join(map(str, ROOTS))  # where a process started from here finds both


def gpt2(**changes) -> GPT2LMHeadModel:
    settings = {
        "vocab_size": 64, "n_positions": 16, "n_embd": 16, "n_layer": 2, "n_head": 2,
        "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 1, "use_cache": False,
        "resid_pdrop": 0, "embd_pdrop": 0, "attn_pdrop": 0, "loss_type": "ForCausalLM",
    }  # fmt: skip
    return GPT2LMHeadModel(GPT2Config(**settings | changes))


def bert() -> BertForMaskedLM:
    return BertForMaskedLM(
        BertConfig(
            vocab_size=64, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=32,
        )
    )  # fmt: skip


def run(folder=None, model=None, batches=batches, recipe=RECIPE, **options) -> History:
    return train(model or Tiny(), batches, recipe, folder, quiet=True, **options)


def weights(model) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten().clone() for parameter in model.parameters()])


def interrupt(folder, step=8, **options) -> None:
    with pytest.raises(Stop):
        run(folder, batches=until(step), **options)


# The recipe and its schedule


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": 0}, r"steps=0 is out of range: at least 1"),
        ({"learning_rate": 0.0}, "learning_rate=0.0 is out of range: more than 0"),
        ({"learning_rate": math.nan}, "learning_rate=nan"),
        ({"warmup": 13}, "warmup=13 is out of range: from 0 to steps=12"),
        ({"floor": 1.1}, r"floor=1.1 is out of range: from 0 to 1"),
        ({"weight_decay": -0.1}, "weight_decay=-0.1"),
        ({"clip": 0.0}, r"clip=0.0 .*math.inf to clip nothing"),
        ({"optimizer": "sgd"}, "optimizer='sgd' is out of range: 'adamw' or 'muon'"),
        ({"save_every": 0}, "save_every=0"),
    ],
)
def test_a_recipe_out_of_range_is_refused_with_the_range(wrong, message):
    with pytest.raises(ValueError, match=message):
        replace(RECIPE, **wrong)


recipes = st.builds(
    lambda rest, warmup, floor: Recipe(rest + warmup, 0.01, warmup, floor),
    st.integers(1, 500), st.integers(0, 100), st.floats(0, 1),
)  # fmt: skip


@given(recipes)
def test_the_rate_peaks_at_the_end_of_the_warm_up(recipe):
    rates = [schedule(step, recipe) for step in range(recipe.steps)]
    if recipe.warmup:
        assert rates[recipe.warmup - 1] == recipe.learning_rate
    assert max(rates) <= recipe.learning_rate + 1e-12


@given(recipes)
def test_the_rate_ends_at_the_floor_and_never_falls_below(recipe):
    rates = [schedule(step, recipe) for step in range(recipe.steps)]
    lowest = recipe.learning_rate * recipe.floor
    assert rates[-1] == pytest.approx(lowest, abs=1e-12)
    assert min(rates[recipe.warmup :]) >= lowest - 1e-12


@given(recipes)
def test_the_rate_never_jumps(recipe):
    rates = [schedule(step, recipe) for step in range(recipe.steps)]
    rising = recipe.learning_rate / max(recipe.warmup, 1)
    falling = recipe.learning_rate * math.pi / 2 / (recipe.steps - recipe.warmup)  # steepest part
    for step in range(1, recipe.steps):
        change = rates[step] - rates[step - 1]
        limit = rising if step < recipe.warmup else falling
        assert abs(change) <= limit + 1e-12
        assert (change > 0) == (step < recipe.warmup) or change == pytest.approx(0, abs=1e-12)


def test_halfway_down_the_rate_lies_halfway_between_peak_and_floor():
    recipe = Recipe(steps=110, learning_rate=1.0, warmup=10, floor=0.1)
    assert schedule(59, recipe) == pytest.approx(0.55)


def test_a_run_that_is_all_warm_up_only_rises():
    recipe = Recipe(steps=4, learning_rate=1.0, warmup=4)
    assert [schedule(step, recipe) for step in range(4)] == [0.25, 0.5, 0.75, 1.0]


# Optimizers


def held(made) -> list[int]:
    return [
        id(p) for optimizer in made for group in optimizer.param_groups for p in group["params"]
    ]


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("make", [gpt2, Tiny])
def test_every_parameter_has_exactly_one_optimizer(make, optimizer):
    model = make()
    found = held(optimizers(model, replace(RECIPE, optimizer=optimizer)))
    assert sorted(found) == sorted(id(parameter) for parameter in model.parameters())


def names_of(model, matrices) -> set[str]:
    ids = {id(matrix) for matrix in matrices}
    return {name for name, parameter in model.named_parameters() if id(parameter) in ids}


def test_the_hidden_matrices_of_gpt2_are_those_of_its_blocks():
    model = gpt2(tie_word_embeddings=False)
    parts = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
    wanted = {f"transformer.h.{i}.{part}.weight" for i in range(2) for part in parts}
    assert names_of(model, hidden_matrices(model)) == wanted


def test_the_hidden_matrices_of_bert_leave_out_embeddings_and_the_head():
    model = bert()
    found = names_of(model, hidden_matrices(model))
    assert "cls.predictions.transform.dense.weight" in found
    assert len(found) == 1 + 6
    assert not [name for name in found if "embeddings" in name or "decoder" in name]


def test_a_frozen_parameter_gets_no_optimizer():
    model = Tiny()
    model.blocks.requires_grad_(False)
    made = optimizers(model, replace(RECIPE, optimizer="muon"))
    assert not {id(parameter) for parameter in model.blocks.parameters()} & set(held(made))


def test_a_model_of_hidden_matrices_alone_needs_only_muon():
    (muon,) = optimizers(torch.nn.Linear(4, 4, bias=False), replace(RECIPE, optimizer="muon"))
    assert isinstance(muon, Muon)


@pytest.mark.parametrize(
    ("optimizer", "decaying"),
    [("adamw", {"embedding", "blocks"}), ("muon", {"blocks"})],
)
def test_matrices_decay_and_vectors_do_not(optimizer, decaying):
    model = Tiny()
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    for made in optimizers(model, replace(RECIPE, optimizer=optimizer, learning_rate=0.5)):
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter)  # then a step is decay alone
        made.step()
    for name, parameter in model.named_parameters():
        decays = parameter.dim() == 2 and name.split(".")[0] in decaying
        torch.testing.assert_close(parameter.detach(), before[name] * (0.95 if decays else 1.0))


def test_the_update_of_muon_is_close_to_orthogonal():
    layer = torch.nn.Linear(16, 16, bias=False)
    before = layer.weight.detach().clone()
    layer.weight.grad = torch.randn(16, 16) * torch.logspace(0, -2, 16)  # columns of unlike size
    recipe = replace(RECIPE, optimizer="muon", weight_decay=0.0, learning_rate=1.0)
    optimizers(layer, recipe)[0].step()
    sizes = torch.linalg.svdvals(layer.weight.detach() - before) / (0.2 * math.sqrt(16))
    assert sizes.max() < 1.5
    assert sizes.median() > 0.5


# The loss


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


# A run


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize(("make", "causal"), [(gpt2, True), (bert, False)])
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


# What cannot be trained


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


# Checkpoints


@pytest.mark.parametrize("dropout", [0.0, 0.1])
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_an_interrupted_run_goes_on_to_the_same_losses(tmp_path, optimizer, dropout):
    recipe = replace(RECIPE, optimizer=optimizer)
    torch.manual_seed(1)
    whole = Tiny(dropout=dropout)
    wanted = run(model=whole, recipe=recipe)
    torch.manual_seed(1)
    interrupt(tmp_path, model=Tiny(dropout=dropout), recipe=recipe)
    torch.manual_seed(2)
    model = Tiny(seed=2, dropout=dropout)  # its weights come from the checkpoint
    history = run(tmp_path, model=model, recipe=recipe)
    assert history.losses == wanted.losses
    assert history.norms == wanted.norms
    assert torch.equal(weights(model), weights(whole))


def test_a_run_may_be_made_in_parts(tmp_path):
    assert len(run(tmp_path, until=7).losses) == 7
    assert run(tmp_path, until=99).losses == run().losses


def test_a_finished_run_is_not_trained_again(tmp_path):
    model, again = Tiny(), Tiny(seed=1)
    wanted = run(tmp_path, model=model)
    history = run(tmp_path, model=again, batches=until(0))
    assert history.losses == wanted.losses
    assert torch.equal(weights(again), weights(model))


def test_a_run_without_resume_starts_over(tmp_path):
    interrupt(tmp_path)
    started = []

    def counted(step):
        started.append(step)
        return batches(step)

    run(tmp_path, batches=counted, resume=False)
    assert started[0] == 0


def test_a_checkpoint_is_written_every_so_many_steps_and_at_the_end(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(
        progress, "save", lambda _, __, history: written.append(len(history.losses))
    )
    run(tmp_path)
    assert written == [5, 10, 12]


def test_a_run_without_a_folder_writes_nothing(monkeypatch):
    monkeypatch.setattr(progress, "write_whole", lambda *_: pytest.fail("wrote"))
    run()


def test_a_folder_holds_checkpoint_history_and_curve_and_no_leftovers(tmp_path):
    history = run(tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert sorted(path.name for path in folder.iterdir()) == [
        "history.json",
        "loss.svg",
        "state.pt",
    ]
    saved = json.loads((folder / "history.json").read_text("utf-8"))
    assert saved["losses"] == history.losses  # to the last bit
    assert saved["memory"] == history.memory
    assert (folder / "loss.svg").read_text("utf-8") == loss_curve(history)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learning_rate": 2e-2}, "learning_rate is 0.01 there, 0.02 here"),
        ({"steps": 20}, "steps is 12 there, 20 here"),
        ({"optimizer": "muon"}, "optimizer is adamw there, muon here"),
    ],
)
def test_the_checkpoint_of_another_recipe_is_refused_with_the_difference(tmp_path, change, message):
    interrupt(tmp_path)
    with pytest.raises(
        ValueError, match=rf"state.pt belongs to another run: {message}. Take another"
    ):
        run(tmp_path, recipe=replace(RECIPE, **change))


def test_how_often_to_save_may_change_within_a_run(tmp_path):
    interrupt(tmp_path)
    assert run(tmp_path, recipe=replace(RECIPE, save_every=1)).losses == run().losses


def test_the_checkpoint_of_another_model_is_refused_with_the_first_tensor_that_differs(tmp_path):
    interrupt(tmp_path)
    message = r"embedding.weight is \(64, 16\) there, \(64, 8\) here"
    with pytest.raises(ValueError, match=message):
        run(tmp_path, model=Tiny(width=8))


def test_a_checkpoint_with_a_tensor_too_many_is_refused(tmp_path):
    interrupt(tmp_path)
    smaller = Tiny()
    del smaller.blocks[1]
    with pytest.raises(
        ValueError, match=r"blocks.1.linear.weight is \(16, 16\) there, nothing here"
    ):
        run(tmp_path, model=smaller)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_truncated_checkpoint_is_named_with_what_to_do(tmp_path, share):
    interrupt(tmp_path)
    path = tmp_path / "state.pt"
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(
        ValueError, match=r"state.pt is no whole checkpoint .*: delete it to start over"
    ):
        run(tmp_path)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path):
    torch.save({"model": Path("x")}, tmp_path / "state.pt")
    with pytest.raises(ValueError, match="is no whole checkpoint"):
        run(tmp_path)


@pytest.mark.parametrize("place", ["mkdir", "fsync", "replace"])
def test_a_full_disk_leaves_the_old_checkpoint_and_says_where_room_is_needed(
    tmp_path, monkeypatch, place
):
    interrupt(tmp_path)
    old = (tmp_path / "state.pt").read_bytes()

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if place == "mkdir":
            patch.setattr(progress.Path, "mkdir", full)
        elif place == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(progress.Path, "replace", full)
        with pytest.raises(
            OSError, match=r"could not write state.pt in .*no room left. Nothing was lost"
        ) as caught:
            run(tmp_path)
    assert caught.value.errno == errno.ENOSPC
    assert str(tmp_path) in str(caught.value)
    assert (tmp_path / "state.pt").read_bytes() == old
    assert not list(tmp_path.glob("*.part"))
    assert run(tmp_path).losses == run().losses


def test_a_checkpoint_that_cannot_be_made_leaves_the_old_one(tmp_path, monkeypatch):
    interrupt(tmp_path)
    old = (tmp_path / "state.pt").read_bytes()

    def broken(*_):
        raise RuntimeError("torn")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", broken)
        with pytest.raises(RuntimeError, match="torn"):
            run(tmp_path)
    assert (tmp_path / "state.pt").read_bytes() == old


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OSError, match=r"could not write state.pt in .*taken"):
        run(tmp_path / "taken")


# Kills processes that train and save at every step, a few saves after their start and at moments spread
# over a step and its save: saves are counted, for how long they take is up to the machine. The processes
# are forked from one that has already imported everything, which makes many kills cheap.
KILLED = """
import os, random, signal, sys, time
from pathlib import Path
import torch, torch.distributed.checkpoint.state_dict
from tinymodel import Tiny, batches
from lessons.models.training import Recipe, optimizers, train
folder, recipe, chance = Path(sys.argv[1]), Recipe(60, 1e-2, 3, save_every=1), random.Random(0)
torch.set_num_threads(1)
torch.manual_seed(1)
optimizers(Tiny(), recipe)  # imports what is slow
def go():
    return train(Tiny(dropout=0.1), batches, recipe, folder, quiet=True)
def saved():
    path = folder / "state.pt"
    return path.stat().st_mtime_ns if path.exists() else 0
def over(child):
    try:
        return os.waitpid(child, os.WNOHANG)[0] != 0
    except ChildProcessError:  # asked before
        return True
kills = torn = 0
for _ in range(40):
    child = os.fork()
    if child == 0:
        go()
        os._exit(0)
    last = saved()
    for _ in range(chance.randint(1, 4)):
        while saved() == last and not over(child):
            time.sleep(0.001)
        last = saved()
    time.sleep(chance.uniform(0, 0.03))
    if over(child):
        break
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    kills += 1
    torn += (folder / "state.pt.part").exists()
if kills:
    torch.manual_seed(7)
history = go()
print(kills, torn, [loss.hex() for loss in history.losses])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks to be quick")
def test_a_run_killed_again_and_again_ends_with_the_losses_of_one_left_alone(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": PATHS, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    kills, _, losses = done.stdout.split(" ", 2)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    wanted = run(model=Tiny(dropout=0.1), recipe=Recipe(60, 1e-2, 3)).losses
    torch.set_num_threads(threads)
    assert int(kills) >= 3
    assert losses.strip() == str([loss.hex() for loss in wanted])


# The curve


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
