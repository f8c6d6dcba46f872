"""A checkpoint is what was saved, or it is refused: never another run's, and never other numbers."""

import io
import random
import zipfile
from dataclasses import asdict, replace

import pytest
import torch

from lessons.models import checkpoint_integrity, progress
from lessons.models.progress import STATE, History
from lessons.models.training import Recipe, train
from tinymodel import Tiny, batches

RECIPE = Recipe(steps=6, learning_rate=1e-2, warmup=2, save_every=3)
DAMAGED = r"state.pt is no whole checkpoint .*: delete it to start over, or put a copy in its place"
OTHER = "is no checkpoint of a training run: "


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> bytes:
    """The bytes of a checkpoint."""
    folder = tmp_path_factory.mktemp("run")
    train(Tiny(), batches, RECIPE, folder, until=3, quiet=True)
    return (folder / STATE).read_bytes()


@pytest.fixture
def read(tmp_path):
    """Write a file in a checkpoint's place, and read it as one."""

    def run(data: bytes) -> dict:
        (tmp_path / STATE).write_bytes(data)
        return progress.read(tmp_path)

    return run


def older(data: bytes) -> bytes:
    """The same checkpoint, as it was written before there was a checksum."""
    return data[: -checkpoint_integrity.LENGTH - 2] + b"\0\0"


def flipped(data: bytes, bit: int) -> bytes:
    other = bytearray(data)
    other[bit // 8] ^= 1 << bit % 8
    return bytes(other)


def same(one: dict, other: dict) -> bool:
    """Whether two checkpoints hold the same numbers."""
    weights, moments = one["model"], one["optimizers"]["state"]
    return (
        weights.keys() == other["model"].keys()
        and all(torch.equal(weights[name], other["model"][name]) for name in weights)
        and all(
            torch.equal(torch.as_tensor(value), torch.as_tensor(there[key]))
            for name, kept in moments.items()
            for there in [other["optimizers"]["state"][name]]
            for key, value in kept.items()
        )
        and all(map(torch.equal, one["rng"], other["rng"]))
        and (one["recipe"], one["history"]) == (other["recipe"], other["history"])
    )


def test_what_was_saved_is_read_also_by_torch_itself(saved, read):
    assert same(read(saved), torch.load(io.BytesIO(saved), weights_only=True))
    assert zipfile.ZipFile(io.BytesIO(saved)).comment.startswith(checkpoint_integrity.MARK)


def test_a_bit_of_the_weights_that_is_another_is_found(saved, read):
    state = torch.load(io.BytesIO(saved), weights_only=True)
    raw = state["model"]["embedding.weight"].numpy().tobytes()[:64]
    damaged = flipped(saved, 8 * (saved.find(raw) + 3) + 6)
    assert not same(state, torch.load(io.BytesIO(damaged), weights_only=True))
    with pytest.raises(ValueError, match=DAMAGED):
        read(damaged)


def test_any_bit_that_is_another_is_found(saved, read):
    chance = random.Random(0)
    bits = [chance.randrange(8 * len(saved)) for _ in range(300)]
    ends = range(8 * (len(saved) - checkpoint_integrity.LENGTH - 22), 8 * len(saved))
    for bit in (*bits, *ends):
        with pytest.raises(ValueError, match=DAMAGED):
            read(flipped(saved, bit))


@pytest.mark.parametrize("damage", ["zeros", "behind", "cut", "swapped", "empty"])
def test_other_damage_is_found(saved, read, damage):
    half = len(saved) // 2
    other = {
        "zeros": saved[:half] + bytes(512) + saved[half + 512 :],
        "behind": saved + b"\n",
        "cut": saved[:-1],
        "swapped": saved[half:] + saved[:half],
        "empty": b"",
    }[damage]
    with pytest.raises(ValueError, match=DAMAGED):
        read(other)


def test_a_checkpoint_from_before_there_was_a_checksum_is_read(saved, read):
    assert same(read(older(saved)), read(saved))


def test_such_a_checkpoint_is_refused_where_it_would_give_other_numbers(saved, read):
    chance, whole, refused = random.Random(1), read(saved), 0
    for _ in range(200):
        try:
            found = read(flipped(older(saved), chance.randrange(8 * len(older(saved)))))
        except ValueError:
            refused += 1
        else:
            assert same(found, whole)
    assert refused > 100


@pytest.mark.parametrize("thing", [[1, 2], {}, {"model": {}}, torch.zeros(3), "text", 5])
def test_what_another_program_saved_is_refused(read, thing):
    data = io.BytesIO()
    torch.save(thing, data)
    with pytest.raises(ValueError, match=OTHER):
        read(data.getvalue())


def test_a_document_that_is_an_archive_is_refused(read):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(ValueError, match=DAMAGED):
        read(data.getvalue())


def test_a_whole_file_whose_content_would_run_code_is_refused(read):
    data = io.BytesIO()
    torch.save({"model": zipfile.Path}, data)
    checkpoint_integrity.seal(data)
    with pytest.raises(ValueError, match=DAMAGED):
        read(data.getvalue())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda state: state.pop("model"), "it has no model"),
        (lambda state: (state.pop("rng"), state.pop("recipe")), "it has no rng, recipe"),
        (lambda state: state.update(recipe=[]), "recipe has another form"),
        (lambda state: state.update(rng=[]), "rng has another form"),
        (lambda state: state.update(rng=[torch.zeros(3)]), "rng has another form"),
        (lambda state: state["model"].update(more=1), "model has another form"),
        (lambda state: state["optimizers"].pop("param_groups"), "optimizers has another form"),
        (lambda state: state["history"].update(mood=1), "history has another form"),
        (lambda state: state["history"].update(losses=None), "history has another form"),
        (lambda state: state["history"]["losses"].pop(), "history has another form"),
        (lambda state: state["history"].update(speed=1), "history has another form"),
    ],
)
def test_a_state_of_another_form_is_refused_by_name(saved, tmp_path, change, named):
    state = torch.load(io.BytesIO(saved), weights_only=True)
    change(state)
    data = io.BytesIO()
    torch.save(state, data)
    checkpoint_integrity.seal(data)
    (tmp_path / STATE).write_bytes(data.getvalue())
    with pytest.raises(ValueError, match=OTHER + named):
        train(Tiny(), batches, RECIPE, tmp_path, quiet=True)


def test_a_history_of_before_something_was_measured_is_read(saved, tmp_path):
    state = torch.load(io.BytesIO(saved), weights_only=True)
    history = History(**state.pop("history"))
    progress.save(tmp_path, state, replace(history, speed=""))
    known = progress.read(tmp_path)
    assert known["history"] == asdict(replace(history, speed=""))
    (tmp_path / STATE).unlink()
    del known["history"]["peak_memory_mb"]
    torch.save(known, tmp_path / STATE)
    assert "peak_memory_mb" not in progress.read(tmp_path)["history"]
