"""Muon: the library's steps, with a precision that can be chosen and matrices taken together."""

import copy
import sys

import pytest
import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Shard, distribute_tensor

from lessons.models.muon import Muon, orthogonal


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 6, 24), (2, 24, 6)])
def test_singular_values_end_near_one_and_directions_stay(shape):
    given = random(*shape)
    found = orthogonal(given)
    values = torch.linalg.svdvals(found)
    assert values.min() > 0.5
    assert values.max() < 1.3
    u, _, v = torch.linalg.svd(given, full_matrices=False)
    inner = u.mT @ found @ v.mT  # a diagonal of the new values, if the directions are the old ones
    assert torch.allclose(inner, torch.diag_embed(inner.diagonal(dim1=1, dim2=2)), atol=1e-4)


def test_matrices_treated_together_are_treated_as_alone():
    given = random(4, 6, 10)
    alone = torch.stack([orthogonal(one[None])[0] for one in given])
    assert torch.allclose(orthogonal(given), alone, atol=1e-5)


def test_the_size_of_a_gradient_does_not_count():
    assert torch.allclose(
        orthogonal(random(2, 6, 6)), orthogonal(1e-3 * random(2, 6, 6)), atol=1e-3
    )


@pytest.mark.parametrize("shape", [(8, 8), (6, 24), (24, 6)])
def test_steps_equal_those_of_pytorch(shape):
    ours = torch.nn.Parameter(random(*shape))
    theirs = copy.deepcopy(ours)
    one = Muon([ours], lr=0.02, weight_decay=0.1)
    other = torch.optim.Muon([theirs], lr=0.02, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for step in range(5):
        ours.grad = random(*shape, seed=step + 1)
        theirs.grad = ours.grad.clone()
        one.step()
        other.step()
    moved = theirs - random(*shape)
    assert (ours - theirs).norm() < 0.015 * moved.norm()  # theirs rounds to bfloat16


def test_a_parameter_without_a_gradient_stays():
    still, moved = torch.nn.Parameter(random(4, 4)), torch.nn.Parameter(random(4, 4))
    moved.grad = random(4, 4, seed=1)
    Muon([still, moved], lr=0.1).step()
    assert torch.equal(still, random(4, 4))
    assert not torch.equal(moved, random(4, 4))


def test_what_is_no_matrix_is_refused_with_its_shape():
    vector = torch.nn.Parameter(torch.zeros(3))
    with pytest.raises(ValueError, match=r"give these to AdamW: shapes \[\(3,\)\]"):
        Muon([torch.nn.Parameter(random(4, 4)), vector], lr=0.1)


def test_a_closure_is_refused():
    with pytest.raises(ValueError, match=r"call backward\(\) before step\(\)"):
        Muon([torch.nn.Parameter(random(4, 4))], lr=0.1).step(lambda: 1.0)


@pytest.fixture
def mesh(tmp_path):
    """A mesh of one process."""
    store = dist.FileStore(str(tmp_path / "store"), 1)
    dist.init_process_group("gloo", store=store, rank=0, world_size=1)
    yield init_device_mesh("cpu", (1,))
    dist.destroy_process_group()


@pytest.mark.skipif(sys.platform == "win32", reason="no process groups over files on Windows")
def test_a_sharded_matrix_takes_the_step_of_a_whole_one(mesh):
    whole = torch.nn.Parameter(random(6, 10))
    shards = torch.nn.Parameter(distribute_tensor(random(6, 10), mesh, [Shard(0)]))
    whole.grad = random(6, 10, seed=1)
    shards.grad = distribute_tensor(random(6, 10, seed=1), mesh, [Shard(0)])
    for parameter in (whole, shards):
        Muon([parameter], lr=0.1).step()
    assert torch.allclose(shards.full_tensor(), whole, atol=1e-6)
