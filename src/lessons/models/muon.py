"""Muon: steps for matrices in which no few directions take all of the update."""

# --8<-- [start:imports]
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

# --8<-- [end:imports]


# --8<-- [start:orthogonal]
def orthogonal(matrices: torch.Tensor, precision: torch.dtype = torch.float32) -> torch.Tensor:
    """Bring all singular values of matrices near 1, and keep their directions.

    Five rounds of a polynomial do it with products of matrices only, which is what processors are
    good at. The values end between about 0.7 and 1.2: near enough, and sooner than exactly 1.
    Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/.

    Args:
        matrices: shape (matrices, rows, columns), all treated alike.
        precision: number format of the products; bfloat16 is enough where it is fast.

    Returns:
        The same shape, in float32.
    """
    x = matrices.to(precision)
    if tall := x.shape[1] > x.shape[2]:
        x = x.mT  # the products below are cheaper on the short side
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    nearest: torch.Tensor = (x.mT if tall else x).float()
    return nearest


# --8<-- [end:orthogonal]


# --8<-- [start:muon]
class Muon(torch.optim.Optimizer):
    """Momentum whose step is made orthogonal, for the matrices inside a network.

    As `torch.optim.Muon`, with two differences that a processor without bfloat16 needs: the precision
    can be chosen (there the library's takes twenty times as long), and matrices of one shape are
    treated together. A step is scaled to the size that AdamW's has (Liu et al. 2025,
    https://arxiv.org/abs/2502.16982), so both can share a learning rate.

    Args:
        matrices: parameters of two dimensions.
        lr: learning rate.
        weight_decay: share of a matrix that is taken away per step, times ``lr``.
        momentum: how much of the last steps' gradients is kept.
        precision: see `orthogonal`.

    Raises:
        ValueError: a parameter that is not a matrix.
    """

    def __init__(
        self,
        matrices: Iterable[nn.Parameter],
        lr: float,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        precision: torch.dtype = torch.float32,
    ):
        super().__init__(matrices, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})
        self.precision = precision
        for group in self.param_groups:
            if wrong := [tuple(p.shape) for p in group["params"] if p.dim() != 2]:
                raise ValueError(f"Muon takes matrices; give these to AdamW: shapes {wrong}")

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Take a step; there must be no closure."""
        if closure is not None:
            raise ValueError("Muon evaluates nothing: call backward() before step()")
        for group in self.param_groups:
            alike = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    alike[parameter.shape].append(parameter)
            for (rows, columns), matrices in alike.items():
                pushes = torch.stack([self._push(p, group["momentum"]) for p in matrices])
                updates = orthogonal(pushes, self.precision) * 0.2 * math.sqrt(max(rows, columns))
                for parameter, update in zip(matrices, updates, strict=True):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.sub_(group["lr"] * like(update, parameter))

    def _push(self, parameter: nn.Parameter, momentum: float) -> torch.Tensor:
        """Update the mean gradient, and return it with one more step of momentum (Nesterov)."""
        state, gradient = self.state[parameter], parameter.grad
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(parameter)
        mean = state["momentum_buffer"].lerp_(gradient, 1 - momentum)
        push: Any = torch.lerp(gradient, mean, momentum)  # type: ignore[arg-type]
        whole: torch.Tensor = getattr(push, "full_tensor", lambda: push)()  # sharded: from all
        return whole


def like(whole: torch.Tensor, parameter: Any) -> torch.Tensor:
    """Share a whole matrix out as a sharded parameter is; otherwise return it."""
    if not hasattr(parameter, "device_mesh"):
        return whole
    from torch.distributed.tensor import distribute_tensor

    sharded: torch.Tensor = distribute_tensor(whole, parameter.device_mesh, parameter.placements)
    return sharded


# --8<-- [end:muon]
