"""Training on several processes: what differs from one, and nothing else.

Started by ``torchrun``, every process holds the model, computes the gradient of its own rows of the
batch, and takes the same step as the others, because gradients are averaged in between. Without
``torchrun`` each function here does the obvious thing for one process.
"""

# --8<-- [start:imports]
import copy
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

Batch = dict[str, torch.Tensor]
T = TypeVar("T")
# --8<-- [end:imports]


@contextmanager
def distributed() -> Iterator[torch.device]:
    """Join the processes that ``torchrun`` started; in a process started alone, change nothing.

    Yields:
        The device for this process: a GPU of its own, or the processor.
    """
    gpu = torch.cuda.is_available()
    device = torch.device(f"cuda:{os.environ.get('LOCAL_RANK', 0)}" if gpu else "cpu")
    if "WORLD_SIZE" not in os.environ:
        yield device
        return
    if gpu:  # pragma: no cover - needs a GPU
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if gpu else "gloo")
    try:
        yield device
    finally:
        dist.destroy_process_group()


def joined() -> bool:
    """Say whether this process is one of several that work together."""
    return dist.is_available() and dist.is_initialized()


def rank() -> int:
    """Return the number of this process, from 0; process 0 writes files and shows progress."""
    return dist.get_rank() if joined() else 0


def world() -> int:
    """Return how many processes work together."""
    return dist.get_world_size() if joined() else 1


# --8<-- [start:own_rows]
def own_rows(batch: Batch, rank: int, world: int) -> Batch:
    """Take the rows ``rank``, ``rank + world``, … of the whole batch.

    Every process gets the same number of rows, or the one with more would wait forever for the
    others to average a gradient with. Where the rows do not divide, a row that is not scored fills up.

    Raises:
        ValueError: fewer rows than processes.
    """
    rows = len(batch["input_ids"])
    if rows < world:
        raise ValueError(
            f"{rows} sequences for {world} processes: each needs at least one; "
            f"start {rows} processes or make the batch larger"
        )
    each = -(-rows // world)
    index = torch.arange(rank, each * world, world)
    mine = {name: tensor[index % rows] for name, tensor in batch.items()}
    mine["labels"][index >= rows] = -100
    return mine


# --8<-- [end:own_rows]


# --8<-- [start:wrap]
def wrap(model: nn.Module, shard: bool = False) -> nn.Module:
    """Wrap a model so that its gradients are averaged over all processes.

    Args:
        model: the same on all processes; if not, that of process 0 counts.
        shard: whether each process keeps only its share of weights, gradients and optimizer state, and
            gather a block's weights when it computes (FSDP2: Zhao et al. 2023, arXiv 2304.11277);
            without it, each process keeps all of them (DDP: Li et al. 2020, arXiv 2006.15704).

    Returns:
        What to train: the model itself in one process, a wrapper around it, or a sharded copy.

    Raises:
        ValueError: nothing to shard over.
    """
    if not joined():
        if shard:
            raise ValueError("shard=True needs several processes: start the script with torchrun")
        return model
    if not shard:
        return DistributedDataParallel(model)
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    for tensor in (*model.parameters(), *model.buffers()):
        dist.broadcast(tensor.detach(), src=0)
    sharded = copy.deepcopy(model)
    mesh = init_device_mesh(next(model.parameters()).device.type, (world(),))
    for blocks in reversed([m for m in sharded.modules() if isinstance(m, nn.ModuleList)]):
        for block in blocks:
            fully_shard(block, mesh=mesh)
    fully_shard(sharded, mesh=mesh)
    return sharded


# --8<-- [end:wrap]


def all_sum(value: float, device: torch.device) -> float:
    """Sum a number over all processes."""
    if not joined():
        return value
    box = torch.tensor(value, dtype=torch.float64, device=device)
    dist.all_reduce(box)
    return box.item()


def on_rank_zero(action: Callable[[], T]) -> T:
    """Do something on process 0; all processes get its result, or fail with its error.

    Without the second half, process 0 would stop at a full disk and the others would wait for it.
    """
    if not joined():
        return action()
    box: list[Any] = [None, None]
    if rank() == 0:
        try:
            box[0] = action()
        except (OSError, RuntimeError, ValueError) as error:
            box[1] = error
    dist.broadcast_object_list(box, src=0)
    if box[1] is not None:
        raise box[1]
    result: T = box[0]
    return result


def all_gather(value: T) -> list[T]:
    """Gather a value from each process, in order of rank."""
    if not joined():
        return [value]
    values: list[Any] = [None] * world()
    dist.all_gather_object(values, value)
    return values


def whole_weights(model: nn.Module) -> dict[str, Any]:
    """Gather the weights on every process, under the names they have in an unwrapped model."""
    from torch.distributed.checkpoint import state_dict as dcp

    options = dcp.StateDictOptions(full_state_dict=True)
    weights: dict[str, Any] = dcp.get_model_state_dict(model, options=options)
    return weights


def whole_state(model: nn.Module, optimizers: Sequence[torch.optim.Optimizer]) -> dict[str, Any]:
    """Gather weights and optimizer state: the same from one, replicated or sharded processes.

    All processes must call this together; only process 0 gets everything, in main memory.
    """
    from torch.distributed.checkpoint import state_dict as dcp

    options = dcp.StateDictOptions(full_state_dict=True, cpu_offload=True)
    weights, moments = dcp.get_state_dict(model, optimizers, options=options)
    return {"model": weights, "optimizers": moments}


def restore_optimizers(
    model: nn.Module, optimizers: Sequence[torch.optim.Optimizer], state: dict[str, Any]
) -> None:
    """Give optimizers the state that `whole_state` gathered; each process takes its share."""
    from torch.distributed.checkpoint import state_dict as dcp

    dcp.set_optimizer_state_dict(
        model,
        optimizers,
        state["optimizers"],
        options=dcp.StateDictOptions(full_state_dict=True),
    )
